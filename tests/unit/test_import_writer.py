"""Files for imports by the server: the forms of all types, the checks of an insert, and no file by halves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pytest

from milvusclient import (
    CollectionSchema,
    DataType,
    Function,
    FunctionType,
    MilvusClient,
    StructFieldSchema,
    write_json,
    write_parquet,
)
from milvusclient.exceptions import DataNotMatchException, MilvusException, ParamError

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def schema_of(*fields: tuple[Any, ...], **options: Any) -> CollectionSchema:
    """A schema with the key ``id`` and some fields: (name, type) or (name, type, options)."""
    schema = MilvusClient.create_schema(**options)
    schema.add_field("id", DataType.INT64, is_primary=True)
    for name, data_type, *more in fields:
        schema.add_field(name, data_type, **(more[0] if more else {}))
    return schema


def element(data_type: DataType) -> dict[str, Any]:
    return {"element_type": data_type, "max_capacity": 9}


STRINGS = {"max_length": 99}
#: Name, type and options of a field, the type of its column, a value, and the same value in Parquet and in JSON.
CASES: list[tuple[DataType, dict[str, Any], Any, Any, Any, Any]] = [
    (DataType.BOOL, {}, pa.bool_(), True, True, True),
    (DataType.INT8, {}, pa.int8(), -128, -128, -128),
    (DataType.INT16, {}, pa.int16(), 32767, 32767, 32767),
    (DataType.INT32, {}, pa.int32(), -(2**31), -(2**31), -(2**31)),
    (DataType.INT64, {}, pa.int64(), 2**63 - 1, 2**63 - 1, 2**63 - 1),
    (DataType.FLOAT, {}, pa.float32(), 0.5, 0.5, 0.5),
    (DataType.DOUBLE, {}, pa.float64(), 1 / 3, 1 / 3, 1 / 3),
    (DataType.VARCHAR, STRINGS, pa.string(), 'é"%s\n', 'é"%s\n', 'é"%s\n'),
    (DataType.TEXT, {}, pa.string(), "text", "text", "text"),
    (DataType.TIMESTAMPTZ, {}, pa.string(), "2024-05-17T12:30:15Z", "2024-05-17T12:30:15Z", "2024-05-17T12:30:15Z"),
    (DataType.GEOMETRY, {}, pa.string(), "POINT (1 2)", "POINT (1 2)", "POINT (1 2)"),
    (DataType.JSON, {}, pa.string(), {"a": [1, None]}, '{"a":[1,null]}', {"a": [1, None]}),
    (DataType.ARRAY, element(DataType.INT16), pa.list_(pa.int16()), [1, 2], [1, 2], [1, 2]),
    (DataType.ARRAY, element(DataType.VARCHAR) | STRINGS, pa.list_(pa.string()), ["a", ""], ["a", ""], ["a", ""]),
    (DataType.ARRAY, element(DataType.BOOL), pa.list_(pa.bool_()), [], [], []),
    (DataType.FLOAT_VECTOR, {"dim": 2}, pa.list_(pa.float32()), [0.5, -1], [0.5, -1.0], [0.5, -1.0]),
    (DataType.FLOAT_VECTOR, {"dim": 2}, pa.list_(pa.float32()), numpy.array([0.5, -1]), [0.5, -1.0], [0.5, -1.0]),
    (DataType.BINARY_VECTOR, {"dim": 16}, pa.list_(pa.uint8()), b"\1\xff", [1, 255], [1, 255]),
    (DataType.FLOAT16_VECTOR, {"dim": 2}, pa.list_(pa.uint8()), [1.5, -2], [0, 0x3E, 0, 0xC0], [1.5, -2.0]),
    (DataType.BFLOAT16_VECTOR, {"dim": 2}, pa.list_(pa.uint8()), [1.5, -2], [0xC0, 0x3F, 0, 0xC0], [1.5, -2.0]),
    (DataType.INT8_VECTOR, {"dim": 2}, pa.list_(pa.int8()), [-128, 127], [-128, 127], [-128, 127]),
    (DataType.SPARSE_FLOAT_VECTOR, {}, pa.string(), {7: 0.5, 1: 2.0}, '{"1":2.0,"7":0.5}', {"1": 2.0, "7": 0.5}),
]  # fmt: skip


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("nulls", [False, True], ids=["values", "nulls"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].name)
def test_each_type_in_the_form_that_importers_read(tmp_path: Path, case: Any, nulls: bool) -> None:
    data_type, options, arrow_type, value, in_parquet, in_json = case
    options = options | ({"nullable": True} if nulls else {})
    schema = schema_of(("c", data_type, options), ("v", DataType.FLOAT_VECTOR, {"dim": 2}))
    values = [None, value, None, None, value, value] if nulls else [value] * 3
    rows = [{"id": row, "c": each, "v": [0.0, 1.0]} for row, each in enumerate(values)]
    assert write_parquet(tmp_path / "rows.parquet", schema, rows) == len(rows)
    table = parquet.read_table(tmp_path / "rows.parquet")
    assert table.schema.field("c").type == arrow_type
    assert table.column("c").to_pylist() == [None if each is None else in_parquet for each in values]
    assert table.column("id").to_pylist() == list(range(len(rows)))
    assert write_json(tmp_path / "rows.json", schema, rows) == len(rows)
    assert [row["c"] for row in read_json(tmp_path / "rows.json")] == [
        None if each is None else in_json for each in values
    ]


def test_fields_that_a_server_fills_in(tmp_path: Path) -> None:
    schema = MilvusClient.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=True)
    schema.add_field("text", DataType.VARCHAR, max_length=99, enable_analyzer=True)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("price", DataType.DOUBLE, default_value=9.5)
    schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["words"]))
    rows: list[dict[str, Any]] = [{"text": "a", "price": 1.5, "color": "red"}, {"text": "b", 'na"me%s': {"x": 1}}]
    write_parquet(tmp_path / "rows.parquet", schema, rows)
    assert parquet.read_table(tmp_path / "rows.parquet").to_pylist() == [
        {"text": "a", "price": 1.5, "$meta": '{"color":"red"}'},
        {"text": "b", "price": None, "$meta": '{"na\\"me%s":{"x":1}}'},
    ]
    write_json(tmp_path / "rows.json", schema, rows)
    assert read_json(tmp_path / "rows.json") == [
        {"text": "a", "price": 1.5, "$meta": {"color": "red"}},
        {"text": "b", "price": None, "$meta": {'na"me%s': {"x": 1}}},
    ]


def test_struct_arrays(tmp_path: Path) -> None:
    schema = schema_of(("v", DataType.FLOAT_VECTOR, {"dim": 2}))
    struct = StructFieldSchema()
    struct.add_field("page", DataType.INT32)
    struct.add_field("near", DataType.FLOAT_VECTOR, dim=2)
    struct.add_field("bits", DataType.BINARY_VECTOR, dim=16)
    schema.add_field("parts", DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=struct, max_capacity=4)
    parts = [{"page": 1, "near": [0.5, 1.0], "bits": b"\1\2"}, {"page": 2, "near": [1.5, 2.0], "bits": b"\3\4"}]
    rows = [{"id": 1, "v": [0.0, 1.0], "parts": parts}, {"id": 2, "v": [0.0, 1.0], "parts": []}]
    write_parquet(tmp_path / "rows.parquet", schema, rows)
    table = parquet.read_table(tmp_path / "rows.parquet")
    wanted = [part | {"bits": list(part["bits"])} for part in parts]  # type: ignore[call-overload]  # it is bytes
    assert table.column("parts").to_pylist() == [wanted, []]
    bits, near = pa.list_(pa.uint8()), pa.list_(pa.float32())
    assert table.schema.field("parts").type == pa.list_(
        pa.struct([("page", pa.int32()), ("near", near), ("bits", bits)])
    )
    write_json(tmp_path / "rows.json", schema, rows)
    assert [row["parts"] for row in read_json(tmp_path / "rows.json")] == [wanted, []]


@dataclass
class Book:
    id: int
    v: list[float]


BOOKS = schema_of(("v", DataType.FLOAT_VECTOR, {"dim": 2}))
ROWS = [{"id": row, "v": [row / 2, 1.0]} for row in range(300)]


@pytest.mark.parametrize(
    "source",
    [
        lambda: ROWS,
        lambda: tuple(ROWS),
        lambda: (row for row in ROWS),
        lambda: [Book(row, [row / 2, 1.0]) for row in range(300)],
        lambda: {"id": numpy.arange(300), "v": numpy.array([row["v"] for row in ROWS], "f4")},
        lambda: pa.Table.from_pylist(ROWS),
        lambda: pa.concat_tables([pa.Table.from_pylist(ROWS[:100]), pa.Table.from_pylist(ROWS[100:])]),
    ],
)
@pytest.mark.parametrize(("write", "suffix"), [(write_parquet, "parquet"), (write_json, "json")])
def test_rows_tables_and_columns(
    tmp_path: Path, source: Callable[[], Any], write: Any, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 1000)  # so that there are many pieces
    path = tmp_path / f"rows.{suffix}"
    assert write(str(path), BOOKS, source()) == 300
    assert (parquet.read_table(path).to_pylist() if suffix == "parquet" else read_json(path)) == ROWS


def test_the_description_of_a_collection_is_a_schema(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "rows.parquet", BOOKS.to_dict(), ROWS) == 300
    assert parquet.read_table(tmp_path / "rows.parquet").num_rows == 300


# --- pieces ----------------------------------------------------------------------------------------------------------
def test_many_rows_are_written_as_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient.import_writer._GROUP_BYTES", 1 << 18)
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 1 << 16)
    schema = schema_of(("v", DataType.FLOAT_VECTOR, {"dim": 64}))
    vectors = numpy.random.default_rng(1).random((20, 64), "f4")
    before_the_last = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal before_the_last
        for row in range(10_000):
            yield {"id": row, "v": vectors[row % 20]}
        (draft,) = tmp_path.iterdir()
        before_the_last = draft.stat().st_size

    path = tmp_path / "rows.parquet"
    assert write_parquet(path, schema, rows()) == 10_000
    assert before_the_last > path.stat().st_size * 0.8
    assert parquet.ParquetFile(path).num_row_groups > 5
    assert parquet.read_table(path).column("id").to_pylist() == list(range(10_000))


def test_rows_much_larger_than_the_schema_lets_expect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient.import_writer._GROUP_BYTES", 1 << 20)
    schema = schema_of(("t", DataType.TEXT), ("v", DataType.FLOAT_VECTOR, {"dim": 2}))
    rows = ({"id": row, "t": "x" * 100_000, "v": [0.0, 1.0]} for row in range(100))
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 1 << 10)
    assert write_parquet(tmp_path / "rows.parquet", schema, rows) == 100
    file = parquet.ParquetFile(tmp_path / "rows.parquet")
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    assert max(sizes[1:]) <= 12, "the first rows show how large rows are"


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("write", "suffix"), [(write_parquet, "parquet"), (write_json, "json")])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"id": "x", "v": [0.0, 1.0]}, "row 300, field 'id': expected an INT64 .* got 'x'"),
        ({"id": 300, "v": [0.0]}, "row 300, field 'v': expected a FLOAT_VECTOR of 2 elements"),
        ({"id": 300, "v": [0.0, float("nan")]}, "row 300, field 'v'.*finite"),
        ({"id": 300}, "row 300, field 'v': expected a value"),
        ({"id": 300, "v": [0.0, 1.0], "x": 1}, "row 300, field 'x': expected only fields of the schema"),
        (7, "row 300: expected a dict of field name to value"),
        (None, "row 300: expected a dict of field name to value"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_no_file_is_left(
    tmp_path: Path, write: Any, suffix: str, bad: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 1000)
    path = tmp_path / f"rows.{suffix}"
    with pytest.raises(MilvusException, match=message):
        write(path, BOOKS, [*ROWS, bad])
    assert list(tmp_path.iterdir()) == []
    path.write_text("kept")
    with pytest.raises(MilvusException, match=message):
        write(path, BOOKS, iter([*ROWS, bad]))
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(path.name, "kept")]


def test_a_table_that_does_not_fit(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "v": [[0.0, 1.0], [0.0]]})
    with pytest.raises(DataNotMatchException, match="row 1, field 'v'"):
        write_parquet(tmp_path / "rows.parquet", BOOKS, table)
    with pytest.raises(DataNotMatchException, match="there is no column 'v'"):
        write_json(tmp_path / "rows.json", BOOKS, table.drop_columns("v"))
    with pytest.raises(ParamError, match="column 'v' has 1 values, but column 'id' has 2"):
        write_json(tmp_path / "rows.json", BOOKS, {"id": [1, 2], "v": [[0.0, 1.0]]})
    assert list(tmp_path.iterdir()) == []


def test_keys_that_only_some_rows_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 100)
    schema = MilvusClient.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    rows: list[dict[str, Any]] = [{"v": [0.0, 1.0]}] * 50 + [{"id": 1, "v": [0.0, 1.0]}] * 50
    for write, name in ((write_parquet, "rows.parquet"), (write_json, "rows.json")):
        with pytest.raises(MilvusException, match=r"give it in every row or in none|all rows of a file must have"):
            write(tmp_path / name, schema, rows)


@pytest.mark.parametrize("rows", [[], {}, {"id": [], "v": []}, iter(()), pa.table({"id": [], "v": []})])
def test_no_rows_are_no_file(tmp_path: Path, rows: Any) -> None:
    with pytest.raises(ParamError, match="rows has no rows"):
        write_parquet(tmp_path / "rows.parquet", BOOKS, rows)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rows", ["abc", b"abc", 5, None])
def test_what_is_not_rows_is_refused(tmp_path: Path, rows: Any) -> None:
    with pytest.raises(TypeError, match="rows must be an iterable of rows, a table or a mapping of columns"):
        write_json(tmp_path / "rows.json", BOOKS, rows)


def test_a_number_without_a_form_in_json(tmp_path: Path) -> None:
    schema = schema_of(("f", DataType.DOUBLE), ("v", DataType.FLOAT_VECTOR, {"dim": 2}))
    rows = [{"id": 1, "f": 0.5, "v": [0.0, 1.0]}, {"id": 2, "f": float("inf"), "v": [0.0, 1.0]}]
    with pytest.raises(DataNotMatchException, match="row 1, field 'f': expected JSON, got .*"):
        write_json(tmp_path / "rows.json", schema, rows)
    assert write_parquet(tmp_path / "rows.parquet", schema, rows) == 2


def test_json_that_is_not_an_object_is_text_in_json_rows(tmp_path: Path) -> None:
    schema = schema_of(("j", DataType.JSON, {"nullable": True}), ("v", DataType.FLOAT_VECTOR, {"dim": 2}))
    values = ['"é"', [1, "x"], 5, True, "null", None, {"a": 1}]
    rows = [{"id": row, "j": each, "v": [0.0, 1.0]} for row, each in enumerate(values)]
    write_json(tmp_path / "rows.json", schema, rows)
    found = [row["j"] for row in read_json(tmp_path / "rows.json")]
    assert found == ['"é"', '[1,"x"]', "5", "true", "null", None, {"a": 1}]
    write_parquet(tmp_path / "rows.parquet", schema, rows)
    texts = parquet.read_table(tmp_path / "rows.parquet").column("j").to_pylist()
    assert texts == ['"é"', '[1,"x"]', "5", "true", "null", None, '{"a":1}']


async def rows_later() -> AsyncIterator[dict[str, Any]]:
    yield ROWS[0]


def test_an_async_iterable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="rows must be an iterable, got the async iterable .*; collect its rows first"):
        write_json(tmp_path / "rows.json", BOOKS, rows_later())  # type: ignore[arg-type]  # what a user may try


def test_paths_and_schemas_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match=r"path must end with '\.parquet', .*got '.*rows\.json'"):
        write_parquet(tmp_path / "rows.json", BOOKS, ROWS)
    with pytest.raises(ParamError, match=r"path must end with '\.json'"):
        write_json(tmp_path / "rows", BOOKS, ROWS)
    with pytest.raises(ParamError, match="there is no folder '.*nowhere'"):
        write_json(tmp_path / "nowhere" / "rows.json", BOOKS, ROWS)
    with pytest.raises(ParamError, match="schema must be a CollectionSchema or a result of describe_collection"):
        write_json(tmp_path / "rows.json", ["id"], ROWS)  # type: ignore[arg-type]  # what a user may try
    with pytest.raises(ParamError, match="schema must be a CollectionSchema or a result of describe_collection"):
        write_json(tmp_path / "rows.json", {"a": 1}, ROWS)
    with pytest.raises(ParamError, match="path must be the path of a file, a str or os.PathLike, got 7"):
        write_json(7, BOOKS, ROWS)  # type: ignore[arg-type]  # what a user may try
    with pytest.raises(MilvusException, match="primary"):
        write_json(tmp_path / "rows.json", MilvusClient.create_schema(), ROWS)


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParamError, match=r"needs pyarrow, .*pip install 'milvusclient\[arrow\]', or use write_json"):
        write_parquet(tmp_path / "rows.parquet", BOOKS, ROWS)
    assert write_json(tmp_path / "rows.json", BOOKS, ROWS) == 300


CRASH = """
import os, sys
from milvusclient import DataType, MilvusClient, write_parquet
schema = MilvusClient.create_schema()
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
def rows():
    for row in range(200_000):
        yield {"id": row, "v": [0.0, 1.0]}
    os._exit(9)
write_parquet(sys.argv[1], schema, rows())
"""


def test_a_program_that_ends_suddenly_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    ended = subprocess.run([sys.executable, "-c", CRASH, str(path)], check=False)
    assert ended.returncode == 9
    assert not path.exists()
    assert [file.suffix for file in tmp_path.iterdir()] == [".part"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_other_users_may_read_the_file(tmp_path: Path) -> None:
    write_json(tmp_path / "rows.json", BOOKS, ROWS)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "rows.json").stat().st_mode & 0o777 == 0o666 & ~mask
