"""HTML tables for notebooks. All data is escaped here, in one place.

JupyterLab removes ``<style>`` elements and unusual CSS properties from notebooks that it does not trust. Therefore each
element has its own style, of properties that JupyterLab keeps. Colours are translucent and text has the colour of the
page, so that the same table is readable on light and dark pages.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from milvusclient.notebook.cells import ABSENT, Cell, Kind, cell, text_of, type_of

__all__ = [
    "COLUMNS",
    "count_of",
    "escaped",
    "facts",
    "first_rows",
    "heading",
    "more",
    "page",
    "pairs",
    "records",
    "shown_rows",
    "table",
    "words",
]

#: A table of up to this many rows is shown whole. Of a longer one ten are: the first ones, or the first and the last.
_WHOLE_ROWS = 20
_FIRST_ROWS = 10
_LAST_ROWS = 3
COLUMNS = 20
"""Maximum number of columns that a table shows."""
_NAME_LENGTH = 60
#: Maximum length of a value that has a line of its own, and maximum number of such lines.
_LONG = 600
_LINES = 100
#: Stands for the rows between the first and the last ones.
_GAP = Cell("⋮", Kind.FAINT)
_NOTHING = ("0", "0.0", "''", "None")
#: Up to this many characters stay on one line; longer values get a wider column.
_UNBROKEN = 50

# MathJax would read "$5 and $6" as a formula, and formulas can contain links: these classes switch it off.
_PAGE = 'class="tex2jax_ignore mathjax_ignore" style="overflow-x:auto"'
_TABLE = 'style="border-collapse:collapse;margin:0px 0px 4px 0px"'
_CAPTION = 'style="caption-side:top;text-align:left;padding:4px 10px"'
_ROW = 'style="border-bottom:1px solid rgba(128,128,128,0.25)"'
_NOTE = 'style="padding:2px 10px;opacity:0.7"'
_FAINT = 'style="opacity:0.55"'
_HEADER = "padding:3px 10px;background-color:rgba(0,161,234,0.18);font-weight:bold;white-space:nowrap"
_BODY = "padding:3px 10px;vertical-align:top"


def escaped(text: str) -> str:
    """Escape text for HTML, between tags and in attributes."""
    return html.escape(text, quote=True)


def count_of(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 row``, ``2,000 rows``."""
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def first_rows(total: int) -> int:
    """Return how many of ``total`` rows a table shows."""
    return total if total <= _WHOLE_ROWS else _FIRST_ROWS


def shown_rows(total: int) -> list[int]:
    """Return which of ``total`` rows a table shows that has the last rows, too: their indexes, in order."""
    if total <= _WHOLE_ROWS:
        return list(range(total))
    return [*range(_FIRST_ROWS - _LAST_ROWS), *range(total - _LAST_ROWS, total)]


def heading(title: str, facts: Iterable[str] = ()) -> str:
    """Build the caption of a table: its title in bold, and facts about it."""
    told = " · ".join(text_of(fact, _LONG) for fact in facts if fact)
    return f"<b>{escaped(text_of(title, _LONG))}</b>" + (f" {escaped(told)}" if told else "")


def facts(extra: object, without: tuple[str, ...] = ()) -> list[str]:
    """Return ``name value`` for each entry of a mapping whose value is not 0 or empty."""
    if not isinstance(extra, Mapping):
        return []
    told = {text_of(name): text_of(value) for name, value in extra.items()}
    return [f"{name} {value}" for name, value in told.items() if name not in without and value not in _NOTHING]


def words(values: Iterable[object], separator: str = ", ") -> str:
    """Join values for one cell."""
    return separator.join(text_of(value) for value in values)


def page(parts: Iterable[str]) -> str:
    """Build what ``_repr_html_`` returns: tables and notes, one below the other."""
    return f"<div {_PAGE}>{''.join(parts)}</div>"


