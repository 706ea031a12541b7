"""Values of other libraries and of subclasses, wherever data is given: what they mean is stored, or refused."""

from __future__ import annotations

import enum
import gc
import traceback
from array import array
from collections import UserDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from scipy import sparse  # type: ignore[import-untyped]  # has no types

from milvusclient import exceptions
from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.codec.ids import encode_ids
from milvusclient.codec.sparse import decode_sparse
from milvusclient.codec.write.filter_params import encode_filter_param
from milvusclient.codec.write.query_vectors import encode_vectors
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import check_rows, encode_rows
from milvusclient.codec.write.tables import encode_table, read_columns
from milvusclient.exceptions import DataNotMatchException, MilvusException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations.common import json_value_text, parameter_text, property_pairs
from milvusclient.operations.keys import in_expression, list_keys
from milvusclient.operations.search_params import SearchOptions, search_texts
from milvusclient.schema.default_values import checked_default
from milvusclient.schema.enums import DataType

ID = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
NAME = FieldInfo("name", data_type=DataType.VARCHAR, max_length=50, is_primary=True)
SPARSE = FieldInfo("v", data_type=DataType.SPARSE_FLOAT_VECTOR)
DENSE = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=2)


class Color(str, enum.Enum):  # noqa: UP042 - what programs have, and other than a StrEnum in its str()
    RED = "red"


def columns(rows: object, *fields: FieldInfo, dynamic: bool = False) -> Sequence[schema_pb2.FieldData]:
    """What is sent for rows."""
    info = CollectionInfo("c", fields=fields, enable_dynamic_field=dynamic)
    request = Assembled(milvus_pb2.InsertRequest(), encode_rows(check_rows(rows), info))
    return request.message().fields_data


# --- str enums -------------------------------------------------------------------------------------------------------
def test_a_str_enum_is_its_str_in_rows() -> None:
    words = FieldInfo("words", data_type=DataType.ARRAY, element_type=DataType.VARCHAR, max_length=9, max_capacity=3)
    text = FieldInfo("text", data_type=DataType.TEXT)
    sent = columns([{"name": Color.RED, "words": [Color.RED, "b"], "text": Color.RED}], NAME, words, text)
    assert list(sent[0].scalars.string_data.data) == ["red"]
    assert list(sent[1].scalars.array_data.data[0].string_data.data) == ["red", "b"]
    assert list(sent[2].scalars.string_data.data) == ["red"]


def test_a_str_enum_is_its_str_as_a_key() -> None:
    assert list(encode_ids([Color.RED]).str_id.data) == ["red"]
    assert list(encode_ids(Color.RED).str_id.data) == ["red"]
    for keys in (Color.RED, [Color.RED]):
        listed = list_keys("ids", keys)
        assert (listed, [type(key) for key in listed]) == (["red"], [str])
    assert in_expression(NAME, list_keys("ids", {Color.RED})) == "name in ['red']"


def test_a_str_enum_is_its_str_in_parameters() -> None:
    assert encode_filter_param("p", Color.RED).string_val == "red"
    assert list(encode_filter_param("p", [Color.RED]).array_val.string_data.data) == ["red"]
    assert [(pair.key, pair.value) for pair in property_pairs({Color.RED: Color.RED})] == [("red", "red")]
    assert (parameter_text(Color.RED), json_value_text(Color.RED)) == ("red", "red")
    texts = search_texts({"metric_type": Color.RED, "ef": Color.RED}, 1, "", SearchOptions(), "search_params")
    assert texts["metric_type"] == "red"
    assert '"ef":"red"' in texts["params"]
    default = checked_default(Color.RED, "name", DataType.VARCHAR, 9)
    assert (default, type(default)) == ("red", str)


class _Count(int, enum.Enum):
    TWO = 2


def test_an_enum_of_numbers_is_its_number_in_parameters() -> None:
    assert [pair.value for pair in property_pairs({"n": _Count.TWO})] == ["2"]
    assert parameter_text(_Count.TWO) == "2"


@pytest.mark.parametrize("missing", [float("nan"), np.float32("nan"), np.datetime64("NaT", "s")], ids=repr)
def test_a_missing_value_is_no_parameter(missing: object) -> None:
    with pytest.raises(ParamError, match="must have a value, got .*leave it out"):
        property_pairs({"n": missing})
    with pytest.raises(ParamError, match="must have a value, got .*leave it out"):
        parameter_text(missing)


def test_a_moment_is_no_search_parameter() -> None:
    with pytest.raises(ParamError, match="JSON cannot represent datetime64"):
        search_texts({"ef": np.datetime64(7, "ns")}, 1, "", SearchOptions(), "search_params")


def test_a_str_enum_is_its_str_as_a_query() -> None:
    group, _ = encode_vectors([Color.RED])
    assert list(common_pb2.PlaceholderGroup.FromString(group).placeholders[0].values) == [b"red"]


