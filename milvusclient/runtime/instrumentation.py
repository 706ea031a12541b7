"""Calls that somebody watches: OpenTelemetry, or a client that logs what is slow. The others do not pass by here."""

from __future__ import annotations

import contextlib
import logging
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from milvusclient.exceptions import MilvusException
from milvusclient.runtime import request_subject

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient.codec.write.request import Assembled
    from milvusclient.runtime.request_subject import Subject

__all__ = ["WatchedCall", "Watcher", "active", "add_watcher", "remove_watcher"]

_logger = logging.getLogger("milvusclient")


class Watcher(Protocol):
    """Is told of the beginning and the end of every call of every client in the process."""

    def began(self, call: WatchedCall) -> object:
        """A call begins, in the thread or task of whoever made it.

        Returns:
            What :meth:`ended` gets.
        """
        ...

    def repeated(self, call: WatchedCall, token: object) -> None:
        """The same call is sent again, because of the last of ``call.causes``."""
        ...

    def ended(self, call: WatchedCall, token: object) -> None:
        """The same call has its outcome, ``call.error`` included."""
        ...


class WatchedCall:
    """One call, from its first attempt to its outcome. A context manager around it.

    Attributes:
        operation: the call, such as ``"Search"``.
        streams: it has many replies, and whoever reads them does other things in between.
        host: where it goes; the path for a file or a unix socket.
        port: where it goes; 0 for a file or a unix socket.
        address: both.
        alias: the connection.
        request_id: what the server writes into its logs; a watcher may give one to a call that has none.
        headers: what watchers send along with the request.
        attempts: how often it was sent.
        causes: why it was sent again, once for each time.
        bytes_sent: bytes of the request.
        bytes_received: bytes of the reply.
        status: the code with which the server refused it; 0 if it did not.
        seconds: how long it took, once it has ended.
        error: what it ended with, if that was not a reply.
    """

    __slots__ = (
        "_began", "_database", "_request", "_slow", "_subject", "_tokens", "address", "alias", "attempts",
        "bytes_received", "bytes_sent", "causes", "error", "headers", "host", "operation", "port", "request_id",
        "seconds", "status", "streams",
    )  # fmt: skip

    def __init__(
        self,
        operation: str,
        request: Message | Assembled[Any],
        host: str,
        port: int,
        address: str,
        alias: str,
        database: str,
        request_id: str,
        slow: float | None,
        *,
        streams: bool = False,
    ) -> None:
        self.operation = operation
        self.streams = streams
        self.host = host
        self.port = port
        self.address = address
        self.alias = alias
        self.request_id = request_id
        self.headers: tuple[tuple[str, str], ...] = ()
        self.attempts = 0
        self.causes: list[str] = []
        self.bytes_sent = 0
        self.bytes_received = 0
        self.status = 0
        self.seconds = 0.0
        self.error: BaseException | None = None
        self._request = request
        self._database = database
        self._subject: Subject | None = None
        self._slow = slow
        self._began = 0.0
        self._tokens: list[tuple[Watcher, object]] = []

    @property
    def subject(self) -> Subject:
        """What the request is about; looked for when somebody asks, which nobody does for a call that was not slow."""
        if self._subject is None:
            self._subject = request_subject.subject_of(self._request)
        return self._subject

    @property
    def collection(self) -> str:
        """The collection that it is about; empty if it is about none."""
        return self.subject.collection

    @property
    def batch(self) -> int:
        """How many rows it writes, or vectors it searches for; 0 if it does neither."""
        return self.subject.batch

    @property
    def database(self) -> str:
        """The database: the one that the request names, else the client's."""
        return self.subject.database or self._database

    def __enter__(self) -> Self:
        for watcher in tuple(active):
            try:
                self._tokens.append((watcher, watcher.began(self)))
            except Exception:  # whoever watches must not break what is watched
                _logger.warning("a watcher of calls failed", exc_info=True)
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds = time.perf_counter() - self._began
        # Whoever stops reading a stream has what he wanted.
        self.error = None if isinstance(error, GeneratorExit) else error
        for watcher, token in reversed(self._tokens):
            try:
                watcher.ended(self, token)
            except Exception:  # whoever watches must not break what is watched
                _logger.warning("a watcher of calls failed", exc_info=True)
        if self._slow is not None and self.seconds > self._slow:
            self._log()

    def sends(self, size: int) -> tuple[tuple[str, str], ...]:
        """The request goes out, perhaps again; the headers that go with it."""
        self.attempts += 1
        self.bytes_sent = size
        return self.headers

    def received(self, size: int) -> None:
        """A reply came."""
        self.bytes_received = size

    def repeats(self, cause: str) -> None:
        """The request will be sent again."""
        self.causes.append(cause)
        for watcher, token in self._tokens:
            try:
                watcher.repeated(self, token)
            except Exception:  # whoever watches must not break what is watched
                _logger.warning("a watcher of calls failed", exc_info=True)

    def _log(self) -> None:
        """Say that the call was slow. A failure is not told here as one: it is raised."""
        about = f" on {self.collection!r}" if self.collection else ""
        outcome = "answered" if self.error is None else _outcome(self.error)
        again = f", sent again because of: {'; '.join(self.causes)}" if self.causes else ""
        _logger.warning(
            "slow call: %s%s at %s took %.3f s, more than %g s (%s, alias=%r, database=%r, request_id=%r, attempts=%d, "
            "%d bytes sent, %d received%s)",
            self.operation, about, self.address, self.seconds, self._slow, outcome, self.alias, self.database,
            self.request_id, self.attempts, self.bytes_sent, self.bytes_received, again,
        )  # fmt: skip


def _outcome(error: BaseException) -> str:
    code = f" with code {error.code}" if isinstance(error, MilvusException) else ""
    return f"{type(error).__name__}{code}"


#: Who watches the calls of this process; nobody, as a rule, so that a call needs one look to know it.
active: list[Watcher] = []


def add_watcher(watcher: Watcher) -> None:
    """From now on ``watcher`` is told of every call."""
    active.append(watcher)


def remove_watcher(watcher: Watcher) -> None:
    """``watcher`` is not told of new calls any more; nothing happens if it was not."""
    with contextlib.suppress(ValueError):
        active.remove(watcher)
