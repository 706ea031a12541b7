"""Words of a command line as values, and values as text."""

from __future__ import annotations

import doctest
import enum
from types import ModuleType

import pytest

from milvusclient import AnnSearchRequest, DataType, ParamError
from milvusclient.cli.commands.queries import parse_request, search_params
from milvusclient.cli.data import values
from milvusclient.cli.diagnosis import advice
from milvusclient.cli.framework import completion, output
from milvusclient.cli.framework.output import cell, plain, render, render_names, render_record


@pytest.mark.parametrize("module", [completion, advice, output, values])
def test_the_examples_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_field_is_a_name_a_type_and_a_number() -> None:
    text = values.parse_field("title:VARCHAR:200", "title")
    assert (text.max_length, text.is_primary) == (200, True)
    assert values.parse_field("note:varchar/a remark").description == "a remark"
    tags = values.parse_field("tags:ARRAY<VARCHAR>:30")
    assert (tags.element_type, tags.max_capacity, tags.max_length) == (DataType.VARCHAR, 30, 65535)
    with pytest.raises(ParamError, match="FLOAT_VECTOR"):
        values.parse_field("title:WORDS")
    with pytest.raises(ParamError, match="primary key"):
        values.schema_of(["title:VARCHAR:9"], "id")


def test_a_schema_file_names_its_types() -> None:
    key = {"name": "id", "type": "int64", "is_primary": True}
    found = values.schema_from_json({"fields": [key, {"name": "n", "type": 5}]}, "x.json")
    assert [field.dtype for field in found.fields] == [DataType.INT64, DataType.INT64]
    for bad in (
        3,
        {},
        {"fields": 3},
        {"fields": ["id"]},
        {"fields": [{"type": 5}]},
        {"fields": [{**key, "type": "BIG"}]},
    ):
        with pytest.raises(ParamError):
            values.schema_from_json(bad, "x.json")


@pytest.mark.parametrize("text", ["nothing", ":1", "=x"])
def test_a_setting_has_a_name_and_a_value(text: str) -> None:
    with pytest.raises(ParamError, match="NAME:VALUE"):
        values.parse_setting(text)


def test_ids_and_vectors_that_cannot_be_read() -> None:
    with pytest.raises(ParamError, match="1,2,3"):
        values.parse_keys(" , ")
    with pytest.raises(ParamError, match="numbers or texts"):
        values.parse_keys("[[1]]")
    with pytest.raises(ParamError, match="JSON"):
        values.parse_vectors("[0.1,")
    with pytest.raises(ParamError, match="whole numbers"):
        values.parse_vectors('{"a": 1}')
    with pytest.raises(ParamError, match="a weight must be a number, got 'x'"):
        values.parse_number("x", "a weight")
    assert values.parse_vectors('[{"3": 0.5}]') == [{3: 0.5}]


def test_a_part_of_a_hybrid_search() -> None:
    short = parse_request("dense=[1, 2]", 7)
    long = parse_request('{"field": "t", "vector": "red", "limit": 3, "filter": "id > 1", "params": {"nprobe": 4}}', 7)
    assert isinstance(short, AnnSearchRequest)
    assert (short.anns_field, short.limit, long.anns_field, long.limit) == ("dense", 7, "t", 3)
    for bad in ("dense", '{"field": "x"}'):
        with pytest.raises(ParamError):
            parse_request(bad, 1)
    assert search_params(["nprobe:4"], "l2") == {"params": {"nprobe": 4}, "metric_type": "L2"}
    assert search_params([], None) == {}


class _Color(enum.IntEnum):
    RED = 1


def test_values_as_json_holds_them() -> None:
    found = plain({"a": _Color.RED, "b": b"\x01\xff", "c": float("nan"), "d": {2, 1}, 3: (1, None)})
    assert found == {"a": "RED", "b": "01ff", "c": None, "d": [1, 2], "3": [1, None]}


def test_a_cell_obeys_no_data() -> None:
    assert cell("\x1b[2J[red]x[/red]") == "\\x1b[2J[red]x[/red]"
    assert cell([0.5] * 9) == "[0.5, 0.5, 0.5, 0.5, ... 9 values]"
    assert (cell(None), cell(True), cell({"é": 1})) == ("", "true", '{"é": 1}')


def test_the_three_forms() -> None:
    rows: list[dict[str, object]] = [{"b": 1, "a": "[bold]x"}, {"a": "y, z", "c": [1]}]
    assert render(rows, "csv", ["a", "missing"]) == 'a,b,c\n[bold]x,1,\n"y, z",,[1]\n'
    table = render(rows, "table")
    assert "[bold]x" in table
    assert "\x1b" not in table
    assert render([], "csv", ["a"]) == "a\n"
    assert render([], "json") == "[]\n"
    assert render_names("x", ["a"], "json") == '[\n  "a"\n]\n'
    assert render_record({"a": 1, "b": None}, "csv") == "a,b\n1,\n"
    assert render_record({"a": 1}, "json") == '{\n  "a": 1\n}\n'
    assert "\x1b" in render(rows, "table", width=80)


def test_what_a_failed_step_means() -> None:
    step = advice.meaning("tls", "handshake failed")
    assert (step.name, step.state, step.detail) == ("tls", "failed", "handshake failed")
    assert "https://" in step.advice
    assert advice.meaning("something new", "x").name == "grpc"
    assert advice.percentile(list(range(1, 101)), 0.99) == 99
    assert advice.percentile([7.0], 0.5) == 7.0
    assert advice.latency_words([0.001] * 50) == "p50 1.00 ms, p99 1.00 ms of 50 calls"
