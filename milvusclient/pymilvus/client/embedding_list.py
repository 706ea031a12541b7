"""Lists of vectors, for searches in arrays of structs."""

from __future__ import annotations

from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.pymilvus._names import module_names

__all__ = ["EmbeddingList"]

__getattr__, __dir__ = module_names(__name__)
