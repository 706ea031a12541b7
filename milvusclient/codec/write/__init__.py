"""Encode rows, columns, query vectors and filter parameters as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.codec.write import query_vectors, rows
else:
    query_vectors = LazyModule(f"{__name__}.query_vectors")
    rows = LazyModule(f"{__name__}.rows")

__all__ = ["query_vectors", "rows"]
