"""Build requests about databases, which separate the collections of a server, and parse the replies."""

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
    """Build the request that creates a database."""
    return milvus_pb2.CreateDatabaseRequest(
        db_name=require_str("db_name", db_name),
        properties=property_pairs({} if properties is None else require_mapping("properties", properties)),
    )


def build_drop_database(db_name: str) -> milvus_pb2.DropDatabaseRequest:
    """Build the request that drops an empty database."""
    return milvus_pb2.DropDatabaseRequest(db_name=require_str("db_name", db_name))


def build_list_databases() -> milvus_pb2.ListDatabasesRequest:
    """Build the request that lists the databases of the server."""
    return milvus_pb2.ListDatabasesRequest()


def parse_list_databases(reply: milvus_pb2.ListDatabasesResponse) -> list[str]:
    """Parse the reply into the names of the databases."""
    return list(reply.db_names)


def build_describe_database(db_name: str) -> milvus_pb2.DescribeDatabaseRequest:
    """Build the request that describes a database, or finds out whether it exists."""
    return milvus_pb2.DescribeDatabaseRequest(db_name=require_str("db_name", db_name))


def parse_describe_database(reply: milvus_pb2.DescribeDatabaseResponse) -> dict[str, str]:
    """Parse the reply into the name of the database and its properties, as str."""
    return {"name": reply.db_name, **{pair.key: pair.value for pair in reply.properties}}


def build_alter_database(db_name: str, properties: Mapping[str, object]) -> milvus_pb2.AlterDatabaseRequest:
    """Build the request that sets properties of a database."""
    return milvus_pb2.AlterDatabaseRequest(
        db_name=require_str("db_name", db_name),
        properties=property_pairs(require_mapping("properties", properties)),
    )


def build_drop_database_properties(db_name: str, property_keys: list[str]) -> milvus_pb2.AlterDatabaseRequest:
    """Build the request that resets properties of a database to the server's defaults."""
    return milvus_pb2.AlterDatabaseRequest(
        db_name=require_str("db_name", db_name), delete_keys=require_keys("property_keys", property_keys)
    )
