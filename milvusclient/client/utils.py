"""Where programs written for the reference client import conversions of timestamps from."""

from __future__ import annotations

from milvusclient.timestamps import hybridts_to_unixtime, mkts_from_datetime, mkts_from_hybridts, mkts_from_unixtime

__all__ = ["hybridts_to_unixtime", "mkts_from_datetime", "mkts_from_hybridts", "mkts_from_unixtime"]
