"""Search parameters as texts: what a program gives in one place or another, once on the wire."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Any

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.operations.search_params import SearchOptions, order_text, search_texts, time_texts
from milvusclient.schema.enums import DataType

ALWAYS = {"topk": "10", "round_decimal": "-1", "ignore_growing": "False", "params": "{}"}


def texts(params: object = None, anns_field: str = "", **options: Any) -> dict[str, str]:
    return search_texts(params, 10, anns_field, SearchOptions(**options), "search_params")  # type: ignore[arg-type]


def added(params: object = None, anns_field: str = "", **options: Any) -> dict[str, str]:
    """What is there beside, or other than, what is always there."""
    return {key: text for key, text in texts(params, anns_field, **options).items() if ALWAYS.get(key) != text}


@pytest.mark.parametrize("nothing", [None, {}, [], {"params": {}}])
def test_four_parameters_are_always_sent(nothing: object) -> None:
    assert texts(nothing) == ALWAYS


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"round_decimal": 3}, {"round_decimal": "3"}),
        ({"ignore_growing": True}, {"ignore_growing": "True"}),
        ({"offset": 7}, {"offset": "7"}),
        ({"offset": 0}, {}),
        ({"group_by_field": "s", "group_size": 2, "strict_group_size": False},
         {"group_by_field": "s", "group_size": "2", "strict_group_size": "False"}),
        ({"group_by_fields": ["s", "b"]}, {"group_by_fields": "s,b"}),
        ({"group_by_fields": []}, {}),
        ({"order_by_fields": [{"field": "a", "order": "desc"}, {"field": "b"}]}, {"order_by_fields": "a:desc,b:asc"}),
        ({"order_by_fields": "a:asc"}, {"order_by_fields": "a:asc"}),
        ({"order_by_fields": []}, {}),
        ({"json_path": "/a", "json_type": DataType.INT64, "strict_cast": True},
         {"json_path": "/a", "json_type": "Int64", "strict_cast": "True"}),
        ({"json_type": DataType.VARCHAR}, {"json_type": "VarChar"}),
        ({"json_type": 1}, {"json_type": "Bool"}),
        ({"timezone": "UTC", "time_fields": "year,month"}, {"timezone": "UTC", "time_fields": "year,month"}),
        ({"time_fields": ["year", "month"]}, {"time_fields": "year,month"}),
        ({"cluster_id": "c"}, {"cluster_id": "c"}),
        ({"page_retain_order": True}, {"params": '{"page_retain_order":true}'}),
    ],
)  # fmt: skip
def test_an_option_becomes_a_str_parameter(options: dict[str, Any], expected: dict[str, str]) -> None:
    assert added(**options) == expected


def test_the_field_is_named() -> None:
    assert added(anns_field="vector") == {"anns_field": "vector"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"params": {"ef": 64}}, {"params": {"ef": 64}}),
        ({"nprobe": 16, "metric_type": "IP"}, {"metric_type": "IP", "params": {"nprobe": 16, "metric_type": "IP"}}),
        ({"ef": 5, "params": {"nprobe": 16}}, {"params": {"nprobe": 16, "ef": 5}}),
        ({"ef": 5, "params": {"ef": 5}}, {"params": {"ef": 5}}),
        ({"ignore_growing": True}, {"ignore_growing": "True", "params": {"ignore_growing": True}}),
        ({"offset": 10}, {"offset": "10", "params": {"offset": 10}}),
        ({"hints": "h", "analyzer_name": "en"},
         {"hints": "h", "analyzer_name": "en", "params": {"hints": "h", "analyzer_name": "en"}}),
        ({"params": {"metric_type": "L2"}}, {"params": {"metric_type": "L2"}}),
    ],
)  # fmt: skip
def test_search_params_are_hoisted_and_repeated(params: object, expected: dict[str, object]) -> None:
    found: dict[str, object] = dict(added(params))
    found["params"] = json.loads(str(found["params"]))
    assert found == expected


def test_params_may_hold_numbers_of_other_libraries() -> None:
    numpy = pytest.importorskip("numpy")

    class Metric(IntEnum):
        L2 = 1

    found = added({"metric_type": Metric.L2, "params": {"ef": numpy.int64(5), "ids": numpy.array([1, 2])}})
    assert found["metric_type"] == "L2"
    assert json.loads(found["params"])["ef"] == 5
    assert json.loads(found["params"])["ids"] == [1, 2]


def test_the_callers_dicts_stay_as_they_are() -> None:
    params: dict[str, object] = {"ef": 5, "params": {"nprobe": 16}}
    texts(params, page_retain_order=True)
    assert params == {"ef": 5, "params": {"nprobe": 16}}


@pytest.mark.parametrize(
    ("params", "options", "message"),
    [
        ("x", {}, "search_params must be a dict"),
        ({"params": "x"}, {}, r"search_params\['params'\] must be a dict"),
        ({"params": None}, {}, r"search_params\['params'\] must be a dict"),
        ({"nprobe": 5, "params": {"nprobe": 6}}, {}, "'nprobe' is given twice, as 5 in"),
        ({"offset": 1}, {"offset": 2}, r"offset is given twice, as an argument \(2\) and in search_params \(1\)"),
        ({"offset": "3"}, {}, r"search_params\['offset'\] must be an int"),
        ({"page_retain_order": True}, {"page_retain_order": True}, "page_retain_order is given twice"),
        ({"metric_type": 5}, {}, r"search_params\['metric_type'\] must be a str"),
        ({"radius": float("nan")}, {}, "must have values that JSON can represent"),
        ({"radius": object()}, {}, "must have values that JSON can represent"),
        ({"ignore_growing": "yes"}, {}, "must be True or False"),
        (None, {"offset": -1}, "offset must be at least 0"),
        (None, {"offset": "2"}, "offset must be an int, got '2'"),
        (None, {"offset": True}, "offset must be an int"),
        (None, {"round_decimal": 7}, "round_decimal must be at most 6"),
        (None, {"round_decimal": -2}, "round_decimal must be at least -1"),
        (None, {"round_decimal": None}, "round_decimal must be an int"),
        (None, {"ignore_growing": 1}, "ignore_growing must be True or False"),
        (None, {"page_retain_order": "x"}, "page_retain_order must be True or False"),
        (None, {"group_by_field": 5}, "group_by_field must be a str"),
        (None, {"group_by_fields": "s"}, "group_by_fields must be a list of str"),
        (None, {"group_size": 0}, "group_size must be at least 1"),
        (None, {"group_size": True}, "group_size must be an int"),
        (None, {"strict_group_size": 1}, "strict_group_size must be True or False"),
        (None, {"order_by_fields": {"field": "a"}}, "order_by_fields must be a list of dicts"),
        (None, {"order_by_fields": [5]}, r"order_by_fields\[0\] must be a dict"),
        (None, {"order_by_fields": [{"order": "desc"}]}, r"order_by_fields\[0\] must have the name of a field"),
        (None, {"order_by_fields": [{"field": "a", "order": "down"}]}, "must be 'asc' or 'desc', got 'down'"),
        (None, {"json_type": DataType.JSON}, "json_type must be one of DataType.BOOL"),
        (None, {"json_type": "Int64"}, "json_type must be one of"),
        (None, {"json_type": True}, "json_type must be one of"),
        (None, {"json_path": 5}, "json_path must be a str"),
        (None, {"strict_cast": "x"}, "strict_cast must be True or False"),
        (None, {"timezone": 5}, "timezone must be a str"),
        (None, {"time_fields": 5}, "time_fields must be a list of str"),
    ],
)
def test_invalid_arguments_are_refused(params: object, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=message):
        texts(params, **options)


def test_an_order_may_mix_str_and_dicts() -> None:
    assert order_text("order_by_fields", ["a:desc", {"field": "b", "order": "ASC"}]) == "a:desc,b:ASC"


def test_time_parameters_are_sent_only_if_given() -> None:
    assert time_texts(None, None) == {}
