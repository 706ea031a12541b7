"""Futures, under the names that the reference client has for them."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.asynch import Future as BaseFuture
from milvusclient.pymilvus.client.asynch import MutationFuture, SearchFuture

__all__ = ["BaseFuture", "MutationFuture", "SearchFuture"]

__getattr__, __dir__ = module_names(__name__)
