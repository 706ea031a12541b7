"""What the server tells of its own work: replicas, resource groups, segments, compactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from milvusclient.schema.resource_groups import ResourceGroupConfig
from milvusclient.schema.states import CompactionTaskState, CompactionType, SegmentLevel, SegmentState, State

__all__ = [
    "CompactionPlans",
    "LoadedSegmentInfo",
    "NodeInfo",
    "OptimizeResult",
    "Plan",
    "ProgressStage",
    "ReplicaInfo",
    "ResourceGroupInfo",
    "SegmentInfo",
    "Shard",
]


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard of a replica.

    Attributes:
        channel_name: where its writes arrive.
        shard_nodes: the nodes that hold it.
        shard_leader: the node that answers for it.
    """

    channel_name: str
    shard_nodes: frozenset[int]
    shard_leader: int


@dataclass(frozen=True, slots=True)
class ReplicaInfo:
    """A copy of a collection in memory.

    Attributes:
        id: the number of the copy.
        shards: its parts.
        group_nodes: the nodes that hold it.
        resource_group: the group that it belongs to.
        num_outbound_node: how many of its nodes are of other groups, by group.
    """

    id: int
    shards: list[Shard]
    group_nodes: list[int]
    resource_group: str
    num_outbound_node: dict[str, int]


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """A query node."""

    node_id: int
    address: str
    hostname: str


@dataclass(frozen=True, slots=True)
class ResourceGroupInfo:
    """A group of query nodes.

    Attributes:
        name: its name.
        capacity: how many nodes it asks for.
        num_available_node: how many nodes it has.
        num_loaded_replica: how many replicas are in it, by collection.
        num_outgoing_node: how many nodes of other groups its replicas use, by collection.
        num_incoming_node: how many of its nodes replicas of other groups use, by collection.
        config: what was asked for.
        nodes: its nodes.
    """

    name: str
    capacity: int
    num_available_node: int
    num_loaded_replica: dict[str, int]
    num_outgoing_node: dict[str, int]
    num_incoming_node: dict[str, int]
    config: ResourceGroupConfig
    nodes: list[NodeInfo]


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """A segment on disk.

    Attributes:
        level: 0 for what came in last, more after compactions.
        insert_channel: where its rows arrived.
        compaction_from: the segments that it was made of.
    """

    segment_id: int
    collection_id: int
    collection_name: str
    num_rows: int
    is_sorted: bool
    state: SegmentState
    level: int
    storage_version: int
    partition_id: int = 0
    insert_channel: str = ""
    compaction_from: list[int] = field(default_factory=list)

    @property
    def state_name(self) -> str:
        """The name of ``state``."""
        return self.state.name

    @property
    def level_name(self) -> str:
        """The name of ``level``; its number as text if a newer server made it up."""
        return SegmentLevel(self.level).name if self.level in SegmentLevel.__members__.values() else str(self.level)


@dataclass(frozen=True, slots=True)
class LoadedSegmentInfo(SegmentInfo):
    """A segment in memory.

    Attributes:
        index_name: the index that is loaded with it.
        node_ids: the nodes that hold it.
        mem_size: bytes.
    """

    index_name: str = ""
    index_id: int = 0
    node_ids: list[int] = field(default_factory=list)
    mem_size: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One part of a compaction: which segments become which.

    Attributes:
        sources: the segments that go.
        target: the first segment that comes.
        targets: all segments that come.
        plan_id: the number of the plan; ``task_id`` is the same.
        trigger_id: the number of what started it.
    """

    sources: list[int]
    target: int
    plan_id: int
    task_id: int
    trigger_id: int
    collection_id: int
    partition_id: int
    channel: str
    compaction_type: CompactionType
    state: CompactionTaskState
    failure_reason: str
    targets: list[int]


@dataclass(frozen=True, slots=True)
class CompactionPlans:
    """A compaction, or the compactions of a collection.

    Attributes:
        compaction_id: the job; 0 when a collection was asked for.
        collection_name: the collection; empty when a job was asked for.
        state: how far it is.
        plans: its parts.
    """

    compaction_id: int
    collection_name: str
    state: State
    plans: list[Plan]


class ProgressStage(StrEnum):
    """What ``optimize`` is at."""

    INITIALIZING = "initializing"
    WAITING_FOR_INDEXES = "waiting for indexes"
    COMPACTING = "compacting"
    WAITING_FOR_COMPACTION = "waiting for compaction"
    WAITING_FOR_INDEX_REBUILD = "waiting for index rebuild"
    REFRESHING_LOAD = "refreshing load"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OptimizeResult:
    """What ``optimize`` did.

    Attributes:
        status: always ``"success"``; anything else is an exception.
        collection_name: the collection.
        compaction_id: the job, for ``get_compaction_plans``.
        target_size: the size that was asked for.
        progress: the stages that it went through.
    """

    status: str
    collection_name: str
    compaction_id: int
    target_size: str | int | float | None
    progress: list[ProgressStage]
