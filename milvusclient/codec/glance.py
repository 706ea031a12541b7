"""A look at a request of which only the bytes exist, without reading the rows or vectors that it carries."""

from __future__ import annotations

__all__ = ["without_large_fields"]

#: Bytes. Names are shorter; columns and vectors may be, and are read then.
_LARGE = 1024
_VARINT, _FIXED64, _DELIMITED = 0, 1, 2


def without_large_fields(payload: bytes) -> bytes:
    """A serialized message without those of its fields that are large: another message of the same type.

    Args:
        payload: what ``SerializeToString`` gave. No more than the first bytes of each field are read.
    """
    view = memoryview(payload)
    kept = []
    end = 0
    while end < len(payload):
        start = end
        tag, end = _varint(payload, start)
        kind = tag & 7
        if kind == _VARINT:
            _, end = _varint(payload, end)
        elif kind == _DELIMITED:
            size, end = _varint(payload, end)
            end += size
            if size > _LARGE:
                continue
        else:
            end += 8 if kind == _FIXED64 else 4
        kept.append(view[start:end])
    return b"".join(kept)


def _varint(payload: bytes, start: int) -> tuple[int, int]:
    """The number that begins here, and where the next thing begins."""
    number = shift = 0
    while True:
        byte = payload[start]
        start += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, start
        shift += 7