# --- rows ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [defaultdict, lambda _, row: _Zero(row)], ids=["defaultdict", "__missing__"])
def test_a_key_that_is_not_there_is_not_made_up(make: Callable[..., Any]) -> None:
    number = FieldInfo("n", data_type=DataType.INT64, nullable=True)
    rows = [make(int, {"id": 1, "n": 70}), make(int, {"id": 2})]
    (_, sent) = columns(rows, ID, number)
    assert list(sent.valid_data) == [True, False]
    assert [dict(row) for row in rows] == [{"id": 1, "n": 70}, {"id": 2}]
    with pytest.raises(DataNotMatchException, match="row 1, field 'id': expected a value"):
        columns([make(int, {"id": 1}), make(int, {})], ID)
    info = CollectionInfo("c", fields=(ID, number))
    with pytest.raises(DataNotMatchException, match="row 1, field 'n'"):
        encode_rows(check_rows(rows), info, upsert=True, partial=True)
    assert [dict(row) for row in rows] == [{"id": 1, "n": 70}, {"id": 2}]


class _Zero(dict[str, Any]):
    def __missing__(self, key: str) -> int:
        return 0


def test_any_sequence_of_any_mappings_is_rows() -> None:
    for rows in (({"id": 1}, {"id": 2}), [UserDict(id=1), {"id": 2}]):
        assert list(columns(rows, ID)[0].scalars.long_data.data) == [1, 2]
    assert list(columns(UserDict(id=1), ID)[0].scalars.long_data.data) == [1]


class _Frame:
    """Speaks as a DataFrame of pandas."""

    columns = ("id",)

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        raise AssertionError(orient)


class _Table:
    """Speaks as a pyarrow.Table."""

    def to_pylist(self) -> list[dict[str, Any]]:
        return [{"id": 1}]


@pytest.mark.parametrize(("table", "hint"), [(_Frame(), 'data.to_dict("records")'), (_Table(), "data.to_pylist()")])
def test_a_table_is_refused_with_what_makes_rows_of_it(table: object, hint: str) -> None:
    with pytest.raises(exceptions.TypeError) as refused:
        check_rows(table)
    assert hint in refused.value.message


@pytest.mark.parametrize("data_type", [DataType.VARCHAR, DataType.INT64, DataType.BOOL, DataType.JSON, DataType.ARRAY])
@pytest.mark.parametrize("missing", [float("nan"), np.float64("nan"), np.datetime64("NaT", "D")], ids=repr)
def test_nan_is_not_null(data_type: DataType, missing: object) -> None:
    field = FieldInfo("x", data_type=data_type, nullable=True, element_type=DataType.INT64)
    with pytest.raises(MilvusException, match="use None for a missing value"):
        columns([{"id": 1, "x": missing}], ID, field)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (1990.0, '; convert it with int(...), and a column of pandas with .astype("Int64")'),
        (np.float64("nan"), '; use None for a missing value, and a column of pandas with .astype("Int64")'),
        (1990.5, ""),
    ],
)
def test_a_float_in_a_field_of_integers_is_refused_with_what_pandas_needs(value: float, hint: str) -> None:
    field = FieldInfo("x", data_type=DataType.INT32, nullable=True)
    with pytest.raises(DataNotMatchException) as of_a_row:
        columns([{"id": 1, "x": value}], ID, field)
    with pytest.raises(DataNotMatchException) as of_a_column:
        encode_table(read_columns({"id": [1], "x": np.array([value])}), CollectionInfo("c", fields=(ID, field)))
    for refused in (of_a_row, of_a_column):
        assert refused.value.message.endswith(f"){hint}")


@pytest.mark.parametrize("unit", ["ns", "D"])
@pytest.mark.parametrize("kind", ["M8", "m8"])
@pytest.mark.parametrize("element_type", [DataType.INT64, DataType.DOUBLE, DataType.FLOAT])
def test_a_moment_is_not_a_number_of_nanoseconds(element_type: DataType, kind: str, unit: str) -> None:
    moments = np.array([7], f"{kind}[{unit}]")
    array_field = FieldInfo("x", data_type=DataType.ARRAY, element_type=element_type, max_capacity=3)
    for field, value in [
        (FieldInfo("x", data_type=element_type), moments[0]),
        (array_field, moments),
        (array_field, [moments[0]]),
    ]:
        with pytest.raises(DataNotMatchException, match="row 0, field 'x'"):
            columns([{"id": 1, "x": value}], ID, field)


@pytest.mark.parametrize("value", [np.complex128(1 + 2j), np.array("1.5"), np.array(b"1.5")], ids=repr)
def test_what_float_would_make_a_number_of(value: object) -> None:
    with pytest.raises(DataNotMatchException, match="row 0, field 'x': expected a DOUBLE"):
        columns([{"id": 1, "x": value}], ID, FieldInfo("x", data_type=DataType.DOUBLE))


