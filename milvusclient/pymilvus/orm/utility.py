"""Requests of programs to a server beside the work with one collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from milvusclient.checks import require_int, require_name, require_str_list
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.asynch import FlushFuture
from milvusclient.pymilvus.client.types import BulkInsertState, LoadState
from milvusclient.pymilvus.orm import _calls
from milvusclient.pymilvus.orm._server import (
    create_resource_group,
    create_user,
    delete_user,
    describe_resource_group,
    drop_resource_group,
    get_server_version,
    list_resource_groups,
    list_roles,
    list_user,
    list_usernames,
    list_users,
    reset_password,
    transfer_node,
    transfer_replica,
    update_password,
    update_resource_groups,
)
from milvusclient.pymilvus.orm.connections import connections
from milvusclient.pymilvus.orm.index import find_index, no_index
from milvusclient.pymilvus.tolerance import drop_unknown
from milvusclient.timestamps import (
    hybridts_to_datetime,
    hybridts_to_unixtime,
    mkts_from_datetime,
    mkts_from_hybridts,
    mkts_from_unixtime,
)

if TYPE_CHECKING:
    from milvusclient._proto import milvus_pb2

__all__ = [
    "alter_alias",
    "create_alias",
    "create_resource_group",
    "create_user",
    "delete_user",
    "describe_resource_group",
    "do_bulk_insert",
    "drop_alias",
    "drop_collection",
    "drop_resource_group",
    "flush_all",
    "get_bulk_insert_state",
    "get_query_segment_info",
    "get_server_type",
    "get_server_version",
    "has_collection",
    "has_partition",
    "hybridts_to_datetime",
    "hybridts_to_unixtime",
    "index_building_progress",
    "list_aliases",
    "list_bulk_insert_tasks",
    "list_collections",
    "list_indexes",
    "list_resource_groups",
    "list_roles",
    "list_user",
    "list_usernames",
    "list_users",
    "load_balance",
    "load_state",
    "loading_progress",
    "mkts_from_datetime",
    "mkts_from_hybridts",
    "mkts_from_unixtime",
    "rename_collection",
    "reset_password",
    "transfer_node",
    "transfer_replica",
    "truncate_collection",
    "update_password",
    "update_resource_groups",
    "wait_for_index_building_complete",
    "wait_for_loading_complete",
]

__getattr__, __dir__ = module_names(__name__)

_client = connections._fetch_handler

_IMPORT_OPTIONS = ("bucket", "backup", "sep", "nullkey", "channel_names")


def loading_progress(
    collection_name: str,
    partition_names: Sequence[str] | None = None,
    using: str = "default",
    timeout: float | None = None,
) -> dict[str, str]:
    """Return how far a load is, as ``{"loading_progress": "100%"}``.

    Args:
        collection_name: name or alias of the collection.
        partition_names: the partitions; None means all.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    progress = _calls.loading_progress(_client(using), collection_name, partition_names, timeout)
    return {"loading_progress": f"{progress:.0f}%"}


def load_state(
    collection_name: str,
    partition_names: Sequence[str] | None = None,
    using: str = "default",
    timeout: float | None = None,
) -> LoadState:
    """Return whether a collection, or some of its partitions, are in memory.

    Args:
        collection_name: name or alias of the collection.
        partition_names: the partitions; None means all.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    described = _client(using).get_load_state(collection_name, timeout=timeout, partition_names=partition_names)
    return described["state"]


def wait_for_loading_complete(
    collection_name: str,
    partition_names: Sequence[str] | None = None,
    timeout: float | None = None,
    using: str = "default",
) -> None:
    """Wait until a collection, or some of its partitions, are in memory.

    Args:
        collection_name: name or alias of the collection.
        partition_names: the partitions; None means all.
        timeout: seconds in all; None means no limit.
        using: alias of the connection.
    """
    client = _client(using)

    def is_over() -> bool:
        return _calls.loading_progress(client, collection_name, partition_names, timeout) >= 100

    _calls.wait_until(is_over, timeout, f"the load of collection {collection_name!r}")


def index_building_progress(
    collection_name: str, index_name: str = "", using: str = "default", timeout: float | None = None
) -> dict[str, Any]:
    """Return how many rows an index covers.

    Args:
        collection_name: name or alias of the collection.
        index_name: name of the index, needed if there are several.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    found = find_index(_client(using), collection_name, index_name, timeout)
    if found is None:
        raise no_index(collection_name, index_name)
    return {key: found[key] for key in ("total_rows", "indexed_rows", "pending_index_rows", "state")}


