"""The search iterator; there is one for all servers."""

from __future__ import annotations

from milvusclient._sync.iterators import SearchIterator as SearchIteratorV2
from milvusclient.pymilvus._names import module_names

__all__ = ["SearchIteratorV2"]

__getattr__, __dir__ = module_names(__name__)
