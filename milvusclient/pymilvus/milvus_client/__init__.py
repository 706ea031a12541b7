"""The clients, and the index parameters that they build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient.pymilvus._names import module_names

if TYPE_CHECKING:
    from milvusclient.pymilvus.milvus_client.async_milvus_client import AsyncMilvusClient
    from milvusclient.pymilvus.milvus_client.index import IndexParams
    from milvusclient.pymilvus.milvus_client.milvus_client import MilvusClient

__all__ = ["AsyncMilvusClient", "IndexParams", "MilvusClient"]

__getattr__, __dir__ = module_names(__name__)
