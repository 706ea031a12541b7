"""Query vectors and values for filters."""

from __future__ import annotations

import array
import math
import struct
from typing import Any

import numpy as np
import pytest

from milvusclient._proto import common_pb2
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.codec.write.filter_params import encode_filter_param, encode_filter_params
from milvusclient.codec.write.query_vectors import encode_vectors, needs_field
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

TWO = struct.pack("<2f", 1, 2)
F4 = np.array([1, 2], "f4")
FIELDS = {
    data_type: FieldInfo("v", data_type=data_type, dim=dim)
    for data_type, dim in (
        (DataType.FLOAT_VECTOR, 2),
        (DataType.FLOAT16_VECTOR, 2),
        (DataType.BFLOAT16_VECTOR, 2),
        (DataType.INT8_VECTOR, 2),
        (DataType.BINARY_VECTOR, 8),
        (DataType.SPARSE_FLOAT_VECTOR, 0),
    )
}
STRUCT = FieldInfo("e", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.FLOAT_VECTOR, dim=2)


def placeholder(data: object, field: FieldInfo | None = None) -> tuple[int, list[bytes]]:
    group, count = encode_vectors(data, field)
    (value,) = common_pb2.PlaceholderGroup.FromString(group).placeholders
    assert value.tag == "$0"
    assert len(value.values) == count
    return value.type, list(value.values)


@pytest.mark.parametrize(
    ("data", "number", "values"),
    [
        ([[1, 2]], 101, [TWO]),
        ([[1.0, 2.0], [1, 2]], 101, [TWO, TWO]),
        ([1.0, 2.0], 101, [TWO]),
        (((1.0, 2.0),), 101, [TWO]),
        (F4, 101, [TWO]),
        (np.stack([F4, F4]), 101, [TWO, TWO]),
        ([F4, [1, 2]], 101, [TWO, TWO]),
        ([F4.astype("f8")], 101, [TWO]),
        ([array.array("f", [1, 2])], 101, [TWO]),
        (array.array("d", [1, 2]), 101, [TWO]),
        ([F4.astype("f2")], 102, [struct.pack("<2e", 1, 2)]),
        ([np.array([1, -2], "i1")], 105, [b"\x01\xfe"]),
        (np.array([[1, 2], [3, 4]], "u1"), 100, [b"\x01\x02", b"\x03\x04"]),
        ([b"ab"], 100, [b"ab"]),
        (b"ab", 100, [b"ab"]),
        ([{5: 0.5, 1: 1.0}], 104, [struct.pack("<IfIf", 1, 1.0, 5, 0.5)]),
        ({5: 0.5}, 104, [struct.pack("<If", 5, 0.5)]),
        ([[(5, 0.5)], [[1, 1.0]]], 104, [struct.pack("<If", 5, 0.5), struct.pack("<If", 1, 1.0)]),
        (["hello", "мир"], 21, [b"hello", "мир".encode()]),
        ("hello", 21, [b"hello"]),
        ([EmbeddingList([[1.0, 2.0], [1.0, 2.0]])], 301, [TWO + TWO]),
        (EmbeddingList(np.array([[1, 2]], "f2")), 302, [struct.pack("<2e", 1, 2)]),
    ],
)
def test_query_vectors(data: object, number: int, values: list[bytes]) -> None:
    assert placeholder(data) == (number, values)


@pytest.mark.parametrize("data_type", FIELDS)
def test_raw_bytes_are_of_the_type_of_the_field(data_type: DataType) -> None:
    raw = {DataType.FLOAT_VECTOR: TWO, DataType.INT8_VECTOR: b"ab", DataType.BINARY_VECTOR: b"a"}.get(
        data_type, b"abcd"
    )
    if data_type == DataType.SPARSE_FLOAT_VECTOR:
        raw = struct.pack("<If", 1, 0.5)
    for form in (raw, bytearray(raw)):
        assert placeholder([form, form], FIELDS[data_type]) == (int(data_type), [raw, raw])
    assert needs_field([raw])
    assert needs_field(memoryview(raw))


