"""Build requests about partitions, the parts of a collection that are searched apart, and parse the replies."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, require_name, require_str
from milvusclient.exceptions import TypeError as ArgumentTypeError
from milvusclient.operations.collections import parse_stats

__all__ = [
    "build_create_partition",
    "build_drop_partition",
    "build_get_partition_stats",
    "build_has_partition",
    "build_list_partitions",
    "parse_has_partition",
    "parse_list_partitions",
    "parse_stats",
]


def build_create_partition(collection_name: str, partition_name: str) -> milvus_pb2.CreatePartitionRequest:
    """Build the request that creates a partition."""
    return milvus_pb2.CreatePartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_name("partition_name", partition_name),
    )


def build_drop_partition(collection_name: str, partition_name: str) -> milvus_pb2.DropPartitionRequest:
    """Build the request that drops a partition."""
    return milvus_pb2.DropPartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_str("partition_name", partition_name),
    )


def build_has_partition(collection_name: str, partition_name: str) -> milvus_pb2.HasPartitionRequest:
    """Build the request that asks whether a partition exists."""
    return milvus_pb2.HasPartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_str("partition_name", partition_name),
    )


def parse_has_partition(reply: milvus_pb2.BoolResponse) -> bool:
    """Return whether the partition exists."""
    return reply.value


def build_list_partitions(collection_name: str) -> milvus_pb2.ShowPartitionsRequest:
    """Build the request that lists the partitions of a collection."""
    return milvus_pb2.ShowPartitionsRequest(collection_name=require_name("collection_name", collection_name))


def parse_list_partitions(reply: milvus_pb2.ShowPartitionsResponse) -> list[str]:
    """Parse the reply into the names of the partitions."""
    return list(reply.partition_names)


def build_get_partition_stats(collection_name: str, partition_name: str) -> milvus_pb2.GetPartitionStatisticsRequest:
    """Build the request that asks for the statistics of a partition."""
    if not isinstance(partition_name, str):
        raise ArgumentTypeError(message=f"partition_name must be a str, got {given(partition_name)}")
    return milvus_pb2.GetPartitionStatisticsRequest(
        collection_name=require_name("collection_name", collection_name), partition_name=partition_name
    )
