"""Enumerations, descriptions and results, under the names that the reference client has for them."""

from __future__ import annotations

from typing import Any, ClassVar

from milvusclient.exceptions import InvalidConsistencyLevel
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
from milvusclient.models.results import QueryResult
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client._access_types import (
    GrantInfo,
    GrantItem,
    PrivilegeGroupInfo,
    PrivilegeGroupItem,
    RoleInfo,
    RoleItem,
    UserInfo,
    UserItem,
)
from milvusclient.pymilvus.client._job_types import BulkInsertState, CompactionState, Group, Replica, Status
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
    "BulkInsertState",
    "CompactionPlans",
    "CompactionState",
    "CompactionTaskState",
    "CompactionType",
    "ConsistencyLevel",
    "DataType",
    "ExtraList",
    "FileResourceInfo",
    "FunctionType",
    "GrantInfo",
    "GrantItem",
    "Group",
    "HighlightType",
    "HybridExtraList",
    "IndexState",
    "IndexType",
    "LoadState",
    "LoadedSegmentInfo",
    "MetricType",
    "NodeInfo",
    "OmitZeroDict",
    "PlaceholderType",
    "Plan",
    "PrivilegeGroupInfo",
    "PrivilegeGroupItem",
    "RangeType",
    "RefreshExternalCollectionJobInfo",
    "Replica",
    "ReplicaInfo",
    "ResourceGroupConfig",
    "ResourceGroupInfo",
    "RestoreSnapshotJobInfo",
    "RoleInfo",
    "RoleItem",
    "SegmentInfo",
    "SegmentState",
    "Shard",
    "SnapshotInfo",
    "State",
    "Status",
    "UserInfo",
    "UserItem",
    "cmp_consistency_level",
    "get_consistency_level",
]

__getattr__, __dir__ = module_names(__name__)

#: ConnectionCounters that are shown although they are zero: there zero says something.
_ALWAYS_SHOWN = frozenset({"scanned_remote_bytes", "scanned_total_bytes", "cache_hit_ratio"})


class OmitZeroDict(dict[str, Any]):
    """A dict whose zeros are not printed, such as the cost of servers that charge nothing."""

    def omit_zero_len(self) -> int:
        """Return how many items are printed."""
        return len(self._shown())

    def _shown(self) -> dict[str, Any]:
        return {key: value for key, value in self.items() if value or key in _ALWAYS_SHOWN}

    def __str__(self) -> str:
        return str(self._shown())

    def __repr__(self) -> str:
        return str(dict(self))


class ExtraList(QueryResult):
    """The rows of a query; printed, it shows ten of them and what the server says about the call."""

    __slots__ = ()

    _shows_no_extra: ClassVar[bool] = False

    def __str__(self) -> str:
        shown = f"data: {list(map(str, self[:10]))}{' ...' if len(self) > 10 else ''}"
        extra = OmitZeroDict(self.extra)
        return f"{shown}, extra_info: {extra}" if extra.omit_zero_len() or self._shows_no_extra else shown

    __repr__ = __str__


class HybridExtraList(ExtraList):
    """The class of the rows that a query returns; it always shows what the server says, be it nothing."""

    __slots__ = ()

    _shows_no_extra = True


def get_consistency_level(consistency_level: str | int) -> int:
    """Return the number of a consistency level.

    Args:
        consistency_level: its name or its number.

    Raises:
        InvalidConsistencyLevel: it is neither.
    """
    try:
        if isinstance(consistency_level, str):
            return int(ConsistencyLevel[consistency_level])
        return int(ConsistencyLevel(consistency_level))
    except (KeyError, ValueError):
        names = ", ".join(level.name for level in ConsistencyLevel)
        message = f"consistency_level must be one of {names}, got {consistency_level!r}"
        raise InvalidConsistencyLevel(message=message) from None


def cmp_consistency_level(l1: str | int, l2: str | int) -> bool:
    """Return whether two names or numbers mean the same consistency level; what is none equals nothing."""
    try:
        return get_consistency_level(l1) == get_consistency_level(l2)
    except InvalidConsistencyLevel:
        return False
