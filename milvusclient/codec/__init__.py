"""Rows and columns to and from the messages of the protocol. Pure: nothing here waits, or knows a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.codec import lifting, placeholders, rows
else:
    lifting = LazyModule(f"{__name__}.lifting")
    placeholders = LazyModule(f"{__name__}.placeholders")
    rows = LazyModule(f"{__name__}.rows")

__all__ = ["lifting", "placeholders", "rows"]
