"""Client methods for partitions, the parts of a collection that are loaded and searched apart."""

from __future__ import annotations

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import partitions

__all__ = ["AsyncPartitions"]


class AsyncPartitions(AsyncFamily):
    """Methods for partitions."""

    async def create_partition(self, collection_name: str, partition_name: str, timeout: float | None = None) -> None:
        """Add a partition to a collection.

        Args:
            collection_name: name or alias of the collection. It must not have a partition key.
            partition_name: name of the new partition, unique in the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.create_partition("books", "novels")
        """
        request = partitions.build_create_partition(collection_name, partition_name)
        await self._call(rpc.CREATE_PARTITION, request, self._deadline(timeout))

    async def drop_partition(self, collection_name: str, partition_name: str, timeout: float | None = None) -> None:
        """Drop a partition with its rows; it must be released before.

        Args:
            collection_name: name or alias of the collection.
            partition_name: name of the partition.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the server refuses the request, for instance because the partition is loaded.

        Example:
            >>> await client.drop_partition("books", "novels")
        """
        request = partitions.build_drop_partition(collection_name, partition_name)
        await self._call(rpc.DROP_PARTITION, request, self._deadline(timeout))

    async def has_partition(self, collection_name: str, partition_name: str, timeout: float | None = None) -> bool:
        """Return whether a collection has a partition.

        Args:
            collection_name: name or alias of the collection.
            partition_name: name of the partition.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            True if it has one with this name.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the collection does not exist.

        Example:
            >>> found = await client.has_partition("books", "novels")
        """
        request = partitions.build_has_partition(collection_name, partition_name)
        reply = await self._call(rpc.HAS_PARTITION, request, self._deadline(timeout))
        return partitions.parse_has_partition(reply)

    async def list_partitions(self, collection_name: str, timeout: float | None = None) -> list[str]:
        """Return the names of the partitions of a collection; every collection has ``_default``.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the collection does not exist.

        Example:
            >>> names = await client.list_partitions("books")
        """
        request = partitions.build_list_partitions(collection_name)
        reply = await self._call(rpc.SHOW_PARTITIONS, request, self._deadline(timeout))
        return partitions.parse_list_partitions(reply)

    async def get_partition_stats(
        self, collection_name: str, partition_name: str, timeout: float | None = None
    ) -> dict[str, int | str]:
        """Return the statistics of a partition, as of its last flush.

        Args:
            collection_name: name or alias of the collection.
            partition_name: name of the partition.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``row_count``.

        Raises:
            TypeError: the partition's name is not a str.
            ParamError: the collection's name is not a non-empty str.
            MilvusException: the collection or the partition does not exist.

        Example:
            >>> rows = (await client.get_partition_stats("books", "novels"))["row_count"]
        """
        request = partitions.build_get_partition_stats(collection_name, partition_name)
        reply = await self._call(rpc.GET_PARTITION_STATISTICS, request, self._deadline(timeout))
        return partitions.parse_stats(reply)
