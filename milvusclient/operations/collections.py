"""Creating, describing, listing, altering and dropping collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from milvusclient import schema as schema_types  # its names load on first use, as do the families below
from milvusclient._proto import milvus_pb2
from milvusclient.checks import (
    given,
    optional_str,
    require_int,
    require_keys,
    require_mapping,
    require_name,
    require_str,
)
from milvusclient.exceptions import (
    SERVER_ERRORS,
    CollectionNotExistException,
    MilvusException,
    ParamError,
    ReplyError,
)
from milvusclient.operations import common, consistency, schemas
from milvusclient.schema.enums import ConsistencyLevel

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2
    from milvusclient.schema.collection import CollectionSchema

__all__ = [
    "build_alter_collection",
    "build_alter_collection_field",
    "build_create_collection",
    "build_describe_collection",
    "build_drop_collection",
    "build_drop_properties",
    "build_get_collection_stats",
    "build_list_collections",
    "build_rename_collection",
    "build_truncate_collection",
    "checked_shards",
    "is_refusal",
    "means_no_collection",
    "parse_list_collections",
    "parse_stats",
    "unfinished_note",
]

_INT32_MAX = (1 << 31) - 1
_UNEXPECTED = 1
#: The classes of errors that stand for a status of the server.
_REFUSALS = frozenset({MilvusException, *SERVER_ERRORS.values()})


def checked_shards(num_shards: int | None, shards_num: int | None) -> int:
    """Return the number of shards, which may be given under either name; 0 lets the server choose.

    Raises:
        ParamError: both are given, or the number is invalid.
    """
    if num_shards is not None and shards_num is not None:
        raise ParamError(message="num_shards and shards_num are two names of one argument; give one of them")
    name, value = ("shards_num", shards_num) if num_shards is None else ("num_shards", num_shards)
    return 0 if value is None else require_int(name, value, least=0, most=_INT32_MAX)


def unfinished_note(collection_name: str) -> str:
    """Return what a traceback adds to the failure of a call that had created the collection before."""
    return (
        f"The collection {collection_name!r} exists now, but is not indexed and loaded. Call drop_collection() before "
        "you create it again, or go on with create_index() and load_collection()."
    )


def build_create_collection(
    collection_name: str,
    schema: CollectionSchema,
    *,
    consistency_level: ConsistencyLevel | int | str = ConsistencyLevel.Bounded,
    shards: int = 0,
    num_partitions: int | None = None,
    properties: Mapping[str, object] | None = None,
) -> milvus_pb2.CreateCollectionRequest:
    """Build the request that creates a collection, after all checks that are possible without the server."""
    require_name("collection_name", collection_name)
    if not isinstance(schema, schema_types.CollectionSchema):
        raise ParamError(
            message=f"schema must be a CollectionSchema, got {given(schema)}; use MilvusClient.create_schema()"
        )
    schema.verify()
    level = consistency.parse_level(consistency_level)
    request = milvus_pb2.CreateCollectionRequest(
        collection_name=collection_name,
        schema=schemas.encode_schema(collection_name, schema).SerializeToString(),
        consistency_level=cast("common_pb2.ConsistencyLevel.ValueType", int(level)),
        shards_num=shards,
    )
    if num_partitions is not None:
        request.num_partitions = require_int("num_partitions", num_partitions, least=1)
    if properties is not None:
        request.properties.extend(common.property_pairs(require_mapping("properties", properties)))
    return request


def build_describe_collection(collection_name: str) -> milvus_pb2.DescribeCollectionRequest:
    """Build the request that describes a collection, which also tells whether it exists."""
    return milvus_pb2.DescribeCollectionRequest(collection_name=require_name("collection_name", collection_name))


def build_list_collections() -> milvus_pb2.ShowCollectionsRequest:
    """Build the request for all collections of the database."""
    return milvus_pb2.ShowCollectionsRequest()


def parse_list_collections(reply: milvus_pb2.ShowCollectionsResponse) -> list[str]:
    """Parse the names of the collections."""
    return list(reply.collection_names)


def is_refusal(error: MilvusException) -> bool:
    """Return whether the server answered, and refused the request."""
    return type(error) in _REFUSALS


def means_no_collection(error: MilvusException) -> bool:
    """Return whether the collection does not exist; servers before 2.3.2 say so in the text of the message only."""
    if isinstance(error, CollectionNotExistException):
        return True
    return is_refusal(error) and error.compatible_code == _UNEXPECTED and "can't find collection" in error.message


def build_drop_collection(collection_name: str) -> milvus_pb2.DropCollectionRequest:
    """Build the request that drops a collection."""
    return milvus_pb2.DropCollectionRequest(collection_name=require_name("collection_name", collection_name))


def build_truncate_collection(collection_name: str) -> milvus_pb2.TruncateCollectionRequest:
    """Build the request that deletes all rows of a collection."""
    return milvus_pb2.TruncateCollectionRequest(collection_name=require_name("collection_name", collection_name))


def build_rename_collection(old_name: str, new_name: str, target_db: str | None) -> milvus_pb2.RenameCollectionRequest:
    """Build the request that renames a collection, and moves it to another database if one is given."""
    return milvus_pb2.RenameCollectionRequest(
        oldName=require_name("old_name", old_name),
        newName=require_name("new_name", new_name),
        newDBName=optional_str("target_db", target_db),
    )


def build_get_collection_stats(collection_name: str) -> milvus_pb2.GetCollectionStatisticsRequest:
    """Build the request for the statistics of a collection."""
    return milvus_pb2.GetCollectionStatisticsRequest(collection_name=require_name("collection_name", collection_name))


def parse_stats(
    reply: milvus_pb2.GetCollectionStatisticsResponse | milvus_pb2.GetPartitionStatisticsResponse,
) -> dict[str, int | str]:
    """Parse statistics by name; the number of rows becomes an int."""
    stats: dict[str, int | str] = {pair.key: pair.value for pair in reply.stats}
    try:
        stats["row_count"] = int(stats.get("row_count", 0))
    except ValueError as error:
        raise ReplyError(message=f"the reply cannot be read: row_count is {stats['row_count']!r}") from error
    return stats


def build_alter_collection(collection_name: str, properties: Mapping[str, object]) -> milvus_pb2.AlterCollectionRequest:
    """Build the request that sets properties of a collection."""
    return milvus_pb2.AlterCollectionRequest(
        collection_name=require_name("collection_name", collection_name),
        properties=common.property_pairs(require_mapping("properties", properties, may_be_empty=False)),
    )


def build_drop_properties(collection_name: str, property_keys: list[str]) -> milvus_pb2.AlterCollectionRequest:
    """Build the request that resets properties of a collection to the server's defaults."""
    return milvus_pb2.AlterCollectionRequest(
        collection_name=require_name("collection_name", collection_name),
        delete_keys=require_keys("property_keys", property_keys),
    )


def build_alter_collection_field(
    collection_name: str, field_name: str, field_params: Mapping[str, object]
) -> milvus_pb2.AlterCollectionFieldRequest:
    """Build the request that sets properties of a field."""
    return milvus_pb2.AlterCollectionFieldRequest(
        collection_name=require_name("collection_name", collection_name),
        field_name=require_str("field_name", field_name),
        properties=common.property_pairs(require_mapping("field_params", field_params, may_be_empty=False)),
    )
