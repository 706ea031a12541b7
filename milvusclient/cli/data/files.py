"""Rows in files: read in batches and written as they come. CSV, JSON, JSON lines and Parquet, by the file's ending."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from milvusclient import DataType
from milvusclient.cli.data.json_rows import as_object, json_rows
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.output import csv_cell, plain
from milvusclient.models.descriptions import FieldDescription
from milvusclient.schema.type_facts import FACTS, TypeFacts

__all__ = ["KINDS", "Batch", "Row", "export_columns", "kind_of", "open_rows", "row_from_file", "writing"]

Row: TypeAlias = dict[str, Any]
Fields: TypeAlias = Mapping[str, FieldDescription]
KINDS = ("csv", "json", "jsonl", "parquet")

#: What Parquet has no plain type for is JSON text in it.
_JSON_FAMILIES = ("sparse", "json", "array")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, and how much of it is read, from 0 to 1, if that is known."""

    rows: list[Row]
    part: float | None


def kind_of(path: Path) -> str:
    """What kind of file a path is, by its ending.

    Raises:
        Failure: it is none of those that can be read and written.
    """
    kind = path.suffix.lower().lstrip(".")
    kind = "jsonl" if kind == "ndjson" else kind
    if kind not in KINDS:
        raise Failure(
            f"{path}: cannot tell what it is; the name must end with {', '.join(f'.{each}' for each in KINDS)}"
        )
    return kind


# --- values ----------------------------------------------------------------------------------------------------------
def from_text(text: str, field: FieldDescription | None) -> object:
    """The value of a cell of a CSV file, as its field wants it.

    Raises:
        ValueError: the text is no such value.
    """
    facts = FACTS[field["type"]] if field else None
    if facts is not None:
        if facts.family == "string" or _is_bytes(facts):
            return text
        if facts.family == "integer":
            return int(text)
        if facts.family == "float":
            return float(text)
        if facts.family == "bool":
            return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
    try:
        value: object = json.loads(text)
    except ValueError:
        if facts is None:
            return text
        raise
    return value


def _is_bytes(facts: TypeFacts) -> bool:
    """Return whether a vector is written in hex or as a list: every dense one but lists of floats."""
    return facts.family == "dense" and facts.data_type is not DataType.FLOAT_VECTOR


def _is_absent(text: object, field: FieldDescription | None) -> bool:
    """Return whether a cell is no value: one that is empty, unless that is a value of its type and none is missing."""
    if text is None:
        return True
    return text == "" and not (field and FACTS[field["type"]].allows_empty and not field.get("nullable"))


def row_from_file(raw: Mapping[str, object], fields: Fields, *, texts: bool) -> Row:
    """A row as it is inserted: cells as values, hex as bytes, the positions of sparse vectors as numbers.

    Args:
        raw: the row as the file has it.
        fields: the collection's fields by name; other names are dynamic fields.
        texts: whether all values are texts, as in CSV.

    Raises:
        ValueError: a value is not what its field wants; the message names the field.
    """
    row: Row = {}
    for name, found in raw.items():
        field = fields.get(name)
        if texts and _is_absent(found, field):
            continue
        try:
            value = from_text(found, field) if texts and isinstance(found, str) else found
            row[name] = _as_field(value, field["type"]) if field else value
        except (ValueError, KeyError) as error:
            expected = FACTS[field["type"]].words if field else "a value"
            raise ValueError(f"field {name!r}: expected {expected}, got {str(found)[:60]!r}") from error
    return row


def _as_field(value: object, kind: DataType) -> object:
    if kind is DataType.SPARSE_FLOAT_VECTOR and isinstance(value, Mapping):
        return {int(key): number for key, number in value.items()}
    if not _is_bytes(FACTS[kind]):
        return value
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    return bytes.fromhex(value) if isinstance(value, str) else value


# --- reading ---------------------------------------------------------------------------------------------------------
def open_rows(path: Path, fields: Fields, size: int) -> Iterator[Batch]:
    """The rows of a file, in batches.

    Args:
        path: the file.
        fields: the collection's fields by name.
        size: rows in a batch.

    Raises:
        Failure: the file has something that is no row; the message says where.
    """
    kind = kind_of(path)
    if kind == "parquet":
        yield from _numbered(path, _parquet(path, fields, size), fields, texts=False)
        return
    with path.open("rb") as binary:
        # What was read of the bytes tells how far it is; the text above them cannot be asked while it is read.
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        raw = {"csv": _csv, "json": json_rows, "jsonl": _json_lines}[kind](path, text)
        whole = max(path.stat().st_size, 1)
        batches = ((rows, binary.tell() / whole) for rows in iter(lambda: list(islice(raw, size)), []))
        yield from _numbered(path, batches, fields, texts=kind == "csv")


def _numbered(
    path: Path, batches: Iterator[tuple[list[Mapping[str, object]], float | None]], fields: Fields, *, texts: bool
) -> Iterator[Batch]:
    """The rows as they are inserted; a bad one is named by its number."""
    done = 0
    for raw, part in batches:
        rows = []
        for number, each in enumerate(raw, done + 1):
            try:
                rows.append(row_from_file(each, fields, texts=texts))
            except ValueError as error:
                raise Failure(f"{path}, row {number}: {error}") from error
        done += len(rows)
        yield Batch(rows, part)


