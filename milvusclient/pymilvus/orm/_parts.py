"""The partitions, indexes, compactions and copies of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from milvusclient.exceptions import PartitionAlreadyExistException, SchemaNotReadyException
from milvusclient.models.infos import CompactionPlans
from milvusclient.pymilvus.client.asynch import CreateIndexFuture
from milvusclient.pymilvus.client.types import CompactionState, Replica, Status
from milvusclient.pymilvus.milvus_client.index import IndexParam, IndexParams
from milvusclient.pymilvus.orm import _calls
from milvusclient.pymilvus.orm.index import Index, find_index, index_object, no_index
from milvusclient.pymilvus.orm.partition import Partition
from milvusclient.schema.states import State

if TYPE_CHECKING:
    from milvusclient.pymilvus.orm.collection import Collection
    from milvusclient.pymilvus.orm.connections import OrmClient

__all__ = ["CollectionParts"]


class CollectionParts:
    """Methods of Collection about what it is made of."""

    _name: str

    if TYPE_CHECKING:

        @property
        def _client(self) -> OrmClient: ...

    @property
    def partitions(self) -> list[Partition]:
        """All partitions."""
        return [
            Partition(self._as_collection(), name, construct_only=True)
            for name in self._client.list_partitions(self._name)
        ]

    def partition(self, partition_name: str, **kwargs: Any) -> Partition | None:
        """Return a partition; None if there is none of this name.

        Args:
            partition_name: name of the partition.
            **kwargs: ``timeout``.
        """
        exists = self.has_partition(partition_name, **kwargs)
        return Partition(self._as_collection(), partition_name, construct_only=True) if exists else None

    def create_partition(self, partition_name: str, description: str = "", **kwargs: Any) -> Partition:
        """Create a partition.

        Args:
            partition_name: name of the partition.
            description: for people; servers do not keep it.
            **kwargs: ``timeout``.

        Raises:
            PartitionAlreadyExistException: there is one of this name.
        """
        if self.has_partition(partition_name, **kwargs):
            raise PartitionAlreadyExistException(
                message=f"collection {self._name!r} has a partition {partition_name!r} already; partition() returns it"
            )
        return Partition(self._as_collection(), partition_name, description, **kwargs)

    def has_partition(self, partition_name: str, timeout: float | None = None, **kwargs: Any) -> bool:
        """Return whether there is a partition of this name.

        Args:
            partition_name: name of the partition.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.has_partition``.
        """
        return self._client.has_partition(self._name, partition_name, timeout, **kwargs)

    def drop_partition(self, partition_name: str, timeout: float | None = None, **kwargs: Any) -> None:
        """Remove a partition and its rows; it must be released.

        Args:
            partition_name: name of the partition.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.drop_partition``.
        """
        self._client.drop_partition(self._name, partition_name, timeout, **kwargs)

    @property
    def indexes(self) -> list[Index]:
        """All indexes."""
        client = self._client
        described = [client.describe_index(self._name, name) for name in client.list_indexes(self._name)]
        return [index_object(self._as_collection(), one) for one in described if one is not None]

    def index(self, **kwargs: Any) -> Index:
        """Return an index.

        Args:
            **kwargs: ``index_name``, needed if there are several; ``timeout``.

        Raises:
            IndexNotExistException: there is none.
            AmbiguousIndexName: there are several, and no name was given.
        """
        index_name = kwargs.get("index_name", "")
        found = find_index(self._client, self._name, index_name, kwargs.get("timeout"))
        if found is None:
            raise no_index(self._name, index_name)
        return index_object(self._as_collection(), found)

    def create_index(
        self,
        field_name: str,
        index_params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Build an index on a field, and wait for it.

        Args:
            field_name: the field.
            index_params: ``index_type``, ``metric_type`` and ``params``.
            timeout: seconds for the call; None means no limit.
            **kwargs: ``index_name``; ``sync=False`` does not wait; ``_async=True`` returns a CreateIndexFuture.

        Returns:
            A Status.
        """
        given = dict(index_params or {})
        # The nested params travel as one text, and come back as such, where MilvusClient sends each of its own.
        index = IndexParam(field_name, given.pop("index_type", ""), kwargs.pop("index_name", ""), given)
        indexes = IndexParams([index])

        def call() -> Status:
            self._client.create_index(self._name, indexes, timeout, **kwargs)
            return Status(Status.SUCCESS, "")

        return _calls.called(CreateIndexFuture, kwargs, call)

    def alter_index(
        self, index_name: str, extra_params: Mapping[str, Any], timeout: float | None = None, **kwargs: Any
    ) -> None:
        """Change properties of an index, such as ``mmap.enabled``.

        Args:
            index_name: name of the index.
            extra_params: the properties by name.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.alter_index_properties``.
        """
        self._client.alter_index_properties(self._name, index_name, extra_params, timeout, **kwargs)

    def has_index(self, timeout: float | None = None, **kwargs: Any) -> bool:
        """Return whether there is an index.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: ``index_name``, needed if there are several.
        """
        return find_index(self._client, self._name, kwargs.get("index_name", ""), timeout) is not None

    def drop_index(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Remove an index; nothing happens when there is none.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: ``index_name``, needed if there are several.
        """
        client = self._client
        found = find_index(client, self._name, kwargs.get("index_name", ""), timeout)
        if found is not None:
            client.drop_index(self._name, found["index_name"], timeout)

    def compact(self, is_clustering: bool = False, timeout: float | None = None, **kwargs: Any) -> None:
        """Merge small segments; :meth:`wait_for_compaction_completed` waits for the end.

        Args:
            is_clustering: sort the rows by the clustering key.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.compact``.
        """
        job = self._client.compact(self._name, is_clustering, timeout=timeout, **kwargs)
        if is_clustering:
            self.clustering_compaction_id = job
        else:
            self.compaction_id = job

    def _compaction(self, is_clustering: bool) -> int:
        name = "clustering_compaction_id" if is_clustering else "compaction_id"
        job: int | None = getattr(self, name, None)
        if job is None:
            how = "compact(is_clustering=True)" if is_clustering else "compact()"
            raise SchemaNotReadyException(
                message=f"collection {self._name!r}: call {how} first; it starts a compaction"
            )
        return job

    def get_compaction_state(
        self, timeout: float | None = None, is_clustering: bool = False, **_: Any
    ) -> CompactionState:
        """Return how far the last compaction of this object is.

        Args:
            timeout: seconds for the call; None means no limit.
            is_clustering: the last one that clusters.
        """
        return _calls.compaction_state(self._client, self._compaction(is_clustering), timeout)

    def wait_for_compaction_completed(
        self, timeout: float | None = None, is_clustering: bool = False, **_: Any
    ) -> bool:
        """Wait for the end of the last compaction of this object.

        Args:
            timeout: seconds in all; None means no limit.
            is_clustering: the last one that clusters.

        Returns:
            True.

        Raises:
            WaitTimeoutError: it is not over in time.
        """
        job = self._compaction(is_clustering)
        client = self._client

        def is_over() -> bool:
            return _calls.compaction_state(client, job, timeout).state == State.Completed

        _calls.wait_until(is_over, timeout, f"compaction {job} of collection {self._name!r}")
        return True

    def get_compaction_plans(
        self, timeout: float | None = None, is_clustering: bool = False, **_: Any
    ) -> CompactionPlans:
        """Return the parts of the last compaction of this object.

        Args:
            timeout: seconds for the call; None means no limit.
            is_clustering: the last one that clusters.
        """
        return self._client.get_compaction_plans(self._compaction(is_clustering), timeout)

    def get_replicas(self, timeout: float | None = None, **_: Any) -> Replica:
        """Return the copies that are in memory.

        Args:
            timeout: seconds for the call; None means no limit.
        """
        return Replica.of(self._client.describe_replica(self._name, timeout))

    def _as_collection(self) -> Collection:
        return cast("Collection", self)
