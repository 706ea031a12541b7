"""State of the process and the primitives that guard it: locks, caches, counters, hooks. No gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.runtime import embedded, request_subject
else:
    embedded = LazyModule(f"{__name__}.embedded")
    request_subject = LazyModule(f"{__name__}.request_subject")

__all__ = ["embedded", "request_subject"]
