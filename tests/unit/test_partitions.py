"""Partitions: requests and replies."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import partitions


def test_requests_name_the_collection_and_the_partition() -> None:
    names: dict[str, Any] = {"collection_name": "books", "partition_name": "novels"}
    assert partitions.build_create_partition("books", "novels") == milvus_pb2.CreatePartitionRequest(**names)
    assert partitions.build_drop_partition("books", "novels") == milvus_pb2.DropPartitionRequest(**names)
    assert partitions.build_has_partition("books", "novels") == milvus_pb2.HasPartitionRequest(**names)
    assert partitions.build_get_partition_stats("books", "novels") == milvus_pb2.GetPartitionStatisticsRequest(**names)
    assert partitions.build_list_partitions("books") == milvus_pb2.ShowPartitionsRequest(collection_name="books")


def test_names_that_are_not_str_are_refused() -> None:
    with pytest.raises(ParamError, match="partition_name must be a non-empty str, got 5"):
        partitions.build_create_partition("books", 5)  # type: ignore[arg-type]
    with pytest.raises(ParamError, match="partition_name must be a non-empty str, got ''"):
        partitions.build_create_partition("books", "")
    with pytest.raises(ParamError, match="collection_name"):
        partitions.build_list_partitions("")


def test_stats_of_a_partition_name_that_is_not_a_str_raise_type_error() -> None:
    with pytest.raises(builtins.TypeError, match="partition_name must be a str") as caught:
        partitions.build_get_partition_stats("books", None)  # type: ignore[arg-type]
    assert isinstance(caught.value, ParamError)


def test_replies_are_plain_values() -> None:
    assert partitions.parse_has_partition(milvus_pb2.BoolResponse(value=True)) is True
    assert partitions.parse_list_partitions(milvus_pb2.ShowPartitionsResponse(partition_names=["a", "b"])) == ["a", "b"]
    stats = [common_pb2.KeyValuePair(key="row_count", value="7"), common_pb2.KeyValuePair(key="x", value="7")]
    assert partitions.parse_stats(milvus_pb2.GetPartitionStatisticsResponse(stats=stats)) == {"row_count": 7, "x": "7"}
