"""Replies whose vectors stay in the buffer that gRPC received; only what surrounds them becomes a message.

Parsing a message copies its fields, and reading a field of bytes copies it again. So a large reply is walked here down
to the vectors of its columns; what remains without them is small and is parsed as usual.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Generic, Protocol, TypeVar

from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.codec.wire import WireError, field_number, prefix, walk

__all__ = ["BufferedReply", "BulkWriteReply", "QueryReply", "Raw", "SearchReply"]

Rep = TypeVar("Rep", bound="_HasStatus")
Raw = Sequence[memoryview | None]
"""For each column the bytes of its float vectors; None where they are in the message."""

#: Below this many bytes parsing the whole reply costs less than walking it.
_LARGE = 1 << 16
#: The same for the reply to a write, of which nothing but numbers is parsed.
_SMALL_WRITE = 1 << 12
#: How many steps of a path remain at a column.
_COLUMN_DEPTH = 4


class _UnusualError(Exception):
    """The reply is valid but encoded in a rare way, which is left to protobuf."""


class _HasStatus(Protocol):
    @property
    def status(self) -> common_pb2.Status: ...


class BufferedReply(Generic[Rep]):
    """A reply and the vectors that were left in its buffer.

    Attributes:
        message: the reply; without the vectors that are in ``raw``.
        raw: for each of its columns the bytes of its vectors; empty if the message has them all.
    """

    __slots__ = ("message", "raw")

    def __init__(self, message: Rep, raw: Raw = ()) -> None:
        self.message = message
        self.raw = raw

    @property
    def status(self) -> common_pb2.Status:
        """The status that the reply carries."""
        return self.message.status


class QueryReply(BufferedReply["milvus_pb2.QueryResults"]):  # in quotes: messages are made when they are needed
    """The reply to a query."""

    __slots__ = ()

    @classmethod
    def FromString(cls, data: bytes) -> QueryReply:  # noqa: N802 - the name that messages have
        """Parse a reply."""
        if len(data) < _LARGE:
            return cls(milvus_pb2.QueryResults.FromString(data))
        rest, raw = _take_out(data, _query_path())
        return cls(milvus_pb2.QueryResults.FromString(rest), raw)


class SearchReply(BufferedReply["milvus_pb2.SearchResults"]):
    """The reply to a search."""

    __slots__ = ()

    @classmethod
    def FromString(cls, data: bytes) -> SearchReply:  # noqa: N802 - the name that messages have
        """Parse a reply."""
        if len(data) < _LARGE:
            return cls(milvus_pb2.SearchResults.FromString(data))
        rest, raw = _take_out(data, _search_path())
        return cls(milvus_pb2.SearchResults.FromString(rest), raw)


class BulkWriteReply(BufferedReply["milvus_pb2.MutationResult"]):
    """The reply to an insert or upsert of a bulk write; without the keys, which are not asked for there."""

    __slots__ = ()

    @classmethod
    def FromString(cls, data: bytes) -> BulkWriteReply:  # noqa: N802 - the name that messages have
        """Parse a reply."""
        if len(data) < _SMALL_WRITE:
            return cls(milvus_pb2.MutationResult.FromString(data))
        long = {field_number(milvus_pb2.MutationResult, name) for name in ("IDs", "succ_index")}
        rest = b"".join([field.data for field in walk(memoryview(data)) if field.number not in long])
        return cls(milvus_pb2.MutationResult.FromString(rest))


def _column_path() -> tuple[int, ...]:
    """Return the field numbers that lead from a column to its vectors."""
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


def _take_out(data: bytes, path: tuple[int, ...]) -> tuple[bytes, Raw]:
    """Take the fields at the end of a path out of a message.

    Returns:
        The message without them, and for each of its columns what was taken out.
    """
    raw: list[memoryview | None] = []
    parts: list[bytes | memoryview] = []
    try:
        _split(memoryview(data), path, parts, raw)
    except (_UnusualError, WireError):
        return data, ()
    return b"".join(parts), raw


def _split(
    message: memoryview, path: tuple[int, ...], parts: list[bytes | memoryview], raw: list[memoryview | None]
) -> None:
    """Append the fields of a message to ``parts``, except what the path leads to, which goes to ``raw``."""
    wanted, depth = path[0], len(path)
    for field in walk(message):
        if depth == 1 and field.body is None:
            raise _UnusualError  # numbers that are not packed
        if field.number != wanted or field.body is None:
            parts.append(field.data)
        elif depth == 1:
            if raw[-1] is not None:
                raise _UnusualError  # packed in several chunks
            raw[-1] = field.body
        else:
            if depth == _COLUMN_DEPTH:
                raw.append(None)
            inner: list[bytes | memoryview] = []
            _split(field.body, path[1:], inner, raw)
            parts.append(prefix(wanted, sum(map(len, inner))))
            parts += inner
