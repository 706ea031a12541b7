"""Rows in files: what is read is what was meant, what is bad is named, what is written can be read again."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from milvusclient import DataType
from milvusclient.cli.data.files import export_columns, kind_of, open_rows, row_from_file, writing
from milvusclient.cli.data.json_rows import json_rows
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


def read(path: Path, size: int = 100) -> list[dict[str, Any]]:
    return [row for batch in open_rows(path, FIELDS, size) for row in batch.rows]


def test_cells_become_what_their_fields_want(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = 'id,v,title,note,ok,price,sparse,bits,extra\n1,"[1, 2]",12,,true,0.5,"{""3"": 0.5}",1100,7\n'
    text += '2,"[3,4]",,a,0,1,,,word\n'
    path.write_text("\ufeff" + text, encoding="utf-8")
    values = {"price": 0.5, "sparse": {3: 0.5}, "bits": b"\x11\x00", "extra": 7}
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
            "row 2: field 'id': expected an INT64",
        ),
        ("x.csv", "id,ok\n1,maybe\n", "row 1: field 'ok': expected a BOOL"),
        ("x.csv", "id\n1,2\n", "more cells"),
        ("x.jsonl", '{"id": 1}\n{"id"\n', "line 2"),
        ("x.jsonl", '{"id": 1}\n[1]\n', "row 2: it must be an object"),
        ("x.json", "[1]", "row 1: it must be an object"),
        ("x.json", "3", "list of objects"),
        ("x.json", "{", "x.json"),
        ("x.txt", "", ".csv, .json, .jsonl, .parquet"),
    ],
)
def test_what_is_no_row_is_named(tmp_path: Path, name: str, text: str, wanted: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as caught:
        read(tmp_path / name)
    assert wanted in caught.value.message


def test_batches_say_how_much_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"rows": [{"id": 1}, {"id": 2}, {"id": 3}]}', encoding="utf-8")
    assert [(len(batch.rows), batch.part) for batch in open_rows(path, FIELDS, 2)] == [(2, 1.0), (1, 1.0)]
    lines = tmp_path / "x.ndjson"
    lines.write_text('{"id": 1}\n\n{"id": 2}\n', encoding="utf-8")
    assert kind_of(lines) == "jsonl"
    assert [batch.part for batch in open_rows(lines, FIELDS, 5)] == [1.0]


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
    assert next(found) == rows[0]
    assert file.count < 2 << 20 < len(file.getvalue())
    assert list(found) == rows[1:]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[]", []),
        (' [ {"id": 1} ,\n{"id": 2}\t] ', [{"id": 1}, {"id": 2}]),
        ('{ "rows" : [{"id": 1}], "more": 1}', [{"id": 1}]),
        ('{"id": 1}', [{"id": 1}]),
    ],
)
def test_the_shapes_of_a_json_file(text: str, wanted: list[dict[str, Any]]) -> None:
    assert list(json_rows(Path("x.json"), io.StringIO(text))) == wanted


@pytest.mark.parametrize("text", ['[{"id": 1} {"id": 2}]', '[{"id": 1}, {"id"', '[{"id": 1}', "", "[1]", "nothing"])
def test_what_is_no_json_is_said(text: str) -> None:
    with pytest.raises(Failure, match=r"x\.json"):
        list(json_rows(Path("x.json"), io.StringIO(text)))


COMMON: dict[str, Any] = {"price": 0.1, "sparse": {3: 0.5}, "bits": [b"\x01"]}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "v": [0.5, 1.0], "title": "a, b", "note": None, "ok": True, **COMMON},
    {"id": 2, "v": [1.5, 2.0], "title": "", "note": "x", "ok": False, **COMMON, "bits": [b"\xff"]},
]


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.jsonl", "x.parquet"])
def test_what_is_written_can_be_read_again(tmp_path: Path, name: str) -> None:
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
def test_no_rows_are_a_file_too(tmp_path: Path, name: str, wanted: str) -> None:
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
    assert row_from_file({"sparse": {"7": 0.5}}, FIELDS, texts=False) == {"sparse": {7: 0.5}}
    with pytest.raises(ValueError, match="'bits': expected a BINARY_VECTOR"):
        row_from_file({"bits": "zz"}, FIELDS, texts=False)


def test_the_columns_of_an_export() -> None:
    assert export_columns(["*", "extra"], list(FIELDS.values()))[-2:] == ["bits", "extra"]
    assert export_columns(["id"], list(FIELDS.values())) == ["id"]
