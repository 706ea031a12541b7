"""Iterators: which requests fetch all rows page by page, and what their replies mean."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, require_int
from milvusclient.exceptions import MilvusException, ParamError, ReplyError
from milvusclient.models.results import Hit, Hits, QueryResult, SearchResult
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.keys import in_expression, key_literals
from milvusclient.policy.paging import LARGEST_PAGE, Allowance, Band, BandWalk

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2
    from milvusclient.models.collection import CollectionInfo, FieldInfo

__all__ = [
    "BandPages",
    "PageFilter",
    "QueryPages",
    "SearchPages",
    "TokenPages",
    "build_probe",
    "check_no_offset",
    "check_page_filter",
    "check_single",
    "iterator_pairs",
    "metric_of",
    "named_metric",
    "require_batch_size",
    "require_limit",
    "search_field",
]

#: What a program does to the hits of a page before they are handed out.
PageFilter = Callable[[Hits], Hits | list[Hit]]

_LARGER_IS_NEARER = ("IP", "COSINE", "BM25")


# --- arguments -------------------------------------------------------------------------------------------------------
def require_batch_size(batch_size: int | None) -> int:
    """How many rows a page has.

    Raises:
        ParamError: it cannot be so many.
    """
    return 1_000 if batch_size is None else require_int("batch_size", batch_size, least=1, most=LARGEST_PAGE)


def require_limit(limit: int | None) -> int | None:
    """How many rows an iterator hands out in all; None for all there are, which -1 means too.

    Raises:
        ParamError: it cannot be so many.
    """
    return None if limit is None or limit == -1 else require_int("limit", limit, least=0)


def check_page_filter(page_filter: PageFilter | None) -> None:
    """Check that a filter of pages can be called.

    Raises:
        ParamError: it cannot.
    """
    if page_filter is not None and not callable(page_filter):
        raise ParamError(message=f"external_filter_func must be a function of the hits, got {given(page_filter)}")


def check_single(data: object) -> None:
    """Check that there is one query vector.

    Raises:
        ParamError: there is none, or more than one.
    """
    try:
        count = len(data)  # type: ignore[arg-type]  # the except is for what has no length
    except TypeError:
        raise ParamError(message=f"data must be a list with one query vector, got {given(data)}") from None
    if count != 1:
        raise ParamError(message=f"a search iterator takes one query vector, data has {count}")


def check_no_offset(base: milvus_pb2.SearchRequest) -> None:
    """Check that the search parameters have no offset.

    Raises:
        ParamError: they have one.
    """
    if "offset" in _texts(base):
        raise ParamError(message="a search iterator has no offset; skip the first hits of its pages")


def iterator_pairs(collection: CollectionInfo) -> list[common_pb2.KeyValuePair]:
    """What every request of an iterator says."""
    return key_value_pairs({"iterator": "True", "collection_id": str(collection.collection_id)})


def search_field(collection: CollectionInfo, anns_field: str | None) -> str:
    """The name of the field that is searched.

    Raises:
        MilvusException: there are several, and none was named.
    """
    if anns_field:
        return anns_field
    names = [field.name for field in collection.vector_fields]
    if len(names) == 1:
        return names[0]
    raise MilvusException(message=f"give anns_field: collection {collection.name!r} has the vector fields {names}")


def named_metric(base: milvus_pb2.SearchRequest) -> str:
    """The metric that the program named; empty if it named none."""
    return _texts(base).get("metric_type", "")


def metric_of(reply: milvus_pb2.DescribeIndexResponse, field_name: str) -> str:
    """The metric of the index of a field.

    Raises:
        MilvusException: the field has no index, or one without metric.
    """
    for index in reply.index_descriptions:
        if index.field_name == field_name:
            for pair in index.params:
                if pair.key == "metric_type":
                    return pair.value
    raise MilvusException(message=f"no index of {field_name!r} names a metric; give metric_type in search_params")


# --- search ----------------------------------------------------------------------------------------------------------
def build_probe(base: milvus_pb2.SearchRequest) -> milvus_pb2.SearchRequest:
    """The first search of an iterator: does the server make iterators, and as of which moment?"""
    return _searched(base, {**_texts(base), "topk": "1", "search_iter_v2": "True", "search_iter_batch_size": "1"})


def _texts(request: milvus_pb2.SearchRequest) -> dict[str, str]:
    return {pair.key: pair.value for pair in request.search_params}


def _searched(base: milvus_pb2.SearchRequest, texts: dict[str, str]) -> milvus_pb2.SearchRequest:
    request = milvus_pb2.SearchRequest()
    request.CopyFrom(base)
    del request.search_params[:]
    request.search_params.extend(key_value_pairs(texts))
    return request


class SearchPages(ABC):
    """All hits of a search, page by page: gives out requests, takes in results, hands out hits.

    Args:
        base: the search, with its query vector.
        allowance: how many hits are handed out.
        page_filter: what the program does to each page.
        round_decimal: how many decimals the distances keep.
    """

    def __init__(
        self,
        base: milvus_pb2.SearchRequest,
        allowance: Allowance,
        page_filter: PageFilter | None,
        round_decimal: int,
    ) -> None:
        self._base = base
        self._texts = _texts(base)
        self._allowance = allowance
        self._page_filter = page_filter
        self._round_decimal = round_decimal
        self._hits: list[Hit] = []
        self._is_done = False

    @property
    def wants_more(self) -> bool:
        """Whether a request is needed before :meth:`take` gives a full page."""
        return not self._is_done and len(self._hits) < self._allowance.next_page

    @abstractmethod
    def next_request(self) -> milvus_pb2.SearchRequest:
        """The next request to send."""

    @abstractmethod
    def receive(self, result: SearchResult) -> None:
        """Take in the result of the last request, with distances that are not rounded."""

    def take(self) -> Hits:
        """The hits of the next page; none when there are no more."""
        count = self._allowance.next_page
        page = Hits(self._hits[:count])
        del self._hits[:count]
        self._allowance.spend(len(page))
        return page

    def _keep(self, hits: Hits) -> None:
        if not hits:
            return
        if self._round_decimal >= 0:
            for hit in hits:
                hit["distance"] = round(hit["distance"], self._round_decimal)
        self._hits.extend(hits if self._page_filter is None else self._page_filter(hits))

    def _pin(self, result: SearchResult) -> None:
        """See what the first request saw, unless the program says which moment to look at."""
        if not self._base.guarantee_timestamp:
            self._base.guarantee_timestamp = result.session_ts


class TokenPages(SearchPages):
    """For servers that make iterators: the token names the iterator, the bound says where its next page begins."""

    def __init__(
        self,
        base: milvus_pb2.SearchRequest,
        allowance: Allowance,
        page_filter: PageFilter | None,
        round_decimal: int,
        probed: SearchResult,
    ) -> None:
        super().__init__(base, allowance, page_filter, round_decimal)
        self._pin(probed)
        self._fills_up = page_filter is not None
        size = str(allowance.batch_size)
        self._texts.update(topk=size, search_iter_v2="True", search_iter_batch_size=size)

    @property
    def wants_more(self) -> bool:
        """As in the base; but a page that the server made short is handed out as it is."""
        return super().wants_more and (self._fills_up or not self._hits)

    def take(self) -> Hits:
        """As in the base; the end is a page of the server's that is empty, behind all that was handed out."""
        page = super().take()
        self._is_done = self._is_done and not page
        return page

    def next_request(self) -> milvus_pb2.SearchRequest:
        """The next request to send."""
        return _searched(self._base, self._texts)

    def receive(self, result: SearchResult) -> None:
        """Take in the result of the last request."""
        hits = result[0] if result else Hits()
        self._is_done = not hits
        if result.iterator_token:
            self._texts["search_iter_last_bound"] = str(result.iterator_last_bound)
            self._texts["search_iter_id"] = result.iterator_token
        self._keep(hits)


