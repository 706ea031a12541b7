"""Bitmaps of keys, for filters that test membership in a large set."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.filters.roaring import RoaringBitmapBuilder, build_roaring_bitmap

__all__ = ["RoaringBitmapBuilder", "build_roaring_bitmap"]

__getattr__, __dir__ = module_names(__name__)
