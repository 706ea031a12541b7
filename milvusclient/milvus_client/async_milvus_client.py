"""Where programs written for the reference client import :class:`AsyncMilvusClient` from."""

from __future__ import annotations

from milvusclient._async.client import AsyncMilvusClient
from milvusclient._async.session import AsyncMilvusClientSession

__all__ = ["AsyncMilvusClient", "AsyncMilvusClientSession"]
