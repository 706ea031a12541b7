"""Client methods that create snapshots of collections and restore them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.base import Family
from milvusclient.operations import snapshots

if TYPE_CHECKING:
    from milvusclient.models.jobs import RestoreSnapshotJobInfo, SnapshotInfo

__all__ = ["Snapshots"]


class Snapshots(Family):
    """Methods for snapshots. An empty ``db_name`` means the client's database."""

    def create_snapshot(
        self,
        snapshot_name: str,
        collection_name: str,
        db_name: str | None = "",
        description: str | None = "",
        compaction_protection_seconds: int = 0,
        timeout: float | None = None,
    ) -> None:
        """Create a snapshot of a collection as it is now, without the rows that are not flushed yet.

        Args:
            snapshot_name: name of the new snapshot, unique among those of the collection.
            collection_name: name of the collection.
            db_name: name of the database, if it is not the client's.
            description: free text for human readers.
            compaction_protection_seconds: seconds for which the segments of the snapshot are protected from compaction.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str, or the seconds are not an int of at least 0.
            UnimplementedError: the server is too old for this call.
            MilvusException: the server refuses the request.

        Example:
            >>> client.create_snapshot("monday", "books", description="before the import")
        """
        request = snapshots.build_create_snapshot(
            snapshot_name, collection_name, db_name, description, compaction_protection_seconds
        )
        self._call(rpc.CREATE_SNAPSHOT, request, self._deadline(timeout))

    def drop_snapshot(
        self, snapshot_name: str, collection_name: str, db_name: str | None = "", timeout: float | None = None
    ) -> None:
        """Drop a snapshot.

        Args:
            snapshot_name: name of the snapshot.
            collection_name: name of the collection.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the snapshot is pinned.

        Example:
            >>> client.drop_snapshot("monday", "books")
        """
        request = snapshots.build_drop_snapshot(snapshot_name, collection_name, db_name)
        self._call(rpc.DROP_SNAPSHOT, request, self._deadline(timeout))

    def list_snapshots(
        self, collection_name: str | None = "", db_name: str | None = "", timeout: float | None = None
    ) -> list[str]:
        """Return the names of the snapshots of one collection, or of all.

        Args:
            collection_name: name of the collection; empty or None means all collections.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            ParamError: a name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> names = client.list_snapshots("books")
        """
        request = snapshots.build_list_snapshots(collection_name, db_name)
        return snapshots.parse_list_snapshots(self._call(rpc.LIST_SNAPSHOTS, request, self._deadline(timeout)))

    def describe_snapshot(
        self, snapshot_name: str, collection_name: str, db_name: str | None = "", timeout: float | None = None
    ) -> SnapshotInfo:
        """Return the description of a snapshot.

        Args:
            snapshot_name: name of the snapshot.
            collection_name: name of the collection.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            Its partitions, the time of its creation, and its location in the storage.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the snapshot does not exist.

        Example:
            >>> partitions = (client.describe_snapshot("monday", "books")).partition_names
        """
        request = snapshots.build_describe_snapshot(snapshot_name, collection_name, db_name)
        return snapshots.parse_describe_snapshot(
            self._call(rpc.DESCRIBE_SNAPSHOT, request, self._deadline(timeout))
        )

    def restore_snapshot(
        self,
        snapshot_name: str,
        source_collection_name: str,
        target_collection_name: str,
        source_db_name: str | None = "",
        target_db_name: str | None = "",
        timeout: float | None = None,
    ) -> int:
        """Start to restore a snapshot as a new collection. The end is not waited for.

        Args:
            snapshot_name: name of the snapshot.
            source_collection_name: name of the collection that the snapshot was made of.
            target_collection_name: name of the new collection.
            source_db_name: name of the source database, if it is not the client's.
            target_db_name: name of the target database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The identifier of the job, for ``get_restore_snapshot_state``.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> job_id = client.restore_snapshot("monday", "books", "books_of_monday")
        """
        request = snapshots.build_restore_snapshot(
            snapshot_name, source_collection_name, target_collection_name, source_db_name, target_db_name
        )
        job_id = (self._call(rpc.RESTORE_SNAPSHOT, request, self._deadline(timeout))).job_id
        self._forget(target_collection_name)
        return job_id

    def get_restore_snapshot_state(self, job_id: int, timeout: float | None = None) -> RestoreSnapshotJobInfo:
        """Return the state and progress of a restore.

        Args:
            job_id: identifier of the job, as returned by ``restore_snapshot``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state of the job, and its progress in percent.

        Raises:
            ParamError: the identifier is not an int of at least 1.
            MilvusException: the job does not exist.

        Example:
            >>> percent = (client.get_restore_snapshot_state(81)).progress
        """
        request = snapshots.build_restore_state(job_id)
        return snapshots.parse_restore_state(
            self._call(rpc.GET_RESTORE_SNAPSHOT_STATE, request, self._deadline(timeout))
        )

    def list_restore_snapshot_jobs(
        self, collection_name: str | None = "", db_name: str | None = "", timeout: float | None = None
    ) -> list[RestoreSnapshotJobInfo]:
        """Return the restores of one collection, or of all.

        Args:
            collection_name: name of the collection; empty or None means all collections.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state and progress of each job.

        Raises:
            ParamError: a name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> jobs = client.list_restore_snapshot_jobs()
        """
        request = snapshots.build_restore_jobs(collection_name, db_name)
        return snapshots.parse_restore_jobs(
            self._call(rpc.LIST_RESTORE_SNAPSHOT_JOBS, request, self._deadline(timeout))
        )

    def pin_snapshot_data(
        self,
        snapshot_name: str,
        collection_name: str,
        db_name: str | None = "",
        ttl_seconds: int = 0,
        timeout: float | None = None,
    ) -> int:
        """Protect the data of a snapshot from being deleted, for instance while it is copied.

        Args:
            snapshot_name: name of the snapshot.
            collection_name: name of the collection.
            db_name: name of the database, if it is not the client's.
            ttl_seconds: seconds until the pin expires; 0 means that it never does.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The identifier of the pin, for ``unpin_snapshot_data``.

        Raises:
            ParamError: a name is not a non-empty str, or the seconds are not an int of at least 0.
            MilvusException: the server refuses the request.

        Example:
            >>> pin_id = client.pin_snapshot_data("monday", "books", ttl_seconds=3600)
        """
        request = snapshots.build_pin(snapshot_name, collection_name, db_name, ttl_seconds)
        return (self._call(rpc.PIN_SNAPSHOT_DATA, request, self._deadline(timeout))).pin_id

    def unpin_snapshot_data(self, pin_id: int, timeout: float | None = None) -> None:
        """Remove the protection that a pin gives to the data of a snapshot.

        Args:
            pin_id: identifier of the pin, as returned by ``pin_snapshot_data``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the identifier is not an int of at least 1.
            MilvusException: the server refuses the request.

        Example:
            >>> client.unpin_snapshot_data(82)
        """
        request = snapshots.build_unpin(pin_id)
        self._call(rpc.UNPIN_SNAPSHOT_DATA, request, self._deadline(timeout))
