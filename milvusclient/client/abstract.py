"""Where programs written for the reference client import search requests, rankers and results from."""

from __future__ import annotations

from milvusclient.models.results import Hit, Hits, SearchResult
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.ranking import AnnSearchRequest, BaseRanker, RRFRanker, WeightedRanker

__all__ = [
    "AnnSearchRequest",
    "BaseRanker",
    "CollectionSchema",
    "DataType",
    "FieldSchema",
    "FunctionType",
    "Hit",
    "Hits",
    "RRFRanker",
    "SearchResult",
    "WeightedRanker",
]
