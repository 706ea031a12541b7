"""The report of a bulk write, and its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from milvusclient.exceptions import ErrorCode, MilvusException
from milvusclient.models.short_text import short_text

__all__ = ["BulkError", "BulkProgress", "BulkReport", "RejectedRow"]

#: Characters between the brackets of a bar.
_BAR = 24


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not written.

    Attributes:
        index: position of the row in the source, counted from 0.
        row: the row.
        error: the reason.
    """

    index: int
    row: Any
    error: Exception

    def __repr__(self) -> str:  # a row may hold a vector of thousands of elements
        return f"RejectedRow(index={self.index}, row={short_text(self.row)}, error={self.error!r})"


@dataclass(frozen=True, slots=True)
class BulkReport:
    """The result of a bulk write.

    Attributes:
        written: number of rows that are stored.
        rejected: the rows that were refused, with the reasons.
        uncertain: positions of rows that may or may not be stored, because the reply of the server is lost.
        seconds: duration of the write.
        retries: number of batches that were sent again, whole or in part.
        skipped: number of rows that an earlier run had written, according to the checkpoint.

    Example:
        >>> from milvusclient.models.bulk import BulkReport
        >>> report = BulkReport(written=2)
        >>> report.raise_for_errors()
        >>> report.written, report.rejected, report.uncertain
        (2, [], [])
    """

    written: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    uncertain: list[range] = field(default_factory=list)
    seconds: float = 0.0
    retries: int = 0
    skipped: int = 0

    def __repr__(self) -> str:  # of many rejected rows, the first ones
        return (
            f"BulkReport(written={self.written}, rejected={short_text(self.rejected)}, "
            f"uncertain={short_text(self.uncertain)}, seconds={self.seconds:.3f}, retries={self.retries}, "
            f"skipped={self.skipped})"
        )

    def raise_for_errors(self) -> None:
        """Do nothing if all rows are stored.

        Raises:
            BulkError: rows were rejected, or are uncertain.
        """
        if self.rejected or self.uncertain:
            first = self.rejected[0].error if self.rejected else None
            raise BulkError.of(self, first) from first


def words_of(cause: BaseException) -> str:
    """Return what ended a bulk write; an error of another library or of Python also by its name."""
    if isinstance(cause, MilvusException):
        return cause.message
    return f"{type(cause).__name__}: {cause}".removesuffix(": ")


class BulkError(MilvusException):
    """A bulk write ended before all rows were written, or some rows are rejected or uncertain.

    Attributes:
        report: a :class:`~milvusclient.models.bulk.BulkReport` of what was written.
    """

    report: BulkReport

    @classmethod
    def of(cls, report: BulkReport, cause: BaseException | None = None, hint: str = "") -> BulkError:
        """Build the error for a report and the cause that ended the write; ``hint`` ends the message."""
        uncertain = sum(map(len, report.uncertain))
        written = "1 row is written" if report.written == 1 else f"{report.written} rows are written"
        counts = f"{written}, {len(report.rejected)} rejected, {uncertain} uncertain"
        code = cause.code if isinstance(cause, MilvusException) else ErrorCode.UNEXPECTED_ERROR
        reason = "" if cause is None else words_of(cause)
        error = cls(code, f"the bulk write is incomplete: {counts}" + (f"; {reason}" if reason else "") + hint)
        error.report = report
        return error


class BulkProgress(NamedTuple):
    """The progress of a bulk write.

    Attributes:
        rows: number of rows that are stored.
        bytes: number of bytes that were sent.
        in_flight: number of requests that are under way.
        rate: rows per second.
        throttled: number of refusals because of the server's rate limit.
        total: number of rows of the source; None if the source has no length.
    """

    rows: int
    bytes: int
    in_flight: int
    rate: float
    throttled: int
    total: int | None

    def line(self, *, bar: bool = True) -> str:
        """Return the progress in words, with a bar and the remaining time if the number of rows is known.

        Args:
            bar: draw a bar.

        Example:
            >>> from milvusclient.models.bulk import BulkProgress
            >>> BulkProgress(2_500, 40_000, 4, 500.0, 0, 10_000).line()
            '[######                  ]  25%  2,500 of 10,000 rows, 500 rows/s, 0:15 left'
            >>> BulkProgress(2_500, 40_000, 4, 500.0, 3, None).line()
            '2,500 rows, 500 rows/s, throttled 3 times'
        """
        parts = [f"{self.rows:,} rows", f"{self.rate:,.0f} rows/s"]
        drawn = ""
        if self.total:
            share = min(1.0, self.rows / self.total)
            parts[0] = f"{self.rows:,} of {self.total:,} rows"
            if self.rate > 0:
                parts.append(f"{_minutes(max(0.0, self.total - self.rows) / self.rate)} left")
            if bar:
                drawn = f"[{'#' * int(share * _BAR):{_BAR}}] "
            drawn += f"{share:4.0%}  "
        if self.throttled:
            parts.append(f"throttled {self.throttled} times")
        return drawn + ", ".join(parts)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
