"""Iterators over the hits of searches; there is one for all servers."""

from __future__ import annotations

from typing import Any

from milvusclient._sync.iterators import SearchIterator
from milvusclient._sync.iterators import SearchIterator as SearchIteratorV2
from milvusclient.models import results
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.search_result import Hits, print_whole

__all__ = ["OrmSearchIterator", "SearchIterator", "SearchIteratorV2", "SearchPage"]

__getattr__, __dir__ = module_names(__name__)


class SearchPage(Hits):
    """A page of a search iterator, whose keys and distances are methods, not properties."""

    __slots__ = ()

    def __init__(self, hits: results.Hits) -> None:
        print_whole(hits)
        super().__init__(hits)

    def __str__(self) -> str:
        return str([str(hit) for hit in self[:10]])

    __repr__ = __str__

    def ids(self) -> list[Any]:  # type: ignore[override]  # that is the difference
        """Return the primary keys, in the order of the hits."""
        return [hit.id for hit in self]

    def distances(self) -> list[float]:  # type: ignore[override]  # that is the difference
        """Return the distances, in the order of the hits."""
        return [hit.distance for hit in self]


class _Paged(SearchIterator):
    """An iterator whose pages are those of the reference client."""

    __slots__ = ()

    def next(self) -> SearchPage:
        return SearchPage(super().next())


def paged(pages: SearchIterator) -> SearchIterator:
    """Let an iterator return pages as the reference client's does."""
    pages.__class__ = _Paged
    return pages


class OrmSearchIterator:
    """The iterator that ``Collection.search_iterator`` returns.

    Args:
        pages: the iterator of MilvusClient.
    """

    def __init__(self, pages: SearchIterator) -> None:
        self._pages = pages

    def next(self) -> SearchPage:
        """Return the next page; an empty one when there are no more hits."""
        return SearchPage(self._pages.next())

    def close(self) -> None:
        """Let the server forget the iterator."""
        self._pages.close()
