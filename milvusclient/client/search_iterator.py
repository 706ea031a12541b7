"""Where programs written for the reference client import the search iterator from; there is one for all servers."""

from __future__ import annotations

from milvusclient._sync.iterators import SearchIterator as SearchIteratorV2

__all__ = ["SearchIteratorV2"]
