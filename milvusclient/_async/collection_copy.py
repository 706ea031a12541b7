"""The copy of one collection."""

from __future__ import annotations

from contextlib import ExitStack, closing
from time import monotonic
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import ErrorCode, UnimplementedError, WaitTimeoutError
from milvusclient.models.bulk import BulkError
from milvusclient.models.copies import CopyError, CopyReport, UnsureCopyError
from milvusclient.operations import copies
from milvusclient.operations.checkpoint_lines import parse_checkpoint
from milvusclient.operations.keys import primary_field
from milvusclient.runtime.checkpoint_file import CheckpointFile
from milvusclient.runtime.progress_bar import ProgressBar
from milvusclient.schema.states import LoadState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from milvusclient._async.client import AsyncMilvusClient
    from milvusclient.filters import FilterLike
    from milvusclient.models.bulk import BulkProgress, BulkReport
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.copies import CopyNames
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.index import IndexParams

__all__ = ["AsyncCollectionCopy"]


class AsyncCollectionCopy:
    """The copy of one collection, as :meth:`AsyncMilvusClient.copy_collection` explains it.

    Args:
        source: client of the source.
        target: client of the target, which may be the same.
        names: names of the source, the target and the checkpoint.
        rows_filter: boolean expression that rows must satisfy.
        deadline: end of all of it.
    """

    def __init__(
        self,
        source: AsyncMilvusClient,
        target: AsyncMilvusClient,
        names: CopyNames,
        rows_filter: FilterLike | None,
        deadline: Deadline,
    ) -> None:
        self._deadline = deadline
        self._source = source
        self._target = target
        self._names = names
        self._filter = rows_filter

    async def run(
        self,
        *,
        with_aliases: bool,
        batch_bytes: int,
        in_flight: int,
        progress: bool | Callable[[BulkProgress], object] | None,
    ) -> CopyReport:
        """Copy everything, and compare the numbers of rows.

        Args:
            with_aliases: also give the copy the aliases of the source.
            batch_bytes: memory for a batch, in bytes.
            in_flight: maximum number of requests at the same time.
            progress: True for a bar, or a function that gets a ``BulkProgress`` after each request.

        Raises:
            CopyError: the copy has another number of rows than the source.
        """
        begun = monotonic()
        names = self._names
        source = await self._source._collection(names.source, self._deadline, refresh=True)
        partitions = await self._partitions(source)
        indexes = await self._indexes(self._source, names.source)
        aliases: tuple[str, ...] = ()
        if with_aliases:
            aliases = copies.copied_aliases(
                names.source, await self._aliases(self._source, source), same_place=names.same_place
            )
        await self._require_rows(source, partitions)
        target = await self._prepare_target(source, partitions, indexes)
        total = await self._count(self._source, names.source, self._filter)
        written = skipped = 0
        with ExitStack() as stack:
            show: Callable[[BulkProgress], object] | None = None if isinstance(progress, bool) else progress
            if progress is True:
                show = stack.enter_context(closing(ProgressBar())).show
            for partition in partitions or [""]:
                report = await self._write(
                    self._rows(source, partition, copies.left_out(target), in_flight),
                    partition,
                    batch_bytes=batch_bytes,
                    in_flight=in_flight,
                    verify=bool(indexes),
                    has_keys=not copies.generates_keys(target),
                    progress=show and copies.Summed(show, written + skipped, total, begun, monotonic),
                )
                written += report.written
                skipped += report.skipped
        if aliases:
            await self._give_aliases(aliases)
        done = CopyReport(
            target_name=names.target,
            written=written,
            skipped=skipped,
            source_rows=await self._count(self._source, names.source, self._filter),
            target_rows=await self._count(self._target, names.target, ""),
            partitions=tuple(partitions),
            indexes=tuple(index.index_name for index in indexes),
            aliases=aliases,
            seconds=monotonic() - begun,
        )
        if not done.is_complete:
            raise CopyError.of(done)
        return done

    async def _write(
        self,
        rows: AsyncIterator[dict[str, Any]],
        partition: str,
        *,
        batch_bytes: int,
        in_flight: int,
        verify: bool,
        has_keys: bool,
        progress: Callable[[BulkProgress], object] | None,
    ) -> BulkReport:
        names = self._names
        try:
            return await self._target.insert_many(
                names.target,
                rows,
                partition,
                batch_bytes=batch_bytes,
                in_flight=in_flight,
                on_uncertain="verify" if verify and has_keys else "report",
                progress=progress,
                checkpoint=names.checkpoint_of(partition),
                timeout=self._left(),
            )
        except BulkError as error:
            if has_keys or not error.report.uncertain:
                raise
            raise UnsureCopyError.about(error, names.target, names.checkpoint) from error.__cause__

    def _left(self) -> float | None:
        """Return the seconds that are left for all of it.

        Raises:
            WaitTimeoutError: none are.
        """
        now = monotonic()
        if self._deadline.expired(now):
            raise WaitTimeoutError(
                code=ErrorCode.RPC_DEADLINE_EXCEEDED,
                message=f"the deadline of {self._deadline.timeout or 0:g} s for the copy of collection "
                f"{self._names.source!r} passed",
            )
        return self._deadline.remaining(now)

    async def _partitions(self, source: CollectionInfo) -> list[str]:
        """Return the names of the partitions; none if a partition key spreads the rows."""
        if any(field.is_partition_key for field in source.fields):
            return []
        return await self._source.list_partitions(self._names.source, self._left())

    async def _aliases(self, client: AsyncMilvusClient, collection: CollectionInfo) -> tuple[str, ...]:
        """Return the aliases of a collection; some servers tell them with its description, and some only if asked."""
        if collection.aliases:
            return collection.aliases
        try:
            return tuple((await client.list_aliases(collection.name, timeout=self._left()))["aliases"])
        except UnimplementedError:
            return ()

    async def _give_aliases(self, aliases: tuple[str, ...]) -> None:
        name = self._names.target
        known = await self._target._collection(name, self._deadline, refresh=True)
        existing = await self._aliases(self._target, known)
        for alias in aliases:
            if alias not in existing:
                await self._target.create_alias(name, alias, self._left())

    async def _indexes(self, client: AsyncMilvusClient, collection_name: str) -> IndexParams:
        descriptions = []
        for index_name in await client.list_indexes(collection_name, timeout=self._left()):
            described = await client.describe_index(collection_name, index_name, self._left())
            if described is not None:
                descriptions.append(described)
        return copies.copied_indexes(descriptions)

    async def _require_rows(self, source: CollectionInfo, partitions: list[str]) -> None:
        """Read a row, so that nothing is created if the source is not loaded or does not know the filter.

        Raises:
            MilvusException: the rows cannot be read.
        """
        await self._source.query(
            self._names.source,
            self._filter,
            [primary_field(source).name],
            self._left(),
            partition_names=partitions or None,
            limit=1,
        )

    async def _prepare_target(
        self, source: CollectionInfo, partitions: list[str], indexes: IndexParams
    ) -> CollectionInfo:
        """Create the target with its partitions, or check that it can take the rows; return what it is."""
        target, names = self._target, self._names
        earlier = self._earlier(partitions)
        if await target.has_collection(names.target, self._left()):
            found = await target._collection(names.target, self._deadline, refresh=True)
            copies.require_same_fields(source, found)
            for path, text in earlier.items():
                parse_checkpoint(text, found, path)
            if not earlier:
                copies.require_empty(names, await self._count(target, names.target, ""))
            there = {index.field_name for index in await self._indexes(target, names.target)}
            if missing := copies.only(indexes, lambda field_name: field_name not in there):
                await target.create_index(names.target, missing, self._left())
        else:
            copies.require_no_checkpoint(names, earlier)
            await target.create_collection(
                names.target,
                schema=copies.copied_schema(await self._source.describe_collection(names.source, self._left())),
                index_params=indexes or None,
                consistency_level=source.consistency_level,
                num_shards=source.num_shards or None,
                num_partitions=None if partitions else source.num_partitions or None,
                properties=dict(source.properties) or None,
                timeout=self._left(),
            )
        existing = set(await target.list_partitions(names.target, self._left())) if partitions else set()
        for partition in partitions:
            if partition not in existing:
                await target.create_partition(names.target, partition, self._left())
        if indexes:
            # Rows are counted, and looked up after a lost reply, only where they are loaded.
            await target.load_collection(names.target, self._left())
        return await target._collection(names.target, self._deadline)

    def _earlier(self, partitions: list[str]) -> dict[str, str]:
        """Return the checkpoints that an earlier copy has left, by their paths.

        Raises:
            ParamError: a path cannot be that of a checkpoint.
        """
        paths = [self._names.checkpoint_of(partition) for partition in partitions or [""]]
        texts = {path: CheckpointFile(path).read() for path in paths if path is not None}
        return {path: text for path, text in texts.items() if text}

    async def _rows(
        self, source: CollectionInfo, partition: str, dropped: frozenset[str], in_flight: int
    ) -> AsyncIterator[dict[str, Any]]:
        iterator = await self._source.query_iterator(
            self._names.source, copies.page_rows(source, in_flight), filter=self._filter, output_fields=["*"],
            partition_names=[partition] if partition else None, consistency_level="Strong", timeout=self._left(),
            in_flight=in_flight,
            vectors_as="list",  # whatever the client's setting: a checkpoint compares rows with those of earlier runs
        )  # fmt: skip
        async with iterator as pages:
            while True:
                pages._timeout = self._left()
                page = await pages.next()
                for row in page:
                    yield {name: value for name, value in row.items() if name not in dropped}
                if not page:
                    return

    async def _count(self, client: AsyncMilvusClient, collection_name: str, rows_filter: FilterLike | None) -> int:
        """Return the number of rows, also of a collection that is not loaded."""
        if not rows_filter:
            state = (await client.get_load_state(collection_name, timeout=self._left()))["state"]
            if state != LoadState.Loaded:
                await client.flush(collection_name, self._left())
                return int((await client.get_collection_stats(collection_name, self._left()))["row_count"])
        found = await client.query(collection_name, rows_filter, ["count(*)"], self._left(), consistency_level="Strong")
        return int(found[0]["count(*)"])
