"""Decode packed floats, which the messages declare as bytes: chunks of little-endian numbers."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from google.protobuf.unknown_fields import UnknownFieldSet

from milvusclient.exceptions import ReplyError

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["floats_in", "floats_of", "joined_chunks", "vectors_as_lists"]

_FIXED32, _FIXED64 = 5, 1
_SIZES = {"f": 4, "d": 8}
_LITTLE = sys.byteorder == "little"


def joined_chunks(message: Message, chunks: Sequence[bytes], size: int, *, field_number: int = 1) -> bytes:
    """Return the bytes of a packed field, however the server encoded it.

    A sender may split the packing into chunks, which are joined here, or send each number by itself. The messages of
    this client do not declare the latter, and keep it as unknown fields.

    Args:
        message: the message that has the field.
        chunks: the field's value.
        size: how many bytes a number takes.
        field_number: the field's number.

    Raises:
        ReplyError: the size is not a multiple of that of a number, or both ways occur at once, which loses the order.
    """
    alone = _unpacked(message, size, field_number)
    if chunks and alone:
        raise ReplyError(message="the reply cannot be read: some numbers are packed and some are not")
    data = chunks[0] if len(chunks) == 1 else b"".join(chunks) if chunks else alone
    if len(data) % size:
        raise ReplyError(message=f"the reply cannot be read: {len(data)} bytes of numbers that take {size} bytes each")
    return data


def _unpacked(message: Message, size: int, field_number: int) -> bytes:
    """Return the numbers that were sent one by one."""
    unknown = UnknownFieldSet(message)
    if not len(unknown):  # almost always empty
        return b""
    wire_type, code = (_FIXED32, "I") if size == 4 else (_FIXED64, "Q")
    words: list[int] = []
    for index in range(len(unknown)):
        entry = unknown[index]
        if entry.field_number == field_number and entry.wire_type == wire_type:
            words.append(entry.data)
    return struct.pack(f"<{len(words)}{code}", *words)


def floats_in(message: Message, chunks: Sequence[bytes], code: str, *, field_number: int = 1) -> list[float]:
    """Decode the numbers of a packed field: :func:`joined_chunks` and :func:`floats_of` in one.

    Args:
        message: the message that has the field.
        chunks: the field's value.
        code: ``"f"`` or ``"d"``.
        field_number: the field's number.

    Raises:
        ReplyError: as :func:`joined_chunks`.
    """
    size = _SIZES[code]
    # Each reply has this form, so it takes as few steps as possible; all others are rare.
    if _LITTLE and len(chunks) == 1 and not len(UnknownFieldSet(message)):
        data = chunks[0]
        if not len(data) % size:
            numbers: list[Any] = memoryview(data).cast(code).tolist()  # type: ignore[call-overload]  # two formats
            return numbers
    return floats_of(joined_chunks(message, chunks, size, field_number=field_number), code)


def floats_of(data: bytes | memoryview, code: str) -> list[float]:
    """Decode packed numbers as Python floats; ``code`` is ``"f"`` or ``"d"``."""
    if _LITTLE:
        numbers: list[Any] = memoryview(data).cast("f" if code == "f" else "d").tolist()
        return numbers
    swapped: array[Any] = array(code, data)
    swapped.byteswap()
    return swapped.tolist()


def vectors_as_lists(data: bytes | memoryview, dim: int) -> list[list[float]]:
    """Decode packed float32 vectors as one list of floats for each."""
    if not _LITTLE:
        flat = floats_of(data, "f")
        return [flat[start : start + dim] for start in range(0, len(flat), dim)]
    view: Any = memoryview(data).cast("f")
    return [view[start : start + dim].tolist() for start in range(0, len(view), dim)]
