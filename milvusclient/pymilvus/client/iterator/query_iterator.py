"""Iterators over the rows of queries."""

from __future__ import annotations

from milvusclient._sync.iterators import QueryIterator
from milvusclient.pymilvus._names import module_names

__all__ = ["QueryIterator"]

__getattr__, __dir__ = module_names(__name__)