class BandPages(SearchPages):
    """For servers that do not: range searches, one band of distances after another."""

    def __init__(
        self,
        base: milvus_pb2.SearchRequest,
        allowance: Allowance,
        page_filter: PageFilter | None,
        round_decimal: int,
        primary: FieldInfo,
        field_name: str,
        metric: str,
    ) -> None:
        super().__init__(base, allowance, page_filter, round_decimal)
        self._primary = primary
        self._params: dict[str, Any] = {**json.loads(self._texts["params"]), "metric_type": metric}
        # Bands begin where hits are, and rounded distances are elsewhere.
        self._texts.update(metric_type=metric, anns_field=field_name, round_decimal="-1")
        radius, ef = self._params.get("radius"), self._params.get("ef")
        self._walk = BandWalk(
            allowance.batch_size,
            metric.upper() in _LARGER_IS_NEARER,
            end=float(radius) if isinstance(radius, int | float) else None,
            # An HNSW index never finds more than ef.
            most=min(LARGEST_PAGE, ef) if isinstance(ef, int) else LARGEST_PAGE,
        )
        if self._walk.most < allowance.batch_size:
            raise ParamError(message=f"ef must be at least batch_size ({allowance.batch_size}), got {ef}")
        self._band: Band | None = None
        self._is_first = True

    def next_request(self) -> milvus_pb2.SearchRequest:
        """The next request to send."""
        if self._is_first:
            return _searched(self._base, {**self._texts, "topk": str(self._allowance.batch_size), **self._encoded({})})
        self._band = band = self._walk.next_band()
        bounds = {"radius": band.far, "range_filter": band.near}
        request = _searched(self._base, {**self._texts, "topk": str(band.limit), **self._encoded(bounds)})
        others = in_expression(self._primary, self._walk.tail_keys, negated=True, quote='"')
        request.dsl = f"({request.dsl}) and {others}" if request.dsl else others
        return request

    def _encoded(self, bounds: dict[str, float]) -> dict[str, str]:
        return {"params": json.dumps({**self._params, **bounds}, separators=(",", ":"), ensure_ascii=False)}

    def receive(self, result: SearchResult) -> None:
        """Take in the result of the last request."""
        if self._is_first:
            self._is_first = False
            self._pin(result)
        hits = result[0] if result else Hits()
        self._walk.receive(hits.ids, hits.distances, self._band)
        self._is_done = self._walk.is_done
        self._keep(hits)


