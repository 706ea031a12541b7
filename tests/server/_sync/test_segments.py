"""Segments, compaction and a flush of everything."""

from __future__ import annotations

import time

import pytest

from milvusclient import MilvusClient, MilvusException, SegmentState
from tests.server.both import LITE, Server, flat, schema_of
from tests.support.together import Clock

PATIENCE = 60.0


def two_segments(client: MilvusClient) -> None:
    """The collection "c" of 10 rows on disk, in two pieces, indexed and loaded."""
    client.create_collection("c", schema=schema_of())
    for first in (0, 5):
        client.insert("c", [{"id": number, "vector": [number, 0]} for number in range(first, first + 5)])
        client.flush("c", timeout=PATIENCE)
    client.create_index("c", flat())
    client.load_collection("c", timeout=PATIENCE)


def test_segments_are_listed_and_merged(server: Server) -> None:
    server.skip_on(LITE, "has no segments")
    with MilvusClient(server.uri) as client:
        two_segments(client)
        segments = client.list_segments("c")
        assert [(segment.num_rows, segment.state) for segment in segments] == [(5, SegmentState.Flushed)] * 2
        assert {segment.collection_name for segment in segments} == {"c"}
        described = client.describe_collection("c")
        assert {segment.collection_id for segment in segments} == {described["collection_id"]}
        assert client.list_persistent_segments("c") == segments
        keys = {segment.segment_id for segment in segments}

        loaded = client.list_loaded_segments("c")
        assert {segment.segment_id for segment in loaded} == keys
        assert [(segment.num_rows, segment.state, len(segment.node_ids)) for segment in loaded] == [
            (5, SegmentState.Sealed, 1)
        ] * 2

        job = client.compact("c")
        over = time.monotonic() + PATIENCE
        while client.get_compaction_state(job) != "Completed":
            assert time.monotonic() < over, client.get_compaction_plans(job)
            Clock.sleep(0.1)
        plans = client.get_compaction_plans(job)
        assert (plans.compaction_id, plans.state.name) == (job, "Completed")
        # Milvus 2.3.5 does not know that a name was sent with the request: it compacts all that it has.
        (plan,) = [plan for plan in plans.plans if keys & set(plan.sources)]
        assert set(plan.sources) == keys
        merged = client.list_segments("c")
        assert [(segment.segment_id, segment.num_rows) for segment in merged] == [(plan.target, 10)]
        assert client.query("c", "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 10}]


def test_a_compaction_of_the_embedded_server(server: Server) -> None:
    if not server.is_lite:
        pytest.skip("Milvus 2.3.5 compacts in test_segments_are_listed_and_merged")
    with MilvusClient(server.uri) as client:
        two_segments(client)
        job = client.compact("c")
        assert client.get_compaction_state(job) == "Completed"
        assert client.query("c", "", ["count(*)"]) == [{"count(*)": 10}]


def test_a_collection_without_rows_has_no_segments(server: Server) -> None:
    server.skip_on(LITE, "has no segments")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        assert client.list_segments("c") == []
        assert client.list_persistent_segments("c") == []
        assert client.list_loaded_segments("c") == []
        with pytest.raises(MilvusException, match="nowhere"):
            client.list_segments("nowhere")
        with pytest.raises(MilvusException, match="nowhere"):
            client.list_loaded_segments("nowhere")


def test_everything_is_flushed(server: Server) -> None:
    server.skip_on(LITE, "cannot flush everything at once")
    with MilvusClient(server.uri) as client:
        for name in ("c", "d"):
            client.create_collection(name, schema=schema_of())
            client.insert(name, [{"id": number, "vector": [1, 2]} for number in range(3)])
        client.flush_all(PATIENCE)
        for name in ("c", "d"):
            segments = client.list_persistent_segments(name)
            assert [segment.num_rows for segment in segments] == [3], name
        assert client.get_flush_all_state(flush_all_ts=1) is True
        client.flush_all(PATIENCE, db=server.uri.rpartition("/")[2])
        client.flush_all(_async=True)
