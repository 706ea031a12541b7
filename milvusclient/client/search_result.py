"""Where programs written for the reference client import the results of searches from."""

from __future__ import annotations

from milvusclient.models.results import AggregationBucket, Hit, Hits, SearchResult

__all__ = ["AggregationBucket", "Hit", "Hits", "SearchResult"]
