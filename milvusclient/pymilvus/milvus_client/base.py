"""Internals of the reference client: they can be imported, and say on use what to do instead."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names

__getattr__, __dir__ = module_names(__name__)
