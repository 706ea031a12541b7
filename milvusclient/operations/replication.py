"""Build requests about replication between clusters and its messages, and parse the replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import (
    given,
    require_bool,
    require_int,
    require_mapping,
    require_name,
    require_str,
    require_str_list,
)
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import enum_name

__all__ = [
    "Checkpoint",
    "DumpedMessage",
    "MessageId",
    "ReplicateInfo",
    "build_dump_messages",
    "build_get_replicate_configuration",
    "build_get_replicate_info",
    "build_update_replicate_configuration",
    "parse_dumped_message",
    "parse_replicate_info",
]


class MessageId(TypedDict):
    """The position of a message in a log: ``wal_name`` is the kind of log, such as ``"Pulsar"``."""

    id: str
    wal_name: str


class Checkpoint(TypedDict):
    """The position up to which a cluster has replicated a channel."""

    cluster_id: str
    pchannel: str
    message_id: MessageId | None
    time_tick: int


class ReplicateInfo(TypedDict):
    """The result of ``get_replicate_info``."""

    checkpoint: Checkpoint | None
    salvage_checkpoint: Checkpoint | None


class DumpedMessage(TypedDict):
    """One message from ``dump_messages``."""

    message_id: MessageId
    payload: bytes
    properties: dict[str, str]


def build_update_replicate_configuration(
    clusters: Sequence[Mapping[str, object]],
    cross_cluster_topology: Sequence[Mapping[str, object]] | None,
    force_promote: bool,
) -> milvus_pb2.UpdateReplicateConfigurationRequest:
    """Build the request that sets which clusters there are, and which replicates which."""
    configuration = common_pb2.ReplicateConfiguration(
        clusters=[_cluster(f"clusters[{index}]", raw) for index, raw in enumerate(_dicts("clusters", clusters))],
        cross_cluster_topology=[
            _edge(f"cross_cluster_topology[{index}]", raw)
            for index, raw in enumerate(_dicts("cross_cluster_topology", cross_cluster_topology or ()))
        ],
    )
    return milvus_pb2.UpdateReplicateConfigurationRequest(
        replicate_configuration=configuration, force_promote=require_bool("force_promote", force_promote)
    )


def _dicts(name: str, values: object) -> Sequence[object]:
    if isinstance(values, Sequence) and not isinstance(values, str):
        return values
    raise ParamError(message=f"{name} must be a list of dicts, got {given(values)}")


def _member(where: str, raw: Mapping[str, object], key: str) -> object:
    if key not in raw:
        raise ParamError(message=f"{where} lacks the key {key!r}")
    return raw[key]


def _cluster(where: str, raw: object) -> common_pb2.MilvusCluster:
    cluster = require_mapping(where, raw)
    cluster_id = require_str(f"{where}['cluster_id']", _member(where, cluster, "cluster_id"))
    place = f"{where}['connection_param']"
    connection = require_mapping(place, _member(where, cluster, "connection_param"))
    param = common_pb2.ConnectionParam(
        uri=require_str(f"{place}['uri']", _member(place, connection, "uri")),
        # Not require_str: its message would show the wrong value, which may be a secret.
        token=_secret(f"{place}['token']", connection.get("token", "")),
    )
    channels = require_str_list(f"{where}['pchannels']", cluster.get("pchannels", []))
    return common_pb2.MilvusCluster(cluster_id=cluster_id, connection_param=param, pchannels=channels)


def _secret(where: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ParamError(message=f"{where} must be a str, got {type(value).__name__}")


def _edge(where: str, raw: object) -> common_pb2.CrossClusterTopology:
    edge = require_mapping(where, raw)
    source, target = (
        require_str(f"{where}[{key!r}]", _member(where, edge, key))
        for key in ("source_cluster_id", "target_cluster_id")
    )
    return common_pb2.CrossClusterTopology(source_cluster_id=source, target_cluster_id=target)


def build_get_replicate_configuration() -> milvus_pb2.GetReplicateConfigurationRequest:
    """Build the request that asks for the replication configuration."""
    return milvus_pb2.GetReplicateConfigurationRequest()


def build_get_replicate_info(source_cluster_id: str, target_pchannel: str) -> milvus_pb2.GetReplicateInfoRequest:
    """Build the request that asks how far this cluster has replicated another one."""
    return milvus_pb2.GetReplicateInfoRequest(
        source_cluster_id=require_name("source_cluster_id", source_cluster_id),
        target_pchannel=require_name("target_pchannel", target_pchannel),
    )


def parse_replicate_info(reply: milvus_pb2.GetReplicateInfoResponse) -> ReplicateInfo:
    """Parse the reply into the checkpoints of the replication."""
    return {
        "checkpoint": _checkpoint(reply.checkpoint) if reply.HasField("checkpoint") else None,
        "salvage_checkpoint": _checkpoint(reply.salvage_checkpoint) if reply.HasField("salvage_checkpoint") else None,
    }


def _checkpoint(checkpoint: common_pb2.ReplicateCheckpoint) -> Checkpoint:
    return {
        "cluster_id": checkpoint.cluster_id,
        "pchannel": checkpoint.pchannel,
        "message_id": _message_id(checkpoint.message_id) if checkpoint.HasField("message_id") else None,
        "time_tick": checkpoint.time_tick,
    }


def _message_id(message_id: common_pb2.MessageID) -> MessageId:
    return {"id": message_id.id, "wal_name": enum_name(common_pb2.WALName, message_id.WAL_name)}


def build_dump_messages(
    pchannel: str, start_message_id: Mapping[str, object], start_timetick: int, end_timetick: int
) -> milvus_pb2.DumpMessagesRequest:
    """Build the request that reads the messages of a log, from a position on."""
    require_name("pchannel", pchannel)
    start = require_mapping("start_message_id", start_message_id)
    wal_name = _member("start_message_id", start, "wal_name")
    if not isinstance(wal_name, str) or wal_name not in common_pb2.WALName.keys():  # noqa: SIM118  # the enum is not a dict
        names = ", ".join(common_pb2.WALName.keys())
        raise ParamError(message=f"start_message_id['wal_name'] must be one of {names}, got {given(wal_name)}")
    message_id = common_pb2.MessageID(
        id=require_str("start_message_id['id']", _member("start_message_id", start, "id")),
        WAL_name=common_pb2.WALName.Value(wal_name),
    )
    return milvus_pb2.DumpMessagesRequest(
        pchannel=pchannel,
        start_message_id=message_id,
        start_timetick=require_int("start_timetick", start_timetick, least=0, most=(1 << 64) - 1),
        end_timetick=require_int("end_timetick", end_timetick, least=0, most=(1 << 64) - 1),
    )


def parse_dumped_message(reply: milvus_pb2.DumpMessagesResponse) -> DumpedMessage:
    """Parse one reply of the stream into a message."""
    message = reply.message
    return {
        "message_id": _message_id(message.id),
        "payload": message.payload,
        "properties": dict(message.properties),
    }
