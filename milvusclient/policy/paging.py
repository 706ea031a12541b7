"""Paging of iterators: numbers in, the range of the next page out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["LARGEST_PAGE", "Allowance", "Band", "BandWalk"]

#: The most rows that one reply may have.
LARGEST_PAGE = 16_384
#: How often a band grows when it is empty; after that, everything that is left is asked for.
_MOST_MISSES = 5
#: How many pages a band may return; the surplus is kept for the next pages.
_ROOM = 10
#: The largest float of 32 bits: no distance exceeds it.
_BEYOND = 3.4028234663852886e38
#: The width of a band when all distances of the last page are equal.
_LEAST_WIDTH = 0.05


class Allowance:
    """The number of rows that an iterator may still return; None means all."""

    __slots__ = ("batch_size", "left")

    def __init__(self, batch_size: int, limit: int | None) -> None:
        self.batch_size = batch_size
        self.left = limit

    @property
    def next_page(self) -> int:
        """The largest number of rows of the next page."""
        return self.batch_size if self.left is None else min(self.batch_size, self.left)

    def spend(self, rows: int) -> None:
        """Count rows that were returned."""
        if self.left is not None:
            self.left -= rows


class Band(NamedTuple):
    """A range of distances to ask for, from ``near`` (included) to ``far``.

    Args:
        near: the end that is nearer to the query vector.
        far: the end that is farther from it.
        limit: the largest number of hits.
        is_last: there is no band after this one.
    """

    near: float
    far: float
    limit: int
    is_last: bool


class BandWalk:
    """Walks through all hits of a search, from near to far, by asking for one band of distances after another.

    Each band begins at the distance of the last hit and is as wide as the last page, because hits are about as dense
    there. An empty band grows; after a few times everything beyond is asked for, so that no gap between hits, however
    wide, ends the walk too early.

    Args:
        batch_size: the number of hits of a page.
        larger_is_nearer: whether the metric is a similarity, not a distance.
        end: the distance at which the walk ends; None for no limit.
        most: the largest number of hits of a reply.
    """

    def __init__(
        self, batch_size: int, larger_is_nearer: bool, end: float | None = None, most: int = LARGEST_PAGE
    ) -> None:
        self.batch_size = batch_size
        self.larger_is_nearer = larger_is_nearer
        self.end = end
        self.most = most
        #: Distance of the last hit, and the keys of all hits that far: a band includes its near end.
        self.tail = 0.0
        self.tail_keys: list[int | str] = []
        self.is_done = False
        self._step = 0.0
        self._misses = 0

    def next_band(self) -> Band:
        """Return the next band to ask for, after the first page."""
        limit = min(self.batch_size * _ROOM, self.most)
        beyond = self._limit_of_all()
        if self._misses >= _MOST_MISSES:
            # Milvus Lite looks for the hits of a band only among some times ``limit`` nearest ones.
            return Band(self.tail, beyond, self.most, is_last=True)
        far = self.tail + self._step * 2**self._misses
        far = max(far, beyond) if self.larger_is_nearer else min(far, beyond)
        return Band(self.tail, far, limit, is_last=False)

    def _limit_of_all(self) -> float:
        if self.end is not None:
            return self.end
        return -_BEYOND if self.larger_is_nearer else _BEYOND

    def receive(self, keys: Sequence[int | str], distances: Sequence[float], band: Band | None) -> None:
        """Note the hits of a band, or of the first page (``band`` is None), best first."""
        if not keys:
            reached_end = band is not None and band.far == self._limit_of_all()
            self._misses = _MOST_MISSES if reached_end else self._misses + 1
            self.is_done = band is None or band.is_last
            return
        self._misses = 0
        last = distances[-1]
        known = self.tail_keys if band is not None and last == self.tail else []
        self.tail_keys = [*known, *(key for key, distance in zip(keys, distances, strict=True) if distance == last)]
        self.tail = last
        if last != distances[0]:
            self._step = last - distances[0]
        elif not self._step:
            self._step = -_LEAST_WIDTH if self.larger_is_nearer else _LEAST_WIDTH
        if band is not None and band.is_last and len(keys) < band.limit:
            self.is_done = True
