"""Snapshots: requests and replies."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.models.jobs import SnapshotInfo
from milvusclient.operations import snapshots


def test_a_snapshot_is_named_with_its_collection() -> None:
    wanted: dict[str, Any] = {"name": "monday", "collection_name": "books", "db_name": "db"}
    assert snapshots.build_drop_snapshot("monday", "books", "db") == milvus_pb2.DropSnapshotRequest(**wanted)
    assert snapshots.build_describe_snapshot("monday", "books", "db") == milvus_pb2.DescribeSnapshotRequest(**wanted)
    created = snapshots.build_create_snapshot("monday", "books", None, None, 60)
    assert (created.db_name, created.description, created.compaction_protection_seconds) == ("", "", 60)
    assert snapshots.build_pin("monday", "books", "db", 5).ttl_seconds == 5


@pytest.mark.parametrize("name", [None, "", 5])
def test_an_empty_name_is_refused(name: object) -> None:
    with pytest.raises(ParamError, match="snapshot_name must be a non-empty str"):
        snapshots.build_drop_snapshot(name, "books", "")  # type: ignore[arg-type]
    with pytest.raises(ParamError, match="target_collection_name must be a non-empty str"):
        snapshots.build_restore_snapshot("monday", "books", name, "", "")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [None, "x", -1, True, 1.5])
def test_invalid_seconds_and_identifiers_are_refused(number: object) -> None:
    with pytest.raises(ParamError, match="compaction_protection_seconds must be"):
        snapshots.build_create_snapshot("monday", "books", "", "", number)  # type: ignore[arg-type]
    with pytest.raises(ParamError, match="job_id must be"):
        snapshots.build_restore_state(number)  # type: ignore[arg-type]
    with pytest.raises(ParamError, match="pin_id must be at least 1, got 0"):
        snapshots.build_unpin(0)


def test_a_snapshot_is_restored_as_a_new_collection() -> None:
    request = snapshots.build_restore_snapshot("monday", "books", "copy", None, "other")
    assert (request.name, request.collection_name, request.target_collection_name) == ("monday", "books", "copy")
    assert (request.db_name, request.target_db_name) == ("", "other")


def test_a_job_has_its_state_and_progress() -> None:
    info = milvus_pb2.RestoreSnapshotInfo(
        job_id=81, snapshot_name="monday", progress=40, state=milvus_pb2.RestoreSnapshotExecuting
    )
    job = snapshots.parse_restore_state(milvus_pb2.GetRestoreSnapshotStateResponse(info=info))
    assert (job.job_id, job.progress, job.state) == (81, 40, "RestoreSnapshotExecuting")
    newer = milvus_pb2.RestoreSnapshotInfo(state=77)  # type: ignore[arg-type]
    assert snapshots.parse_restore_jobs(milvus_pb2.ListRestoreSnapshotJobsResponse(jobs=[newer]))[0].state == "77"


def test_a_described_snapshot_has_its_location() -> None:
    reply = milvus_pb2.DescribeSnapshotResponse(
        name="monday", collection_name="books", partition_names=["_default"], create_ts=7, s3_location="s3://b"
    )
    assert snapshots.parse_describe_snapshot(reply) == SnapshotInfo("monday", "", "books", ["_default"], 7, "s3://b")
    assert snapshots.parse_list_snapshots(milvus_pb2.ListSnapshotsResponse(snapshots=["monday"])) == ["monday"]
