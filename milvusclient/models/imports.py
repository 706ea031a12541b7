"""The state of a file that a server imports."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ImportState"]


@dataclass(frozen=True, slots=True)
class ImportState:
    """The state of one import.

    Attributes:
        job_id: identifier of the import on the server.
        state: ``"Pending"``, ``"Started"``, ``"Persisted"``, ``"Flushed"``, ``"Completed"``, ``"Failed"`` or
            ``"FailedAndCleaned"``.
        rows: number of imported rows.
        progress: progress in percent; None if the server does not tell it.
        reason: why the import failed; empty if it did not.
        files: the files, as the server names them.

    Example:
        >>> from milvusclient.models.imports import ImportState
        >>> ImportState(7, "Completed", 1000, 100, "", ("rows.json",)).is_done
        True
    """

    job_id: int
    state: str
    rows: int
    progress: int | None
    reason: str
    files: tuple[str, ...]

    @property
    def is_failed(self) -> bool:
        """Whether the import failed."""
        return self.state in ("Failed", "FailedAndCleaned")

    @property
    def is_done(self) -> bool:
        """Whether the import is completed."""
        return self.state == "Completed"
