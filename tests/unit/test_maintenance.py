"""Maintenance: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import maintenance


def test_a_flush_is_watched_by_its_segments_and_its_moment() -> None:
    assert maintenance.build_flush("books") == milvus_pb2.FlushRequest(collection_names=["books"])
    reply = milvus_pb2.FlushResponse(
        coll_segIDs={"books": schema_pb2.LongArray(data=[31, 32])}, coll_flush_ts={"books": 450}
    )
    wanted = milvus_pb2.GetFlushStateRequest(collection_name="books", segmentIDs=[31, 32], flush_ts=450)
    assert maintenance.build_flush_state(reply, "books") == wanted


def test_a_flush_of_nothing_is_watched_all_the_same() -> None:
    reply = milvus_pb2.FlushResponse()
    assert maintenance.build_flush_state(reply, "books") == milvus_pb2.GetFlushStateRequest(collection_name="books")
    assert not reply.coll_segIDs


def test_a_flush_needs_a_name() -> None:
    with pytest.raises(ParamError, match="collection_name must be a non-empty str, got 5"):
        maintenance.build_flush(5)  # type: ignore[arg-type]
