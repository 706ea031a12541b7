"""Partitions, and the rows in them."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient, CollectionSchema, DataType, FieldSchema, MilvusException
from tests.server.both import Server, flat, schema_of


def test_partitions_are_created_listed_found_and_dropped(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        assert client.list_partitions("c") == ["_default"]
        client.create_partition("c", "novels")
        assert sorted(client.list_partitions("c")) == ["_default", "novels"]
        assert client.has_partition("c", "novels")
        assert not client.has_partition("c", "poems")
        assert (client.get_partition_stats("c", "novels"))["row_count"] == 0

        client.drop_partition("c", "novels")
        assert not client.has_partition("c", "novels")
        assert client.list_partitions("c") == ["_default"]


def test_rows_are_written_read_and_deleted_in_their_partition(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), consistency_level="Session")
        for name in ("novels", "poems"):
            client.create_partition("c", name)
        client.create_index("c", flat())
        client.load_collection("c")
        client.insert("c", [{"id": 1, "vector": [1, 1]}, {"id": 2, "vector": [2, 2]}], partition_name="novels")
        client.upsert("c", {"id": 3, "vector": [3, 3]}, partition_name="poems")

        assert client.query("c", "id > 0", ["id"], partition_names=["poems"]) == [{"id": 3}]
        assert (client.search("c", [[3.0, 3.0]], partition_names=["novels"]))[0].ids == [2, 1]
        assert client.get("c", [1, 3], ["id"], partition_names=["novels"]) == [{"id": 1}]

        client.delete("c", [1, 3], partition_name="novels")
        rows = client.query("c", "id > 0", ["id"], consistency_level="Strong")
        # Milvus Lite deletes by key in every partition, whichever is named.
        assert sorted(row["id"] for row in rows) == ([2] if server.is_lite else [2, 3])


def test_a_partition_that_does_not_exist_is_named(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="nowhere"):
            client.insert("c", {"id": 1, "vector": [1, 1]}, partition_name="nowhere")
        with pytest.raises(MilvusException, match="nowhere"):
            client.get_partition_stats("c", "nowhere")


def test_a_partition_key_makes_the_partitions(server: Server) -> None:
    fields = [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("shelf", DataType.VARCHAR, max_length=10, is_partition_key=True),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
    ]
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=CollectionSchema(fields), num_partitions=4)
        partitions = client.list_partitions("c")
        # Milvus Lite makes 16 and _default, whatever is asked for.
        assert len(partitions) == (17 if server.is_lite else 4)
        result = client.insert("c", [{"id": n, "shelf": f"s{n}", "vector": [n, n]} for n in range(8)])
        assert result["insert_count"] == 8
