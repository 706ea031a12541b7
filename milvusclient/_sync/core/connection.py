"""One open connection: its channel, its handshake with the server, its figures."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient import rpc
from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient._version import __version__
from milvusclient.exceptions import ConnectError, ErrorCode, MilvusException
from milvusclient.policy import tls_diagnosis
from milvusclient.policy.deadline import Deadline
from milvusclient.policy.errors import Closed, connect_error, is_embedded, status_error
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.runtime import embedded
from milvusclient.runtime.callsite import next_sequence
from milvusclient.runtime.concurrency import Abandoned, Flight, Signal, in_thread
from milvusclient.runtime.counters import Figures
from milvusclient.transport import tls_probe
from milvusclient.transport.grpc_sync import open_transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.rpc import Method, Readable
    from milvusclient.transport.base import Transport, Metadata

__all__ = ["Connection"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

#: Seconds for a new handshake of a connection that was open; calls may have no limit of their own.
_LONGEST_HANDSHAKE = 10.0
#: Seconds for a look at a server that hung up, at most.
_LONGEST_LOOK = 1.0
_PROXY_VARIABLES = ("grpc_proxy", "https_proxy", "http_proxy")


class Connection:
    """A channel, and what the server at its end said of itself. Made by :meth:`dial`, held by the pool alone."""

    def __init__(self, alias: str, config: ConnectionConfig, transport: Transport, holder: object) -> None:
        self.alias = alias
        self.config = config
        self.generation = next_sequence()
        self.figures = Figures()
        self.connected_since = time.time()
        self.closed: Closed | None = None
        self.closing = Signal()
        self.server_info = common_pb2.ServerInfo()
        #: What a request carries beside its own headers; empty when :meth:`asked_metadata` has to be asked each time.
        self.metadata: Metadata = ()
        #: The number of the handshake if the server need not be greeted again before a request, else 0.
        self.greeted = 0
        self._identifier: Metadata = ()
        self._transport = transport
        self._holder = holder
        self._lock = threading.Lock()
        self._stale = False
        self._greetings = 0
        self._handshaking: Flight[None] | None = None

    @classmethod
    def dial(cls, alias: str, config: ConnectionConfig) -> Connection:
        """Make the channel, after the embedded server if it needs one; :meth:`handshake` connects it.

        Raises:
            ConnectError: the embedded server does not start.
            ConnectionConfigException: a certificate file cannot be read, or the embedded server is not installed.
        """
        holder = object()
        try:
            address = config.target.address
            if is_embedded(config):
                address = in_thread(lambda: embedded.start(config, holder))
            return cls(alias, config, open_transport(address, config), holder)
        except BaseException:
            if is_embedded(config):
                in_thread(lambda: embedded.stop(config, holder))
            raise

    def call(self, method: Method[Req, Rep], payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request; ``metadata`` is complete.

        Raises:
            RpcFailure: there is no reply.
        """
        figures = self.figures
        began = figures.began(len(payload))
        try:
            reply = self._transport.call(method.path, payload, metadata, timeout)
        except BaseException:
            figures.failed(method.name, began)
            raise
        figures.ended(method.name, len(reply), began)
        return reply

    def stream(
        self, method: Method[Req, Rep], payload: bytes, metadata: Metadata, timeout: float | None
    ) -> Iterator[bytes]:
        """Send one request and yield the replies.

        Raises:
            RpcFailure: they end before their end.
        """
        figures = self.figures
        began = figures.began(len(payload))
        received = 0
        try:
            for reply in self._transport.stream(method.path, payload, metadata, timeout):
                received += len(reply)
                yield reply
        except BaseException:
            figures.failed(method.name, began)
            raise
        figures.ended(method.name, received, began)

    def close(self, closed: Closed) -> None:
        """Close the channel: calls in flight and sleeping ones end at once."""
        self.closed = closed
        self.closing.set()
        self.shut()

    def shut(self) -> None:
        """Give back the channel, and the embedded server."""
        try:
            self._transport.close()
        finally:
            if is_embedded(self.config):
                in_thread(lambda: embedded.stop(self.config, self._holder))

    def abandon(self) -> None:
        """Give back what outlives an event loop that is closed; the channel went with the loop."""
        if is_embedded(self.config):
            stop = threading.Thread(target=embedded.stop, args=(self.config, self._holder), name="milvusclient-abandon")
            stop.start()

    def doubt(self, greeting: int) -> None:
        """The server went away: greet it again before the next request, as its answer to the handshake may differ.

        Args:
            greeting: the handshake under which the request was sent; a newer one is not doubted.
        """
        with self._lock:
            if greeting == self._greetings:
                self._stale = True
                self.greeted = 0

    def ready(self, deadline: Deadline) -> int:
        """Greet the server again if it went away; one handshake, however many wait for it.

        Returns:
            The number of the handshake, for :meth:`doubt`.

        Raises:
            RpcFailure: the server is still away; nothing was sent.
        """
        while self._stale:
            flight, mine = self._join_or_claim()
            if mine:
                self._greet_for_all(flight, deadline)
            else:
                self._wait_for(flight, deadline)
        return self._greetings

    def _join_or_claim(self) -> tuple[Flight[None], bool]:
        """The handshake that somebody makes, else one that is the caller's to make."""
        with self._lock:
            flight = self._handshaking
            if flight is not None:
                return flight, False
            flight = Flight[None]()
            if self._stale:
                self._handshaking = flight
            else:
                flight.land(None)
            return flight, self._stale

    def _greet_for_all(self, flight: Flight[None], deadline: Deadline) -> None:
        try:
            self._greet(deadline.bounded(_LONGEST_HANDSHAKE, time.monotonic()))
        except (RpcFailure, MilvusException) as error:
            self._end_handshake(stale=True)
            failure = _unsent(error)
            # The time of the one who asked may be up, that of the others is not.
            late = failure.status == "DEADLINE_EXCEEDED"
            flight.fail(RpcFailure(_UNANSWERED if late else failure))
            own = failure if deadline.expired(time.monotonic()) or not late else _UNANSWERED
            raise RpcFailure(own) from error.__cause__
        except BaseException:
            self._end_handshake(stale=True)
            flight.fail(Abandoned())
            raise
        self._end_handshake(stale=False)
        flight.land(None)

    def _end_handshake(self, *, stale: bool) -> None:
        with self._lock:
            self._stale = stale
            self.greeted = 0 if stale else self._greetings
            self._handshaking = None

    def _wait_for(self, flight: Flight[None], deadline: Deadline) -> None:
        try:
            flight.wait(deadline.remaining(time.monotonic()))
        except Abandoned:
            return
        except TimeoutError:
            raise RpcFailure(_LATE) from None
        except RpcFailure as failed:
            # One exception object raised by many would collect the traceback of each.
            raise RpcFailure(failed.failure) from failed.__cause__

    def handshake(self, deadline: Deadline) -> None:
        """The first greeting, whose failures are explained.

        Raises:
            ConnectError: the server cannot be reached, or refuses.
        """
        try:
            self._greet(deadline)
        except RpcFailure as failed:
            proxy = _proxy_variable(self.config)
            error = connect_error(
                failed.failure,
                self.config,
                self.alias,
                timeout=deadline.timeout or 0.0,
                proxy_variable=proxy,
                seen=None if proxy else self._look(failed.failure, deadline),
            )
            raise error from failed.__cause__

    def _look(self, failure: Failure, deadline: Deadline) -> tls_diagnosis.Seen | None:
        """What a second look at the server tells, when gRPC's words leave open whether TLS is the reason."""
        seconds = deadline.clip(_LONGEST_LOOK, time.monotonic())
        if not tls_diagnosis.worth_a_look(failure, self.config) or not seconds:
            return None
        return in_thread(lambda: tls_probe.look(self.config.target, seconds))

    def _greet(self, deadline: Deadline) -> None:
        credentials = self._credentials()
        payload = _connect_request().SerializeToString()
        timeout = deadline.remaining(time.monotonic())
        reply = rpc.CONNECT.decode(self._transport.call(rpc.CONNECT.path, payload, credentials, timeout))
        status = reply.status
        if status.code or status.error_code:
            raise _not_ready(status, self.config, self.alias)
        self.server_info = reply.server_info
        self._identifier = (("identifier", str(reply.identifier)),)
        if not self.config.token.is_dynamic:
            self.metadata = (*self._identifier, *credentials)
        with self._lock:
            self._greetings += 1
            if not self._stale:
                self.greeted = self._greetings

    def asked_metadata(self) -> Metadata:
        """What a request carries beside its own headers, when the credentials are asked for each request."""
        return (*self._identifier, *self._credentials())

    def info(self, database: str = "") -> ConnectionInfo:
        """The figures of this moment.

        Args:
            database: the one of the client that asks; empty means the connection's own.
        """
        from milvusclient.models.connection import ConnectionInfo

        figures = self.figures
        return ConnectionInfo(
            alias=self.alias,
            address=self.config.target.address,
            database=database or self.config.database,
            user=self.config.user,
            server_version=self.server_info.build_tags,
            connected_since=self.connected_since,
            calls=figures.calls,
            errors=figures.errors,
            retries=figures.retries,
            in_flight=figures.in_flight,
            bytes_sent=figures.bytes_sent,
            bytes_received=figures.bytes_received,
            operations=figures.operations(),
        )

    def _credentials(self) -> Metadata:
        """The header that says who asks; none without credentials."""
        authorization = self.config.authorization
        return (("authorization", authorization),) if authorization else ()

    def greet_again(self, timeout: float | None) -> common_pb2.ServerInfo:
        """A new handshake for its answer's sake: what the server says of itself now.

        Raises:
            RpcFailure: there is no reply.
        """
        self._greet(Deadline.start(timeout, time.monotonic()))
        return self.server_info


