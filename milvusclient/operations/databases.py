"""Databases: collections of one server in separate name spaces."""

from __future__ import annotations

from collections.abc import Mapping

from milvusclient._proto import milvus_pb2
from milvusclient.checks import require_keys, require_mapping, require_str
from milvusclient.operations.common import property_pairs

__all__ = [
    "build_alter_database",
    "build_create_database",
    "build_describe_database",
    "build_drop_database",
    "build_drop_database_properties",
    "build_list_databases",
    "parse_describe_database",
    "parse_list_databases",
]


def build_create_database(db_name: str, properties: Mapping[str, object] | None) -> milvus_pb2.CreateDatabaseRequest:
    """A new database."""
    return milvus_pb2.CreateDatabaseRequest(
        db_name=require_str("db_name", db_name),
        properties=property_pairs({} if properties is None else require_mapping("properties", properties)),
    )


def build_drop_database(db_name: str) -> milvus_pb2.DropDatabaseRequest:
    """The end of an empty database."""
    return milvus_pb2.DropDatabaseRequest(db_name=require_str("db_name", db_name))


def build_list_databases() -> milvus_pb2.ListDatabasesRequest:
    """All databases of the server."""
    return milvus_pb2.ListDatabasesRequest()


def parse_list_databases(reply: milvus_pb2.ListDatabasesResponse) -> list[str]:
    """Their names."""
    return list(reply.db_names)


def build_describe_database(db_name: str) -> milvus_pb2.DescribeDatabaseRequest:
    """What a database looks like, or whether there is one."""
    return milvus_pb2.DescribeDatabaseRequest(db_name=require_str("db_name", db_name))


def parse_describe_database(reply: milvus_pb2.DescribeDatabaseResponse) -> dict[str, str]:
    """Its name, and its properties as text."""
    return {"name": reply.db_name, **{pair.key: pair.value for pair in reply.properties}}


def build_alter_database(db_name: str, properties: Mapping[str, object]) -> milvus_pb2.AlterDatabaseRequest:
    """New values for properties of a database."""
    return milvus_pb2.AlterDatabaseRequest(
        db_name=require_str("db_name", db_name),
        properties=property_pairs(require_mapping("properties", properties)),
    )


def build_drop_database_properties(db_name: str, property_keys: list[str]) -> milvus_pb2.AlterDatabaseRequest:
    """Back to the server's defaults for properties of a database."""
    return milvus_pb2.AlterDatabaseRequest(
        db_name=require_str("db_name", db_name), delete_keys=require_keys("property_keys", property_keys)
    )
