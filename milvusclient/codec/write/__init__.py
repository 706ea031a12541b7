"""Encode rows, columns, query vectors and filter parameters as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["query_vectors", "rows"]

if TYPE_CHECKING:
    from milvusclient.codec.write import query_vectors, rows
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