def table(
    caption: str,
    names: Sequence[object],
    rows: Sequence[Sequence[object]],
    *,
    indexes: Sequence[int] | None = None,
    typed: bool = False,
    total: int | None = None,
) -> str:
    """Build a table, with a line below it that counts the rows and columns that are not shown.

    Args:
        caption: HTML from :func:`heading`.
        names: names of the columns.
        rows: the cells of each row, all of which are shown; :data:`ABSENT` for an empty cell.
        indexes: index of each row, with which the row begins; rows are left out where they jump. None for none.
        typed: whether the type of the values is written below the name of a column.
        total: number of rows, including those that are not shown; None for ``len(rows)``.
    """
    if not rows or not names:
        return f"<div {_CAPTION}>{caption}</div>"
    cells = [[cell(value) for value in row[:COLUMNS]] for row in rows]
    sides = [_side(column) for column in zip(*cells, strict=True)]
    corner = "" if indexes is None else _head("", "left")
    head = "".join(_head(name, side) for name, side in zip(names[:COLUMNS], sides, strict=True))
    kinds = map(type_of, zip(*(row[:COLUMNS] for row in rows), strict=True)) if typed else ()
    types = "".join(map(_type, kinds, sides))
    lines = []
    for row, contents in enumerate(cells):
        if indexes is not None and row and indexes[row] > indexes[row - 1] + 1:
            lines.append(f"<tr {_ROW}>{_index('⋮')}{''.join(_data(_GAP, side) for side in sides)}</tr>")
        index = "" if indexes is None else _index(indexes[row])
        lines.append(f"<tr {_ROW}>{index}{''.join(map(_data, contents, sides))}</tr>")
    return (
        f"<table {_TABLE}><caption {_CAPTION}>{caption}</caption><thead><tr {_ROW}>{corner}{head}</tr>"
        + (f"<tr {_ROW}>{corner}{types}</tr>" if typed else "")
        + f"</thead><tbody>{''.join(lines)}</tbody></table>"
        + more(len(rows) if total is None else total, len(rows), "row")
        + more(len(names), COLUMNS, "column")
    )


def more(total: int, shown: int, noun: str) -> str:
    """Build the line that counts what is not shown; an empty str if all is shown."""
    return f"<div {_NOTE}>… and {total - shown:,} more {noun}{'s' * (total - shown > 1)}</div>" if total > shown else ""


def records(
    caption: str,
    rows: Sequence[Mapping[str, object]],
    total: int,
    *,
    indexes: Sequence[int] | None = None,
    typed: bool = False,
) -> str:
    """Build a table of dicts, with a column for each key, in the order in which the keys appear.

    Args:
        caption: HTML from :func:`heading`.
        rows: the dicts to show.
        total: number of dicts, including those that are not shown.
        indexes: index of each dict, as for :func:`table`.
        typed: whether the type of the values is written below the name of a column.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = [[row.get(name, ABSENT) for name in names[:COLUMNS]] for row in rows]
    return table(caption, names, values, indexes=indexes, typed=typed, total=total)


def pairs(caption: str, values: Mapping[str, object]) -> str:
    """Build the table of one object: a line for each of its values, which may be longer than in other tables."""
    if not values:
        return f"<div {_CAPTION}>{caption}</div>"
    lines = "".join(
        f'<tr {_ROW}><th scope="row" style="{_HEADER};text-align:left;vertical-align:top">{_name(name)}</th>'
        f"{_data(cell(value, _LONG), 'left')}</tr>"
        for name, value in list(values.items())[:_LINES]
    )
    return f"<table {_TABLE}><caption {_CAPTION}>{caption}</caption><tbody>{lines}</tbody></table>" + more(
        len(values), _LINES, "field"
    )


def _name(name: object) -> str:
    return escaped(text_of(name, _NAME_LENGTH)) if name or not isinstance(name, str) else ""


def _side(column: Iterable[Cell]) -> str:
    """Return the side to which a column is aligned: right for numbers."""
    kinds = {each.kind for each in column if each.text}
    return "right" if Kind.NUMBER in kinds and Kind.TEXT not in kinds else "left"


def _head(name: object, side: str) -> str:
    return f'<th scope="col" style="{_HEADER};text-align:{side}">{_name(name)}</th>'


def _type(kind: str, side: str) -> str:
    return f'<th scope="col" style="{_BODY};text-align:{side};font-weight:normal;opacity:0.7">{escaped(kind)}</th>'


def _index(row: object) -> str:
    return (
        f'<th scope="row" style="{_BODY};white-space:pre;text-align:right;font-weight:normal;opacity:0.55">{row}</th>'
    )


def _data(content: Cell, side: str) -> str:
    text = escaped(content.text)
    if content.kind is Kind.FAINT:
        text = f"<span {_FAINT}>{text}</span>"
    space = "pre" if len(content.text) <= _UNBROKEN else "pre-wrap;min-width:20em"
    return f'<td style="{_BODY};white-space:{space};text-align:{side}">{text}</td>'
