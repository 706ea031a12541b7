"""Where programs written for the reference client import the clients from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes
from milvusclient._sync.client import MilvusClient
from milvusclient.schema.index import IndexParams

if TYPE_CHECKING:
    from milvusclient._async.client import AsyncMilvusClient
else:
    __getattr__, __dir__ = lazy_attributes(__name__, names={"async_milvus_client": ("AsyncMilvusClient",)})

__all__ = ["AsyncMilvusClient", "IndexParams", "MilvusClient"]
