"""The rows of a file on their way to the server, read piece by piece, and the place that each has in the file."""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from milvusclient.cli.data.cells import Fields, Row, is_bytes_vector, is_packed, row_from_file
from milvusclient.cli.data.files import load_pyarrow, path_kind
from milvusclient.cli.data.json_rows import json_rows
from milvusclient.cli.framework.failure import Failure
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["BadRow", "FileSource", "Places"]

#: What a file has where a row should be, and the line or the number that it has there.
Numbered: TypeAlias = tuple[int, object]
#: What a line of a file of rejected rows has.
_REJECTED = frozenset({"index", "place", "error", "row"})
#: Rows of a piece of a columnar file: few, so that a piece of wide rows takes little memory.
_PIECE_ROWS = 1024


class BadRow:
    """Something in place of a row that cannot be inserted, so that the positions of the others stay.

    It is not a dataclass, because ``insert_many`` would take one for a row.

    Attributes:
        error: the reason.
        row: the row; what the file has there, if that is not a row.
    """

    def __init__(self, error: str, row: object) -> None:
        self.error = error
        self.row = row

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.error!r}, {self.row!r})"


class Places:
    """The lines of rows by their positions; regular distances take no memory.

    Example:
        >>> places = Places()
        >>> for line in (2, 3, 4, 7, 8):
        ...     places.add(line)
        >>> [places[position] for position in range(5)]
        [2, 3, 4, 7, 8]
    """

    def __init__(self) -> None:
        self._starts: list[tuple[int, int, int]] = []  # position, line, lines of a row
        self._count = 0
        self._last = 0

    def add(self, line: int) -> None:
        """Note the line of the next row."""
        step = line - self._last
        if not self._starts:
            self._starts.append((0, line, 1))
        elif step != self._starts[-1][2]:
            position, first, _ = self._starts[-1]
            if position == self._count - 1:
                self._starts[-1] = (position, first, step)
            else:
                self._starts.append((self._count, line, step))
        self._last = line
        self._count += 1

    def __getitem__(self, position: int) -> int:
        found, line, step = self._starts[bisect_right(self._starts, position, key=lambda each: each[0]) - 1]
        return line + (position - found) * step


