"""Conversions of hybrid timestamps."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.timestamps import hybridts_to_unixtime, mkts_from_datetime, mkts_from_hybridts, mkts_from_unixtime

__all__ = ["hybridts_to_unixtime", "mkts_from_datetime", "mkts_from_hybridts", "mkts_from_unixtime"]

__getattr__, __dir__ = module_names(__name__)
