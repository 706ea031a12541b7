"""Build requests that create snapshots of collections and restore them, and parse the replies."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_int, require_name
from milvusclient.models.jobs import RestoreSnapshotJobInfo, SnapshotInfo
from milvusclient.operations.common import enum_name

__all__ = [
    "build_create_snapshot",
    "build_describe_snapshot",
    "build_drop_snapshot",
    "build_list_snapshots",
    "build_pin",
    "build_restore_jobs",
    "build_restore_snapshot",
    "build_restore_state",
    "build_unpin",
    "parse_describe_snapshot",
    "parse_list_snapshots",
    "parse_restore_jobs",
    "parse_restore_state",
]


def build_create_snapshot(
    snapshot_name: str,
    collection_name: str,
    db_name: str | None,
    description: str | None,
    compaction_protection_seconds: int,
) -> milvus_pb2.CreateSnapshotRequest:
    """Build the request that creates a snapshot of a collection."""
    return milvus_pb2.CreateSnapshotRequest(
        name=require_name("snapshot_name", snapshot_name),
        collection_name=require_name("collection_name", collection_name),
        db_name=optional_str("db_name", db_name),
        description=optional_str("description", description),
        compaction_protection_seconds=require_int(
            "compaction_protection_seconds", compaction_protection_seconds, least=0
        ),
    )


def build_drop_snapshot(
    snapshot_name: str, collection_name: str, db_name: str | None
) -> milvus_pb2.DropSnapshotRequest:
    """Build the request that drops a snapshot."""
    return milvus_pb2.DropSnapshotRequest(
        name=require_name("snapshot_name", snapshot_name),
        collection_name=require_name("collection_name", collection_name),
        db_name=optional_str("db_name", db_name),
    )


def build_list_snapshots(collection_name: str | None, db_name: str | None) -> milvus_pb2.ListSnapshotsRequest:
    """Build the request that lists the snapshots of one collection, or of all."""
    return milvus_pb2.ListSnapshotsRequest(
        collection_name=optional_str("collection_name", collection_name), db_name=optional_str("db_name", db_name)
    )


def parse_list_snapshots(reply: milvus_pb2.ListSnapshotsResponse) -> list[str]:
    """Parse the reply into the names of the snapshots."""
    return list(reply.snapshots)


def build_describe_snapshot(
    snapshot_name: str, collection_name: str, db_name: str | None
) -> milvus_pb2.DescribeSnapshotRequest:
    """Build the request that describes a snapshot."""
    return milvus_pb2.DescribeSnapshotRequest(
        name=require_name("snapshot_name", snapshot_name),
        collection_name=require_name("collection_name", collection_name),
        db_name=optional_str("db_name", db_name),
    )


def parse_describe_snapshot(reply: milvus_pb2.DescribeSnapshotResponse) -> SnapshotInfo:
    """Parse the reply into the description of the snapshot."""
    return SnapshotInfo(
        name=reply.name,
        description=reply.description,
        collection_name=reply.collection_name,
        partition_names=list(reply.partition_names),
        create_ts=reply.create_ts,
        s3_location=reply.s3_location,
    )


def build_restore_snapshot(
    snapshot_name: str,
    source_collection_name: str,
    target_collection_name: str,
    source_db_name: str | None,
    target_db_name: str | None,
) -> milvus_pb2.RestoreSnapshotRequest:
    """Build the request that restores a snapshot as a new collection."""
    return milvus_pb2.RestoreSnapshotRequest(
        name=require_name("snapshot_name", snapshot_name),
        collection_name=require_name("source_collection_name", source_collection_name),
        target_collection_name=require_name("target_collection_name", target_collection_name),
        db_name=optional_str("source_db_name", source_db_name),
        target_db_name=optional_str("target_db_name", target_db_name),
    )


def build_restore_state(job_id: int) -> milvus_pb2.GetRestoreSnapshotStateRequest:
    """Build the request that asks for the progress of a restore."""
    return milvus_pb2.GetRestoreSnapshotStateRequest(job_id=require_int("job_id", job_id, least=1))


def parse_restore_state(reply: milvus_pb2.GetRestoreSnapshotStateResponse) -> RestoreSnapshotJobInfo:
    """Parse the reply into the state and progress of the restore."""
    return _job(reply.info)


def build_restore_jobs(collection_name: str | None, db_name: str | None) -> milvus_pb2.ListRestoreSnapshotJobsRequest:
    """Build the request that lists the restores of one collection, or of all."""
    return milvus_pb2.ListRestoreSnapshotJobsRequest(
        collection_name=optional_str("collection_name", collection_name), db_name=optional_str("db_name", db_name)
    )


def parse_restore_jobs(reply: milvus_pb2.ListRestoreSnapshotJobsResponse) -> list[RestoreSnapshotJobInfo]:
    """Parse the reply into the state and progress of each restore."""
    return [_job(info) for info in reply.jobs]


def _job(info: milvus_pb2.RestoreSnapshotInfo) -> RestoreSnapshotJobInfo:
    return RestoreSnapshotJobInfo(
        job_id=info.job_id,
        snapshot_name=info.snapshot_name,
        db_name=info.db_name,
        collection_name=info.collection_name,
        state=enum_name(milvus_pb2.RestoreSnapshotState, info.state),
        progress=info.progress,
        reason=info.reason,
        start_time=info.start_time,
        time_cost=info.time_cost,
    )


def build_pin(
    snapshot_name: str, collection_name: str, db_name: str | None, ttl_seconds: int
) -> milvus_pb2.PinSnapshotDataRequest:
    """Build the request that protects the data of a snapshot from being deleted."""
    return milvus_pb2.PinSnapshotDataRequest(
        name=require_name("snapshot_name", snapshot_name),
        collection_name=require_name("collection_name", collection_name),
        db_name=optional_str("db_name", db_name),
        ttl_seconds=require_int("ttl_seconds", ttl_seconds, least=0),
    )


def build_unpin(pin_id: int) -> milvus_pb2.UnpinSnapshotDataRequest:
    """Build the request that removes the protection of a pin."""
    return milvus_pb2.UnpinSnapshotDataRequest(pin_id=require_int("pin_id", pin_id, least=1))
