"""Results of queries and searches: lists and dicts with a few attributes and methods more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, overload

from milvusclient.display import ShownInNotebooks
from milvusclient.models.short_text import ShortDict, ShortList, short_mapping

__all__ = ["AggregationBucket", "AggregationHit", "Entity", "Hit", "Hits", "QueryResult", "SearchResult", "hit_class"]


class QueryResult(ShortList, list[dict[str, Any]]):
    """The rows that a query or a get found: a list of dicts from a field name to a value.

    Attributes:
        extra: what the server reports about the call: ``cost``, ``iterator_session_ts`` and, from some servers,
            ``scanned_remote_bytes``, ``scanned_total_bytes`` and ``cache_hit_ratio``.

    Example:
        >>> from milvusclient.models.results import QueryResult
        >>> rows = QueryResult([{"id": 1, "title": "a"}], extra={"cost": 2})
        >>> rows[0]["title"], rows.extra["cost"], rows == [{"id": 1, "title": "a"}]
        ('a', 2, True)
    """

    __slots__ = ("extra",)

    extra: dict[str, int | float]

    def __init__(self, rows: Iterable[dict[str, Any]] = (), *, extra: dict[str, int | float] | None = None) -> None:
        super().__init__(rows)
        self.extra = {} if extra is None else extra

    def materialize(self) -> None:
        """Do nothing: all rows are decoded already. For programs written for a client that decodes them later."""


#: Python and notebooks look for names with these prefixes in any object. A field of such a name can be read by key
#: only: as an attribute it would be taken for a method, or for an object with any attribute, which they do not show.
_NEVER_FIELDS = ("__", "_ipython_", "_repr_")


class _HitReading:
    """Lets :class:`Hit` and :class:`Entity` be read by attribute."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(_NEVER_FIELDS):
            try:
                return self[name]  # type: ignore[index]  # mixed into dicts
            except KeyError:
                pass
        raise AttributeError(f"this hit has no field {name!r}; it has {', '.join(sorted(self._known()))}")

    def _known(self) -> Iterable[str]:
        raise NotImplementedError


class Hit(ShortDict, _HitReading, dict[str, Any]):
    """A row that a search found, with its distance: a dict that can also be read by attribute.

    Its keys are the name of the primary key, ``distance``, ``entity`` (the output fields) and, if they were asked for,
    ``offset`` (index of the matching element of a struct array) and ``highlight``. An output field can be read without
    ``entity``: ``hit["title"]``, ``hit.title`` and ``hit.get("title")`` are ``hit["entity"]["title"]``.

    Example:
        >>> from milvusclient.models.results import Hit
        >>> hit = Hit({"id": 7, "distance": 0.5, "entity": {"title": "a"}})
        >>> hit.id, hit.distance, hit.title, hit["title"], hit.get("missing", 0)
        (7, 0.5, 'a', 'a', 0)
    """

    __slots__ = ()

    #: Name of the primary key. Other names have a subclass each, so that a hit need not store it.
    primary_key: ClassVar[str] = "id"

    def __missing__(self, key: str) -> Any:
        entity = self.get_entity()
        if key in entity:
            return entity[key]
        if key == "id" != self.primary_key:
            return self[self.primary_key]
        raise KeyError(key)

    def _known(self) -> Iterable[str]:
        return {*self, *self.get_entity()}

    def get_entity(self) -> dict[str, Any]:
        """Return the output fields; an empty dict if there are none."""
        entity: dict[str, Any] = dict.get(self, "entity") or {}
        return entity

    @overload
    def get(self, key: str, default: None = None, /) -> Any: ...
    @overload
    def get(self, key: str, default: Any, /) -> Any: ...
    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value of a key or of an output field; ``default`` if there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    @property
    def id(self) -> Any:
        """Primary key, whatever its name."""
        return self[self.primary_key]

    @property
    def pk(self) -> Any:
        """Primary key, whatever its name."""
        return self[self.primary_key]

    @property
    def distance(self) -> float:
        """Distance or similarity of the row to the query vector, in the metric of the search."""
        distance: float = self["distance"]
        return distance

    @property
    def score(self) -> float:
        """Another name for :attr:`distance`."""
        return self.distance

    @property
    def entity(self) -> Entity:
        """A copy of the output fields that can also be read by attribute; ``hit["entity"]`` is the dict itself."""
        return Entity(self)

    @property
    def fields(self) -> dict[str, Any]:
        """The output fields."""
        return self.get_entity()

    @property
    def highlight(self) -> dict[str, Any] | None:
        """Marked passages by field, with ``fragments`` and ``scores``; None without a highlighter."""
        found: dict[str, Any] | None = dict.get(self, "highlight")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the hit itself, which is a dict."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Hit], tuple[str, dict[str, Any]]]:
        return _restore_hit, (self.primary_key, dict(self))


@lru_cache(maxsize=256)
def hit_class(primary_key: str) -> type[Hit]:
    """Return the class of hits whose primary key has this name; an empty name means ``id``."""
    if primary_key in ("", Hit.primary_key):
        return Hit
    return type("Hit", (Hit,), {"__slots__": (), "__module__": __name__, "primary_key": primary_key})


def _restore_hit(primary_key: str, items: dict[str, Any]) -> Hit:
    """Build a hit again when it is unpickled: pickle cannot find the classes that :func:`hit_class` makes."""
    return hit_class(primary_key)(items)


