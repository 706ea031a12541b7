"""Partitions: parts of a collection that are loaded and searched apart."""

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
    """A new part of a collection."""
    return milvus_pb2.CreatePartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_str("partition_name", partition_name),
    )


def build_drop_partition(collection_name: str, partition_name: str) -> milvus_pb2.DropPartitionRequest:
    """The end of a part of a collection."""
    return milvus_pb2.DropPartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_str("partition_name", partition_name),
    )


def build_has_partition(collection_name: str, partition_name: str) -> milvus_pb2.HasPartitionRequest:
    """Whether there is such a part."""
    return milvus_pb2.HasPartitionRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=require_str("partition_name", partition_name),
    )


def parse_has_partition(reply: milvus_pb2.BoolResponse) -> bool:
    """Whether there is."""
    return reply.value


def build_list_partitions(collection_name: str) -> milvus_pb2.ShowPartitionsRequest:
    """All parts of a collection."""
    return milvus_pb2.ShowPartitionsRequest(collection_name=require_name("collection_name", collection_name))


def parse_list_partitions(reply: milvus_pb2.ShowPartitionsResponse) -> list[str]:
    """Their names."""
    return list(reply.partition_names)


def build_get_partition_stats(collection_name: str, partition_name: str) -> milvus_pb2.GetPartitionStatisticsRequest:
    """The figures of a part of a collection."""
    if not isinstance(partition_name, str):
        raise ArgumentTypeError(message=f"partition_name must be a str, got {given(partition_name)}")
    return milvus_pb2.GetPartitionStatisticsRequest(
        collection_name=require_name("collection_name", collection_name), partition_name=partition_name
    )
