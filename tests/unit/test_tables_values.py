"""Values of tables: decimals, moments, masks, and the accounts of an Arrow stream."""

from __future__ import annotations

import ctypes
import gc
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy
import pytest

from milvusclient.codec.write import arrow_stream
from milvusclient.codec.write.tables import encode_table, read_columns, read_table, read_tables
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType
from tests.support.tables import books, c, of_rows, of_table, same

pa = pytest.importorskip("pyarrow")


IDS_AS_C = books(c(DataType.INT64))


def columns_of(table: Any) -> dict[str, list[Any]]:
    """The Python values of a table."""
    read = read_table(table)
    return {name: [read.row(index)[name] for index in range(len(read))] for name in read.columns}


@pytest.mark.parametrize(
    ("arrow_type", "values"),
    [
        (pa.decimal128(38, 20), [Decimal("1234567890.12345678901234567890"), Decimal("-0.5"), None]),
        (pa.decimal256(60, 2), [Decimal("12345678901234567890.12"), Decimal("-1.5"), None]),
    ],
)
def test_decimals_are_read_exactly(arrow_type: Any, values: list[Any]) -> None:
    array = pa.array(values, arrow_type)
    assert list(columns_of(pa.table({"c": array}))["c"]) == array.to_pylist()
    assert list(columns_of(pa.table({"c": array.slice(1)}))["c"]) == array.to_pylist()[1:]
    field = c(DataType.DOUBLE, nullable=True)
    same(pa.table({"c": pa.concat_arrays([array, array])}), books(field))


def test_decimals_without_a_fraction_are_integers() -> None:
    table = pa.table({"c": pa.array([1, -(2**63)], pa.decimal128(38, 0))})
    field = c(DataType.INT64)
    assert of_table(read_table(table), books(field)) == of_rows([{"c": 1}, {"c": -(2**63)}], books(field))


def test_moments_in_json_are_what_rows_make_of_them() -> None:
    moments = [datetime(2024, 5, 17, 12, 30, 15, 250_000), None, datetime(1960, 1, 1)] * 2
    zoned = [None if each is None else each.replace(tzinfo=UTC) for each in moments]
    table = pa.table({"c": pa.array([1] * 6), "t": moments, "z": pa.array(zoned, pa.timestamp("us", "UTC"))})
    same(table, books(c(DataType.INT64), dynamic=True))
    same(pa.table({"c": pa.array([{"t": each} for each in moments])}), books(c(DataType.JSON)))


def test_a_row_that_is_null_as_a_whole_is_refused() -> None:
    rows = pa.StructArray.from_arrays([pa.array([1, 2, 3])], ["c"], mask=pa.array([False, False, True]))
    for part, row in ((rows, 2), (rows[1:], 1)):
        with pytest.raises(ParamError, match=f"data: row {row} is null as a whole; leave it out"):
            read_table(pa.chunked_array([part]))
    assert of_table(read_table(pa.chunked_array([rows[:2]])), IDS_AS_C) == of_rows([{"c": 1}, {"c": 2}], IDS_AS_C)


def test_a_type_that_cannot_be_written_is_named() -> None:
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])
    with pytest.raises(MilvusException, match="column 'c' has the Arrow type union, which cannot be written"):
        of_table(read_table(pa.table({"c": union})), books(c(DataType.JSON)))


@pytest.mark.parametrize(
    ("field", "arrow_type", "words"),
    [
        (c(DataType.VARCHAR, max_length=99), pa.string(), ["q", "é" * 9, ""]),
        (c(DataType.INT64), pa.int64(), [5, -1, 2**40]),
        (c(DataType.FLOAT_VECTOR, dim=2), pa.list_(pa.float32()), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        (c(DataType.VARCHAR, nullable=True, max_length=9), pa.string(), ["q", None, "r"]),
        (c(DataType.JSON), pa.struct({"a": pa.int64()}), [{"a": 1}, {"a": 2}, {"a": 3}]),
    ],
)
@pytest.mark.parametrize("run_ends", [pa.int16(), pa.int32(), pa.int64()])
def test_run_end_encoded_columns_are_sent_as_their_rows_are(
    field: FieldInfo, arrow_type: Any, words: list[Any], run_ends: Any
) -> None:
    """A run is longer than one value, so that there are fewer values than rows; parts begin and end within runs."""
    encoded = pa.RunEndEncodedArray.from_arrays(pa.array([3, 4, 9], run_ends), pa.array(words, arrow_type))
    rows = [{"c": word} for word, count in zip(words, (3, 1, 5), strict=True) for _ in range(count)]
    for start in range(9):
        for length in range(1, 10 - start):
            part = read_table(pa.table({"c": encoded})).slice(start, length)
            assert of_table(part, books(field)) == of_rows(rows[start : start + length], books(field))
            assert 0 < part.size() < 100 * length
    of_arrow = read_table(pa.table({"c": encoded.slice(2, 4)}))
    assert of_table(of_arrow.slice(1, 3), books(field)) == of_rows(rows[3:6], books(field))


def test_the_size_of_runs_is_that_of_their_values() -> None:
    encoded = pa.RunEndEncodedArray.from_arrays(pa.array([1000, 1001]), pa.array(["x" * 90, "y" * 110]))
    table = read_table(pa.table({"c": encoded}))
    assert 0.8 < table.size() / of_table(table, books(c(DataType.VARCHAR))).ByteSize() < 1.2
    assert table.slice(1000, 1).size() > 100


def test_a_dense_union_is_refused_by_name() -> None:
    union = pa.UnionArray.from_dense(
        pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array(["a", "b"]), pa.array([1])]
    )
    table = read_table(pa.table({"c": union}))
    assert table.size() > 0
    with pytest.raises(MilvusException, match="column 'c' has the Arrow type union, which cannot be written"):
        encode_table(table, books(c(DataType.JSON)))


