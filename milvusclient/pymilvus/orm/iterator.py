"""Iterators over the rows of queries and the hits of searches."""

from __future__ import annotations

from milvusclient._sync.iterators import QueryIterator, SearchIterator
from milvusclient.pymilvus._names import module_names

__all__ = ["QueryIterator", "SearchIterator"]

__getattr__, __dir__ = module_names(__name__)
