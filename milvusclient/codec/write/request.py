"""Requests put together from parts: what is large is copied once, from where the user keeps it to what gRPC sends.

Setting a field of a message copies, and serializing the message copies again. So the few bytes around large fields are
written here, and everything is joined at once, or written into one buffer if its parts are only made on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from milvusclient.codec.wire import field_number, prefix

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["LARGE", "Assembled", "Column"]

Req = TypeVar("Req", bound="Message")

#: A program that sends one request of this size will send more of them.
LARGE = 1 << 20
#: Just below the size from which glibc never keeps a freed block (DEFAULT_MMAP_THRESHOLD_MAX).
_MOST_KEPT = (1 << 25) - (1 << 13)


class Column:
    """A serialized FieldData whose large field may still be where the user keeps it.

    Args:
        head: the fields around the large one, serialized.
        size: number of bytes in the large field.
        body: the large field as consecutive buffers, such as the user's own arrays. They may be made while they are
            read.
        mend: returns what to read in place of a body that cannot be read to its end; it raises an error that says why.
        check: inspects the body when it is in its place, and raises if it must not be sent.
        around: builds the end of the head for a body of some size: the tags and lengths directly before it.
    """

    __slots__ = ("around", "body", "check", "head", "mend", "size")

    def __init__(
        self,
        head: bytes,
        size: int = 0,
        body: Iterable[Any] = (),  # anything with a buffer
        mend: Callable[[], Iterable[Any]] | None = None,
        check: Callable[[memoryview], None] | None = None,
        around: Callable[[int], bytes] | None = None,
    ) -> None:
        self.head = head
        self.size = size
        self.body = body
        self.mend = mend
        self.check = check
        self.around = around

    def prefixed(self, number: int) -> bytes:
        """Build what precedes the body if the column is a field of this number."""
        return prefix(number, len(self.head) + self.size) + self.head

    def write(self, stream: BytesIO, number: int) -> None:
        """Write the column as a field of this number."""
        stream.write(self.prefixed(number))
        self.write_body(stream)

    def write_body(self, stream: BytesIO) -> None:
        """Write the large field, and check it in its place."""
        start = stream.tell()
        try:
            stream.writelines(self.body)
        except Exception:
            if self.mend is None:
                raise
            stream.seek(start)
            stream.writelines(self.mend())
        if self.check is not None:
            # Both views are released before an error can leave: a traceback keeps them alive otherwise, and a BytesIO
            # whose buffer is exported must not be freed.
            with stream.getbuffer() as written, written[start : start + self.size] as body:
                self.check(body)


class Assembled(Generic[Req]):
    """A request that exists as bytes only. It is sent like a message.

    Args:
        envelope: the message without the columns.
        columns: the columns of its ``fields_data``, in their order.

    Raises:
        MilvusException: a column must not be sent, which shows when it is written.
    """

    __slots__ = ("_envelope", "_payload", "_type")

    def __init__(self, envelope: Req, columns: Iterable[Column]) -> None:
        for _ in self._steps(envelope, columns):
            pass

    def _steps(self, envelope: Req, columns: Iterable[Column]) -> Generator[None, None, None]:
        """Set everything; joining and checking are steps of their own."""
        self._type = type(envelope)
        number = field_number(self._type, "fields_data")
        columns = list(columns)
        self._envelope = envelope.SerializeToString()
        payload = yield from _joined(self._envelope, columns, number)
        if payload is None:
            stream = BytesIO()
            stream.write(self._envelope)
            for column in columns:
                column.write(stream, number)
                yield
            payload = stream.getvalue()  # the stream hands its memory over instead of copying it
        self._payload = payload
        if len(self._payload) > LARGE:
            _keep_memory()

    @classmethod
    def in_turns(cls, envelope: Req, columns: Iterable[Column]) -> Generator[None, None, Assembled[Req]]:
        """Build a request whose columns are encoded; each yield is a chance for others.

        Args:
            envelope: the message without the columns.
            columns: the columns of its ``fields_data``, in their order.

        Raises:
            MilvusException: a column must not be sent.
        """
        made = cls.__new__(cls)
        yield  # after encoding
        yield from made._steps(envelope, columns)
        return made

    @classmethod
    def in_steps(
        cls, envelope: Req, columns: Iterable[tuple[Column, Sequence[Column]]]
    ) -> Generator[None, None, Assembled[Req]]:
        """Build a request in steps, between which the caller may do something else.

        Args:
            envelope: the message without the columns.
            columns: for each column one with its head and its size, and those whose bodies make up its body.

        Raises:
            MilvusException: a column must not be sent.
        """
        made = cls.__new__(cls)
        made._type, made._envelope = type(envelope), envelope.SerializeToString()
        number = field_number(made._type, "fields_data")
        stream = BytesIO()
        stream.write(made._envelope)
        for column, pieces in columns:
            stream.write(column.prefixed(number))
            for piece in pieces:
                piece.write_body(stream)
                yield
        made._payload = stream.getvalue()
        if len(made._payload) > LARGE:
            _keep_memory()
        return made

    @classmethod
    def of(cls, request: type[Req], envelope: bytes, large: bytes) -> Assembled[Req]:
        """Build a request whose bytes exist already.

        Args:
            request: the class of the message.
            envelope: the message without its large field.
            large: that field, with its tag.
        """
        made = cls.__new__(cls)
        made._type, made._envelope, made._payload = request, envelope, envelope + large
        return made

    def SerializeToString(self) -> bytes:  # noqa: N802 - the name that messages have
        """Return the bytes."""
        return self._payload

    def envelope(self) -> Req:
        """Parse the request without its columns or vectors: what it is about, but not what is in it."""
        return self._type.FromString(self._envelope)

    def message(self) -> Req:
        """Parse the whole request; a copy, for tests and debugging."""
        return self._type.FromString(self._payload)


def _joined(envelope: bytes, columns: list[Column], number: int) -> Generator[None, None, bytes | None]:
    """Join the whole request, which takes half as long as writing one buffer after the other.

    Returns:
        The request; None if a body is only made while it is read, or cannot be joined.
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
    yield
    view = memoryview(payload)
    for start, column in zip(starts, columns, strict=True):
        if column.check is not None:
            # One array of the user's is likely to be where numbers should be; in the request they rarely are.
            single = column.body[0] if len(column.body) == 1 else None  # type: ignore[index, arg-type]  # a list or a tuple
            column.check(view[start : start + column.size] if single is None else memoryview(single).cast("B"))
            yield
    return payload


@cache
def _keep_memory() -> None:
    """Have large blocks kept for the next request, instead of given back and zeroed by the kernel page by page.

    glibc's malloc keeps twice the size of the largest block that was freed so far, which is just too little for a
    request and gRPC's copy of it: half of the time of an insert would go into page faults. This block raises the mark.
    It is never written to, so it costs nothing; with another malloc it does nothing.
    """
    bytes(_MOST_KEPT)