def test_the_index_of_a_frame_is_a_column_only_if_it_has_a_name() -> None:
    pandas = pytest.importorskip("pandas")
    info = books(c(DataType.INT64), dynamic=True)
    frame = pandas.DataFrame({"c": [1, 2, 3], "size": [4, 5, 6]}, index=["x", "y", "z"])
    rows: list[dict[str, Any]] = [{"c": 1, "size": 4}, {"c": 2, "size": 5}, {"c": 3, "size": 6}]
    levels = frame.set_axis(pandas.MultiIndex.from_tuples([(1, "a"), (2, "b"), (3, "c")]))
    for nameless in (frame, levels, frame.reset_index(drop=True)):
        assert of_table(read_table(nameless), info) == of_rows(rows, info)
    selected = frame.reset_index(drop=True).iloc[[2, 0]]
    assert of_table(read_table(selected), books(c(DataType.INT64), dynamic=True)) == of_rows([rows[2], rows[0]], info)
    named = [{**row, "word": word} for row, word in zip(rows, "xyz", strict=True)]
    assert of_table(read_table(frame.rename_axis("word")), info) == of_rows(named, info)
    strict = books(c(DataType.INT64), FieldInfo("size", data_type=DataType.INT64))
    assert of_table(read_table(frame), strict) == of_rows(rows, strict)


def test_a_field_may_have_the_name_of_a_nameless_index() -> None:
    field = FieldInfo("__index_level_0__", data_type=DataType.INT64)
    assert of_table(read_table(pa.table({field.name: [7]})), books(field)) == of_rows([{field.name: 7}], books(field))


def test_what_a_mask_hides_is_null() -> None:
    field = c(DataType.INT64, nullable=True)
    masked = numpy.ma.masked_array([1, 2, 3], mask=[False, True, False])
    rows: list[dict[str, Any]] = [{"c": 1}, {"c": None}, {"c": 3}]
    assert of_table(read_columns({"c": masked}), books(field)) == of_rows(rows, books(field))


# --- the accounts of a stream ----------------------------------------------------------------------------------------
def _members(name: str) -> dict[str, Any]:
    """The types of the members of one of the structs."""
    return {member: kind for member, kind, *_ in getattr(arrow_stream, name)._fields_}


