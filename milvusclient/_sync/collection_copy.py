"""The copy of one collection."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from milvusclient.models.copies import CopyReport
from milvusclient.operations import copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Callable

    from milvusclient._sync.client import MilvusClient
    from milvusclient.filters import FilterLike
    from milvusclient.models.bulk import BulkProgress
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.copies import CopyNames
    from milvusclient.schema.index import IndexParams

__all__ = ["CollectionCopy"]


class CollectionCopy:
    """The copy of one collection, as :meth:`MilvusClient.copy_collection` explains it.

    Args:
        source: client of the source.
        target: client of the target, which may be the same.
        names: names of the source, the target and the checkpoint.
        rows_filter: boolean expression that rows must satisfy.
    """

    def __init__(
        self, source: MilvusClient, target: MilvusClient, names: CopyNames, rows_filter: FilterLike | None
    ) -> None:
        self._source = source
        self._target = target
        self._names = names
        self._filter = rows_filter

    def run(
        self,
        *,
        with_aliases: bool,
        batch_bytes: int,
        in_flight: int,
        progress: bool | Callable[[BulkProgress], object] | None,
    ) -> CopyReport:
        """Copy everything.

        Args:
            with_aliases: also give the copy the aliases of the source.
            batch_bytes: memory for a batch, in bytes.
            in_flight: maximum number of requests at the same time.
            progress: True for a bar, or a function that gets a ``BulkProgress`` after each request.
        """
        begun = monotonic()
        names = self._names
        source = self._source._collection(names.source, self._source._deadline(None), refresh=True)
        partitions = self._partitions(source)
        indexes = self._indexes()
        self._prepare_target(source, partitions, indexes)
        written = skipped = 0
        for partition in partitions or [""]:
            report = self._target.insert_many(
                names.target,
                self._rows(source, partition),
                partition,
                batch_bytes=batch_bytes,
                in_flight=in_flight,
                on_uncertain="verify" if indexes and not source.auto_id else "report",
                progress=progress,
                checkpoint=names.checkpoint_of(partition),
            )
            written += report.written
            skipped += report.skipped
        aliases = source.aliases if with_aliases else ()
        for alias in aliases:
            self._target.create_alias(names.target, alias)
        return CopyReport(
            target_name=names.target,
            written=written,
            skipped=skipped,
            source_rows=_count(self._source, names.source, self._filter),
            target_rows=_count(self._target, names.target, "") if indexes else None,
            partitions=tuple(partitions),
            indexes=tuple(index.index_name for index in indexes),
            aliases=aliases,
            seconds=monotonic() - begun,
        )

    def _partitions(self, source: CollectionInfo) -> list[str]:
        """Return the names of the partitions; none if a partition key spreads the rows."""
        if any(field.is_partition_key for field in source.fields):
            return []
        return self._source.list_partitions(self._names.source)

    def _indexes(self) -> IndexParams:
        descriptions = []
        for index_name in self._source.list_indexes(self._names.source):
            described = self._source.describe_index(self._names.source, index_name)
            if described is not None:
                descriptions.append(described)
        return copies.copied_indexes(descriptions)

    def _prepare_target(self, source: CollectionInfo, partitions: list[str], indexes: IndexParams) -> None:
        """Create the target with its partitions, or check that it is the target of a copy that was begun."""
        target, names = self._target, self._names
        if target.has_collection(names.target):
            copies.require_begun(names, any(self._has_checkpoint(partition) for partition in partitions or [""]))
            copies.require_same_fields(
                source, target._collection(names.target, target._deadline(None), refresh=True)
            )
        else:
            target.create_collection(
                names.target,
                schema=copies.copied_schema(self._source.describe_collection(names.source)),
                index_params=indexes or None,
                consistency_level=source.consistency_level,
                num_shards=source.num_shards or None,
                num_partitions=None if partitions else source.num_partitions or None,
                properties=dict(source.properties) or None,
            )
        existing = set(target.list_partitions(names.target)) if partitions else set()
        for partition in partitions:
            if partition not in existing:
                target.create_partition(names.target, partition)

    def _has_checkpoint(self, partition: str) -> bool:
        path = self._names.checkpoint_of(partition)
        return path is not None and Path(path).exists()

    def _rows(self, source: CollectionInfo, partition: str) -> Iterator[dict[str, Any]]:
        dropped = copies.left_out(source)
        iterator = self._source.query_iterator(
            self._names.source, copies.page_rows(source), filter=self._filter, output_fields=["*"],
            partition_names=[partition] if partition else None, consistency_level="Strong",
        )  # fmt: skip
        with iterator as pages:
            for page in pages:
                for row in page:
                    yield {name: value for name, value in row.items() if name not in dropped}


def _count(client: MilvusClient, collection_name: str, rows_filter: FilterLike | None) -> int:
    found = client.query(collection_name, rows_filter, ["count(*)"], consistency_level="Strong")
    return int(found[0]["count(*)"])
