"""Vectors of every type, given as anything that can be one, to the bytes on the wire and back."""

from __future__ import annotations

import array
import math
import struct
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from milvusclient._proto import schema_pb2
from milvusclient.codec import sparse
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.write import nonfinite, vectors
from milvusclient.exceptions import DataNotMatchException, MilvusException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from tests.support.columns import encoded_columns

ID = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
FLOAT = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=4)
BINARY = FieldInfo("v", data_type=DataType.BINARY_VECTOR, dim=16)
HALF = FieldInfo("v", data_type=DataType.FLOAT16_VECTOR, dim=4)
BRAIN = FieldInfo("v", data_type=DataType.BFLOAT16_VECTOR, dim=4)
INT8 = FieldInfo("v", data_type=DataType.INT8_VECTOR, dim=4)
SPARSE = FieldInfo("v", data_type=DataType.SPARSE_FLOAT_VECTOR)

NUMBERS = [1.0, -2.0, 0.5, 3.0]
F4 = np.array(NUMBERS, "<f4")
FLOAT_WIRE = struct.pack("<4f", *NUMBERS)
HALF_WIRE = struct.pack("<4e", *NUMBERS)
BRAIN_WIRE = b"".join(struct.pack("<f", number)[2:] for number in NUMBERS)


@pytest.fixture(params=["numpy", "without numpy"])
def numpy_or_not(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done with numpy where a program has loaded it, and what is done without."""
    if request.param == "without numpy":
        for module in (nonfinite, sparse, vectors):
            monkeypatch.setattr(module, "loaded_numpy", lambda: None)


def column(field: FieldInfo, *values: object) -> schema_pb2.FieldData:
    rows = [{"id": index, "v": value} for index, value in enumerate(values)]
    encoded = encoded_columns(rows, CollectionInfo("c", fields=(ID, field)))[1]
    return schema_pb2.FieldData.FromString(encoded.SerializeToString())


def wire(field: FieldInfo, *values: object) -> bytes:
    """The bytes of all vectors."""
    message = column(field, *values).vectors
    member = message.WhichOneof("data")
    assert member is not None
    assert message.dim == field.dim
    return b"".join(message.float_vector.data) if member == "float_vector" else getattr(message, member)


@pytest.mark.parametrize(
    ("field", "size"),
    [(BINARY, 2), (HALF, 8), (BRAIN, 8), (INT8, 4), (FieldInfo("v", data_type=DataType.INT8_VECTOR, dim=1), 1)],
)
def test_a_vector_is_written_again_as_a_query_returns_it(field: FieldInfo, size: int) -> None:
    vector = bytes(range(1, 1 + size))
    read = decode_column(column(field, vector, vector), 2)
    assert read == [[vector], [vector]]
    assert wire(field, *read) == vector * 2
    with pytest.raises(DataNotMatchException, match=f"got {size + 1} bytes"):
        wire(field, [vector + b"\0"])


def refusal(field: FieldInfo, *values: object, error: type[MilvusException] = DataNotMatchException) -> str:
    with pytest.raises(MilvusException) as caught:
        column(field, *values)
    assert type(caught.value) is error
    return caught.value.message


class Tensor:
    """What the codec needs to know of a torch tensor."""

    def __init__(self, values: Any, dtype: str, device: str = "cpu") -> None:
        self.values, self.dtype, self.device = values, dtype, device
        self.shape = values.shape

    def detach(self) -> Tensor:
        return self

    def numpy(self) -> Any:
        if self.dtype == "torch.bfloat16":
            raise TypeError("unsupported ScalarType BFloat16")
        return self.values

    def view(self, _: object) -> Tensor:
        return Tensor(self.values.view("i2"), "torch.int16")

    def float(self) -> Tensor:
        return Tensor((self.values.astype("u4") << 16).view("f4"), "torch.float32")


class Brain:
    """What the codec needs to know of a bfloat16 array of ml_dtypes."""

    dtype = SimpleNamespace(name="bfloat16", str="<V2", kind="V", itemsize=2)
    shape = (4,)

    def tobytes(self) -> bytes:
        return BRAIN_WIRE


FORMS: list[tuple[FieldInfo, bytes, Callable[[], object]]] = [
    (FLOAT, FLOAT_WIRE, lambda: NUMBERS),
    (FLOAT, FLOAT_WIRE, lambda: tuple(NUMBERS)),
    (FLOAT, FLOAT_WIRE, lambda: [np.float32(number) for number in NUMBERS]),
    (FLOAT, FLOAT_WIRE, lambda: F4),
    (FLOAT, FLOAT_WIRE, lambda: F4.astype(">f4")),
    (FLOAT, FLOAT_WIRE, lambda: F4.astype("f8")),
    (FLOAT, FLOAT_WIRE, lambda: np.repeat(F4, 2)[::2]),
    (FLOAT, FLOAT_WIRE, lambda: np.frombuffer(b"x" + FLOAT_WIRE, "<f4", offset=1)),
    (FLOAT, FLOAT_WIRE, lambda: FLOAT_WIRE),
    (FLOAT, FLOAT_WIRE, lambda: bytearray(FLOAT_WIRE)),
    (FLOAT, FLOAT_WIRE, lambda: memoryview(FLOAT_WIRE)),
    (FLOAT, FLOAT_WIRE, lambda: array.array("f", NUMBERS)),
    (FLOAT, FLOAT_WIRE, lambda: array.array("d", NUMBERS)),
    (FLOAT, FLOAT_WIRE, lambda: memoryview(F4.astype("f8").data)),
    (FLOAT, FLOAT_WIRE, lambda: Tensor(F4, "torch.float32")),
    (FLOAT, FLOAT_WIRE, lambda: Tensor(np.frombuffer(BRAIN_WIRE, "<u2"), "torch.bfloat16")),
    (BINARY, b"\x0f\xff", lambda: b"\x0f\xff"),
    (BINARY, b"\x0f\xff", lambda: bytearray(b"\x0f\xff")),
    (BINARY, b"\x0f\xff", lambda: memoryview(b"\x0f\xff")),
    (BINARY, b"\x0f\xff", lambda: np.array([15, 255], "u1")),
    (BINARY, b"\x0f\xff", lambda: np.array([15, -1], "i1")),
    (BINARY, b"\x0f\xff", lambda: [15, 255]),
    (BINARY, b"\x0f\xff", lambda: array.array("B", [15, 255])),
    (HALF, HALF_WIRE, lambda: F4.astype("f2")),
    (HALF, HALF_WIRE, lambda: F4.astype(">f2")),
    (HALF, HALF_WIRE, lambda: F4),
    (HALF, HALF_WIRE, lambda: F4.astype("f8")),
    (HALF, HALF_WIRE, lambda: NUMBERS),
    (HALF, HALF_WIRE, lambda: HALF_WIRE),
    (HALF, HALF_WIRE, lambda: memoryview(F4.astype("f2").data)),
    (HALF, HALF_WIRE, lambda: array.array("f", NUMBERS)),
    (BRAIN, BRAIN_WIRE, lambda: BRAIN_WIRE),
    (BRAIN, BRAIN_WIRE, Brain),
    (BRAIN, BRAIN_WIRE, lambda: NUMBERS),
    (BRAIN, BRAIN_WIRE, lambda: F4),
    (BRAIN, BRAIN_WIRE, lambda: Tensor(np.frombuffer(BRAIN_WIRE, "<u2"), "torch.bfloat16")),
    (INT8, b"\x01\xfe\x00\x7f", lambda: np.array([1, -2, 0, 127], "i1")),
    (INT8, b"\x01\xfe\x00\x7f", lambda: [1, -2, 0, 127]),
    (INT8, b"\x01\xfe\x00\x7f", lambda: b"\x01\xfe\x00\x7f"),
    (INT8, b"\x01\xfe\x00\x7f", lambda: array.array("b", [1, -2, 0, 127])),
]


@pytest.mark.parametrize(("field", "expected", "make"), FORMS)
@pytest.mark.usefixtures("numpy_or_not")
def test_forms_of_vectors(
    field: FieldInfo, expected: bytes, make: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(int16="torch.int16"))  # a stand-in
    assert wire(field, make()) == expected
    assert wire(field, make(), make()) == expected * 2
    assert wire(field, make(), expected) == expected * 2  # rows of several forms


def test_what_comes_back() -> None:
    assert decode_column(column(FLOAT, NUMBERS, F4)) == [NUMBERS, NUMBERS]
    assert decode_column(column(BINARY, b"\x01\x02", b"\x03\x04")) == [[b"\x01\x02"], [b"\x03\x04"]]
    assert decode_column(column(HALF, NUMBERS)) == [[HALF_WIRE]]
    assert decode_column(column(BRAIN, NUMBERS)) == [[BRAIN_WIRE]]
    assert decode_column(column(INT8, [1, 2, 3, 4])) == [[b"\x01\x02\x03\x04"]]


@pytest.mark.parametrize(
    ("field", "value", "message", "error"),
    [
        (FLOAT, [1, 2], "expected a FLOAT_VECTOR of 4 elements, got 2 elements", DataNotMatchException),
        (FLOAT, [], "got 0 elements", DataNotMatchException),
        (FLOAT, F4[:3], "got 3 elements", DataNotMatchException),
        (FLOAT, FLOAT_WIRE[:-1], "(16 bytes), got 15 bytes", DataNotMatchException),
        (
            FLOAT,
            [1, 2, 3, "a"],
            "field 'v'[3]: expected a FLOAT_VECTOR of 4 elements (numbers), got 'a' (str)",
            DataNotMatchException,
        ),
        (FLOAT, [1, 2, None, 4], "field 'v'[2]", DataNotMatchException),
        (
            FLOAT,
            [1, 2, math.nan, 4],
            "field 'v'[2]: expected a FLOAT_VECTOR of 4 elements of finite numbers",
            DataNotMatchException,
        ),
        (FLOAT, [1, 2, 3, -math.inf], "field 'v'[3]", DataNotMatchException),
        (FLOAT, np.array([1, math.nan, 2, 3], "f4"), "field 'v'[1]", DataNotMatchException),
        (
            FLOAT,
            [1, 2, 3, 1e39],
            "field 'v'[3]: expected a FLOAT_VECTOR of 4 elements, got 1e+39, which is too large",
            DataNotMatchException,
        ),
        (FLOAT, np.array([1, 2, 3, 1e39]), "field 'v'[3]", DataNotMatchException),
        (FLOAT, F4.reshape(2, 2), "an array of shape (2, 2)", DataNotMatchException),
        (FLOAT, np.array([1, 2, 3, 4]), "dtype float32 or float64, got an array of dtype int64", ParamError),
        (FLOAT, F4.astype("f2"), "got an array of dtype float16", ParamError),
        (FLOAT, array.array("i", [1, 2, 3, 4]), "a buffer of format 'i'", ParamError),
        (FLOAT, "abcd", "got 'abcd' (str)", DataNotMatchException),
        (FLOAT, {1: 2.0}, "got {1: 2.0} (dict)", DataNotMatchException),
        (FLOAT, 5, "got 5 (int)", DataNotMatchException),
        (FLOAT, Tensor(F4, "torch.float32", "cuda:0"), "use .cpu()", DataNotMatchException),
        (BINARY, b"\x01", "(2 bytes), got 1 byte", DataNotMatchException),
        (BINARY, [1, 256], "field 'v'[1]", DataNotMatchException),
        (BINARY, [1, 0] * 8, "numpy.packbits", DataNotMatchException),
        (BINARY, np.array([1, 2], "i4"), "dtype uint8", ParamError),
        (HALF, [70000.0, 0, 0, 0], "field 'v'[0]", DataNotMatchException),
        (HALF, np.array([70000.0, 0, 0, 0], "f4"), "field 'v'[0]", DataNotMatchException),
        (HALF, np.array([1, math.inf, 0, 0], "f2"), "field 'v'[1]", DataNotMatchException),
        (HALF, np.zeros(4, "i2"), "dtype float16", ParamError),
        (BRAIN, F4.astype("f2"), "dtype bfloat16", ParamError),
        (BRAIN, [math.nan, 0, 0, 0], "field 'v'[0]", DataNotMatchException),
        (BRAIN, b"\x00\x00\xc0\x7f\x00\x00\x00\x00", "field 'v'[1]", DataNotMatchException),
        (BRAIN, np.array([1, -math.nan, 0, 0], "f4"), "field 'v'[1]", DataNotMatchException),
        (INT8, [1, 2, 3, 300], "field 'v'[3]", DataNotMatchException),
        (INT8, [1, 2, 3, 0.5], "field 'v'[3]", DataNotMatchException),
        (INT8, np.zeros(4, "u1"), "dtype int8", ParamError),
    ],
)
@pytest.mark.usefixtures("numpy_or_not")
def test_vectors_that_do_not_fit(field: FieldInfo, value: object, message: str, error: type[MilvusException]) -> None:
    good = b"\x00" * (16 if field is FLOAT else 2 if field is BINARY else 4 if field is INT8 else 8)
    for others in ([good], [value]):  # alone in its form, and among its like
        found = refusal(field, *others, value, error=error)
        assert message in found
    assert refusal(field, good, value, error=error).startswith("row 1, field 'v'")


def test_bfloat16_rounds_to_nearest_even() -> None:
    numbers = [1.0, 1.00390625, 1.01171875, 3.3895313892515355e38]
    expected = [0x3F80, 0x3F80, 0x3F82, 0x7F7F]
    for given in (numbers, np.array(numbers, "f4")):
        assert list(struct.unpack("<4H", wire(BRAIN, given))) == expected
        assert list(struct.unpack("<8H", wire(BRAIN, given, given))) == expected * 2
    assert "[3]" in refusal(BRAIN, [1, 1, 1, 3.4e38])  # rounds to infinity


def test_large_dimensions() -> None:
    field = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=32_768)
    vector = np.linspace(-1, 1, 32_768, dtype="f4")
    assert wire(field, vector) == vector.tobytes()
    assert wire(field, vector.tolist()) == vector.tobytes()


# --- sparse ----------------------------------------------------------------------------------------------------------
class Matrix:
    """What the codec needs to know of a scipy sparse matrix with one row."""

    def __init__(self, indices: list[int], data: list[float], shape: tuple[int, ...] = (1, 9)) -> None:
        self.indices, self.data, self.shape = np.array(indices), np.array(data), shape

    def tocsr(self, copy: bool = False) -> Matrix:
        return Matrix(self.indices.tolist(), self.data.tolist(), self.shape) if copy else self

    def sum_duplicates(self) -> None:
        summed: dict[int, float] = {}
        for index, value in zip(self.indices.tolist(), self.data.tolist(), strict=True):
            summed[index] = summed.get(index, 0.0) + value
        self.indices, self.data = np.array(list(summed)), np.array(list(summed.values()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({5: 0.5, 1: 1.5}, {1: 1.5, 5: 0.5}),
        ({1: 1}, {1: 1.0}),
        ({np.int32(3): np.float32(0.5)}, {3: 0.5}),
        ({2**32 - 2: 1.0, 0: -1.0}, {0: -1.0, 2**32 - 2: 1.0}),
        ([(5, 0.5), (1, 1.5)], {1: 1.5, 5: 0.5}),
        ([[5, 0.5]], {5: 0.5}),
        ({}, {}),
        ([], {}),
        (struct.pack("<IfIf", 5, 0.5, 1, 1.5), {1: 1.5, 5: 0.5}),
        (Matrix([5, 1, 5], [0.25, 1.5, 0.25]), {1: 1.5, 5: 0.5}),
    ],
)
@pytest.mark.usefixtures("numpy_or_not")
def test_sparse_vectors(value: Any, expected: dict[int, float]) -> None:
    assert decode_column(column(SPARSE, value)) == [expected]
    encoded = column(SPARSE, {7: 1.0, 2: 0.5}, value, {}, value, {3: 1.0})
    assert decode_column(encoded) == [{2: 0.5, 7: 1.0}, expected, {}, expected, {3: 1.0}]
    for content in encoded.vectors.sparse_float_vector.contents:
        indices = [index for index, _ in struct.iter_unpack("<If", content)]
        assert indices == sorted(indices)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({-1: 0.5}, "an index from 0 to 4294967294 in a sparse vector, got -1"),
        ({2**32 - 1: 0.5}, "got 4294967295"),
        ({"-1": 0.5}, "got '-1' (str)"),
        ({1.0: 0.5}, "got 1.0 (float)"),
        ({True: 0.5}, "got True (bool)"),
        ({1: "a"}, "got 'a' (str)"),
        ({1: True}, "got True (bool)"),
        ({1: math.nan}, "field 'v'[1]: expected a finite float"),
        ({1: math.inf}, "got inf"),
        ({1: 1e39}, "got 1e+39 (float)"),
        ([(1, 0.5), (1, 0.25)], "index 1 twice"),
        ([(1, 2)], "write 2.0"),
        ([(1, 0.5, 2)], "expected a SPARSE_FLOAT_VECTOR"),
        ([1, 2], "expected a SPARSE_FLOAT_VECTOR"),
        (b"\x00" * 7, "7 bytes, which is not a multiple of 8"),
        (Matrix([1], [1.0], (2, 9)), "take one row of it"),
        ("x", "expected a SPARSE_FLOAT_VECTOR"),
        (np.array([[1, 2.0]]), "expected a SPARSE_FLOAT_VECTOR"),
    ],
)
@pytest.mark.usefixtures("numpy_or_not")
def test_sparse_vectors_that_do_not_fit(value: object, message: str) -> None:
    found = refusal(SPARSE, {1: 1.0}, value, error=ParamError)
    assert message in found
    assert found.startswith("row 1, field 'v'")
    assert "row 0" in refusal(SPARSE, value, error=ParamError)


@pytest.mark.parametrize("name", ["csr_matrix", "csr_array", "coo_matrix", "coo_array", "csc_matrix", "lil_matrix"])
def test_scipy(name: str) -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    row = getattr(scipy_sparse, name)(np.array([[0, 0.5, 0, 2.0]]))
    assert decode_column(column(SPARSE, row, {1: 1.0})) == [{1: 0.5, 3: 2.0}, {1: 1.0}]


# --- struct arrays ---------------------------------------------------------------------------------------------------
def structs(nullable: bool = False) -> CollectionInfo:
    fields = (
        FieldInfo("n", data_type=DataType.ARRAY, element_type=DataType.INT64, max_capacity=2),
        FieldInfo("e", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.FLOAT_VECTOR, dim=2, max_capacity=2),
        FieldInfo("b", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.BINARY_VECTOR, dim=8, max_capacity=2),
    )
    return CollectionInfo("c", fields=(ID,), struct_fields=(StructFieldInfo("s", 0, fields, 2, nullable),))


def test_struct_arrays_come_back() -> None:
    one = {"n": 1, "e": [1.0, 2.0], "b": b"\x01"}
    two = {"n": 2, "e": np.array([3, 4], "f4"), "b": np.array([2], "u1")}
    rows: list[dict[str, object]] = [{"id": 1, "s": [one, two]}, {"id": 2, "s": []}, {"id": 3, "s": [one]}]
    decoded = decode_column(encoded_columns(rows, structs())[1])
    plain_two = {"n": 2, "e": [3.0, 4.0], "b": b"\x02"}
    assert decoded == [[one, plain_two], [], [one]]
    nullable = encoded_columns([{"id": 1, "s": None}, {"id": 2}, {"id": 3, "s": [one]}], structs(nullable=True))[1]
    assert decode_column(nullable) == [None, None, [one]]
    assert decode_column(encoded_columns([{"id": 1}], structs(nullable=True))[1]) == [None]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "got None; the field is not nullable"),
        ({"n": 1}, "expected a list of structs"),
        ([5], "'s'[0]: expected a struct"),
        ([{"n": 1, "e": [1, 2]}], "'s'[0]: expected a struct with the keys n, e, b, got no value for 'b'"),
        ([{"n": 1, "e": [1, 2], "b": b"1", "z": 1}], "the key 'z' too"),
        ([{"n": 1, "e": [1, 2], "b": b"1"}] * 3, "at most 2 structs"),
        ([{"n": "x", "e": [1, 2], "b": b"1"}], "field 's[n]'[0]: expected an INT64"),
        ([{"n": 1, "e": [1], "b": b"1"}], "field 's[e]': expected a FLOAT_VECTOR of 2 elements, got 1 element"),
    ],
)
def test_structs_that_do_not_fit(value: object, message: str) -> None:
    good = [{"n": 1, "e": [1, 2], "b": b"1"}]
    with pytest.raises(DataNotMatchException) as caught:
        encoded_columns([{"id": 1, "s": good}, {"id": 2, "s": value}], structs())
    assert message in caught.value.message
    assert caught.value.message.startswith("row 1, ")