@pytest.mark.parametrize("field", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_nan_is_not_a_vector(field: FieldInfo) -> None:
    with pytest.raises(MilvusException, match="use None for a missing value"):
        columns([{"id": 1, "v": float("nan")}], ID, field)


# --- keys ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("keys", [np.array(7), np.int64(7), np.array([7]), (7,), {7}, range(7, 8), array("q", [7])])
def test_keys_of_any_kind(keys: Any) -> None:
    assert list_keys("ids", keys) == [7]
    assert list(encode_ids(keys).int_id.data) == [7]


class _Named:
    """Has the names of its columns for items, as frames do."""

    columns = ("a",)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)


@pytest.mark.parametrize(
    "keys",
    [
        *[np.array(1.5), np.array(True), np.array([[1]]), b"x", bytearray(b"x"), {"a": 1}],
        *[np.array([7], "M8[ns]"), np.array([7], "m8[ns]"), np.datetime64(7, "ns"), _Named()],
    ],
    ids=lambda keys: type(keys).__name__,
)
def test_what_is_no_key(keys: Any) -> None:
    with pytest.raises(exceptions.TypeError):
        list_keys("ids", keys)
    with pytest.raises(ParamError):
        encode_ids(keys)


# --- sparse vectors --------------------------------------------------------------------------------------------------
FORMATS = ["bsr", "coo", "csc", "csr", "dia", "dok", "lil"]


@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_row_in_any_format_of_scipy(name: str, kind: str) -> None:
    made = getattr(sparse, f"{name}_{kind}")(np.array([[0.0, 0.5, 0.0, 2.0]]))
    (_, sent) = columns([{"id": 1, "v": made}], ID, SPARSE)
    assert decode_sparse(sent.vectors.sparse_float_vector.contents) == [{1: 0.5, 3: 2.0}]
    group, count = encode_vectors([made])
    values = common_pb2.PlaceholderGroup.FromString(group).placeholders[0].values
    assert (count, decode_sparse(values)) == (1, [{1: 0.5, 3: 2.0}])
    many = getattr(sparse, f"{name}_{kind}")(np.array([[0.0, 0.5], [2.0, 0.0]]))
    group, count = encode_vectors(many)
    values = common_pb2.PlaceholderGroup.FromString(group).placeholders[0].values
    assert (count, decode_sparse(values)) == (2, [{1: 0.5}, {0: 2.0}])


def test_indices_that_were_keys_in_json() -> None:
    (_, sent) = columns([{"id": 1, "v": {"7": 0.5, "11": 1}}, {"id": 2, "v": UserDict({3: 1.0})}], ID, SPARSE)
    assert decode_sparse(sent.vectors.sparse_float_vector.contents) == [{7: 0.5, 11: 1.0}, {3: 1.0}]
    group, _ = encode_vectors([{"7": 0.5}])
    assert decode_sparse(common_pb2.PlaceholderGroup.FromString(group).placeholders[0].values) == [{7: 0.5}]
    with pytest.raises(ParamError, match="index 7 twice"):
        columns([{"id": 1, "v": {"7": 0.5, 7: 1.0}}], ID, SPARSE)


@pytest.mark.parametrize("make", [UserDict, MappingProxyType], ids=["UserDict", "MappingProxyType"])
def test_any_mapping_is_a_sparse_query(make: Callable[[dict[int, float]], Any]) -> None:
    group, _ = encode_vectors([make({7: 0.5})])
    assert decode_sparse(common_pb2.PlaceholderGroup.FromString(group).placeholders[0].values) == [{7: 0.5}]


@pytest.mark.parametrize("data", [[[[0.1, 0.2]]], [[[0.1, 0.2, 0.3]]], [[[1, 2], [3, 4]]], [([0.1, 0.2],)]])
def test_one_bracket_too_many(data: Any) -> None:
    with pytest.raises(ParamError, match="remove one pair of brackets"):
        encode_vectors(data)
    with pytest.raises(ParamError, match=r"data\[0\]: expected .* for field 'v', got a list of lists; remove one pair"):
        encode_vectors(data, DENSE)


# --- buffers ---------------------------------------------------------------------------------------------------------
class _Holder:
    """Holds an exception as part of a cycle, as frameworks do."""

    error: BaseException
    itself: _Holder


def test_a_refused_row_leaves_no_buffer_locked() -> None:
    """A buffer that is still exported in a traceback cannot be freed in any order."""
    holder = _Holder()
    try:
        columns([{"id": 1, "v": [0.5, float("nan")]}], ID, DENSE)
    except DataNotMatchException as error:
        holder.error, holder.itself = error, holder
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        views = [value for frame in frames for value in frame.f_locals.values() if isinstance(value, memoryview)]
        assert views
        for view in views:
            with pytest.raises(ValueError, match="released"):
                view.tobytes()
    buffer = array("f", [0.5])
    with pytest.raises(DataNotMatchException) as refused:
        columns([{"id": 1, "v": buffer}], ID, DENSE)
    buffer.append(0.5)  # refused with a BufferError while a view of it lives
    assert refused.value.message == "row 0, field 'v': expected a FLOAT_VECTOR of 2 elements, got 1 element"
    del holder
    gc.collect()
