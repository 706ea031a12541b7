"""What of a reply is nested: arrays, struct arrays and dynamic fields, and how they are refused if they do not fit."""

from __future__ import annotations

import re
import struct
from typing import Any

import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.builders import merger
from milvusclient.codec.read.columns import decode_column, decode_columns, json_cells
from milvusclient.codec.read.results import decode_query, decode_search
from milvusclient.exceptions import ReplyError
from milvusclient.schema.enums import DataType

Field = schema_pb2.FieldData


def longs(name: str, *values: int, **others: Any) -> Field:
    made = Field(field_name=name, **others)
    made.scalars.long_data.data.extend(values)
    return made


def json_column(name: str, *cells: bytes, **others: Any) -> Field:
    made = Field(field_name=name, **others)
    made.scalars.json_data.data.extend(cells)
    return made


def struct_array(*names: str, rows: int = 1, elements: int = 2) -> Field:
    made = Field(field_name="s")
    for name in names:
        sub = made.struct_arrays.fields.add(field_name=name)
        for _ in range(rows):
            sub.scalars.array_data.data.add().long_data.data.extend(range(elements))
    return made


def refusal_of(*fields: Field) -> str:
    with pytest.raises(ReplyError) as refused:
        decode_columns(fields)
    return refused.value.message


# --- arrays and struct arrays ----------------------------------------------------------------------------------------
def test_an_array_without_elements_is_an_empty_list() -> None:
    made = Field(field_name="a")
    made.scalars.array_data.data.add().long_data.data.extend([1, 2])
    made.scalars.array_data.data.add()
    assert decode_column(made) == [[1, 2], []]


def test_only_names_with_that_of_their_struct_are_shortened() -> None:
    made = struct_array("s[a]", "b", "c]", "s[d", "other[e]", elements=1)
    assert decode_column(made) == [[{"a": 0, "b": 0, "c]": 0, "s[d": 0, "other[e]": 0}]]


def vectors_in_structs(column_dim: int, *cells: schema_pb2.VectorField) -> list[Any]:
    made = Field(field_name="s")
    sub = made.struct_arrays.fields.add(field_name="v")
    sub.vectors.vector_array.dim = column_dim
    sub.vectors.vector_array.data.extend(cells)
    return [[element["v"] for element in row] for row in decode_column(made)]


def floats_of(dim: int, *numbers: float) -> schema_pb2.VectorField:
    made = schema_pb2.VectorField(dim=dim)
    made.float_vector.data.append(struct.pack(f"<{len(numbers)}f", *numbers))
    return made


def test_vectors_in_structs_have_the_dimension_of_their_cell_or_else_of_their_column() -> None:
    assert vectors_in_structs(2, floats_of(0, 1, 2, 3, 4)) == [[[1.0, 2.0], [3.0, 4.0]]]
    assert vectors_in_structs(4, floats_of(2, 1, 2, 3, 4)) == [[[1.0, 2.0], [3.0, 4.0]]]
    assert vectors_in_structs(2, schema_pb2.VectorField(dim=8, binary_vector=b"ab")) == [[b"a", b"b"]]
    assert vectors_in_structs(16, schema_pb2.VectorField(binary_vector=b"ab")) == [[b"ab"]]


def test_structs_may_have_no_vectors_and_sparse_ones() -> None:
    sparse = schema_pb2.VectorField()
    sparse.sparse_float_vector.contents.append(struct.pack("<If", 3, 0.5))
    assert vectors_in_structs(2, schema_pb2.VectorField()) == [[]]
    assert vectors_in_structs(2, sparse) == [[{3: 0.5}]]


def test_sub_fields_of_different_lengths_are_refused_by_name() -> None:
    uneven = struct_array("s[a]", "s[b]", rows=2)
    uneven.struct_arrays.fields[1].scalars.array_data.data.pop()
    assert "column 's[b]': it has 1 rows, and other columns have 2" in refusal_of(uneven)
    assert "column 's[a]': it has 2 rows, and other columns have 3" in refusal_of(
        longs("id", 1, 2, 3), struct_array("s[a]", rows=2)
    )
    ragged = struct_array("s[a]", "s[b]")
    ragged.struct_arrays.fields[1].scalars.array_data.data[0].long_data.data.append(9)
    message = "the reply cannot be read: column 's': its sub-fields have different numbers of elements in one row"
    assert refusal_of(ragged) == message


# --- columns that do not fit -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (longs("x", 1, valid_data=[True, True]), "it has 1 values for 2 rows"),
        (
            longs("x", 1, 2, valid_data=[True, False, False, False]),
            "it has 2 values for 1 valid rows of 4",
        ),
    ],
)
def test_a_column_that_does_not_fit_its_nulls_is_refused_by_name(column: Field, problem: str) -> None:
    assert refusal_of(column) == f"the reply cannot be read: column 'x': {problem}"


def test_the_column_that_is_shorter_than_the_others_is_named() -> None:
    message = "the reply cannot be read: column 'y': it has 1 rows, and other columns have 2"
    assert refusal_of(longs("x", 1, 2), longs("y", 1)) == message


@pytest.mark.parametrize("dim", [0, -1, 2])
def test_floats_that_are_no_multiple_of_their_dimension_are_refused(dim: int) -> None:
    made = Field(field_name="v")
    made.vectors.CopyFrom(floats_of(dim, 1, 2, 3))
    message = f"12 bytes is not a multiple of the size of a {dim}-element vector"
    assert refusal_of(made) == f"the reply cannot be read: {message}"
    with pytest.raises(ReplyError, match=f"12 bytes is not a multiple of the size of a {4 * dim}-byte vector"):
        decode_column(made, as_numpy=True)
    made.vectors.dim = 1
    assert decode_column(made) == [[1.0], [2.0], [3.0]]