def wait_for_index_building_complete(
    collection_name: str, index_name: str = "", timeout: float | None = None, using: str = "default"
) -> bool:
    """Wait until an index is built; return whether it was.

    Args:
        collection_name: name or alias of the collection.
        index_name: name of the index, needed if there are several.
        timeout: seconds in all; None means no limit.
        using: alias of the connection.
    """
    state = ""

    def is_over() -> bool:
        nonlocal state
        state = index_building_progress(collection_name, index_name, using, timeout)["state"]
        return state in ("Finished", "Failed")

    _calls.wait_until(is_over, timeout, f"the index of collection {collection_name!r}")
    return state == "Finished"


def has_collection(collection_name: str, using: str = "default", timeout: float | None = None) -> bool:
    """Return whether there is a collection.

    Args:
        collection_name: name or alias of the collection.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _client(using).has_collection(collection_name, timeout)


def has_partition(
    collection_name: str, partition_name: str, using: str = "default", timeout: float | None = None
) -> bool:
    """Return whether a collection has a partition.

    Args:
        collection_name: name or alias of the collection.
        partition_name: name of the partition.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _client(using).has_partition(collection_name, partition_name, timeout)


def drop_collection(collection_name: str, timeout: float | None = None, using: str = "default") -> None:
    """Remove a collection with all that it holds.

    Args:
        collection_name: name or alias of the collection.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).drop_collection(collection_name, timeout)


def truncate_collection(collection_name: str, timeout: float | None = None, using: str = "default") -> None:
    """Remove all rows of a collection.

    Args:
        collection_name: name or alias of the collection.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).truncate_collection(collection_name, timeout)


def rename_collection(
    old_collection_name: str,
    new_collection_name: str,
    new_db_name: str = "",
    timeout: float | None = None,
    using: str = "default",
) -> None:
    """Rename a collection.

    Args:
        old_collection_name: its name.
        new_collection_name: its new name.
        new_db_name: its new database; empty means that it stays where it is.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).rename_collection(old_collection_name, new_collection_name, new_db_name, timeout)


def list_collections(timeout: float | None = None, using: str = "default", **kwargs: Any) -> list[str]:
    """Return the names of all collections.

    Args:
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
        **kwargs: options of ``MilvusClient.list_collections``.
    """
    return _client(using).list_collections(timeout, **kwargs)


def load_balance(
    collection_name: str,
    src_node_id: int,
    dst_node_ids: Sequence[int] | None = None,
    sealed_segment_ids: Sequence[int] | None = None,
    timeout: float | None = None,
    using: str = "default",
) -> None:
    """Move segments from one query node to others.

    Args:
        collection_name: name or alias of the collection.
        src_node_id: the node that they leave.
        dst_node_ids: the nodes that they go to; None leaves it to the server.
        sealed_segment_ids: the segments; None leaves it to the server.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    name, source = require_name("collection_name", collection_name), require_int("src_node_id", src_node_id)
    targets = [require_int(f"dst_node_ids[{index}]", node) for index, node in enumerate(dst_node_ids or ())]
    segments = [
        require_int(f"sealed_segment_ids[{index}]", segment) for index, segment in enumerate(sealed_segment_ids or ())
    ]
    _calls.load_balance(_client(using), name, source, targets, segments, timeout)


