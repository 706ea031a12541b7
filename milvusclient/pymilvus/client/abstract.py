"""Search requests, rankers and results, under the names that the reference client has for them."""

from __future__ import annotations

from typing import ClassVar

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.tolerance import Tolerant, tolerant
from milvusclient.schema import ranking
from milvusclient.schema.ranking import BaseRanker

__all__ = ["AnnSearchRequest", "BaseRanker", "RRFRanker", "WeightedRanker"]

__getattr__, __dir__ = module_names(__name__)


@tolerant
class AnnSearchRequest(ranking.AnnSearchRequest, metaclass=Tolerant):
    """One request of a hybrid search; see :class:`milvusclient.AnnSearchRequest`."""

    _strict: ClassVar[type] = ranking.AnnSearchRequest


@tolerant
class RRFRanker(ranking.RRFRanker, metaclass=Tolerant):
    """Reciprocal rank fusion; see :class:`milvusclient.RRFRanker`."""

    _strict: ClassVar[type] = ranking.RRFRanker


class WeightedRanker(ranking.WeightedRanker, metaclass=Tolerant):
    """A weighted sum of scores; see :class:`milvusclient.WeightedRanker`."""

    _strict: ClassVar[type] = ranking.WeightedRanker
