"""Resource groups and replicas: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2, rg_pb2
from milvusclient.exceptions import ParamError
from milvusclient.models.infos import NodeInfo, ReplicaInfo, ResourceGroupInfo, Shard
from milvusclient.operations import resource_groups
from milvusclient.schema.resource_groups import ResourceGroupConfig

CONFIG = {
    "requests": {"node_num": 1},
    "limits": {"node_num": 2},
    "transfer_from": [{"resource_group": "rg2"}],
    "transfer_to": [{"resource_group": "rg3"}],
    "node_filter": {"node_labels": [{"key": "zone", "value": "a"}]},
}


def test_a_configuration_is_an_object_or_a_dict() -> None:
    from_dict = resource_groups.build_update_resource_groups({"fast": CONFIG})
    config = ResourceGroupConfig(**CONFIG)  # type: ignore[arg-type]  # as a dict of parts
    assert resource_groups.build_update_resource_groups({"fast": config}) == from_dict
    sent = from_dict.resource_groups["fast"]
    assert (sent.requests.node_num, sent.limits.node_num) == (1, 2)
    assert sent.transfer_from[0].resource_group == "rg2"
    assert sent.node_filter.node_labels[0].value == "a"


@pytest.mark.parametrize(
    ("configs", "message"),
    [
        ([1], "configs must be a dict, got"),
        ({"fast": 5}, r"configs\['fast'\] must be a ResourceGroupConfig or a dict, got 5"),
        (
            {"fast": {"request": {}}},
            r"configs\['fast'\] has the unknown key 'request'; use limits, node_filter, requests",
        ),
        ({"fast": {"requests": {"nodes": 1}}}, "requests has the unknown key 'nodes'; use node_num"),
        ({"": {}}, "a key of configs must be a non-empty str"),
    ],
)
def test_an_invalid_configuration_is_refused(configs: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        resource_groups.build_update_resource_groups(configs)  # type: ignore[arg-type]


def test_a_group_is_created_with_a_configuration_or_without() -> None:
    assert not resource_groups.build_create_resource_group("fast", None).HasField("config")
    assert (
        resource_groups.build_create_resource_group("fast", {"requests": {"node_num": 1}}).config.requests.node_num == 1
    )
    assert resource_groups.build_drop_resource_group("fast").resource_group == "fast"
    with pytest.raises(ParamError, match="name must be a non-empty str"):
        resource_groups.build_create_resource_group("", None)


def test_a_described_group_has_its_nodes_and_its_configuration() -> None:
    group = milvus_pb2.ResourceGroup(
        name="fast",
        capacity=2,
        num_available_node=1,
        num_loaded_replica={"books": 1},
        num_incoming_node={"books": 2},
        config=rg_pb2.ResourceGroupConfig(requests={"node_num": 1}),  # type: ignore[arg-type]  # protobuf takes a dict
    )
    group.nodes.add(node_id=5, address="10.0.0.5:21123", hostname="node5")
    reply = milvus_pb2.DescribeResourceGroupResponse(resource_group=group)
    assert resource_groups.parse_describe_resource_group(reply) == ResourceGroupInfo(
        name="fast",
        capacity=2,
        num_available_node=1,
        num_loaded_replica={"books": 1},
        num_outgoing_node={},
        num_incoming_node={"books": 2},
        config=ResourceGroupConfig(requests={"node_num": 1}),
        nodes=[NodeInfo(5, "10.0.0.5:21123", "node5")],
    )


def test_a_number_of_replicas_is_moved() -> None:
    request = resource_groups.build_transfer_replica("a", "b", "books", 1)
    assert (request.source_resource_group, request.target_resource_group) == ("a", "b")
    assert (request.collection_name, request.num_replica) == ("books", 1)
    with pytest.raises(ParamError, match="num_replicas must be an int, got '1'"):
        resource_groups.build_transfer_replica("a", "b", "books", "1")  # type: ignore[arg-type]


def test_a_replica_has_shards() -> None:
    replica = milvus_pb2.ReplicaInfo(
        replicaID=61, node_ids=[5, 6], resource_group_name="fast", num_outbound_node={"rg1": 1}
    )
    replica.shard_replicas.add(dm_channel_name="ch0", node_ids=[5, 6], leaderID=5)
    assert resource_groups.parse_replicas(milvus_pb2.GetReplicasResponse(replicas=[replica])) == [
        ReplicaInfo(61, [Shard("ch0", frozenset({5, 6}), 5)], [5, 6], "fast", {"rg1": 1})
    ]
    assert resource_groups.build_get_replicas(1000).with_shard_nodes
