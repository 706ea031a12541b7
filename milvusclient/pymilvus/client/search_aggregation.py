"""Aggregations of searches and their results."""

from __future__ import annotations

from milvusclient.models.results import AggregationBucket, AggregationHit
from milvusclient.pymilvus._names import module_names
from milvusclient.schema.aggregation import SearchAggregation, TopHits

__all__ = ["AggregationBucket", "AggregationHit", "SearchAggregation", "TopHits"]

__getattr__, __dir__ = module_names(__name__)
