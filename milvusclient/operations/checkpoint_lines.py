"""The lines of the checkpoint file of a bulk write: each adds to those before it.

A refused row stays unwritten however long the write goes on, so a line that told of all of them would grow with each,
and thousands of such lines are written. A line therefore has only the refused rows that are new, and the few ranges of
rows that are still on their way.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import ParamError
from milvusclient.operations.bulk_checkpoint import Checkpoint, Resumption, fingerprint, merged

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo

__all__ = ["CheckpointLines", "parse_checkpoint"]

_BEGINNING = '{"done": '


class CheckpointLines:
    """Builds the lines of a file, one after the other.

    Args:
        collection: the collection.
        resumption: what an earlier run left.
    """

    def __init__(self, collection: CollectionInfo, resumption: Resumption) -> None:
        self._collection = fingerprint(collection)
        self._resumption = resumption
        self._earlier = merged([*resumption.checkpoint.unwritten, *resumption.checkpoint.unknown])
        self._passed = 0
        self._samples: dict[int, str] = {}
        self._told = (0, 0, 0)
        #: The first row that a line tells of as refused or uncertain.
        self._first = sys.maxsize

    def add_samples(self, samples: Mapping[int, str]) -> None:
        """Add digests of rows of the source to those of the earlier run."""
        self._samples |= samples

    def line(
        self,
        position: int,
        rejected: Sequence[int],
        uncertain: Sequence[int],
        pending: Sequence[range],
        flying: Sequence[range],
        *,
        whole: bool,
    ) -> str:
        """Build the next line.

        Args:
            position: position of the next row of the source.
            rejected: positions of the refused rows, new ones at the end.
            uncertain: positions of rows that may or may not be stored, new ones at the end.
            pending: positions of other rows that are not stored.
            flying: positions of rows that are on their way.
            whole: tell everything, and not only what is new.
        """
        told = (0, 0, 0) if whole else self._told
        self._told = (len(rejected), len(uncertain), len(self._samples))
        refused, doubted = _ranges(rejected[told[0] :]), _ranges(uncertain[told[1] :])
        samples = dict(islice(self._samples.items(), told[2], None))
        earlier = self._resumption.checkpoint
        self._first = min([self._first, *(each.start for each in (*refused, *doubted))])
        line: dict[str, Any] = {
            "done": min(self._first, self._next_earlier(position), *(each.start for each in (*pending, *flying))),
            "read": max(position, earlier.read),
            "position": position,
            "pending": _pairs(merged(pending)),
            "flying": _pairs(merged(flying)),
            "rejected": _pairs(refused),
            "uncertain": _pairs(doubted),
            "samples": samples,
        }
        if whole:
            line["samples"] = {**earlier.samples, **samples}
            line["earlier"] = [_pairs(merged(ranges)) for ranges in self._resumption.rest(position)]
            line["collection"] = self._collection
        return json.dumps(line) + "\n"

    def _next_earlier(self, position: int) -> int:
        """Return the first row behind a position that the earlier run left; the number of all rows if there is none."""
        while self._passed < len(self._earlier) and self._earlier[self._passed].stop <= position:
            self._passed += 1
        if self._passed == len(self._earlier):
            return max(position, self._resumption.checkpoint.read)
        return max(position, self._earlier[self._passed].start)


def parse_checkpoint(text: str, collection: CollectionInfo, place: str) -> Checkpoint | None:
    """Parse the complete lines of a checkpoint file; None if it has none.

    Raises:
        ParamError: the file is not a checkpoint, or one of another collection.
    """
    if not text:
        return None
    lines = text.split("\n")
    if len(lines) == 1 and text.startswith(_BEGINNING[: len(text)]):
        return None  # a crash has cut the first line short
    try:
        found, of_collection = _sum_of([json.loads(line) for line in lines[:-1]])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ParamError(message=f"{place} is not a checkpoint of a bulk write; give another file") from error
    if of_collection != fingerprint(collection):
        raise ParamError(
            message=f"{place} is the checkpoint of another collection, or collection {collection.name!r} was created "
            "again or changed; give another file, or delete it to write all rows"
        )
    return found


def _sum_of(lines: list[dict[str, Any]]) -> tuple[Checkpoint, str]:
    first, last = lines[0], lines[-1]
    position = int(last["position"])
    # The later run has dealt with the rows before its position itself.
    unwritten, unknown = (
        [range(max(each.start, position), each.stop) for each in _unpaired(pairs) if each.stop > position]
        for pairs in first["earlier"]
    )
    samples: dict[int, str] = {}
    for line in lines:
        unwritten += _unpaired(line["rejected"])
        unknown += _unpaired(line["uncertain"])
        samples |= {int(place): str(digest) for place, digest in line["samples"].items()}
    unwritten += _unpaired(last["pending"])
    unknown += _unpaired(last["flying"])
    return Checkpoint(int(last["read"]), merged(unwritten), merged(unknown), samples), first["collection"]


def _ranges(positions: Sequence[int]) -> list[range]:
    return merged(range(position, position + 1) for position in positions)


def _pairs(ranges: Iterable[range]) -> list[list[int]]:
    return [[each.start, each.stop] for each in ranges]


def _unpaired(pairs: Iterable[list[int]]) -> list[range]:
    return [range(*pair) for pair in pairs]
