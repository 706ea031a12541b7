"""Client methods for resource groups, which are groups of query nodes, and their replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import resource_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient.models.infos import ReplicaInfo, ResourceGroupInfo
    from milvusclient.operations.resource_groups import GroupConfig

__all__ = ["AsyncResourceGroups"]


class AsyncResourceGroups(AsyncFamily):
    """Methods for resource groups and replicas, which are of use on clusters with several query nodes."""

    async def create_resource_group(
        self, name: str, timeout: float | None = None, *, config: GroupConfig | None = None
    ) -> None:
        """Create a group of query nodes.

        Args:
            name: name of the new resource group, unique on the server.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            config: numbers of nodes that the group shall have, such as ``{"requests": {"node_num": 1}, "limits":
                {"node_num": 2}}``.

        Raises:
            ParamError: the name is not a non-empty str, or the configuration is invalid.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.create_resource_group("fast", config={"requests": {"node_num": 1}})
        """
        request = resource_groups.build_create_resource_group(name, config)
        await self._call(rpc.CREATE_RESOURCE_GROUP, request, self._deadline(timeout))

    async def update_resource_groups(self, configs: Mapping[str, GroupConfig], timeout: float | None = None) -> None:
        """Change how many nodes resource groups have; the server moves nodes between them.

        Args:
            configs: a configuration for each group by name, such as ``{"fast": {"requests": {"node_num": 1}}}``. A
                configuration may also have ``limits``, ``transfer_from``, ``transfer_to`` and ``node_filter``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: ``configs`` is not a dict, or a configuration is invalid.
            MilvusException: the server refuses the request, for instance because a group does not exist.

        Example:
            >>> await client.update_resource_groups({"fast": {"requests": {"node_num": 2}, "limits": {"node_num": 2}}})
        """
        request = resource_groups.build_update_resource_groups(configs)
        await self._call(rpc.UPDATE_RESOURCE_GROUPS, request, self._deadline(timeout))

    async def drop_resource_group(self, name: str, timeout: float | None = None) -> None:
        """Drop a resource group, which must have no nodes.

        Args:
            name: name of the resource group. The default group cannot be dropped.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because it still has nodes.

        Example:
            >>> await client.drop_resource_group("fast")
        """
        request = resource_groups.build_drop_resource_group(name)
        await self._call(rpc.DROP_RESOURCE_GROUP, request, self._deadline(timeout))

    async def describe_resource_group(self, name: str, timeout: float | None = None) -> ResourceGroupInfo:
        """Return the nodes, replicas and configuration of a resource group.

        Args:
            name: name of the resource group.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            Its nodes, its replicas and its configuration.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the group does not exist.

        Example:
            >>> nodes = (await client.describe_resource_group("fast")).num_available_node
        """
        request = resource_groups.build_describe_resource_group(name)
        reply = await self._call(rpc.DESCRIBE_RESOURCE_GROUP, request, self._deadline(timeout))
        return resource_groups.parse_describe_resource_group(reply)

    async def list_resource_groups(self, timeout: float | None = None) -> list[str]:
        """Return the names of the resource groups.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> names = await client.list_resource_groups()
        """
        request = resource_groups.build_list_resource_groups()
        reply = await self._call(rpc.LIST_RESOURCE_GROUPS, request, self._deadline(timeout))
        return resource_groups.parse_list_resource_groups(reply)

    async def transfer_replica(
        self,
        source_group: str,
        target_group: str,
        collection_name: str,
        num_replicas: int,
        timeout: float | None = None,
    ) -> None:
        """Move replicas of a collection from one resource group to another.

        Args:
            source_group: name of the resource group that has the replicas.
            target_group: name of the resource group that receives them.
            collection_name: name of the collection.
            num_replicas: number of replicas to move.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, a group's name is empty, or the number is not an int.
            MilvusException: the server refuses the request, for instance because the group has too few nodes.

        Example:
            >>> await client.transfer_replica("__default_resource_group", "fast", "books", 1)
        """
        request = resource_groups.build_transfer_replica(source_group, target_group, collection_name, num_replicas)
        await self._call(rpc.TRANSFER_REPLICA, request, self._deadline(timeout))

    async def describe_replica(self, collection_name: str, timeout: float | None = None) -> list[ReplicaInfo]:
        """Return the replicas of a loaded collection, and the nodes that hold them.

        Args:
            collection_name: name or alias of the collection. It must be loaded.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A description of each replica.

        Raises:
            ParamError: the name is not a non-empty str.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, for instance because the collection is not loaded.

        Example:
            >>> copies = len(await client.describe_replica("books"))
        """
        deadline = self._deadline(timeout)
        # Another client may have dropped and created the collection again, which changes its identifier: ask each time.
        info = await self._collection(collection_name, deadline, refresh=True)
        request = resource_groups.build_get_replicas(info.collection_id)
        return resource_groups.parse_replicas(await self._call(rpc.GET_REPLICAS, request, deadline))
