"""Where programs written for the reference client import constants from: keys and limits."""

from __future__ import annotations

from milvusclient.schema.enums import ConsistencyLevel

__all__ = [
    "BOUNDED_TS", "DEFAULT_CONSISTENCY_LEVEL", "DEFAULT_RESOURCE_GROUP", "DYNAMIC_FIELD_NAME", "EVENTUALLY_TS",
    "GROUP_BY_FIELD", "GROUP_SIZE", "INT64_MAX", "ITERATOR_FIELD", "MAX_BATCH_SIZE", "METRIC_TYPE", "OFFSET", "PARAMS",
    "RADIUS", "RANGE_FILTER", "RANKER_TYPE_RRF", "RANKER_TYPE_WEIGHTED", "STRICT_GROUP_SIZE", "UNLIMITED",
    "ConsistencyLevel",
]  # fmt: skip

DEFAULT_CONSISTENCY_LEVEL = ConsistencyLevel.Bounded
EVENTUALLY_TS = 1
BOUNDED_TS = 2
DEFAULT_RESOURCE_GROUP = "__default_resource_group"
DYNAMIC_FIELD_NAME = "$meta"
GROUP_BY_FIELD = "group_by_field"
GROUP_SIZE = "group_size"
STRICT_GROUP_SIZE = "strict_group_size"
ITERATOR_FIELD = "iterator"
METRIC_TYPE = "metric_type"
OFFSET = "offset"
PARAMS = "params"
RADIUS = "radius"
RANGE_FILTER = "range_filter"
RANKER_TYPE_RRF = "rrf"
RANKER_TYPE_WEIGHTED = "weighted"
INT64_MAX = (1 << 63) - 1
MAX_BATCH_SIZE = 16384
UNLIMITED = -1
