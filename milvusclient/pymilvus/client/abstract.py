"""Search requests, rankers and results, under the names that the reference client has for them."""

from __future__ import annotations

from typing import ClassVar

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.tolerance import Tolerant, tolerant
from milvusclient.schema import ranking

__all__ = ["AnnSearchRequest", "BaseRanker", "RRFRanker", "WeightedRanker"]

__getattr__, __dir__ = module_names(__name__)


@tolerant
class AnnSearchRequest(ranking.AnnSearchRequest, metaclass=Tolerant):
    """One request of a hybrid search; see :class:`milvusclient.AnnSearchRequest`."""

    _strict: ClassVar[type] = ranking.AnnSearchRequest


class BaseRanker(ranking.BaseRanker, metaclass=Tolerant):
    """The base class of the rankers."""

    _strict: ClassVar[type] = ranking.BaseRanker


@tolerant
class RRFRanker(ranking.RRFRanker, BaseRanker):
    """Reciprocal rank fusion; see :class:`milvusclient.RRFRanker`."""

    _strict: ClassVar[type] = ranking.RRFRanker


class WeightedRanker(ranking.WeightedRanker, BaseRanker):
    """A weighted sum of scores; see :class:`milvusclient.WeightedRanker`."""

    _strict: ClassVar[type] = ranking.WeightedRanker
