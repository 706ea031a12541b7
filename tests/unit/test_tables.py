"""Tables: the same request as for the same rows, from the buffers of pyarrow, polars, pandas, DuckDB and numpy."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy
import pytest

from milvusclient.codec.write.tables import encode_table, read_columns, read_table, read_tables
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from tests.support.tables import books, c, of_rows, of_table, same

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyarrow.compute")


@pytest.fixture(params=["with numpy", "without numpy"])
def numpy_or_none(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way through numpy, which is taken if a program has imported it, and the way without."""
    if request.param == "without numpy":
        for module in ("arrow_columns", "nonfinite", "vectors"):
            monkeypatch.setattr(f"milvusclient.codec.write.{module}.loaded_numpy", lambda: None)


VECTORS = [[float(row), -0.5, 1.25, row / 4] for row in range(6)]
WORDS = ["", "a", "é" * 70, "plain", "x" * 200, "end"]

#: The type of a field, the type of the column, and its values.
CASES: dict[str, tuple[FieldInfo, Any, list[Any]]] = {
    "bool": (c(DataType.BOOL), pa.bool_(), [True, False, True, True, False, False]),
    "int8": (c(DataType.INT8), pa.int8(), [-128, 0, 1, 127, 5, 6]),
    "int8 in uint64": (c(DataType.INT8), pa.uint64(), [0, 1, 2, 127, 5, 6]),
    "int16": (c(DataType.INT16), pa.int16(), [-32768, 0, 1, 32767, 5, 6]),
    "int32": (c(DataType.INT32), pa.int32(), [-(2**31), 0, 300, 2**31 - 1, 5, 6]),
    "int64": (c(DataType.INT64), pa.int64(), [-(2**63), -1, 0, 2**63 - 1, 2**35, 127]),
    "int64 in uint8": (c(DataType.INT64), pa.uint8(), [0, 255, 1, 2, 3, 4]),
    "float": (c(DataType.FLOAT), pa.float32(), [0.5, -1.0, 3e38, 0.0, 1.0, 2.0]),
    "float in float64": (c(DataType.FLOAT), pa.float64(), [0.1, -1.0, 3e38, 0.0, 1.0, 2.0]),
    "float in int32": (c(DataType.FLOAT), pa.int32(), [1, 2, 3, 4, 5, 6]),
    "double": (c(DataType.DOUBLE), pa.float64(), [0.1, -1.0, 1e300, 0.0, 1.0, 2.0]),
    "double in float16": (c(DataType.DOUBLE), pa.float16(), [0.5, -1.0, 2.0, 0.0, 1.0, 2.0]),
    "string": (c(DataType.VARCHAR, max_length=200), pa.string(), WORDS),
    "large string": (c(DataType.VARCHAR, max_length=200), pa.large_string(), WORDS),
    "string view": (c(DataType.VARCHAR, max_length=200), pa.string_view(), WORDS),
    "text": (c(DataType.TEXT), pa.string(), ["x" * 20_000, *WORDS[1:]]),
    "geometry": (c(DataType.GEOMETRY), pa.string(), ["POINT (1 2)"] * 6),
    "json in strings": (c(DataType.JSON), pa.string(), ['{"a":1}', "2", "[]", "null", "{}", "1"]),
    "json in structs": (
        c(DataType.JSON),
        pa.struct({"a": pa.int64(), "b": pa.list_(pa.string())}),
        [{"a": row, "b": ["x"] * row} for row in range(6)],
    ),
    "array of ints": (
        c(DataType.ARRAY, element_type=DataType.INT32, max_capacity=9),
        pa.list_(pa.int16()),
        [[], [1], [2, 3], [4, 5, 6], [7], []],
    ),
    "array of strings": (
        c(DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=300),
        pa.large_list(pa.string()),
        [[], ["a"], ["é", "b"], [], ["c"], ["d"]],
    ),
    "array in list views": (
        c(DataType.ARRAY, element_type=DataType.DOUBLE, max_capacity=9),
        pa.list_view(pa.float64()),
        [[], [1.0], [2.0, 3.0], [], [7.0], [8.0]],
    ),
    "vector in fixed-size lists": (c(DataType.FLOAT_VECTOR, dim=4), pa.list_(pa.float32(), 4), VECTORS),
    "vector in lists": (c(DataType.FLOAT_VECTOR, dim=4), pa.list_(pa.float32()), VECTORS),
    "vector in large lists": (c(DataType.FLOAT_VECTOR, dim=4), pa.large_list(pa.float32()), VECTORS),
    "vector of float64": (c(DataType.FLOAT_VECTOR, dim=4), pa.list_(pa.float64(), 4), VECTORS),
    "vector of ints": (c(DataType.FLOAT_VECTOR, dim=2), pa.list_(pa.int64()), [[row, 2] for row in range(6)]),
    "float16 vector": (c(DataType.FLOAT16_VECTOR, dim=4), pa.list_(pa.float16(), 4), VECTORS),
    "float16 vector of float32": (c(DataType.FLOAT16_VECTOR, dim=4), pa.list_(pa.float32(), 4), VECTORS),
    "bfloat16 vector of float32": (c(DataType.BFLOAT16_VECTOR, dim=4), pa.list_(pa.float32(), 4), VECTORS),
    "bfloat16 vector in bytes": (c(DataType.BFLOAT16_VECTOR, dim=2), pa.binary(4), [b"\0\x3f\0\x40"] * 6),
    "int8 vector": (c(DataType.INT8_VECTOR, dim=2), pa.list_(pa.int8(), 2), [[row, -128] for row in range(6)]),
    "binary vector": (c(DataType.BINARY_VECTOR, dim=16), pa.list_(pa.uint8(), 2), [[row, 255] for row in range(6)]),
    "binary vector in fixed-size bytes": (c(DataType.BINARY_VECTOR, dim=16), pa.binary(2), [b"\1\xff"] * 6),
    "binary vector in bytes": (c(DataType.BINARY_VECTOR, dim=16), pa.binary(), [b"\1\xff"] * 6),
    "binary vector in views": (c(DataType.BINARY_VECTOR, dim=160), pa.binary_view(), [bytes(range(20))] * 6),
}  # fmt: skip


