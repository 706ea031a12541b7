"""The first rows of a column are those that the whole column has, however it was sent."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.preview import first_values
from milvusclient.codec.read.reply import QueryReply
from milvusclient.exceptions import ReplyError

ROWS, DIM = 6, 8
#: Which rows have a value; those that have none are sent as anything, or not at all.
VALID = [True, False, True, True, False, True]

Field = schema_pb2.FieldData
Fill = Callable[[Field, int], None]


def longs(field: Field, count: int) -> None:
    field.scalars.long_data.data.extend(range(count))


def texts(field: Field, count: int) -> None:
    field.scalars.string_data.data.extend(f"t{row}" for row in range(count))


def floats(field: Field, count: int) -> None:
    field.scalars.float_data.data.append(struct.pack(f"<{count}f", *range(count)))


def doubles(field: Field, count: int) -> None:
    data = struct.pack(f"<{count}d", *range(count))
    field.scalars.double_data.data.extend([data[:8], data[8:]])


def documents(field: Field, count: int) -> None:
    field.scalars.json_data.data.extend(b'{"a": %d}' % row for row in range(count))


def arrays(field: Field, count: int) -> None:
    for row in range(count):
        field.scalars.array_data.data.add().long_data.data.extend(range(row))


def float_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.float_vector.data.append(np.arange(count * DIM, dtype="<f4").tobytes())


def half_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.float16_vector = bytes(range(count * DIM * 2))


def binary_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.binary_vector = bytes(range(count))


def sparse_vectors(field: Field, count: int) -> None:
    field.vectors.sparse_float_vector.contents.extend(struct.pack("<If", row, 0.5) for row in range(count))


def vector_arrays(field: Field, count: int) -> None:
    field.vectors.vector_array.dim = DIM
    for row in range(count):
        cell = field.vectors.vector_array.data.add(dim=DIM)
        cell.float_vector.data.append(np.full((row + 1) * DIM, row, "<f4").tobytes())


def structs(field: Field, count: int) -> None:
    field.field_name = "s"
    arrays(field.struct_arrays.fields.add(field_name="s[n]"), count)
    numbers = field.struct_arrays.fields.add(field_name="s[text]").scalars
    for row in range(count):
        numbers.array_data.data.add().string_data.data.extend("x" * row)


FILLS = [longs, texts, floats, doubles, documents, arrays, float_vectors, half_vectors, binary_vectors, sparse_vectors,
         vector_arrays, structs]  # fmt: skip


@pytest.mark.parametrize("count", range(ROWS + 2))
@pytest.mark.parametrize("fill", FILLS, ids=lambda fill: fill.__name__)
def test_the_first_rows_are_those_of_the_column(fill: Fill, count: int) -> None:
    field = Field(field_name="f")
    fill(field, ROWS)
    assert first_values(field, ROWS, count) == decode_column(field, ROWS)[:count]


@pytest.mark.parametrize("count", range(ROWS))
@pytest.mark.parametrize("sent", [ROWS, sum(VALID)], ids=["every row", "rows with a value"])
@pytest.mark.parametrize("fill", FILLS[:-1], ids=lambda fill: fill.__name__)
def test_rows_without_a_value_stay_where_they_are(fill: Fill, sent: int, count: int) -> None:
    field = Field(field_name="f", valid_data=VALID)
    fill(field, sent)
    found = first_values(field, ROWS, count)
    assert found == decode_column(field, ROWS)[:count]
    assert [value is not None for value in found] == VALID[:count]


def test_a_column_without_any_value_is_read_too() -> None:
    field = Field(field_name="f", valid_data=[False] * ROWS)
    assert first_values(field, ROWS, 2) == [None, None]
    field.vectors.dim = DIM
    assert first_values(field, ROWS, 2) == [None, None]


@pytest.mark.parametrize(
    "valid", [[], [True] * 4_000, [False, *[True] * 3_999]], ids=["no nulls", "none null", "a null"]
)
def test_vectors_that_were_lifted_out_of_a_large_reply(valid: list[bool]) -> None:
    field = Field(field_name="f", type=schema_pb2.FloatVector, valid_data=valid)
    float_vectors(field, sum(valid) or 4_000)
    reply = QueryReply.FromString(milvus_pb2.QueryResults(fields_data=[field]).SerializeToString())
    (lifted,), (raw,) = reply.message.fields_data, reply.raw
    assert raw is not None
    assert first_values(lifted, 4_000, 3, raw=raw) == decode_column(lifted, 4_000, raw=raw)[:3]


def test_only_what_is_shown_has_to_be_readable() -> None:
    field = Field(field_name="f")
    field.scalars.json_data.data.extend([b"1", b"2", b"{"])
    assert first_values(field, 3, 2) == [1, 2]
    with pytest.raises(ReplyError):
        first_values(field, 4, 3)
