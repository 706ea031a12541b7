"""Bloom filters of keys, for filters that test membership in a large set."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.filters.bloom import BloomFilterBuilder, build_bloom_filter

__all__ = ["BloomFilterBuilder", "build_bloom_filter"]

__getattr__, __dir__ = module_names(__name__)
