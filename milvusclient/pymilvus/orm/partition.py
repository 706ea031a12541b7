"""Partitions as objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import MilvusException
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.types import Replica

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike
    from milvusclient.pymilvus.orm.collection import Collection

__all__ = ["Partition"]

__getattr__, __dir__ = module_names(__name__)


class Partition:
    """A partition of a collection; making the object creates the partition if there is none of its name.

    Args:
        collection: the collection, or its name on the connection ``"default"``.
        name: name of the partition.
        description: for people; servers do not keep it.
        **kwargs: ``timeout``; with ``construct_only=True`` the server is not asked.

    Raises:
        MilvusException: ``collection`` is neither a Collection nor a str, or the server refuses.
    """

    def __init__(self, collection: Collection | str, name: str, description: str = "", **kwargs: Any) -> None:
        from milvusclient.pymilvus.orm.collection import Collection

        if not isinstance(collection, Collection | str):
            raise MilvusException(message=f"collection must be a Collection or a str, got {collection!r}")
        self._collection = Collection(collection) if isinstance(collection, str) else collection
        self._name = name
        self._description = description
        if kwargs.pop("construct_only", False):
            return
        client, timeout = self._collection._client, kwargs.pop("timeout", None)
        if not client.has_partition(self._collection.name, name, timeout):
            client.create_partition(self._collection.name, name, timeout, **kwargs)

    def __repr__(self) -> str:
        shown = {"name": self._name, "collection_name": self._collection.name, "description": self._description}
        return json.dumps(shown, separators=(",", ":"), ensure_ascii=False)

    @property
    def description(self) -> str:
        """Free text for human readers."""
        return self._description

    @property
    def name(self) -> str:
        """Name of the partition."""
        return self._name

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows."""
        return self.num_entities == 0

    @property
    def num_entities(self) -> int:
        """Number of its flushed rows."""
        return int(self._collection._client.get_partition_stats(self._collection.name, self._name)["row_count"])

    def flush(self, timeout: float | None = None, **kwargs: Any) -> Any:
        """Flush the collection; see :meth:`Collection.flush`.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: ``_async`` and ``_callback``.
        """
        return self._collection.flush(timeout, **kwargs)

    def drop(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Remove the partition and its rows; it must be released.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.drop_partition``.
        """
        self._collection._client.drop_partition(self._collection.name, self._name, timeout, **kwargs)

    def load(self, replica_number: int | None = None, timeout: float | None = None, **kwargs: Any) -> None:
        """Load the partition into memory, and wait for it.

        Args:
            replica_number: how many copies.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.load_partitions``.
        """
        self._collection.load([self._name], replica_number, timeout, **kwargs)

    def release(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Release the partition from memory.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.release_partitions``.
        """
        self._collection._client.release_partitions(self._collection.name, [self._name], timeout, **kwargs)

    def insert(self, data: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Insert rows; see :meth:`Collection.insert`.

        Args:
            data: rows, columns or a data frame.
            timeout: seconds for the call; None means no limit.
            **kwargs: as there.
        """
        return self._collection.insert(data, self._name, timeout, **kwargs)

    def delete(self, expr: FilterLike, timeout: float | None = None, **kwargs: Any) -> Any:
        """Remove rows; see :meth:`Collection.delete`.

        Args:
            expr: which rows.
            timeout: seconds for the call; None means no limit.
            **kwargs: as there.
        """
        return self._collection.delete(expr, self._name, timeout, **kwargs)

    def upsert(self, data: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Insert rows or replace them; see :meth:`Collection.upsert`.

        Args:
            data: rows, columns or a data frame.
            timeout: seconds for the call; None means no limit.
            **kwargs: as there.
        """
        return self._collection.upsert(data, self._name, timeout, **kwargs)

    def search(
        self,
        data: Any,
        anns_field: str,
        param: Mapping[str, Any],
        limit: int,
        expr: FilterLike | None = None,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        round_decimal: int = -1,
        **kwargs: Any,
    ) -> Any:
        """Find the nearest rows of the partition; see :meth:`Collection.search`.

        Args:
            data: query vectors.
            anns_field: the vector field.
            param: search parameters.
            limit: how many hits for each query vector.
            expr: boolean expression that rows must satisfy.
            output_fields: which fields the hits have.
            timeout: seconds for the call; None means no limit.
            round_decimal: how many decimals the distances keep.
            **kwargs: as there.
        """
        return self._collection.search(
            data, anns_field, param, limit, expr, [self._name], output_fields, timeout, round_decimal, **kwargs
        )

    def hybrid_search(
        self,
        reqs: Sequence[Any],
        rerank: Any,
        limit: int,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        round_decimal: int = -1,
        **kwargs: Any,
    ) -> Any:
        """Merge several searches of the partition; see :meth:`Collection.hybrid_search`.

        Args:
            reqs: the searches.
            rerank: what merges their hits.
            limit: how many hits.
            output_fields: which fields the hits have.
            timeout: seconds for the call; None means no limit.
            round_decimal: how many decimals the distances keep.
            **kwargs: as there.
        """
        return self._collection.hybrid_search(
            reqs, rerank, limit, [self._name], output_fields, timeout, round_decimal, **kwargs
        )

    def query(
        self,
        expr: FilterLike,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Find rows of the partition by a filter; see :meth:`Collection.query`.

        Args:
            expr: boolean expression that rows must satisfy.
            output_fields: which fields.
            timeout: seconds for the call; None means no limit.
            **kwargs: as there.
        """
        return self._collection.query(expr, output_fields, [self._name], timeout, **kwargs)

    def get_replicas(self, timeout: float | None = None, **kwargs: Any) -> Replica:
        """Return the copies of the collection that are in memory.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: as for :meth:`Collection.get_replicas`.
        """
        return self._collection.get_replicas(timeout, **kwargs)
