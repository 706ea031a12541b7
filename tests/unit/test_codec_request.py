"""Requests put together from parts: in one piece or bit by bit, the bytes are the same."""

from __future__ import annotations

import importlib
import struct
import warnings
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write import nonfinite, request
from milvusclient.codec.write.nonfinite import first_nonfinite
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import encode_rows
from milvusclient.exceptions import DataNotMatchException, MilvusException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType

DIM = 8
KINDS = {
    DataType.FLOAT_VECTOR: "<f4",
    DataType.FLOAT16_VECTOR: "<f2",
    DataType.INT8_VECTOR: "i1",
}


#: The module itself; ``from milvusclient.codec import rows`` gives what loads it when it is needed.
ROWS = importlib.import_module("milvusclient.codec.write.rows")


def collection(data_type: DataType) -> CollectionInfo:
    fields = (
        FieldInfo("id", data_type=DataType.INT64, is_primary=True),
        FieldInfo("v", data_type=data_type, dim=DIM),
        FieldInfo("t", data_type=DataType.VARCHAR, max_length=50),
    )
    return CollectionInfo("books", fields=fields)


def payload(vectors: list[Any], data_type: DataType) -> bytes:
    rows = [{"id": index, "v": vector, "t": "x" * index} for index, vector in enumerate(vectors)]
    columns = encode_rows(rows, collection(data_type))
    return Assembled(milvus_pb2.InsertRequest(num_rows=len(rows)), columns).SerializeToString()


def vectors_on_the_wire(data: bytes) -> bytes:
    column = milvus_pb2.InsertRequest.FromString(data).fields_data[1].vectors
    assert column.dim == DIM
    if column.HasField("float_vector"):
        return b"".join(column.float_vector.data)
    return column.float16_vector or column.int8_vector


def odd_place(vector: Any) -> Any:
    moved = np.frombuffer(b"x" + vector.tobytes(), "u1")[1:].view(vector.dtype)
    assert moved.itemsize == 1 or not moved.flags.aligned
    return moved


def read_only(vector: Any) -> Any:
    copy = vector.copy()
    copy.flags.writeable = False
    return copy


def with_gaps(vector: Any) -> Any:
    return np.repeat(vector, 2)[::2]


MEMORY: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda vector: vector,
    "read-only": read_only,
    "at an odd place": odd_place,
    "with gaps": with_gaps,
    "backwards": lambda vector: vector[::-1].copy()[::-1],
}


@pytest.mark.parametrize("data_type", KINDS, ids=lambda data_type: str(data_type.name))
@pytest.mark.parametrize("first", MEMORY)
@pytest.mark.parametrize("others", MEMORY)
def test_arrays_in_any_memory(data_type: DataType, first: str, others: str) -> None:
    matrix = np.arange(3 * DIM).reshape(3, DIM).astype(KINDS[data_type])
    vectors = [MEMORY[first](matrix[0]), MEMORY[others](matrix[1]), MEMORY[others](matrix[2])]
    assert vectors_on_the_wire(payload(vectors, data_type)) == matrix.tobytes()


