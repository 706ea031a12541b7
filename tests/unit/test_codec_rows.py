"""Rows to columns and back: every type, what is refused, and how the message says it."""

from __future__ import annotations

import copy
import math
import sys
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from milvusclient._proto import schema_pb2
from milvusclient.codec import json_text
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.write.rows import check_rows
from milvusclient.exceptions import DataNotMatchException, DataTypeNotSupportException, MilvusException, ParamError
from milvusclient.exceptions import TypeError as MilvusTypeError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType
from tests.support.columns import encoded_columns

ID = FieldInfo("id", data_type=DataType.INT64, is_primary=True)


def collection(*fields: FieldInfo, dynamic: bool = False, key: FieldInfo = ID) -> CollectionInfo:
    return CollectionInfo("c", fields=(key, *fields), enable_dynamic_field=dynamic)


def column(field: FieldInfo, *values: object) -> schema_pb2.FieldData:
    """The column that values become on the wire, read again by protobuf."""
    rows = [{"id": index, field.name: value} for index, value in enumerate(values)]
    (_, encoded) = encoded_columns(rows, collection(field))
    return schema_pb2.FieldData.FromString(encoded.SerializeToString())


def round_trip(field: FieldInfo, *values: object) -> list[Any]:
    return decode_column(column(field, *values))


def refusal(field: FieldInfo, *values: object) -> str:
    """The message with which values are refused."""
    with pytest.raises(MilvusException) as caught:
        column(field, *values)
    return caught.value.message


