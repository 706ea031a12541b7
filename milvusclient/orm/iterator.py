"""Where programs written for the reference client import iterators from, too."""

from __future__ import annotations

from milvusclient._sync.iterators import QueryIterator, SearchIterator

__all__ = ["QueryIterator", "SearchIterator"]