def test_a_known_field_decides() -> None:
    assert placeholder([[1, 2]], FIELDS[DataType.FLOAT16_VECTOR]) == (102, [struct.pack("<2e", 1, 2)])
    assert placeholder([[1, 2]], FIELDS[DataType.INT8_VECTOR]) == (105, [b"\x01\x02"])
    assert placeholder([[1, 2]], STRUCT) == (101, [TWO])
    assert placeholder([EmbeddingList([[1.0, 2.0]])], STRUCT) == (301, [TWO])
    assert placeholder(["text"], FIELDS[DataType.SPARSE_FLOAT_VECTOR]) == (21, [b"text"])
    assert not any(map(needs_field, ([[1, 2]], F4, ["a"], [{1: 1.0}], EmbeddingList([[1.0, 2.0]]))))


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ([], None, "data must have at least one vector or str"),
        (None, None, "data must be a vector, a str, or a list of them, got None"),
        (5, None, "got 5 (int)"),
        ([None], None, r"data[0]: expected a vector or a str, got None"),
        ([["a"]], None, "data[0]: expected a vector or a str"),
        ([[1, 2], "x"], None, "data[1]: expected a query of the same type as data[0], got 'x' (str)"),
        ([[1, 2], [1, 2, 3]], None, "data[1]: expected a FLOAT_VECTOR of 2 elements, got 3 elements"),
        (
            [[1, math.nan]],
            None,
            "data[0][1]: expected a FLOAT_VECTOR of 2 elements of finite numbers, got NaN or infinity",
        ),
        ([np.array([1, 2])], None, "got an array of dtype int64"),
        ([np.zeros((1, 1, 1))], None, "data[0]: expected"),
        (np.zeros((1, 1, 1)), None, "1 or 2 dimensions"),
        (
            [[1, 2, 3]],
            DataType.FLOAT_VECTOR,
            "data[0]: expected a FLOAT_VECTOR of 2 elements for field 'v', got 3 elements",
        ),
        ([F4.astype("f2")], DataType.FLOAT_VECTOR, "got an array of dtype float16"),
        ([b"abc"], DataType.FLOAT_VECTOR, "(8 bytes) for field 'v', got 3 bytes"),
        ([[1, 2]], DataType.SPARSE_FLOAT_VECTOR, "data[0]: expected a SPARSE_FLOAT_VECTOR"),
        ([{-1: 1.0}], None, "data[0]: expected an index"),
        (["\ud800"], None, "data[0]: expected a str, got a str that UTF-8 cannot encode"),
        ([EmbeddingList()], None, "data[0]: expected an EmbeddingList with a vector in it"),
    ],
)
def test_query_vectors_that_cannot_be(data: object, field: DataType | None, message: str) -> None:
    with pytest.raises(ParamError) as caught:
        encode_vectors(data, None if field is None else FIELDS[field])
    assert message in caught.value.message


def test_rows_of_a_scipy_matrix() -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    matrix = scipy_sparse.csr_matrix(np.array([[0, 0.5], [1.0, 0]]))
    assert placeholder(matrix) == (104, [struct.pack("<If", 1, 0.5), struct.pack("<If", 0, 1.0)])


# --- values for filters ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "member", "stored"),
    [
        (True, "bool_val", True),
        (np.bool_(True), "bool_val", True),
        (3, "int64_val", 3),
        (np.int32(3), "int64_val", 3),
        (2.5, "float_val", 2.5),
        (np.float32(2.5), "float_val", 2.5),
        ("да", "string_val", "да"),
        (b"\x00\xff", "bytes_val", b"\x00\xff"),
    ],
)
def test_single_values(value: object, member: str, stored: object) -> None:
    message = encode_filter_param("v", value)
    assert message.WhichOneof("val") == member
    assert getattr(message, member) == stored


@pytest.mark.parametrize(
    ("value", "member", "stored"),
    [
        ([True, False], "bool_data", [True, False]),
        ([1, 2], "long_data", [1, 2]),
        ([np.int64(1)], "long_data", [1]),
        ([1.5, 2.5], "double_data", [struct.pack("<2d", 1.5, 2.5)]),
        (["a", "b"], "string_data", ["a", "b"]),
        ([1, 2.5], "json_data", [b"1", b"2.5"]),
        ([True, 1], "json_data", [b"true", b"1"]),
        ([[1], 2], "json_data", [b"[1]", b"2"]),
    ],
)
def test_lists(value: list[object], member: str, stored: list[Any]) -> None:
    message = encode_filter_param("v", value).array_val
    assert message.WhichOneof("data") == member
    assert list(getattr(message, member).data) == stored


def test_lists_of_lists_and_empty_lists() -> None:
    assert encode_filter_param("v", []).WhichOneof("val") == "array_val"
    assert encode_filter_param("v", []).array_val.WhichOneof("data") is None
    nested = encode_filter_param("v", [[1], ["a"], []]).array_val.array_data.data
    assert [each.WhichOneof("data") for each in nested] == ["long_data", "string_data", None]


@pytest.mark.parametrize(
    ("value", "message", "error"),
    [
        (None, "filter_params['v']: expected a bool, int, float, str, bytes, or a list of them, got None", ParamError),
        ({"a": 1}, "got {'a': 1} (dict)", ParamError),
        ((1, 2), "use list(...)", ParamError),
        (np.array([1, 2]), "use .tolist()", ParamError),
        (2**63, "got 9223372036854775808", ParamError),
        ([1, 2**63], "filter_params['v'][1]", ParamError),
        ([None], "filter_params['v'][0]", ParamError),
        ([1, None], "filter_params['v'][1]", ParamError),
        ([b"x"], "filter_params['v'][0]", ParamError),
        ([{"a": 1}], "filter_params['v'][0]", ParamError),
        ([[1], [None]], "filter_params['v'][1][0]", ParamError),
        ([1, "a"], "filter_params['v'][1]: expected a list with values of one type", DataNotMatchException),
        (["a", 1], "filter_params['v'][1]", DataNotMatchException),
        ("\ud800", "UTF-8", ParamError),
    ],
)
def test_values_that_filters_do_not_have(value: object, message: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        encode_filter_params({"v": value})
    assert message in str(caught.value)


def test_names_are_texts() -> None:
    with pytest.raises(ParamError, match="the name of a placeholder must be a str"):
        encode_filter_params({1: 2})  # type: ignore[dict-item]  # that is the point
    assert list(encode_filter_params({"a": 1, "b": "x"})) == ["a", "b"]
