"""Build requests that load collections and partitions into memory and release them, and parse the replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_bool, require_int, require_name, require_str, require_str_list
from milvusclient.exceptions import ParamError, ReplyError
from milvusclient.models.descriptions import LoadStateDescription
from milvusclient.schema.states import LoadState

__all__ = [
    "LoadOptions",
    "build_get_load_state",
    "build_load_collection",
    "build_load_partitions",
    "build_loading_progress",
    "build_progress_of",
    "build_release_collection",
    "build_release_partitions",
    "load_progress",
    "parse_load_state",
    "partition_list",
]

_INT32_MAX = (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Options of a load.

    Args:
        replica_number: how many copies; None or 0 leaves it to the server.
        resource_groups: where the copies are put; None leaves it to the server.
        refresh: load what was added by a bulk import, too.
        load_fields: only these fields; None means all.
        skip_load_dynamic_field: do not load the keys that no field has.
        priority: ``"high"`` or ``"low"``; None leaves it to the server.
    """

    replica_number: int | None = None
    resource_groups: Sequence[str] | None = None
    refresh: bool = False
    load_fields: Sequence[str] | None = None
    skip_load_dynamic_field: bool = False
    priority: str | None = None

    def apply(self, request: milvus_pb2.LoadCollectionRequest | milvus_pb2.LoadPartitionsRequest) -> None:
        """Write the options into a request.

        Raises:
            ParamError: an option is invalid.
        """
        if self.replica_number is not None:
            request.replica_number = require_int("replica_number", self.replica_number, least=0, most=_INT32_MAX)
        if self.resource_groups is not None:
            request.resource_groups.extend(require_str_list("resource_groups", self.resource_groups))
        request.refresh = require_bool("refresh", self.refresh)
        if self.load_fields is not None:
            request.load_fields.extend(require_str_list("load_fields", self.load_fields))
        request.skip_load_dynamic_field = require_bool("skip_load_dynamic_field", self.skip_load_dynamic_field)
        if self.priority is not None:
            request.load_params["load_priority"] = require_str("priority", self.priority)


def build_load_collection(collection_name: str, options: LoadOptions) -> milvus_pb2.LoadCollectionRequest:
    """Build the request that loads a collection into memory."""
    request = milvus_pb2.LoadCollectionRequest(collection_name=require_name("collection_name", collection_name))
    options.apply(request)
    return request


def build_load_partitions(
    collection_name: str, partition_names: str | Sequence[str] | None, options: LoadOptions
) -> milvus_pb2.LoadPartitionsRequest:
    """Build the request that loads partitions into memory."""
    request = milvus_pb2.LoadPartitionsRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_names=partition_list(partition_names),
    )
    options.apply(request)
    return request


def build_loading_progress(
    request: milvus_pb2.LoadCollectionRequest | milvus_pb2.LoadPartitionsRequest,
) -> milvus_pb2.GetLoadingProgressRequest:
    """Build the request that asks for the progress of a load."""
    names = request.partition_names if isinstance(request, milvus_pb2.LoadPartitionsRequest) else ()
    return milvus_pb2.GetLoadingProgressRequest(collection_name=request.collection_name, partition_names=names)


def build_progress_of(request: milvus_pb2.GetLoadStateRequest) -> milvus_pb2.GetLoadingProgressRequest:
    """Build the request that asks for the progress of the load whose state was requested."""
    return milvus_pb2.GetLoadingProgressRequest(
        collection_name=request.collection_name, partition_names=request.partition_names
    )


def load_progress(reply: milvus_pb2.GetLoadingProgressResponse, refresh: bool) -> int:
    """Return the progress of a load, or of its refresh, in percent."""
    return reply.refresh_progress if refresh else reply.progress


def build_release_collection(collection_name: str) -> milvus_pb2.ReleaseCollectionRequest:
    """Build the request that releases a collection from memory."""
    return milvus_pb2.ReleaseCollectionRequest(collection_name=require_name("collection_name", collection_name))


def build_release_partitions(
    collection_name: str, partition_names: str | Sequence[str] | None
) -> milvus_pb2.ReleasePartitionsRequest:
    """Build the request that releases partitions from memory."""
    return milvus_pb2.ReleasePartitionsRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_names=partition_list(partition_names),
    )


def build_get_load_state(
    collection_name: str, partition_name: str | None = "", partition_names: Sequence[str] | None = None
) -> milvus_pb2.GetLoadStateRequest:
    """Build the request that asks whether a collection, or some of its partitions, are in memory."""
    name = optional_str("partition_name", partition_name)
    names = [] if partition_names is None else require_str_list("partition_names", partition_names)
    if name and names:
        raise ParamError(message="give either partition_name or partition_names, not both")
    return milvus_pb2.GetLoadStateRequest(
        collection_name=require_name("collection_name", collection_name), partition_names=[name] if name else names
    )


def parse_load_state(reply: milvus_pb2.GetLoadStateResponse) -> LoadStateDescription:
    """Parse the reply into the load state."""
    try:
        return {"state": LoadState(reply.state)}
    except ValueError:
        raise ReplyError(
            message=f"the reply cannot be read: unknown load state {reply.state}; a newer milvusclient may know it"
        ) from None


def partition_list(partition_names: str | Sequence[str] | None) -> list[str]:
    """Return one name or several as a list. None gives an empty list, which stands for all partitions."""
    if partition_names is None:
        return []
    return (
        [partition_names] if isinstance(partition_names, str) else require_str_list("partition_names", partition_names)
    )
