"""The requests that fetch all rows of a search or a query page by page, and the meaning of their replies."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, require_int
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.results import Hit, Hits, QueryResult, SearchResult
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.keys import in_expression
from milvusclient.operations.page_ranges import RangedPages, key_of, ranged_expression
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
    "require_in_flight",
    "require_limit",
    "search_field",
]

#: A caller's function that selects the hits of a page.
PageFilter = Callable[[Hits], Hits | list[Hit]]

_MOST_IN_FLIGHT = 256
_LARGER_IS_NEARER = ("IP", "COSINE", "BM25")


# --- arguments -------------------------------------------------------------------------------------------------------
def require_batch_size(batch_size: int | None) -> int:
    """Return the number of rows of a page.

    Raises:
        ParamError: the number is invalid.
    """
    return 1_000 if batch_size is None else require_int("batch_size", batch_size, least=1, most=LARGEST_PAGE)


def require_limit(limit: int | None) -> int | None:
    """Return the number of rows of all pages; None for -1, which both mean no limit.

    Raises:
        ParamError: the number is invalid.
    """
    return None if limit is None or limit == -1 else require_int("limit", limit, least=0)


def require_in_flight(in_flight: int) -> int:
    """Return the number of pages that are requested at the same time.

    Raises:
        ParamError: the number is invalid.
    """
    return require_int("in_flight", in_flight, least=1, most=_MOST_IN_FLIGHT)


def check_page_filter(page_filter: PageFilter | None) -> None:
    """Check that a filter of pages is callable.

    Raises:
        ParamError: it is not.
    """
    if page_filter is not None and not callable(page_filter):
        raise ParamError(message=f"external_filter_func must be a function of the hits, got {given(page_filter)}")


def check_single(data: object) -> None:
    """Check that ``data`` holds exactly one query vector.

    Raises:
        ParamError: it does not.
    """
    try:
        count = len(data)  # type: ignore[arg-type]  # the except is for what has no length
    except TypeError:
        raise ParamError(message=f"data must be a list with one query vector, got {given(data)}") from None
    if count != 1:
        raise ParamError(message=f"data must hold exactly one query vector for a search iterator, got {count}")


def check_no_offset(base: milvus_pb2.SearchRequest) -> None:
    """Check that the search parameters do not have an offset.

    Raises:
        ParamError: they have one.
    """
    if "offset" in _texts(base):
        raise ParamError(message="search iterators do not support offset; skip the first hits of the pages instead")


def iterator_pairs(collection: CollectionInfo) -> list[common_pb2.KeyValuePair]:
    """Build the parameters of every request of an iterator."""
    return key_value_pairs({"iterator": "True", "collection_id": str(collection.collection_id)})


def search_field(collection: CollectionInfo, anns_field: str | None) -> str:
    """Return the name of the searched field.

    Raises:
        MilvusException: the collection has several vector fields, and ``anns_field`` is missing.
    """
    if anns_field:
        return anns_field
    names = [field.name for field in collection.vector_fields]
    if len(names) == 1:
        return names[0]
    raise MilvusException(
        message=f"anns_field is missing; collection {collection.name!r} has the vector fields {names}, give one of them"
    )


def named_metric(base: milvus_pb2.SearchRequest) -> str:
    """Return the metric in the search parameters; empty if they do not have one."""
    return _texts(base).get("metric_type", "")


def metric_of(reply: milvus_pb2.DescribeIndexResponse, field_name: str) -> str:
    """Return the metric of the index of a field.

    Raises:
        MilvusException: the field does not have an index with a metric.
    """
    for index in reply.index_descriptions:
        if index.field_name == field_name:
            for pair in index.params:
                if pair.key == "metric_type":
                    return pair.value
    raise MilvusException(
        message=f"field {field_name!r} does not have an index with a metric; give metric_type in search_params"
    )


# --- search ----------------------------------------------------------------------------------------------------------
def build_probe(base: milvus_pb2.SearchRequest) -> milvus_pb2.SearchRequest:
    """Build the first search of an iterator, which tells whether the server has iterators, and the snapshot."""
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
    """The state of a search iterator: it builds requests, receives results and returns hits page by page.

    Args:
        base: the search, with its query vector.
        allowance: number of hits of a page, and in total.
        page_filter: the caller's function that selects the hits of a page.
        round_decimal: number of decimals of the distances, 0 to 6; -1 means all.
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
        """Return whether a request is needed before :meth:`take` can return a full page."""
        return not self._is_done and len(self._hits) < self._allowance.next_page

    @abstractmethod
    def next_request(self) -> milvus_pb2.SearchRequest:
        """Build the next request."""

    @abstractmethod
    def receive(self, result: SearchResult) -> None:
        """Receive the result of the last request, with distances that are not rounded."""

    def take(self) -> Hits:
        """Return the hits of the next page; an empty list at the end."""
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
        """Read the snapshot of the first request, unless the caller gave a timestamp."""
        if not self._base.guarantee_timestamp:
            self._base.guarantee_timestamp = result.session_ts


