"""Values of results as JSON and CSV hold them. All pure."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import json
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeGuard

__all__ = ["as_single", "as_singles", "csv_cell", "escape_controls", "json_line", "json_text", "json_value"]

#: What a terminal obeys or hides: control characters, and marks that change the direction or the width of text.
_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
#: Digits that a number of single precision needs, from the fewest to those that are always enough.
_SINGLE_DIGITS = (6, 7, 8, 9)
#: Numbers whose digits are found together: a vector may have few, and a column of vectors takes much memory as a str.
_TOGETHER = 8192
_PLAIN = frozenset({type(None), bool, int, str})
#: Numbers for which numpy is worth its import, ...
_WORTH_NUMPY = 1_000
#: ... and the sizes of those that it handles: powers of ten with which they are counted are exact.
_USUAL = (1e-13, 1e15)
#: One encoder for all values, as ``json.dumps`` makes one for each.
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def json_value(value: object, *, keeps_nan: bool = False) -> object:
    """Convert a value to what JSON has: enums by name, bytes as hex, arrays and sets as lists, NaN as null.

    Args:
        value: any value.
        keeps_nan: leave NaN and infinity as they are, for which :func:`json_line` writes words that JSON does not have.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return value if keeps_nan or math.isfinite(value) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return _json_structure(value, _nan_kept if keeps_nan else json_value)


_nan_kept = partial(json_value, keeps_nan=True)


