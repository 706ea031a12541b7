"""Segments: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import segments
from milvusclient.schema.states import SegmentState


def test_states_are_sent_in_their_order() -> None:
    request = segments.build_segments("books", [SegmentState.Flushed, SegmentState.Growing])
    assert list(request.states) == [common_pb2.SegmentState.Flushed, common_pb2.SegmentState.Growing]
    assert list(segments.build_segments("books", None).states) == []
    assert len(segments.build_segments("books", segments.EVERY_STATE).states) == 6


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ([], "states is empty"),
        ([4], r"states\[0\] must be a SegmentState, got 4"),
        ("Flushed", "states must be a list of SegmentState"),
        (SegmentState.Flushed, "states must be a list of SegmentState"),
    ],
)
def test_states_that_are_not_a_list_of_segment_states_are_refused(states: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        segments.build_segments("books", states)  # type: ignore[arg-type]


def test_a_segment_on_disk_has_the_segments_it_was_compacted_from() -> None:
    reply = milvus_pb2.GetPersistentSegmentInfoResponse()
    reply.infos.add(
        segmentID=41,
        collectionID=1001,
        partitionID=11,
        num_rows=7,
        state=common_pb2.SegmentState.Flushed,
        level=common_pb2.SegmentLevel.L1,
        is_sorted=True,
        storage_version=2,
        insert_channel="ch0",
        compaction_from=[39, 40],
    )
    (segment,) = segments.parse_segments(reply, "books")
    assert (segment.segment_id, segment.collection_name, segment.num_rows) == (41, "books", 7)
    assert (segment.state, segment.state_name) == (SegmentState.Flushed, "Flushed")
    assert (segment.level, segment.level_name) == (2, "L1")
    assert segment.compaction_from == [39, 40]


def test_a_segment_in_memory_has_the_nodes_that_hold_it() -> None:
    reply = milvus_pb2.GetQuerySegmentInfoResponse()
    reply.infos.add(segmentID=41, num_rows=7, index_name="v", indexID=700, nodeIds=[5], mem_size=1024)
    (segment,) = segments.parse_loaded_segments(reply, "books")
    assert (segment.index_name, segment.index_id, segment.node_ids, segment.mem_size) == ("v", 700, [5], 1024)
    assert segments.build_loaded_segments("books").collectionName == "books"
