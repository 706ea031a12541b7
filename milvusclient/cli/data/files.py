"""Rows in files: read in batches and written as they come. CSV, JSON, JSON lines and Parquet, by the file's ending."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from milvusclient.cli.data.cells import Fields, Row, is_packed, row_from_file
from milvusclient.cli.data.json_rows import as_object, json_rows
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.json_values import csv_cell, json_line, json_value
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["KINDS", "Batch", "open_rows", "path_kind", "writing"]

KINDS = ("csv", "json", "jsonl", "parquet")
#: A row of a file, and the line or the number that it has there.
Numbered: TypeAlias = tuple[int, Mapping[str, object]]
WriteRows: TypeAlias = Callable[[Sequence[Mapping[str, object]]], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes:
        rows: the rows as they are inserted.
        places: where each is in the file, such as "line 7".
        fraction: how much of the file is read, from 0 to 1; None if that is not known.
    """

    rows: list[Row]
    places: list[str]
    fraction: float | None


def path_kind(path: Path) -> str:
    """Return the kind of a file by its ending.

    Raises:
        Failure: it is not one that can be read and written.
    """
    kind = path.suffix.lower().lstrip(".")
    kind = "jsonl" if kind == "ndjson" else kind
    if kind not in KINDS:
        *most, last = (f".{each}" for each in KINDS)
        raise Failure(f"{path}: unknown kind of file; the name must end with {', '.join(most)} or {last}")
    return kind


# --- reading ---------------------------------------------------------------------------------------------------------
def open_rows(path: Path, fields: Fields, size: int, json_columns: Collection[str] = ()) -> Iterator[Batch]:
    """Read the rows of a file in batches.

    Args:
        path: the file.
        fields: the collection's fields by name.
        size: rows in a batch.
        json_columns: the columns of a CSV file, beside those of fields, whose cells are JSON and not text.

    Raises:
        Failure: the file has something that is not a row; the message says where.
    """
    kind = path_kind(path)
    if kind == "parquet":
        for rows, fraction in _parquet(path, fields, size):
            yield _batch(path, "row", rows, fraction, fields)
        return
    with path.open("rb") as binary:
        # What was read of the bytes tells the fraction; the text above them cannot be asked while it is read.
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        if kind == "csv":
            numbered = _csv(path, text, json_columns)
        else:
            numbered = (json_rows if kind == "json" else _json_lines)(path, text)
        whole = max(path.stat().st_size, 1)
        texts = frozenset(json_columns) if kind == "csv" else None
        while rows := list(islice(numbered, size)):
            yield _batch(path, "line", rows, binary.tell() / whole, fields, texts)


def _batch(
    path: Path,
    unit: str,
    numbered: Sequence[Numbered],
    fraction: float | None,
    fields: Fields,
    json_columns: Collection[str] | None = None,
) -> Batch:
    """Convert rows to what is inserted; an invalid one is named by its place."""
    rows = []
    for number, raw in numbered:
        try:
            rows.append(row_from_file(raw, fields, json_columns))
        except ValueError as error:
            raise Failure(f"{path}, {unit} {number}: {error}") from error
    return Batch(rows, [f"{unit} {number}" for number, _ in numbered], fraction)


def _csv(path: Path, text: io.TextIOWrapper, json_columns: Collection[str]) -> Iterator[Numbered]:
    csv.field_size_limit(2**31 - 1)  # a vector is one long cell
    reader = csv.reader(text)
    try:
        header = next(reader, [])
        _check_header(path, header)
        for name in json_columns:
            if name not in header:
                raise Failure(f"{path}: there is no column {name!r} to be read as JSON; the columns are {header}")
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                raise Failure(f"{path}, line {line}: {len(cells)} cells, but the header has {len(header)} names")
            if cells:
                yield line, dict(zip(header, cells, strict=True))
            line = reader.line_num + 1  # a cell may have several lines
    except UnicodeDecodeError as error:
        raise Failure(f"{path}: {error}; save the file in UTF-8") from error
    except csv.Error as error:
        raise Failure(f"{path}: {error}") from error


def _check_header(path: Path, header: Sequence[str]) -> None:
    for number, name in enumerate(header, 1):
        if not name:
            raise Failure(
                f"{path}: column {number} has no name in the header; pandas writes its index so, "
                "and leaves it out with to_csv(index=False)"
            )
        if header.count(name) > 1:
            raise Failure(f"{path}: two columns have the name {name!r}; name each field once")


def _json_lines(path: Path, text: io.TextIOWrapper) -> Iterator[Numbered]:
    number = 0
    try:
        for number, line in enumerate(text, 1):
            if line.strip():
                yield number, as_object(path, json.loads(line), number)
    except ValueError as error:
        raise Failure(f"{path}, line {number}: {error}") from error


def _pyarrow(path: Path) -> tuple[ModuleType, ModuleType]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise Failure(f"{path}: Parquet needs pyarrow: python -m pip install pyarrow") from error