@pytest.fixture(params=["orjson", "json"])
def json_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both JSON libraries: the one that may be installed, and the standard one."""
    if request.param == "orjson":
        pytest.importorskip("orjson")
    else:
        monkeypatch.setattr(json_text, "_orjson", lambda: None)


# --- scalars ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data_type", "values"),
    [
        (DataType.BOOL, [True, False]),
        (DataType.INT8, [-128, 0, 127]),
        (DataType.INT16, [-(2**15), 2**15 - 1]),
        (DataType.INT32, [-(2**31), 2**31 - 1]),
        (DataType.INT64, [-(2**63), 2**63 - 1, 0]),
        (DataType.FLOAT, [0.5, -1.25, 0.0, 2.0**127, math.inf]),
        (DataType.DOUBLE, [1e308, 5e-324, -0.1]),
        (DataType.VARCHAR, ["", "héllo", "x" * 65_535, "日本\x00語"]),
        (DataType.TEXT, ["long", ""]),
        (DataType.GEOMETRY, ["POINT (1 2)"]),
        (DataType.TIMESTAMPTZ, ["2025-01-01T00:00:00+08:00"]),
        (DataType.JSON, [{"a": [1, None, {"b": "ü"}]}, [], 1, 1.5, True, {}]),
    ],
)
def test_scalars_come_back(data_type: DataType, values: list[object]) -> None:
    assert round_trip(FieldInfo("x", data_type=data_type), *values) == values


def test_numbers_of_other_types_are_taken_where_they_fit() -> None:
    assert round_trip(FieldInfo("x", data_type=DataType.INT8), np.int64(3), np.uint8(4), 5) == [3, 4, 5]
    floats = round_trip(
        FieldInfo("x", data_type=DataType.FLOAT), 1, True, np.float32(0.5), np.int16(7), np.float64(0.25)
    )
    assert floats == [1.0, 1.0, 0.5, 7.0, 0.25]
    assert round_trip(FieldInfo("x", data_type=DataType.BOOL), np.True_, 0, 1, np.int8(1)) == [True, False, True, True]
    text = round_trip(FieldInfo("x", data_type=DataType.VARCHAR), np.str_("a"))
    assert text == ["a"]
    assert type(text[0]) is str


@pytest.mark.parametrize(
    ("data_type", "value", "message"),
    [
        (DataType.INT8, 300, "row 1, field 'x': expected an INT8 (-128 to 127), got 300"),
        (DataType.INT8, True, "bool is not accepted as an integer"),
        (DataType.INT8, np.True_, "expected an INT8"),
        (DataType.INT16, 2**15, "expected an INT16 (-32768 to 32767), got 32768"),
        (DataType.INT32, -(2**31) - 1, "got -2147483649"),
        (DataType.INT64, 2**63, "got 9223372036854775808"),
        (DataType.INT64, 1.0, "got 1.0 (float)"),
        (DataType.INT64, "1", "got '1' (str)"),
        (DataType.INT64, np.float32(1), "expected an INT64"),
        (DataType.INT64, np.array([1, 2]), "expected an INT64"),
        (DataType.INT64, None, "got None; the field is not nullable"),
        (DataType.FLOAT, "1", "expected a FLOAT, got '1' (str)"),
        (DataType.FLOAT, 1e39, "which is too large for FLOAT"),
        (DataType.FLOAT, 1j, "expected a FLOAT"),
        (DataType.DOUBLE, 10**400, "too large for a double"),
        (DataType.BOOL, 2, "expected a BOOL, got 2 (int)"),
        (DataType.BOOL, "true", "expected a BOOL"),
        (DataType.VARCHAR, 5, "expected a VARCHAR (str), got 5 (int)"),
        (DataType.VARCHAR, "\ud800", "a str that UTF-8 cannot encode"),
        (DataType.VARCHAR, b"abc", "decode it first"),
        (DataType.GEOMETRY, 5, "expected a GEOMETRY (a str in WKT)"),
        (DataType.TIMESTAMPTZ, 5, "expected a TIMESTAMPTZ (a str in ISO 8601)"),
        (DataType.JSON, "not json", "a str must be JSON text"),
        (DataType.JSON, {"a": {1}}, "JSON has no form for it"),
        (DataType.JSON, {"a": math.nan}, "'x'['a']: expected JSON, got nan"),
        (DataType.JSON, {"a": {1: 2}}, "JSON, whose keys are str, got 1 (int)"),
        (DataType.JSON, {"a": "\ud800"}, "a str that UTF-8 cannot encode"),
        (DataType.JSON, b"{}", "JSON has no form for it"),
    ],
)
@pytest.mark.usefixtures("json_library")
def test_scalars_that_do_not_fit(data_type: DataType, value: object, message: str) -> None:
    good: dict[DataType, object] = {DataType.BOOL: True, DataType.JSON: {}, DataType.FLOAT: 1.0, DataType.DOUBLE: 1.0}
    texts = (DataType.VARCHAR, DataType.GEOMETRY, DataType.TIMESTAMPTZ)
    first = good.get(data_type, "t" if data_type in texts else 1)
    found = refusal(FieldInfo("x", data_type=data_type), first, value)
    assert message in found
    assert found.startswith("row 1, field 'x'")


def test_max_length_counts_bytes() -> None:
    field = FieldInfo("x", data_type=DataType.VARCHAR, max_length=4)
    assert round_trip(field, "abcd", "éé") == ["abcd", "éé"]
    assert refusal(field, "ok", "ééé").endswith(
        "expected a VARCHAR (str) of at most 4 bytes (max_length), got 6 bytes of UTF-8"
    )
    assert "got 5 bytes" in refusal(field, "abcde")


@pytest.mark.usefixtures("json_library")
def test_json_cells() -> None:
    field = FieldInfo("x", data_type=DataType.JSON)
    assert column(field, '{"a": 1}').scalars.json_data.data[0] == b'{"a": 1}'
    assert round_trip(
        field, {"a": np.int64(1), "b": np.array([1, 2]), "c": np.float32(0.5)}, {"1": {"true": None}}
    ) == [
        {"a": 1, "b": [1, 2], "c": 0.5},
        {"1": {"true": None}},
    ]


def test_a_type_that_this_client_does_not_know() -> None:
    with pytest.raises(DataTypeNotSupportException, match="cannot write"):
        column(FieldInfo("x", data_type=DataType.UNKNOWN), 1)


# --- arrays ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("element", "values"),
    [
        (DataType.BOOL, [[True, False], []]),
        (DataType.INT8, [[1, -128], [127]]),
        (DataType.INT16, [[2]]),
        (DataType.INT32, [[3, 4]]),
        (DataType.INT64, [[], [2**62]]),
        (DataType.FLOAT, [[0.5], [], [1.5, 2.5]]),
        (DataType.DOUBLE, [[0.1, 1e300]]),
        (DataType.VARCHAR, [["x", ""], ["日本"]]),
    ],
)
def test_arrays_come_back(element: DataType, values: list[object]) -> None:
    field = FieldInfo("x", data_type=DataType.ARRAY, element_type=element, max_capacity=8)
    assert round_trip(field, *values) == values
    assert round_trip(field, *[tuple(value) for value in values]) == values  # type: ignore[arg-type]
    assert all(cell.WhichOneof("data") is not None for cell in column(field, *values).scalars.array_data.data)


def test_arrays_of_numpy() -> None:
    field = FieldInfo("x", data_type=DataType.ARRAY, element_type=DataType.INT32, max_capacity=8)
    assert round_trip(field, np.array([1, 2]), [np.int64(3)]) == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("element", "value", "message"),
    [
        (DataType.INT8, [1, 300], "field 'x'[1]: expected an INT8 (-128 to 127), got 300"),
        (DataType.INT64, [1, "a"], "field 'x'[1]: expected an INT64"),
        (DataType.INT64, [True], "field 'x'[0]"),
        (DataType.INT64, np.array([1.5]), "field 'x'[0]"),
        (DataType.INT64, 5, "expected an ARRAY of INT64, got 5 (int)"),
        (DataType.INT64, [None], "field 'x'[0]"),
        (DataType.INT64, [1] * 5, "with at most 4 elements (max_capacity), got 5 elements"),
        (DataType.VARCHAR, "ab", "expected an ARRAY of VARCHAR, got 'ab' (str)"),
        (DataType.VARCHAR, ["abcdef"], "at most 3 bytes"),
        (DataType.FLOAT, [1e39], "too large for FLOAT"),
        (DataType.BOOL, ["x"], "expected a BOOL"),
    ],
)
def test_arrays_that_do_not_fit(element: DataType, value: object, message: str) -> None:
    field = FieldInfo("x", data_type=DataType.ARRAY, element_type=element, max_capacity=4, max_length=3)
    found = refusal(field, [], value)
    assert message in found
    assert found.startswith("row 1, ")


# --- nulls and defaults ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value"),
    [
        (FieldInfo("x", data_type=DataType.INT64, nullable=True), 5),
        (FieldInfo("x", data_type=DataType.FLOAT, nullable=True), 0.5),
        (FieldInfo("x", data_type=DataType.VARCHAR, nullable=True), "a"),
        (FieldInfo("x", data_type=DataType.JSON, nullable=True), {"a": 1}),
        (FieldInfo("x", data_type=DataType.ARRAY, element_type=DataType.INT64, nullable=True), [1]),
        (FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2, nullable=True), [1.0, 2.0]),
        (FieldInfo("x", data_type=DataType.INT8_VECTOR, dim=2, nullable=True), [b"\x01\x02"]),
        (FieldInfo("x", data_type=DataType.SPARSE_FLOAT_VECTOR, nullable=True), {1: 0.5}),
    ],
    ids=lambda value: value.data_type.name if isinstance(value, FieldInfo) else "",
)
def test_nulls(field: FieldInfo, value: Any) -> None:
    given = value[0] if isinstance(value, list) and isinstance(value[0], bytes) else value
    assert round_trip(field, None, given, None) == [None, value, None]
    assert round_trip(field, None, None) == [None, None]
    assert list(column(field, given, given).valid_data) == [True, True]
    rows: list[dict[str, object]] = [{"id": 1}, {"id": 2, "x": given}]
    omitted = encoded_columns(rows, collection(field))[1]
    assert list(omitted.valid_data) == [False, True]


def test_defaults_may_be_left_out() -> None:
    field = FieldInfo("x", data_type=DataType.INT64, has_default=True)
    encoded = encoded_columns([{"id": 1}, {"id": 2, "x": 3}], collection(field))[1]
    assert list(encoded.valid_data) == [False, True]
    assert list(encoded.scalars.long_data.data) == [3]


# --- rows ------------------------------------------------------------------------------------------------------------
def test_check_rows() -> None:
    assert check_rows({"id": 1}) == [{"id": 1}]
    assert check_rows([]) == []
    assert check_rows(({"id": 1}, {"id": 2})) == ({"id": 1}, {"id": 2})
    wrong: list[object] = ["abc", b"abc", None, {1}, iter([])]
    for data in wrong:
        with pytest.raises(MilvusTypeError, match="data must be a dict, a list of dicts or a table"):
            check_rows(data)
    with pytest.raises(DataNotMatchException, match="row 1: expected a dict"):
        check_rows([{"id": 1}, 5])
    assert encoded_columns(check_rows([MappingProxyType({"id": 1})]), collection())


def test_a_missing_field() -> None:
    field = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=2)
    with pytest.raises(DataNotMatchException, match=r"row 1, field 'v': expected a value \(FLOAT_VECTOR\), got none"):
        encoded_columns([{"id": 1, "v": [1, 2]}, {"id": 2}], collection(field))


def test_a_missing_key() -> None:
    with pytest.raises(
        DataNotMatchException, match=r"row 1, field 'id': expected a value \(INT64\), got none; the row has"
    ):
        encoded_columns([{"id": 1}, {"x": 2}], collection())
    made = FieldInfo("id", data_type=DataType.INT64, is_primary=True, auto_id=True)
    with pytest.raises(DataNotMatchException, match="row 1, field 'id': .* got none; give it in every row or in none"):
        encoded_columns([{"id": 1}, {"x": 2}], collection(key=made))


def test_an_extra_field() -> None:
    with pytest.raises(DataNotMatchException, match="row 1, field 'z': expected only fields of the schema"):
        encoded_columns([{"id": 1}, {"id": 2, "z": 1}], collection())


def test_extra_field_beside_a_nullable_one_that_is_left_out() -> None:
    field = FieldInfo("n", data_type=DataType.INT64, nullable=True)
    with pytest.raises(DataNotMatchException, match="row 0, field 'z'"):
        encoded_columns([{"id": 1, "z": 1}, {"id": 2, "n": 1}], collection(field))


def test_function_outputs_are_left_out() -> None:
    field = FieldInfo("out", data_type=DataType.SPARSE_FLOAT_VECTOR, is_function_output=True)
    assert [each.field_name for each in encoded_columns([{"id": 1}], collection(field))] == ["id"]
    with pytest.raises(DataNotMatchException, match="a function of the collection computes it"):
        encoded_columns([{"id": 1, "out": {1: 1.0}}], collection(field))


def test_auto_ids() -> None:
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True, auto_id=True)
    field = FieldInfo("x", data_type=DataType.INT64)
    info = collection(field, key=key)
    assert [each.field_name for each in encoded_columns([{"x": 1}], info)] == ["x"]
    assert [each.field_name for each in encoded_columns([{"x": 1, "id": 4}], info)] == ["id", "x"]
    with pytest.raises(DataNotMatchException, match=r"row 1, field 'id'.*in every row or in none"):
        encoded_columns([{"x": 1, "id": 4}, {"x": 1}], info)
    for rows in ([{"x": 1}], [{"id": 4, "x": 1}, {"x": 1}]):
        with pytest.raises(
            DataNotMatchException, match=r"field 'id'.*finds the rows to replace.*give it in every row \("
        ):
            encoded_columns(rows, info, upsert=True)
        with pytest.raises(
            DataNotMatchException, match=r"field 'id'.*finds the rows to replace.*give it in every row \("
        ):
            encoded_columns(rows, info, upsert=True, partial=True)


def test_partial_updates() -> None:
    one, two = FieldInfo("a", data_type=DataType.INT64), FieldInfo("b", data_type=DataType.INT64, nullable=True)
    info = collection(one, two)
    rows: list[dict[str, object]] = [{"id": 1, "b": None}, {"id": 2, "b": 3}]
    assert [each.field_name for each in encoded_columns(rows, info, upsert=True, partial=True)] == ["id", "b"]
    with pytest.raises(DataNotMatchException, match="row 1, field 'a'"):
        encoded_columns([{"id": 1, "a": 1}, {"id": 2}], info, upsert=True, partial=True)
    with pytest.raises(DataNotMatchException, match=r"row 1, field 'b'.*every row"):
        encoded_columns([{"id": 1, "b": 1}, {"id": 2}], info, upsert=True, partial=True)
    with pytest.raises(DataNotMatchException, match="field 'id'"):
        encoded_columns([{"a": 1}], info, upsert=True, partial=True)


def test_rows_are_not_changed() -> None:
    rows = [{"id": 1, "v": [1.0, 2.0], "extra": {"a": [1]}}, {"id": 2, "v": (1, 2)}]
    before = copy.deepcopy(rows)
    encoded_columns(rows, collection(FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=2), dynamic=True))
    assert rows == before


# --- dynamic fields --------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("json_library")
def test_dynamic_fields() -> None:
    info = collection(FieldInfo("a", data_type=DataType.INT64, nullable=True), dynamic=True)
    rows: list[dict[str, object]] = [
        {"id": 1, "x": None, "t": "ü"},
        {"id": 2, "a": 1},
        {"id": 3, "it's": [1], '"\\': 2},
    ]
    meta = encoded_columns(rows, info)[-1]
    assert (meta.field_name, meta.is_dynamic) == ("$meta", True)
    assert decode_column(meta) == [{"x": None, "t": "ü"}, {}, {"it's": [1], '"\\': 2}]
    many: list[dict[str, object]] = [{"id": number, f"k{number}": number} for number in range(40)]
    assert decode_column(encoded_columns(many, info)[-1]) == [{f"k{number}": number} for number in range(40)]
    assert decode_column(encoded_columns([{"id": 1}], collection(dynamic=True))[-1]) == [{}]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"$meta": {}}, "row 1, field '$meta': expected no such key"),
        ({1: 2}, "row 1, field '1': expected names of fields that are str"),
        ({"x": {1, 2}}, "row 1, field 'x': expected JSON"),
        ({"x": {"y": math.inf}}, "field 'x'['y']: expected JSON, got inf"),
        ({"x": {1: 2}}, "expected JSON, whose keys are str"),
    ],
)
@pytest.mark.usefixtures("json_library")
def test_dynamic_fields_that_cannot_be(extra: dict[Any, object], message: str) -> None:
    with pytest.raises(DataNotMatchException) as caught:
        encoded_columns([{"id": 1}, {"id": 2, **extra}], collection(dynamic=True))
    assert message in caught.value.message


def test_encoding_imports_nothing() -> None:
    """numpy and orjson are used if they are there; encoding a vector needs neither."""
    before = set(sys.modules)
    column(FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2), [1.0, 2.0])
    assert not {"numpy", "orjson", "scipy"} & (set(sys.modules) - before)


def test_errors_are_of_the_classes_that_programs_expect() -> None:
    with pytest.raises(ParamError):
        column(FieldInfo("x", data_type=DataType.VARCHAR), b"abc")
    with pytest.raises(ParamError):
        column(FieldInfo("x", data_type=DataType.SPARSE_FLOAT_VECTOR), {-1: 0.5})
    with pytest.raises(ParamError):
        column(FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2), np.array([1, 2], "i4"))
