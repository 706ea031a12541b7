"""The report of a copied collection."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CopyReport"]


@dataclass(frozen=True, slots=True)
class CopyReport:
    """The result of ``copy_collection``.

    Attributes:
        target_name: name of the copy.
        written: number of rows that this call wrote.
        skipped: number of rows that earlier calls had written, according to the checkpoint.
        source_rows: number of rows that were to be copied, counted when the copy was complete.
        target_rows: number of rows of the copy; None if it has no index, so that its rows cannot be counted.
        partitions: names of the copied partitions.
        indexes: names of the copied indexes.
        aliases: names of the copied aliases.
        seconds: duration of the copy.
    """

    target_name: str
    written: int
    skipped: int
    source_rows: int
    target_rows: int | None
    partitions: tuple[str, ...]
    indexes: tuple[str, ...]
    aliases: tuple[str, ...]
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether the copy has as many rows as the source."""
        return self.target_rows == self.source_rows
