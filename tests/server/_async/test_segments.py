"""Segments, compaction and a flush of everything."""

from __future__ import annotations

import time

import pytest

from milvusclient import AsyncMilvusClient, MilvusException, SegmentState
from tests.server.both import LITE, Server, flat, schema_of
from tests.support.together import AsyncClock

PATIENCE = 60.0


async def two_segments(client: AsyncMilvusClient) -> None:
    """The collection "c" of 10 rows on disk, in two pieces, indexed and loaded."""
    await client.create_collection("c", schema=schema_of())
    for first in (0, 5):
        await client.insert("c", [{"id": number, "vector": [number, 0]} for number in range(first, first + 5)])
        await client.flush("c", timeout=PATIENCE)
    await client.create_index("c", flat())
    await client.load_collection("c", timeout=PATIENCE)


async def test_segments_are_listed_and_merged(server: Server) -> None:
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

        job = await client.compact("c")
        over = time.monotonic() + PATIENCE
        while await client.get_compaction_state(job) != "Completed":
            assert time.monotonic() < over, await client.get_compaction_plans(job)
            await AsyncClock.sleep(0.1)
        plans = await client.get_compaction_plans(job)
        assert (plans.compaction_id, plans.state.name) == (job, "Completed")
        # Milvus 2.3.5 does not know that a name was sent with the request: it compacts all that it has.
        (plan,) = [plan for plan in plans.plans if keys & set(plan.sources)]
        assert set(plan.sources) == keys
        merged = await client.list_segments("c")
        assert [(segment.segment_id, segment.num_rows) for segment in merged] == [(plan.target, 10)]
        assert await client.query("c", "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 10}]


async def test_a_compaction_of_the_embedded_server(server: Server) -> None:
    if not server.is_lite:
        pytest.skip("Milvus 2.3.5 compacts in test_segments_are_listed_and_merged")
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


async def test_everything_is_flushed(server: Server) -> None:
    server.skip_on(LITE, "cannot flush everything at once")
    async with AsyncMilvusClient(server.uri) as client:
        for name in ("c", "d"):
            await client.create_collection(name, schema=schema_of())
            await client.insert(name, [{"id": number, "vector": [1, 2]} for number in range(3)])
        await client.flush_all(PATIENCE)
        for name in ("c", "d"):
            segments = await client.list_persistent_segments(name)
            assert [segment.num_rows for segment in segments] == [3], name
        assert await client.get_flush_all_state(flush_all_ts=1) is True
        await client.flush_all(PATIENCE, db=server.uri.rpartition("/")[2])
        await client.flush_all(_async=True)
