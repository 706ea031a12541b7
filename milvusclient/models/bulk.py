"""The report of a bulk write, and its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from milvusclient.exceptions import BulkError

__all__ = ["BulkProgress", "BulkReport", "RejectedRow"]


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

    def raise_for_errors(self) -> None:
        """Do nothing if all rows are stored.

        Raises:
            BulkError: rows were rejected, or are uncertain.
        """
        if self.rejected or self.uncertain:
            first = self.rejected[0].error if self.rejected else None
            raise BulkError.of(self, first) from first


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
