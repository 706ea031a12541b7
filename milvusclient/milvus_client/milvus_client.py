"""Where programs written for the reference client import :class:`MilvusClient` from."""

from __future__ import annotations

from milvusclient._sync.client import MilvusClient
from milvusclient._sync.session import MilvusClientSession

__all__ = ["MilvusClient", "MilvusClientSession"]
