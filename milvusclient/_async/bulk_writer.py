"""The writer of many rows: it fills batches, sends several at a time, and acts on the decisions of the scheduler."""

from __future__ import annotations

import contextlib
import functools
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

from milvusclient._async.bulk_journal import AsyncBulkJournal
from milvusclient._async.bulk_sender import AsyncBulkSender, Outcome, TooLargeError
from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import DataNotMatchException, ErrorCode, MilvusException, ParamError, WaitTimeoutError
from milvusclient.models.bulk import BulkError, BulkProgress, BulkReport, RejectedRow
from milvusclient.operations import bulk
from milvusclient.operations.bulk_checkpoint import Action, Resumption, merged
from milvusclient.policy import errors
from milvusclient.policy.bulk import Batch, BatchSizer, BulkScheduler, Fault, Finish, Read, Send
from milvusclient.runtime import request_limits
from milvusclient.runtime.crew import AsyncCrew, AsyncLock, AsyncSource
from milvusclient.runtime.progress_bar import ProgressBar

if TYPE_CHECKING:
    from types import TracebackType

    from milvusclient._async.bulk import AsyncBulk
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.bulk import BulkOptions, Row, Table
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions

__all__ = ["AsyncBulkWriter"]

#: Seconds for which requests under way are waited for when the write is interrupted.
_GRACE = 5.0
#: Parts in which the rows of a batch are read, so that a growing size of rows shows before the batch is full.
_PARTS = 8
#: The size of a row of Python objects, as a multiple of that in a request: a float takes 32 bytes instead of 4.
_HELD_AT_MOST = 8
#: Rows of a table that are measured; the others are taken to be like them.
_MEASURED = 1_000
#: Of rows that come one by one, the memory of one in so many is estimated.
_WEIGHED_EACH = 64