@pytest.mark.usefixtures("numpy_or_none")
@pytest.mark.parametrize("case", CASES)
def test_a_column_is_sent_as_the_same_rows_are(case: str) -> None:
    field, arrow_type, items = CASES[case]
    same(pa.table({"c": pa.array(items, arrow_type)}), books(field))


@pytest.mark.usefixtures("numpy_or_none")
@pytest.mark.parametrize("case", CASES)
def test_nulls_are_sent_as_the_same_rows_are(case: str) -> None:
    field, arrow_type, items = CASES[case]
    values = [None, items[1], items[2], None, items[4], None]
    table = pa.table({"c": pa.array(values, arrow_type)})
    nullable = FieldInfo(**{name: getattr(field, name) for name in field.__slots__} | {"nullable": True})
    same(table, books(nullable))
    with pytest.raises(DataNotMatchException, match="row 0, field 'c': expected a value .* got None; the field is not"):
        of_table(read_table(table), books(field))
    nothing = pa.table({"c": pa.array([None] * 6, arrow_type)})
    same(nothing, books(nullable))
    # A part without a null, which has the bitmap of the whole.
    assert of_table(read_table(table.slice(1, 2)), books(field)) == of_rows(table.to_pylist()[1:3], books(field))


@pytest.mark.usefixtures("numpy_or_none")
def test_dictionaries_run_ends_and_nulls_are_read() -> None:
    field = c(DataType.VARCHAR, nullable=True)
    words = ["a", None, "b", "a", "a", None]
    same(pa.table({"c": pa.array(words).dictionary_encode()}), books(field))
    same(pa.table({"c": pa.nulls(6)}), books(field), [{"c": None}] * 6)
    numbers = c(DataType.INT64)
    encoded = pa.table({"c": pa.compute.run_end_encode(pa.array([1, 1, 2, 2, 2, 3]))})
    assert of_table(read_table(encoded), books(numbers)) == of_rows(
        [{"c": n} for n in (1, 1, 2, 2, 2, 3)], books(numbers)
    )
    assert of_table(read_table(encoded.slice(1, 3)), books(numbers)) == of_rows(
        [{"c": n} for n in (1, 2, 2)], books(numbers)
    )


