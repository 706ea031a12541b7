"""Snapshots, jobs and file resources as a server describes them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FileResourceInfo", "RefreshExternalCollectionJobInfo", "RestoreSnapshotJobInfo", "SnapshotInfo"]


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """A snapshot of a collection.

    Attributes:
        create_ts: when the snapshot was made, as a timestamp of the server.
        s3_location: location of the snapshot in the server's storage.
    """

    name: str
    description: str
    collection_name: str
    partition_names: list[str]
    create_ts: int
    s3_location: str


@dataclass(frozen=True, slots=True)
class RestoreSnapshotJobInfo:
    """The state of a job that restores a snapshot into a new collection.

    Attributes:
        job_id: id of the job.
        snapshot_name: name of the snapshot.
        db_name: database of the new collection.
        collection_name: name of the new collection.
        state: state of the job, such as ``"RestoreSnapshotCompleted"``.
        progress: progress in percent.
        reason: why the job failed; empty if it did not.
        start_time: when the job started, in milliseconds since the epoch.
        time_cost: duration of the job, in milliseconds.
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
    """The state of a job that reads the source of an external collection again.

    Attributes:
        job_id: id of the job.
        collection_name: name of the collection.
        state: state of the job, such as ``"RefreshCompleted"``.
        progress: progress in percent.
        reason: why the job failed; empty if it did not.
        external_source: location of the data of the external collection.
        start_time: when the job started, in milliseconds since the epoch.
        end_time: when the job ended, in milliseconds since the epoch; 0 while it is running.
        external_spec: format of that data, as JSON in a str.
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
    """A file resource: a file on the server that analyzers and functions refer to by name.

    Attributes:
        name: name of the resource.
        path: path of the file in the server's storage.
    """

    name: str
    path: str
