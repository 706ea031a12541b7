"""Values as the short texts that notebooks show in tables. A value may be of any class and any size, and hostile.

What is shown never costs more than what is seen: of a long list or array the first elements are looked at, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeGuard, runtime_checkable

__all__ = ["ABSENT", "CELL_LENGTH", "Cell", "Kind", "cell", "text_of", "visible"]

#: How many characters of a value a cell of a table shows.
CELL_LENGTH = 120
_NESTED_LENGTH = 40
_BYTES = 6
#: A list of up to this many elements is shown whole; of a longer one, one element less.
_ELEMENTS = 4
_DEPTH = 3
#: Neither HTML nor UTF-8 can carry all of these, and line breaks would make one row as high as ten.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CANNOT_BE_SHOWN = "(cannot be shown)"


class _Absent(Enum):
    ABSENT = "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""A row that does not have the field at all."""


class Kind(Enum):
    """How a cell is set."""

    TEXT = "text"
    NUMBER = "number"
    FAINT = "faint"
    """What stands for a value and is none: ``None``, or an empty text."""


class Cell(NamedTuple):
    """What stands in a cell, not escaped yet."""

    text: str
    kind: Kind


def visible(text: str) -> str:
    r"""The text with escapes such as ``\n`` in place of characters that cannot be seen or sent."""
    return _INVISIBLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def cell(value: object, length: int = CELL_LENGTH) -> Cell:
    """What a cell shows of a value; it never fails.

    Args:
        value: anything.
        length: how many characters are shown at most.
    """
    try:
        return _cell(value, length)
    except Exception:  # noqa: BLE001 - the value's own code runs here, and a table is shown whatever it does
        return Cell(_CANNOT_BE_SHOWN, Kind.FAINT)


def text_of(value: object, length: int = CELL_LENGTH) -> str:
    """The text of :func:`cell`."""
    return cell(value, length).text


def _cell(value: object, length: int) -> Cell:
    if value is ABSENT:
        return Cell("", Kind.TEXT)
    if value is None:
        return Cell("None", Kind.FAINT)
    if isinstance(value, str) and not isinstance(value, Enum):
        return Cell(visible(_cut(value, length)), Kind.TEXT) if len(value) else Cell("''", Kind.FAINT)
    if _is_array(value) and not value.shape:
        value = _scalar(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool | Enum)
    return Cell(visible(_cut(_text(value, 0), length)), Kind.NUMBER if is_number else Kind.TEXT)


def _cut(text: str, length: int) -> str:
    """At most ``length`` characters; those of a huge text are not all looked at."""
    start = str.__getitem__(text, slice(0, length + 1))
    return start if len(start) <= length else f"{start[: length - 1]}…"


def _text(value: object, depth: int) -> str:
    """One line for a value; ``depth`` is how many lists and dicts it is in."""
    if isinstance(value, Enum):
        return str(value.name)
    if isinstance(value, str):
        return repr(_cut(value, _NESTED_LENGTH)) if depth else value
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(value)
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, list | tuple | set | frozenset):
        brackets = "()" if isinstance(value, tuple) else "{}" if isinstance(value, set | frozenset) else "[]"
        return _elements(value, len(value), brackets, depth)
    if _is_array(value):
        return _array(value, depth)
    return str(value)


def _float(value: float) -> str:
    """Six digits, but all that are before the point, and no exponent where none is needed."""
    exact = float.__repr__(value)
    if len(exact) <= 10:
        return exact
    size = abs(value)
    return f"{value:.2f}".removesuffix(".00") if 1e5 <= size < 1e15 else f"{value:.6g}"


def _bytes(value: bytes | bytearray | memoryview) -> str:
    size = value.nbytes if isinstance(value, memoryview) else len(value)
    start = repr(bytes(value[:_BYTES]))
    return start if size <= _BYTES else f"{start[:-1]}…{start[-1]} ({size:,} bytes)"


def _mapping(value: Mapping[object, object], depth: int) -> str:
    if depth >= _DEPTH:
        return f"{{…}} ({len(value):,})" if len(value) else "{}"
    shown = _shown(len(value))
    pairs = [f"{_text(key, depth + 1)}: {_text(item, depth + 1)}" for key, item in islice(value.items(), shown)]
    return _joined(pairs, len(value), "{}")


def _elements(values: Iterable[object], size: int, brackets: str, depth: int) -> str:
    if depth >= _DEPTH:
        return f"{brackets[0]}…{brackets[1]} ({size:,})" if size else brackets
    return _joined([_text(each, depth + 1) for each in islice(values, _shown(size))], size, brackets)


def _shown(size: int) -> int:
    return size if size <= _ELEMENTS else _ELEMENTS - 1


def _joined(texts: list[str], size: int, brackets: str) -> str:
    if size <= len(texts):
        return f"{brackets[0]}{', '.join(texts)}{brackets[1]}"
    return f"{brackets[0]}{', '.join(texts)}, …{brackets[1]} ({size:,})"


# --- arrays of other libraries ---------------------------------------------------------------------------------------
@runtime_checkable
class _Array(Protocol):
    """What arrays and numbers of numpy, torch and the like can do."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> object: ...
    def item(self) -> object: ...
    def __getitem__(self, part: slice, /) -> Iterable[object]: ...


def _is_array(value: object) -> TypeGuard[_Array]:
    return isinstance(value, _Array) and not isinstance(value, type)


def _scalar(value: _Array) -> object:
    """The number in an array of no dimensions; its text if Python has no number like it."""
    item = value.item()
    return str(value) if type(item) is type(value) else item


def _array(value: _Array, depth: int) -> str:
    if not value.shape:
        return _text(_scalar(value), depth)
    size = value.shape[0]
    return _elements(value[: _shown(size)], size, "[]", depth)
