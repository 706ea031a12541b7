"""Requests put together from parts: what is large is copied once, from where the user keeps it to what gRPC sends.

Setting a field of a message copies, and serializing the message copies again. A message on the wire is nothing but its
fields, one after the other, so the few bytes around large fields are written here and everything is joined at one go,
or written into one buffer where its parts are only made on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["Assembled", "Column", "field_number", "prefix", "read_varint"]

Req = TypeVar("Req", bound="Message")
_LENGTH_DELIMITED = 2


#: Whoever sends a request of this size will send more of them.
_LARGE = 1 << 20
#: Just below what glibc takes for too large ever to be kept (DEFAULT_MMAP_THRESHOLD_MAX).
_MOST_KEPT = (1 << 25) - (1 << 13)


def field_number(message: type[Message], name: str) -> int:
    """The number of a field of a message."""
    number: int = message.DESCRIPTOR.fields_by_name[name].number
    return number


def prefix(number: int, size: int) -> bytes:
    """What stands before a field of ``size`` bytes: its number, and its length."""
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(size)


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def read_varint(message: bytes | memoryview, position: int) -> tuple[int, int]:
    """The number that begins at a position of a serialized message, and where the next thing begins.

    Raises:
        IndexError: the message ends in the middle of it.
    """
    number = shift = 0
    while True:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7


class Column:
    """A serialized FieldData, whose large field may still be where the user keeps it.

    Args:
        head: the fields around the large one, serialized.
        size: how many bytes the large field has.
        body: the large field: buffers that are one after the other, such as the user's own arrays. They may be made
            while they are read.
        mend: what to read in place of a body that cannot be read to its end; it raises an error that says why.
        check: looks at the body when it is in its place, and raises if it must not be sent.
    """

    __slots__ = ("body", "check", "head", "mend", "size")

    def __init__(
        self,
        head: bytes,
        size: int = 0,
        body: Iterable[Any] = (),  # anything with a buffer
        mend: Callable[[], Iterable[Any]] | None = None,
        check: Callable[[memoryview], None] | None = None,
    ) -> None:
        self.head = head
        self.size = size
        self.body = body
        self.mend = mend
        self.check = check

    def prefixed(self, number: int) -> bytes:
        """What stands before the body if the column is a field of this number."""
        return prefix(number, len(self.head) + self.size) + self.head

    def write(self, stream: BytesIO, number: int) -> None:
        """Write the column as a field of this number."""
        stream.write(self.prefixed(number))
        start = stream.tell()
        try:
            stream.writelines(self.body)
        except Exception:
            if self.mend is None:
                raise
            stream.seek(start)
            stream.writelines(self.mend())
        if self.check is not None:
            with stream.getbuffer() as written:
                self.check(written[start : start + self.size])


class Assembled(Generic[Req]):
    """A request of which only the bytes exist. It is sent like a message.

    Args:
        envelope: the message without the columns.
        columns: the columns of its ``fields_data``, in their order.

    Raises:
        MilvusException: what a column finds when it is written.
    """

    __slots__ = ("_payload", "_type")

    def __init__(self, envelope: Req, columns: Iterable[Column]) -> None:
        self._type = type(envelope)
        number = field_number(self._type, "fields_data")
        columns = list(columns)
        payload = _joined(envelope.SerializeToString(), columns, number)
        if payload is None:
            stream = BytesIO()
            stream.write(envelope.SerializeToString())
            for column in columns:
                column.write(stream, number)
            payload = stream.getvalue()  # the stream gives its memory away, it does not copy it
        self._payload = payload
        if len(self._payload) > _LARGE:
            _keep_memory()

    @classmethod
    def of(cls, request: type[Req], payload: bytes) -> Assembled[Req]:
        """A request of this class whose bytes are made already."""
        made = cls.__new__(cls)
        made._type, made._payload = request, payload
        return made

    def SerializeToString(self) -> bytes:  # noqa: N802 - the name that messages have
        """The bytes."""
        return self._payload

    @property
    def kind(self) -> type[Req]:
        """The class of the message."""
        return self._type

    def message(self) -> Req:
        """The request as a message, for whoever wants to look into it; a copy."""
        return self._type.FromString(self._payload)


def _joined(envelope: bytes, columns: list[Column], number: int) -> bytes | None:
    """The whole request at one go, which takes half as long as writing one buffer after the other.

    Returns:
        The request; None if some body is only made while it is read, or cannot be joined.
    """
    parts: list[Any] = [envelope]
    starts: list[int] = []
    position = len(envelope)
    for column in columns:
        if not isinstance(column.body, list | tuple):
            return None
        before = column.prefixed(number)
        starts.append(position + len(before))
        position += len(before) + column.size
        parts.append(before)
        parts += column.body
    try:
        payload = b"".join(parts)
    except (TypeError, ValueError, BufferError):
        return None
    view = memoryview(payload)
    for start, column in zip(starts, columns, strict=True):
        if column.check is not None:
            column.check(view[start : start + column.size])
    return payload


@cache
def _keep_memory() -> None:
    """Have large blocks kept for the next request, instead of given back and zeroed by the kernel page by page.

    glibc's malloc keeps twice the size of the largest block that was given back so far, which is just too little for a
    request and gRPC's copy of it: half of the time of an insert would go into page faults. This block raises the mark.
    It is never written to, so it costs nothing; with another malloc it does nothing.
    """
    bytes(_MOST_KEPT)