@pytest.mark.parametrize(
    ("arrow_type", "wanted"),
    [
        (pa.timestamp("s"), "2024-05-17T12:30:15Z"),
        (pa.timestamp("ms", "UTC"), "2024-05-17T12:30:15.25Z"),
        (pa.timestamp("us", "+02:00"), "2024-05-17T14:30:15.25+02:00"),
        (pa.timestamp("ns", "Asia/Shanghai"), "2024-05-17T20:30:15.25+08:00"),
        (pa.date32(), "2024-05-17"),
        (pa.date64(), "2024-05-17"),
    ],
)
def test_timestamps_are_sent_in_iso_8601(arrow_type: Any, wanted: str) -> None:
    moment = datetime(2024, 5, 17, 12, 30, 15, 250_000, UTC)
    value = (
        moment.date() if pa.types.is_date(arrow_type) else moment.replace(tzinfo=None if arrow_type.tz is None else UTC)
    )
    column = pa.array(
        [value, None], pa.timestamp("us", arrow_type.tz) if pa.types.is_timestamp(arrow_type) else arrow_type
    )
    table = pa.table({"c": column.cast(arrow_type, safe=False)})
    field = c(DataType.TIMESTAMPTZ, nullable=True)
    assert of_table(read_table(table), books(field)) == of_rows([{"c": wanted}, {"c": None}], books(field))


def test_moments_before_1970_and_of_nanoseconds() -> None:
    field = c(DataType.TIMESTAMPTZ)
    table = pa.table({"c": pa.array([-1, 1], pa.timestamp("ns"))})
    wanted = [{"c": "1969-12-31T23:59:59.999999999Z"}, {"c": "1970-01-01T00:00:00.000000001Z"}]
    assert of_table(read_table(table), books(field)) == of_rows(wanted, books(field))


def test_sparse_vectors_are_structs_or_maps() -> None:
    field = c(DataType.SPARSE_FLOAT_VECTOR)
    vectors: list[dict[int, float]] = [{1: 0.5, 7: 0.25}, {}, {4_294_967_294: 1.0}]
    wanted = of_rows([{"c": vector} for vector in vectors], books(field))
    maps = pa.array([list(vector.items()) for vector in vectors], pa.map_(pa.uint32(), pa.float32()))
    assert of_table(read_table(pa.table({"c": maps})), books(field)) == wanted
    parts = [{"indices": list(vector), "values": list(vector.values())} for vector in vectors]
    structs = pa.array(parts, pa.struct({"indices": pa.list_(pa.int64()), "values": pa.list_(pa.float32())}))
    assert of_table(read_table(pa.table({"c": structs})), books(field)) == wanted
    twice = pa.array([{"indices": [1, 1], "values": [0.5, 0.5]}], structs.type)
    with pytest.raises(ParamError, match="row 0, field 'c'"):
        of_table(read_table(pa.table({"c": twice})), books(field))
    with pytest.raises(DataNotMatchException, match="map with a repeated key"):
        of_table(read_table(pa.table({"c": pa.array([[(1, 0.5), (1, 0.5)]], maps.type)})), books(field))


def test_struct_arrays_are_lists_of_structs() -> None:
    page = FieldInfo("page", data_type=DataType.ARRAY, element_type=DataType.INT64)
    vector = FieldInfo("v", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.FLOAT_VECTOR, dim=2)
    info = CollectionInfo("books", struct_fields=(StructFieldInfo("c", fields=(page, vector), max_capacity=5),))
    rows: list[dict[str, Any]] = [{"c": [{"page": 1, "v": [0.5, 1.0]}, {"page": 2, "v": [1.5, 2.0]}]}, {"c": []}] * 3
    struct = pa.struct({"page": pa.int32(), "v": pa.list_(pa.float32(), 2)})
    same(pa.table({"c": pa.array([row["c"] for row in rows], pa.list_(struct))}), info, rows)


def test_other_columns_are_dynamic_fields() -> None:
    info = books(FieldInfo("id", data_type=DataType.INT64), dynamic=True)
    rows = [{"id": row, 'na"me%s': f"é{row}", "price": row / 8 or None, "tags": ["a"] * row} for row in range(6)]
    same(pa.Table.from_pylist(rows), info)
    same(pa.table({"id": range(6)}), info)