# --- query -----------------------------------------------------------------------------------------------------------
class QueryPages:
    """All rows that a filter finds, in the order of their primary keys: gives out requests, takes in rows.

    Args:
        base: the query; pages have its output fields, and none means what the server chooses.
        primary: the primary key.
        allowance: how many rows are handed out.
        offset: how many rows to skip first; None means none, and does not appear in requests.
        resumed: where an earlier iterator ended: the moment that it looked at, and the last key it handed out.
    """

    def __init__(
        self,
        base: milvus_pb2.QueryRequest,
        primary: FieldInfo,
        allowance: Allowance,
        offset: int | None,
        resumed: tuple[int, int | str] | None = None,
    ) -> None:
        self._base = base
        self._texts = {pair.key: pair.value for pair in base.query_params}
        self._primary = primary
        self._allowance = allowance
        self._rows: list[dict[str, Any]] = []
        self._is_done = False
        self._is_pinned = resumed is not None
        self._skip = offset or 0
        self._last: int | str | None = None
        if resumed is not None:
            self._base.guarantee_timestamp, self._last = resumed
            self._skip = 0
        #: The last key that was handed out.
        self.last_taken = self._last

    @property
    def timestamp(self) -> int:
        """The moment that the pages show."""
        return self._base.guarantee_timestamp

    @property
    def prepares(self) -> bool:
        """Whether requests are needed before the first page."""
        return not self._is_pinned or self._skip > 0

    @property
    def wants_more(self) -> bool:
        """Whether a request is needed before :meth:`take` gives a page."""
        return not self._is_done and not self._rows and self._allowance.next_page > 0

    def next_request(self) -> milvus_pb2.QueryRequest:
        """The next request to send: for the moment to look at, for rows to skip, or for a page."""
        request = milvus_pb2.QueryRequest()
        request.CopyFrom(self._base)
        del request.query_params[:]
        texts = dict(self._texts)
        if not self._is_pinned:
            del request.output_fields[:], request.partition_names[:]
            texts.update(limit="1", offset="0")
        elif self._skip:
            del request.output_fields[:]
            limit = str(min(self._skip, LARGEST_PAGE))
            texts.update(limit=limit, offset="0", iterator="False", reduce_stop_for_best="False")
        else:
            texts["limit"] = str(self._allowance.batch_size)
        if self._last is not None:
            (literal,) = key_literals(self._primary, [self._last], '"')
            after = f"{self._primary.name} > {literal}"
            request.expr = f"{after} and ({request.expr})" if request.expr else after
        request.query_params.extend(key_value_pairs(texts))
        return request

    def receive(self, rows: QueryResult) -> None:
        """Take in the rows of the last request."""
        if not self._is_pinned:
            self._is_pinned = True
            self._base.guarantee_timestamp = int(rows.extra.get("iterator_session_ts", 0)) or self.timestamp
            return
        if rows:
            self._last = rows[-1].get(self._primary.name)
            if self._last is None:
                raise ReplyError(
                    message=f"the reply cannot be read: its rows have no key in the field {self._primary.name!r}"
                )
        if self._skip:
            self._skip = self._skip - len(rows) if rows else 0
            return
        self._rows.extend(rows)
        self._is_done = not rows

    def take(self) -> list[dict[str, Any]]:
        """The rows of the next page; none when there are no more."""
        count = self._allowance.next_page
        page = self._rows[:count]
        del self._rows[:count]
        self._allowance.spend(len(page))
        if page:
            self.last_taken = page[-1][self._primary.name]
        return page