def _parquet(path: Path, fields: Fields, size: int) -> Iterator[tuple[list[Numbered], float | None]]:
    arrow, parquet = _pyarrow(path)
    # What Parquet has no plain type for is JSON text in it.
    packed = {name for name, field in fields.items() if is_packed(field)}

    def unpacked(row: Mapping[str, object]) -> Mapping[str, object]:
        texts = {name: row[name] for name in packed & row.keys()}
        return {**row, **{name: json.loads(text) for name, text in texts.items() if isinstance(text, str)}}

    try:
        file = parquet.ParquetFile(path)
        done = 0
        for batch in file.iter_batches(size):
            rows = [(number, unpacked(row)) for number, row in enumerate(batch.to_pylist(), done + 1)]
            done += batch.num_rows
            yield rows, done / max(file.metadata.num_rows, 1)
    except (arrow.ArrowException, ValueError) as error:
        raise Failure(f"{path}: {error}") from error


# --- writing ---------------------------------------------------------------------------------------------------------
@contextmanager
def writing(path: Path, columns: Sequence[str], fields: Fields | None = None) -> Iterator[WriteRows]:
    """Give a function that writes rows to a new file, which appears under its name when all are written.

    Args:
        path: the file.
        columns: the columns of a CSV or Parquet file; empty means those of the first rows.
        fields: the collection's fields by name, which tell the types in a Parquet file.
    """
    kind = path_kind(path)
    if not path.parent.is_dir():
        raise Failure(f"{path}: the folder {path.parent} does not exist; create it first")
    unfinished = path.with_name(f".{path.name}.part")
    if kind == "parquet":
        writer = _parquet_writer(unfinished, columns, fields or {})
    else:
        writer = _text_writer(unfinished, kind, columns, fields or {})
    try:
        with writer as write:
            yield write
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _text_writer(path: Path, kind: str, columns: Sequence[str], fields: Fields) -> Iterator[WriteRows]:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = list(columns)
        packed = {name for name, field in fields.items() if is_packed(field)}
        count = 0

        def write(rows: Sequence[Mapping[str, object]]) -> None:
            nonlocal count, names
            if kind == "csv":
                if not count:
                    names = names or list(dict.fromkeys(key for row in rows for key in row))
                    table.writerow(names)
                table.writerows([_csv_cell(row.get(name), name in packed) for name in names] for row in rows)
            else:
                for index, row in enumerate(rows, count):
                    before = (",\n" if index else "[\n") if kind == "json" else ""
                    file.write(before + json_line(json_value(row)) + ("\n" if kind == "jsonl" else ""))
            count += len(rows)

        yield write
        if kind == "json":
            file.write("\n]\n" if count else "[]\n")
        elif kind == "csv" and not count:
            table.writerow(names)


def _csv_cell(value: object, packed: bool) -> object:
    """Convert a value; a string in a JSON field keeps its quotes, so that it is read as the string again."""
    return json_line(value) if packed and isinstance(value, str) else csv_cell(value)


def _arrow_type(arrow: ModuleType, field: FieldDescription | None, values: Sequence[object]) -> Any:
    """Return the type of a column: the field's own; of a dynamic field, that of its first values."""
    if field is None:
        found = arrow.array(values).type
        return arrow.string() if found == arrow.null() else found
    facts = FACTS[field["type"]]
    if facts.data_type is DataType.FLOAT_VECTOR:
        return arrow.list_(arrow.float32())
    if facts.family == "bool":
        return arrow.bool_()
    return arrow.type_for_alias(facts.dtype[1:]) if facts.family in ("integer", "float") else arrow.string()


@contextmanager
def _parquet_writer(path: Path, columns: Sequence[str], fields: Fields) -> Iterator[WriteRows]:
    arrow, parquet = _pyarrow(path)
    opened: list[Any] = []

    def write(rows: Sequence[Mapping[str, object]]) -> None:
        names = list(columns) or list(dict.fromkeys(key for row in rows for key in row))
        try:
            if not opened:
                types = {
                    name: _arrow_type(arrow, fields.get(name), [json_value(row.get(name)) for row in rows])
                    for name in names
                }
                opened.append(parquet.ParquetWriter(path, arrow.schema(list(types.items()))))
            schema = opened[0].schema
            values = {
                each.name: [
                    _arrow_cell(row.get(each.name), fields.get(each.name), each.type == arrow.string()) for row in rows
                ]
                for each in schema
            }
            opened[0].write_table(arrow.table(values, schema=schema))
        except arrow.ArrowException as error:
            raise Failure(f"the rows do not fit one table: {error}; export to .jsonl instead") from error

    try:
        yield write
        if not opened:
            write([])
    finally:
        for each in opened:
            each.close()


def _arrow_cell(value: object, field: FieldDescription | None, as_text: bool) -> object:
    """Convert a value; what Parquet has no type for is JSON text, and so is each value of a JSON field."""
    shown = json_value(value)
    if not as_text or shown is None:
        return shown
    return json_line(shown) if is_packed(field) or not isinstance(shown, str) else shown
