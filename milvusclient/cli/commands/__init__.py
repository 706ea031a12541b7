"""The commands, one module for each family; a module loads when one of its commands is used.

Loading all of them takes three times as long as what ``--version`` or a completion needs. So this table says which
module adds which commands; a test compares it with what the modules add.
"""

from __future__ import annotations

import click

from milvusclient.cli.framework.command import Group

__all__ = ["MODULES", "register_commands"]

#: Module -> its commands; one in parentheses is hidden: it works, and no list names it.
MODULES = {
    "aliases": "create alias, list aliases, show alias, delete alias",
    "bulk": "insert file, upsert file, bulk_insert",
    "collections": "create collection, list collections, rename, delete collection, truncate, "
    "alter collection_properties, alter collection_field, delete collection_properties",
    "connections": "connect, disconnect, list connections, (list connection_history), show connection, "
    "delete connection, delete connection_history",
    "convert": "calc mkts_from_hybridts, calc mkts_from_unixtime, calc hybridts_to_unixtime",
    "copying": "copy",
    "databases": "create database, list databases, show database, alter database, delete database, use",
    "descriptions": "show collection",
    "doctor": "doctor",
    "entities": "insert row, upsert row, delete entities, delete ids",
    "exporting": "export",
    "history": "history",
    "importing": "import, show import, list imports, (show bulk_insert_state), (list bulk_insert_tasks)",
    "indexes": "create index, list indexes, show index, show index_progress, wait_for_index, delete index",
    "loading": "load, release, show loading_progress, show load_state, show collection_stats, show replicas",
    "maintenance": "flush, flush_all, compact, show compaction_state, show compaction_plans, show query_segment_info, "
    "(show query_segment), show flush_state",
    "older": "(load_balance), (calc distance)",
    "partitions": "create partition, list partitions, show partition, show partition_stats, delete partition",
    "queries": "query, get, query_iterator",
    "resource_groups": "create resource_group, list resource_groups, show resource_group, update resource_group, "
    "delete resource_group, transfer replica",
    "roles": "create user, list users, show user, update password, delete user, create role, list roles, show role, "
    "list grants, delete role, grant role, revoke role, grant privilege, revoke privilege, grant privilege_v2, "
    "revoke privilege_v2, create privilege_group, list privilege_groups, delete privilege_group, "
    "grant privilege_group, revoke privilege_group",
    "search": "search, hybrid_search, search_iterator",
    "server": "server_version, health",
    "tool": "version, set output, set pager, show output, exit, (quit), clear, completion, help",
}


def register_commands(root: Group) -> None:
    """Tell the groups which commands they have, without loading them."""
    for module, text in MODULES.items():
        for name in text.split(", "):
            group, _, last = name.strip("()").rpartition(" ")
            found: click.Command = root.commands[group] if group else root
            assert isinstance(found, Group)  # noqa: S101 - for the type checker; all groups are made by the framework
            found.add_lazy(last, f"{__name__}.{module}", hidden=name.startswith("("))
