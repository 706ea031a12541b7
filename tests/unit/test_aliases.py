"""Aliases: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import aliases


def test_an_alias_is_created_altered_and_dropped_by_name() -> None:
    assert aliases.build_create_alias("books", "b") == milvus_pb2.CreateAliasRequest(collection_name="books", alias="b")
    assert aliases.build_alter_alias("books", "b") == milvus_pb2.AlterAliasRequest(collection_name="books", alias="b")
    assert aliases.build_drop_alias("b") == milvus_pb2.DropAliasRequest(alias="b")


@pytest.mark.parametrize("name", [None, "", 5, b"books"])
def test_an_empty_collection_name_is_refused(name: object) -> None:
    with pytest.raises(ParamError, match="collection_name must be a non-empty str"):
        aliases.build_create_alias(name, "b")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [None, 5])
def test_an_alias_that_is_not_a_str_is_refused(name: object) -> None:
    with pytest.raises(ParamError, match="alias must be a str"):
        aliases.build_drop_alias(name)  # type: ignore[arg-type]


def test_a_described_alias_has_the_names_that_the_server_returned() -> None:
    reply = milvus_pb2.DescribeAliasResponse(alias="b", collection="books", db_name="default")
    assert aliases.parse_describe_alias(reply, "b") == {"alias": "b", "collection_name": "books", "db_name": "default"}
    assert aliases.parse_describe_alias(milvus_pb2.DescribeAliasResponse(), "b") == {"alias": "b"}


def test_aliases_of_all_collections_are_listed_without_a_name() -> None:
    assert aliases.build_list_aliases(None, "") == milvus_pb2.ListAliasesRequest()
    assert aliases.build_list_aliases("books", "db").db_name == "db"
    reply = milvus_pb2.ListAliasesResponse(aliases=["b", "c"], collection_name="books")
    assert aliases.parse_list_aliases(reply) == {"aliases": ["b", "c"], "collection_name": "books"}
