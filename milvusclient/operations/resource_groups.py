"""Build requests about resource groups, which are groups of query nodes, and their replicas; parse the replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from google.protobuf import json_format

from milvusclient._proto import milvus_pb2, rg_pb2
from milvusclient.checks import given, require_int, require_mapping, require_name, require_str
from milvusclient.exceptions import ParamError
from milvusclient.models.infos import NodeInfo, ReplicaInfo, ResourceGroupInfo, Shard
from milvusclient.schema.resource_groups import ResourceGroupConfig

__all__ = [
    "GroupConfig",
    "build_create_resource_group",
    "build_describe_resource_group",
    "build_drop_resource_group",
    "build_get_replicas",
    "build_list_resource_groups",
    "build_transfer_replica",
    "build_update_resource_groups",
    "parse_describe_resource_group",
    "parse_list_resource_groups",
    "parse_replicas",
]

_PARTS = {"requests", "limits", "transfer_from", "transfer_to", "node_filter"}

#: Configuration of a resource group: a :class:`ResourceGroupConfig`, or a dict like ``{"requests": {"node_num": 1}}``.
GroupConfig: TypeAlias = ResourceGroupConfig | Mapping[str, object]


def build_create_resource_group(name: str, config: GroupConfig | None) -> milvus_pb2.CreateResourceGroupRequest:
    """Build the request that creates a resource group."""
    request = milvus_pb2.CreateResourceGroupRequest(resource_group=require_name("name", name))
    if config is not None:
        request.config.CopyFrom(_config("config", config))
    return request


def build_update_resource_groups(configs: Mapping[str, GroupConfig]) -> milvus_pb2.UpdateResourceGroupsRequest:
    """Build the request that changes the configurations of resource groups."""
    request = milvus_pb2.UpdateResourceGroupsRequest()
    for name, config in require_mapping("configs", configs).items():
        request.resource_groups[require_name("a key of configs", name)].CopyFrom(_config(f"configs[{name!r}]", config))
    return request


def _config(where: str, config: object) -> rg_pb2.ResourceGroupConfig:
    if isinstance(config, Mapping):
        unknown = set(config) - _PARTS
        if unknown:
            raise ParamError(
                message=f"{where} has the unknown key {min(map(str, unknown))!r}; use {', '.join(sorted(_PARTS))}"
            )
        config = ResourceGroupConfig(**config)
    if not isinstance(config, ResourceGroupConfig):
        raise ParamError(message=f"{where} must be a ResourceGroupConfig or a dict, got {given(config)}")
    return json_format.ParseDict(config.to_dict(), rg_pb2.ResourceGroupConfig())


def build_drop_resource_group(name: str) -> milvus_pb2.DropResourceGroupRequest:
    """Build the request that drops a resource group."""
    return milvus_pb2.DropResourceGroupRequest(resource_group=require_name("name", name))


def build_list_resource_groups() -> milvus_pb2.ListResourceGroupsRequest:
    """Build the request that lists the resource groups."""
    return milvus_pb2.ListResourceGroupsRequest()


def parse_list_resource_groups(reply: milvus_pb2.ListResourceGroupsResponse) -> list[str]:
    """Parse the reply into the names of the resource groups."""
    return list(reply.resource_groups)


def build_describe_resource_group(name: str) -> milvus_pb2.DescribeResourceGroupRequest:
    """Build the request that describes a resource group."""
    return milvus_pb2.DescribeResourceGroupRequest(resource_group=require_name("name", name))


def parse_describe_resource_group(reply: milvus_pb2.DescribeResourceGroupResponse) -> ResourceGroupInfo:
    """Parse the reply into the nodes, replicas and configuration of the group."""
    group = reply.resource_group
    return ResourceGroupInfo(
        name=group.name,
        capacity=group.capacity,
        num_available_node=group.num_available_node,
        num_loaded_replica=dict(group.num_loaded_replica),
        num_outgoing_node=dict(group.num_outgoing_node),
        num_incoming_node=dict(group.num_incoming_node),
        config=_parse_config(group.config),
        nodes=[NodeInfo(node.node_id, node.address, node.hostname) for node in group.nodes],
    )


def _parse_config(message: rg_pb2.ResourceGroupConfig) -> ResourceGroupConfig:
    return ResourceGroupConfig(**json_format.MessageToDict(message, preserving_proto_field_name=True))


def build_transfer_replica(
    source_group: str, target_group: str, collection_name: str, num_replicas: int
) -> milvus_pb2.TransferReplicaRequest:
    """Build the request that moves replicas to another resource group."""
    return milvus_pb2.TransferReplicaRequest(
        source_resource_group=require_name("source_group", source_group),
        target_resource_group=require_name("target_group", target_group),
        collection_name=require_str("collection_name", collection_name),
        num_replica=require_int("num_replicas", num_replicas),
    )


def build_get_replicas(collection_id: int) -> milvus_pb2.GetReplicasRequest:
    """Build the request that lists the replicas of a collection."""
    return milvus_pb2.GetReplicasRequest(collectionID=collection_id, with_shard_nodes=True)


def parse_replicas(reply: milvus_pb2.GetReplicasResponse) -> list[ReplicaInfo]:
    """Parse the reply into the replicas and the nodes that hold them."""
    return [
        ReplicaInfo(
            id=replica.replicaID,
            shards=[
                Shard(shard.dm_channel_name, frozenset(shard.node_ids), shard.leaderID)
                for shard in replica.shard_replicas
            ],
            group_nodes=list(replica.node_ids),
            resource_group=replica.resource_group_name,
            num_outbound_node=dict(replica.num_outbound_node),
        )
        for replica in reply.replicas
    ]
