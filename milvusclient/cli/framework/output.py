"""Output of results: as a table for people; as JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Literal

import click

from milvusclient.cli.framework.json_values import csv_cell, escape_controls, json_line, json_text, json_value
from milvusclient.cli.framework.tables import Style, render_labelled, render_table, render_vertical
from milvusclient.cli.framework.terminal import terminal_size, use_color

__all__ = [
    "FORMATS",
    "Format",
    "count_rows",
    "current_style",
    "render",
    "render_names",
    "render_record",
    "write",
    "write_paged",
]

Format = Literal["table", "vertical", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "vertical", "json", "jsonl", "csv")
_FOR_PEOPLE = ("table", "vertical")


def for_people(form: Format) -> bool:
    """Return whether a format is for people, not for programs."""
    return form in _FOR_PEOPLE


def count_rows(number: int) -> str:
    """Write a number of rows.

    Example:
        >>> count_rows(0), count_rows(1), count_rows(45000)
        ('0 rows', '1 row', '45,000 rows')
    """
    return f"{number:,} row{'' if number == 1 else 's'}"


def current_style() -> Style:
    """Return how tables are drawn on stdout: with lines and bold headings where the terminal has them."""
    if not sys.stdout.isatty():
        return Style()
    lines = (sys.stdout.encoding or "").lower().startswith("utf")
    return Style(terminal_size()[0], lines, use_color())


def render(
    rows: Sequence[Mapping[str, object]],
    form: Format,
    columns: Sequence[str] = (),
    style: Style = Style(),  # noqa: B008 - it is frozen
) -> str:
    """Write rows as plain text.

    Args:
        rows: the rows; they may differ in their keys.
        form: the format.
        columns: the columns that come first, and those of an empty result.
        style: how tables are drawn.
    """
    if form in ("json", "jsonl"):
        return _json_of([json_value(row) for row in rows], form, style)
    found = list(dict.fromkeys(key for row in rows for key in row))
    names = list(dict.fromkeys([*(name for name in columns if name in found), *found])) if rows else list(columns)
    if form == "csv":
        return _csv(names, [[row.get(name) for name in names] for row in rows], style)
    if form == "vertical":
        return render_vertical(rows, names, style)
    if not names:
        return ""
    table = render_table(names, [[row.get(name) for name in names] for row in rows], style)
    return render_vertical(rows, names, style) if table is None else table


def _json_of(values: Sequence[object], form: Format, style: Style) -> str:
    text = "".join(f"{json_line(value)}\n" for value in values) if form == "jsonl" else json_text(values) + "\n"
    return _safe(text, style, as_json=True)


def _safe(text: str, style: Style, *, as_json: bool = False) -> str:
    """On a terminal, write control characters in data as escapes; a program gets the data as they are."""
    return escape_controls(text, as_json=as_json) if style.width else text


def render_names(header: str, names: Sequence[object], form: Format, style: Style = Style()) -> str:  # noqa: B008 - it is frozen
    """Write a list of names: a JSON list, a JSON value on each line, or one column."""
    if form in ("json", "jsonl"):
        return _json_of([json_value(name) for name in names], form, style)
    return render([{header: name} for name in names], "table" if form == "vertical" else form, [header], style)


def render_record(record: Mapping[str, object], form: Format, style: Style = Style()) -> str:  # noqa: B008 - it is frozen
    """Write one thing: a JSON object, a CSV of one row, or a line for each of its values."""
    if form == "json":
        return _safe(json_text(json_value(record)) + "\n", style, as_json=True)
    if form in ("jsonl", "csv"):
        return render([record], form, style=style)
    return render_labelled(record, style)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]], style: Style) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return _safe(file.getvalue(), style)


def write(text: str) -> None:
    """Write to stdout; click takes the colours out where it is not a terminal."""
    click.echo(text, nl=False)


def write_paged(text: str) -> None:
    """Write to stdout; on a terminal that is too small for it, through a pager."""
    command = _pager() if sys.stdout.isatty() else []
    if not command or text.count("\n") < terminal_size()[1]:
        write(text)
        return
    import subprocess

    # F: not for what fits; R: colours; S: a row stays a line; X: it stays on the screen.
    environment = {"LESS": "FRSX", **os.environ}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, encoding="utf-8") as pager:  # noqa: S603 - the user's own choice
        with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):  # the user has seen enough
            pager.communicate(text)
        while pager.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is for the pager
                pager.wait()


def _pager() -> list[str]:
    """Return the command of the pager: MILVUSCLIENT_PAGER, else PAGER, else less; nothing if there is none."""
    import shlex
    import shutil

    for variable in ("MILVUSCLIENT_PAGER", "PAGER"):
        if variable in os.environ:
            words = shlex.split(os.environ[variable])
            return words if words and shutil.which(words[0]) else []
    return ["less"] if shutil.which("less") and os.environ.get("TERM") != "dumb" else []
