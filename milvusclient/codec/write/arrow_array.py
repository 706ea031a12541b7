"""Arrays in the memory layout of Arrow: slices, validity, and Python values for what is not encoded from its buffers.

See https://arrow.apache.org/docs/format/Columnar.html and, for the letters of the types, CDataInterface.html.
"""

from __future__ import annotations

import struct
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any, Final

__all__ = [
    "BIT_WIDTHS",
    "CODES",
    "INTEGERS",
    "Array",
    "UnsupportedArrowType",
    "bit_bytes",
    "cast_numbers",
    "decimal_type",
    "list_bounds",
    "list_span",
    "type_name",
    "used_runs",
    "valid_bits",
    "values",
]

#: The letters of integers, with those of :mod:`struct`.
INTEGERS: Final = {"c": "b", "C": "B", "s": "h", "S": "H", "i": "i", "I": "I", "l": "q", "L": "Q"}
_NUMBERS: Final = {**INTEGERS, "e": "e", "f": "f", "g": "d"}
#: The letters of numbers, with codes that a memoryview knows; half floats are read as their bits.
CODES: Final = {**_NUMBERS, "e": "H"}
_TIMESTAMPS: Final = {"tss": 0, "tsm": 3, "tsu": 6, "tsn": 9}

#: Bits of one value of each type whose values have a fixed width.
BIT_WIDTHS: Final = {
    "b": 1,
    **{letter: struct.calcsize(code) * 8 for letter, code in _NUMBERS.items()},
    **dict.fromkeys(_TIMESTAMPS, 64),
    "tdD": 32,
    "tdm": 64,
}

_NAMES: Final = {
    "n": "null",
    "b": "bool",
    "c": "int8",
    "C": "uint8",
    "s": "int16",
    "S": "uint16",
    "i": "int32",
    "I": "uint32",
    "l": "int64",
    "L": "uint64",
    "e": "float16",
    "f": "float32",
    "g": "float64",
    "z": "binary",
    "Z": "large binary",
    "vz": "binary view",
    "u": "string",
    "U": "large string",
    "vu": "string view",
    "d": "decimal",
    "w": "fixed-size binary",
    "+l": "list",
    "+L": "large list",
    "+vl": "list view",
    "+vL": "large list view",
    "+w": "fixed-size list",
    "+s": "struct",
    "+m": "map",
    "+r": "run-end encoded",
    "+u": "union",
    "td": "date",
    "tt": "time",
    "tD": "duration",
    "ti": "interval",
    "ts": "timestamp",
}

#: The bits of each byte, the lowest first, as bytes of 0 and 1.
_BITS: Final = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UnsupportedArrowType(Exception):
    """An array has a type that cannot be written."""


@dataclass(frozen=True, slots=True)
class Array:
    """One array.

    Attributes:
        format: the type, in the letters of the C data interface.
        length: number of values.
        offset: number of values in the buffers before the first one.
        buffers: the validity bitmap and the values, as the type lays them out; None for an empty buffer.
        children: the arrays of a nested type.
        names: the names of the children.
        dictionary: the values, if this array holds positions in them.
        null_count: number of nulls; -1 if it is unknown.
    """

    format: str
    length: int
    offset: int = 0
    buffers: tuple[memoryview | None, ...] = ()
    children: tuple[Array, ...] = ()
    names: tuple[str, ...] = ()
    dictionary: Array | None = None
    null_count: int = -1

    def slice(self, start: int, length: int) -> Array:
        """Return some of the values, as an array on the same buffers."""
        if start == 0 and length == self.length:
            return self
        nulls = 0 if self.null_count == 0 else -1
        return replace(self, offset=self.offset + start, length=length, null_count=nulls)

    def columns(self) -> dict[str, Array]:
        """Return the children of a struct by name, each as long as the struct."""
        return {
            name: child.slice(self.offset, self.length) for name, child in zip(self.names, self.children, strict=True)
        }

    def numbers(self, code: str) -> memoryview:
        """Return the values of a type of fixed width, as a view with the code of :mod:`struct`."""
        width = struct.calcsize(code)
        buffer = self.buffers[1] if len(self.buffers) > 1 else None
        if buffer is None:
            return memoryview(b"")
        return cast_numbers(buffer[self.offset * width : (self.offset + self.length) * width], code)


