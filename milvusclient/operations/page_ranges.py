"""Pages of a query that are requested several at a time: the ranges of keys that they are, and their order.

A page that begins behind the last key of the one before it cannot be requested before that has come. So the keys alone
are read first, many at a time, which costs little; each of them that ends a page ends a range, and ranges can be
requested side by side. They have no gap and do not overlap, so no row is lost or returned twice, whatever is written
meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ReplyError
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.keys import comparison
from milvusclient.policy.paging import LARGEST_PAGE, Allowance
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.collection import FieldInfo
    from milvusclient.models.results import QueryResult

__all__ = ["KeyRange", "RangedPages", "key_of", "ranged_expression"]

Key = int | str

#: What the keys of one request may take, in bytes: strings may be long.
_MOST_KEY_BYTES = 4 << 20


def ranged_expression(primary: FieldInfo, expression: str, after: Key | None, until: Key | None) -> str:
    """Build the filter for the rows of a range of keys.

    Args:
        primary: primary key of the collection.
        expression: boolean expression that rows must satisfy; empty means all rows.
        after: key before the range; None for one without a start.
        until: last key of the range; None for one without an end.

    Example:
        >>> from milvusclient.models.collection import FieldInfo
        >>> from milvusclient.schema.enums import DataType
        >>> ranged_expression(FieldInfo("id", data_type=DataType.INT64), "year > 1990", -5, 7)
        'id > -5 and id <= 7 and (year > 1990)'
    """
    parts = []
    if after is not None:
        parts.append(comparison(primary, ">", after))
    if until is not None:
        parts.append(comparison(primary, "<=", until))
    if expression:
        parts.append(f"({expression})" if parts else expression)
    return " and ".join(parts)


def key_of(row: dict[str, Any], primary: FieldInfo) -> Key:
    """Return the primary key of a row.

    Raises:
        ReplyError: the row has none.
    """
    key: Key | None = row.get(primary.name)
    if key is None:
        raise ReplyError(message=f"the reply is invalid: its rows lack the primary key {primary.name!r}")
    return key


@dataclass(slots=True, eq=False)
class KeyRange:
    """Rows whose keys lie between two keys; without an end, the keys alone that follow.

    Attributes:
        after: key before the next row to request; None for the start of the collection.
        until: last key of the range; None if the keys are read that say where ranges end.
        rows: rows that were received and not returned yet.
        is_requested: a request for it is under way.
        is_whole: all its rows were received.
        turn: the page during which it was requested last.
        error: why that request failed; it is not requested again during the same page.
    """

    after: Key | None
    until: Key | None
    rows: list[dict[str, Any]] = field(default_factory=list)
    is_requested: bool = False
    is_whole: bool = False
    turn: int = 0
    error: Exception | None = None


class RangedPages:
    """The state of a query iterator that requests several pages at a time and returns them in the order of their keys.

    Args:
        base: the query, with the timestamp of its snapshot.
        primary: primary key of the collection.
        allowance: number of rows of a page, and in total.
        after: key before the first row; None for the start of the collection.
        in_flight: maximum number of requests at the same time, and of pages that are in memory.
    """

    def __init__(
        self,
        base: milvus_pb2.QueryRequest,
        primary: FieldInfo,
        allowance: Allowance,
        after: Key | None,
        in_flight: int,
    ) -> None:
        self._base = base
        self._texts = {pair.key: pair.value for pair in base.query_params}
        self._primary = primary
        self._allowance = allowance
        self._in_flight = in_flight
        self._ranges: deque[KeyRange] = deque()
        self._scan = KeyRange(after, None)
        self._scan_rows = LARGEST_PAGE
        if FACTS[primary.data_type].family == "string":
            self._scan_rows = self._fitting(primary.max_length or 0)
        #: The number of keys that were read and are in no range yet, and the key before them.
        self._open = 0
        self._begin = after
        self._unread = allowance.left
        self._flying = 0
        self._turn = 0
        #: The last key that was returned.
        self.last_taken = after

    def _fitting(self, key_bytes: int) -> int:
        # The only key may be the empty string.
        return max(self._allowance.batch_size, min(LARGEST_PAGE, _MOST_KEY_BYTES // max(1, key_bytes)))

    @property
    def timestamp(self) -> int:
        """The timestamp of the snapshot that the pages show."""
        return self._base.guarantee_timestamp

    def begin(self) -> None:
        """Note that the next page is asked for."""
        self._turn += 1
        for part in (self._scan, *self._ranges):
            part.error = None

    @property
    def error(self) -> Exception | None:
        """The error because of which the next page cannot come."""
        return self._ranges[0].error if self._ranges else self._scan.error

    @property
    def is_ready(self) -> bool:
        """Return whether :meth:`take` can return the next page, or is at the end."""
        if self._allowance.next_page <= 0:
            return True
        return bool(self._ranges[0].rows) if self._ranges else self._scan.is_whole

    def next_ranges(self) -> list[KeyRange]:
        """Return the ranges to request now, and note that they are."""
        if self._allowance.next_page <= 0:
            return []
        needs_keys = len(self._ranges) < 2 * self._in_flight
        listed = ([self._scan] if needs_keys else []) + list(islice(self._ranges, self._in_flight))
        wanted = [each for each in listed if not (each.is_requested or each.is_whole or each.error)]
        wanted = wanted[: self._in_flight - self._flying]
        for each in wanted:
            each.is_requested = True
            each.turn = self._turn
        self._flying += len(wanted)
        return wanted

    def request(self, part: KeyRange) -> milvus_pb2.QueryRequest:
        """Build the request for the rows of a range that are missing, or for the next keys."""
        request = milvus_pb2.QueryRequest()
        request.CopyFrom(self._base)
        request.expr = ranged_expression(self._primary, request.expr, part.after, part.until)
        rows = self._allowance.batch_size
        if part.until is None:
            del request.output_fields[:]
            request.output_fields.append(self._primary.name)
            rows = self._scan_rows
        del request.query_params[:]
        request.query_params.extend(key_value_pairs({**self._texts, "limit": str(rows)}))
        return request

    def failed(self, part: KeyRange, error: Exception) -> None:
        """Note that a request failed."""
        self._flying -= 1
        part.is_requested = False
        # What failed while the program was busy with other pages is requested again first.
        part.error = error if part.turn == self._turn else None

    def receive(self, part: KeyRange, rows: QueryResult) -> None:
        """Receive the rows of a range, or keys."""
        try:
            keys = [key_of(row, self._primary) for row in (rows if part.until is None else rows[-1:])]
        except ReplyError as error:
            self.failed(part, error)
            return
        self._flying -= 1
        part.is_requested = False
        if keys:
            part.after = keys[-1]
        if part.until is None:
            self._divide(keys)
        else:
            part.rows.extend(rows)
            # A server may return fewer rows than it has: only the last key, or no row, says that there are no more.
            part.is_whole = not rows or part.after == part.until
        self._drop_returned()

    def _divide(self, keys: Sequence[Key]) -> None:
        """Make ranges of keys, each with the rows of a page."""
        if not keys and self._open and self._scan.after is not None:
            self._close(self._scan.after)
        is_short = len(keys) < self._scan_rows
        if self._unread is not None:
            keys = keys[: self._unread]
            self._unread -= len(keys)
        size = self._allowance.batch_size
        for position in range(size - self._open - 1, len(keys), size):
            self._close(keys[position])
        self._open = (self._open + len(keys)) % size
        if self._open and keys and (is_short or self._unread == 0):
            self._close(keys[-1])  # these are the last ones, as a rule
            self._open = 0
        self._scan.is_whole = not keys or self._unread == 0
        if keys and isinstance(keys[0], str):
            self._scan_rows = self._fitting(max(len(str(key).encode()) for key in keys))

    def _close(self, until: Key) -> None:
        self._ranges.append(KeyRange(self._begin, until))
        self._begin = until

    def take(self) -> list[dict[str, Any]]:
        """Return the rows of the next page; an empty list at the end."""
        if not self._ranges:
            return []
        rows = self._ranges[0].rows
        count = self._allowance.next_page
        page = rows[:count]
        del rows[:count]
        self._allowance.spend(len(page))
        if page:
            self.last_taken = key_of(page[-1], self._primary)
        self._drop_returned()
        return page

    def _drop_returned(self) -> None:
        while self._ranges and self._ranges[0].is_whole and not self._ranges[0].rows:
            self._ranges.popleft()
