"""Build requests about aliases, which are further names of collections, and parse the replies."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_name, require_str
from milvusclient.models.descriptions import AliasDescription, AliasList

__all__ = [
    "build_alter_alias",
    "build_create_alias",
    "build_describe_alias",
    "build_drop_alias",
    "build_list_aliases",
    "parse_describe_alias",
    "parse_list_aliases",
]


def build_create_alias(collection_name: str, alias: str) -> milvus_pb2.CreateAliasRequest:
    """Build the request that creates an alias of a collection."""
    return milvus_pb2.CreateAliasRequest(
        collection_name=require_name("collection_name", collection_name), alias=require_str("alias", alias)
    )


def build_alter_alias(collection_name: str, alias: str) -> milvus_pb2.AlterAliasRequest:
    """Build the request that points an alias to another collection."""
    return milvus_pb2.AlterAliasRequest(
        collection_name=require_name("collection_name", collection_name), alias=require_str("alias", alias)
    )


def build_drop_alias(alias: str) -> milvus_pb2.DropAliasRequest:
    """Build the request that drops an alias."""
    return milvus_pb2.DropAliasRequest(alias=require_str("alias", alias))


def build_describe_alias(alias: str) -> milvus_pb2.DescribeAliasRequest:
    """Build the request that asks which collection an alias stands for."""
    return milvus_pb2.DescribeAliasRequest(alias=require_name("alias", alias))


def parse_describe_alias(reply: milvus_pb2.DescribeAliasResponse, alias: str) -> AliasDescription:
    """Parse the reply into the alias and its collection."""
    described: AliasDescription = {"alias": alias}
    if reply.collection:
        described["collection_name"] = reply.collection
    if reply.db_name:
        described["db_name"] = reply.db_name
    return described


def build_list_aliases(collection_name: str | None, db_name: str) -> milvus_pb2.ListAliasesRequest:
    """Build the request that lists the aliases of one collection, or of all collections."""
    return milvus_pb2.ListAliasesRequest(
        collection_name=optional_str("collection_name", collection_name), db_name=require_str("db_name", db_name)
    )


def parse_list_aliases(reply: milvus_pb2.ListAliasesResponse) -> AliasList:
    """Parse the reply into the aliases and, where the server names them, their collection and database."""
    listed: AliasList = {"aliases": list(reply.aliases)}
    if reply.collection_name:
        listed["collection_name"] = reply.collection_name
    if reply.db_name:
        listed["db_name"] = reply.db_name
    return listed
