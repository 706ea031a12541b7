"""Calls of the ORM for which MilvusClient has no method for; each is one call through the client."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from milvusclient import rpc
from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import MilvusException, WaitTimeoutError
from milvusclient.policy.failure import Safety
from milvusclient.pymilvus.client.asynch import Future
from milvusclient.pymilvus.client.types import (
    BulkInsertState,
    CompactionState,
    GrantInfo,
    GrantItem,
    RoleInfo,
    RoleItem,
    UserInfo,
    UserItem,
)
from milvusclient.schema.states import State

if TYPE_CHECKING:
    from milvusclient.pymilvus.orm.connections import OrmClient

__all__ = [
    "bulk_insert",
    "bulk_insert_state",
    "bulk_insert_tasks",
    "called",
    "compaction_state",
    "grants",
    "load_balance",
    "loading_progress",
    "rename",
    "roles",
    "segments",
    "transfer_node",
    "users",
    "wait_until",
]

T = TypeVar("T")
F = TypeVar("F", bound=Future)

_POLL_SECONDS = 0.2

# The strict clients have no such calls.
_LOAD_BALANCE = rpc.Method(
    "LoadBalance", lambda: milvus_pb2.LoadBalanceRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT
)
_TRANSFER_NODE = rpc.Method(
    "TransferNode", lambda: milvus_pb2.TransferNodeRequest, lambda: common_pb2.Status, Safety.UNSAFE
)


def called(future: type[F], options: dict[str, Any], call: Callable[[], T]) -> T | F:
    """Make a call, or with ``_async=True`` a future that makes it; both are taken out of the options."""
    callback, is_async = options.pop("_callback", None), options.pop("_async", False)
    if not is_async:
        return call()
    return future(call, callback)


def rename(options: dict[str, Any], old: str, new: str) -> None:
    """Give an option the name that MilvusClient has for it."""
    if old in options:
        options[new] = options.pop(old)


def wait_until(is_over: Callable[[], bool], timeout: float | None, waiting_for: str) -> None:
    """Look again and again until something is over.

    Raises:
        WaitTimeoutError: it is not over in time.
    """
    end = None if timeout is None else time.monotonic() + timeout
    while not is_over():
        if end is not None and time.monotonic() >= end:
            raise WaitTimeoutError(message=f"{waiting_for} is not done after {timeout} s; it goes on, so ask again")
        time.sleep(_POLL_SECONDS)


def loading_progress(
    client: OrmClient, collection_name: str, partition_names: Sequence[str] | None, timeout: float | None
) -> int:
    """Return how far a load is, in percent."""
    request = milvus_pb2.GetLoadingProgressRequest(
        collection_name=collection_name, partition_names=partition_names or ()
    )
    return client._call(rpc.GET_LOADING_PROGRESS, request, client._deadline(timeout)).progress


def compaction_state(client: OrmClient, compaction_id: int, timeout: float | None) -> CompactionState:
    """Return how far a compaction is."""
    request = milvus_pb2.GetCompactionStateRequest(compactionID=compaction_id)
    reply = client._call(rpc.GET_COMPACTION_STATE, request, client._deadline(timeout))
    counts = (reply.executingPlanNo, reply.timeoutPlanNo, reply.completedPlanNo)
    return CompactionState(compaction_id, State(reply.state), *counts)


def segments(client: OrmClient, collection_name: str, timeout: float | None) -> list[milvus_pb2.QuerySegmentInfo]:
    """Return the segments of a collection that are in memory."""
    request = milvus_pb2.GetQuerySegmentInfoRequest(collectionName=collection_name)
    return list(client._call(rpc.GET_QUERY_SEGMENT_INFO, request, client._deadline(timeout)).infos)


def load_balance(
    client: OrmClient,
    collection_name: str,
    source: int,
    targets: Sequence[int],
    segment_ids: Sequence[int],
    timeout: float | None,
) -> None:
    """Move segments from one node to others."""
    request = milvus_pb2.LoadBalanceRequest(
        collectionName=collection_name, src_nodeID=source, dst_nodeIDs=targets, sealed_segmentIDs=segment_ids
    )
    client._call(_LOAD_BALANCE, request, client._deadline(timeout))


def transfer_node(client: OrmClient, source: str, target: str, count: int, timeout: float | None) -> None:
    """Move nodes from one resource group to another."""
    request = milvus_pb2.TransferNodeRequest(source_resource_group=source, target_resource_group=target, num_node=count)
    client._call(_TRANSFER_NODE, request, client._deadline(timeout))


def bulk_insert(
    client: OrmClient,
    collection_name: str,
    partition_name: str | None,
    files: Sequence[str],
    channel_names: Sequence[str],
    options: dict[str, object],
    timeout: float | None,
) -> int:
    """Let the server read files; return the number of the job."""
    request = milvus_pb2.ImportRequest(
        collection_name=collection_name,
        partition_name=partition_name or "",
        files=files,
        channel_names=channel_names,
    )
    for name, value in options.items():
        request.options.add(key=name, value=str(value))
    reply = client._call(rpc.IMPORT, request, client._deadline(timeout))
    if not reply.tasks:
        raise MilvusException(message=f"the server accepted {list(files)!r} but named no job for it")
    return reply.tasks[0]


def bulk_insert_state(client: OrmClient, task_id: int, timeout: float | None) -> BulkInsertState:
    """Return how far a bulk insert is."""
    reply = client._call(
        rpc.GET_IMPORT_STATE, milvus_pb2.GetImportStateRequest(task=task_id), client._deadline(timeout)
    )
    return BulkInsertState(task_id, reply.state, reply.row_count, reply.id_list, reply.infos, reply.create_ts)


def bulk_insert_tasks(
    client: OrmClient, limit: int, collection_name: str | None, timeout: float | None
) -> list[BulkInsertState]:
    """Return how far the bulk inserts of a collection are."""
    request = milvus_pb2.ListImportTasksRequest(collection_name=collection_name or "", limit=limit)
    return [
        BulkInsertState(task.id, task.state, task.row_count, task.id_list, task.infos, task.create_ts)
        for task in client._call(rpc.LIST_IMPORT_TASKS, request, client._deadline(timeout)).tasks
    ]


def roles(client: OrmClient, role_name: str | None, include_users: bool, timeout: float | None = None) -> RoleInfo:
    """Return one role or all of them, with the users who have them."""
    request = milvus_pb2.SelectRoleRequest(include_user_info=include_users)
    if role_name is not None:
        request.role.name = role_name
    found = client._call(rpc.SELECT_ROLE, request, client._deadline(timeout)).results
    return RoleInfo(
        RoleItem(one.role.name, tuple(user.name for user in one.users), one.role.description) for one in found
    )


def users(client: OrmClient, user_name: str | None, include_roles: bool, timeout: float | None = None) -> UserInfo:
    """Return one user or all of them, with their roles."""
    request = milvus_pb2.SelectUserRequest(include_role_info=include_roles)
    if user_name is not None:
        request.user.name = user_name
    found = client._call(rpc.SELECT_USER, request, client._deadline(timeout)).results
    return UserInfo(UserItem(one.user.name, tuple(role.name for role in one.roles), one.description) for one in found)


def grants(client: OrmClient, role_name: str, object_type: str, object_name: str, db_name: str) -> GrantInfo:
    """Return what a role may do, on one object or on all of them."""
    request = milvus_pb2.SelectGrantRequest()
    request.entity.role.name = role_name
    request.entity.db_name = db_name
    if object_type:
        request.entity.object.name = object_type
        request.entity.object_name = object_name
    return GrantInfo(
        GrantItem(
            one.object.name,
            one.object_name,
            one.db_name,
            one.role.name,
            one.grantor.user.name,
            one.grantor.privilege.name,
        )
        for one in client._call(rpc.SELECT_GRANT, request, client._deadline(None)).entities
    )
