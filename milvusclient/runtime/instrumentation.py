"""Calls that are observed: by OpenTelemetry, or by a client that logs slow calls. Other calls do not pass by here."""

from __future__ import annotations

import contextlib
import logging
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from milvusclient.exceptions import MilvusException
from milvusclient.runtime import request_subject

if TYPE_CHECKING:
    from milvusclient.config.uri import Target
    from milvusclient.rpc import Request
    from milvusclient.runtime.request_subject import Subject

__all__ = ["ObservedCall", "Observer", "add_observer", "observers", "remove_observer"]

_logger = logging.getLogger("milvusclient")


class Observer(Protocol):
    """Is told of the beginning and the end of every call of every client in the process."""

    def call_started(self, call: ObservedCall) -> object:
        """Note that a call begins, in the thread or task that makes it.

        Returns:
            A token, which the other methods get for the same call.
        """
        ...

    def call_retried(self, call: ObservedCall, token: object) -> None:
        """Note that the same call is sent again, because of the last of ``call.causes``."""
        ...

    def call_ended(self, call: ObservedCall, token: object) -> None:
        """Note the outcome of the same call, ``call.error`` included."""
        ...


class ObservedCall:
    """One call, from its first attempt to its outcome; a context manager around it.

    Attributes:
        operation: the call, such as ``"Search"``.
        streams: it has many replies, and their reader does other things in between.
        host: host of the server; the path for a file or a unix socket.
        port: port of the server; 0 for a file or a unix socket.
        address: both.
        alias: the connection.
        request_id: what the server writes into its logs; an observer may give one to a call that has none.
        headers: what observers send along with the request.
        attempts: how often it was sent.
        causes: why it was sent again, once for each retry.
        bytes_sent: bytes of the request.
        bytes_received: bytes of the reply.
        status: the code with which the server refused it; 0 if it did not.
        seconds: how long it took, once it has ended.
        error: the exception that it ended with; None for a reply.
    """

    __slots__ = (
        "_database", "_request", "_slow", "_started", "_subject", "_tokens", "address", "alias", "attempts",
        "bytes_received", "bytes_sent", "causes", "error", "headers", "host", "operation", "port", "request_id",
        "seconds", "status", "streams",
    )  # fmt: skip

    def __init__(
        self,
        operation: str,
        request: Request[Any],
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
        self._started = 0.0
        self._tokens: list[tuple[Observer, object]] = []

    @property
    def subject(self) -> Subject:
        """Collection, database and batch size of the request."""
        # Parsed on demand: a call that is only checked for slowness and was fast never needs it.
        if self._subject is None:
            self._subject = request_subject.subject_of(self._request)
        return self._subject

    @property
    def collection(self) -> str:
        """The collection of the request; empty if it has none, or several."""
        return self.subject.collection

    @property
    def batch(self) -> int:
        """The number of rows that it writes, or of vectors that it searches for; 0 if it does neither."""
        return self.subject.batch

    @property
    def database(self) -> str:
        """The database that the request names, else the client's."""
        return self.subject.database or self._database

    def __enter__(self) -> Self:
        for observer in tuple(observers):
            try:
                self._tokens.append((observer, observer.call_started(self)))
            except Exception:  # a broken observer must not break the call
                _logger.warning("an observer of calls failed", exc_info=True)
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds = time.perf_counter() - self._started
        # A reader that leaves a stream early has what it wanted: that is not a failure.
        self.error = None if isinstance(error, GeneratorExit) else error
        # In reverse, so that observers end their spans from the inside out.
        for observer, token in reversed(self._tokens):
            try:
                observer.call_ended(self, token)
            except Exception:  # a broken observer must not break the call
                _logger.warning("an observer of calls failed", exc_info=True)
        if self._slow is not None and self.seconds > self._slow:
            self._log()

    def request_sent(self, size: int, target: Target) -> tuple[tuple[str, str], ...]:
        """Count an attempt, and return the headers that observers send along.

        Args:
            size: number of bytes.
            target: the address that it goes to, which may be another one for each attempt.
        """
        self.host, self.port, self.address = target.peer, target.port, target.address
        self.attempts += 1
        self.bytes_sent = size
        return self.headers

    def reply_received(self, size: int) -> None:
        """Note the bytes of a reply."""
        self.bytes_received = size

    def retried(self, cause: str) -> None:
        """Note that the request will be sent again, and why."""
        self.causes.append(cause)
        for observer, token in self._tokens:
            try:
                observer.call_retried(self, token)
            except Exception:  # a broken observer must not break the call
                _logger.warning("an observer of calls failed", exc_info=True)

    def _log(self) -> None:
        """Log that the call was slow. A failure is not logged as an error: it is raised."""
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


#: The observers of the calls of this process. A call looks at this list to find out that usually there are none.
observers: list[Observer] = []


def add_observer(observer: Observer) -> None:
    """Tell ``observer`` of every call from now on."""
    observers.append(observer)


def remove_observer(observer: Observer) -> None:
    """Stop telling ``observer`` of new calls; does nothing if it was not told."""
    with contextlib.suppress(ValueError):
        observers.remove(observer)
