"""What Milvus 2.3.5 does to all collections of all databases; ``test_whole_server.py`` runs it where no others are."""

from __future__ import annotations

import time

from milvusclient import AsyncMilvusClient
from tests.server.both import flat, schema_of
from tests.support.patience import HANG
from tests.support.together import AsyncClock

PATIENCE = HANG


async def everything(uri: str, token: str) -> None:
    """All of it; leaves no collections."""
    async with AsyncMilvusClient(uri, token=token) as client:
        await everything_is_flushed(client)
        await segments_are_merged(client)
        for name in await client.list_collections():
            await client.drop_collection(name)


async def everything_is_flushed(client: AsyncMilvusClient) -> None:
    for name in ("one", "two"):
        await client.create_collection(name, schema=schema_of())
        await client.insert(name, [{"id": number, "vector": [1, 2]} for number in range(3)])
        assert await client.list_persistent_segments(name) == []
    await client.flush_all(PATIENCE)
    for name in ("one", "two"):
        segments = await client.list_persistent_segments(name)
        assert [segment.num_rows for segment in segments] == [3], name
    assert await client.get_flush_all_state(flush_all_ts=1) is True
    assert await client.get_flush_all_state(flush_all_ts=2**62) is False
    await client.flush_all(PATIENCE, db="default")
    await client.flush_all(_async=True)


async def segments_are_merged(client: AsyncMilvusClient) -> None:
    await client.create_collection("merged", schema=schema_of(), index_params=flat())
    for first in (0, 5):
        await client.insert("merged", [{"id": number, "vector": [number, 0]} for number in range(first, first + 5)])
        await client.flush("merged", PATIENCE)
    keys = {segment.segment_id for segment in await client.list_segments("merged")}
    assert len(keys) == 2

    job = await client.compact("merged")
    over = time.monotonic() + PATIENCE
    while await client.get_compaction_state(job) != "Completed":
        assert time.monotonic() < over, await client.get_compaction_plans(job)
        await AsyncClock.sleep(0.1)
    plans = await client.get_compaction_plans(job)
    assert (plans.compaction_id, plans.state.name) == (job, "Completed")
    (plan,) = [plan for plan in plans.plans if keys & set(plan.sources)]
    assert set(plan.sources) == keys
    segments = await client.list_segments("merged")
    assert [(segment.segment_id, segment.num_rows) for segment in segments] == [(plan.target, 10)]
    assert (await client.list_compaction_tasks("merged")).collection_name == "merged"
    assert await client.query("merged", "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 10}]
