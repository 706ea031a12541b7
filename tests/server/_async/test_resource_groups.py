"""Resource groups and replicas, on the server that has them; one query node is all that it has."""

from __future__ import annotations

import uuid

import pytest

from milvusclient import AsyncMilvusClient, MilvusException, ResourceGroupConfig
from milvusclient.exceptions import UnimplementedError
from tests.server.both import LITE, Server, flat, schema_of

DEFAULT_GROUP = "__default_resource_group"


@pytest.fixture
def group(server: Server) -> str:
    """A name that no other test has: groups belong to the whole server, not to a database."""
    server.skip_on(LITE, "has no resource groups")
    return f"group_{uuid.uuid4().hex[:8]}"


async def test_groups_are_created_described_listed_and_dropped(server: Server, group: str) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        assert DEFAULT_GROUP in await client.list_resource_groups()
        assert group not in await client.list_resource_groups()
        await client.create_resource_group(group)
        try:
            assert {DEFAULT_GROUP, group} <= set(await client.list_resource_groups())
            with pytest.raises(MilvusException, match="already exist"):
                await client.create_resource_group(group)

            info = await client.describe_resource_group(group)
            assert (info.name, info.capacity, info.num_available_node) == (group, 0, 0)
            assert (info.num_loaded_replica, info.num_outgoing_node, info.num_incoming_node) == ({}, {}, {})
            default = await client.describe_resource_group(DEFAULT_GROUP)
            assert (default.name, default.num_available_node) == (DEFAULT_GROUP, 1)
        finally:
            await client.drop_resource_group(group)
        assert group not in await client.list_resource_groups()
        with pytest.raises(MilvusException, match=f"not found.*{group}"):
            await client.describe_resource_group(group)
        await client.drop_resource_group(group)  # to drop nothing is no error
        with pytest.raises(MilvusException, match="default"):
            await client.drop_resource_group(DEFAULT_GROUP)


async def test_limits_need_a_newer_server(server: Server, group: str) -> None:
    config = ResourceGroupConfig(requests={"node_num": 0}, limits={"node_num": 1})
    async with AsyncMilvusClient(server.uri) as client:
        with pytest.raises(UnimplementedError, match=r"UpdateResourceGroups.*the server does not know this call"):
            await client.update_resource_groups({DEFAULT_GROUP: config})
        await client.create_resource_group(group, config=config)  # Milvus 2.3.5 leaves out what it does not know
        await client.drop_resource_group(group)


async def test_a_replica_stays_where_a_node_is(server: Server, group: str) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(), index_params=flat())
        (replica,) = await client.describe_replica("c")
        assert replica.resource_group == DEFAULT_GROUP
        (node,) = replica.group_nodes
        (shard,) = replica.shards
        assert (shard.shard_leader, shard.channel_name != "") == (node, True)

        await client.create_resource_group(group)
        try:
            with pytest.raises(MilvusException, match="nodes not enough"):
                await client.transfer_replica(DEFAULT_GROUP, group, "c", 1)
            with pytest.raises(MilvusException, match="not found|not exist"):
                await client.transfer_replica(DEFAULT_GROUP, "nowhere", "c", 1)
            await client.release_collection("c")
            with pytest.raises(MilvusException, match="nodes not enough"):
                await client.load_collection("c", resource_groups=[group])
        finally:
            await client.drop_resource_group(group)
        await client.load_collection("c", resource_groups=[DEFAULT_GROUP], replica_number=1)
        assert [found.resource_group for found in await client.describe_replica("c")] == [DEFAULT_GROUP]


async def test_a_collection_that_is_not_loaded_has_no_replicas(server: Server) -> None:
    server.skip_on(LITE, "has no replicas")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="c"):
            await client.describe_replica("c")
