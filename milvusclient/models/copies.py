"""The report of a copied collection, and the error of one that is not complete."""

from __future__ import annotations

from dataclasses import dataclass

from milvusclient.exceptions import ErrorCode, MilvusException
from milvusclient.models.bulk import BulkError

__all__ = ["CopyError", "CopyReport", "UnsureCopyError"]


@dataclass(frozen=True, slots=True)
class CopyReport:
    """The result of ``copy_collection``.

    Attributes:
        target_name: name of the copy.
        written: number of rows that this call wrote.
        skipped: number of rows that earlier calls had written, according to the checkpoint.
        source_rows: number of rows that were to be copied, counted when the copy was complete.
        target_rows: number of rows of the copy.
        partitions: names of the copied partitions.
        indexes: names of the copied indexes.
        aliases: names of the copied aliases.
        seconds: duration of the copy.
    """

    target_name: str
    written: int
    skipped: int
    source_rows: int
    target_rows: int
    partitions: tuple[str, ...]
    indexes: tuple[str, ...]
    aliases: tuple[str, ...]
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether the copy has as many rows as the source."""
        return self.target_rows == self.source_rows


class CopyError(MilvusException):
    """A copy has another number of rows than its source.

    Attributes:
        report: a :class:`~milvusclient.models.copies.CopyReport` of what was copied.
    """

    report: CopyReport

    @classmethod
    def of(cls, report: CopyReport) -> CopyError:
        """Build the error for a report."""
        error = cls(
            ErrorCode.UNEXPECTED_ERROR,
            f"the copy {report.target_name!r} has {report.target_rows} rows, and the source {report.source_rows}: rows "
            "were written or deleted meanwhile, or the source has rows with the same key, of which one is copied; "
            "compare the two, or drop the copy and make it again",
        )
        error.report = report
        return error


class UnsureCopyError(BulkError):
    """Rows of a copy may or may not be stored, and cannot be looked up, because the target generates their keys."""

    @classmethod
    def about(cls, error: BulkError, target_name: str, checkpoint: str | None) -> UnsureCopyError:
        """Build the error, which says what to do, from that of the write."""
        also = f", delete {checkpoint}*" if checkpoint else ""
        advised = cls(
            error.code,
            f"{error.message}; the server generates the keys of {target_name!r}, so that uncertain rows can neither be "
            f"looked up nor written again: drop {target_name!r}{also} and copy again; if you create {target_name!r} "
            "before, with the same fields but without auto_id, it gets the keys of the source, and a copy can go on",
        )
        advised.report = error.report
        return advised
