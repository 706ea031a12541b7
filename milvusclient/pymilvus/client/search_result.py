"""The results of searches; printed, they show ten of their parts, as the reference client's do."""

from __future__ import annotations

from functools import cache

from milvusclient.models import results
from milvusclient.models.results import AggregationBucket, Hit
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.types import OmitZeroDict
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


@cache
def printed_whole(hit: type[Hit]) -> type[Hit]:
    """Return the class of hits that print all of their vectors, for a class of hits that shorten them."""
    return type(hit.__name__, (hit,), {"__slots__": (), "__module__": __name__, "__repr__": dict.__repr__})


#: Hits are plain dicts at once here; there is no second class for those that are not yet.
HybridHits = Hits


class SearchResult(results.SearchResult, metaclass=Tolerant):
    """The hits of each query vector; see :class:`milvusclient.SearchResult`."""

    __slots__ = ()
    _strict = results.SearchResult

    def __str__(self) -> str:
        recalls = f",recalls: {self.recalls[:10]}" if self.recalls else ""
        more = f" ... and {len(self) - 10} results remaining" if len(self) > 10 else ""
        extra = OmitZeroDict(self.extra)
        return f"data: {list(self[:10])}{recalls}{more}{f',{extra}' if extra.omit_zero_len() else ''}"

    __repr__ = __str__
