"""The fast encoders beside protobuf's own: random rows, whatever shape their vectors come in, give equal messages.

The expectation is built by the description of the protocol in tests/data, cell by cell, with setters that know nothing
of packed buffers.
"""

from __future__ import annotations

import array
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milvusclient._proto import milvus_pb2
from milvusclient.codec.read.reply import QueryReply
from milvusclient.codec.read.results import decode_query
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import encode_rows
from milvusclient.exceptions import DataNotMatchException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType
from tests.support import facts

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
DIM = 4
VECTORS = st.lists(FLOATS, min_size=DIM, max_size=DIM)


def misaligned(vector: list[float]) -> Any:
    return np.frombuffer(b"x" + np.array(vector, "<f4").tobytes(), "<f4", DIM, 1)


def read_only(vector: list[float]) -> Any:
    made = np.array(vector, "f4")
    made.flags.writeable = False
    return made


SHAPES: dict[str, Callable[[list[float]], Any]] = {
    "list": list,
    "tuple": tuple,
    "float32": lambda vector: np.array(vector, "f4"),
    "float64": lambda vector: np.array(vector, "f8"),
    "big endian": lambda vector: np.array(vector, ">f4"),
    "misaligned": misaligned,
    "not contiguous": lambda vector: np.repeat(np.array(vector, "f4"), 2)[::2],
    "backwards": lambda vector: np.array(vector[::-1], "f4")[::-1],
    "read only": read_only,
    "bytes": lambda vector: np.array(vector, "<f4").tobytes(),
    "array": lambda vector: array.array("f", vector),
    "memoryview": lambda vector: memoryview(array.array("d", vector)),
    "numbers of numpy": lambda vector: [np.float32(number) for number in vector],
}

SCALARS: dict[str, tuple[DataType, str, st.SearchStrategy[Any]]] = {
    "i8": (DataType.INT8, "int_data", st.integers(-128, 127)),
    "i16": (DataType.INT16, "int_data", st.integers(-(1 << 15), (1 << 15) - 1)),
    "i32": (DataType.INT32, "int_data", st.integers(-(1 << 31), (1 << 31) - 1)),
    "i64": (DataType.INT64, "long_data", st.integers(-(1 << 63), (1 << 63) - 1)),
    "f": (DataType.FLOAT, "float_data", FLOATS),
    "d": (DataType.DOUBLE, "double_data", st.floats(allow_nan=False, allow_infinity=False)),
    "b": (DataType.BOOL, "bool_data", st.booleans()),
    "s": (DataType.VARCHAR, "string_data", st.text(st.characters(codec="utf-8"), max_size=12)),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1", max_size=3), inner, max_size=3),
    max_leaves=6,
)


def sent(rows: list[dict[str, Any]], info: CollectionInfo) -> Any:
    """The insert as a server reads it."""
    envelope = milvus_pb2.InsertRequest(collection_name="c", num_rows=len(rows))
    return facts.message("InsertRequest").FromString(Assembled(envelope, encode_rows(rows, info)).SerializeToString())


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[str]]:
    names = draw(st.lists(st.sampled_from(sorted(SCALARS)), unique=True, min_size=1))
    count = draw(st.integers(1, 5))
    return [{name: draw(SCALARS[name][2]) for name in names} for _ in range(count)], names


@settings(max_examples=150, deadline=None)
@given(tables())
def test_scalars_are_what_protobuf_writes(table: tuple[list[dict[str, Any]], list[str]]) -> None:
    rows, names = table
    fields = tuple(FieldInfo(name, data_type=SCALARS[name][0], max_length=200) for name in names)
    expected = facts.message("InsertRequest")(collection_name="c", num_rows=len(rows))
    for name in names:
        data_type, member, _ = SCALARS[name]
        column = expected.fields_data.add(type=int(data_type), field_name=name)
        getattr(column.scalars, member).data.extend([row[name] for row in rows])
    assert sent(rows, CollectionInfo("c", fields=fields)) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(VECTORS, st.sampled_from(sorted(SHAPES))), min_size=1, max_size=6), st.booleans())
def test_vectors_are_what_protobuf_writes(given_rows: list[tuple[list[float], str]], alike: bool) -> None:
    """Rows of one shape take the fast way, mixed ones the careful way."""
    shapes = [given_rows[0][1]] * len(given_rows) if alike else [shape for _, shape in given_rows]
    rows = [{"v": SHAPES[shape](vector)} for (vector, _), shape in zip(given_rows, shapes, strict=True)]
    info = CollectionInfo("c", fields=(FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=DIM),))
    expected = facts.message("InsertRequest")(collection_name="c", num_rows=len(rows))
    column = expected.fields_data.add(type=int(DataType.FLOAT_VECTOR), field_name="v")
    column.vectors.dim = DIM
    for vector, _ in given_rows:
        column.vectors.float_vector.data.extend(vector)
    assert sent(rows, info) == expected


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("count", [1, 3])
def test_what_is_not_finite_is_refused_with_its_row(shape: str, bad: float, count: int) -> None:
    vectors = [[0.0] * DIM for _ in range(count)]
    vectors[-1][2] = bad
    rows = [{"v": SHAPES[shape](vector)} for vector in vectors]
    info = CollectionInfo("c", fields=(FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=DIM),))
    with pytest.raises(DataNotMatchException, match=rf"row {count - 1}, field 'v'\[2\]"):
        sent(rows, info)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.text("xyz1", min_size=1, max_size=2), JSON, max_size=3), min_size=1, max_size=5))
def test_dynamic_fields_are_json(extras: list[dict[str, Any]]) -> None:
    rows = [{"id": index, **extra} for index, extra in enumerate(extras)]
    info = CollectionInfo("c", fields=(FieldInfo("id", data_type=DataType.INT64),), enable_dynamic_field=True)
    column = sent(rows, info).fields_data[1]
    assert [json.loads(cell) for cell in column.scalars.json_data.data] == extras


@settings(max_examples=60, deadline=None)
@given(st.lists(VECTORS, min_size=1, max_size=4), st.integers(1, 3), st.booleans())
def test_replies_are_read_however_their_floats_are_packed(vectors: list[list[float]], chunks: int, large: bool) -> None:
    """Several chunks of a packed field are one list on the wire, and large replies are read by another way."""
    vectors = vectors * (2_000 if large else 1)
    reply = milvus_pb2.QueryResults()
    column = reply.fields_data.add(field_name="v")
    column.type = int(DataType.FLOAT_VECTOR)  # type: ignore[assignment]  # the same numbers
    column.vectors.dim = DIM
    data = np.array(vectors, "<f4").tobytes()
    cut = len(data) // 4 // chunks * 4
    parts = [data[index * cut : (index + 1) * cut] for index in range(chunks - 1)] + [data[(chunks - 1) * cut :]]
    column.vectors.float_vector.data.extend(parts)
    read = QueryReply.FromString(reply.SerializeToString())
    assert [row["v"] for row in decode_query(read.message, raw=read.raw)] == vectors
    arrays = decode_query(read.message, raw=read.raw, as_numpy=True)
    assert np.array_equal([row["v"] for row in arrays], vectors)
