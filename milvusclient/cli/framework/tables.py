"""Rows as a table, or one below the other where a table does not fit. All pure: values in, text out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from milvusclient.cli.framework.json_values import escape_controls, json_value

__all__ = ["Style", "cell", "render_labelled", "render_table", "render_vertical", "shorten", "text_width"]

#: Numbers of a vector that a terminal shows, and the columns that a text may take before it is shortened.
_VECTOR_START = 4
_LONGEST_TEXT = 60
#: A column of a table is not made narrower than this to fit; rows then stand one below the other.
_NARROWEST_TEXT = 16


@dataclass(frozen=True, slots=True)
class Style:
    """Layout of tables.

    Attributes:
        width: columns of the terminal; 0 where there is none: then nothing is shortened.
        lines: whether box-drawing characters can be shown.
        bold: whether headings may be bold.
    """

    width: int = 0
    lines: bool = False
    bold: bool = False


def cell(value: object, *, short: bool = False) -> str:
    r"""Write a value as one line that no terminal obeys.

    Args:
        value: the value.
        short: whether to show only the start of a vector.

    Example:
        >>> cell([0.5] * 9, short=True), cell(None), cell(True)
        ('[0.5, 0.5, 0.5, 0.5, ... 9 values]', '', 'true')
    """
    found = json_value(value)
    if found is None:
        return ""
    if isinstance(found, str):
        text = found
    elif short and _is_vector(found):
        assert isinstance(found, list)  # noqa: S101 - for the type checker, which cannot see into _is_vector
        text = f"{json.dumps(found[:_VECTOR_START])[:-1]}, ... {len(found)} values]"
    else:
        text = json.dumps(found, ensure_ascii=False)
    return escape_controls(text).replace("\n", "\\n")


def _is_vector(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) > _VECTOR_START
        and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    )


def text_width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Example:
        >>> text_width("Dune"), text_width("書")
        (4, 2)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def shorten(text: str, width: int) -> str:
    """Cut a text to a number of columns and mark the cut.

    Example:
        >>> shorten("a long text", 9), shorten("short", 9)
        ('a long...', 'short')
    """
    if text_width(text) <= width:
        return text
    used = 3
    for at, letter in enumerate(text):
        used += text_width(letter)
        if used > width:
            return text[:at].rstrip() + "..."
    return text


def render_table(header: Sequence[str], rows: Sequence[Sequence[object]], style: Style) -> str | None:
    """Draw a table; None if it does not fit into the width."""
    heads = [cell(name) for name in header]
    texts = [[cell(value, short=style.width > 0) for value in row] for row in rows]
    right = [_is_numeric([row[column] for row in rows]) for column in range(len(heads))]
    natural = [
        max([text_width(head), *(text_width(row[column]) for row in texts)]) for column, head in enumerate(heads)
    ]
    widths: list[int] | None = natural
    if style.width:
        smallest = [
            width if right[column] else max(text_width(heads[column]), min(width, _NARROWEST_TEXT))
            for column, width in enumerate(natural)
        ]
        widths = _fit(natural, smallest, style.width - 3 * len(heads) - 1)
    if widths is None:
        return None
    return _draw(heads, texts, widths, right, style)


def _is_numeric(values: Sequence[object]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(item, int | float) and not isinstance(item, bool) for item in present)


def _fit(natural: Sequence[int], smallest: Sequence[int], room: int) -> list[int] | None:
    """Make the widest columns narrower until all fit; None if they do not."""
    if sum(smallest) > room:
        return None
    # The greatest width with which all fit: what is wider is cut to it.
    for widest in range(max([_LONGEST_TEXT, *smallest]), 0, -1):
        widths = [max(least, min(width, widest)) for width, least in zip(natural, smallest, strict=True)]
        if sum(widths) <= room:
            return widths
    return list(smallest)


#: Left end, line, crossing and right end of a border.
_Border: TypeAlias = tuple[str, str, str, str]
_ASCII_BORDERS: tuple[_Border, _Border, _Border] = (("+", "-", "+", "+"),) * 3
_LINE_BORDERS: tuple[_Border, _Border, _Border] = (("┌", "─", "┬", "┐"), ("├", "─", "┼", "┤"), ("└", "─", "┴", "┘"))


def _draw(
    heads: Sequence[str], texts: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool], style: Style
) -> str:
    top, middle, bottom = _LINE_BORDERS if style.lines else _ASCII_BORDERS
    bar = "│" if style.lines else "|"

    def border(marks: _Border) -> str:
        left, line, cross, end = marks
        return left + cross.join(line * (width + 2) for width in widths) + end

    def row(cells: Sequence[str], *, bold: bool = False) -> str:
        padded = []
        for text, width, is_right in zip(cells, widths, right, strict=True):
            shown = shorten(text, width)
            gap = " " * (width - text_width(shown))
            shown = f"\x1b[1m{shown}\x1b[0m" if bold else shown
            padded.append(gap + shown if is_right else shown + gap)
        return f"{bar} " + f" {bar} ".join(padded) + f" {bar}"

    lines = [border(top), row(heads, bold=style.bold), border(middle), *map(row, texts)]
    if texts:
        lines.append(border(bottom))
    return "\n".join(lines) + "\n"


def render_vertical(rows: Sequence[Mapping[str, object]], names: Sequence[str], style: Style) -> str:
    """Write rows one below the other, each field on a line of its own."""
    label = max((text_width(cell(name)) for name in names), default=0)
    lines = []
    for number, row in enumerate(rows, 1):
        title = f"--- row {number} "
        lines.append(title + "-" * (min(style.width or 40, 40) - len(title)))
        lines.extend(_labelled(name, row.get(name), label, style) for name in names if name in row)
    return "".join(f"{line}\n" for line in lines)


def _labelled(name: str, value: object, label: int, style: Style) -> str:
    head = cell(name)
    text = cell(value, short=style.width > 0)
    if style.width:
        text = shorten(text, max(style.width - label - 2, _NARROWEST_TEXT))
    gap = " " * (label - text_width(head) + 2)
    return (f"\x1b[1m{head}\x1b[0m" if style.bold else head) + (gap + text).rstrip()


def render_labelled(record: Mapping[str, object], style: Style) -> str:
    """Write one thing as lines of a name and a value."""
    label = max((text_width(cell(name)) for name in record), default=0)
    return "".join(f"{_labelled(name, value, label, style)}\n" for name, value in record.items())
