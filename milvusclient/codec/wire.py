"""The wire format of protobuf, as far as it is read and written here without messages.

A serialized message is nothing but its fields, one after the other. Each begins with a varint that holds the number of
the field and its wire type; a field of bytes, text or another message goes on with its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["WireError", "WireField", "field_number", "prefix", "read_varint", "walk"]

_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5


class WireError(Exception):
    """The bytes are not a serialized message, or one with groups, which Milvus does not use."""


class WireField(NamedTuple):
    """One field of a serialized message.

    Attributes:
        number: the number of the field.
        data: the whole field, with its tag.
        body: the bytes after tag and length; None unless the field is length-delimited.
    """

    number: int
    data: memoryview
    body: memoryview | None


def field_number(message: type[Message], name: str) -> int:
    """Return the number of a field of a message."""
    number: int = message.DESCRIPTOR.fields_by_name[name].number
    return number


def prefix(number: int, size: int) -> bytes:
    """Build the bytes that precede a field of ``size`` bytes: its tag and its length."""
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(size)


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def read_varint(message: bytes | memoryview, position: int) -> tuple[int, int]:
    """Read a varint.

    Args:
        message: a serialized message.
        position: where the varint begins.

    Returns:
        The number, and the position after it.

    Raises:
        IndexError: the message ends before the varint does.
    """
    number = shift = 0
    while True:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7


def walk(message: memoryview) -> Iterator[WireField]:
    """Yield the fields of a serialized message, in the order in which they were written. Nothing is copied.

    Raises:
        WireError: the bytes are not a message.
    """
    start, end = 0, len(message)
    while start < end:
        body: memoryview | None = None
        try:
            tag, position = read_varint(message, start)
            wire_type = tag & 7
            if wire_type == _LENGTH_DELIMITED:
                size, position = read_varint(message, position)
                body = message[position : position + size]
                position += size
            elif wire_type == _VARINT:
                _, position = read_varint(message, position)
            elif wire_type in (_FIXED32, _FIXED64):
                position += 4 if wire_type == _FIXED32 else 8
            else:
                raise WireError(f"wire type {wire_type} at byte {start}")
        except IndexError:
            raise WireError(f"the message ends inside the field at byte {start}") from None
        if position > end:
            raise WireError(f"the message ends inside the field at byte {start}")
        yield WireField(tag >> 3, message[start:position], body)
        start = position
