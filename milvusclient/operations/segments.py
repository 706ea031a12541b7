"""Build requests about segments, the pieces in which a collection's rows are stored, and parse the replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, require_str
from milvusclient.exceptions import ParamError
from milvusclient.models.infos import LoadedSegmentInfo, SegmentInfo
from milvusclient.schema.states import SegmentState

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2

__all__ = [
    "EVERY_STATE",
    "build_loaded_segments",
    "build_segments",
    "parse_loaded_segments",
    "parse_segments",
]

#: All states of a segment, in the order in which it goes through them.
EVERY_STATE = (
    SegmentState.Growing,
    SegmentState.Sealed,
    SegmentState.Flushing,
    SegmentState.Flushed,
    SegmentState.Importing,
    SegmentState.Dropped,
)


def build_segments(
    collection_name: str, states: Sequence[SegmentState] | None
) -> milvus_pb2.GetPersistentSegmentInfoRequest:
    """Build the request that lists the segments on disk; without states, the server chooses which."""
    return milvus_pb2.GetPersistentSegmentInfoRequest(
        collectionName=require_str("collection_name", collection_name),
        states=[] if states is None else _checked_states(states),
    )


def _checked_states(states: object) -> list[common_pb2.SegmentState.ValueType]:
    if not isinstance(states, Sequence) or isinstance(states, str):
        raise ParamError(message=f"states must be a list of SegmentState, got {given(states)}")
    if not states:
        raise ParamError(message="states is empty; give at least one SegmentState, or None")
    for index, state in enumerate(states):
        if not isinstance(state, SegmentState):
            raise ParamError(message=f"states[{index}] must be a SegmentState, got {given(state)}")
    return [cast("common_pb2.SegmentState.ValueType", int(state)) for state in states]


def parse_segments(reply: milvus_pb2.GetPersistentSegmentInfoResponse, collection_name: str) -> list[SegmentInfo]:
    """Parse the reply into a description of each segment on disk."""
    return [
        SegmentInfo(
            segment_id=info.segmentID,
            collection_id=info.collectionID,
            collection_name=collection_name,
            num_rows=info.num_rows,
            is_sorted=info.is_sorted,
            state=SegmentState(info.state),
            level=info.level,
            storage_version=info.storage_version,
            partition_id=info.partitionID,
            insert_channel=info.insert_channel,
            compaction_from=list(info.compaction_from),
        )
        for info in reply.infos
    ]


def build_loaded_segments(collection_name: str) -> milvus_pb2.GetQuerySegmentInfoRequest:
    """Build the request that lists the segments in memory."""
    return milvus_pb2.GetQuerySegmentInfoRequest(collectionName=require_str("collection_name", collection_name))


def parse_loaded_segments(
    reply: milvus_pb2.GetQuerySegmentInfoResponse, collection_name: str
) -> list[LoadedSegmentInfo]:
    """Parse the reply into a description of each segment in memory."""
    return [
        LoadedSegmentInfo(
            segment_id=info.segmentID,
            collection_id=info.collectionID,
            collection_name=collection_name,
            num_rows=info.num_rows,
            is_sorted=info.is_sorted,
            state=SegmentState(info.state),
            level=info.level,
            storage_version=info.storage_version,
            partition_id=info.partitionID,
            index_name=info.index_name,
            index_id=info.indexID,
            node_ids=list(info.nodeIds),
            mem_size=info.mem_size,
        )
        for info in reply.infos
    ]
