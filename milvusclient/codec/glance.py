"""A look at a request of which only the bytes exist, without reading the rows or vectors that it carries."""

from __future__ import annotations

from milvusclient.codec.write.request import read_varint

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
        tag, end = read_varint(payload, start)
        kind = tag & 7
        if kind == _VARINT:
            _, end = read_varint(payload, end)
        elif kind == _DELIMITED:
            size, end = read_varint(payload, end)
            end += size
            if size > _LARGE:
                continue
        else:
            end += 8 if kind == _FIXED64 else 4
        kept.append(view[start:end])
    return b"".join(kept)
