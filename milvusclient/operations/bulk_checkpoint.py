"""The checkpoint of a bulk write: what it means, and what a later run does with each row of the source."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.bulk import BulkOptions

__all__ = [
    "Action",
    "Checkpoint",
    "Resumption",
    "check_not_emptier",
    "check_same_rows",
    "fingerprint",
    "identity",
    "merged",
    "row_fingerprint",
    "sampled",
]

#: The address in the text of an object that has no text of its own differs from run to run.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a bulk write in its checkpoint file.

    Attributes:
        read: number of rows that were read from the source.
        unwritten: positions of those that are not stored.
        unknown: positions of those that may or may not be stored.
        samples: digests of some rows of the source, by their positions.
    """

    read: int
    unwritten: list[range]
    unknown: list[range]
    samples: Mapping[int, str]

    @property
    def written(self) -> int:
        """The number of rows that are surely stored."""
        return self.read - sum(map(len, merged([*self.unwritten, *self.unknown])))


def fingerprint(collection: CollectionInfo) -> str:
    """Return a digest that tells collections, and their schemas, apart."""
    fields = [(field.name, int(field.data_type), field.dim) for field in collection.fields]
    return _digest([collection.database, collection.name, identity(collection), fields])


def identity(collection: CollectionInfo) -> int:
    """Return what tells a collection from an earlier one of the same name; 0 if Milvus Lite does not."""
    return collection.collection_id or collection.created_timestamp


def row_fingerprint(row: object) -> str:
    """Return a digest that tells rows of different sources apart."""
    shown = {str(name): repr(value) for name, value in row.items()} if isinstance(row, Mapping) else repr(row)
    return _digest(shown)


def _digest(value: object) -> str:
    text = _ADDRESS.sub("", json.dumps(value, sort_keys=True))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sampled(start: int, stop: int) -> Iterator[int]:
    """Yield the positions between two whose rows are compared in a later run: 0, and the powers of two.

    Example:
        >>> from milvusclient.operations.bulk_checkpoint import sampled
        >>> list(sampled(0, 5)), list(sampled(5, 40))
        ([0, 1, 2, 4], [8, 16, 32])
    """
    if start <= 0 < stop:
        yield 0
    position = 1 << max(start - 1, 0).bit_length()
    while position < stop:
        yield position
        position *= 2


def check_same_rows(found: Mapping[int, str], checkpoint: Checkpoint, place: str) -> None:
    """Check that rows are those of the run to which a checkpoint belongs; one that was not stored may have been mended.

    Args:
        found: digests of rows of the source.
        checkpoint: the checkpoint.
        place: name of the checkpoint file.

    Raises:
        ParamError: a row differs.
    """
    for position, digest in found.items():
        if position >= checkpoint.read or any(position in positions for positions in checkpoint.unwritten):
            continue
        if checkpoint.samples.get(position, digest) != digest:
            raise ParamError(
                message=f"{place} is the checkpoint of another source: row {position} differs; give the same source, "
                "or another file"
            )


def check_not_emptier(checkpoint: Checkpoint, rows: int, options: BulkOptions) -> None:
    """Check that a collection has the rows that a checkpoint tells of, where nothing else shows that it is another.

    Args:
        checkpoint: the checkpoint.
        rows: number of rows that the collection has.
        options: the options of the write; an upsert may have written a key several times, which is one row.

    Raises:
        ParamError: it has fewer.
    """
    if rows < (min(1, checkpoint.written) if options.upsert else checkpoint.written):
        raise ParamError(
            message=f"{options.checkpoint} tells of {checkpoint.written} written rows, but collection "
            f"{options.collection_name!r} has {rows}: it was created again, or rows were deleted or lost; "
            "give another file, or delete it to write all rows"
        )


def merged(ranges: Iterable[range]) -> list[range]:
    """Return the same positions as ascending ranges that do not touch.

    Example:
        >>> from milvusclient.operations.bulk_checkpoint import merged
        >>> merged([range(4, 6), range(0, 2), range(2, 3), range(5, 9)])
        [range(0, 3), range(4, 9)]
    """
    found: list[range] = []
    for positions in sorted(ranges, key=lambda each: each.start):
        if found and positions.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, positions.stop))
        elif positions:
            found.append(positions)
    return found


class Action(Enum):
    """Ways to deal with a row of which an earlier run has told."""

    SEND = "it is not stored"
    SKIP = "it is stored"
    CHECK = "it may be stored: ask the server"
    LEAVE = "it may be stored, and is neither sent again nor asked for"


def _parts(checkpoint: Checkpoint, unknown: Action) -> Iterator[tuple[range, Action]]:
    """Yield consecutive ranges of the rows that an earlier run has read, and what is done with them."""
    unwritten, in_doubt = (
        {positions.start: positions for positions in merged(ranges)}
        for ranges in (checkpoint.unwritten, checkpoint.unknown)
    )
    ends = {0, checkpoint.read}
    for positions in (*unwritten.values(), *in_doubt.values()):
        ends.update((positions.start, positions.stop))
    left = doubt = range(0)
    for start, stop in pairwise(sorted(ends)):
        left, doubt = unwritten.get(start, left), in_doubt.get(start, doubt)
        action = unknown if start in doubt else Action.SEND if start in left else Action.SKIP
        yield range(start, stop), action


class Resumption:
    """Says, in the order of the source, what a later run does with its rows.

    Args:
        checkpoint: what the earlier run left; None if there was none.
        unknown: what is done with rows that may or may not be stored.

    Attributes:
        position: position of the next row of the source.
    """

    def __init__(self, checkpoint: Checkpoint | None, unknown: Action) -> None:
        self.position = 0
        self.checkpoint = checkpoint or Checkpoint(0, [], [], {})
        self._parts = list(_parts(self.checkpoint, unknown))
        self._parts.reverse()

    @property
    def is_over(self) -> bool:
        """Whether the rows that follow are new."""
        return self.position >= self.checkpoint.read

    def take(self, most: int) -> tuple[int, Action]:
        """Return what is done with the next rows, and with how many of them, at most ``most``."""
        while self._parts and self._parts[-1][0].stop <= self.position:
            self._parts.pop()
        if not self._parts:
            self.position += most
            return most, Action.SEND
        positions, action = self._parts[-1]
        count = min(most, positions.stop - self.position)
        self.position += count
        return count, action

    def check_end(self, place: str) -> None:
        """Check that the source had all rows of which the checkpoint tells.

        Args:
            place: name of the checkpoint file.

        Raises:
            ParamError: it had fewer.
        """
        if not self.is_over:
            raise ParamError(
                message=f"{place} is the checkpoint of another source: this one has {self.position} rows, and "
                f"{self.checkpoint.read} were read; give the same source, or another file"
            )

    def rest(self, start: int) -> tuple[list[range], list[range]]:
        """Return the positions of the rows from ``start`` on that are not stored, and of those that may be."""
        unwritten, unknown = (
            [range(max(each.start, start), each.stop) for each in ranges if each.stop > start]
            for ranges in (self.checkpoint.unwritten, self.checkpoint.unknown)
        )
        return unwritten, unknown
