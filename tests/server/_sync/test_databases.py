"""Databases: name spaces of their own, each with a connection of its own."""

from __future__ import annotations

import uuid

import pytest

from milvusclient import MilvusClient, ConnectionNotExistException, MilvusException
from milvusclient.exceptions import UnimplementedError
from tests.server.both import MILVUS_235, Server, schema_of


@pytest.fixture
def other() -> str:
    """A name that no other test, worker or run uses."""
    return f"other_{uuid.uuid4().hex[:12]}"


def test_databases_keep_their_collections_apart(server: Server, other: str) -> None:
    with MilvusClient(server.uri) as first:
        assert other not in first.list_databases()
        first.create_database(other)
        assert {"default", other} <= set(first.list_databases())
        first.create_collection("c", schema=schema_of(dim=2))

        with MilvusClient(server.uri, db_name=other) as second:
            assert second.alias != first.alias
            assert second.list_collections() == []
            second.create_collection("c", schema=schema_of(dim=3))
            second.insert("c", {"id": 1, "vector": [1, 2, 3]})
            first.insert("c", {"id": 1, "vector": [1, 2]})
            with pytest.raises(MilvusException, match="not empty"):
                first.drop_database(other)
            second.drop_collection("c")

        with pytest.raises(ConnectionNotExistException, match=other):
            second.list_collections()
        assert first.list_collections() == ["c"], "closing the second leaves the first alone"
        first.drop_database(other)
        assert other not in first.list_databases()


def test_a_client_moves_to_another_database_alone(server: Server, other: str) -> None:
    with MilvusClient(server.uri) as mover, MilvusClient(server.uri) as stayer:
        mover.create_collection("c", schema=schema_of())
        mover.create_database(other)
        home = mover.alias

        mover.use_database(other)
        assert mover.alias != home
        assert mover.list_collections() == []
        assert stayer.alias == home
        assert stayer.list_collections() == ["c"]

        mover.close()
        assert stayer.list_collections() == ["c"]
        stayer.drop_database(other)


def test_properties_of_databases(server: Server, other: str) -> None:
    with MilvusClient(server.uri) as client:
        if server.name == MILVUS_235:
            with pytest.raises(UnimplementedError, match="DescribeDatabase.*may be older than the feature"):
                client.describe_database("default")
            with pytest.raises(UnimplementedError, match="AlterDatabase.*may be older than the feature"):
                client.alter_database_properties("default", {"database.max.collections": 10})
        server.skip_on(MILVUS_235, "has no properties of databases")
        client.create_database(other, {"database.max.collections": 5})
        assert (client.describe_database(other))["name"] == other
        client.alter_database_properties(other, {"database.max.collections": 10})
        assert (client.describe_database(other))["database.max.collections"] == "10"
        client.drop_database_properties(other, ["database.max.collections"])
        client.drop_database(other)


def test_a_database_that_does_not_exist_is_refused(server: Server, other: str) -> None:
    with MilvusClient(server.uri) as client:
        if server.is_lite:
            with pytest.raises(MilvusException, match=other):
                client.use_database(other)
            assert client.list_collections() == [], "the client stays where it was"
        else:  # it cannot describe a database, so that the first call in it tells
            client.use_database(other)
            with pytest.raises(MilvusException, match=other):
                client.create_collection("c", schema=schema_of())