def get_query_segment_info(
    collection_name: str, timeout: float | None = None, using: str = "default"
) -> list[milvus_pb2.QuerySegmentInfo]:
    """Return the segments of a collection that are in memory.

    Args:
        collection_name: name or alias of the collection.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    return _calls.segments(_client(using), collection_name, timeout)


def create_alias(collection_name: str, alias: str, timeout: float | None = None, using: str = "default") -> None:
    """Give a collection another name.

    Args:
        collection_name: name of the collection.
        alias: the other name.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).create_alias(collection_name, alias, timeout)


def drop_alias(alias: str, timeout: float | None = None, using: str = "default") -> None:
    """Remove an alias; its collection stays.

    Args:
        alias: the alias.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).drop_alias(alias, timeout)


def alter_alias(collection_name: str, alias: str, timeout: float | None = None, using: str = "default") -> None:
    """Let an alias mean another collection.

    Args:
        collection_name: name of the collection.
        alias: the alias.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    _client(using).alter_alias(collection_name, alias, timeout)


def list_aliases(collection_name: str, timeout: float | None = None, using: str = "default") -> list[str]:
    """Return the aliases of a collection.

    Args:
        collection_name: name of the collection.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    return _client(using).list_aliases(collection_name, timeout)["aliases"]


def do_bulk_insert(
    collection_name: str,
    files: Sequence[str],
    partition_name: str | None = None,
    timeout: float | None = None,
    using: str = "default",
    **kwargs: Any,
) -> int:
    """Let the server insert the rows of files that it can reach.

    Args:
        collection_name: name or alias of the collection.
        files: their paths in the server's storage.
        partition_name: the partition; None leaves it to the server.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
        **kwargs: options of the import: ``bucket``, ``backup``, ``sep`` and ``nullkey``; and ``channel_names``.
    """
    options = drop_unknown("utility.do_bulk_insert", _IMPORT_OPTIONS, kwargs)
    channels = require_str_list("channel_names", options.pop("channel_names", None) or [])
    files = require_str_list("files", files)
    return _calls.bulk_insert(_client(using), collection_name, partition_name, files, channels, options, timeout)


def get_bulk_insert_state(
    task_id: int, timeout: float | None = None, using: str = "default", **_: Any
) -> BulkInsertState:
    """Return how far a bulk insert is.

    Args:
        task_id: what ``do_bulk_insert`` returned.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    return _calls.bulk_insert_state(_client(using), require_int("task_id", task_id), timeout)


def list_bulk_insert_tasks(
    limit: int = 0, collection_name: str | None = None, timeout: float | None = None, using: str = "default", **_: Any
) -> list[BulkInsertState]:
    """Return how far the bulk inserts are.

    Args:
        limit: how many at most; 0 means all.
        collection_name: the collection; None means all.
        timeout: seconds for the call; None means no limit.
        using: alias of the connection.
    """
    return _calls.bulk_insert_tasks(_client(using), require_int("limit", limit), collection_name, timeout)


def flush_all(using: str = "default", timeout: float | None = None, **kwargs: Any) -> FlushFuture | None:
    """Seal what was inserted into all collections, and wait for it.

    Args:
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
        **kwargs: ``db``; ``_async=True`` returns a FlushFuture, ``_callback`` is called at its end.
    """
    return _calls.called(FlushFuture, kwargs, lambda: _client(using).flush_all(timeout, **kwargs))


def get_server_type(using: str = "default") -> str:
    """Return the kind of the server: ``milvus`` or ``zilliz``.

    Args:
        using: alias of the connection.
    """
    return _client(using).get_server_type()


def list_indexes(
    collection_name: str, using: str = "default", timeout: float | None = None, **kwargs: Any
) -> list[str]:
    """Return the names of the indexes of a collection.

    Args:
        collection_name: name or alias of the collection.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
        **kwargs: ``field_name``, for those on one field.
    """
    return _client(using).list_indexes(collection_name, kwargs.get("field_name") or "", timeout=timeout)
