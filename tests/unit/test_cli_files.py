"""Rows in files: values are read as their fields want them, errors name the line, what is written can be read again."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from milvusclient import DataType
from milvusclient.cli.data.cells import row_from_file
from milvusclient.cli.data.columns import export_columns
from milvusclient.cli.data.files import path_kind, writing
from milvusclient.cli.data.json_rows import json_rows
from milvusclient.cli.data.sources import BadRow, FileSource, Places
from milvusclient.cli.framework.failure import Failure
from milvusclient.models.descriptions import FieldDescription


def field(name: str, kind: DataType, *, nullable: bool = False) -> FieldDescription:
    found: FieldDescription = {"field_id": 1, "name": name, "description": "", "type": kind, "params": {}}
    return {**found, "nullable": True} if nullable else found


FIELDS = {
    each["name"]: each
    for each in (
        field("id", DataType.INT64),
        field("v", DataType.FLOAT_VECTOR),
        field("title", DataType.VARCHAR),
        field("note", DataType.VARCHAR, nullable=True),
        field("ok", DataType.BOOL),
        field("price", DataType.DOUBLE),
        field("sparse", DataType.SPARSE_FLOAT_VECTOR),
        field("bits", DataType.BINARY_VECTOR),
    )
}


def read(path: Path, json_columns: tuple[str, ...] = (), fields: Mapping[str, FieldDescription] = FIELDS) -> list[Any]:
    """Return the rows of a file; what is not a row, and what ends the rows, is raised with its place."""
    source = FileSource(path, fields, json_columns)
    opened = source.open()
    rows = opened.read_all().to_pylist() if hasattr(opened, "read_all") else list(opened)
    for position, row in enumerate(rows):
        if isinstance(row, BadRow):
            raise Failure(f"{path}, {source.place(position)}: {row.error}")
    if source.failure is not None:
        raise source.failure
    return rows


def test_csv_cells_become_values_of_their_fields(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = 'id,v,title,note,ok,price,sparse,bits,extra\n1,"[1, 2]",12,,true,0.5,"{""3"": 0.5}",1100,7\n'
    text += '2,"[3,4]",,a,0,1,,,word\n'
    path.write_text("\ufeff" + text, encoding="utf-8")
    values = {"price": 0.5, "sparse": {3: 0.5}, "bits": b"\x11\x00", "extra": "7"}
    assert read(path) == [
        {"id": 1, "v": [1, 2], "title": "12", "ok": True, **values},
        {"id": 2, "v": [3, 4], "title": "", "note": "a", "ok": False, "price": 1.0, "extra": "word"},
    ]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        (
            "x.csv",
            "id\n1\nx\n",
            "x.csv, line 3: field 'id': expected an INT64 (-9223372036854775808 to 9223372036854775807), got 'x'",
        ),
        ("x.csv", "id,ok\n1,maybe\n", "line 2: field 'ok': expected a BOOL, got 'maybe'"),
        ("x.csv", "id\n1,2\n", "line 2: 2 cells, but the header has 1 names"),
        ("x.csv", "id,title\n1\n", "line 2: 1 cells, but the header has 2 names"),
        ("x.csv", "id,id\n1,2\n", "two columns have the name 'id'"),
        ("x.csv", ",id\n0,2\n", "to_csv(index=False)"),
        ("x.csv", "id\n1_000\n", "expected an INT64 (-9223372036854775808 to 9223372036854775807), got '1_000'"),
        ("x.csv", "id\n+5\n", "expected an INT64 (-9223372036854775808 to 9223372036854775807), got '+5'"),
        ("x.csv", "id\n3.5\n", "expected an INT64 (-9223372036854775808 to 9223372036854775807), got '3.5'"),
        ("x.csv", "price\n1_0.5\n", "expected a DOUBLE, got '1_0.5'"),
        ("x.csv", 'id,title\n1,"a\nb"\nx,c\n', "line 4: field 'id'"),
        ("x.jsonl", '{"id": 1}\n{"id"\n', "line 2"),
        ("x.jsonl", '{"id": 1}\n[1]\n', "line 2: a row must be an object"),
        ("x.json", '[{"id": 1}, {"id": 2}, [3]]', "line 1, row 3: a row must be an object"),
        ("x.json", "[1]", "line 1, row 1: a row must be an object"),
        ("x.json", '[{"id": 1},\n {"id": 2},\n [3]]', "line 3, row 3: a row must be an object"),
        (
            "x.json",
            '[\n{"id": 1,\n "title": "a"},\n{"bits": "zz"}]',
            "line 4, row 2: field 'bits': expected a BINARY_VECTOR",
        ),
        ("x.json", "3", "list of objects"),
        ("x.json", "{", "x.json"),
        ("x.txt", "", ".csv, .json, .jsonl, .parquet, .arrow or .feather"),
    ],
)
def test_an_invalid_row_is_named_by_file_and_line(tmp_path: Path, name: str, text: str, wanted: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as caught:
        read(tmp_path / name)
    assert wanted in caught.value.message


def test_a_source_tells_the_fraction_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text('{"id": 1}\n\n' + '{"id": 2}\n' * 9000, encoding="utf-8")
    assert path_kind(path) == "jsonl"
    source = FileSource(path, FIELDS)
    rows = source.open()
    next(rows)
    assert source.fraction is not None
    assert 0 < source.fraction < 0.5
    assert len(list(rows)) == 9000
    assert source.fraction == 1.0
    assert [source.place(position) for position in (0, 1, 9000)] == ["line 1", "line 3", "line 9002"]


@pytest.mark.parametrize("lines", [[1, 2, 3], [2, 4, 6, 7, 8], [5], [1, 1, 1], [1, 5, 6, 9, 12, 20, 21, 22]])
def test_places_are_the_lines_that_were_noted(lines: list[int]) -> None:
    places = Places()
    for line in lines:
        places.add(line)
    assert [places[position] for position in range(len(lines))] == lines


def test_what_is_not_a_row_keeps_its_position_and_is_kept_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('id,v\n1,"[1, 2]"\nx,"[3, 4]"\n5\n6,"[7, 8]"\n', encoding="utf-8")
    source = FileSource(path, FIELDS)
    first, second, third, last = list(source.open())
    assert (first, last, source.failure) == ({"id": 1, "v": [1, 2]}, {"id": 6, "v": [7, 8]}, None)
    assert (second.row, third.row) == ({"id": "x", "v": [3, 4]}, ["5"])
    assert third.error == "1 cells, but the header has 2 names"


@pytest.mark.parametrize(
    ("text", "rows", "words"),
    [
        (
            '[{"id": 1},\n{"id": 2},\n{"id"',
            2,
            "x.json, behind row 2 in line 2: the file ends too early",
        ),
        ('[{"id": 1}', 1, "x.json, behind row 1 in line 1: the file ends too early; it is incomplete"),
        ('[{"id": 1},', 1, "x.json, behind row 1 in line 1: the file ends too early; it is incomplete"),
        ("[", 0, "x.json: the file ends too early; it is incomplete"),
        ('{"id": 1, "ti', 0, "x.json: the file ends too early; it is incomplete"),
        ('[{"id": 1}, {"id": 2,,', 1, "x.json, behind row 1 in line 1: it is not JSON: Expecting property name"),
        ("", 0, "x.json: the file is empty; it must be a list of objects, which is [] without rows"),
        (" \n", 0, "x.json: the file is empty; it must be a list of objects, which is [] without rows"),
        ("7", 0, "x.json: it must be a list of objects"),
        ("\udcff", 0, "invalid start byte; save the file in UTF-8"),
    ],
)
def test_a_file_that_is_broken_gives_the_rows_before_that(tmp_path: Path, text: str, rows: int, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    source = FileSource(path, FIELDS)
    assert list(source.open()) == [{"id": number} for number in range(1, rows + 1)]
    assert source.failure is not None
    assert words in source.failure.message
    assert "char" not in source.failure.message, "a position in a piece of the file"


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_file_that_is_not_parquet_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(Failure, match=r"x\.parquet: it is not a Parquet file, or is incomplete: "):
        FileSource(path, FIELDS).open()


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.feather"])
def test_a_columnar_file_stays_columns(tmp_path: Path, name: str) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"id": [1, 2, 3], "v": [[0.5, 1.0]] * 3})
    path = tmp_path / name
    if name == "x.parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    else:
        ipc = pytest.importorskip("pyarrow.ipc")
        with (ipc.new_file if name == "x.arrow" else ipc.new_stream)(path, table.schema) as writer:
            writer.write_table(table)
    source = FileSource(path, FIELDS)
    reader = source.open()
    assert hasattr(reader, "__arrow_c_stream__")
    assert reader.read_all().equals(table)
    assert source.fraction == (None if name == "x.feather" else 1.0)
    assert source.place(2) == "row 3"
    path.write_bytes(b"PAR1")
    with pytest.raises(Failure, match=name):
        FileSource(path, FIELDS).open()


def test_integers_that_pandas_wrote_as_floats_are_integers_in_parquet_too(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / "x.parquet"
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table({"id": [1.0, 2.5]}), path)
    first, second = FileSource(path, FIELDS).open()
    assert (first, second["id"]) == ({"id": 1}, 2.5)


def test_a_file_of_rejected_rows_is_read_as_those_rows(tmp_path: Path) -> None:
    path = tmp_path / "rejected.jsonl"
    line = {"index": 5, "place": "line 7", "error": "why", "row": {"id": 1, "bits": "01"}}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert read(path) == [{"id": 1, "bits": b"\x01"}]
    assert read(path, fields={}) == [line["row"]]
    assert read(path, fields={"error": field("error", DataType.VARCHAR)}) == [line], "these are its fields"


class _Counted(io.StringIO):
    """A file that counts what was read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> str:
        text = super().read(size)
        self.count += len(text)
        return text


