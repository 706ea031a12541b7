"""Aliases of collections."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient, MilvusException
from milvusclient.exceptions import CollectionNotExistException
from tests.server.both import Server, schema_of


def test_an_alias_leads_to_its_collection(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("books_2024", schema=schema_of())
        client.create_alias("books_2024", "books")

        assert client.has_collection("books")
        assert (client.describe_collection("books"))["collection_name"] == "books_2024"
        assert (client.describe_collection("books_2024"))["aliases"] == ["books"]
        described = client.describe_alias("books")
        assert (described["alias"], described.get("collection_name")) == ("books", "books_2024")
        assert (client.list_aliases("books_2024"))["aliases"] == ["books"]
        assert (client.list_aliases())["aliases"] == ["books"]
        assert (client.insert("books", {"id": 1, "vector": [1, 2]}))["insert_count"] == 1

        client.drop_alias("books")
        assert not client.has_collection("books")
        assert (client.list_aliases("books_2024"))["aliases"] == []
        assert client.has_collection("books_2024")


def test_writes_by_an_alias_follow_it_to_another_schema(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("two", schema=schema_of(dim=2))
        client.create_collection("three", schema=schema_of(dim=3))
        client.create_alias("two", "current")
        client.insert("current", {"id": 1, "vector": [1, 2]})

        client.alter_alias("three", "current")
        described = client.describe_alias("current")
        assert described.get("collection_name") == "three"
        client.insert("current", {"id": 1, "vector": [1, 2, 3]})
        client.drop_alias("current")


def test_names_that_do_not_exist_or_are_taken_are_refused(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        with pytest.raises(CollectionNotExistException, match="nowhere"):
            client.create_alias("nowhere", "a")
        with pytest.raises(MilvusException, match="alias"):
            client.describe_alias("a")
        with pytest.raises(MilvusException, match="alias"):
            client.alter_alias("c", "a")
        with pytest.raises(MilvusException, match="c"):
            client.create_alias("c", "c")
