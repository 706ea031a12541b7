"""The ORM: collections, partitions and indexes as objects, over MilvusClient."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names

__getattr__, __dir__ = module_names(__name__)
