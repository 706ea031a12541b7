"""SearchAggregation: search results grouped into buckets, each with metrics and its best hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, require_int, require_one_of
from milvusclient.exceptions import ParamError

_Kind = TypeVar("_Kind")

__all__ = ["SearchAggregation", "TopHits"]

_METRICS = ("avg", "count", "max", "min", "sum")
_DIRECTIONS = ("asc", "desc")
_BUCKET_ORDERS = ("_count", "_key")


@suggest_keywords
class TopHits:
    """The best hits of each bucket.

    Args:
        size: maximum number of hits in each bucket.
        sort: their order, as dicts from a field or ``_score`` to ``"asc"`` or ``"desc"``; by score if not given.

    Raises:
        ParamError: ``size`` is not a positive int, or ``sort`` is not a list of such dicts.

    Example:
        >>> from milvusclient import TopHits
        >>> TopHits(3, [{"price": "asc"}]).sort
        [{'price': 'asc'}]
    """

    def __init__(self, size: int, sort: list[dict[str, str]] | None = None) -> None:
        self._size = require_int("TopHits: size", size, least=1)
        self._sort = _order(sort, "TopHits: sort")

    @property
    def size(self) -> int:
        """Maximum number of hits in each bucket."""
        return self._size

    @property
    def sort(self) -> list[dict[str, str]]:
        """Order of the hits, as dicts from a field or ``_score`` to a direction."""
        return self._sort

    def __repr__(self) -> str:
        return f"TopHits(size={self._size}, sort={self._sort!r})"


@suggest_keywords
class SearchAggregation:
    """Buckets of hits: hits with the same values in some fields share a bucket.

    Args:
        fields: names of those fields.
        size: maximum number of buckets.
        metrics: what to compute for each bucket: a dict from a name of your choice to a dict from an operation
            (``avg``, ``count``, ``max``, ``min``, ``sum``) to a field; ``count`` also takes ``"*"``.
        order: order of the buckets, as dicts from a metric, ``_key`` or ``_count`` to ``"asc"`` or ``"desc"``.
        top_hits: the best hits to return for each bucket.
        sub_aggregation: buckets inside each bucket.

    Raises:
        ParamError: an argument is invalid, or ``order`` names a metric that is not in ``metrics``.

    Example:
        >>> from milvusclient import SearchAggregation, TopHits
        >>> shops = SearchAggregation(["shop"], 5, {"mean": {"avg": "price"}}, [{"mean": "desc"}], TopHits(2))
        >>> shops.metrics["mean"], shops.top_hits.size
        ({'avg': 'price'}, 2)
    """

    def __init__(
        self,
        fields: list[str],
        size: int,
        metrics: dict[str, dict[str, str]] | None = None,
        order: list[dict[str, str]] | None = None,
        top_hits: TopHits | None = None,
        sub_aggregation: SearchAggregation | None = None,
    ) -> None:
        self._fields = _fields(fields)
        self._size = require_int("SearchAggregation: size", size, least=1)
        self._metrics = _metrics(metrics)
        self._order = _order(order, "SearchAggregation: order")
        for entry in self._order:
            key = next(iter(entry))
            if key not in self._metrics and key not in _BUCKET_ORDERS:
                known = ", ".join(map(repr, [*sorted(self._metrics), *_BUCKET_ORDERS]))
                raise ParamError(
                    message=f"SearchAggregation: cannot order by {key!r}, which is not a metric; use one of {known}"
                )
        self._top_hits = _optional(TopHits, top_hits, "top_hits")
        self._sub_aggregation = _optional(SearchAggregation, sub_aggregation, "sub_aggregation")

    @property
    def fields(self) -> list[str]:
        """Names of the fields; hits with the same values share a bucket."""
        return self._fields

    @property
    def size(self) -> int:
        """Maximum number of buckets."""
        return self._size

    @property
    def metrics(self) -> dict[str, dict[str, str]]:
        """The values to compute for each bucket, by name: a dict from an operation to a field."""
        return self._metrics

    @property
    def order(self) -> list[dict[str, str]]:
        """Order of the buckets, as dicts from a metric, ``_key`` or ``_count`` to a direction."""
        return self._order

    @property
    def top_hits(self) -> TopHits | None:
        """The best hits to return for each bucket."""
        return self._top_hits

    @property
    def sub_aggregation(self) -> SearchAggregation | None:
        """Buckets inside each bucket."""
        return self._sub_aggregation

    def __repr__(self) -> str:
        parts = {name.lstrip("_"): value for name, value in vars(self).items() if value}
        return f"SearchAggregation({', '.join(f'{name}={value!r}' for name, value in parts.items())})"


def _optional(kind: type[_Kind], value: object, name: str) -> _Kind | None:
    if value is None or isinstance(value, kind):
        return value
    raise ParamError(message=f"SearchAggregation: {name} must be a {kind.__name__}, got {given(value)}")


def _fields(value: object) -> list[str]:
    where = "SearchAggregation: fields"
    if not isinstance(value, list) or not value:
        raise ParamError(message=f"{where} must be a list of at least one field name, got {given(value)}")
    for index, name in enumerate(value):
        if not isinstance(name, str) or not name:
            raise ParamError(message=f"{where}[{index}] must be a non-empty str, got {given(name)}")
    return list(value)


def _pair(value: object, where: str) -> tuple[str, str]:
    """Return the key and the value of a dict with one entry."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, text),) = value.items()
        if isinstance(key, str) and isinstance(text, str):
            return key, text
    raise ParamError(message=f"{where} must be a dict with one entry, from a str to a str, got {given(value)}")


def _order(value: object, where: str) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ParamError(message=f"{where} must be a list of dicts, got {given(value)}")
    result: list[dict[str, str]] = []
    for index, entry in enumerate(value):
        key, direction = _pair(entry, f"{where}[{index}]")
        result.append({key: require_one_of(f"{where}[{index}]: the direction", direction, _DIRECTIONS)})
    return result


def _metrics(value: object) -> dict[str, dict[str, str]]:
    where = "SearchAggregation: metrics"
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ParamError(message=f"{where} must be a dict, got {given(value)}")
    result: dict[str, dict[str, str]] = {}
    for name, entry in value.items():
        if not isinstance(name, str) or not name:
            raise ParamError(
                message=f"{where}: the name of a metric must be a str that is not empty, got {given(name)}"
            )
        operation, field = _pair(entry, f"{where}[{name!r}]")
        require_one_of(f"{where}[{name!r}]: the operation", operation, _METRICS)
        if not field or (field == "*" and operation != "count"):
            raise ParamError(message=f"{where}[{name!r}]: {operation!r} needs a field name, got {field!r}")
        result[name] = {operation: field}
    return result
