"""Some rows of a column are those that the whole column has, however it was sent."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.preview import some_values
from milvusclient.codec.read.reply import QueryReply
from milvusclient.exceptions import ReplyError

ROWS, DIM = 6, 8
#: Which rows have a value; those that have none are sent as anything, or not at all.
VALID = [False, True, True, False, True, False]

Field = schema_pb2.FieldData


def longs(field: Field, count: int) -> None:
    field.scalars.long_data.data.extend(range(count))


def float_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.float_vector.data.append(np.arange(count * DIM, dtype="<f4").tobytes())


def half_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.float16_vector = bytes(range(count * DIM * 2))


def binary_vectors(field: Field, count: int) -> None:
    field.vectors.dim = DIM
    field.vectors.binary_vector = bytes(range(count))


@pytest.mark.parametrize(
    ("valid", "sent"), [([], ROWS), (VALID, ROWS), (VALID, sum(VALID))], ids=["no nulls", "every row", "valid rows"]
)
@pytest.mark.parametrize("fill", [longs, float_vectors, half_vectors, binary_vectors])
def test_some_rows_are_those_of_the_column(fill: Callable[[Field, int], None], valid: list[bool], sent: int) -> None:
    field = Field(field_name="f", valid_data=valid)
    fill(field, sent)
    for start, stop in itertools.combinations_with_replacement(range(ROWS + 1), 2):
        assert some_values(field, ROWS, [range(start, stop)]) == decode_column(field, ROWS)[start:stop]
        values = decode_column(field, ROWS)
        assert some_values(field, ROWS, [range(start), range(stop, ROWS)]) == values[:start] + values[stop:]


@pytest.mark.parametrize("valid", [[], [False, *[True] * 3_999]], ids=["no nulls", "a null"])
def test_vectors_that_were_left_in_the_buffer_of_a_large_reply(valid: list[bool]) -> None:
    field = Field(field_name="f", type=schema_pb2.FloatVector, valid_data=valid)
    float_vectors(field, sum(valid) or 4_000)
    reply = QueryReply.FromString(milvus_pb2.QueryResults(fields_data=[field]).SerializeToString())
    (column,), (raw,) = reply.message.fields_data, reply.raw
    assert raw is not None
    assert some_values(column, 4_000, [range(4_000)], raw=raw) == decode_column(column, 4_000, raw=raw)
    for start in (0, 3_997):
        part = some_values(column, 4_000, [range(start, start + 3)], raw=raw)
        assert part == decode_column(column, 4_000, raw=raw)[start : start + 3]


@pytest.mark.parametrize("fill", [float_vectors, half_vectors, binary_vectors])
def test_vectors_that_are_too_few_are_refused(fill: Callable[[Field, int], None]) -> None:
    field = Field(field_name="f")
    fill(field, 2)
    for start in (0, 1):
        with pytest.raises(ReplyError, match=r"column 'f': it has [12] rows, and other columns have 3"):
            some_values(field, 4, [range(start, start + 3)])


def test_other_columns_that_are_too_short_are_refused() -> None:
    field = Field(field_name="f")
    longs(field, ROWS - 1)
    with pytest.raises(ReplyError, match="column 'f': it has 5 rows, and other columns have 6"):
        some_values(field, ROWS, [range(2)])


def test_a_few_vectors_are_decoded_without_the_others() -> None:
    field = Field(field_name="f")
    float_vectors(field, 20_000)
    tracemalloc.start()
    try:
        assert len(some_values(field, 20_000, [range(3)])) == 3
        assert tracemalloc.get_traced_memory()[1] < 2 * 20_000 * DIM * 4, "lists of all of them take ten times as much"
    finally:
        tracemalloc.stop()
