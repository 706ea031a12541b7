"""Large replies: the vectors are left where gRPC put them, and only what is around them becomes a message.

Parsing a message copies its fields, and asking for a field of bytes copies it again. So the top levels of a large reply
are read here, up to the vectors; what remains of it without them is small, and is parsed as usual.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Generic, Protocol, TypeVar

from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.codec.write.request import field_number, prefix, read_varint

__all__ = ["Lifted", "QueryReply", "Raw", "SearchReply"]

Rep = TypeVar("Rep", bound="_HasStatus")
Raw = Sequence[memoryview | None]
"""For each column the bytes of its float vectors, None where they are in the message."""

_LENGTH_DELIMITED = 2
#: Below this many bytes parsing costs less than reading here.
_LARGE = 1 << 16


class _UnusualError(Exception):
    """The reply is written in a way that is right, and not this module's business."""


class _HasStatus(Protocol):
    @property
    def status(self) -> common_pb2.Status: ...


class Lifted(Generic[Rep]):
    """A reply, and the vectors that were lifted out of it.

    Attributes:
        message: the reply; without the vectors that are in ``raw``.
        raw: for each of its columns the bytes of its vectors; empty if nothing was lifted.
    """

    __slots__ = ("message", "raw")

    def __init__(self, message: Rep, raw: Raw = ()) -> None:
        self.message = message
        self.raw = raw

    @property
    def status(self) -> common_pb2.Status:
        """The status that the reply carries."""
        return self.message.status


class QueryReply(Lifted["milvus_pb2.QueryResults"]):  # in quotes: messages are made when they are needed
    """The reply of a query."""

    __slots__ = ()

    @classmethod
    def FromString(cls, data: bytes) -> QueryReply:  # noqa: N802 - the name that messages have
        """Read a reply."""
        if len(data) < _LARGE:
            return cls(milvus_pb2.QueryResults.FromString(data))
        rest, raw = _lift(data, _query_path())
        return cls(milvus_pb2.QueryResults.FromString(rest), raw)


class SearchReply(Lifted["milvus_pb2.SearchResults"]):
    """The reply of a search."""

    __slots__ = ()

    @classmethod
    def FromString(cls, data: bytes) -> SearchReply:  # noqa: N802 - the name that messages have
        """Read a reply."""
        if len(data) < _LARGE:
            return cls(milvus_pb2.SearchResults.FromString(data))
        rest, raw = _lift(data, _search_path())
        return cls(milvus_pb2.SearchResults.FromString(rest), raw)


def _column_path() -> tuple[int, ...]:
    """From a column to its vectors."""
    return (
        field_number(schema_pb2.FieldData, "vectors"),
        field_number(schema_pb2.VectorField, "float_vector"),
        field_number(schema_pb2.FloatArray, "data"),
    )


@cache
def _query_path() -> tuple[int, ...]:
    return (field_number(milvus_pb2.QueryResults, "fields_data"), *_column_path())


@cache
def _search_path() -> tuple[int, ...]:
    results = field_number(milvus_pb2.SearchResults, "results")
    return (results, field_number(schema_pb2.SearchResultData, "fields_data"), *_column_path())


def _lift(data: bytes, path: tuple[int, ...]) -> tuple[bytes, Raw]:
    """Take the fields at the end of a path out of a message.

    Returns:
        The message without them, and for each of its columns what was taken out.
    """
    raw: list[memoryview | None] = []
    parts: list[bytes | memoryview] = []
    try:
        _walk(memoryview(data), path, parts, raw)
    except (_UnusualError, IndexError):
        return data, ()
    return b"".join(parts), raw


def _walk(
    message: memoryview, path: tuple[int, ...], parts: list[bytes | memoryview], raw: list[memoryview | None]
) -> None:
    """Append the fields of a message to ``parts``, but what the path leads to, to ``raw``."""
    wanted, depth = path[0], len(path)
    position, end = 0, len(message)
    while position < end:
        start = position
        tag, position = read_varint(message, position)
        kind = tag & 7
        if kind != _LENGTH_DELIMITED:
            if depth == 1:
                raise _UnusualError  # numbers that are not packed
            position = _after(message, position, kind)
            parts.append(message[start:position])
            continue
        size, position = read_varint(message, position)
        body = message[position : position + size]
        position += size
        if position > end:
            raise _UnusualError
        if tag >> 3 != wanted:
            parts.append(message[start:position])
        elif depth == 1:
            if raw[-1] is not None:
                raise _UnusualError  # packed in several chunks
            raw[-1] = body
        else:
            if depth == _COLUMN_DEPTH:
                raw.append(None)
            inner: list[bytes | memoryview] = []
            _walk(body, path[1:], inner, raw)
            parts.append(prefix(wanted, sum(map(len, inner))))
            parts += inner


#: How many steps of a path are left at the columns.
_COLUMN_DEPTH = 4


def _after(message: memoryview, position: int, kind: int) -> int:
    """The end of a field that is not length-delimited."""
    if kind == 0:
        return read_varint(message, position)[1]
    if kind in (1, 5):
        return position + (8 if kind == 1 else 4)
    raise _UnusualError
