"""The internal objects that a server reports: replicas, resource groups, segments, compactions."""

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
        channel_name: name of the channel through which its writes arrive.
        shard_nodes: ids of the nodes that hold the shard.
        shard_leader: id of the node that answers for the shard.
    """

    channel_name: str
    shard_nodes: frozenset[int]
    shard_leader: int


@dataclass(frozen=True, slots=True)
class ReplicaInfo:
    """A replica: a copy of a collection in memory.

    Attributes:
        id: id of the replica.
        shards: its shards.
        group_nodes: ids of the nodes that hold the replica.
        resource_group: name of the resource group to which the replica belongs.
        num_outbound_node: number of its nodes in other resource groups, by group.
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
    """A resource group: a group of query nodes.

    Attributes:
        name: name of the group.
        capacity: number of nodes that the group requests.
        num_available_node: number of nodes that the group has.
        num_loaded_replica: number of replicas in the group, by collection.
        num_outgoing_node: number of nodes of other groups that replicas of this group use, by collection.
        num_incoming_node: number of nodes of this group that replicas of other groups use, by collection.
        config: configuration of the group.
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
        level: level of the segment in compaction, a :class:`SegmentLevel` by its number.
        insert_channel: name of the channel through which its rows arrived.
        compaction_from: ids of the segments from which a compaction made this one.
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
        """Name of ``state``."""
        return self.state.name

    @property
    def level_name(self) -> str:
        """Name of ``level``; its number as a str if this client does not know the level."""
        return SegmentLevel(self.level).name if self.level in SegmentLevel.__members__.values() else str(self.level)


@dataclass(frozen=True, slots=True)
class LoadedSegmentInfo(SegmentInfo):
    """A segment in memory.

    Attributes:
        index_name: name of the index that is loaded with the segment.
        node_ids: ids of the nodes that hold the segment.
        mem_size: size in memory, in bytes.
    """

    index_name: str = ""
    index_id: int = 0
    node_ids: list[int] = field(default_factory=list)
    mem_size: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of a compaction: the segments that it merges and those that it makes.

    Attributes:
        sources: ids of the segments that are merged.
        target: id of the first new segment.
        targets: ids of all new segments.
        plan_id: id of the plan; ``task_id`` is the same.
        trigger_id: id of the trigger of the compaction.
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
        compaction_id: id of the compaction; 0 if the plans of a collection were asked for.
        collection_name: name of the collection; empty if the plans of one compaction were asked for.
        state: progress of the compaction.
        plans: the plans.
    """

    compaction_id: int
    collection_name: str
    state: State
    plans: list[Plan]


class ProgressStage(StrEnum):
    """The stages of ``optimize``."""

    INITIALIZING = "initializing"
    WAITING_FOR_INDEXES = "waiting for indexes"
    COMPACTING = "compacting"
    WAITING_FOR_COMPACTION = "waiting for compaction"
    WAITING_FOR_INDEX_REBUILD = "waiting for index rebuild"
    REFRESHING_LOAD = "refreshing load"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OptimizeResult:
    """The result of ``optimize``.

    Attributes:
        status: always ``"success"``; failures raise an exception.
        collection_name: name of the collection.
        compaction_id: id of the compaction, for ``get_compaction_plans``.
        target_size: target size of segments, as given.
        progress: the stages that were passed.
    """

    status: str
    collection_name: str
    compaction_id: int
    target_size: str | int | float | None
    progress: list[ProgressStage]
