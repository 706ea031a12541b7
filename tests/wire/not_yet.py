"""What the client cannot do yet: recorded calls that need one of these names are skipped.

A method of MilvusClient stands by its name, another public name of the package as ``module.NAME``. The list only
shrinks: a test fails when a name on it exists, or when no recorded call needs it.
"""

from __future__ import annotations

NOT_YET: frozenset[str] = frozenset(
    {
        # resource groups, replicas, replication
        "dump_messages",
        "get_replicate_configuration",
        "get_replicate_info",
        "update_replicate_configuration",
        # snapshots, file resources, external collections
        "add_file_resource",
        "create_snapshot",
        "describe_snapshot",
        "drop_snapshot",
        "get_refresh_external_collection_progress",
        "get_restore_snapshot_state",
        "list_file_resources",
        "list_refresh_external_collection_jobs",
        "list_restore_snapshot_jobs",
        "list_snapshots",
        "pin_snapshot_data",
        "refresh_external_collection",
        "remove_file_resource",
        "restore_snapshot",
        "unpin_snapshot_data",
        # maintenance
        "run_analyzer",
        # changing a schema
        "add_collection_field",
        "add_collection_function",
        "add_collection_struct_field",
        "add_function_field",
        "alter_collection_function",
        "drop_collection_field",
        "drop_collection_function",
        "drop_function_field",
    }
)