# --- mappings of columns ---------------------------------------------------------------------------------------------
def test_columns_of_numpy_arrow_and_python() -> None:
    info = books(
        FieldInfo("id", data_type=DataType.INT64),
        FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=4),
        FieldInfo("h", data_type=DataType.FLOAT16_VECTOR, dim=4),
        FieldInfo("price", data_type=DataType.DOUBLE),
        FieldInfo("title", data_type=DataType.VARCHAR),
        FieldInfo("sold", data_type=DataType.BOOL),
    )
    vectors = numpy.array(VECTORS)
    table = read_columns(
        {
            "id": numpy.arange(12, dtype=">i4")[::2],
            "v": vectors.astype(">f4"),
            "h": numpy.asfortranarray(vectors.astype("f2")),
            "price": pa.chunked_array([[0.5, 1.5], [2.5, 3.5, 4.5, 5.5]]),
            "title": tuple(WORDS),
            "sold": (numpy.arange(12) % 3 == 0)[::2],
        }
    )
    rows = [
        {
            "id": 2 * row,
            "v": VECTORS[row],
            "h": VECTORS[row],
            "price": row + 0.5,
            "title": WORDS[row],
            "sold": row % 3 == 0,
        }
        for row in range(6)
    ]
    assert of_table(table, info) == of_rows(rows, info)
    part = table.slice(1, 4)
    assert (part.first_row, len(part)) == (1, 4)
    assert of_table(part, info) == of_rows(rows[1:5], info)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": {1, 2}}, "column 'id' must be a sequence with a value for each row, got {1, 2}"),
        ({"id": numpy.array(1)}, r"column 'id' must be a sequence with a value for each row, got array\(1\)"),
        ({"id": numpy.int64(1)}, "column 'id' must be a sequence with a value for each row, got"),
        ({"id": [1, 2], "v": [1]}, "column 'v' has 1 values, but column 'id' has 2"),
        ({"id": "ab"}, "column 'id' must be a sequence with a value for each row, got 'ab'"),
        ({"id": 5}, "column 'id' must be a sequence with a value for each row, got 5"),
        ({1: [1]}, "names of columns as keys, got 1"),
    ],
)
def test_a_mapping_that_is_not_a_table_is_refused(columns: Any, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        read_columns(columns)


def test_the_size_of_a_part_is_about_that_of_its_request() -> None:
    table = read_table(
        pa.table(
            {
                "id": range(1000),
                "v": pa.array([[0.5] * 32] * 1000, pa.list_(pa.float32(), 32)),
                "t": ["a title of some length"] * 1000,
                "d": pa.array(["a title of some length"] * 1000).dictionary_encode(),
                "w": pa.array(["a title of some length"] * 1000, pa.string_view()),
                "s": pa.array([{"a": [1, 2]}] * 1000),
            }
        )
    )
    info = books(
        FieldInfo("id", data_type=DataType.INT64),
        FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=32),
        FieldInfo("t", data_type=DataType.VARCHAR),
        FieldInfo("d", data_type=DataType.VARCHAR),
        FieldInfo("w", data_type=DataType.VARCHAR),
        FieldInfo("s", data_type=DataType.JSON),
    )
    for part in (table, table.slice(100, 50)):
        assert 0.8 < part.size() / of_table(part, info).ByteSize() < 1.2


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("numpy_or_none")
@pytest.mark.parametrize(
    ("field", "column", "message"),
    [
        (c(DataType.INT8), pa.array([1, 128]), r"row 1, field 'c': expected an INT8 .*, got 128"),
        (c(DataType.INT64), pa.array([1, 2**63], pa.uint64()), r"row 1, field 'c'.*got 92233"),
        (c(DataType.INT64), pa.array([1.5]), r"row 0, field 'c': expected an INT64 .*, got 1.5"),
        (c(DataType.INT64), pa.array([True]), r"row 0, field 'c': expected an INT64"),
        (c(DataType.FLOAT), pa.array([1.0, 1e39]), r"row 1, field 'c'.*too large for FLOAT"),
        (c(DataType.VARCHAR, max_length=3), pa.array(["abc", "abé", "abcd"]), r"row 1, .*4 bytes"),
        (c(DataType.VARCHAR), pa.array([b"abc"]), r"row 0, field 'c': expected a VARCHAR"),
        (c(DataType.BOOL), pa.array([2]), r"row 0, field 'c': expected a BOOL, got 2"),
        (c(DataType.JSON), pa.array(["{}", "{"]), r"row 1, field 'c'"),
        (
            c(DataType.FLOAT_VECTOR, dim=3),
            pa.array([[1.0] * 2] * 3, pa.list_(pa.float32(), 2)),
            r"row 0, field 'c': expected a FLOAT_VECTOR of 3 elements, got a list of length 2",
        ),
        (
            c(DataType.FLOAT_VECTOR, dim=2),
            pa.array([[1.0] * 2, [1.0]], pa.list_(pa.float32())),
            r"row 1, field 'c': expected a FLOAT_VECTOR of 2 elements, got a list of length 1",
        ),
        (
            c(DataType.FLOAT_VECTOR, dim=2),
            pa.array([[1.0] * 2, [1.0, None]], pa.list_(pa.float32(), 2)),
            r"row 1, field 'c'",
        ),
        (
            c(DataType.FLOAT_VECTOR, dim=2),
            pa.array([[1.0] * 2, [1.0, float("nan")]], pa.list_(pa.float32(), 2)),
            r"row 1, field 'c'\[1\]: expected .* of finite numbers, got NaN, infinity",
        ),
        (
            c(DataType.FLOAT16_VECTOR, dim=2, nullable=True),
            pa.array([None, [1.0] * 2, [70_000.0, 1]], pa.list_(pa.float32(), 2)),
            r"row 2, field 'c'",
        ),
        (c(DataType.BINARY_VECTOR, dim=16), pa.array([b"abc"], pa.binary(3)), r"row 0, .*got 3 bytes"),
        (c(DataType.VARCHAR), pa.array([1], pa.duration("s")), "'c' has the Arrow type duration"),
        (c(DataType.INT64), pa.array([Decimal("1.5")]), r"row 0, field 'c': .*, got Decimal\('1.5'\)"),
        (c(DataType.SPARSE_FLOAT_VECTOR), pa.array([{"indices": [1, 2], "values": [0.5]}]),
         "row 0, field 'c': expected as many values as indices, got 2 indices and 1 values"),
        (c(DataType.SPARSE_FLOAT_VECTOR), pa.array([{"indices": None, "values": [0.5]}],
         pa.struct({"indices": pa.list_(pa.int64()), "values": pa.list_(pa.float32())})),
         "row 0, field 'c': expected as many values as indices, got none indices and 1 values"),
        (c(DataType.VARCHAR), pa.array([2**62], pa.timestamp("s")), "outside the years 1 to 9999"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_named_by_column_and_row(field: FieldInfo, column: Any, message: str) -> None:
    with pytest.raises((DataNotMatchException, ParamError), match=message):
        of_table(read_table(pa.table({"c": column})), books(field))


def test_rows_are_counted_across_batches() -> None:
    vectors = pa.array([[1.0] * 2] * 9 + [[1.0, float("inf")]], pa.list_(pa.float32(), 2))
    table = pa.table({"n": pa.array([1] * 9 + [999]), "v": vectors})
    chunks = pa.concat_tables([table.slice(0, 4), table.slice(4, 4), table.slice(8)])
    numbers, vector = FieldInfo("n", data_type=DataType.INT8), FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=2)
    with pytest.raises(DataNotMatchException, match="row 9, field 'n'"):
        of_table(read_table(chunks), books(numbers, vector))
    with pytest.raises(DataNotMatchException, match=r"row 9, field 'v'\[1\]"):
        of_table(read_table(chunks.drop_columns("n")), books(vector))
    last = list(read_tables(chunks))[-1]
    assert (last.first_row, len(last)) == (8, 2)
    with pytest.raises(DataNotMatchException, match="row 9, field 'n'"):
        of_table(last, books(numbers, vector))


def test_missing_and_unknown_columns_are_named() -> None:
    field = FieldInfo("id", data_type=DataType.INT64)
    with pytest.raises(DataNotMatchException, match=r"there is no column 'id' \(INT64\); the columns are 'x', 'y'"):
        of_table(read_columns({"x": [1], "y": [2]}), books(field, dynamic=True))
    with pytest.raises(DataNotMatchException, match="column 'x' is not a field of collection 'books', whose dynamic"):
        of_table(read_columns({"id": [1], "x": [1]}), books(field))
    with pytest.raises(DataNotMatchException, match=r"must not have the name '\$meta'"):
        of_table(read_columns({"id": [1], "$meta": ["{}"]}), books(field, dynamic=True))
    output = FieldInfo("words", data_type=DataType.SPARSE_FLOAT_VECTOR, is_function_output=True)
    with pytest.raises(DataNotMatchException, match="column 'words' is computed by a function"):
        of_table(read_columns({"id": [1], "words": [{}]}), books(field, output))
    struct = StructFieldInfo("chapters")
    with pytest.raises(DataNotMatchException, match="there is no column 'chapters'"):
        of_table(read_columns({"id": [1]}), CollectionInfo("books", fields=(field,), struct_fields=(struct,)))


def test_columns_that_may_be_missing() -> None:
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True, auto_id=True)
    price = FieldInfo("price", data_type=DataType.DOUBLE, has_default=True)
    info = books(key, price, FieldInfo("n", data_type=DataType.INT8))
    table = read_columns({"n": [1, 2]})
    assert of_table(table, info) == of_rows([{"n": 1}, {"n": 2}], info)
    with pytest.raises(DataNotMatchException, match="there is no column 'id'"):
        of_table(table, info, upsert=True)
    partial = read_columns({"id": [5, 6], "n": [1, 2]})
    rows = [{"id": 5, "n": 1}, {"id": 6, "n": 2}]
    assert of_table(partial, info, upsert=True, partial=True) == of_rows(rows, info, upsert=True, partial=True)


def test_two_columns_of_one_name_and_data_without_columns_are_refused() -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    with pytest.raises(ParamError, match="two columns with the name 'a'"):
        read_table(twice)
    with pytest.raises(ParamError, match="data must be a table, got Int64Array"):
        read_table(pa.array([1]))


def test_an_empty_table_has_no_rows() -> None:
    assert len(read_table(pa.table({"a": pa.array([], pa.int64())}))) == 0
    assert len(read_table(pa.table({}))) == 0
    assert len(read_columns({})) == 0


def test_a_stream_that_fails_half_way_says_after_how_many_rows() -> None:
    schema = pa.schema({"a": pa.int64()})

    def batches() -> Iterator[Any]:
        yield pa.record_batch({"a": pa.array([1, 2])}, schema)
        raise OSError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(ParamError, match="the Arrow stream failed after 2 rows: .*the disk is gone"):
        read_table(reader)


def test_a_table_that_has_no_form_in_arrow_is_refused() -> None:
    class Mixed:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.array([object()]).__arrow_c_stream__(requested_schema)

    with pytest.raises(ParamError, match="data: Mixed cannot be read as an Arrow stream: Could not convert"):
        read_table(Mixed())


def test_a_capsule_of_another_kind_is_refused() -> None:
    class Wrong:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.array([1]).__arrow_c_array__()[0]

    with pytest.raises(ParamError, match="does not follow the Arrow C interface"):
        read_table(Wrong())


# --- memory ----------------------------------------------------------------------------------------------------------
def test_buffers_are_not_copied_and_are_released_with_the_last_use() -> None:
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    before = pool.bytes_allocated()
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(numpy.zeros(40_000, "f4"), memory_pool=pool), 4)
    # An array on numpy's memory allocates nothing; this one does.
    vectors = pa.concat_arrays([vectors, vectors], memory_pool=pool)
    assert pool.bytes_allocated() - before >= 320_000
    table = read_table(pa.table({"v": vectors}))
    field = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=4)
    columns = encode_table(table, books(field))
    del vectors, table
    gc.collect()
    assert pool.bytes_allocated() - before >= 320_000, "the columns refer to the buffers"
    assert sum(memoryview(part).nbytes for part in columns[0].body) == 320_000
    del columns
    gc.collect()
    assert pool.bytes_allocated() == before