def test_a_json_file_is_read_piece_by_piece() -> None:
    rows = [{"id": number, "v": [0.5] * 50, "text": "],[{}"} for number in range(20_000)]
    file = _Counted(json.dumps(rows))
    found = json_rows(Path("x.json"), file)
    assert next(found) == (1, rows[0])
    assert file.count < 2 << 20 < len(file.getvalue())
    assert [row for _, row in found] == rows[1:]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[]", []),
        (' [ {"id": 1} ,\n{"id": 2}\t] ', [{"id": 1}, {"id": 2}]),
        ('{ "rows" : [{"id": 1}], "more": 1}', [{"id": 1}]),
        ('{"id": 1}', [{"id": 1}]),
    ],
)
def test_a_json_file_is_a_list_rows_or_one_object(text: str, wanted: list[dict[str, Any]]) -> None:
    assert [row for _, row in json_rows(Path("x.json"), io.StringIO(text))] == wanted


@pytest.mark.parametrize("text", ['[{"id": 1} {"id": 2}]', '[{"id": 1}, {"id"', '[{"id": 1}', "", "nothing"])
def test_a_file_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(Failure, match=r"x\.json"):
        list(json_rows(Path("x.json"), io.StringIO(text)))


COMMON: dict[str, Any] = {"price": 0.1, "sparse": {3: 0.5}, "bits": [b"\x01"]}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "v": [0.5, 1.0], "title": "a, b", "note": None, "ok": True, **COMMON},
    {"id": 2, "v": [1.5, 2.0], "title": "", "note": "x", "ok": False, **COMMON, "bits": [b"\xff"]},
]


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.jsonl", "x.parquet"])
def test_a_written_file_can_be_read_again(tmp_path: Path, name: str) -> None:
    if name == "x.parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    with writing(path, [], FIELDS) as write:
        write(ROWS[:1])
        assert not path.exists()
        write(ROWS[1:])
    wanted = [{**row, "bits": bytes(row["bits"][0])} for row in ROWS]
    found = [{"note": None, **row} for row in read(path)]
    assert found == wanted
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("name", "wanted"), [("x.csv", "a\n"), ("x.json", "[]\n"), ("x.jsonl", "")])
def test_an_export_without_rows_writes_a_file(tmp_path: Path, name: str, wanted: str) -> None:
    with writing(tmp_path / name, ["a"]):
        pass
    assert (tmp_path / name).read_text(encoding="utf-8") == wanted


