"""Spoiling messages: what a broken, hostile or much newer server might answer."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.support.facts import Dynamic

_NUMBERS = (0, 1, -1, 2, 7, 255, 65_536, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))
_TEXTS = ("", "x", "{", "[1,2]", '{"a": 1}', "null", "-1", "nan", "99999999999999999999", "dim", "\u0000", "ß" * 50)
_BYTES = (b"", b"\x00", b"{", b'{"id": 1}', b"\xff" * 7, b"\x00" * 4_096)


def spoil_bytes(data: bytes, random: Random) -> bytes:
    """A message with a few bytes changed, cut out or added."""
    spoilt = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(spoilt))
        kind = random.randrange(4)
        if kind == 0:
            del spoilt[at:]
        elif kind == 1:
            spoilt[at:at] = random.randbytes(random.randint(1, 6))
        elif kind == 2:
            del spoilt[at : at + random.randint(1, 8)]
        elif at < len(spoilt):
            spoilt[at] = random.randrange(256)
    return bytes(spoilt)


def spoil_message(message: Dynamic, random: Random) -> None:
    """Change a few fields of a message, at any depth: other values, missing ones, too many, too few."""
    for _ in range(random.randint(1, 3)):
        places = _places(message)
        if not places:
            return
        _spoil_field(*random.choice(places), random)


def _places(message: Dynamic) -> list[tuple[Dynamic, Any]]:
    """Each field that is set, with the message that it is in, at any depth."""
    places: list[tuple[Dynamic, Any]] = []
    for field, value in message.ListFields():
        places.append((message, field))
        if field.type != field.TYPE_MESSAGE or _is_map(field):
            continue
        for inner in value if _is_repeated(field) else [value]:
            places += _places(inner)
    return places


def _is_repeated(field: Any) -> bool:
    return bool(field.is_repeated)


def _is_map(field: Any) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _spoil_field(message: Dynamic, field: Any, random: Random) -> None:
    kind = random.randrange(4)
    if kind == 0 or _is_map(field):
        message.ClearField(field.name)
    elif _is_repeated(field):
        _spoil_repeated(getattr(message, field.name), field, random)
    elif field.type == field.TYPE_MESSAGE:
        getattr(message, field.name).Clear()
    else:
        setattr(message, field.name, _value(field, random))


def _spoil_repeated(values: Any, field: Any, random: Random) -> None:
    at = random.randrange(len(values))
    kind = random.randrange(3)
    if kind == 0:
        del values[at]
    elif kind == 1:
        values.extend([values[at]] * random.randint(1, 3))
    elif field.type == field.TYPE_MESSAGE:
        values[at].Clear()
    else:
        values[at] = _value(field, random)


def _value(field: Any, random: Random) -> object:
    makers: dict[str, Callable[[], object]] = {
        "str": lambda: random.choice(_TEXTS),
        "bytes": lambda: random.choice(_BYTES),
        "bool": lambda: random.random() < 0.5,
        "float": lambda: random.choice((0.0, -1.0, float("inf"), float("nan"))),
        "enum": lambda: random.choice((0, 1, 3, 99, 1_000)),
    }
    kinds = {
        field.TYPE_STRING: "str", field.TYPE_BYTES: "bytes", field.TYPE_BOOL: "bool", field.TYPE_FLOAT: "float",
        field.TYPE_DOUBLE: "float", field.TYPE_ENUM: "enum",
    }  # fmt: skip
    if field.type in kinds:
        return makers[kinds[field.type]]()
    return _fitting(field, random.choice(_NUMBERS))


def _fitting(field: Any, number: int) -> int:
    unsigned: bool = field.type in (field.TYPE_UINT32, field.TYPE_UINT64, field.TYPE_FIXED32, field.TYPE_FIXED64)
    bits: int = 64 if field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64) else 32
    low = 0 if unsigned else -(1 << (bits - 1))
    high = (1 << (bits if unsigned else bits - 1)) - 1
    return max(low, min(high, number))