def _csv(path: Path, text: io.TextIOWrapper) -> Iterator[Mapping[str, object]]:
    csv.field_size_limit(2**31 - 1)  # a vector is one long cell
    try:
        for row in csv.DictReader(text, restkey=""):
            if "" in row:
                raise Failure(f"{path}: a row has more cells than the header has names")
            yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise Failure(f"{path}: {error}") from error


def _json_lines(path: Path, text: io.TextIOWrapper) -> Iterator[Mapping[str, object]]:
    try:
        for number, line in enumerate(text, 1):
            if line.strip():
                yield as_object(path, json.loads(line), number)
    except ValueError as error:
        raise Failure(f"{path}, line {number}: {error}") from error


def _pyarrow(path: Path) -> tuple[ModuleType, ModuleType]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise Failure(f"{path}: Parquet needs pyarrow: python -m pip install pyarrow") from error


def _parquet(path: Path, fields: Fields, size: int) -> Iterator[tuple[list[Mapping[str, object]], float | None]]:
    arrow, parquet = _pyarrow(path)
    packed = {name for name, field in fields.items() if FACTS[field["type"]].family in _JSON_FAMILIES}

    def unpacked(row: Mapping[str, object]) -> Mapping[str, object]:
        texts = {name: row[name] for name in packed & row.keys()}
        return {**row, **{name: json.loads(text) for name, text in texts.items() if isinstance(text, str)}}

    try:
        file = parquet.ParquetFile(path)
        done = 0
        for batch in file.iter_batches(size):
            done += batch.num_rows
            yield [unpacked(row) for row in batch.to_pylist()], done / max(file.metadata.num_rows, 1)
    except (arrow.ArrowException, ValueError) as error:
        raise Failure(f"{path}: {error}") from error


def export_columns(chosen: Sequence[str], described: Sequence[FieldDescription]) -> list[str]:
    """The columns of a table: dynamic fields differ from row to row, so they are there when they are named."""
    fixed = [field["name"] for field in described if not field.get("is_dynamic")] if "*" in chosen else []
    return [*fixed, *(name for name in chosen if name != "*" and name not in fixed)]


# --- writing ---------------------------------------------------------------------------------------------------------
@contextmanager
def writing(
    path: Path, columns: Sequence[str], fields: Fields | None = None
) -> Iterator[Callable[[Sequence[Mapping[str, object]]], None]]:
    """A function that writes rows to a new file; the file appears under its name when all are written.

    Args:
        path: the file.
        columns: the columns of a CSV or Parquet file; empty means those of the first rows.
        fields: the collection's fields by name, which tell the types in a Parquet file.
    """
    kind = kind_of(path)
    unfinished = path.with_name(f".{path.name}.part")
    if kind == "parquet":
        writer = _parquet_writer(unfinished, columns, fields or {})
    else:
        writer = _text_writer(unfinished, kind, columns)
    try:
        with writer as write:
            yield write
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _text_writer(
    path: Path, kind: str, columns: Sequence[str]
) -> Iterator[Callable[[Sequence[Mapping[str, object]]], None]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = list(columns)
        count = 0

        def write(rows: Sequence[Mapping[str, object]]) -> None:
            nonlocal count, names
            if kind == "csv":
                if not count:
                    names = names or list(dict.fromkeys(key for row in rows for key in row))
                    table.writerow(names)
                table.writerows([csv_cell(row.get(name)) for name in names] for row in rows)
            else:
                for index, row in enumerate(rows, count):
                    before = (",\n" if index else "[\n") if kind == "json" else ""
                    file.write(before + json.dumps(plain(row), ensure_ascii=False) + ("\n" if kind == "jsonl" else ""))
            count += len(rows)

        yield write
        if kind == "json":
            file.write("\n]\n" if count else "[]\n")
        elif kind == "csv" and not count:
            table.writerow(names)


def _arrow_type(arrow: ModuleType, field: FieldDescription | None, values: Sequence[object]) -> Any:
    """The type of a column: the field's own; of a dynamic field, that of its first values."""
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
def _parquet_writer(
    path: Path, columns: Sequence[str], fields: Fields
) -> Iterator[Callable[[Sequence[Mapping[str, object]]], None]]:
    arrow, parquet = _pyarrow(path)
    opened: list[Any] = []

    def write(rows: Sequence[Mapping[str, object]]) -> None:
        names = list(columns) or list(dict.fromkeys(key for row in rows for key in row))
        try:
            if not opened:
                types = {
                    name: _arrow_type(arrow, fields.get(name), [plain(row.get(name)) for row in rows]) for name in names
                }
                opened.append(parquet.ParquetWriter(path, arrow.schema(list(types.items()))))
            schema = opened[0].schema
            values = {
                each.name: [_arrow_cell(row.get(each.name), each.type == arrow.string()) for row in rows]
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


def _arrow_cell(value: object, as_text: bool) -> object:
    shown = plain(value)
    return json.dumps(shown, ensure_ascii=False) if as_text and not isinstance(shown, str | None) else shown
