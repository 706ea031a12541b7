"""Where programs written for the reference client import aggregations and their results from."""

from __future__ import annotations

from milvusclient.models.results import AggregationBucket, AggregationHit
from milvusclient.schema.aggregation import SearchAggregation, TopHits

__all__ = ["AggregationBucket", "AggregationHit", "SearchAggregation", "TopHits"]