def cast_numbers(buffer: memoryview, code: str) -> memoryview:
    """Return a view of a buffer as numbers with a code of :mod:`struct`."""
    return buffer.cast(code)  # type: ignore[call-overload, no-any-return]  # it is one of the known codes


def type_name(array: Array) -> str:
    """Return the name of an array's type, for messages."""
    name = next((_NAMES[array.format[:size]] for size in (3, 2, 1) if array.format[:size] in _NAMES), array.format)
    return f"dictionary of {type_name(array.dictionary)}" if array.dictionary is not None else name


def _bits(buffer: memoryview, offset: int, length: int) -> bytes:
    first = offset // 8
    expanded = b"".join(map(_BITS.__getitem__, buffer[first : (offset + length + 7) // 8]))
    return expanded[offset - first * 8 :][:length]


def valid_bits(array: Array) -> bytes | None:
    """Return a byte for each value, 1 if it is valid and 0 if it is null; None if all are valid."""
    if array.format == "n":
        return bytes(array.length) if array.length else None
    if array.null_count == 0 or not array.buffers or array.buffers[0] is None:
        return None
    bits = _bits(array.buffers[0], array.offset, array.length)
    return bits if 0 in bits else None


def list_bounds(array: Array) -> list[tuple[int, int]]:
    """Return the first position of each list in the child, and the one after its last."""
    first, last = array.offset, array.offset + array.length
    if array.format.startswith("+w:"):
        size = int(array.format[3:])
        return [(row * size, (row + 1) * size) for row in range(first, last)]
    if array.format in ("+vl", "+vL"):
        code = "i" if array.format == "+vl" else "q"
        starts, sizes = (
            cast_numbers(buffer, code)[first:last].tolist() if buffer is not None else []
            for buffer in array.buffers[1:3]
        )
        return [(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    return list(pairwise(_offsets(array)))


def list_span(array: Array, width: int | None = None) -> tuple[int, int] | None:
    """Return the part of the child in which all lists are, one directly after the other.

    Args:
        array: an array of lists.
        width: the length that each list must have; None for any.

    Returns:
        The first position and the one after the last; None if some list is elsewhere or has another length.
    """
    if array.format.startswith("+w:"):
        size = int(array.format[3:])
        fits = width in (None, size)
        return (array.offset * size, (array.offset + array.length) * size) if fits else None
    if array.format not in ("+l", "+L", "+m"):
        return None
    offsets = _offsets(array)
    if width is not None and offsets != list(range(offsets[0], offsets[0] + array.length * width + 1, width)):
        return None
    return offsets[0], offsets[-1]


def _offsets(array: Array) -> list[int]:
    buffer = array.buffers[1] if len(array.buffers) > 1 else None
    if buffer is None:
        return [0] * (array.length + 1)
    code = "q" if array.format in ("U", "Z", "+L") else "i"
    return cast_numbers(buffer, code)[array.offset : array.offset + array.length + 1].tolist()


def values(array: Array) -> list[Any]:
    """Return the values as Python objects: None for a null, a dict for a struct and a map, a str for a timestamp.

    Raises:
        UnsupportedArrowType: there is no way to write values of the type.
    """
    if array.length == 0:
        return []
    if array.dictionary is not None:
        made = _from_dictionary(array, array.dictionary)
    elif array.format in _NUMBERS:
        made = _numbers(array)
    else:
        maker = next((_MAKERS[array.format[:size]] for size in (3, 2, 1) if array.format[:size] in _MAKERS), None)
        if maker is None:
            raise UnsupportedArrowType(type_name(array))
        made = maker(array)
    bits = valid_bits(array)
    if bits is None:
        return made
    return [value if bit else None for value, bit in zip(made, bits, strict=True)]


def _numbers(array: Array) -> list[Any]:
    code = _NUMBERS[array.format]
    if code == "e":  # memoryview does not know half floats
        return list(struct.unpack(f"{array.length}e", array.numbers("H")))
    return array.numbers(code).tolist()


def _from_dictionary(array: Array, dictionary: Array) -> list[Any]:
    words = values(dictionary)
    positions = array.numbers(_NUMBERS[array.format]).tolist()
    bits = valid_bits(array)
    if bits is None:
        return list(map(words.__getitem__, positions))
    # The position of a null may be anything.
    return [words[position] if bit else None for position, bit in zip(positions, bits, strict=True)]


def _nulls(array: Array) -> list[Any]:
    return [None] * array.length


def bit_bytes(array: Array) -> bytes:
    """Return a byte for each value of an array of booleans, 1 if it is true and 0 if it is false."""
    buffer = array.buffers[1]
    return _bits(buffer, array.offset, array.length) if buffer is not None else bytes(array.length)


def _booleans(array: Array) -> list[Any]:
    return list(map(bool, bit_bytes(array)))


def _binaries(array: Array) -> list[Any]:
    data = array.buffers[2] if len(array.buffers) > 2 else None
    offsets = _offsets(array)
    if data is None:
        return [b""] * array.length
    joined = bytes(data[offsets[0] : offsets[-1]])
    first = offsets[0]
    return [joined[start - first : end - first] for start, end in pairwise(offsets)]


def _strings(array: Array) -> list[Any]:
    data = array.buffers[2] if len(array.buffers) > 2 else None
    offsets = _offsets(array)
    joined = bytes(data[offsets[0] : offsets[-1]]) if data is not None else b""
    if joined.isascii():  # then positions of bytes are positions of characters
        text = joined.decode("ascii")
        first = offsets[0]
        return [text[start - first : end - first] for start, end in pairwise(offsets)]
    return [piece.decode("utf-8", "surrogateescape") for piece in _binaries(array)]


def _views(array: Array) -> list[Any]:
    """Read binary views: 4 bytes of length, then either 12 bytes of data, or a prefix, a buffer and a position."""
    buffer, *data = array.buffers[1:]
    if buffer is None:
        return []
    made = []
    for at in range(array.offset * 16, (array.offset + array.length) * 16, 16):
        size, _, number, start = struct.unpack_from("=iiii", buffer, at)
        if size <= 12:
            made.append(bytes(buffer[at + 4 : at + 4 + size]))
        else:
            source = data[number]
            made.append(bytes(source[start : start + size]) if source is not None else b"")
    return made


def _string_views(array: Array) -> list[Any]:
    bits = valid_bits(array)
    pieces = _views(array)
    if bits is not None:
        pieces = [piece if bit else b"" for piece, bit in zip(pieces, bits, strict=True)]
    return [piece.decode("utf-8", "surrogateescape") for piece in pieces]


def _fixed_binaries(array: Array) -> list[Any]:
    size = int(array.format[2:])
    data = array.buffers[1]
    if data is None:
        return [b""] * array.length
    return [bytes(data[row * size : (row + 1) * size]) for row in range(array.offset, array.offset + array.length)]


def _lists(array: Array) -> list[Any]:
    bounds = list_bounds(array)
    bits = valid_bits(array)
    if bits is not None:  # the bounds of a null may be anything
        bounds = [bound if bit else (0, 0) for bound, bit in zip(bounds, bits, strict=True)]
    used = [bound for bound in bounds if bound[0] < bound[1]]
    first = min((start for start, _ in used), default=0)
    last = max((end for _, end in used), default=0)
    items = values(array.children[0].slice(first, last - first))
    return [items[start - first : end - first] if start < end else [] for start, end in bounds]


def _maps(array: Array) -> list[Any]:
    key, value = array.children[0].names
    lists = _lists(array)
    made = [{entry[key]: entry[value] for entry in entries} for entries in lists]
    if any(len(entries) != len(one) for entries, one in zip(lists, made, strict=True)):
        raise UnsupportedArrowType("map with a repeated key")
    return made


def _structs(array: Array) -> list[Any]:
    columns = array.columns()
    if not columns:
        return [{} for _ in range(array.length)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*map(values, columns.values()), strict=True)]


def used_runs(array: Array) -> tuple[Array, Array]:
    """Return the children of a run-end encoded array, the ends and the values, cut to the runs that it uses."""
    ends, words = array.children
    numbers = ends.numbers(_NUMBERS[ends.format])
    first = bisect_right(numbers, array.offset)
    count = bisect_left(numbers, array.offset + array.length, first) + 1 - first
    return ends.slice(first, count), words.slice(first, count)


def _run_ends(array: Array) -> list[Any]:
    made: list[Any] = []
    start, last = array.offset, array.offset + array.length
    for end, word in zip(*map(values, used_runs(array)), strict=True):
        made += [word] * (min(end, last) - start)
        start = end
    return made


def _timestamps(array: Array) -> list[Any]:
    """Build strings in ISO 8601, as ``datetime.isoformat`` does: with an offset only if the type has a time zone."""
    digits = _TIMESTAMPS[array.format[:3]]
    zone = _zone(array.format[4:]) if len(array.format) > 4 else None
    bits = valid_bits(array) or b"\1" * array.length  # the number of a null may be anything
    return [
        _iso(number, digits, zone) if bit else None
        for number, bit in zip(array.numbers("q").tolist(), bits, strict=True)
    ]


def _zone(name: str) -> tzinfo:
    if name in ("UTC", "Z"):
        return UTC
    if name[0] in "+-" and len(name) == 6:
        minutes = int(name[1:3]) * 60 + int(name[4:])
        return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # imported here, because few columns need it

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UnsupportedArrowType(f"timestamp in the unknown time zone {name!r}") from None


def _iso(number: int, digits: int, zone: tzinfo | None) -> str:
    seconds, fraction = divmod(number, 10**digits)
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
        text = (moment.replace(tzinfo=None) if zone is None else moment.astimezone(zone)).isoformat()
    except OverflowError:
        raise UnsupportedArrowType(f"timestamp with {number}, which is outside the years 1 to 9999") from None
    if not fraction:
        return text
    nanoseconds = f"{fraction:0{digits}d}".ljust(9, "0")
    return f"{text[:19]}.{nanoseconds.removesuffix('000')}{text[19:]}"


def _decimals(array: Array) -> list[Any]:
    """Read decimals: integers of 4, 8, 16 or 32 bytes, and where the point is."""
    _, scale, width = decimal_type(array.format)
    data = array.buffers[1]
    if data is None:
        return [None] * array.length
    numbers = [
        int.from_bytes(data[at : at + width], sys.byteorder, signed=True)
        for at in range(array.offset * width, (array.offset + array.length) * width, width)
    ]
    if scale == 0:
        return numbers
    from decimal import Decimal  # imported here, because few columns need it

    return [Decimal(f"{number}E{-scale}") for number in numbers]


def decimal_type(arrow_format: str) -> tuple[int, int, int]:
    """Return the precision, the scale and the bytes of a decimal, whose format is like ``d:19,2`` or ``d:9,2,32``."""
    precision, scale, bits = (int(part) for part in f"{arrow_format[2:]},128".split(",")[:3])
    return precision, scale, bits // 8


def _dates(array: Array) -> list[Any]:
    days = array.numbers("i") if array.format == "tdD" else [number // 86_400_000 for number in array.numbers("q")]
    bits = valid_bits(array) or b"\1" * array.length
    return [_date(day) if bit else None for day, bit in zip(days, bits, strict=True)]


def _date(day: int) -> str:
    try:
        return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    except OverflowError:
        raise UnsupportedArrowType(f"date with day {day}, which is outside the years 1 to 9999") from None


_MAKERS: Final[dict[str, Callable[[Array], list[Any]]]] = {
    "n": _nulls,
    "b": _booleans,
    "z": _binaries,
    "Z": _binaries,
    "vz": _views,
    "u": _strings,
    "U": _strings,
    "vu": _string_views,
    "d": _decimals,
    "w": _fixed_binaries,
    "+l": _lists,
    "+L": _lists,
    "+vl": _lists,
    "+vL": _lists,
    "+w": _lists,
    "+m": _maps,
    "+s": _structs,
    "+r": _run_ends,
    "ts": _timestamps,
    "td": _dates,
}
