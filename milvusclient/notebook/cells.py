"""Short strings for the values in the tables of notebooks. A value may be of any class and size, and even malicious.

Only what is shown is read: of a long list or array, the first elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeGuard, runtime_checkable

__all__ = ["ABSENT", "CELL_LENGTH", "Cell", "Kind", "cell", "text_of", "type_of", "visible"]

#: Maximum number of characters of a value in a cell.
CELL_LENGTH = 120
_NESTED_LENGTH = 40
_BYTES = 6
#: A list of up to this many elements is shown whole; of a longer list, one element fewer is shown, and the length.
_ELEMENTS = 4
_DEPTH = 3
#: HTML and UTF-8 cannot represent all of these characters, and line breaks would make rows higher.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CANNOT_BE_SHOWN = "(cannot be shown)"


class _Absent(Enum):
    ABSENT = "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""Stands for the value of a field that a row does not have."""


class Kind(Enum):
    """The style of a cell."""

    TEXT = "text"
    NUMBER = "number"
    FAINT = "faint"
    """For ``None`` and the empty str."""


class Cell(NamedTuple):
    """The content of a cell, before it is escaped for HTML."""

    text: str
    kind: Kind


def visible(text: str) -> str:
    r"""Return the text with escapes such as ``\n`` for characters that cannot be seen or sent."""
    return _INVISIBLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def cell(value: object, length: int = CELL_LENGTH) -> Cell:
    """Return the content of the cell for a value. It raises no error, whatever the value does.

    Args:
        value: any object.
        length: maximum number of characters.

    Returns:
        The content, on one line.
    """
    try:
        return _cell(value, length)
    except Exception:  # noqa: BLE001 - code of the value runs here, and must not spoil the table
        return Cell(_CANNOT_BE_SHOWN, Kind.FAINT)


def text_of(value: object, length: int = CELL_LENGTH) -> str:
    """Return the text of :func:`cell`."""
    return cell(value, length).text


def type_of(values: Iterable[object]) -> str:
    """Return the name of the type that all values have, None aside: ``int``, ``list of float``, or ``mixed``."""
    try:
        names = {_type_name(value) for value in values if value is not None and value is not ABSENT}
    except Exception:  # noqa: BLE001 - code of the values runs here, and must not spoil the table
        return ""
    if names == {"int", "float"}:
        return "float"
    return names.pop() if len(names) == 1 else "mixed" if names else ""


def _type_name(value: object) -> str:
    name = visible(_cut(type(value).__name__, _NESTED_LENGTH))
    if isinstance(value, list | tuple) and len(value):
        return f"{name} of {visible(_cut(type(value[0]).__name__, _NESTED_LENGTH))}"
    if _is_array(value) and value.shape:
        return f"array of {visible(_cut(str(value.dtype), _NESTED_LENGTH))}"
    return name


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
    """Cut a str to at most ``length`` characters, without reading all of a huge one."""
    start = str.__getitem__(text, slice(0, length + 1))
    return start if len(start) <= length else f"{start[: length - 1]}…"


def _text(value: object, depth: int) -> str:
    """Write a value on one line; ``depth`` is the number of lists and dicts around it."""
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
    """Write a float with six digits, or all digits before the point, and an exponent only for extreme numbers."""
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
    """The attributes that arrays and scalars of numpy, torch and similar libraries have."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> object: ...
    def item(self) -> object: ...
    def __getitem__(self, part: slice, /) -> Iterable[object]: ...


def _is_array(value: object) -> TypeGuard[_Array]:
    return isinstance(value, _Array) and not isinstance(value, type)


def _scalar(value: _Array) -> object:
    """Return the number in an array without dimensions; its str if Python has no such type."""
    item = value.item()
    return str(value) if type(item) is type(value) else item


def _array(value: _Array, depth: int) -> str:
    if not value.shape:
        return _text(_scalar(value), depth)
    size = value.shape[0]
    return _elements(value[: _shown(size)], size, "[]", depth)
