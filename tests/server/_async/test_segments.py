"""Segments. Compaction, and a flush of everything, on a server that has them: test_whole_server."""

from __future__ import annotations

import pytest

from milvusclient import AsyncMilvusClient, MilvusException, SegmentState
from tests.server.both import LITE, Server, flat, schema_of
from tests.support.patience import HANG

PATIENCE = HANG


async def two_segments(client: AsyncMilvusClient) -> None:
    """The collection "c" of 10 rows on disk, in two pieces, indexed and loaded."""
    await client.create_collection("c", schema=schema_of())
    for first in (0, 5):
        await client.insert("c", [{"id": number, "vector": [number, 0]} for number in range(first, first + 5)])
        await client.flush("c", timeout=PATIENCE)
    await client.create_index("c", flat())
    await client.load_collection("c", timeout=PATIENCE)


async def test_segments_are_listed(server: Server) -> None:
    server.skip_on(LITE, "has no segments")
    async with AsyncMilvusClient(server.uri) as client:
        await two_segments(client)
        segments = await client.list_segments("c")
        assert [(segment.num_rows, segment.state) for segment in segments] == [(5, SegmentState.Flushed)] * 2
        assert {segment.collection_name for segment in segments} == {"c"}
        described = await client.describe_collection("c")
        assert {segment.collection_id for segment in segments} == {described["collection_id"]}
        keys = {segment.segment_id for segment in segments}
        again = await client.list_persistent_segments("c")  # in any order
        assert len(again) == 2
        assert all(segment in segments for segment in again)

        loaded = await client.list_loaded_segments("c")
        assert {segment.segment_id for segment in loaded} == keys
        assert [(segment.num_rows, segment.state, len(segment.node_ids)) for segment in loaded] == [
            (5, SegmentState.Sealed, 1)
        ] * 2


async def test_a_compaction_of_the_embedded_server(server: Server) -> None:
    if not server.is_lite:
        pytest.skip("Milvus 2.3.5 compacts all that it has: test_whole_server")
    async with AsyncMilvusClient(server.uri) as client:
        await two_segments(client)
        job = await client.compact("c")
        assert await client.get_compaction_state(job) == "Completed"
        assert await client.query("c", "", ["count(*)"]) == [{"count(*)": 10}]


async def test_a_collection_without_rows_has_no_segments(server: Server) -> None:
    server.skip_on(LITE, "has no segments")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(), index_params=flat())
        assert await client.list_segments("c") == []
        assert await client.list_persistent_segments("c") == []
        assert await client.list_loaded_segments("c") == []
        with pytest.raises(MilvusException, match="nowhere"):
            await client.list_segments("nowhere")
        with pytest.raises(MilvusException, match="nowhere"):
            await client.list_loaded_segments("nowhere")
