"""Decode replies: columns, search results, and vectors left in the buffer of the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.codec.read import reply
else:
    reply = LazyModule(f"{__name__}.reply")

__all__ = ["reply"]
