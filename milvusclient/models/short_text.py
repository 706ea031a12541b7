"""Short texts of results for the interpreter: the first rows, and of each vector the first elements.

Small values are written as Python writes them, so that they can be copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from reprlib import recursive_repr
from typing import Any, Protocol, cast

from milvusclient.display import ShownInNotebooks

__all__ = ["Printer", "ShortDict", "ShortList", "print_lines", "short_mapping", "short_text"]

#: Up to this many rows are written whole; of more, the first ones.
_WHOLE_ROWS, _FIRST_ROWS = 20, 10
#: The same for the elements of a list inside a row.
_WHOLE_ELEMENTS, _FIRST_ELEMENTS = 8, 3
_KEYS = 50
_LENGTH = 200
_DEPTH = 6
#: A search result is a list of lists of hits.
_LEVELS = 2
#: A dict that is wider is written with one entry on each line.
_WIDTH = 100


class Printer(Protocol):
    """The printer that IPython gives to ``_repr_pretty_``."""

    def text(self, text: str) -> object:
        """Write text that has no line break."""

    def break_(self) -> object:
        """Begin a new line."""


def short_text(value: object, depth: int = 0) -> str:
    """Write a value on one line: of a long list, array or str the beginning, and how long it is."""
    kind = type(value)
    if hasattr(kind, "_repr_pretty_"):
        return repr(value)  # a result: it is short already
    if depth >= _DEPTH:
        return "..."
    if isinstance(value, Mapping) and kind.__repr__ is dict.__repr__:
        return short_mapping(value, depth)
    if isinstance(value, list | tuple) and kind.__repr__ in (list.__repr__, tuple.__repr__):
        return _short_elements(value, depth)
    if isinstance(value, str | bytes) and kind.__repr__ in (str.__repr__, bytes.__repr__) and len(value) > _LENGTH:
        unit = "characters" if isinstance(value, str) else "bytes"
        return f"{value[: _LENGTH // 2]!r}... ({len(value):,} {unit})"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and hasattr(value, "dtype") and _size(shape) > _WHOLE_ELEMENTS:
        return f"{kind.__name__}({'x'.join(map(str, shape))}, {value.dtype})"
    return _cut(repr(value))


def _short_elements(value: list[Any] | tuple[Any, ...], depth: int) -> str:
    """Write a list or tuple on one line: its elements, or the first ones and how many there are."""
    start, end = "[]" if isinstance(value, list) else "()"
    if len(value) > _WHOLE_ELEMENTS:
        first = ", ".join(short_text(each, depth + 1) for each in islice(value, _FIRST_ELEMENTS))
        return f"{start}{first}, ...{end} ({len(value):,})"
    elements = ", ".join(short_text(each, depth + 1) for each in value)
    return f"{start}{elements}{',' if len(value) == 1 and start == '(' else ''}{end}"


def short_mapping(value: Mapping[Any, object], depth: int = 0) -> str:
    """Write a mapping on one line."""
    return "{" + ", ".join(_entries(value, depth)) + "}"


def _entries(value: Mapping[Any, object], depth: int) -> list[str]:
    shown = [f"{_cut(repr(key))}: {short_text(each, depth + 1)}" for key, each in islice(value.items(), _KEYS)]
    return [*shown, f"... {len(value) - _KEYS:,} more"] if len(value) > _KEYS else shown


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for each in shape:
        size *= each
    return size


def _cut(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH // 2]}... ({len(text):,} characters)"


def _short_items(values: Sequence[object]) -> str:
    """Write a list of results on one line: its items, or the first ones and how many more there are."""
    texts = [short_text(each) for each in islice(values, _shown(values))]
    return "[" + ", ".join([*texts, *_more(values)]) + "]"


def _shown(values: Sequence[object]) -> int:
    return len(values) if len(values) <= _WHOLE_ROWS else _FIRST_ROWS


def _more(values: Sequence[object]) -> list[str]:
    hidden = len(values) - _shown(values)
    return [f"... {hidden:,} more"] if hidden else []


def _full_text(values: Iterable[object]) -> str:
    """Write a list of results with everything in it, as :class:`list` does."""
    texts = (str(each) if hasattr(type(each), "_repr_pretty_") else repr(each) for each in values)
    return "[" + ", ".join(texts) + "]"


def _pretty_lines(value: object, depth: int = 0) -> list[str]:
    """Write a result on several lines: one for each row or hit, or for each entry of a wide dict."""
    if isinstance(value, list) and depth < _LEVELS:
        shown = islice(value, _shown(value))
        blocks = [_pretty_lines(each, depth + 1) if isinstance(each, list) else [short_text(each)] for each in shown]
        return _bracketed([*blocks, *([line] for line in _more(value))], "[]")
    if isinstance(value, Mapping):
        line = short_mapping(value)
        return [line] if len(line) <= _WIDTH else _bracketed([[entry] for entry in _entries(value, 0)], "{}")
    return repr(value).splitlines()


def _bracketed(blocks: list[list[str]], brackets: str) -> list[str]:
    """Join blocks of lines with commas, indented by the width of the bracket."""
    lines: list[str] = []
    for index, block in enumerate(blocks):
        end = "," if index < len(blocks) - 1 else brackets[1]
        lines += [f" {line}" for line in block[:-1]] + [f" {block[-1]}{end}"]
    if not lines:
        return [brackets]
    return [f"{brackets[0]}{lines[0][1:]}", *lines[1:]]


def print_lines(printer: Printer, lines: Iterable[str]) -> None:
    """Write lines for IPython."""
    for index, line in enumerate(lines):
        if index:
            printer.break_()
        printer.text(line)


class ShortList(ShownInNotebooks):
    """Gives a list a short ``repr``, which interpreters print; ``str`` has everything, as that of a list."""

    __slots__ = ()

    @recursive_repr("[...]")
    def __repr__(self) -> str:
        return _short_items(cast("list[object]", self))

    @recursive_repr("[...]")
    def __str__(self) -> str:
        return _full_text(cast("list[object]", self))

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        print_lines(printer, ["[...]"] if cycle else _pretty_lines(self))


class ShortDict(ShownInNotebooks):
    """Gives a dict a short ``repr``, which interpreters print; ``str`` has everything, as that of a dict."""

    __slots__ = ()

    @recursive_repr("{...}")
    def __repr__(self) -> str:
        return short_mapping(cast("dict[str, object]", self))

    def __str__(self) -> str:
        return dict.__repr__(cast("dict[str, object]", self))

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        print_lines(printer, ["{...}"] if cycle else _pretty_lines(self))