class FileSource:
    """The rows of a file, from its beginning.

    Args:
        path: the file.
        fields: the collection's fields by name.
        json_columns: the columns of a CSV file, beside those of fields, whose cells are JSON and not text.

    Attributes:
        fraction: how much of the file is read, from 0 to 1; None if that is not known.
        failure: why reading ended before the end of the file; None if it did not.
    """

    def __init__(self, path: Path, fields: Fields, json_columns: Collection[str] = ()) -> None:
        self.path = path
        self.fraction: float | None = None
        self.failure: Failure | None = None
        self._kind = path_kind(path)
        self._unit = "line" if self._kind in ("csv", "json", "jsonl") else "row"
        self.fields = fields
        self._json_columns = json_columns
        self._places = Places()

    def place(self, position: int) -> str:
        """Return where the row at a position of :meth:`open` is in the file, such as "line 7"."""
        if self._unit == "row":
            return f"row {position + 1}"
        line = f"line {self._places[position]}"
        # All rows of a JSON array may be on one line.
        return f"{line}, row {position + 1}" if self._kind == "json" else line

    def open(self) -> Any:  # an iterable of rows, or a reader of pyarrow
        """Return what ``insert_many`` takes: rows, or a table that is read as it is asked for.

        What is wrong inside the file ends the rows, and is in :attr:`failure` then.

        Raises:
            Failure: the file cannot be read at all.
        """
        if self._unit == "line":
            return self._rows(self._numbered())
        return self._columns()

    # --- rows ----------------------------------------------------------------------------------------------------
    def _rows(self, numbered: Iterator[Numbered]) -> Iterator[Row | BadRow]:
        texts = frozenset(self._json_columns) if self._kind == "csv" else None
        try:
            for number, found in numbered:
                self._places.add(number)
                yield self._row(found, texts)
        except Failure as failure:
            # What was read is written before this is told.
            self.failure = failure

    def _row(self, found: object, texts: Collection[str] | None) -> Row | BadRow:
        if isinstance(found, BadRow):
            return found
        if not isinstance(found, Mapping):
            return BadRow(f"a row must be an object, {{...}}, got {str(found)[:60]!r}", found)
        if self._kind == "jsonl" and found.keys() == _REJECTED and not _REJECTED & self.fields.keys():
            found = found["row"]  # of a file of rejected rows, which are mended now
            return self._row(found, texts)
        try:
            return row_from_file(found, self.fields, texts)
        except ValueError as error:
            return BadRow(str(error), self._as_far_as_possible(found, texts))

    def _as_far_as_possible(self, found: Mapping[str, object], texts: Collection[str] | None) -> Row:
        row = dict(found)
        for name, value in found.items():
            with contextlib.suppress(ValueError):
                row.update(row_from_file({name: value}, self.fields, texts))
        return row

    def _numbered(self) -> Iterator[Numbered]:
        with self.path.open("rb") as binary:
            # What was read of the bytes tells the fraction; the text above them cannot be asked while it is read.
            text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
            whole = max(self.path.stat().st_size, 1)
            if self._kind == "csv":
                numbered = _csv(self.path, text, self._json_columns)
            else:
                numbered = (json_rows if self._kind == "json" else _json_lines)(self.path, text)
            for each in numbered:
                self.fraction = binary.tell() / whole
                yield each

    # --- columns -------------------------------------------------------------------------------------------------
    def _columns(self) -> Any:
        arrow, parquet = load_pyarrow(self.path)
        try:
            if self._kind == "parquet":
                # A whole row group would be read ahead otherwise.
                file = parquet.ParquetFile(self.path, pre_buffer=False, buffer_size=1 << 20)
                schema, count = file.schema_arrow, file.metadata.num_rows
                batches = file.iter_batches(_PIECE_ROWS)
            else:
                schema, count, batches = _open_arrow(self.path, arrow)
        except (arrow.ArrowException, ValueError) as error:
            kind = "a Parquet" if path_kind(self.path) == "parquet" else "an Arrow"
            raise Failure(f"{self.path}: it is not {kind} file, or is incomplete: {error}") from error
        pieces = self._pieces(arrow, batches, count)
        if any(self._needs_rows(arrow, column) for column in schema):
            return self._rows(self._unpacked(pieces))
        return arrow.RecordBatchReader.from_batches(schema, pieces)

    def _pieces(self, arrow: Any, batches: Iterator[Any], count: int | None) -> Iterator[Any]:
        done = 0
        try:
            for batch in batches:
                done += batch.num_rows
                self.fraction = done / max(count, 1) if count is not None else None
                yield batch
        except (arrow.ArrowException, ValueError, OSError) as error:
            self.failure = Failure(f"{self.path}, behind row {done}: {' '.join(str(error).split())}")

    def _needs_rows(self, arrow: Any, column: Any) -> bool:
        """Return whether a column has values that stand for those of another type.

        Exported files have texts for what Parquet has no plain type for. pandas writes integers with a gap as floats.
        """
        field, kinds = self.fields.get(column.name), arrow.types
        if field is None:
            return False
        if FACTS[field["type"]].family == "integer":
            return bool(kinds.is_floating(column.type))
        is_text = kinds.is_string(column.type) or kinds.is_large_string(column.type)
        return is_text and field["type"] is not DataType.JSON and (is_packed(field) or is_bytes_vector(field))

    def _unpacked(self, pieces: Iterator[Any]) -> Iterator[Numbered]:
        packed = {name for name, field in self.fields.items() if is_packed(field)}
        number = 0
        for piece in pieces:
            for row in piece.to_pylist():
                number += 1
                try:
                    texts = {name: row[name] for name in packed & row.keys()}
                    values = {name: json.loads(text) for name, text in texts.items() if isinstance(text, str)}
                except ValueError as error:
                    yield number, BadRow(str(error), row)
                else:
                    yield number, {**row, **values}


def _open_arrow(path: Path, arrow: Any) -> tuple[Any, int | None, Iterator[Any]]:
    """Return the schema, the number of rows if it is known, and the batches of an Arrow file or stream."""
    ipc = importlib.import_module("pyarrow.ipc")
    with path.open("rb") as file:
        is_file = file.read(6) == b"ARROW1"
    mapped = arrow.memory_map(str(path))
    if not is_file:
        stream = ipc.open_stream(mapped)
        return stream.schema, None, (batch for batch in stream)
    opened = ipc.open_file(mapped)
    numbers = range(opened.num_record_batches)
    count = sum(opened.get_batch(number).num_rows for number in numbers)
    return opened.schema, count, (opened.get_batch(number) for number in numbers)


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
                yield line, BadRow(f"{len(cells)} cells, but the header has {len(header)} names", cells)
            elif cells:
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
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                yield number, BadRow(f"it is not JSON: {error}", line.rstrip("\n"))
    except ValueError as error:
        raise Failure(f"{path}, line {number + 1}: {error}") from error
