"""Where programs written for the reference client import the clients from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._sync.client import MilvusClient
from milvusclient.schema.index import IndexParams

if TYPE_CHECKING:
    from milvusclient._async.client import AsyncMilvusClient

__all__ = ["AsyncMilvusClient", "IndexParams", "MilvusClient"]


def __getattr__(name: str) -> object:
    if name != "AsyncMilvusClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from milvusclient._async.client import AsyncMilvusClient  # loads asyncio

    return AsyncMilvusClient
