"""What Milvus 2.3.5 does to all collections of all databases; ``test_whole_server.py`` runs it where no others are."""

from __future__ import annotations

import time

from milvusclient import MilvusClient
from tests.server.both import flat, schema_of
from tests.support.patience import HANG
from tests.support.together import Clock

PATIENCE = HANG


def everything(uri: str, token: str) -> None:
    """All of it; leaves no collections."""
    with MilvusClient(uri, token=token) as client:
        everything_is_flushed(client)
        segments_are_merged(client)
        for name in client.list_collections():
            client.drop_collection(name)


def everything_is_flushed(client: MilvusClient) -> None:
    for name in ("one", "two"):
        client.create_collection(name, schema=schema_of())
        client.insert(name, [{"id": number, "vector": [1, 2]} for number in range(3)])
        assert client.list_persistent_segments(name) == []
    client.flush_all(PATIENCE)
    for name in ("one", "two"):
        segments = client.list_persistent_segments(name)
        assert [segment.num_rows for segment in segments] == [3], name
    assert client.get_flush_all_state(flush_all_ts=1) is True
    assert client.get_flush_all_state(flush_all_ts=2**62) is False
    client.flush_all(PATIENCE, db="default")
    client.flush_all(_async=True)


def segments_are_merged(client: MilvusClient) -> None:
    client.create_collection("merged", schema=schema_of(), index_params=flat())
    for first in (0, 5):
        client.insert("merged", [{"id": number, "vector": [number, 0]} for number in range(first, first + 5)])
        client.flush("merged", PATIENCE)
    keys = {segment.segment_id for segment in client.list_segments("merged")}
    assert len(keys) == 2

    job = client.compact("merged")
    over = time.monotonic() + PATIENCE
    while client.get_compaction_state(job) != "Completed":
        assert time.monotonic() < over, client.get_compaction_plans(job)
        Clock.sleep(0.1)
    plans = client.get_compaction_plans(job)
    assert (plans.compaction_id, plans.state.name) == (job, "Completed")
    (plan,) = [plan for plan in plans.plans if keys & set(plan.sources)]
    assert set(plan.sources) == keys
    segments = client.list_segments("merged")
    assert [(segment.segment_id, segment.num_rows) for segment in segments] == [(plan.target, 10)]
    assert (client.list_compaction_tasks("merged")).collection_name == "merged"
    assert client.query("merged", "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 10}]
