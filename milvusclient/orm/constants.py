"""Where programs written for the reference client import constants from, too."""

from __future__ import annotations

from milvusclient.client.constants import (
    INT64_MAX,
    MAX_BATCH_SIZE,
    METRIC_TYPE,
    OFFSET,
    PARAMS,
    RADIUS,
    RANGE_FILTER,
    UNLIMITED,
)

__all__ = ["INT64_MAX", "MAX_BATCH_SIZE", "METRIC_TYPE", "OFFSET", "PARAMS", "RADIUS", "RANGE_FILTER", "UNLIMITED"]