class TokenPages(SearchPages):
    """Pages from a server with search iterators: a token names the iterator, a bound the start of the next page."""

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
        """Return whether a request is needed; a page that the server cut short is returned as it is."""
        return super().wants_more and (self._fills_up or not self._hits)

    def take(self) -> Hits:
        """Return the hits of the next page. The iterator ends with an empty page of the server."""
        page = super().take()
        self._is_done = self._is_done and not page
        return page

    def next_request(self) -> milvus_pb2.SearchRequest:
        """Build the next request."""
        return _searched(self._base, self._texts)

    def receive(self, result: SearchResult) -> None:
        """Receive the result of the last request."""
        hits = result[0] if result else Hits()
        self._is_done = not hits
        if result.iterator_token:
            self._texts["search_iter_last_bound"] = str(result.iterator_last_bound)
            self._texts["search_iter_id"] = result.iterator_token
        self._keep(hits)


class BandPages(SearchPages):
    """Pages from a server without search iterators: range searches, one band of distances after another."""

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
        # Bands begin at the distances of hits, and rounded distances would miss them.
        self._texts.update(metric_type=metric, anns_field=field_name, round_decimal="-1")
        radius, ef = self._params.get("radius"), self._params.get("ef")
        self._walk = BandWalk(
            allowance.batch_size,
            metric.upper() in _LARGER_IS_NEARER,
            end=float(radius) if isinstance(radius, int | float) else None,
            # An HNSW index never finds more than ef hits.
            most=min(LARGEST_PAGE, ef) if isinstance(ef, int) else LARGEST_PAGE,
        )
        if self._walk.most < allowance.batch_size:
            raise ParamError(message=f"ef must be at least batch_size ({allowance.batch_size}), got {ef}")
        self._band: Band | None = None
        self._is_first = True

    def next_request(self) -> milvus_pb2.SearchRequest:
        """Build the next request."""
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
        """Receive the result of the last request."""
        if self._is_first:
            self._is_first = False
            self._pin(result)
        hits = result[0] if result else Hits()
        self._walk.receive(hits.ids, hits.distances, self._band)
        self._is_done = self._walk.is_done
        self._keep(hits)


# --- query -----------------------------------------------------------------------------------------------------------
class QueryPages:
    """The state of a query iterator: it builds requests, receives rows and returns them in the order of their keys.

    Args:
        base: the query.
        primary: primary key of the collection.
        allowance: number of rows of a page, and in total.
        offset: number of rows to skip; None means none, and is not sent.
        resumed: position of an earlier iterator: the timestamp of its snapshot, and the last key that it returned.
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
        #: The last key that was returned.
        self.last_taken = self._last

    @property
    def timestamp(self) -> int:
        """The timestamp of the snapshot that the pages show."""
        return self._base.guarantee_timestamp

    @property
    def prepares(self) -> bool:
        """Return whether requests are needed before the first page."""
        return not self._is_pinned or self._skip > 0

    @property
    def wants_more(self) -> bool:
        """Return whether a request is needed before :meth:`take` can return a page."""
        return not self._is_done and not self._rows and self._allowance.next_page > 0

    def next_request(self) -> milvus_pb2.QueryRequest:
        """Build the next request: for the snapshot, for rows to skip, or for a page."""
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
        request.expr = ranged_expression(self._primary, request.expr, self._last, None)
        request.query_params.extend(key_value_pairs(texts))
        return request

    def receive(self, rows: QueryResult) -> None:
        """Receive the rows of the last request."""
        if not self._is_pinned:
            self._is_pinned = True
            self._base.guarantee_timestamp = int(rows.extra.get("iterator_session_ts", 0)) or self.timestamp
            return
        if rows:
            self._last = key_of(rows[-1], self._primary)
        if self._skip:
            self._skip = self._skip - len(rows) if rows else 0
            return
        self._rows.extend(rows)
        self._is_done = not rows

    def take(self) -> list[dict[str, Any]]:
        """Return the rows of the next page; an empty list at the end."""
        count = self._allowance.next_page
        page = self._rows[:count]
        del self._rows[:count]
        self._allowance.spend(len(page))
        if page:
            self.last_taken = page[-1][self._primary.name]
        return page

    def several(self, in_flight: int) -> RangedPages:
        """Return the same pages, of which several are requested at a time; nothing must be left to prepare."""
        return RangedPages(self._base, self._primary, self._allowance, self._last, in_flight)
