"""Indexes: built, described, listed and dropped."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient, DataType, FieldSchema, IndexParams, MilvusException
from milvusclient.exceptions import AmbiguousIndexName, IndexNotExistException, UnimplementedError
from tests.server.both import LITE, MILVUS_235, Server, flat, schema_of


def test_an_index_is_built_described_and_dropped(server: Server) -> None:
    name = "vector" if server.is_lite else "near"  # Milvus Lite calls each index as its field
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        assert client.list_indexes("c") == []
        client.insert("c", [{"id": number, "vector": [number, 1]} for number in range(5)])
        params = IndexParams()
        params.add_index("vector", "HNSW", "near", metric_type="L2", params={"M": 8, "efConstruction": 64})
        client.create_index("c", params)

        assert client.list_indexes("c") == [name]
        index = client.describe_index("c", name)
        assert index is not None
        assert index["field_name"] == "vector"
        assert index["index_name"] == name
        assert (index["index_type"], index["metric_type"]) == ("HNSW", "L2")
        assert index["state"] == "Finished"
        assert index["pending_index_rows"] == 0

        if server.is_lite:
            client.release_collection("c")  # Milvus Lite loads each new collection
        client.drop_index("c", name)
        assert client.list_indexes("c") == []


def test_build_parameters_are_told_as_text(server: Server) -> None:
    server.skip_on(LITE, "does not keep the build parameters")
    params = IndexParams()
    params.add_index("vector", "IVF_FLAT", metric_type="IP", nlist=16)
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        client.create_index("c", params, sync=False)
        index = client.describe_index("c", None)
        assert index is not None
        assert index["nlist"] == "16"  # type: ignore[typeddict-item]  # build parameters have names of their own


def test_an_index_that_does_not_exist_is_none(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        assert client.describe_index("c", "vector") is None
        assert client.describe_index("c", "") is None
        client.create_index("c", flat())
        # Milvus Lite ignores the name.
        assert (client.describe_index("c", "another") is None) is not server.is_lite


def test_several_indexes_of_a_collection(server: Server) -> None:
    schema = schema_of(FieldSchema("color", DataType.VARCHAR, max_length=10), FieldSchema("year", DataType.INT64))
    name = "color" if server.is_lite else "by_color"  # Milvus Lite calls each index as its field
    params = flat()
    params.add_index("color", "INVERTED" if server.is_lite else "Trie", "by_color")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema)
        client.create_index("c", params)
        assert sorted(client.list_indexes("c")) == [name, "vector"]
        assert client.list_indexes("c", "color") == [name]
        assert client.list_indexes("c", "year") == []
        if not server.is_lite:  # which finds any of them, whatever the name
            with pytest.raises(AmbiguousIndexName):
                client.describe_index("c", "")
            index = client.describe_index("c", "by_color")
            assert index is not None
            assert index["field_name"] == "color"


def test_what_cannot_be_indexed_is_refused(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="nothing"):
            client.create_index("c", flat("nothing"))
        with pytest.raises(MilvusException, match=r"(?i)metric|NEAREST"):
            client.create_index("c", flat(metric="NEAREST"))
        assert client.list_indexes("c") == []


def test_a_loaded_collection_keeps_its_index(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        with pytest.raises(MilvusException, match="release"):
            client.drop_index("c", "vector")
        client.release_collection("c")
        client.drop_index("c", "vector")
        assert client.list_indexes("c") == []
        if not server.is_lite:  # which loads without an index
            with pytest.raises(IndexNotExistException, match="index not found"):
                client.load_collection("c")


def test_index_properties_need_a_newer_server(server: Server) -> None:
    server.skip_on(MILVUS_235, "breaks down over AlterIndex: it fails to write its reply")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        with pytest.raises(UnimplementedError, match="AlterIndex.*the server does not know this call"):
            client.alter_index_properties("c", "vector", {"mmap.enabled": True})
        with pytest.raises(UnimplementedError, match="AlterIndex.*the server does not know this call"):
            client.drop_index_properties("c", "vector", ["mmap.enabled"])