@suggest_keywords
class AsyncBulkWriter:
    """Writes rows that are added one by one; created by :meth:`AsyncBulk.bulk_writer`.

    It is a context manager: at its end it waits until all rows are written. An exception inside the ``with`` block ends
    the write, and carries the report as its attribute ``report``. Tasks and threads may share it: they take turns. One
    that is never closed does not send its last rows, and says so in a ResourceWarning, which ``python -X dev`` shows.
    """

    def __init__(
        self, client: AsyncBulk, options: BulkOptions, deadline: Deadline, call_options: CallOptions, total: int | None
    ) -> None:
        self._client = client
        self._options = options
        self._deadline = deadline
        self._sender = AsyncBulkSender(client, options, deadline, call_options)
        self._total = total
        #: Rows without a known number come from an iterator, or are pushed: only the batches keep them in memory.
        self._holds_rows = total is None
        self._scheduler: BulkScheduler[Row] = BulkScheduler(
            in_flight=options.in_flight, repeatable=options.upsert, verify=options.verify, collect=options.collect
        )
        self._crew: AsyncCrew[Outcome] = AsyncCrew()
        self._lock = AsyncLock()
        self._buffer: list[Row] = []
        self._table: Table | None = None
        self._checks = False
        self._sizer = BatchSizer(options.batch_bytes, options.batch_rows, 1)
        self._collection: CollectionInfo | None = None
        self._journal = AsyncBulkJournal(options)
        self._bytes = 0
        self._began = time.monotonic()
        self._bar = ProgressBar() if options.progress is True else None
        given = None if isinstance(options.progress, bool) else options.progress
        self._progress = given if self._bar is None else self._bar.show
        self._is_closed = False
        self._interruption: BaseException | None = None

    def __repr__(self) -> str:
        scheduler = self._scheduler
        refused = f", {len(scheduler.rejected):,} refused" if scheduler.rejected else ""
        state = "closed" if self._is_closed else f"{scheduler.flying} requests under way"
        counts = f"{scheduler.next_index + self._held:,} rows added, {scheduler.written:,} written{refused}"
        return f"<{type(self).__name__} of collection {self._options.collection_name!r}: {counts}, {state}>"

    # The default outlives the module, which may be gone at the end of the interpreter.
    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if getattr(self, "_is_closed", True) or not self._scheduler.next_index + self._held:
            return
        waiting, flying = (sum(map(len, ranges)) for ranges in self._scheduler.under_way())
        awaited = f", and the replies to {flying:,} are not waited for" if flying else ""
        advice = "use it in a with block, or call close()"
        _warn(
            f"unclosed {self!r}; {waiting + self._held:,} rows were not sent{awaited}; {advice}",
            ResourceWarning,
            2,
            self,
        )

    @property
    def _held(self) -> int:
        """The number of rows that are in no batch yet."""
        return len(self._buffer) + (self._table.num_rows if self._table is not None else 0)

    async def write_all(self, rows: object) -> None:
        """Write all rows of a source, and close the writer.

        Args:
            rows: an iterable of rows, a mapping of columns, or a table with the Arrow C stream interface.

        Raises:
            BulkError: the write ended because of an error; ``report`` says what was written.
        """
        tables = bulk.tables_of(rows)
        if tables is not None:
            async with self, AsyncSource(tables) as batches:
                while batch := await batches.take(1, None):
                    await self._take(bulk.TableRows(batch.pop()))
            return
        bulk.check_iterable(rows)
        source: AsyncSource[object] = AsyncSource(rows)  # type: ignore[arg-type]  # the line above says that it is one
        async with self, source:
            while taken := await source.take(self._wanted, self._deadline.remaining(time.monotonic())):
                async with self._lock:
                    await self._take(taken)
            if source.is_late:
                await self._crew.undisturbed(self._expire)
                await self._drive()

    async def add(self, row: object) -> None:
        """Add a row. Wait while as many requests as allowed are under way; a cancelled wait ends the whole write.

        Args:
            row: a dict of field name to value, or a dataclass, pydantic or attrs object.

        Raises:
            BulkError: the write ended because of an error; ``report`` says what was written.

        Example:
            >>> async with client.bulk_writer("books") as writer:
            ...     await writer.add({"id": 1, "vector": [0.1, 0.2]})
            >>> writer.report.written
            1
        """
        await self.extend([row])

    async def extend(self, rows: Iterable[object]) -> None:
        """Add several rows. Wait while as many requests as allowed are under way.

        Args:
            rows: the rows, as for :meth:`add`.

        Raises:
            BulkError: the write ended because of an error; ``report`` says what was written.
        """
        async with self._lock:
            await self._take(list(rows))

    async def _take(self, rows: Sequence[object]) -> None:
        """Add rows, or the rows of a table, which stay columns. An earlier run may have written some of them."""
        if self._is_closed:
            raise bulk.closed_error(self._scheduler.error)
        await self._begin()
        self._journal.recognize(rows)
        while rows and not self._resumption.is_over:
            count, action = self._resumption.take(len(rows))
            await self._resume(rows[:count], action)
            rows = rows[count:]
        self._resumption.position += len(rows)
        if rows:
            await self._put(rows, checks=False)

    async def _put(self, rows: Sequence[object], *, checks: bool) -> None:
        """Add rows that are sent. Those that are looked up before that are in other batches than the others."""
        if self._checks != checks:
            await self._flush()
            self._checks = checks
        if isinstance(rows, bulk.TableRows):
            await self._add_table(rows.table)
        else:
            await self._extend(rows)

    async def _extend(self, listed: Sequence[object]) -> None:
        if len(listed) > self._wanted or set(map(type, listed)) != {dict}:
            for row in listed:
                await self._add(row)
            return
        if self._holds_rows and (len(listed) > 1 or len(self._buffer) % _WEIGHED_EACH == 0):
            self._sizer.hold(bulk.rows_memory(listed))
        # The usual case: nothing needs to be looked at row by row, nor copied.
        rows = cast("list[Row]", listed)
        if self._buffer:
            self._buffer += rows
        else:
            self._buffer = rows
        if len(self._buffer) >= self._batch_rows:
            await self._flush()

    async def _add(self, row: object) -> None:
        try:
            mapping = bulk.as_row(row)
            if (self._holds_rows or mapping is not row) and len(self._buffer) % _WEIGHED_EACH == 0:
                self._sizer.hold(bulk.row_memory(mapping))
            self._buffer.append(mapping)
        except DataNotMatchException as error:
            await self._refuse(row, error)
        if len(self._buffer) >= self._batch_rows:
            await self._flush()

    async def _resume(self, rows: Sequence[object], action: Action) -> None:
        """Deal with rows that an earlier run has read."""
        if action not in (Action.SEND, Action.CHECK):
            await self._flush()  # what comes before them
            self._scheduler.skip(len(rows))
            return
        await self._put(rows, checks=action is Action.CHECK)

    async def _add_table(self, table: Table) -> None:
        if table.num_rows and (self._holds_rows or self._sizer.is_estimate):
            some = table.slice(0, min(table.num_rows, _MEASURED))
            if self._sizer.is_estimate:
                self._sizer.learn(some.num_rows, some.size())
            if self._holds_rows:
                self._sizer.hold(some.size() / some.num_rows)
        if self._table is not None:
            table = self._table.join(table)  # batches of a stream may be small
        while table.num_rows >= self._sizer.rows:
            count = self._sizer.rows
            self._table = table.slice(0, count)
            table = table.slice(count, table.num_rows - count)
            await self._flush()
        self._table = table

    @property
    def _resumption(self) -> Resumption:
        return self._journal.resumption

    @property
    def _address(self) -> str:
        return self._client._key("").address

    @property
    def _batch_rows(self) -> int:
        return self._sizer.rows_of_objects if self._holds_rows else self._sizer.rows

    @property
    def _wanted(self) -> int:
        """The number of rows to take from the source: those that complete the next batch, or some of them."""
        rows = self._batch_rows
        most = rows // _PARTS + 1 if self._holds_rows else rows
        return max(1, min(most, rows - len(self._buffer)))

    async def close(self) -> BulkReport:
        """Write the remaining rows, and wait until all are written. Closing twice is harmless.

        Returns:
            The report.

        Raises:
            BulkError: rows were refused or are uncertain, unless errors are collected; or the write ended early.
        """
        async with self._lock:
            if not self._is_closed:
                await self._finish()
        return self.report

    async def _finish(self) -> None:
        await self._begin()
        await self._flush()
        try:
            self._resumption.check_end(self._options.checkpoint or "")
        except ParamError as error:
            await self._interrupt(error)
            raise
        self._scheduler.exhausted()
        await self._drive()
        self._is_closed = True
        self._crew.leave()
        if not self._options.collect:
            self.report.raise_for_errors()  # rows that an earlier run has left uncertain

    @property
    def report(self) -> BulkReport:
        """The report of what was written up to now."""
        scheduler = self._scheduler
        return BulkReport(
            written=scheduler.written,
            rejected=sorted((RejectedRow(*entry) for entry in scheduler.rejected), key=lambda row: row.index),
            uncertain=scheduler.uncertain_ranges(),
            seconds=time.monotonic() - self._began,
            retries=scheduler.retries,
            skipped=self._resumption.checkpoint.written,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.close()
                if self._interruption is not None:  # caught inside the block, but rows are missing
                    raise BulkError.of(self.report, self._interruption) from self._interruption
            else:
                await self._end(error)
        except BaseException as failure:
            await self._end(failure)  # close() may be cancelled, or interrupted by Ctrl-C, anywhere
            raise
        finally:
            self._crew.leave()
            if self._bar is not None:
                self._bar.close()

    # --- beginning -----------------------------------------------------------------------------------------------
    async def _begin(self) -> None:
        """Learn the schema, and the position from which an earlier run is continued; once."""
        if self._collection is not None:
            return
        collection = await self._client._collection(self._options.collection_name, self._deadline)
        if self._options.verify:
            bulk.keys_of([], collection)
        found = self._journal.read(collection)
        await self._sender.recognize(collection, found)
        if self._journal.begin(collection, found) is Action.LEAVE:
            unsure = merged(self._resumption.checkpoint.unknown)
            self._scheduler.uncertain = [index for positions in unsure for index in positions]
        row_bytes = bulk.row_bytes(collection)
        held = _HELD_AT_MOST * row_bytes if self._holds_rows else 0
        self._sizer = BatchSizer(self._options.batch_bytes, self._options.batch_rows, row_bytes, held)
        known = request_limits.largest_request(self._address)
        if known is not None:
            self._sizer.too_large(known + 1, known)
        self._collection = collection

    # --- sending -------------------------------------------------------------------------------------------------
    async def _flush(self) -> None:
        rows, self._buffer = self._buffer, []
        self._scheduler.offer(rows, is_check=self._checks)
        if self._table is not None:
            self._scheduler.offer(bulk.TableRows(self._table), is_check=self._checks)
            self._table = None
        await self._drive()

    async def _refuse(self, row: object, error: DataNotMatchException) -> None:
        await self._flush()
        index = self._scheduler.next_index
        self._scheduler.reject_unread(row, DataNotMatchException(message=f"row {index}: {error.message}"))  # type: ignore[arg-type]  # the user gets back what the user gave
        await self._drive()

    async def _drive(self) -> None:
        """Do what the scheduler decides until it asks for rows, or is at its end.

        Raises:
            BulkError: the write ended because of an error.
        """
        try:
            while True:
                now = time.monotonic()
                if self._deadline.expired(now):
                    await self._crew.undisturbed(self._expire)
                step = self._scheduler.next_step(now)
                if isinstance(step, Read | Finish):
                    break
                if isinstance(step, Send):
                    await self._send(step.batch)
                else:
                    await self._await(step.until, now)
        except BaseException as error:
            await self._interrupt(error)
            raise
        if isinstance(step, Finish) and self._scheduler.error is not None:
            self._is_closed = True
            self._crew.leave()
            cause = self._scheduler.error
            hint = await self._sender.denial(_GRACE) if bulk.is_denied(cause) else ""
            raise BulkError.of(self.report, cause, hint) from cause

    def _expire(self) -> None:
        text = f"the deadline of {self._deadline.timeout or 0:g} s for the bulk write passed"
        self._scheduler.stop(WaitTimeoutError(code=ErrorCode.RPC_DEADLINE_EXCEEDED, message=text))

    async def _send(self, batch: Batch[Row]) -> None:
        """Encode a batch and start to send it.

        It is encoded here and not beside, so that what encoding needs besides the request is in memory once, whatever
        the number of requests under way.
        """
        if batch.is_check:
            await self._launch(batch, functools.partial(self._sender.check, batch))
            return
        size = 0
        try:
            request = await self._sender.encode(batch)
            size = len(request.SerializeToString())
            self._sizer.learn(len(batch.rows), size)
            if self._sizer.is_too_large(size) and len(batch.rows) > 1:
                raise TooLargeError
            self._journal.save(self._scheduler)  # before it leaves, so that a later run knows that it may be stored
        except Exception as error:  # noqa: BLE001  # raised by _drive, where the report is
            await self._settle(functools.partial(self._record, Outcome(batch, size, error)))
        else:
            await self._launch(batch, functools.partial(self._sender.deliver, batch, request, size))

    async def _launch(self, batch: Batch[Row], work: Callable[[], Any]) -> None:
        """Start the request of a batch. It must not keep a writer alive that is never closed."""
        scheduler, start = self._scheduler, self._crew.start
        await self._crew.undisturbed(lambda: start(work) if scheduler.leaves(batch) else None)

    async def _await(self, until: float | None, now: float) -> None:
        """Wait for the end of a request, or until a moment."""
        wait = self._deadline.remaining(now) if until is None else self._deadline.clip(until - now, now)
        if not self._scheduler.flying:
            await self._client._pause(wait or 0.0, self._deadline, "the bulk write")
            return
        await self._crew.wait(wait)
        await self._settle(self._record_ended)

    # --- ending --------------------------------------------------------------------------------------------------
    async def _settle(self, step: Callable[[], int]) -> None:
        """Note how requests ended, in the file and for the progress, too."""
        for _ in range(await self._crew.undisturbed(step)):
            self._journal.save(self._scheduler)
            if self._progress is not None:
                self._progress(self._measure(time.monotonic()))

    def _record_ended(self) -> int:
        return sum(map(self._record, self._crew.collect()))

    def _record(self, outcome: Outcome) -> int:
        """Tell the scheduler how a request ended; return the number of requests that did."""
        now = time.monotonic()
        batch, scheduler = outcome.batch, self._scheduler
        error = outcome.error
        if error is None and outcome.missing is not None:
            scheduler.checked(batch, outcome.missing, now)
        elif error is None:
            self._bytes += outcome.size
            scheduler.succeeded(batch)
        elif isinstance(error, TooLargeError):
            scheduler.failed(batch, Fault.TOO_LARGE, error, now)
        elif isinstance(error, MilvusException):
            self._settle_error(batch, error, outcome.size, now)
        else:
            scheduler.failed(batch, Fault.FATAL, error, now)
        return 1

    def _settle_error(self, batch: Batch[Row], error: MilvusException, size: int, now: float) -> None:
        fault, position = bulk.lookup_fault(error) if batch.is_check else bulk.fault_of(error), None
        if fault is Fault.TOO_LARGE:
            request_limits.note_limit(self._address, errors.request_limit(error))
            self._sizer.too_large(size, bulk.message_limit(error))
        elif fault is Fault.OUTDATED:
            self._client._forget(self._options.collection_name)
        elif fault is Fault.BAD_ROW:
            position = bulk.position_of(error, batch.rows)
            if position is not None:
                error = bulk.moved(error, batch.indices[position])
            elif isinstance(batch.rows, bulk.TableRows):
                fault = Fault.FATAL  # a column is missing, unknown or of another type: no row would be written
        self._scheduler.failed(batch, fault, error, now, position=position)

    def _measure(self, now: float) -> BulkProgress:
        scheduler, seconds = self._scheduler, max(now - self._began, 1e-9)
        return BulkProgress(
            scheduler.written + self._resumption.checkpoint.written, self._bytes, scheduler.flying,
            scheduler.written / seconds, scheduler.throttled, self._total,
        )  # fmt: skip

    async def _end(self, error: BaseException) -> None:
        async with self._lock:
            if not self._is_closed:
                await self._interrupt(error)

    async def _interrupt(self, error: BaseException) -> None:
        """End the write because of an exception, and attach the report to it."""
        self._is_closed = True
        self._interruption = error
        end = time.monotonic() + _GRACE
        try:
            await self._crew.undisturbed(functools.partial(self._scheduler.stop, error))
            while self._crew.is_busy and (left := end - time.monotonic()) > 0:
                await self._crew.wait(left)
                await self._crew.undisturbed(self._record_ended)
        finally:  # also after a second Ctrl-C
            self._crew.leave()
            await self._crew.undisturbed(self._scheduler.abandon)
            error.report = self.report  # type: ignore[attr-defined]  # the promise of the class
            with contextlib.suppress(OSError):  # it may be what ended the write
                self._journal.save(self._scheduler)