def test_a_record_batch_is_a_table() -> None:
    field = FieldInfo("a", data_type=DataType.INT64)
    batch = pa.record_batch({"a": pa.array([1, 2])})

    class OnlyArray:
        def __arrow_c_array__(self, requested_schema: object = None) -> object:
            return batch.__arrow_c_array__()

    assert of_table(read_table(OnlyArray()), books(field)) == of_rows([{"a": 1}, {"a": 2}], books(field))
    assert of_table(read_table(batch), books(field)) == of_rows([{"a": 1}, {"a": 2}], books(field))


ROWS = [
    {"id": row, "title": word, "vector": vector} for row, (word, vector) in enumerate(zip(WORDS, VECTORS, strict=True))
]
LIBRARY = books(
    FieldInfo("id", data_type=DataType.INT64),
    FieldInfo("title", data_type=DataType.VARCHAR, max_length=200),
    FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=4),
)


def test_a_frame_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    assert of_table(read_table(pandas.DataFrame(ROWS)), LIBRARY) == of_rows(ROWS, LIBRARY)


def test_a_frame_of_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(ROWS, schema_overrides={"vector": polars.Array(polars.Float32, 4)})
    assert of_table(read_table(frame), LIBRARY) == of_rows(ROWS, LIBRARY)
    cast = frame.with_columns(polars.col("title").cast(polars.Categorical))
    assert of_table(read_table(cast), LIBRARY) == of_rows(ROWS, LIBRARY)


def test_a_relation_of_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    table = pa.Table.from_pylist(ROWS)
    relation = duckdb.from_arrow(table).order("id")
    assert of_table(read_table(relation), LIBRARY) == of_rows(ROWS, LIBRARY)


def test_pyarrow_is_not_needed() -> None:
    assert "pyarrow" not in sys.modules["milvusclient.codec.write.arrow_stream"].__dict__
