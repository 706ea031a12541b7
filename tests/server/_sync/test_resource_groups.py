"""Resource groups and replicas, on the server that has them; one query node is all that it has."""

from __future__ import annotations

import uuid

import pytest

from milvusclient import MilvusClient, MilvusException, ResourceGroupConfig
from milvusclient.exceptions import UnimplementedError
from tests.server.both import LITE, Server, flat, schema_of

DEFAULT_GROUP = "__default_resource_group"


@pytest.fixture
def group(server: Server) -> str:
    """A name that no other test has: groups belong to the whole server, not to a database."""
    server.skip_on(LITE, "has no resource groups")
    return f"group_{uuid.uuid4().hex[:8]}"


def test_groups_are_created_described_listed_and_dropped(server: Server, group: str) -> None:
    with MilvusClient(server.uri) as client:
        assert DEFAULT_GROUP in client.list_resource_groups()
        assert group not in client.list_resource_groups()
        client.create_resource_group(group)
        try:
            assert {DEFAULT_GROUP, group} <= set(client.list_resource_groups())
            with pytest.raises(MilvusException, match="already exist"):
                client.create_resource_group(group)

            info = client.describe_resource_group(group)
            assert (info.name, info.capacity, info.num_available_node) == (group, 0, 0)
            assert (info.num_loaded_replica, info.num_outgoing_node, info.num_incoming_node) == ({}, {}, {})
            default = client.describe_resource_group(DEFAULT_GROUP)
            assert (default.name, default.num_available_node) == (DEFAULT_GROUP, 1)
        finally:
            client.drop_resource_group(group)
        assert group not in client.list_resource_groups()
        with pytest.raises(MilvusException, match=f"not found.*{group}"):
            client.describe_resource_group(group)
        client.drop_resource_group(group)  # to drop nothing is no error
        with pytest.raises(MilvusException, match="default"):
            client.drop_resource_group(DEFAULT_GROUP)


def test_limits_need_a_newer_server(server: Server, group: str) -> None:
    config = ResourceGroupConfig(requests={"node_num": 0}, limits={"node_num": 1})
    with MilvusClient(server.uri) as client:
        with pytest.raises(UnimplementedError, match=r"UpdateResourceGroups.*the server does not know this call"):
            client.update_resource_groups({DEFAULT_GROUP: config})
        client.create_resource_group(group, config=config)  # Milvus 2.3.5 leaves out what it does not know
        client.drop_resource_group(group)


def test_a_replica_stays_where_a_node_is(server: Server, group: str) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        (replica,) = client.describe_replica("c")
        assert replica.resource_group == DEFAULT_GROUP
        (node,) = replica.group_nodes
        (shard,) = replica.shards
        assert (shard.shard_leader, shard.channel_name != "") == (node, True)

        client.create_resource_group(group)
        try:
            with pytest.raises(MilvusException, match="nodes not enough"):
                client.transfer_replica(DEFAULT_GROUP, group, "c", 1)
            with pytest.raises(MilvusException, match="not found|not exist"):
                client.transfer_replica(DEFAULT_GROUP, "nowhere", "c", 1)
            client.release_collection("c")
            with pytest.raises(MilvusException, match="nodes not enough"):
                client.load_collection("c", resource_groups=[group])
        finally:
            client.drop_resource_group(group)
        client.load_collection("c", resource_groups=[DEFAULT_GROUP], replica_number=1)
        assert [found.resource_group for found in client.describe_replica("c")] == [DEFAULT_GROUP]


def test_a_collection_that_is_not_loaded_has_no_replicas(server: Server) -> None:
    server.skip_on(LITE, "has no replicas")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="c"):
            client.describe_replica("c")
