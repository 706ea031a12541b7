"""The memory of a bulk write: which rows of its source an earlier run has dealt with, and the file that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from milvusclient.operations.bulk_checkpoint import (
    Action,
    Checkpoint,
    Resumption,
    check_same_rows,
    row_fingerprint,
    sampled,
)
from milvusclient.operations.checkpoint_lines import CheckpointLines, parse_checkpoint
from milvusclient.runtime.checkpoint_file import CheckpointFile

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.bulk import BulkOptions, Row
    from milvusclient.policy.bulk import BulkScheduler

__all__ = ["AsyncBulkJournal"]


class AsyncBulkJournal:
    """Keeps the checkpoint of a bulk write, if there is to be one.

    Args:
        options: the options of the write.

    Attributes:
        resumption: what is done with the rows that an earlier run has read.
    """

    def __init__(self, options: BulkOptions) -> None:
        self.resumption = Resumption(None, Action.SEND)
        self._options = options
        self._file: CheckpointFile | None = None
        self._lines: CheckpointLines | None = None

    def read(self, collection: CollectionInfo) -> Checkpoint | None:
        """Return what an earlier run left; None if that is nothing.

        Raises:
            ParamError: the file is not a checkpoint of the collection, or its folder does not exist.
        """
        if self._options.checkpoint is None:
            return None
        self._file = CheckpointFile(self._options.checkpoint)
        return parse_checkpoint(self._file.read(), collection, self._options.checkpoint)

    def begin(self, collection: CollectionInfo, found: Checkpoint | None) -> Action:
        """Begin where an earlier run ended; return what is done with rows that may be stored."""
        options = self._options
        unknown = Action.SEND if options.upsert else Action.CHECK if options.verify else Action.LEAVE
        self.resumption = Resumption(found, unknown)
        if self._file is not None:
            self._lines = CheckpointLines(collection, self.resumption)
        return unknown

    def recognize(self, rows: Sequence[object]) -> None:
        """Compare some rows of the source with those of the run that the checkpoint belongs to.

        Raises:
            ParamError: they differ.
        """
        if self._lines is None:
            return
        first = self.resumption.position
        found = {place: row_fingerprint(rows[place - first]) for place in sampled(first, first + len(rows))}
        check_same_rows(found, self.resumption.checkpoint, self._options.checkpoint or "")
        self._lines.add_samples(found)

    def save(self, scheduler: BulkScheduler[Row]) -> None:
        """Store where the rows of the source stand."""
        if self._file is None or self._lines is None:
            return
        whole = self._file.is_full
        line = self._lines.line(
            scheduler.next_index,
            scheduler.rejected_indices,
            scheduler.uncertain,
            *scheduler.under_way(),
            whole=whole,
        )
        if whole:
            self._file.replace(line)
        else:
            self._file.append(line)
