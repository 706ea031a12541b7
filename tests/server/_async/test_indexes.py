"""Indexes: built, described, listed and dropped."""

from __future__ import annotations

import pytest

from milvusclient import AsyncMilvusClient, DataType, FieldSchema, IndexParams, MilvusException
from milvusclient.exceptions import AmbiguousIndexName, IndexNotExistException, UnimplementedError
from tests.server.both import LITE, MILVUS_235, Server, flat, schema_of


async def test_an_index_is_built_described_and_dropped(server: Server) -> None:
    name = "vector" if server.is_lite else "near"  # Milvus Lite calls each index as its field
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        assert await client.list_indexes("c") == []
        await client.insert("c", [{"id": number, "vector": [number, 1]} for number in range(5)])
        params = IndexParams()
        params.add_index("vector", "HNSW", "near", metric_type="L2", params={"M": 8, "efConstruction": 64})
        await client.create_index("c", params)

        assert await client.list_indexes("c") == [name]
        index = await client.describe_index("c", name)
        assert index is not None
        assert index["field_name"] == "vector"
        assert index["index_name"] == name
        assert (index["index_type"], index["metric_type"]) == ("HNSW", "L2")
        assert index["state"] == "Finished"
        assert index["pending_index_rows"] == 0

        if server.is_lite:
            await client.release_collection("c")  # Milvus Lite loads each new collection
        await client.drop_index("c", name)
        assert await client.list_indexes("c") == []


async def test_build_parameters_are_told_as_text(server: Server) -> None:
    server.skip_on(LITE, "does not keep the build parameters")
    params = IndexParams()
    params.add_index("vector", "IVF_FLAT", metric_type="IP", nlist=16)
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        await client.create_index("c", params, sync=False)
        index = await client.describe_index("c", None)
        assert index is not None
        assert index["nlist"] == "16"  # type: ignore[typeddict-item]  # build parameters have names of their own


async def test_an_index_that_does_not_exist_is_none(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        assert await client.describe_index("c", "vector") is None
        assert await client.describe_index("c", "") is None
        await client.create_index("c", flat())
        # Milvus Lite ignores the name.
        assert (await client.describe_index("c", "another") is None) is not server.is_lite


async def test_several_indexes_of_a_collection(server: Server) -> None:
    schema = schema_of(FieldSchema("color", DataType.VARCHAR, max_length=10), FieldSchema("year", DataType.INT64))
    name = "color" if server.is_lite else "by_color"  # Milvus Lite calls each index as its field
    params = flat()
    params.add_index("color", "INVERTED" if server.is_lite else "Trie", "by_color")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema)
        await client.create_index("c", params)
        assert sorted(await client.list_indexes("c")) == [name, "vector"]
        assert await client.list_indexes("c", "color") == [name]
        assert await client.list_indexes("c", "year") == []
        if not server.is_lite:  # which finds any of them, whatever the name
            with pytest.raises(AmbiguousIndexName):
                await client.describe_index("c", "")
            index = await client.describe_index("c", "by_color")
            assert index is not None
            assert index["field_name"] == "color"


async def test_what_cannot_be_indexed_is_refused(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="nothing"):
            await client.create_index("c", flat("nothing"))
        with pytest.raises(MilvusException, match=r"(?i)metric|NEAREST"):
            await client.create_index("c", flat(metric="NEAREST"))
        assert await client.list_indexes("c") == []


async def test_a_loaded_collection_keeps_its_index(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(), index_params=flat())
        with pytest.raises(MilvusException, match="release"):
            await client.drop_index("c", "vector")
        await client.release_collection("c")
        await client.drop_index("c", "vector")
        assert await client.list_indexes("c") == []
        if not server.is_lite:  # which loads without an index
            with pytest.raises(IndexNotExistException, match="index not found"):
                await client.load_collection("c")


async def test_index_properties_need_a_newer_server(server: Server) -> None:
    server.skip_on(MILVUS_235, "breaks down over AlterIndex: it fails to write its reply")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(), index_params=flat())
        with pytest.raises(UnimplementedError, match="AlterIndex.*the server does not know this call"):
            await client.alter_index_properties("c", "vector", {"mmap.enabled": True})
        with pytest.raises(UnimplementedError, match="AlterIndex.*the server does not know this call"):
            await client.drop_index_properties("c", "vector", ["mmap.enabled"])
