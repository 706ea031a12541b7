"""Databases: name spaces of their own, each with a connection of its own."""

from __future__ import annotations

import uuid

import pytest

from milvusclient import AsyncMilvusClient, ConnectionNotExistException, MilvusException
from milvusclient.exceptions import UnimplementedError
from tests.server.both import MILVUS_235, Server, schema_of


@pytest.fixture
def other() -> str:
    """A name that no other test, worker or run uses."""
    return f"other_{uuid.uuid4().hex[:12]}"


async def test_databases_keep_their_collections_apart(server: Server, other: str) -> None:
    async with AsyncMilvusClient(server.uri) as first:
        assert other not in await first.list_databases()
        await first.create_database(other)
        assert {"default", other} <= set(await first.list_databases())
        await first.create_collection("c", schema=schema_of(dim=2))

        async with AsyncMilvusClient(server.uri, db_name=other) as second:
            assert second.alias != first.alias
            assert await second.list_collections() == []
            await second.create_collection("c", schema=schema_of(dim=3))
            await second.insert("c", {"id": 1, "vector": [1, 2, 3]})
            await first.insert("c", {"id": 1, "vector": [1, 2]})
            with pytest.raises(MilvusException, match="not empty"):
                await first.drop_database(other)
            await second.drop_collection("c")

        with pytest.raises(ConnectionNotExistException, match=other):
            await second.list_collections()
        assert await first.list_collections() == ["c"], "closing the second leaves the first alone"
        await first.drop_database(other)
        assert other not in await first.list_databases()


async def test_a_client_moves_to_another_database_alone(server: Server, other: str) -> None:
    async with AsyncMilvusClient(server.uri) as mover, AsyncMilvusClient(server.uri) as stayer:
        await mover.create_collection("c", schema=schema_of())
        await mover.create_database(other)
        home = mover.alias

        await mover.use_database(other)
        assert mover.alias != home
        assert await mover.list_collections() == []
        assert stayer.alias == home
        assert await stayer.list_collections() == ["c"]

        await mover.close()
        assert await stayer.list_collections() == ["c"]
        await stayer.drop_database(other)


async def test_properties_of_databases(server: Server, other: str) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        if server.name == MILVUS_235:
            with pytest.raises(UnimplementedError, match="DescribeDatabase.*may be older than the feature"):
                await client.describe_database("default")
            with pytest.raises(UnimplementedError, match="AlterDatabase.*may be older than the feature"):
                await client.alter_database_properties("default", {"database.max.collections": 10})
        server.skip_on(MILVUS_235, "has no properties of databases")
        await client.create_database(other, {"database.max.collections": 5})
        assert (await client.describe_database(other))["name"] == other
        await client.alter_database_properties(other, {"database.max.collections": 10})
        assert (await client.describe_database(other))["database.max.collections"] == "10"
        await client.drop_database_properties(other, ["database.max.collections"])
        await client.drop_database(other)


async def test_a_database_that_does_not_exist_is_refused(server: Server, other: str) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        if server.is_lite:
            with pytest.raises(MilvusException, match=other):
                await client.use_database(other)
            assert await client.list_collections() == [], "the client stays where it was"
        else:  # it cannot describe a database, so that the first call in it tells
            await client.use_database(other)
            with pytest.raises(MilvusException, match=other):
                await client.create_collection("c", schema=schema_of())
