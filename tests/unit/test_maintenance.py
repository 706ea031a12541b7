"""Maintenance: requests and replies."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import maintenance
from milvusclient.schema.states import CompactionTaskState, CompactionType, State


def test_the_state_of_a_flush_is_requested_by_segments_and_timestamp() -> None:
    assert maintenance.build_flush("books") == milvus_pb2.FlushRequest(collection_names=["books"])
    reply = milvus_pb2.FlushResponse(
        coll_segIDs={"books": schema_pb2.LongArray(data=[31, 32])}, coll_flush_ts={"books": 450}
    )
    wanted = milvus_pb2.GetFlushStateRequest(collection_name="books", segmentIDs=[31, 32], flush_ts=450)
    assert maintenance.build_flush_state(reply, "books") == wanted


def test_the_state_of_a_flush_without_segments_is_requested() -> None:
    reply = milvus_pb2.FlushResponse()
    assert maintenance.build_flush_state(reply, "books") == milvus_pb2.GetFlushStateRequest(collection_name="books")
    assert not reply.coll_segIDs


def test_a_flush_of_an_invalid_name_is_refused() -> None:
    with pytest.raises(ParamError, match="collection_name must be a non-empty str, got 5"):
        maintenance.build_flush(5)  # type: ignore[arg-type]


def test_all_collections_are_flushed_up_to_a_timestamp() -> None:
    assert maintenance.build_flush_all(None) == milvus_pb2.FlushAllRequest()
    assert maintenance.build_flush_all_state(450, "db") == milvus_pb2.GetFlushAllStateRequest(
        flush_all_ts=450, db_name="db"
    )
    with pytest.raises(ParamError, match="flush_all_ts must be an int, got '450'"):
        maintenance.build_flush_all_state("450", None)  # type: ignore[arg-type]


def test_a_compaction_has_a_kind_and_a_target_size() -> None:
    assert maintenance.build_compact("books") == milvus_pb2.ManualCompactionRequest(collection_name="books")
    request = maintenance.build_compact("books", is_clustering=True, is_l0=True, target_size=1, target_size_unit="gb")
    assert (request.majorCompaction, request.l0Compaction, request.target_size) == (True, True, 1024)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"is_clustering": 1}, "is_clustering must be True or False, got 1"),
        ({"target_size": "5"}, "target_size .its unit is target_size_unit. must be an int, got '5'"),
        ({"target_size": 0}, "target_size .* must be at least 1"),
        ({"target_size": 1, "target_size_unit": "parsec"}, "unit 'parsec'"),
        ({"target_size": 1, "target_size_unit": "kb"}, "at least 1 MB"),
    ],
)
def test_invalid_options_of_a_compaction_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=message):
        maintenance.build_compact("books", **options)


def test_a_compaction_has_a_state_and_plans() -> None:
    assert (
        maintenance.parse_compaction_state(
            milvus_pb2.GetCompactionStateResponse(state=common_pb2.CompactionState.Completed)
        )
        is State.Completed
    )
    assert maintenance.parse_compaction_state(milvus_pb2.GetCompactionStateResponse(state=99)) is State.UndefiedState  # type: ignore[arg-type]
    reply = milvus_pb2.GetCompactionPlansResponse(state=common_pb2.CompactionState.Executing)
    reply.mergeInfos.add(sources=[1, 2], target=3, plan_id=7, trigger_id=8, type=3, state=3, targets=[3])
    plans = maintenance.parse_compaction_plans(reply, job_id=4321)
    assert (plans.compaction_id, plans.collection_name, plans.state) == (4321, "", State.Executing)
    (plan,) = plans.plans
    assert (plan.sources, plan.targets, plan.plan_id, plan.task_id) == ([1, 2], [3], 7, 7)
    assert (plan.compaction_type, plan.state) == (CompactionType.MixCompaction, CompactionTaskState.Completed)
    assert maintenance.build_compaction_tasks("books").collection_name == "books"
    with pytest.raises(ParamError, match="job_id must be an int, got 'x'"):
        maintenance.build_compaction_plans("x")  # type: ignore[arg-type]