_UNANSWERED = Failure("UNAVAILABLE", "the handshake was not answered in time", sent=False)
_LATE = Failure("DEADLINE_EXCEEDED", "the time was up before the handshake was answered", sent=False)


def _unsent(error: RpcFailure | MilvusException) -> Failure:
    """Why a handshake failed, as the failure of a call that waited for it."""
    if isinstance(error, RpcFailure):
        return error.failure._replace(sent=False)
    return Failure("UNAVAILABLE", error.message, sent=False)


def _connect_request() -> milvus_pb2.ConnectRequest:
    info = common_pb2.ClientInfo(
        sdk_type="Python",
        sdk_version=__version__,
        local_time=time.strftime("%Y-%m-%d %H:%M:%S"),
        host=socket.gethostname(),
    )
    return milvus_pb2.ConnectRequest(client_info=info)


def _not_ready(status: common_pb2.Status, config: ConnectionConfig, alias: str) -> MilvusException:
    cause = status_error(status.code, status.error_code, status.reason, False, status.retriable)
    error = ConnectError(
        ErrorCode.CONNECT_FAILED,
        f"cannot connect to {config.target.uri}: the server is not ready and says {status.reason!r}; "
        "wait until it has started, then connect again",
    )
    error.reason = "not_ready"
    error.alias = alias
    error.address = config.target.address
    error.__cause__ = cause
    return error


def _proxy_variable(config: ConnectionConfig) -> str:
    """The environment variable that makes gRPC use a proxy for this target, if one does."""
    if config.target.is_loopback or ("grpc.enable_http_proxy", 0) in config.grpc_options:
        return ""
    exempt = os.environ.get("no_grpc_proxy") or os.environ.get("no_proxy") or ""  # noqa: SIM112 - as gRPC reads them
    hosts = [entry.strip().lstrip(".") for entry in exempt.split(",") if entry.strip()]
    if any(config.target.host == host or config.target.host.endswith("." + host) for host in hosts):
        return ""
    return next((name for name in _PROXY_VARIABLES if os.environ.get(name)), "")