def test_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")

    def fail() -> None:
        with writing(tmp_path / "x.csv", []) as write:
            write([{"a": 1}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "old"


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Failure, match="pip install pyarrow"):
        read(tmp_path / "x.parquet")


def test_json_keys_of_a_sparse_vector_are_numbers() -> None:
    assert row_from_file({"sparse": {"7": 0.5}}, FIELDS) == {"sparse": {7: 0.5}}
    with pytest.raises(ValueError, match="field 'bits': expected a BINARY_VECTOR"):
        row_from_file({"bits": "zz"}, FIELDS)


def test_the_columns_of_an_export() -> None:
    assert export_columns(["*", "extra"], list(FIELDS.values()))[-2:] == ["bits", "extra"]
    assert export_columns(["id"], list(FIELDS.values())) == ["id"]


#: Cells of a dynamic column that look like numbers, JSON or nothing, and are texts.
LOOKS_TYPED = ["12e4", "1.10", "true", "null", "NaN", "007", '"quoted"', "[1]", "1_000", "+5"]


def test_a_cell_of_a_dynamic_column_is_text_unless_its_column_is_json(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "extra"], *([str(number), text] for number, text in enumerate(LOOKS_TYPED))])
    assert [row["extra"] for row in read(path)] == LOOKS_TYPED
    path.write_text("id,extra,other\n1,12e4,1.10\n", encoding="utf-8")
    assert read(path, json_columns=("extra",)) == [{"id": 1, "extra": 120000.0, "other": "1.10"}]
    path.write_text("id,extra\n1,word\n", encoding="utf-8")
    with pytest.raises(Failure, match=r"line 2: field 'extra': expected JSON, got 'word'"):
        read(path, json_columns=("extra",))
    with pytest.raises(Failure, match="there is no column 'extras' to be read as JSON"):
        read(path, json_columns=("extra", "extras"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.csv", "id\n3.0\n"), ("x.csv", "id\n3.\n"), ("x.jsonl", '{"id": 3.0}\n'), ("x.json", '[{"id": 3.0}]')],
)
def test_an_integer_that_pandas_wrote_as_a_float_is_an_integer(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    [row] = read(tmp_path / name)
    assert row == {"id": 3}
    assert type(row["id"]) is int


def test_json_strings_stay_strings(tmp_path: Path) -> None:
    fields = {"j": field("j", DataType.JSON)}
    values = ["5", "null", "[1]", '{"a": 1}', "text", 5, None, {"a": "1"}]
    for name in ("x.jsonl", "x.json", "x.parquet", "x.csv"):
        if name == "x.parquet":
            pytest.importorskip("pyarrow")
        with writing(tmp_path / name, ["j"], fields) as write:
            write([{"j": value} for value in values])
        found = [row.get("j") for row in read(tmp_path / name, fields=fields)]
        texts = [json.loads(text) if name == "x.parquet" and text else text for text in found]  # documents as they are
        assert texts == values, name


def test_an_export_into_a_folder_that_does_not_exist_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"nix does not exist; create it first"), writing(tmp_path / "nix" / "x.csv", []):
        pass