@pytest.mark.parametrize("data_type", KINDS, ids=lambda data_type: str(data_type.name))
def test_one_piece_or_bit_by_bit(data_type: DataType, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = list(np.arange(5 * DIM).reshape(5, DIM).astype(KINDS[data_type]))
    in_one_piece = payload(vectors, data_type)

    def in_bits(*_: object) -> Generator[None, None, None]:
        yield

    monkeypatch.setattr(request, "_joined", in_bits)
    assert payload(vectors, data_type) == in_one_piece


@pytest.mark.parametrize(
    ("wrong", "got"),
    [
        (np.zeros((1, DIM), "f4"), "an array of shape (1, 8)"),
        (np.zeros((DIM, 1), "f4"), "an array of shape (8, 1)"),
        (np.zeros(DIM + 1, "f4"), "9 elements"),
        (np.zeros(DIM, "i8"), "an array of dtype int64"),
        (np.full(DIM, np.nan, "f4"), "NaN or infinity"),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_one_array_that_does_not_fit(wrong: Any, got: str, place: int) -> None:
    vectors = [np.zeros(DIM, "f4"), np.zeros(DIM, "f4")]
    vectors[place] = wrong
    with pytest.raises(MilvusException) as refused:
        payload(vectors, DataType.FLOAT_VECTOR)
    assert f"row {place}, field 'v'" in str(refused.value)
    assert got in str(refused.value)


# --- many rows -------------------------------------------------------------------------------------------------------
def test_many_rows_are_gathered_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = list(np.arange(7 * DIM).reshape(7, DIM).astype("f4"))
    few = payload(vectors, DataType.FLOAT_VECTOR)
    monkeypatch.setattr(ROWS, "_MANY", 7)
    monkeypatch.setattr(ROWS, "_SOME", 2)
    assert payload(vectors, DataType.FLOAT_VECTOR) == few


def test_a_field_that_one_of_many_rows_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ROWS, "_MANY", 1)
    monkeypatch.setattr(ROWS, "_SOME", 2)
    rows: list[dict[str, Any]] = [{"id": row, "v": [0.5] * DIM, "t": ""} for row in range(7)]
    del rows[4]["t"]
    with pytest.raises(DataNotMatchException, match=r"^row 4, field 't': expected a value \(VARCHAR\), got none"):
        encode_rows(rows, collection(DataType.FLOAT_VECTOR))


# --- NaN and infinity ------------------------------------------------------------------------------------------------
WIDE = 200_000
"""More numbers than are looked at in one piece."""


@pytest.mark.parametrize("moved", [0, 1, 3])
@pytest.mark.parametrize("position", [0, WIDE // 2, WIDE - 1])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["f", "e"])
def test_what_is_not_finite_is_found_at_any_place(kind: str, number: float, position: int, moved: int) -> None:
    numbers = np.full(WIDE, -1.5, f"<f{struct.calcsize(kind)}")
    buffer = memoryview(b"x" * moved + numbers.tobytes())[moved:]
    assert first_nonfinite(buffer, kind) is None
    numbers[position] = number
    buffer = memoryview(b"x" * moved + numbers.tobytes())[moved:]
    assert first_nonfinite(buffer, kind) == position


@pytest.mark.parametrize(("kind", "largest"), [("f", np.finfo("f4").max), ("e", np.finfo("f2").max)])
def test_numbers_whose_sum_is_too_large_are_finite_all_the_same(kind: str, largest: float) -> None:
    numbers = np.full(WIDE, largest, f"<f{struct.calcsize(kind)}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not nonfinite.may_be_nonfinite(numbers.tobytes(), kind)
        assert not nonfinite.may_be_nonfinite((-numbers).tobytes(), kind)


# --- dynamic fields --------------------------------------------------------------------------------------------------
def dynamic(rows: list[dict[str, Any]]) -> list[bytes]:
    fields = (FieldInfo("id", data_type=DataType.INT64, is_primary=True),)
    info = CollectionInfo("books", fields=fields, enable_dynamic_field=True)
    message = Assembled(milvus_pb2.InsertRequest(num_rows=len(rows)), encode_rows(rows, info)).message()
    return list(message.fields_data[1].scalars.json_data.data)


def test_many_rows_with_dynamic_fields() -> None:
    rows = [{"id": row, "a": row} if row % 3 else {"b": str(row), "id": row} for row in range(1000)]
    assert dynamic(rows) == [b'{"a":%d}' % row if row % 3 else b'{"b":"%d"}' % row for row in range(1000)]


@pytest.mark.parametrize("row", [0, 255, 256, 999])
@pytest.mark.parametrize(("key", "value"), [("a", float("nan")), ("a", {1}), ("$meta", 1), (5, 1)])
def test_the_row_with_a_wrong_dynamic_field_is_named(row: int, key: Any, value: object) -> None:
    rows: list[dict[Any, Any]] = [{"id": index, "a": index} for index in range(1000)]
    rows[row][key] = value
    with pytest.raises(DataNotMatchException, match=f"^row {row}, field '.?{str(key)[1:]}'"):
        dynamic(rows)
