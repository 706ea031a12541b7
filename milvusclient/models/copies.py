"""The report of a copied collection, and the error of one that is not complete."""

from __future__ import annotations

from dataclasses import dataclass

from milvusclient.exceptions import ErrorCode, MilvusException

__all__ = ["CopyError", "CopyReport"]


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
