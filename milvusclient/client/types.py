"""Where programs written for the reference client import enumerations and descriptions from."""

from __future__ import annotations

from milvusclient.models.analysis import AnalyzeResult, AnalyzeToken
from milvusclient.models.infos import (
    CompactionPlans,
    LoadedSegmentInfo,
    NodeInfo,
    Plan,
    ReplicaInfo,
    ResourceGroupInfo,
    SegmentInfo,
    Shard,
)
from milvusclient.models.jobs import (
    FileResourceInfo,
    RefreshExternalCollectionJobInfo,
    RestoreSnapshotJobInfo,
    SnapshotInfo,
)
from milvusclient.schema.enums import ConsistencyLevel, DataType, FunctionType
from milvusclient.schema.resource_groups import ResourceGroupConfig
from milvusclient.schema.states import (
    CompactionTaskState,
    CompactionType,
    HighlightType,
    IndexState,
    IndexType,
    LoadState,
    MetricType,
    PlaceholderType,
    RangeType,
    SegmentState,
    State,
)

__all__ = [
    "AnalyzeResult",
    "AnalyzeToken",
    "CompactionPlans",
    "CompactionTaskState",
    "CompactionType",
    "ConsistencyLevel",
    "DataType",
    "FileResourceInfo",
    "FunctionType",
    "HighlightType",
    "IndexState",
    "IndexType",
    "LoadState",
    "LoadedSegmentInfo",
    "MetricType",
    "NodeInfo",
    "PlaceholderType",
    "Plan",
    "RangeType",
    "RefreshExternalCollectionJobInfo",
    "ReplicaInfo",
    "ResourceGroupConfig",
    "ResourceGroupInfo",
    "RestoreSnapshotJobInfo",
    "SegmentInfo",
    "SegmentState",
    "Shard",
    "SnapshotInfo",
    "State",
]
