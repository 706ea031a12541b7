"""What the server tells of snapshots, external collections and file resources."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FileResourceInfo", "RefreshExternalCollectionJobInfo", "RestoreSnapshotJobInfo", "SnapshotInfo"]


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """A snapshot of a collection.

    Attributes:
        create_ts: when it was made, on the server's clock.
        s3_location: where it is stored.
    """

    name: str
    description: str
    collection_name: str
    partition_names: list[str]
    create_ts: int
    s3_location: str


@dataclass(frozen=True, slots=True)
class RestoreSnapshotJobInfo:
    """How far a collection is made of a snapshot.

    Attributes:
        job_id: the number of the job.
        snapshot_name: the snapshot.
        db_name: the database of the new collection.
        collection_name: the new collection.
        state: such as ``"RestoreSnapshotCompleted"``.
        progress: percent.
        reason: why it failed, if it did.
        start_time: milliseconds since 1970.
        time_cost: milliseconds.
    """

    job_id: int
    snapshot_name: str
    db_name: str
    collection_name: str
    state: str
    progress: int
    reason: str
    start_time: int
    time_cost: int


@dataclass(frozen=True, slots=True)
class RefreshExternalCollectionJobInfo:
    """How far an external collection has read its source anew.

    Attributes:
        job_id: the number of the job.
        collection_name: the collection.
        state: such as ``"RefreshCompleted"``.
        progress: percent.
        reason: why it failed, if it did.
        external_source: where the data lies.
        start_time: milliseconds since 1970.
        end_time: milliseconds since 1970; 0 while it goes on.
        external_spec: how the data is read, as JSON text.
    """

    job_id: int
    collection_name: str
    state: str
    progress: int
    reason: str
    external_source: str
    start_time: int
    end_time: int
    external_spec: str = ""


@dataclass(frozen=True, slots=True)
class FileResourceInfo:
    """A file that the server knows by a name.

    Attributes:
        name: its name, for analyzers.
        path: where it lies in the server's storage.
    """

    name: str
    path: str
