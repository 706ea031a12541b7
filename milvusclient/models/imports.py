"""The state of a file that a server imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["ImportProgress", "ImportState"]

#: Characters between the brackets of a bar.
_BAR = 24


@dataclass(frozen=True, slots=True)
class ImportState:
    """The state of one import.

    Attributes:
        job_id: identifier of the import on the server.
        state: ``"Pending"``, ``"Started"``, ``"Persisted"``, ``"Flushed"``, ``"Completed"``, ``"Failed"`` or
            ``"FailedAndCleaned"``; from newer servers ``"Pending"``, ``"Importing"``, ``"Completed"`` or ``"Failed"``.
        rows: number of imported rows.
        progress: progress in percent; None if the server does not tell it.
        reason: why the import failed; empty if it did not.
        files: the files, as the server names them.
        total_rows: number of rows in the files; None if the server does not tell it.
        collection_name: name of the collection; empty if the server does not tell it.

    Example:
        >>> from milvusclient.models.imports import ImportState
        >>> ImportState(7, "Completed", 1000, 100, "", ("rows.json",)).is_done
        True
    """

    job_id: int | str
    state: str
    rows: int
    progress: int | None
    reason: str
    files: tuple[str, ...]
    total_rows: int | None = None
    collection_name: str = ""

    @property
    def is_failed(self) -> bool:
        """Whether the import failed."""
        return self.state in ("Failed", "FailedAndCleaned")

    @property
    def is_done(self) -> bool:
        """Whether the import is completed."""
        return self.state == "Completed"


class ImportProgress(NamedTuple):
    """The progress of the imports of one job.

    Attributes:
        states: the state of each import; empty before the server was asked.
    """

    states: Sequence[ImportState]

    @property
    def state(self) -> str:
        """The state of an import that failed, else of the one that is furthest from its end."""
        if not self.states:
            return "Pending"
        failed = next((state for state in self.states if state.is_failed), None)
        return (failed or min(self.states, key=lambda state: (state.is_done, state.progress or 0))).state

    @property
    def percent(self) -> int:
        """The progress of all imports in percent."""
        if not self.states:
            return 0
        return sum(100 if state.is_done else state.progress or 0 for state in self.states) // len(self.states)

    def line(self, *, bar: bool = True) -> str:
        """Return the progress in words.

        Args:
            bar: draw a bar.

        Example:
            >>> from milvusclient.models.imports import ImportProgress, ImportState
            >>> ImportProgress([ImportState(7, "Importing", 2500, 50, "", (), 5000)]).line()
            '[############            ]  50%  2,500 of 5,000 rows, Importing'
        """
        drawn = f"[{'#' * (self.percent * _BAR // 100):{_BAR}}] " if bar else ""
        rows = f"{sum(state.rows for state in self.states):,}"
        totals = [state.total_rows for state in self.states]
        known = [total for total in totals if total]
        of_all = f" of {sum(known):,}" if known and len(known) == len(totals) else ""
        return f"{drawn}{self.percent:3}%  {rows}{of_all} rows, {self.state}"
