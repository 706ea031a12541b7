"""Where programs written for the reference client import index parameters from."""

from __future__ import annotations

from milvusclient.schema.index import IndexParam, IndexParams

__all__ = ["IndexParam", "IndexParams"]
