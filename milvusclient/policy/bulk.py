"""The decisions of a bulk write: which batch to send, when to read more rows, when to wait, and when to stop.

The scheduler is told what happened and answers what to do next. It sends nothing and has no clock, so its promises can
be tested without a server: each row ends in exactly one place, and a row that may have been stored is never inserted
again.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Batch", "BatchSizer", "BulkScheduler", "Fault", "Finish", "Read", "Send", "Step", "Wait"]

Row = TypeVar("Row")

#: Seconds before the first repetition of a batch; they double with each further one ...
_FIRST_DELAY = 0.05
#: ... up to this many.
_LONGEST_DELAY = 5.0
#: How often a batch is sent again after a lost reply or a changed schema.
_MOST_REPETITIONS = 8
#: Rows of the first batch, whose size in bytes is only an estimate.
_FIRST_ROWS = 1_000
#: What a request takes in memory while it is under way, as a multiple of its size: the bytes of the client, gRPC's copy
#: of them, and as much again that malloc keeps for the next copy of the same thread.
_COPIES = 3
#: Rows of a batch that nothing else keeps in memory. Python's garbage collector looks at all objects again and again,
#: so each row would cost more if a hundred thousand of them were alive.
_MOST_OBJECTS = 6_000
#: How many times the size that it aims at a request may have.
_TOLERANCE = 1.5
#: How often the rows of a lost insert are looked up before those that are missing are sent again, ...
_CHECKS = 2
#: ... and seconds between two looks: the server may carry out an insert after its reply was lost.
_CHECK_PAUSE = 1.0


class Fault(Enum):
    """Why a batch was not written."""

    BAD_ROW = "a row does not fit the schema"
    CONTENT = "the server refuses the content"
    TOO_LARGE = "the request is too large"
    RATE_LIMIT = "the server limits the rate"
    OUTDATED = "the schema has changed"
    LOST = "the reply is lost"
    FATAL = "no further batch would be written"


@dataclass(slots=True, eq=False)
class Batch(Generic[Row]):
    """Rows that are sent in one request.

    Attributes:
        rows: the rows.
        indices: the position of each row in the source, ascending.
        is_check: ask the server which of the rows exist, instead of sending them.
        checks: how often the server was asked already.
        may_be_stored: a reply about these rows was lost.
        repetitions: how often the batch was sent again after a lost reply or a changed schema.
        throttles: how often it was refused because of a rate limit.
        not_before: moment before which it is not sent.
        round: the number of the slow-down during which it was sent.
        is_sent: it left; false while it is only about to.
    """

    rows: Sequence[Row]
    indices: Sequence[int]
    is_check: bool = False
    checks: int = 0
    may_be_stored: bool = False
    repetitions: int = 0
    throttles: int = 0
    not_before: float = 0.0
    round: int = 0
    is_sent: bool = False

    def part(self, start: int, stop: int, *, is_check: bool = False) -> Batch[Row]:
        """Return some of the rows as a batch of their own."""
        return Batch(self.rows[start:stop], self.indices[start:stop], is_check, may_be_stored=self.may_be_stored)

    def pick(self, positions: Sequence[int]) -> Batch[Row]:
        """Return the rows at these positions as a batch of their own."""
        rows, indices = [self.rows[p] for p in positions], [self.indices[p] for p in positions]
        return Batch(rows, indices, may_be_stored=self.may_be_stored)


class Send(NamedTuple, Generic[Row]):
    """Send this batch."""

    batch: Batch[Row]


class Read(NamedTuple):
    """Read the next rows from the source."""


class Wait(NamedTuple):
    """Wait for an answer, at most until this moment; None means without a limit."""

    until: float | None


class Finish(NamedTuple):
    """Stop: nothing is left to do."""


Step = Send[Row] | Read | Wait | Finish


@dataclass(slots=True)
class BulkScheduler(Generic[Row]):
    """Decides about the batches of one bulk write.

    Args:
        in_flight: maximum number of batches that are sent at the same time.
        repeatable: whether a batch may be stored twice, as with upsert.
        verify: whether to ask for the rows of a batch whose reply is lost.
        collect: whether to go on after a row that is refused.
        next_index: position of the next row that is offered.

    Attributes:
        window: current number of batches that may be sent at the same time.
        written: number of rows that were stored.
        rejected: position, row and error of each refused row.
        rejected_indices: position of each refused row, in the same order.
        uncertain: positions of rows that may or may not have been stored.
        retries: number of batches that were sent again, whole or in part.
        throttled: number of refusals because of a rate limit.
        error: what stopped the write; None if nothing did.
    """

    in_flight: int
    repeatable: bool = False
    verify: bool = False
    collect: bool = False
    next_index: int = 0
    window: int = field(init=False)
    written: int = 0
    rejected: list[tuple[int, Row, Exception]] = field(default_factory=list)
    rejected_indices: list[int] = field(default_factory=list)
    uncertain: list[int] = field(default_factory=list)
    retries: int = 0
    throttled: int = 0
    error: BaseException | None = None
    _pending: deque[Batch[Row]] = field(default_factory=deque)
    _flying: list[Batch[Row]] = field(default_factory=list)
    _unwritten: list[Batch[Row]] = field(default_factory=list)
    _exhausted: bool = False
    _stopped: bool = False
    _before: int = sys.maxsize
    _successes: int = 0
    _round: int = 0

    def __post_init__(self) -> None:
        self.window = self.in_flight

    # --- what to do ----------------------------------------------------------------------------------------------
    def next_step(self, now: float) -> Step[Row]:
        """Decide what to do next."""
        if len(self._flying) >= self.window:
            return Wait(None)
        if self._pending:
            # Rows that are held already come before new ones: so the memory of the write has a bound.
            batch = min(self._pending, key=lambda waiting: waiting.not_before)
            if batch.not_before > now:
                return Wait(batch.not_before)
            batch.round = self._round
            batch.is_sent = False
            # In this order: whatever interrupts this, the batch stays in one of them.
            self._flying.append(batch)
            self._pending.remove(batch)
            return Send(batch)
        if not self._exhausted and not self._stopped:
            return Read()
        return Wait(None) if self._flying else Finish()

    # --- what happened -------------------------------------------------------------------------------------------
    def offer(self, rows: Sequence[Row], *, is_check: bool = False) -> None:
        """Take the next rows of the source; with ``is_check`` those that may be stored already."""
        if rows:
            indices = range(self.next_index, self.next_index + len(rows))
            self._pending.append(Batch(rows, indices, is_check, may_be_stored=is_check))
            self.next_index += len(rows)

    def skip(self, count: int) -> None:
        """Leave out the next rows of the source, with which an earlier run has dealt."""
        self.next_index += count

    def reject_unread(self, row: Row, error: Exception) -> None:
        """Refuse the next row of the source, which cannot become part of a batch."""
        self._reject(self.next_index, row, error)
        self.next_index += 1

    def exhausted(self) -> None:
        """Note that the source has no more rows."""
        self._exhausted = True

    def stop(self, error: BaseException | None, *, before: int = 0) -> None:
        """Send nothing more but the rows before a position; batches that are under way are still waited for."""
        self._stopped = True
        self.error = self.error or error
        self._before = min(self._before, before)
        pending, self._pending = self._pending, deque()
        for batch in reversed(pending):
            if batch not in self._flying:
                self._keep(batch)

    def leaves(self, batch: Batch[Row]) -> bool:
        """Note that a batch is sent now; return whether it still may be."""
        if batch not in self._flying:
            return False  # the write was interrupted and has ended meanwhile
        batch.is_sent = True
        return True

    def abandon(self) -> None:
        """Note that the batches under way are no longer waited for; those that did not leave do not."""
        for batch in list(self._flying):
            self._flying.remove(batch)
            if batch.is_sent:
                self.uncertain.extend(batch.indices)
            else:
                self._give_up(batch)

    def succeeded(self, batch: Batch[Row]) -> None:
        """Note that a batch was stored; its rows are not needed for that."""
        self._flying.remove(batch)
        self.written += len(batch.indices)
        self._successes += 1
        if self._successes >= self.window and self.window < self.in_flight:
            self.window += 1
            self._successes = 0

    def checked(self, batch: Batch[Row], missing: Sequence[int], now: float) -> None:
        """Note which rows of a batch the server does not have, by their positions in the batch."""
        self._flying.remove(batch)
        self.written += len(batch.rows) - len(missing)
        if not missing:
            return
        rest = batch.pick(missing)
        if batch.checks + 1 < _CHECKS:
            rest.is_check = True
            rest.checks = batch.checks + 1
            rest.not_before = now + _CHECK_PAUSE
            self._keep(rest)
        else:
            rest.may_be_stored = False
            self._again(rest)

    def failed(
        self, batch: Batch[Row], fault: Fault, error: Exception, now: float, *, position: int | None = None
    ) -> None:
        """Note that a batch was not written.

        Args:
            batch: the batch.
            fault: why.
            error: the error itself.
            now: the present moment.
            position: position in the batch of the row that is to blame, if it is known.
        """
        self._flying.remove(batch)
        if batch.is_check:
            self._doubt(batch, error)
            if fault is Fault.FATAL:
                self.stop(error)
        elif fault is Fault.RATE_LIMIT:
            self._slow_down(batch, now)
        elif fault is Fault.LOST and not self.repeatable:
            self._lost(batch, error)
        elif fault in (Fault.LOST, Fault.OUTDATED) and batch.repetitions < _MOST_REPETITIONS:
            batch.may_be_stored = batch.may_be_stored or fault is Fault.LOST
            self._repeat(batch, now)
        elif fault in (Fault.LOST, Fault.OUTDATED, Fault.FATAL):
            batch.may_be_stored = batch.may_be_stored or fault is Fault.LOST
            self._give_up(batch)
            self.stop(error)
        elif position is not None:
            self._reject(batch.indices[position], batch.rows[position], error)
            rest = batch.pick([other for other in range(len(batch.rows)) if other != position])
            self._again(rest)
        elif len(batch.rows) == 1:
            self._reject(batch.indices[0], batch.rows[0], error)
        else:
            # An insert is all or nothing, so nothing of the batch is stored, and its halves may be sent.
            middle = len(batch.rows) // 2
            self._again(batch.part(middle, len(batch.rows)))
            self._again(batch.part(0, middle))

    # --- what is known -------------------------------------------------------------------------------------------
    @property
    def flying(self) -> int:
        """The number of batches under way."""
        return len(self._flying)

    def under_way(self) -> tuple[list[range], list[range]]:
        """Return the positions of the rows that are held and not stored, and of those that may be.

        The rows in :attr:`rejected` and :attr:`uncertain` are in neither.
        """
        unwritten: list[range] = []
        unknown: list[range] = []
        for batch in (*self._pending, *self._unwritten):
            (unknown if batch.may_be_stored else unwritten).extend(_ranges(batch.indices))
        for batch in self._flying:
            unknown.extend(_ranges(batch.indices))
        return unwritten, unknown

    def uncertain_ranges(self) -> list[range]:
        """Return the positions in :attr:`uncertain` as ranges."""
        return list(_ranges(sorted(self.uncertain)))

    # --- the cases -----------------------------------------------------------------------------------------------
    def _again(self, batch: Batch[Row]) -> None:
        if not batch.rows:
            return
        self.retries += 1
        self._keep(batch)

    def _keep(self, batch: Batch[Row]) -> None:
        """Send the rows of a batch later, up to the position before which the write ends."""
        count = bisect_left(batch.indices, self._before)
        if count < len(batch.rows):
            self._give_up(batch.part(count, len(batch.rows)))
            batch = batch.part(0, count, is_check=batch.is_check)
        if batch.rows:
            self._pending.appendleft(batch)

    def _give_up(self, batch: Batch[Row]) -> None:
        """Do not send a batch any more; a reply about its rows may have been lost before."""
        if batch.may_be_stored:
            self.uncertain.extend(batch.indices)
        else:
            self._unwritten.append(batch)

    def _repeat(self, batch: Batch[Row], now: float) -> None:
        batch.repetitions += 1
        batch.not_before = now + _delay(batch.repetitions)
        self._again(batch)

    def _slow_down(self, batch: Batch[Row], now: float) -> None:
        self.throttled += 1
        # Batches that were sent together are refused together; that is one reason to slow down, not several.
        if batch.round == self._round:
            self._round += 1
            self.window = max(1, self.window // 2)
            self._successes = 0
        batch.throttles += 1
        batch.not_before = now + _delay(batch.throttles)
        self._again(batch)

    def _lost(self, batch: Batch[Row], error: Exception) -> None:
        if self.verify and batch.indices[-1] < self._before:
            batch.is_check = batch.may_be_stored = True
            self._keep(batch)
        else:
            self._doubt(batch, error)

    def _doubt(self, batch: Batch[Row], error: Exception) -> None:
        self.uncertain.extend(batch.indices)
        if self.error is None and not self.collect:
            # The rest is written first: what is uncertain stays so, and is raised at the end.
            self.error = error

    def _reject(self, index: int, row: Row, error: Exception) -> None:
        self.rejected.append((index, row, error))
        self.rejected_indices.append(index)
        if self.collect:
            return
        if index < self._before:
            self.error = error
        # The rows before it are still written, so that it is plain where to go on.
        self.stop(error, before=index)


def _delay(repetitions: int) -> float:
    return float(min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(repetitions - 1, 16)))


def _ranges(indices: Sequence[int]) -> Iterator[range]:
    if isinstance(indices, range):
        yield indices
        return
    start = stop = -1
    for index in indices:
        if index != stop:
            if stop > start:
                yield range(start, stop)
            start = index
        stop = index + 1
    if stop > start:
        yield range(start, stop)


class BatchSizer:
    """Decides how many rows make a batch, from the sizes of the batches before it.

    A batch is in memory as a request, as gRPC's copy of the request and, unless the source keeps them anyway, as rows.
    All of that together is what has a bound.

    Args:
        batch_bytes: memory that a batch may take while it is under way.
        batch_rows: maximum number of rows of a batch; None means no limit.
        row_bytes: estimated size of a row in a request, for the first batch.
        held_bytes: estimated memory of a row outside of the request, for the first batch.
    """

    def __init__(self, batch_bytes: int, batch_rows: int | None, row_bytes: int, held_bytes: int = 0) -> None:
        self._batch_bytes = batch_bytes
        self._request_bytes = max(1, batch_bytes // _COPIES)
        self._largest: int | None = None
        self._most_rows = batch_rows
        self._row_bytes = float(max(1, row_bytes))
        self._held_bytes = float(held_bytes)
        #: Whether the size of a row is only known from the schema.
        self.is_estimate = True

    def is_too_large(self, size: int) -> bool:
        """Return whether a request is cut in halves before it is sent."""
        return size > _TOLERANCE * self._request_bytes or (self._largest is not None and size > self._largest)

    @property
    def rows(self) -> int:
        """The number of rows of the next batch."""
        room = self._batch_bytes / (_COPIES * self._row_bytes + self._held_bytes)
        rows = max(1, int(min(room, self._request_bytes / self._row_bytes)))
        if self.is_estimate:
            rows = min(rows, _FIRST_ROWS)
        return rows if self._most_rows is None else min(rows, self._most_rows)

    @property
    def rows_of_objects(self) -> int:
        """The number of rows of the next batch, if they are Python objects that only the batch keeps in memory."""
        return min(self.rows, _MOST_OBJECTS) if self._most_rows is None else self.rows

    def learn(self, rows: int, size: int) -> None:
        """Learn the size of a request."""
        self._row_bytes = _average(self._row_bytes, size / rows, is_first=self.is_estimate)
        self.is_estimate = False

    def hold(self, row_bytes: float) -> None:
        """Learn the memory that a row takes outside of the request."""
        self._held_bytes = _average(self._held_bytes, row_bytes, is_first=self.is_estimate)

    def too_large(self, size: int, limit: int | None) -> None:
        """Learn that a request of this size is too large for the server, which may have said its limit."""
        self._largest = limit or self._largest
        # The size of the next batch is an estimate.
        self._request_bytes = max(1, min(self._request_bytes, int(0.9 * limit) if limit else size // 2))


def _average(known: float, latest: float, *, is_first: bool) -> float:
    # Larger rows count at once, smaller ones gradually: a batch that is too large is made twice.
    latest = max(1.0, latest)
    return latest if is_first or latest > known else 0.7 * known + 0.3 * latest
