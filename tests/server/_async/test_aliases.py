"""Aliases of collections."""

from __future__ import annotations

import uuid

import pytest

from milvusclient import AsyncMilvusClient, MilvusException
from milvusclient.exceptions import CollectionNotExistException
from tests.server.both import Server, schema_of


async def test_an_alias_leads_to_its_collection(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("books_2024", schema=schema_of())
        await client.create_alias("books_2024", "books")

        assert await client.has_collection("books")
        assert (await client.describe_collection("books"))["collection_name"] == "books_2024"
        aliases = (await client.describe_collection("books_2024"))["aliases"]
        assert aliases == ([] if server.is_lite else ["books"]), "Milvus Lite does not describe aliases there"
        assert (await client.insert("books", {"id": 1, "vector": [1, 2]}))["insert_count"] == 1

        await client.drop_alias("books")
        assert not await client.has_collection("books")
        assert await client.has_collection("books_2024")


async def test_writes_by_an_alias_follow_it_to_another_schema(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("two", schema=schema_of(dim=2))
        await client.create_collection("three", schema=schema_of(dim=3))
        await client.create_alias("two", "current")
        await client.insert("current", {"id": 1, "vector": [1, 2]})

        await client.alter_alias("three", "current")
        assert (await client.describe_collection("current"))["collection_name"] == "three"
        await client.insert("current", {"id": 1, "vector": [1, 2, 3]})
        await client.drop_alias("current")


async def test_aliases_are_described_and_listed(server: Server) -> None:
    name = f"c_{uuid.uuid4().hex[:12]}"
    # Milvus 2.3.5 knows the aliases of the default database only, whatever database a call is for.
    async with AsyncMilvusClient(server.uri, db_name="default") as client:
        await client.create_collection(name, schema=schema_of())
        await client.create_alias(name, f"{name}_alias")
        described = await client.describe_alias(f"{name}_alias")
        assert (described["alias"], described.get("collection_name")) == (f"{name}_alias", name)
        assert (await client.list_aliases(name))["aliases"] == [f"{name}_alias"]
        assert f"{name}_alias" in (await client.list_aliases())["aliases"]
        await client.drop_alias(f"{name}_alias")
        assert (await client.list_aliases(name))["aliases"] == []
        await client.drop_collection(name)


async def test_names_that_do_not_exist_or_are_taken_are_refused(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        with pytest.raises(CollectionNotExistException, match="nowhere"):
            await client.create_alias("nowhere", "a")
        with pytest.raises(MilvusException, match="alias"):
            await client.describe_alias("a")
        with pytest.raises(MilvusException, match="alias"):
            await client.alter_alias("c", "a")
        with pytest.raises(MilvusException, match="c"):
            await client.create_alias("c", "c")
