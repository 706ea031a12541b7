"""Build requests that flush and compact collections, and parse the replies."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_bool, require_int, require_name, require_str
from milvusclient.models.infos import CompactionPlans, Plan
from milvusclient.operations.size_units import megabytes
from milvusclient.schema.states import CompactionTaskState, CompactionType, State

__all__ = [
    "build_compact",
    "build_compaction_plans",
    "build_compaction_state",
    "build_compaction_tasks",
    "build_flush",
    "build_flush_all",
    "build_flush_all_state",
    "build_flush_state",
    "parse_compact",
    "parse_compaction_plans",
    "parse_compaction_state",
]


def build_flush(collection_name: str) -> milvus_pb2.FlushRequest:
    """Build the request that writes the rows of a collection to disk."""
    return milvus_pb2.FlushRequest(collection_names=[require_name("collection_name", collection_name)])


def build_flush_state(reply: milvus_pb2.FlushResponse, collection_name: str) -> milvus_pb2.GetFlushStateRequest:
    """Build the request that asks whether a flush is finished."""
    # Indexing a protobuf map with a missing key would insert that key.
    segments = reply.coll_segIDs[collection_name].data if collection_name in reply.coll_segIDs else ()
    return milvus_pb2.GetFlushStateRequest(
        collection_name=collection_name,
        segmentIDs=segments,
        flush_ts=reply.coll_flush_ts.get(collection_name, 0),
    )


def build_flush_all(db: str | None) -> milvus_pb2.FlushAllRequest:
    """Build the request that writes the rows of all collections to disk."""
    return milvus_pb2.FlushAllRequest(db_name=optional_str("db", db))


def build_flush_all_state(flush_all_ts: int, db: str | None) -> milvus_pb2.GetFlushAllStateRequest:
    """Build the request that asks whether all rows up to a timestamp are on disk."""
    timestamp = require_int("flush_all_ts", flush_all_ts, least=0, most=(1 << 64) - 1)
    return milvus_pb2.GetFlushAllStateRequest(flush_all_ts=timestamp, db_name=optional_str("db", db))


def build_compact(
    collection_name: str,
    *,
    is_clustering: bool = False,
    is_l0: bool = False,
    target_size: int | None = None,
    target_size_unit: str = "mb",
) -> milvus_pb2.ManualCompactionRequest:
    """Build the request that compacts a collection."""
    return milvus_pb2.ManualCompactionRequest(
        collection_name=require_str("collection_name", collection_name),
        majorCompaction=require_bool("is_clustering", is_clustering),
        l0Compaction=require_bool("is_l0", is_l0),
        target_size=0 if target_size is None else _target_size(target_size, target_size_unit),
    )


def _target_size(target_size: int, unit: str) -> int:
    size = require_int("target_size (its unit is target_size_unit)", target_size, least=1)
    return megabytes("target_size", f"{size}{unit}")


def parse_compact(reply: milvus_pb2.ManualCompactionResponse) -> int:
    """Parse the reply into the identifier of the compaction."""
    return reply.compactionID


def build_compaction_state(job_id: int) -> milvus_pb2.GetCompactionStateRequest:
    """Build the request that asks for the state of a compaction."""
    return milvus_pb2.GetCompactionStateRequest(compactionID=require_int("job_id", job_id))


def parse_compaction_state(reply: milvus_pb2.GetCompactionStateResponse) -> State:
    """Parse the reply into the state of the compaction."""
    return _state(reply.state)


def build_compaction_plans(job_id: int) -> milvus_pb2.GetCompactionPlansRequest:
    """Build the request that asks for the plans of a compaction."""
    return milvus_pb2.GetCompactionPlansRequest(compactionID=require_int("job_id", job_id))


def build_compaction_tasks(collection_name: str) -> milvus_pb2.GetCompactionPlansRequest:
    """Build the request that lists the compactions of a collection."""
    return milvus_pb2.GetCompactionPlansRequest(collection_name=require_name("collection_name", collection_name))


def parse_compaction_plans(
    reply: milvus_pb2.GetCompactionPlansResponse, *, job_id: int = 0, collection_name: str = ""
) -> CompactionPlans:
    """Parse the reply into the plans of the job, or of the collection, that was asked for."""
    plans = [_plan(info) for info in reply.mergeInfos]
    return CompactionPlans(job_id, collection_name, _state(reply.state), plans)


def _plan(info: milvus_pb2.CompactionMergeInfo) -> Plan:
    return Plan(
        sources=list(info.sources),
        target=info.target,
        plan_id=info.plan_id,
        task_id=info.plan_id,
        trigger_id=info.trigger_id,
        collection_id=info.collection_id,
        partition_id=info.partition_id,
        channel=info.channel,
        compaction_type=CompactionType(info.type),
        state=CompactionTaskState(info.state),
        failure_reason=info.failure_reason,
        targets=list(info.targets),
    )


def _state(number: int) -> State:
    try:
        return State(number)
    except ValueError:
        return State.UndefiedState
