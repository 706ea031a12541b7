"""Build requests that create, describe, alter and drop indexes, and parse the replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import (
    given,
    optional_str,
    require_int,
    require_keys,
    require_mapping,
    require_name,
    require_str,
)
from milvusclient.exceptions import AmbiguousIndexName, MilvusException, ParamError
from milvusclient.models.descriptions import IndexDescription
from milvusclient.operations.common import enum_name, json_or_text, key_value_pairs, parameter_text, python_text
from milvusclient.schema.index import IndexParam, IndexParams
from milvusclient.schema.states import IndexState

__all__ = [
    "AwaitedIndex",
    "build_alloc_timestamp",
    "build_alter_index",
    "build_create_indexes",
    "build_describe_index",
    "build_drop_index",
    "build_drop_index_properties",
    "build_index_progress",
    "index_extra_params",
    "index_is_built",
    "index_of",
    "parse_describe_index",
    "parse_list_indexes",
    "require_index_params",
]


def require_index_params(index_params: object) -> IndexParams:
    """Return ``index_params`` if they are IndexParams; raise ParamError otherwise."""
    if isinstance(index_params, IndexParams):
        return index_params
    raise ParamError(
        message=f"index_params must be IndexParams, got {given(index_params)}; "
        "create them with MilvusClient.prepare_index_params()"
    )


def build_create_indexes(collection_name: str, index_params: IndexParams) -> list[milvus_pb2.CreateIndexRequest]:
    """Build one request for each index, in order."""
    require_str("collection_name", collection_name)
    if not require_index_params(index_params):
        raise ParamError(message="index_params is empty; add an index with index_params.add_index(field_name, ...)")
    return [_build_create_index(collection_name, param) for param in index_params]


def _build_create_index(collection_name: str, param: IndexParam) -> milvus_pb2.CreateIndexRequest:
    return milvus_pb2.CreateIndexRequest(
        collection_name=collection_name,
        field_name=param.field_name,
        index_name=optional_str("index_name", param.index_name),
        extra_params=key_value_pairs(index_extra_params(param)),
    )


def index_extra_params(param: IndexParam) -> dict[str, str]:
    """Return the type, the metric and the build parameters of an index in one dict of str."""
    configs = param.get_index_configs()
    if "dim" in configs:
        require_int(f"dim of the index on field {param.field_name!r}", configs["dim"], least=1)
    return {python_text(key): parameter_text(value) for key, value in configs.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AwaitedIndex:
    """An index whose build is waited for. Without a name it is the one on the field."""

    collection_name: str
    field_name: str
    index_name: str = ""

    def __str__(self) -> str:
        what = f"index {self.index_name!r}" if self.index_name else f"the index on field {self.field_name!r}"
        return f"{what} of collection {self.collection_name!r}"


def build_alloc_timestamp() -> milvus_pb2.AllocTimestampRequest:
    """Build the request that asks for the current timestamp of the server."""
    return milvus_pb2.AllocTimestampRequest()


def index_of(request: milvus_pb2.CreateIndexRequest) -> AwaitedIndex:
    """Return the index that a request creates."""
    return AwaitedIndex(request.collection_name, request.field_name, request.index_name)


def build_index_progress(index: AwaitedIndex, timestamp: int) -> milvus_pb2.DescribeIndexRequest:
    """Build the request that asks how many rows, of those that existed at a timestamp, an index has."""
    return milvus_pb2.DescribeIndexRequest(
        collection_name=index.collection_name, index_name=index.index_name, timestamp=timestamp
    )


def index_is_built(reply: milvus_pb2.DescribeIndexResponse, awaited: AwaitedIndex) -> bool:
    """Return whether the awaited index is finished.

    Raises:
        MilvusException: the build failed; the message gives the reason of the server.
        AmbiguousIndexName: the reply has several indexes, none of them on the field.
    """
    descriptions = list(reply.index_descriptions)
    if len(descriptions) != 1:
        descriptions = [index for index in descriptions if index.field_name == awaited.field_name]
    if not descriptions:
        raise AmbiguousIndexName(
            message=f"the server reports {len(reply.index_descriptions)} indexes of collection "
            f"{awaited.collection_name!r}, none of them on field {awaited.field_name!r}; give the index_name"
        )
    index = descriptions[0]
    if int(index.state) == IndexState.Failed:
        raise MilvusException(
            message=index.index_state_fail_reason or f"the build of index {index.index_name!r} failed"
        )
    return int(index.state) == IndexState.Finished


def build_describe_index(
    collection_name: str, index_name: str | None = "", timestamp: int | None = None
) -> milvus_pb2.DescribeIndexRequest:
    """Build the request that describes an index; without a name, all indexes of the collection."""
    return milvus_pb2.DescribeIndexRequest(
        collection_name=require_name("collection_name", collection_name),
        index_name=optional_str("index_name", index_name),
        timestamp=0 if timestamp is None else require_int("timestamp", timestamp, least=0, most=(1 << 64) - 1),
    )


def parse_describe_index(reply: milvus_pb2.DescribeIndexResponse) -> IndexDescription:
    """Parse the reply into the description of the only index in it.

    Raises:
        AmbiguousIndexName: the reply has several indexes.
    """
    if len(reply.index_descriptions) != 1:
        names = ", ".join(repr(index.index_name) for index in reply.index_descriptions)
        raise AmbiguousIndexName(message=f"the collection has several indexes ({names}); give the index_name of one")
    index = reply.index_descriptions[0]
    described: dict[str, object] = {pair.key: pair.value for pair in index.params}
    params = described.get("params")
    if params:
        described["params"] = json_or_text(str(params))
    described.update(
        field_name=index.field_name,
        index_name=index.index_name,
        total_rows=index.total_rows,
        indexed_rows=index.indexed_rows,
        pending_index_rows=index.pending_index_rows,
        state=enum_name(common_pb2.IndexState, index.state),
    )
    return cast("IndexDescription", described)


def parse_list_indexes(reply: milvus_pb2.DescribeIndexResponse, field_name: str | None) -> list[str]:
    """Parse the reply into the names of the indexes on a field; without a field, of all indexes."""
    return [index.index_name for index in reply.index_descriptions if not field_name or index.field_name == field_name]


def build_drop_index(collection_name: str, index_name: str) -> milvus_pb2.DropIndexRequest:
    """Build the request that drops an index."""
    return milvus_pb2.DropIndexRequest(
        collection_name=require_name("collection_name", collection_name),
        index_name=require_str("index_name", index_name),
    )


def build_alter_index(
    collection_name: str, index_name: str, properties: Mapping[str, object]
) -> milvus_pb2.AlterIndexRequest:
    """Build the request that sets properties of an index."""
    require_mapping("properties", properties)
    return milvus_pb2.AlterIndexRequest(
        collection_name=require_name("collection_name", collection_name),
        index_name=require_name("index_name", index_name),
        extra_params=key_value_pairs({python_text(key): parameter_text(value) for key, value in properties.items()}),
    )


def build_drop_index_properties(
    collection_name: str, index_name: str, property_keys: list[str]
) -> milvus_pb2.AlterIndexRequest:
    """Build the request that resets properties of an index to the server's defaults."""
    return milvus_pb2.AlterIndexRequest(
        collection_name=require_name("collection_name", collection_name),
        index_name=require_name("index_name", index_name),
        delete_keys=require_keys("property_keys", property_keys),
    )
