"""Files of rows: their kinds by their endings, and the writing of CSV, JSON, JSON lines and Parquet."""

from __future__ import annotations

import csv
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from milvusclient.cli.data.cells import Fields, is_packed
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.json_values import csv_cell, json_line, json_value
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["KINDS", "Written", "load_pyarrow", "path_kind", "unfinished_path", "writing"]

KINDS = ("csv", "json", "jsonl", "parquet")
#: Those that can only be read.
_READ_ONLY = ("arrow", "feather")
#: Writes rows, and returns the size of the file then; 0 for one that cannot be continued.
WriteRows: TypeAlias = Callable[[Sequence[Mapping[str, object]]], int]


def path_kind(path: Path, *, to_write: bool = False) -> str:
    """Return the kind of a file by its ending.

    Args:
        path: the file.
        to_write: whether it is to be written, and not read.

    Raises:
        Failure: it is not one that can be read, or written.
    """
    kind = path.suffix.lower().lstrip(".")
    kind = "jsonl" if kind == "ndjson" else kind
    kinds = KINDS if to_write else (*KINDS, *_READ_ONLY)
    if kind not in kinds:
        *most, last = (f".{each}" for each in kinds)
        raise Failure(f"{path}: unknown kind of file; the name must end with {', '.join(most)} or {last}")
    return kind


def load_pyarrow(path: Path) -> tuple[ModuleType, ModuleType]:
    """Return pyarrow, and its module for Parquet.

    Raises:
        Failure: it is not installed.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        kind = "Parquet" if path_kind(path) == "parquet" else "Arrow"
        raise Failure(f"{path}: {kind} needs pyarrow: python -m pip install pyarrow") from error


# --- writing ---------------------------------------------------------------------------------------------------------
class Written(NamedTuple):
    """The part of a file that an earlier export has written.

    Attributes:
        rows: number of rows in it.
        bytes: its size; what is behind it in the file is dropped.
    """

    rows: int
    bytes: int


def unfinished_path(path: Path) -> Path:
    """Return the name that a file has until all its rows are written."""
    return path.with_name(f".{path.name}.part")


@contextmanager
def writing(
    path: Path, columns: Sequence[str], fields: Fields | None = None, *, written: Written | None = None
) -> Iterator[WriteRows]:
    """Give a function that writes rows to a new file, which appears under its name when all are written.

    Args:
        path: the file.
        columns: the columns of a CSV or Parquet file; empty means those of the first rows.
        fields: the collection's fields by name, which tell the types in a Parquet file.
        written: what an earlier export has written; given, what is written is kept after a failure, too.
    """
    kind = path_kind(path, to_write=True)
    if not path.parent.is_dir():
        raise Failure(f"{path}: the folder {path.parent} does not exist; create it first")
    unfinished = unfinished_path(path)
    if kind == "parquet":
        writer = _parquet_writer(unfinished, columns, fields or {})
    else:
        writer = _text_writer(unfinished, kind, columns, fields or {}, written or Written(0, 0))
    try:
        with writer as write:
            yield write
        unfinished.replace(path)
    finally:
        if written is None:
            unfinished.unlink(missing_ok=True)


@contextmanager
def _text_writer(
    path: Path, kind: str, columns: Sequence[str], fields: Fields, written: Written
) -> Iterator[WriteRows]:
    if written.bytes:
        os.truncate(path, written.bytes)
    with path.open("a" if written.bytes else "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = list(columns)
        packed = {name for name, field in fields.items() if is_packed(field)}
        count = written.rows

        def write(rows: Sequence[Mapping[str, object]]) -> int:
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
            file.flush()
            return os.fstat(file.fileno()).st_size

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
    arrow, parquet = load_pyarrow(path)
    opened: list[Any] = []

    def write(rows: Sequence[Mapping[str, object]]) -> int:
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
        return 0

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