def _json_structure(value: object, convert: Callable[[object], object]) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: convert(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): convert(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((convert(item) for item in value), key=str)
    if isinstance(value, Sequence):
        if _is_vector(value) and math.isfinite(sum(value)):  # a number that is not finite makes the sum so
            return value
        return [convert(item) for item in value]
    for method in ("tolist", "to_dict"):  # numpy's arrays and numbers; schemas
        found = getattr(value, method, None)
        if callable(found):
            return convert(found())
    return str(value)


def json_text(value: object, indent: int = 0) -> str:
    r"""Write a value as indented JSON; a list of plain values, such as a vector, stays on one line.

    Example:
        >>> print(json_text({"id": 1, "vector": [0.5, 1.0]}))
        {
          "id": 1,
          "vector": [0.5, 1.0]
        }
    """
    pad = " " * (indent + 2)
    if isinstance(value, dict) and value:
        lines = [f"{pad}{json_line(key)}: {json_text(item, indent + 2)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        lines = [pad + json_text(item, indent + 2) for item in value]
        return "[\n" + ",\n".join(lines) + "\n" + " " * indent + "]"
    return json_line(value)


def json_line(value: object) -> str:
    """Write a value as JSON on one line."""
    return _ENCODE(value)


def csv_cell(value: object) -> object:
    """Convert a value to a cell of CSV: structures as JSON, nothing for None."""
    shown = json_value(value)
    if isinstance(shown, bool):
        return "true" if shown else "false"
    return json_line(shown) if isinstance(shown, list | dict) else shown


def escape_controls(text: str, *, as_json: bool = False) -> str:
    r"""Write what a terminal would obey as an escape; lines stay lines.

    Args:
        text: any text.
        as_json: whether the text is JSON and stays JSON, with ``\u`` and four digits in place of ``\x`` and two.

    Example:
        >>> print(escape_controls("\x1b[2J"), escape_controls('"\x9b"', as_json=True))
        \x1b[2J "\u009b"
    """

    def escape(match: re.Match[str]) -> str:
        letter = match[0]
        return f"\\u{ord(letter):04x}" if as_json else ascii(letter)[1:-1]

    return _CONTROLS.sub(escape, text)


def _is_vector(value: object) -> TypeGuard[list[float]]:
    """Return whether a value is a list of floats and of nothing else."""
    return type(value) is list and set(map(type, value)) == {float}


def as_singles(values: Sequence[object]) -> list[object]:
    """Write each value of a column as :func:`as_single` does, in less time if they are vectors.

    Example:
        >>> as_singles([[0.8999999761581421], None, [1.0, 0.13436000049114227]])
        [[0.9], None, [1.0, 0.13436]]
    """
    found: list[object] = list(values)
    places: list[int] = []
    numbers: list[float] = []
    for place, value in enumerate([*values, None]):
        if _is_vector(value):
            places.append(place)
            numbers += value
        elif place < len(found):
            found[place] = as_single(value)
        if len(numbers) >= _TOGETHER or place == len(found):
            short, at = _shortest(numbers), 0
            for each in places:
                size = len(values[each])  # type: ignore[arg-type]  # it is one of the lists
                found[each] = short[at : at + size]
                at += size
            places, numbers = [], []
    return found


def as_single(value: object) -> object:
    """Write numbers of single precision with the digits that they have, whatever lists and dicts they are in.

    The server keeps 0.13436 as the nearest number of 32 bits, and Python shows that with all the digits of 64 bits.

    Example:
        >>> as_single(0.13436000049114227), as_single([0.8999999761581421, None])
        (0.13436, [0.9, None])
    """
    if isinstance(value, float):
        return _shortest([value])[0]
    if isinstance(value, Mapping):
        return {key: as_single(item) for key, item in value.items()}
    if isinstance(value, list):
        if value and all(type(item) is float for item in value):
            return _shortest(value)
        return [as_single(item) for item in value]
    return value


def _shortest(values: Sequence[float]) -> list[float]:
    """Return the numbers with the fewest digits that are the same in single precision; others stay as they are."""
    numpy = _numpy() if len(values) >= _WORTH_NUMPY else None
    return _shortest_by_text(values) if numpy is None else _shortest_by_numpy(numpy, values)


@cache
def _numpy() -> Any | None:
    """Return numpy, if it is installed."""
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None


def _shortest_by_numpy(numpy: Any, values: Sequence[float]) -> list[float]:
    exact = numpy.array(values, "f8")
    with numpy.errstate(over="ignore", invalid="ignore"):
        is_single = numpy.isfinite(exact) & (exact.astype("f4") == exact) & (exact != 0)
    size = numpy.abs(exact)
    is_usual = is_single & (size >= _USUAL[0]) & (size < _USUAL[1])
    found = exact.copy()
    places = numpy.flatnonzero(is_usual)
    # Exact as doubles; so the quotient of a whole number and one of these is the number that the digits mean.
    powers = numpy.array([10.0**power for power in range(23)])
    for digits in _SINGLE_DIGITS:
        wanted = exact[places]
        power = digits - 1 - numpy.floor(numpy.log10(size[places])).astype("i8")
        scale = powers[numpy.abs(power)]
        short = numpy.where(power >= 0, numpy.rint(wanted * scale) / scale, numpy.rint(wanted / scale) * scale)
        fits = short.astype("f4") == wanted
        found[places[fits]] = short[fits]
        places = places[~fits]
    listed: list[float] = found.tolist()
    others = numpy.flatnonzero(is_single & ~is_usual).tolist()
    for place, short in zip(others, _shortest_by_text([values[place] for place in others]), strict=True):
        listed[place] = short
    return listed


def _shortest_by_text(values: Sequence[float]) -> list[float]:
    found = list(values)
    open_places = [place for place, value in enumerate(found) if math.isfinite(value) and abs(value) < 3.5e38]
    # All numbers in one call: a vector has hundreds, and a format for each would take most of an export's time.
    for digits in _SINGLE_DIGITS:
        wanted = [values[place] for place in open_places]
        shape = f"{len(wanted)}f"
        try:
            singles = struct.pack(shape, *wanted)
        except OverflowError:  # not a number of single precision
            return list(values)
        texts = (f"%.{digits}g " * len(wanted)) % tuple(wanted)
        short = list(map(float, texts.split()))
        tried = struct.unpack(shape, struct.pack(shape, *short))
        still_open = []
        for place, exact, text, got in zip(open_places, struct.unpack(shape, singles), short, tried, strict=True):
            if exact != values[place]:
                continue  # not a number of single precision: it stays as it is
            if got == exact:
                found[place] = text
            else:
                still_open.append(place)
        open_places = still_open
        if not open_places:
            break
    return found