@pytest.mark.parametrize(("dim", "size"), [(0, 0), (-8, -1), (16, 2)])
def test_vectors_that_are_no_multiple_of_their_dimension_are_refused(dim: int, size: int) -> None:
    made = Field(field_name="v")
    made.vectors.dim = dim
    made.vectors.binary_vector = b"abc"
    message = f"the reply cannot be read: 3 bytes is not a multiple of the size of a {size}-byte vector"
    assert refusal_of(made) == message


def test_numbers_that_come_packed_and_not_are_refused() -> None:
    packed = schema_pb2.FloatArray(data=[struct.pack("<f", 1)]).SerializeToString()
    made = Field(field_name="x", type=int(DataType.FLOAT))  # type: ignore[arg-type]  # the same numbers
    made.scalars.float_data.ParseFromString(packed + b"\x0d" + struct.pack("<f", 2))
    assert refusal_of(made) == "the reply cannot be read: some numbers are packed and some are not"


# --- dynamic fields --------------------------------------------------------------------------------------------------
def test_json_is_left_undecoded_only_where_every_row_has_some() -> None:
    cells = [b"{}", b'{"a":1}']
    assert json_cells(json_column("m", *cells), 2) == cells
    assert json_cells(json_column("m", *cells), None) == cells
    assert json_cells(json_column("m", *cells, valid_data=[True, True]), 2) == cells
    for column in (
        json_column("m", *cells, valid_data=[True, False]),
        json_column("m", *cells, valid_data=[True] * 3),
        json_column("m"),
        longs("m", 1, 2),
    ):
        assert json_cells(column, 2) is None
    assert json_cells(json_column("m", *cells), 3) is None


def test_columns_win_over_the_documents_that_they_are_merged_with() -> None:
    assert merger(("a", "b"))([{"c": 3, "a": 9}], [1], [2]) == [{"a": 1, "b": 2, "c": 3}]
    assert merger(())([{"c": 3}]) == [{"c": 3}]
    with pytest.raises(TypeError):
        merger(("a",))([5], [1])
    with pytest.raises(TypeError, match="^a name must be a str, not int$"):
        merger((5,))  # a caller that is not checked


def test_columns_after_dynamic_fields_must_be_as_long() -> None:
    meta = json_column("$meta", b"{}", b"{}", is_dynamic=True)
    with pytest.raises(ReplyError, match=re.escape("column 'id': it has 3 rows, and other columns have 2")):
        decode_query(milvus_pb2.QueryResults(fields_data=[meta, longs("id", 1, 2, 3)]))


def nullable_meta(*cells: bytes) -> Field:
    return json_column("$meta", *cells, b"", is_dynamic=True, valid_data=[True] * len(cells) + [False])


def test_dynamic_fields_with_nulls_are_chosen_and_merged_like_others() -> None:
    ids, meta = longs("id", 1, 2), nullable_meta(b'{"n":1,"m":2,"id":9}')
    for wanted, expected in (([], {"n": 1, "m": 2}), (["id", "n"], {"n": 1}), (["id"], {})):
        found = decode_query(milvus_pb2.QueryResults(fields_data=[ids, meta], output_fields=wanted))
        assert found == [{"id": 1, **expected}, {"id": 2}]


def test_the_first_of_two_dynamic_columns_wins() -> None:
    first, second = nullable_meta(b'{"a":1}'), json_column("more", b'{"a":2,"b":2}', b"{}", is_dynamic=True)
    found = decode_query(milvus_pb2.QueryResults(fields_data=[longs("id", 1, 2), first, second]))
    assert found == [{"id": 1, "a": 1, "b": 2}, {"id": 2}]


def test_rows_and_hits_may_have_nothing_but_dynamic_fields_with_nulls() -> None:
    assert decode_query(milvus_pb2.QueryResults(fields_data=[nullable_meta(b'{"n":1}')])) == [{"n": 1}, {}]
    data = schema_pb2.SearchResultData(topks=[2], num_queries=1, fields_data=[nullable_meta(b'{"n":1}')])
    data.ids.int_id.data.extend([1, 2])
    data.scores.append(struct.pack("<2f", 0.5, 0.25))
    (hits,) = decode_search(milvus_pb2.SearchResults(results=data))
    assert [hit["entity"] for hit in hits] == [{"n": 1}, {}]


# --- hits that do not fit --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("topks", "queries", "keys", "said"),
    [
        ([], 2, 3, "0 hits of 2 queries with 3 keys"),
        ([1, 1], 5, 3, "2 hits of 2 queries with 3 keys"),
        ([3, -1], 2, 2, "2 hits of 2 queries with 2 keys"),
        ([], -1, 0, "0 hits of -1 queries with 0 keys"),
        ([], 2**40, 0, f"0 hits of {2**40} queries with 0 keys"),
    ],
)
def test_hits_that_belong_to_no_query_are_refused(topks: list[int], queries: int, keys: int, said: str) -> None:
    data = schema_pb2.SearchResultData(topks=topks, num_queries=queries)
    data.ids.int_id.data.extend(range(keys))
    data.scores.append(struct.pack(f"<{keys}f", *range(keys)))
    with pytest.raises(ReplyError) as refused:
        decode_search(milvus_pb2.SearchResults(results=data))
    assert refused.value.message == f"the reply cannot be read: {said}"
