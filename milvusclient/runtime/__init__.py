"""State of the process and the primitives that guard it: locks, caches, counters, hooks. No gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["crew", "embedded", "request_subject"]

if TYPE_CHECKING:
    from milvusclient.runtime import crew, embedded, request_subject
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
