"""Results as columns, and vectors as numpy arrays over the reply's own memory."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.reply import QueryReply, SearchReply
from milvusclient.codec.read.results import decode_query, decode_search
from milvusclient.codec.read.table import query_columns, search_columns
from milvusclient.exceptions import ParamError, ReplyError
from milvusclient.schema.enums import DataType

DIM = 8
#: As many rows as make a reply so large that its vectors are lifted out of it.
MANY = 4_000


def numbers(name: str, count: int) -> schema_pb2.FieldData:
    column = schema_pb2.FieldData(field_name=name, type=schema_pb2.Int64)
    column.scalars.long_data.data.extend(range(count))
    return column


def prices(count: int) -> schema_pb2.FieldData:
    column = schema_pb2.FieldData(field_name="price", type=schema_pb2.Double)
    column.scalars.double_data.data.append(struct.pack(f"<{count}d", *[row / 2 for row in range(count)]))
    return column


def titles(count: int) -> schema_pb2.FieldData:
    column = schema_pb2.FieldData(field_name="title", type=schema_pb2.VarChar)
    column.scalars.string_data.data.extend([f"t{row}" for row in range(count)])
    return column


def vectors(count: int, chunks: int = 1) -> schema_pb2.FieldData:
    column = schema_pb2.FieldData(field_name="v", type=schema_pb2.FloatVector)
    column.vectors.dim = DIM
    matrix = np.arange(count * DIM, dtype="<f4").reshape(count, DIM)
    for part in np.array_split(matrix, chunks):
        column.vectors.float_vector.data.append(part.tobytes())
    return column


def query(*columns: schema_pb2.FieldData) -> QueryReply:
    return QueryReply.FromString(milvus_pb2.QueryResults(fields_data=columns, session_ts=7).SerializeToString())


@pytest.mark.parametrize("count", [1, 3, MANY])
@pytest.mark.parametrize("chunks", [1, 2])
def test_large_replies_are_read_like_small_ones(count: int, chunks: int) -> None:
    reply = query(numbers("id", count), vectors(count, chunks), titles(count))
    assert bool(reply.raw) is (count == MANY and chunks == 1)
    rows = decode_query(reply.message, raw=reply.raw)
    assert [row["v"] for row in rows] == np.arange(count * DIM).reshape(count, DIM).tolist()
    assert [row["id"] for row in rows] == list(range(count))
    assert rows.extra["iterator_session_ts"] == 7
    arrays = decode_query(reply.message, raw=reply.raw, as_numpy=True)
    assert np.array_equal([row["v"] for row in arrays], np.arange(count * DIM).reshape(count, DIM))
    assert not arrays[0]["v"].flags.writeable


def test_numbers_sent_one_by_one_are_read_too() -> None:
    """A sender may leave a packed field unpacked: each number has a tag of its own then."""
    unpacked = b"".join(b"\x0d" + struct.pack("<f", number) for number in range(MANY * DIM))
    floats = schema_pb2.FloatArray.FromString(unpacked)
    column = schema_pb2.FieldData(field_name="v", type=schema_pb2.FloatVector)
    column.vectors.dim = DIM
    column.vectors.float_vector.CopyFrom(floats)
    reply = query(column)
    assert not reply.raw
    assert decode_query(reply.message, raw=reply.raw)[-1]["v"] == list(range((MANY - 1) * DIM, MANY * DIM))


def test_a_reply_that_is_cut_is_refused() -> None:
    whole = milvus_pb2.QueryResults(fields_data=[vectors(MANY)]).SerializeToString()
    with pytest.raises(Exception, match="pars|Truncated|truncated"):
        QueryReply.FromString(whole[:-5])
    short = vectors(MANY)
    short.vectors.dim = DIM + 3
    reply = query(short)
    with pytest.raises(ReplyError, match="not a multiple of"):
        decode_query(reply.message, raw=reply.raw, as_numpy=True)
    with pytest.raises(ReplyError, match="not a multiple of"):
        decode_query(reply.message, raw=reply.raw)


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_columns_are_views_arrays_lists_and_tables(count: int) -> None:
    reply = query(numbers("id", count), prices(count), titles(count), vectors(count))
    columns = query_columns(reply)
    assert list(columns) == ["id", "price", "title", "v"]
    assert columns.row_count == count
    assert columns.extra == {"cost": 0}
    assert columns["title"] == [f"t{row}" for row in range(count)]
    assert columns.to_numpy("id").dtype == "i8"
    assert columns.to_numpy("price").tolist() == [row / 2 for row in range(count)]
    assert columns.to_numpy("title").tolist() == columns["title"]
    assert columns.to_numpy("v").shape == ((count, DIM) if count else (0, 0))
    assert columns.to_numpy("v").dtype == "f4"
    assert query_columns(query(vectors(count))).row_count == count
    with pytest.raises(ParamError, match="no column 'w'"):
        columns.to_numpy("w")


@pytest.mark.parametrize("count", [1, MANY])
def test_columns_are_tables_of_arrow_and_pandas(count: int) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("pandas")
    columns = query_columns(query(numbers("id", count), prices(count), titles(count), vectors(count)))
    table = columns.to_arrow()
    assert table.to_pydict() == dict(columns)
    assert [str(field.type) for field in table.schema] == [
        "int64",
        "double",
        "string",
        f"fixed_size_list<item: float>[{DIM}]",
    ]
    assert columns.to_pandas()["v"][0].tolist() == columns["v"][0]


def test_arrow_takes_the_columns_as_they_are() -> None:
    pyarrow: Any = pytest.importorskip("pyarrow")
    table = pyarrow.table(query_columns(query(numbers("id", 2), vectors(2))))
    assert table.column_names == ["id", "v"]
    assert table["v"].to_pylist() == [list(range(DIM)), list(range(DIM, 2 * DIM))]


def test_nulls_are_none() -> None:
    column = numbers("n", 3)
    column.valid_data.extend([True, False, True])
    sparse = vectors(2)
    sparse.valid_data.extend([True, False, True])
    columns = query_columns(query(column, sparse))
    assert columns.to_numpy("n").tolist() == [0, None, 2]
    found = columns.to_numpy("v")
    assert found[1] is None
    assert found[2].tolist() == list(range(DIM, 2 * DIM))


def test_vectors_with_nulls_in_a_large_reply_are_arrays_too() -> None:
    column = vectors(MANY - 1)
    column.valid_data.extend([False, *[True] * (MANY - 1)])
    reply = query(column)
    assert reply.raw
    found = query_columns(reply).to_numpy("v")
    assert found[0] is None
    assert found[-1].tolist() == list(range((MANY - 2) * DIM, (MANY - 1) * DIM))


def test_numbers_that_could_be_null_and_are_not_keep_their_type() -> None:
    column = numbers("n", 3)
    column.valid_data.extend([True] * 3)
    assert query_columns(query(column)).to_numpy("n").dtype == "i8"


def test_float32_keeps_its_type() -> None:
    column = schema_pb2.FieldData(field_name="x", type=schema_pb2.Float)
    column.scalars.float_data.data.append(struct.pack("<3f", 0.5, -1, 2))
    found = query_columns(query(column)).to_numpy("x")
    assert found.dtype == "f4"
    assert found.tolist() == [0.5, -1.0, 2.0]


def test_arrays_stay_whole_in_an_array() -> None:
    column = schema_pb2.FieldData(field_name="a", type=schema_pb2.Array)
    for _ in range(2):
        column.scalars.array_data.data.add().long_data.data.extend([1, 2])
    found = query_columns(query(column)).to_numpy("a")
    assert found.shape == (2,)
    assert found.tolist() == [[1, 2], [1, 2]]


def test_an_array_of_a_column_that_is_too_short_is_refused() -> None:
    columns = query_columns(query(numbers("id", 3), titles(2)))
    with pytest.raises(ReplyError, match="column 'title': it has 2 rows, and other columns have 3"):
        columns.to_numpy("title")


def test_nulls_are_null_in_arrow() -> None:
    pytest.importorskip("pyarrow")
    column = numbers("n", 3)
    column.valid_data.extend([True, False, True])
    assert query_columns(query(column)).to_arrow()["n"].to_pylist() == [0, None, 2]


@pytest.mark.parametrize(
    ("data_type", "member", "data", "expected"),
    [
        (DataType.FLOAT16_VECTOR, "float16_vector", struct.pack("<8e", *range(8)), list(range(8))),
        (DataType.BFLOAT16_VECTOR, "bfloat16_vector", struct.pack("<8H", *[0x3F80] * 8), [1.0] * 8),
        (DataType.INT8_VECTOR, "int8_vector", bytes(range(8)), list(range(8))),
        (DataType.BINARY_VECTOR, "binary_vector", b"\xf0", [0xF0]),
    ],
)
def test_other_vectors_are_arrays_too(data_type: DataType, member: str, data: bytes, expected: list[float]) -> None:
    column = schema_pb2.FieldData(field_name="v", type=int(data_type))  # type: ignore[arg-type]  # the same numbers
    column.vectors.dim = 8
    setattr(column.vectors, member, data)
    assert query_columns(query(column)).to_numpy("v").tolist() == [expected]


@pytest.mark.parametrize("top", [1, MANY])
def test_a_search_has_a_column_for_the_query_the_key_and_the_distance(top: int) -> None:
    reply = milvus_pb2.SearchResults()
    found = reply.results
    found.num_queries, found.top_k, found.primary_field_name = 2, top, "pk"
    found.topks.extend([top, top])
    found.ids.int_id.data.extend(range(2 * top))
    found.scores.append(struct.pack(f"<{2 * top}f", *[0.5] * (2 * top)))
    found.fields_data.append(vectors(2 * top))
    parsed = SearchReply.FromString(reply.SerializeToString())
    assert bool(parsed.raw) is (top == MANY), "vectors of a large reply stay in its buffer"
    columns = search_columns(parsed)
    assert columns.counts == [top, top]
    assert columns.row_count == 2 * top
    assert columns.extra == {"cost": 0}
    assert columns["query"] == [0] * top + [1] * top
    assert columns["pk"] == list(range(2 * top))
    assert columns["distance"] == [0.5] * (2 * top)
    for name, dtype in (("query", "i8"), ("pk", "i8"), ("distance", "f4")):
        assert columns.to_numpy(name).dtype == dtype
        assert columns.to_numpy(name).tolist() == columns[name]
    assert columns.to_numpy("v").shape == (2 * top, DIM)
    for as_numpy in (False, True):
        hits = decode_search(parsed.message, raw=parsed.raw, as_numpy=as_numpy)
        last = hits[-1][-1]["entity"]["v"]
        assert isinstance(last, np.ndarray) is as_numpy
        assert list(last) == list(range((2 * top - 1) * DIM, 2 * top * DIM))
    del found.scores[:]
    with pytest.raises(ReplyError, match=f"{2 * top} hits with {2 * top} keys and 0 distances"):
        search_columns(SearchReply(reply))


def test_keys_that_are_text_are_a_column_of_objects_under_the_usual_name() -> None:
    reply = milvus_pb2.SearchResults()
    reply.results.topks.append(2)
    reply.results.ids.str_id.data.extend(["a", "b"])
    reply.results.scores.append(struct.pack("<2f", 0.5, 0.25))
    columns = search_columns(SearchReply(reply))
    assert list(columns) == ["query", "id", "distance"]
    assert columns.to_numpy("id").dtype == "O"
    assert columns.to_numpy("id").tolist() == ["a", "b"]


def test_distances_sent_one_by_one_are_a_column_too() -> None:
    unpacked = b"".join(b"\x25" + struct.pack("<f", number) for number in (0.5, 0.25))
    reply = milvus_pb2.SearchResults(results=schema_pb2.SearchResultData.FromString(unpacked))
    reply.results.topks.append(2)
    reply.results.ids.int_id.data.extend([1, 2])
    assert search_columns(SearchReply(reply))["distance"] == [0.5, 0.25]


def test_columns_that_are_longer_than_the_hits_are_refused() -> None:
    reply = milvus_pb2.SearchResults()
    reply.results.topks.append(1)
    reply.results.ids.int_id.data.append(1)
    reply.results.scores.append(struct.pack("<f", 0.5))
    reply.results.fields_data.append(titles(2))
    columns = search_columns(SearchReply(reply))
    with pytest.raises(ReplyError, match="column 'title': it has 2 rows, and other columns have 1"):
        columns["title"]


def test_bfloat16_arrays_are_read_only_like_the_others() -> None:
    column = schema_pb2.FieldData(field_name="v", type=schema_pb2.BFloat16Vector)
    column.vectors.dim = 2
    column.vectors.bfloat16_vector = struct.pack("<2H", 0x3F80, 0xBF80)
    found = query_columns(query(column)).to_numpy("v")
    assert found.tolist() == [[1.0, -1.0]]
    assert not found.flags.writeable
