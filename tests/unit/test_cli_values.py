"""Words of a command line as values, and values as text."""

from __future__ import annotations

import doctest
import enum
import json
import math
import struct
from types import ModuleType

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusclient import AnnSearchRequest, ConnectError, DataType, MilvusException, ParamError
from milvusclient.cli.commands.search import parse_request, search_params
from milvusclient.cli.data import values
from milvusclient.cli.diagnosis import advice
from milvusclient.cli.framework import (
    addresses,
    completion,
    failure,
    history_file,
    json_values,
    messages,
    output,
    parameters,
    session,
    tables,
)
from milvusclient.cli.framework.json_values import as_single, as_singles, json_value
from milvusclient.cli.framework.output import render, render_names, render_record
from milvusclient.cli.framework.tables import Style, cell
from milvusclient.models.descriptions import FieldDescription
from milvusclient.policy.errors import status_error

MODULES = [
    addresses, advice, completion, failure, history_file, json_values, messages, output, parameters, session, tables,
    values,
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
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
    with pytest.raises(ValueError, match="NAME:VALUE"):
        parameters.parse_setting(text)
    with pytest.raises(click.BadParameter, match="NAME:VALUE"):
        parameters.parse_settings(["a:1", text])


def field(name: str, kind: DataType, dim: int | None = None, *, output: bool = False) -> FieldDescription:
    params: dict[str, object] = {} if dim is None else {"dim": dim}
    found: FieldDescription = {"field_id": 1, "name": name, "description": "", "type": kind, "params": params}
    return {**found, "is_function_output": True} if output else found


ID = field("id", DataType.INT64)
DENSE = field("dense", DataType.FLOAT_VECTOR, 2)
SPARSE = field("s", DataType.SPARSE_FLOAT_VECTOR)
TEXT = field("t", DataType.SPARSE_FLOAT_VECTOR, output=True)


def test_a_key_is_what_the_type_of_the_key_says() -> None:
    integers, texts = DataType.INT64, DataType.VARCHAR
    assert values.parse_keys(["7", "8,9"], integers) == [7, 8, 9]
    assert values.parse_keys(["[7, 8]"], integers) == [7, 8]
    assert values.parse_keys(["007,1_000,+5,true"], texts) == ["007", "1_000", "+5", "true"]
    assert values.parse_keys(['["a,b", "7"]'], texts) == ["a,b", "7"]
    for bad in ("x", "1_000", "+5", "1.0", "[[1]]", '["1"]', "[true]"):
        with pytest.raises(ParamError, match="key"):
            values.parse_keys([bad], integers)
    for words, kind, wanted in ([" , "], integers, "1,2,3"), (["[7]"], texts, "must be strings"):
        with pytest.raises(ParamError, match=wanted):
            values.parse_keys(words, kind)


def test_a_query_is_parsed_by_the_type_of_its_field() -> None:
    assert values.parse_queries("[1, 2]", DENSE) == [[1, 2]]
    assert values.parse_queries("[[1, 2], [3, 4]]", DENSE) == [[1, 2], [3, 4]]
    assert values.parse_queries('[{"3": 0.5}]', SPARSE) == values.parse_queries('{"3": 0.5}', SPARSE) == [{3: 0.5}]
    for text in ("red shoes", "[draft] plans", "{curly", "7"):
        assert values.parse_queries(text, TEXT) == [text]
    for text, wanted in [
        ("[0.1,", "must be JSON"),
        ("red", r"field 'dense' is a FLOAT_VECTOR and is searched for a vector in JSON.*got 'red'"),
        ("[1, 2, 3]", "the vector has 3 numbers, but field 'dense' has dimension 2"),
        ("[[1, 2], [1]]", "vector 1 has 1 numbers"),
    ]:
        with pytest.raises(ParamError, match=wanted):
            values.parse_queries(text, DENSE)
    with pytest.raises(ParamError, match="positions of a sparse vector must be integers"):
        values.parse_queries('{"a": 1}', SPARSE)
    with pytest.raises(ParamError, match="a weight must be a number, got 'x'"):
        values.parse_number("x", "a weight")


def test_the_field_that_is_searched() -> None:
    assert values.pick_vector_field([ID, DENSE], None, "docs") is DENSE
    assert values.pick_vector_field([ID, DENSE, SPARSE], "s", "docs") is SPARSE
    assert values.pick_vector_field([ID], "clips[v]", "docs")["type"] is DataType.NONE
    for fields, name, wanted in [
        ([ID, DENSE, SPARSE], None, "has the vector fields dense, s; choose one with -f"),
        ([ID], None, "has no vector field"),
        ([ID, DENSE], "id", "no vector field 'id'; its vector fields: dense"),
    ]:
        with pytest.raises(ParamError, match=wanted):
            values.pick_vector_field(fields, name, "docs")


def test_a_part_of_a_hybrid_search() -> None:
    short = parse_request("dense=[1, 2]", 7, [DENSE, TEXT])
    long = parse_request(
        '{"field": "t", "vector": "red", "limit": 3, "filter": "id > 1", "params": {"nprobe": 4}}', 7, [DENSE, TEXT]
    )
    assert isinstance(short, AnnSearchRequest)
    assert (short.anns_field, short.limit, long.anns_field, long.limit) == ("dense", 7, "t", 3)
    for bad in ("dense", '{"field": "dense"}', '{"field": "dense", "vector": [1, 2], "limit": "x"}', "nix=[1, 2]"):
        with pytest.raises(ParamError):
            parse_request(bad, 1, [DENSE, TEXT])
    assert search_params({"nprobe": 4}, "l2") == {"params": {"nprobe": 4}, "metric_type": "L2"}
    assert search_params({}, None) == {}


class _Color(enum.IntEnum):
    RED = 1


def test_values_as_json_holds_them() -> None:
    found = json_value({"a": _Color.RED, "b": b"\x01\xff", "c": float("nan"), "d": {2, 1}, 3: (1, None)})
    assert found == {"a": "RED", "b": "01ff", "c": None, "d": [1, 2], "3": [1, None]}


def test_a_cell_obeys_no_data() -> None:
    assert cell("\x1b[2J[red]x[/red]\n\u202e\x9b") == "\\x1b[2J[red]x[/red]\\n\\u202e\\x9b"
    assert cell([0.5] * 9, short=True) == "[0.5, 0.5, 0.5, 0.5, ... 9 values]"
    assert cell([0.5] * 5) == "[0.5, 0.5, 0.5, 0.5, 0.5]"
    assert (cell(None), cell(True), cell({"é": 1})) == ("", "true", '{"é": 1}')


ROWS: list[dict[str, object]] = [{"b": 1, "a": "[bold]x"}, {"a": "y, z", "c": [1]}]


def test_the_formats() -> None:
    assert render(ROWS, "csv", ["a", "missing"]) == 'a,b,c\n[bold]x,1,\n"y, z",,[1]\n'
    assert render(ROWS, "jsonl") == '{"b": 1, "a": "[bold]x"}\n{"a": "y, z", "c": [1]}\n'
    assert render([], "csv", ["a"]) == "a\n"
    assert (render([], "json"), render([], "jsonl")) == ("[]\n", "")
    assert render_names("x", ["a"], "json") == '["a"]\n'
    assert render_record({"a": 1, "b": None}, "csv") == "a,b\n1,\n"
    assert render_record({"a": 1, "v": [0.5, 1.0]}, "json") == '{\n  "a": 1,\n  "v": [0.5, 1.0]\n}\n'


def test_a_table_has_its_numbers_at_the_right() -> None:
    assert render(ROWS, "table") == (
        "+---+---------+-----+\n"
        "| b | a       | c   |\n"
        "+---+---------+-----+\n"
        "| 1 | [bold]x |     |\n"
        "|   | y, z    | [1] |\n"
        "+---+---------+-----+\n"
    )
    assert "| ab |\n" in render([{"ab": 7}], "table")
    assert "|  7 |\n" in render([{"ab": 7}], "table")
    assert "| 書 |\n" in render([{"k": "書"}], "table")


def test_a_row_that_does_not_fit_stands_below() -> None:
    row: dict[str, object] = {"title": "x" * 90, "vector": [0.5] * 9, "number": 12345}
    wide = render([row], "table", style=Style(100))
    assert "xxx... |" in wide
    assert max(map(len, wide.splitlines())) <= 100
    narrow = render([row], "table", style=Style(30))
    assert narrow.splitlines()[0].startswith("--- row 1 ---")
    assert "number  12345" in narrow
    assert max(map(len, narrow.splitlines())) <= 30
    full = render([row], "table")
    assert "x" * 90 in full
    assert str([0.5] * 9) in full


@pytest.mark.parametrize("width", [60, 100, 200])
def test_headings_are_never_broken(width: int) -> None:
    rows: list[dict[str, object]] = [
        {"a_rather_long_heading": n, "another_heading": "w " * 80, "third": n} for n in (1, 2)
    ]
    first, heading, *_ = render(rows, "table", style=Style(width, lines=True)).splitlines()
    assert first.startswith("┌")
    assert [word.strip() for word in heading.strip("│").split("│")] == [
        "a_rather_long_heading",
        "another_heading",
        "third",
    ]


def test_single_precision_is_written_with_its_digits() -> None:
    single = struct.unpack("f", struct.pack("f", 0.13436))[0]
    assert repr(single) == "0.13436000049114227"
    assert as_single({"v": [single, 1.0, None], "n": single}) == {"v": [0.13436, 1.0, None], "n": 0.13436}
    assert as_single([1e39, 0.1]) == [1e39, 0.1]
    assert as_single("0.13436000049114227") == "0.13436000049114227"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_single_precision_is_the_same_number_again(value: float) -> None:
    found = as_single([value])
    assert isinstance(found, list)
    assert struct.pack("f", found[0]) == struct.pack("f", value)
    digits = repr(found[0]).partition("e")[0].replace(".", "").strip("-0")
    assert len(digits) <= 9, "no single-precision number needs more"


SINGLES = st.floats(width=32)
EDGES = st.sampled_from([0.0, -0.0, 1e15, 16777216.0, 3.4028234663852886e38, 1.401298464324817e-45])


@given(st.lists(st.floats() | SINGLES | EDGES))
def test_numpy_finds_as_few_digits(values: list[float]) -> None:
    by_text = json_values._shortest_by_text(values)
    by_numpy = json_values._shortest_by_numpy(np, values)
    for value, one, other in zip(values, by_text, by_numpy, strict=True):
        assert len(repr(one)) == len(repr(other))
        if one != value:
            assert struct.pack("f", one) == struct.pack("f", other)
        else:
            assert repr(one) == repr(other)


@given(st.lists(st.lists(SINGLES) | st.none() | SINGLES | st.dictionaries(st.text(), SINGLES)))
def test_a_column_is_written_as_its_values_are(values: list[object]) -> None:
    assert repr(as_singles(values)) == repr([as_single(value) for value in values])


def test_long_columns_are_written_in_parts() -> None:
    values: list[object] = [[number / 7] * 100 for number in range(200)]
    assert as_singles(values) == [as_single(value) for value in values]


@pytest.mark.parametrize("value", [[1.0, float("nan"), 2.0], [float("inf"), -float("inf")]])
def test_numbers_that_json_does_not_have_are_null_in_vectors(value: list[float]) -> None:
    assert json_value(value) == [number if math.isfinite(number) else None for number in value]
    assert json_value([1e308, 1e308]) == [1e308, 1e308], "finite, although their sum is not"


def test_control_characters_are_escaped_on_terminals_only() -> None:
    rows: list[dict[str, object]] = [{"a": "\x9b2J\u202e"}]
    for form in ("json", "jsonl", "csv", "vertical", "table"):
        shown = render(rows, form, style=Style(80))
        assert shown.isascii(), form
        assert "2J" in shown
    assert json.loads(render(rows, "json", style=Style(80))) == rows
    assert "\x9b2J\u202e" in render(rows, "csv")
    assert "\x9b2J\u202e" in render(rows, "json")


def test_messages_are_in_the_words_of_the_command_line() -> None:
    error = ConnectError(2, "cannot connect to x: the TLS handshake failed; check server_pem_path [UNAVAILABLE: a: b]")
    assert messages.message_of(error) == "cannot connect to x: the TLS handshake failed; check --ca"
    assert "[UNAVAILABLE: a: b]\n  error: ConnectError, code 2" in messages.message_of(error, verbose=True)
    advice_of_the_library = MilvusException(1, "collection not loaded; call load_collection('docs') first")
    assert messages.message_of(advice_of_the_library) == "collection not loaded; call `load` first"
    not_loaded = status_error(101, 0, "collection not loaded", False, False)
    assert messages.message_of(not_loaded, collection="docs") == "collection not loaded; load it first: load -c docs"
    assert messages.message_of(MilvusException(5)) == "MilvusException without a message"


def test_a_failed_step_is_explained() -> None:
    step = advice.failed_step("tls", "handshake failed")
    assert (step.name, step.state, step.detail) == ("tls", "failed", "handshake failed")
    assert "https://" in step.advice
    assert advice.failed_step("something new", "x").name == "grpc"
    assert advice.percentile(list(range(1, 101)), 0.99) == 99
    assert advice.percentile([7.0], 0.5) == 7.0
    assert advice.latency_words([0.001] * 50) == "p50 1.00 ms, p99 1.00 ms of 50 calls"
