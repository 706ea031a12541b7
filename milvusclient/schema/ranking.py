"""The arguments of a hybrid search: a request for each vector field, and a ranker that merges their results."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Protocol

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, require_bool
from milvusclient.exceptions import DataTypeNotMatchException, ParamError, TypeError  # noqa: A004 - it is the builtin, too

__all__ = ["AnnSearchRequest", "BaseRanker", "RRFRanker", "WeightedRanker"]


class BaseRanker:
    """The base class of the rankers, which say how to merge the results of several requests."""

    def dict(self) -> dict[str, object]:
        """Return the ranker as the server reads it: ``strategy`` and its ``params``."""
        return {}

    def __eq__(self, other: object) -> bool:
        return self.dict() == other.dict() if isinstance(other, BaseRanker) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return str(self.dict())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dict()})"


@suggest_keywords
class RRFRanker(BaseRanker):
    """Reciprocal rank fusion: the score of a hit is the sum of ``1 / (k + rank)`` over the requests that found it.

    Args:
        k: smoothing constant, between 0 and 16,384 (both exclusive); the larger it is, the less the ranks count.

    Raises:
        ParamError: ``k`` is not a number.

    Example:
        >>> from milvusclient import RRFRanker
        >>> RRFRanker(10).dict()
        {'strategy': 'rrf', 'params': {'k': 10}}
    """

    def __init__(self, k: float = 60) -> None:
        number = _plain_number(k)
        if number is None:
            raise ParamError(message=f"k of an RRFRanker must be a number, got {given(k)}")
        self._k = number

    def dict(self) -> dict[str, object]:
        """Return the ranker as the server reads it: ``strategy`` and its ``params``."""
        return {"strategy": "rrf", "params": {"k": self._k}}


@suggest_keywords
class WeightedRanker(BaseRanker):
    """Weighted fusion: the score of a hit is the weighted sum of its scores in the requests that found it.

    Args:
        *nums: one weight for each request, between 0 and 1, in the order of the requests.
        norm_score: whether to scale the scores of each request to 0...1 first.

    Raises:
        TypeError: a weight is not a number. The error is a ParamError and the built-in TypeError.
        ParamError: ``norm_score`` is not a bool.

    Example:
        >>> from milvusclient import WeightedRanker
        >>> WeightedRanker(0.7, 0.3).dict()
        {'strategy': 'weighted', 'params': {'weights': [0.7, 0.3], 'norm_score': True}}
    """

    def __init__(self, *nums: float, norm_score: bool = True) -> None:
        self._weights: list[int | float] = []
        for index, weight in enumerate(nums):
            number = _plain_number(weight)
            if number is None:
                raise TypeError(message=f"weight {index} of a WeightedRanker must be a number, got {given(weight)}")
            self._weights.append(number)
        self._norm_score = require_bool("norm_score", norm_score)

    def dict(self) -> dict[str, object]:
        """Return the ranker as the server reads it: ``strategy`` and its ``params``."""
        return {"strategy": "weighted", "params": {"weights": self._weights, "norm_score": self._norm_score}}


class Condition(Protocol):
    """The part of a condition that is needed here; :mod:`milvusclient.filters`, which makes them, is built on this."""

    def compile(self, *, server_version: str = "", primary_field: str = "") -> tuple[str, dict[str, object]]: ...

    # A comparison of a value makes a condition; only a condition can itself be compared. It tells type checkers the two
    # apart.
    def __eq__(self, other: object) -> bool: ...

    def __hash__(self) -> int: ...


@suggest_keywords
class AnnSearchRequest:
    """One request of a hybrid search: a search in one vector field.

    Args:
        data: a list of query vectors, in any form that ``search`` takes; a list of str for a field that a BM25 or an
            embedding function fills.
        anns_field: name of the vector field.
        param: search parameters, such as ``{"metric_type": "COSINE", "params": {"ef": 64}}``.
        limit: maximum number of hits that this request contributes.
        expr: boolean expression that rows must satisfy: a str, a condition of :mod:`milvusclient.filters`, or a dict.
        expr_params: values for the placeholders of the expression, by name.
        filter: another name for ``expr``.

    Raises:
        ParamError: both ``expr`` and ``filter`` are given.
        DataTypeNotMatchException: the filter is neither a str, a condition nor a dict.

    Example:
        >>> from milvusclient import AnnSearchRequest
        >>> request = AnnSearchRequest([[0.1, 0.2]], "embedding", {"metric_type": "L2"}, 10, filter="age > 20")
        >>> request.anns_field, request.expr
        ('embedding', 'age > 20')
    """

    def __init__(
        self,
        data: object,
        anns_field: str,
        param: Mapping[str, object],
        limit: int,
        expr: str | Condition | Mapping[str, object] | None = None,
        expr_params: Mapping[str, object] | None = None,
        filter: str | Condition | Mapping[str, object] | None = None,  # noqa: A002 - the name that programs use
    ) -> None:
        if expr is not None and filter is not None:
            raise ParamError(message="expr and filter are two names of one argument; pass only one of them")
        chosen = filter if expr is None else expr
        # What has compile() is a condition; milvusclient.filters is not loaded for programs that have none.
        if not (chosen is None or isinstance(chosen, str | Mapping) or callable(getattr(chosen, "compile", None))):
            raise DataTypeNotMatchException(
                message=f"the filter of the request on {anns_field!r} must be a str, a condition of "
                f"milvusclient.filters or a dict, got {given(chosen)}"
            )
        self._data = data
        self._anns_field = anns_field
        self._param = param
        self._limit = limit
        self._expr = chosen
        self._expr_params = expr_params

    @property
    def data(self) -> object:
        """The query vectors, as given."""
        return self._data

    @property
    def anns_field(self) -> str:
        """Name of the vector field."""
        return self._anns_field

    @property
    def param(self) -> Mapping[str, object]:
        """The search parameters."""
        return self._param

    @property
    def limit(self) -> int:
        """Maximum number of hits that this request contributes."""
        return self._limit

    @property
    def expr(self) -> str | Condition | Mapping[str, object] | None:
        """Boolean expression that rows must satisfy; None if not given."""
        return self._expr

    @property
    def filter(self) -> str | Condition | Mapping[str, object] | None:
        """Another name for :attr:`expr`."""
        return self._expr

    @property
    def expr_params(self) -> Mapping[str, object] | None:
        """Values for the placeholders of the expression, by name."""
        return self._expr_params

    def __str__(self) -> str:
        shown = {"anns_field": self._anns_field, "param": self._param, "limit": self._limit, "expr": self._expr}
        return str(shown)

    def __repr__(self) -> str:
        return f"AnnSearchRequest({self})"


def _plain_number(value: object) -> int | float | None:
    """Return a number as one that JSON can write, such as a numpy scalar as a float; None if it is not a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, Real) else None
