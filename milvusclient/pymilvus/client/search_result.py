"""The results of searches; printed, they show ten of their parts, as the reference client's do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Self

from milvusclient.models import results
from milvusclient.models.results import AggregationBucket, Hit, hit_class
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.tolerance import Tolerant

__all__ = ["AggregationBucket", "Hit", "Hits", "HybridHits", "SearchResult"]

__getattr__, __dir__ = module_names(__name__)


class Hits(results.Hits, metaclass=Tolerant):
    """The hits of one query vector; see :class:`milvusclient.Hits`."""

    __slots__ = ()
    _strict = results.Hits

    def __str__(self) -> str:
        more = f" ... and {len(self) - 10} entities remaining" if len(self) > 10 else ""
        return f"[{', '.join(map(dict.__repr__, self[:10]))}]{more}"

    __repr__ = __str__


class HybridHits(Hits):
    """The class of the hits that a search returns; it differs from :class:`Hits` in its name alone."""

    __slots__ = ()


class _PrintedWhole:
    """Lets the hits of this package print all of their vectors, and be their own entity."""

    __slots__ = ()

    primary_key: str

    @property
    def entity(self) -> Self:
        """The hit itself, from which the output fields can be read, too."""
        return self

    def __repr__(self) -> str:
        return dict.__repr__(self)

    def __reduce__(self) -> tuple[Callable[..., Hit], tuple[str, dict[str, Any]]]:
        return _restore_hit, (self.primary_key, dict(self))  # type: ignore[call-overload]  # mixed into dicts


@cache
def printed_whole(hit: type[Hit]) -> type[Hit]:
    """Return the class of this package's hits that corresponds to a class of strict hits."""
    return type(hit.__name__, (_PrintedWhole, hit), {"__slots__": (), "__module__": __name__})


def _restore_hit(primary_key: str, items: dict[str, Any]) -> Hit:
    """Build a hit again when it is unpickled: pickle cannot find the classes that :func:`printed_whole` makes."""
    return printed_whole(hit_class(primary_key))(items)


def print_whole(hits: results.Hits) -> None:
    """Let the hits of one query vector be those of this package: the same dicts, so that nothing is copied."""
    if hits and not issubclass(type(hits[0]), _PrintedWhole):
        whole = printed_whole(type(hits[0]))
        for hit in hits:
            hit.__class__ = whole


class SearchResult(results.SearchResult, metaclass=Tolerant):
    """The hits of each query vector; see :class:`milvusclient.SearchResult`."""

    __slots__ = ()
    _strict = results.SearchResult

    def __str__(self) -> str:
        recalls = f",recalls: {self.recalls[:10]}" if self.recalls else ""
        more = f" ... and {len(self) - 10} results remaining" if len(self) > 10 else ""
        return f"data: {list(self[:10])}{recalls}{more}{f',{self.extra}' if self.extra else ''}"

    __repr__ = __str__