class Producer:
    """An Arrow stream of two columns, made by hand, that counts what it is told to release.

    Args:
        batches: number of batches, of two rows each.
        fails_at: the batch in whose place there is an error; -1 for none.
        schema_fails: whether there is no schema.
    """

    def __init__(self, batches: int, fails_at: int = -1, *, schema_fails: bool = False) -> None:
        self.released = {"schema": 0, "array": 0, "stream": 0}
        self.given = {"schema": 0, "array": 0}
        self._left, self._position = batches, 0
        self._fails_at, self._schema_fails = fails_at, schema_fails
        self._kept: list[Any] = []
        stream, array, schema = (_members(kind) for kind in ("_Stream", "_Array", "_Schema"))
        self._release_schema = schema["release"](self._released("schema"))
        self._release_array = array["release"](self._released("array"))
        # A callback of ctypes cannot return bytes, but their address.
        words = ctypes.c_char_p(b"the disk is gone")
        told = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda _: ctypes.cast(words, ctypes.c_void_p).value)
        self._kept += [words, told]
        self._callbacks = {
            "get_schema": stream["get_schema"](self._schema),
            "get_next": stream["get_next"](self._next),
            "get_last_error": ctypes.cast(told, stream["get_last_error"]),
            "release": stream["release"](self._released("stream")),
        }

    def _released(self, what: str) -> Any:
        def release(pointer: Any) -> None:
            self.released[what] += 1
            pointer.contents.release = type(pointer.contents.release)()

        return release

    def _schema(self, _: Any, target: Any) -> int:
        if self._schema_fails:
            return 5
        children = (ctypes.POINTER(arrow_stream._Schema) * 1)()
        child = arrow_stream._Schema(format=b"l", name=b"id", flags=0)
        children[0] = ctypes.pointer(child)
        self._kept += [children, child]
        self.given["schema"] += 1
        out = target.contents
        out.format, out.name, out.n_children = b"+s", b"", 1
        out.children = ctypes.cast(children, type(out.children))
        out.release = self._release_schema
        return 0

    def _next(self, _: Any, target: Any) -> int:
        if self._position == self._fails_at:
            return 5
        out = target.contents
        if self._position == self._left:
            out.release = type(out.release)()
            return 0
        self._position += 1
        self.given["array"] += 1
        numbers = (ctypes.c_int64 * 2)(1, 2)
        buffers = (ctypes.c_void_p * 2)(None, ctypes.addressof(numbers))
        child = arrow_stream._Array(length=2, null_count=0, n_buffers=2)
        child.buffers = ctypes.cast(buffers, type(child.buffers))
        children = (ctypes.POINTER(arrow_stream._Array) * 1)()
        children[0] = ctypes.pointer(child)
        own = (ctypes.c_void_p * 1)(None)
        self._kept += [numbers, buffers, child, children, own]
        out.length, out.n_buffers, out.n_children = 2, 1, 1
        out.buffers = ctypes.cast(own, type(out.buffers))
        out.children = ctypes.cast(children, type(out.children))
        out.release = self._release_array
        return 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        self._struct = arrow_stream._Stream(**self._callbacks)
        self._name = b"arrow_array_stream"
        destructor_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

        def destroy(_: int) -> None:  # what a producer's destructor does: release what nobody has released
            if self._struct.release:
                self._struct.release(ctypes.byref(self._struct))

        self._destroy = destructor_type(destroy)
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, destructor_type]
        capsule: object = new(ctypes.addressof(self._struct), self._name, self._destroy)
        return capsule


IDS = books(FieldInfo("id", data_type=DataType.INT64))


def test_everything_is_released_once() -> None:
    producer = Producer(3)
    table = read_table(producer)
    columns = encode_table(table, IDS)
    assert len(table) == 6
    del table, columns
    gc.collect()
    assert producer.given == {"schema": 1, "array": 3}
    assert producer.released == {"schema": 1, "array": 3, "stream": 1}


def test_an_error_in_the_middle_releases_what_was_given() -> None:
    producer = Producer(3, fails_at=2)
    with pytest.raises(ParamError, match="the Arrow stream failed after 4 rows: the disk is gone"):
        read_table(producer)
    gc.collect()
    assert producer.given == {"schema": 1, "array": 2}
    assert producer.released == {"schema": 1, "array": 2, "stream": 1}


def test_a_stream_without_a_schema() -> None:
    producer = Producer(1, schema_fails=True)
    with pytest.raises(ParamError, match="the Arrow stream failed after 0 rows: the disk is gone"):
        read_table(producer)
    gc.collect()
    assert producer.released == {"schema": 0, "array": 0, "stream": 1}


def test_a_stream_that_is_not_read_to_its_end() -> None:
    producer = Producer(5)
    batches = read_tables(producer)
    first = next(batches)
    assert len(first) == 2
    batches.close()  # type: ignore[attr-defined]  # it is a generator
    del batches
    gc.collect()
    assert producer.released["stream"] == 1
    assert producer.released["array"] == 0, "the first batch is in use"
    del first
    gc.collect()
    assert producer.released == {"schema": 1, "array": 1, "stream": 1}


def test_many_rounds_need_no_more_memory() -> None:
    resource = pytest.importorskip("resource")
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(numpy.zeros(1 << 18, "f4")), 4)
    field = c(DataType.FLOAT_VECTOR, dim=4)

    def rounds(count: int) -> int:
        for _ in range(count):
            table = pa.table({"c": pa.concat_arrays([vectors])})
            of_table(read_table(table), books(field))
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    before = rounds(20)
    assert rounds(60) - before < 20_000, "kilobytes; each round takes 1,000 and its request as much again"
