"""Where programs written for the reference client import :class:`EmbeddingList` from."""

from __future__ import annotations

from milvusclient.codec.write.embedding_list import EmbeddingList

__all__ = ["EmbeddingList"]
