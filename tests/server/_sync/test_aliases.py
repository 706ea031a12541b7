"""Aliases of collections."""

from __future__ import annotations

import uuid

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
        aliases = (client.describe_collection("books_2024"))["aliases"]
        assert aliases == ([] if server.is_lite else ["books"]), "Milvus Lite does not describe aliases there"
        assert (client.insert("books", {"id": 1, "vector": [1, 2]}))["insert_count"] == 1

        client.drop_alias("books")
        assert not client.has_collection("books")
        assert client.has_collection("books_2024")


def test_writes_by_an_alias_follow_it_to_another_schema(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("two", schema=schema_of(dim=2))
        client.create_collection("three", schema=schema_of(dim=3))
        client.create_alias("two", "current")
        client.insert("current", {"id": 1, "vector": [1, 2]})

        client.alter_alias("three", "current")
        assert (client.describe_collection("current"))["collection_name"] == "three"
        client.insert("current", {"id": 1, "vector": [1, 2, 3]})
        client.drop_alias("current")


def test_aliases_are_described_and_listed(server: Server) -> None:
    name = f"c_{uuid.uuid4().hex[:12]}"
    # Milvus 2.3.5 knows the aliases of the default database only, whatever database a call is for.
    with MilvusClient(server.uri, db_name="default") as client:
        client.create_collection(name, schema=schema_of())
        client.create_alias(name, f"{name}_alias")
        described = client.describe_alias(f"{name}_alias")
        assert (described["alias"], described.get("collection_name")) == (f"{name}_alias", name)
        assert (client.list_aliases(name))["aliases"] == [f"{name}_alias"]
        assert f"{name}_alias" in (client.list_aliases())["aliases"]
        client.drop_alias(f"{name}_alias")
        assert (client.list_aliases(name))["aliases"] == []
        client.drop_collection(name)


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
