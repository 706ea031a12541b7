"""Any integer is an int wherever one is wanted: those of numpy, and arrays without a dimension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milvusclient import DataType, FieldSchema, IndexParams, MilvusClient, ResourceGroupConfig, RetryPolicy
from milvusclient.operations.consistency import parse_level
from milvusclient.operations.maintenance import build_compact

numpy = pytest.importorskip("numpy")

INTEGERS = pytest.mark.parametrize("make", [numpy.int64, numpy.int8, numpy.array], ids=["int64", "int8", "0-d array"])
Make = Callable[[int], Any]


@INTEGERS
def test_schemas(make: Make) -> None:
    assert FieldSchema("v", make(101), dim=make(3)).to_dict() == FieldSchema("v", 101, dim=3).to_dict()
    assert FieldSchema("t", DataType.VARCHAR, max_length=make(9)).max_length == 9
    assert FieldSchema("n", DataType.INT64, default_value=make(3)).default_value == 3


@INTEGERS
def test_settings_of_calls(make: Make) -> None:
    assert parse_level(make(1)).name == "Session"
    assert build_compact("books", target_size=make(64)).target_size == 64
    assert RetryPolicy(max_retries=make(2)).max_retries == 2
    config = ResourceGroupConfig(requests={"node_num": make(2)})
    assert config.requests.node_num == 2
    assert type(config.requests.node_num) is int


def test_no_bool_is_an_integer() -> None:
    with pytest.raises(Exception, match="must be an int"):
        ResourceGroupConfig(requests={"node_num": True})
    with pytest.raises(Exception, match="consistency_level must be one of"):
        parse_level(True)


def test_index_params_are_prepared_with_what_add_index_takes() -> None:
    added = IndexParams()
    added.add_index("vector", "HNSW", metric_type="L2", M=8, efConstruction=64)
    assert MilvusClient.prepare_index_params("vector", "HNSW", metric_type="L2", M=8, efConstruction=64) == added
