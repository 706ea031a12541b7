"""Indexes: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import AmbiguousIndexName, MilvusException, ParamError
from milvusclient.operations import indexes
from milvusclient.operations.indexes import AwaitedIndex
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.index import IndexParams


def params_of(request: milvus_pb2.CreateIndexRequest | milvus_pb2.AlterIndexRequest) -> dict[str, str]:
    return {pair.key: pair.value for pair in request.extra_params}


def reply_with(*described: milvus_pb2.IndexDescription) -> milvus_pb2.DescribeIndexResponse:
    return milvus_pb2.DescribeIndexResponse(index_descriptions=described)


def test_index_parameters_are_a_flat_dict_of_str() -> None:
    index_params = IndexParams()
    nested = {"M": 8, "deep": {"a": 1}, "flag": True, "list": [1, 2], "nothing": None}
    index_params.add_index("v", "HNSW", "named", metric_type="L2", params=nested)
    (request,) = indexes.build_create_indexes("books", index_params)
    assert (request.collection_name, request.field_name, request.index_name) == ("books", "v", "named")
    assert params_of(request) == {
        "M": "8",
        "deep": '{"a":1}',
        "flag": "True",
        "list": "[1, 2]",
        "metric_type": "L2",
        "index_type": "HNSW",
    }


def test_each_index_is_a_request() -> None:
    index_params = SchemaBuilders.prepare_index_params("v")
    index_params.add_index("x", "INVERTED")
    assert [request.field_name for request in indexes.build_create_indexes("books", index_params)] == ["v", "x"]


def test_invalid_index_params_are_refused() -> None:
    with pytest.raises(ParamError, match="index_params is empty; add an index"):
        indexes.build_create_indexes("books", IndexParams())
    with pytest.raises(ParamError, match="index_params must be IndexParams, got {'field_name': 'v'}"):
        indexes.build_create_indexes("books", {"field_name": "v"})  # type: ignore[arg-type]
    with pytest.raises(ParamError, match="dim of the index on field 'v' must be an int, got '4'"):
        indexes.build_create_indexes("books", SchemaBuilders.prepare_index_params("v", params={"dim": "4"}))


def test_progress_is_requested_by_name_and_timestamp() -> None:
    (request,) = indexes.build_create_indexes("books", SchemaBuilders.prepare_index_params("v", "FLAT", "named"))
    assert indexes.build_index_progress(indexes.index_of(request), 77) == milvus_pb2.DescribeIndexRequest(
        collection_name="books", index_name="named", timestamp=77
    )


def test_an_index_is_built_when_its_state_is_finished() -> None:
    awaited = AwaitedIndex("books", "v")
    finished = milvus_pb2.IndexDescription(field_name="v", state=common_pb2.IndexState.Finished)
    building = milvus_pb2.IndexDescription(field_name="v", state=common_pb2.IndexState.InProgress)
    other = milvus_pb2.IndexDescription(field_name="x", state=common_pb2.IndexState.Finished)
    assert indexes.index_is_built(reply_with(finished), awaited)
    assert not indexes.index_is_built(reply_with(building), awaited)
    assert not indexes.index_is_built(reply_with(other, building), awaited)
    with pytest.raises(AmbiguousIndexName, match="reports 2 indexes .* none of them on field 'v'"):
        indexes.index_is_built(reply_with(other, other), awaited)


def test_a_failed_build_raises_with_its_reason() -> None:
    failed = milvus_pb2.IndexDescription(
        field_name="v", state=common_pb2.IndexState.Failed, index_state_fail_reason="out of memory"
    )
    with pytest.raises(MilvusException, match="out of memory"):
        indexes.index_is_built(reply_with(failed), AwaitedIndex("books", "v"))


def test_a_described_index_has_its_parameters() -> None:
    described = milvus_pb2.IndexDescription(
        index_name="named",
        field_name="v",
        total_rows=7,
        indexed_rows=3,
        pending_index_rows=4,
        state=common_pb2.IndexState.InProgress,
        params=[
            common_pb2.KeyValuePair(key="index_type", value="HNSW"),
            common_pb2.KeyValuePair(key="params", value='{"M": 8}'),
        ],
    )
    assert indexes.parse_describe_index(reply_with(described)) == {
        "index_type": "HNSW",
        "params": {"M": 8},
        "field_name": "v",
        "index_name": "named",
        "total_rows": 7,
        "indexed_rows": 3,
        "pending_index_rows": 4,
        "state": "InProgress",
    }
    with pytest.raises(AmbiguousIndexName, match="'named', 'named'"):
        indexes.parse_describe_index(reply_with(described, described))
    assert indexes.parse_list_indexes(reply_with(described), "v") == ["named"]
    assert indexes.parse_list_indexes(reply_with(described), "x") == []


def test_properties_are_set_and_dropped_by_name() -> None:
    assert params_of(indexes.build_alter_index("books", "v", {"mmap.enabled": True})) == {"mmap.enabled": "True"}
    assert list(indexes.build_drop_index_properties("books", "v", ["mmap.enabled"]).delete_keys) == ["mmap.enabled"]
    with pytest.raises(ParamError, match="index_name must be a non-empty str"):
        indexes.build_alter_index("books", "", {"a": 1})
    with pytest.raises(ParamError, match="properties must be a dict"):
        indexes.build_alter_index("books", "v", None)  # type: ignore[arg-type]


def test_a_timestamp_is_an_int_of_at_least_0() -> None:
    assert indexes.build_describe_index("books", None, 5).timestamp == 5
    with pytest.raises(ParamError, match="timestamp must be at least 0"):
        indexes.build_describe_index("books", "", -1)


def test_an_awaited_index_describes_itself() -> None:
    assert str(AwaitedIndex("books", "v")) == "the index on field 'v' of collection 'books'"
    assert str(AwaitedIndex("books", "v", "named")) == "index 'named' of collection 'books'"
