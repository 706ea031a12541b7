"""How results are shown: as a table for people, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import dataclasses
import enum
import io
import json
import math
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import Literal

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milvusclient.cli.framework import colors

__all__ = ["FORMATS", "Format", "cell", "plain", "render", "render_names", "render_record", "write"]

Format = Literal["table", "json", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "csv")
_LONGEST_LIST = 4


def plain(value: object) -> object:
    """A value of a result as JSON can hold it: enums by name, bytes as hex, arrays and sets as lists, NaN as null."""
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return _plain_structure(value)


def _plain_structure(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    for method in ("tolist", "to_dict"):  # numpy's arrays and numbers; schemas
        convert = getattr(value, method, None)
        if callable(convert):
            return plain(convert())
    return str(value)


def cell(value: object) -> str:
    """A value as a cell of a table: long lists shortened, and nothing that a terminal would obey."""
    text = _shown(plain(value))
    return "".join(letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in text)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return short_float(value)
    if isinstance(value, list) and value and all(isinstance(each, float) for each in value):
        first = ", ".join(short_float(each) for each in value[:_LONGEST_LIST])
        return f"[{first}, ... {len(value)} values]" if len(value) > _LONGEST_LIST else f"[{first}]"
    return json.dumps(value, ensure_ascii=False)


def short_float(value: float) -> str:
    """The shortest text for a number; for one of single precision, as vectors and distances are, the shortest for it.

    Example:
        >>> short_float(0.8999999761581421), short_float(0.8999999761581422)
        ('0.9', '0.8999999761581422')
    """
    try:
        if struct.unpack("f", single := struct.pack("f", value))[0] == value:
            texts = (f"{value:.{digits}g}" for digits in range(6, 10))
            return next(text for text in texts if struct.pack("f", float(text)) == single)
    except OverflowError:
        pass
    return repr(value)


def _columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """The keys of all rows, in the order in which they come up."""
    return list(dict.fromkeys(key for row in rows for key in row))


def render(rows: Sequence[Mapping[str, object]], form: Format, columns: Sequence[str] = (), width: int = 0) -> str:
    """Rows as text.

    Args:
        rows: the rows; they may differ in their keys.
        form: how.
        columns: the columns that come first, and those of no rows at all.
        width: how wide a table may be; 0 means as wide as it needs.
    """
    if form == "json":
        return json.dumps([plain(row) for row in rows], indent=2, ensure_ascii=False) + "\n"
    found = _columns(rows)
    names = [*dict.fromkeys([*(name for name in columns if name in found), *found])] if rows else list(columns)
    if form == "csv":
        return _csv(names, [[row.get(name) for name in names] for row in rows])
    return _table(names, [[cell(row.get(name)) for name in names] for row in rows], width)


def render_names(header: str, names: Sequence[object], form: Format, width: int = 0) -> str:
    """A list of names as text: a JSON list, or one column."""
    if form == "json":
        return json.dumps([plain(name) for name in names], indent=2, ensure_ascii=False) + "\n"
    return render([{header: name} for name in names], form, [header], width)


def render_record(record: Mapping[str, object], form: Format, width: int = 0) -> str:
    """One thing as text: a JSON object, a CSV of one row, or a table of names and values."""
    if form == "json":
        return json.dumps(plain(record), indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return render([record], form)
    return _table(["name", "value"], [[key, cell(value)] for key, value in record.items()], width)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return file.getvalue()


def csv_cell(value: object) -> object:
    """A value as CSV holds it: structures as JSON, nothing for None."""
    shown = plain(value)
    if isinstance(shown, bool):
        return "true" if shown else "false"
    return json.dumps(shown, ensure_ascii=False) if isinstance(shown, list | dict) else shown


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    has_lines = width and (sys.stdout.encoding or "").lower().startswith("utf")
    table = Table(box=box.SQUARE if has_lines else box.ASCII, header_style="bold")
    for name in header:
        table.add_column(Text(cell(name)), overflow="fold")
    for row in rows:
        # Text, not str: brackets in data are not markup.
        table.add_row(*(Text(each) for each in row))
    file = io.StringIO()
    # Without a terminal nothing is cut: whoever reads it wants all of it.
    styles: Literal["standard"] | None = "standard" if width and colors.wanted() else None
    console = Console(file=file, width=width or 1_000_000, force_terminal=bool(width), color_system=styles)
    console.print(table)
    return file.getvalue()


def write(text: str) -> None:
    """Write to stdout; click takes the colours out where it is not a terminal."""
    click.echo(text, nl=False)


def terminal_width() -> int:
    """How wide the terminal is; 0 if stdout is none."""
    return Console().width if sys.stdout.isatty() else 0
