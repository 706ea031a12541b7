"""Query and get: what is built, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import DataTypeNotMatchException, MilvusException, ParamError
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.consistency import freshness
from milvusclient.operations.queries import build_query, finds_nothing, one_order

NOTHING_ELSE = {"ignore_growing": "False", "reduce_stop_for_best": "False"}


def build(
    collection_name: Any = "books",
    filter_text: Any = "",
    filter_params: Any = None,
    output_fields: Any = None,
    partition_names: Any = None,
    *,
    cluster_id: str = "",
    **others: Any,
) -> milvus_pb2.QueryRequest:
    return build_query(
        collection_name, filter_text, output_fields, partition_names, freshness(None, None, 0), cluster_id,
        filter_params=filter_params, **others,
    )  # fmt: skip


def texts(request: milvus_pb2.QueryRequest) -> dict[str, str]:
    return {pair.key: pair.value for pair in request.query_params}


def test_a_query_for_everything() -> None:
    request = build()
    assert request == milvus_pb2.QueryRequest(
        collection_name="books",
        output_fields=["*"],
        query_params=key_value_pairs(NOTHING_ELSE),
        guarantee_timestamp=1,
        use_default_consistency=True,
    )


def test_a_query_with_everything() -> None:
    request = build(
        "books", "a in {x}", {"x": [1]}, ["a", "b"], ["p"], namespace="n", limit=3, offset=0, ignore_growing=True,
        reduce_stop_for_best=True, group_by_fields=["a", "b"], order_by_fields=[{"field": "a", "order": "desc"}],
        timezone="UTC", time_fields="year", cluster_id="c",
    )  # fmt: skip
    assert (request.expr, list(request.output_fields), list(request.partition_names)) == ("a in {x}", ["a", "b"], ["p"])
    assert request.namespace == "n"
    assert list(request.expr_template_values["x"].array_val.long_data.data) == [1]
    assert texts(request) == {
        "limit": "3", "offset": "0", "ignore_growing": "True", "reduce_stop_for_best": "True",
        "group_by_fields": "a,b", "order_by_fields": "a:desc", "timezone": "UTC", "time_fields": "year",
        "cluster_id": "c",
    }  # fmt: skip


@pytest.mark.parametrize("empty", [None, []])
def test_without_output_fields_all_are_returned(empty: Any) -> None:
    assert build(output_fields=empty).output_fields == ["*"]


def test_limit_and_offset_may_be_digits_in_a_str() -> None:
    assert texts(build(limit="5", offset="1")) == {**NOTHING_ELSE, "limit": "5", "offset": "1"}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"collection_name": None}, ParamError, "collection_name must be a non-empty str"),
        ({"filter_text": 5}, DataTypeNotMatchException, "filter must be a str"),
        ({"filter_text": "a > 1", "by_keys": True}, ParamError, "give either ids or filter"),
        ({"filter_params": [1]}, ParamError, "filter_params must be a dict"),
        ({"filter_params": {"x": None}}, ParamError, "filter_params"),
        ({"output_fields": "id"}, ParamError, "output_fields must be a list of str"),
        ({"output_fields": [5]}, ParamError, r"output_fields\[0\] must be a str"),
        ({"partition_names": "p"}, ParamError, "partition_names must be a list of str"),
        ({"namespace": 5}, ParamError, "namespace must be a str"),
        ({"limit": -1}, ParamError, "limit must be at least 0"),
        ({"limit": True}, ParamError, "limit must be an int"),
        ({"limit": "many"}, ParamError, "limit must be an int"),
        ({"limit": 1.5}, ParamError, "limit must be an int"),
        ({"offset": -1}, ParamError, "offset must be at least 0"),
        ({"ignore_growing": "x"}, ParamError, "ignore_growing must be True or False"),
        ({"reduce_stop_for_best": 1}, ParamError, "reduce_stop_for_best must be True or False"),
        ({"group_by_fields": "a"}, ParamError, "group_by_fields must be a list of str"),
        ({"order_by_fields": [{"x": "a"}]}, ParamError, "must have the name of a field"),
        ({"timezone": 5}, ParamError, "timezone must be a str"),
    ],
)
def test_invalid_arguments_are_refused(arguments: dict[str, Any], error: type[MilvusException], message: str) -> None:
    with pytest.raises(error, match=message):
        build(**arguments)


def test_an_order_is_given_under_one_name() -> None:
    assert one_order(None, "a") == "a"
    assert one_order("a", None) == "a"
    assert one_order(None, None) is None
    with pytest.raises(ParamError, match="two names of one argument"):
        one_order("a", "b")


def test_an_old_server_calls_an_empty_collection_an_error() -> None:
    assert finds_nothing(MilvusException(0, "empty", 26))
    assert not finds_nothing(MilvusException(100, "missing", 4))
