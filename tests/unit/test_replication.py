"""Replication: requests and replies."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import replication

OURS: dict[str, Any] = {
    "cluster_id": "a",
    "connection_param": {"uri": "http://a:19530", "token": "t0ken"},
    "pchannels": ["a-0"],
}
EDGE = {"source_cluster_id": "a", "target_cluster_id": "b"}


def build(clusters: object, topology: object = None) -> milvus_pb2.UpdateReplicateConfigurationRequest:
    return replication.build_update_replicate_configuration(clusters, topology, False)  # type: ignore[arg-type]


def test_clusters_and_edges_are_dicts() -> None:
    configuration = build([OURS], [EDGE]).replicate_configuration
    (cluster,) = configuration.clusters
    assert (cluster.cluster_id, list(cluster.pchannels)) == ("a", ["a-0"])
    assert (cluster.connection_param.uri, cluster.connection_param.token) == ("http://a:19530", "t0ken")
    (edge,) = configuration.cross_cluster_topology
    assert (edge.source_cluster_id, edge.target_cluster_id) == ("a", "b")
    assert not build([]).replicate_configuration.clusters


@pytest.mark.parametrize(
    ("clusters", "topology", "message"),
    [
        (None, None, "clusters must be a list of dicts, got None"),
        ("x", None, "clusters must be a list of dicts"),
        ([5], None, r"clusters\[0\] must be a dict, got 5"),
        ([{"x": 1}], None, r"clusters\[0\] lacks the key 'cluster_id'"),
        ([{"cluster_id": "a"}], None, r"clusters\[0\] lacks the key 'connection_param'"),
        ([{**OURS, "connection_param": {}}], None, r"clusters\[0\]\['connection_param'\] lacks the key 'uri'"),
        ([{**OURS, "pchannels": "a-0"}], None, r"clusters\[0\]\['pchannels'\] must be a list of str"),
        ([OURS], [{"source_cluster_id": "a"}], r"cross_cluster_topology\[0\] lacks the key 'target_cluster_id'"),
    ],
)
def test_a_missing_or_wrong_value_is_named(clusters: object, topology: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        build(clusters, topology)


def test_a_wrong_token_is_not_shown() -> None:
    with pytest.raises(ParamError, match=r"\['token'\] must be a str, got bytes") as caught:
        build([{**OURS, "connection_param": {"uri": "u", "token": b"s3cret"}}])
    assert "s3cret" not in caught.value.message


def test_a_checkpoint_is_a_dict_or_none() -> None:
    checkpoint = common_pb2.ReplicateCheckpoint(
        cluster_id="a",
        pchannel="p0",
        message_id=common_pb2.MessageID(id="m1", WAL_name=common_pb2.WALName.Pulsar),
        time_tick=77,
    )
    assert replication.parse_replicate_info(milvus_pb2.GetReplicateInfoResponse(checkpoint=checkpoint)) == {
        "checkpoint": {
            "cluster_id": "a",
            "pchannel": "p0",
            "message_id": {"id": "m1", "wal_name": "Pulsar"},
            "time_tick": 77,
        },
        "salvage_checkpoint": None,
    }
    with pytest.raises(ParamError, match="target_pchannel must be a non-empty str"):
        replication.build_get_replicate_info("a", "")


def test_a_log_is_read_from_a_position_on() -> None:
    request = replication.build_dump_messages("p0", {"id": "m0", "wal_name": "Kafka"}, 5, 6)
    assert (request.pchannel, request.start_timetick, request.end_timetick) == ("p0", 5, 6)
    assert (request.start_message_id.id, request.start_message_id.WAL_name) == ("m0", common_pb2.WALName.Kafka)


@pytest.mark.parametrize(
    ("pchannel", "start", "message"),
    [
        ("", {"id": "m", "wal_name": "Kafka"}, "pchannel must be a non-empty str"),
        ("p", None, "start_message_id must be a dict"),
        ("p", {}, "start_message_id lacks the key 'wal_name'"),
        ("p", {"wal_name": "Kafka"}, "start_message_id lacks the key 'id'"),
        ("p", {"id": "m", "wal_name": "X"}, r"\['wal_name'\] must be one of Unknown, RocksMQ, Pulsar, Kafka"),
        ("p", {"id": 5, "wal_name": "Kafka"}, r"\['id'\] must be a str"),
    ],
)
def test_an_invalid_position_is_refused(pchannel: str, start: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        replication.build_dump_messages(pchannel, start, 0, 0)  # type: ignore[arg-type]


def test_a_message_is_a_dict() -> None:
    message = common_pb2.ImmutableMessage(
        id=common_pb2.MessageID(id="m0", WAL_name=common_pb2.WALName.Pulsar), payload=b"x", properties={"k": "v"}
    )
    assert replication.parse_dumped_message(milvus_pb2.DumpMessagesResponse(message=message)) == {
        "message_id": {"id": "m0", "wal_name": "Pulsar"},
        "payload": b"x",
        "properties": {"k": "v"},
    }