class Entity(ShortDict, _HitReading, dict[str, Any]):
    """The output fields of a hit, as ``hit.entity`` returns them.

    It also has what the hit itself has, such as ``id`` and ``distance``, because programs read both from it.
    """

    __slots__ = ("_hit",)

    _hit: Hit

    def __init__(self, hit: Hit) -> None:
        super().__init__(hit.get_entity())
        self._hit = hit

    def __missing__(self, key: str) -> Any:
        return self._hit[key]

    def _known(self) -> Iterable[str]:
        return self

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value of an output field or of the hit; ``default`` if there is none."""
        return dict.get(self, key) if key in self else self._hit.get(key, default)

    @property
    def id(self) -> Any:
        """Primary key, whatever its name."""
        return self._hit.id

    @property
    def distance(self) -> float:
        """Distance or similarity of the row to the query vector, in the metric of the search."""
        return self._hit.distance

    def to_dict(self) -> dict[str, Any]:
        """Return the whole hit."""
        return self._hit

    def __reduce__(self) -> tuple[type[Entity], tuple[Hit]]:
        return Entity, (self._hit,)


class Hits(ShortList, list[Hit]):
    """The hits of one query vector, best first: a list of :class:`Hit`."""

    __slots__ = ()

    @property
    def ids(self) -> list[Any]:
        """Primary keys, in the order of the hits."""
        return [hit.id for hit in self]

    @property
    def distances(self) -> list[float]:
        """Distances, in the order of the hits."""
        return [hit["distance"] for hit in self]

    def materialize(self) -> None:
        """Do nothing: all hits are decoded already. For programs written for a client that decodes them later."""


class SearchResult(ShortList, list[Hits]):
    """The result of a search: a list with the :class:`Hits` of each query vector.

    Attributes:
        extra: what the server reports about the call: ``cost`` and, from some servers, ``scanned_remote_bytes``,
            ``scanned_total_bytes`` and ``cache_hit_ratio``.
        metric_type: metric of the distances, if the search named it: such as ``"COSINE"``.
        recalls: estimated recall of each query vector, if the search asked for it.
        agg_buckets: buckets of each query vector; empty without a search aggregation.
        session_ts: timestamp at which the search read the collection.
        iterator_token: id of the search iterator on the server; empty if there is none.
        iterator_last_bound: distance at which the next page of the iterator begins.

    Example:
        >>> from milvusclient.models.results import Hit, Hits, SearchResult
        >>> result = SearchResult([Hits([Hit({"id": 7, "distance": 0.5, "entity": {}})])])
        >>> result[0][0].id, result[0].ids
        (7, [7])
    """

    __slots__ = (
        "agg_buckets",
        "extra",
        "iterator_last_bound",
        "iterator_token",
        "metric_type",
        "recalls",
        "session_ts",
    )

    extra: dict[str, int | float]
    recalls: list[float]
    agg_buckets: list[list[AggregationBucket]]
    session_ts: int
    iterator_token: str
    iterator_last_bound: float
    metric_type: str

    def __init__(
        self,
        hits: Iterable[Hits] = (),
        *,
        extra: dict[str, int | float] | None = None,
        recalls: Iterable[float] = (),
        agg_buckets: Iterable[list[AggregationBucket]] = (),
        session_ts: int = 0,
        iterator_token: str = "",
        iterator_last_bound: float = 0.0,
    ) -> None:
        super().__init__(hits)
        self.extra = {} if extra is None else extra
        self.recalls = list(recalls)
        self.agg_buckets = list(agg_buckets)
        self.session_ts = session_ts
        self.iterator_token = iterator_token
        self.iterator_last_bound = iterator_last_bound
        self.metric_type = ""

    def materialize(self) -> None:
        """Do nothing: all hits are decoded already. For programs written for a client that decodes them later."""


class AggregationHit(ShownInNotebooks):
    """One of the best hits of a bucket.

    Attributes:
        pk: primary key.
        score: distance of the hit.
        fields: fields that were asked for, by name.
    """

    __slots__ = ("_field_ids", "fields", "pk", "score")

    def __init__(
        self,
        pk: int | str | None,
        score: float,
        fields: dict[str, Any] | None = None,
        field_ids: dict[str, int] | None = None,
    ) -> None:
        self.pk = pk
        self.score = score
        self.fields = fields or {}
        self._field_ids = field_ids or {}

    def field_ids(self) -> dict[str, int]:
        """Return the number of each field on the server, by name."""
        return self._field_ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AggregationHit):
            return NotImplemented
        return (self.pk, self.score, self.fields) == (other.pk, other.score, other.fields)

    __hash__ = None  # type: ignore[assignment]  # its fields can be changed, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return f"AggregationHit(pk={self.pk!r}, score={self.score!r}, fields={short_mapping(self.fields)})"


@dataclass(frozen=True, slots=True)
class AggregationBucket(ShownInNotebooks):
    """One bucket of a search aggregation.

    Attributes:
        key: values that all rows of the bucket have: a dict with ``field_name``, ``field_id`` and ``value`` per field.
        count: number of rows in the bucket.
        metrics: value of each metric, by name.
        hits: best hits of the bucket.
        sub_groups: buckets inside the bucket.
    """

    key: list[dict[str, Any]]
    count: int
    metrics: dict[str, Any] = field(default_factory=dict)
    hits: list[AggregationHit] = field(default_factory=list)
    sub_groups: list[AggregationBucket] = field(default_factory=list)
