"""How a request becomes a reply: one deadline, repetitions, and errors that say what happened. One visible loop."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from milvusclient._sync.core.pool import closed_error
from milvusclient.exceptions import ConnectError, MilvusException, ReplyError
from milvusclient.policy.errors import Place, ambiguity, rpc_error, status_error
from milvusclient.policy.failure import Failure, RpcFailure, may_have_happened
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS
from milvusclient.policy.retry import after_connect, after_failure, after_status
from milvusclient.runtime.concurrency import Signal
from milvusclient.runtime.instrumentation import WatchedCall

if TYPE_CHECKING:
    import random

    from google.protobuf.message import Message

    from milvusclient._sync.core.binding import Binding
    from milvusclient._sync.core.connection import Connection
    from milvusclient._proto import common_pb2
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions, ClientOptions
    from milvusclient.policy.retry import RetryPolicy, Verdict
    from milvusclient.rpc import Method, Readable, Request
    from milvusclient.transport.base import Metadata

__all__ = ["Caller"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

_NO_REQUEST_ID = ("client-request-id", "")


class Caller:
    """Sends the requests of one client."""

    __slots__ = ("_database_header", "binding", "client_options", "database")

    def __init__(self, binding: Binding, client_options: ClientOptions) -> None:
        self.binding = binding
        self.client_options = client_options
        #: Empty for the default one, as the server wants it.
        self.database = database = binding.config.db_name
        self._database_header = ("dbname", database)

    def call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions,
        watch: WatchedCall | None = None,
    ) -> Rep:
        """Send one request until it is answered, its time is up, or sending it again makes no sense.

        This is the way of every call, and it is short on purpose: after the wait for a reply the caches of the
        processor are cold, and a line costs several times what it costs in a loop.

        Args:
            method: which call.
            request: what is asked.
            deadline: when it ends.
            call_options: what this call asks for.
            watch: is told how it goes, and may send headers along.

        Raises:
            MilvusException: the server says that it failed, or there is no answer; with all that is known.
        """
        payload = request.SerializeToString()
        policy = self.client_options.retry
        if call_options is not DEFAULT_CALL_OPTIONS:
            policy = policy.override(call_options.retry_times, call_options.retry_on_rate_limit)
        request_id = (call_options.request_id or self.client_options.request_id) if watch is None else watch.request_id
        case = (self, method, deadline, policy, request_id, time.monotonic(), watch)
        troubles: _Troubles | None = None  # most calls have none
        while True:
            connection = self.binding.known()
            if connection is None:
                troubles = troubles or _Troubles(*case)
                connection = troubles.connection()
            greeting = 0
            try:
                greeting = connection.greeted or connection.ready(deadline)
                remaining = None if deadline.at is None else _left(deadline)
                headers: Metadata = (
                    self._database_header,
                    ("client-request-id", request_id) if request_id else _NO_REQUEST_ID,
                    ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
                    *(connection.metadata or connection.asked_metadata()),
                )
                if watch is not None:
                    headers += watch.sends(len(payload))
                data = connection.call(method, payload, headers, remaining)
                reply = method.decode(data)
            except RpcFailure as failed:
                troubles = troubles or _Troubles(*case)
                wait = troubles.after_failure(failed, connection, greeting)
            except ReplyError as unreadable:
                troubles = troubles or _Troubles(*case)
                raise troubles.after_reply(unreadable) from unreadable.__cause__
            else:
                if watch is not None:
                    watch.received(len(data))
                status = method.status_of(reply)
                if not status.code and not status.error_code:
                    return reply
                troubles = troubles or _Troubles(*case)
                wait = troubles.after_status(status, connection)
            connection.figures.repeated()
            connection.closing.wait(wait)

    def watch(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        call_options: CallOptions,
        *,
        streams: bool = False,
    ) -> WatchedCall:
        """What is told to whoever watches this call; to be entered around it.

        Args:
            method: which call.
            request: what is asked.
            call_options: what this call asks for.
            streams: it has many replies, and how long it takes is up to whoever reads them.
        """
        target = self.binding.config.target
        return WatchedCall(
            operation=method.name,
            request=request,
            host=target.host or target.address.removeprefix("unix:"),
            port=target.port,
            address=target.address,
            alias=self.binding.alias,
            database=self.database,
            request_id=call_options.request_id or self.client_options.request_id,
            slow=None if streams else self.client_options.slow_call_threshold,
            streams=streams,
        )

    def place(self, operation: str, request_id: str) -> Place:
        """Where a call of this client happens: the evidence that its errors carry."""
        binding = self.binding
        return Place(
            operation=operation,
            address=binding.config.target.address,
            alias=binding.alias,
            database=self.database,
            request_id=request_id,
        )


class _Troubles:
    """What went wrong with one call so far; decides what is done about it."""

    __slots__ = (
        "_ambiguous", "_attempts", "_caller", "_cause", "_deadline", "_method", "_policy", "_request_id", "_started",
        "_watch",
    )  # fmt: skip

    def __init__(
        self,
        caller: Caller,
        method: Method[Req, Rep],
        deadline: Deadline,
        policy: RetryPolicy,
        request_id: str,
        started: float,
        watch: WatchedCall | None,
    ) -> None:
        self._caller = caller
        self._method = method
        self._deadline = deadline
        self._policy = policy
        self._request_id = request_id
        self._started = started
        self._watch = watch
        self._attempts = 0
        self._ambiguous = False
        self._cause = ""

    def after_failure(self, failed: RpcFailure, connection: Connection, greeting: int) -> float:
        """No reply came.

        Returns:
            Seconds to wait before the request is sent again.

        Raises:
            MilvusException: it makes no sense to send it again.
        """
        self._attempts += 1
        failure, safety = failed.failure, self._method.safety
        self._ambiguous = self._ambiguous or may_have_happened(failure, safety)
        doubt = ambiguity(safety) if self._ambiguous else ""
        if connection.closed is not None:
            raise self._signed(closed_error(connection.alias, connection.closed, doubt)) from failed.__cause__
        if failure.status == "UNAVAILABLE":
            connection.doubt(greeting)
        now = time.monotonic()
        verdict = after_failure(
            self._policy, failure, safety, attempt=self._attempts, jitter=_random().random(),
            elapsed=now - self._started, remaining=self._deadline.remaining(now),
        )  # fmt: skip
        if not verdict.again:
            operation, address = self._method.name, self._caller.binding.config.target.address
            timeout = self._deadline.timeout
            error = rpc_error(failure, operation, address, timeout=timeout, cause=self._cause, doubt=doubt)
            raise self._signed(error) from failed.__cause__
        return self._again(verdict, f"{failure.status}: {failure.details}")

    def after_status(self, status: common_pb2.Status, connection: Connection) -> float:
        """A reply came that says that the request failed.

        Returns:
            Seconds to wait before the request is sent again.

        Raises:
            MilvusException: it makes no sense to send it again.
        """
        self._attempts += 1
        connection.figures.refused(self._method.name)
        code, legacy_code = status.code, status.error_code
        now = time.monotonic()
        verdict = after_status(
            self._policy, code, legacy_code, status.retriable, self._method.safety, attempt=self._attempts,
            jitter=_random().random(), elapsed=now - self._started, remaining=self._deadline.remaining(now),
        )  # fmt: skip
        if not verdict.again:
            if self._watch is not None:
                self._watch.status = code or legacy_code
            input_error = status.extra_info["is_input_error"] == "true"
            raise self._signed(status_error(code, legacy_code, status.reason, input_error, status.retriable))
        return self._again(verdict, f"code {code or legacy_code}: {status.reason}")

    def after_reply(self, error: ReplyError) -> ReplyError:
        """A reply came that cannot be read."""
        self._attempts += 1
        self._signed(error)
        return error

    def connection(self) -> Connection:
        """The connection, opened now; while there is no server, a call with a deadline waits for one.

        Raises:
            MilvusException: it cannot be opened.
        """
        tries = 0
        while True:
            try:
                return self._caller.binding.connection(self._deadline)
            except MilvusException as error:
                tries += 1
                reason = error.reason if isinstance(error, ConnectError) else ""
                now = time.monotonic()
                if reason and self._deadline.expired(now):
                    place = self._place()
                    failure = Failure("DEADLINE_EXCEEDED", error.message, sent=False)
                    late = rpc_error(
                        failure, place.operation, place.address, timeout=self._deadline.timeout, cause=self._cause
                    )
                    raise self._signed(late) from error
                verdict = after_connect(
                    self._policy, reason, attempt=tries, jitter=_random().random(),
                    remaining=self._deadline.remaining(now),
                )  # fmt: skip
                if not verdict.again:
                    self._signed(error)
                    raise
                self._cause = error.message
            Signal().wait(verdict.wait or 0.0)

    def _again(self, verdict: Verdict, cause: str) -> float:
        """How long to wait before the next attempt, which will know what this one died of."""
        self._cause = cause
        if self._watch is not None:
            self._watch.repeats(cause)
        return verdict.wait or 0.0

    def _signed(self, error: MilvusException) -> MilvusException:
        return self._place().sign(error, self._attempts, ambiguous=self._ambiguous)

    def _place(self) -> Place:
        return self._caller.place(self._method.name, self._request_id)


def _left(deadline: Deadline) -> float | None:
    """The seconds that a request has.

    Raises:
        RpcFailure: there are none.
    """
    remaining = deadline.remaining(time.monotonic())
    if remaining == 0:
        raise RpcFailure(Failure("DEADLINE_EXCEEDED", "the time was up before the request was sent", sent=False))
    return remaining


@cache
def _random() -> random.Random:
    """What spreads the waits; only repetitions need it."""
    import random

    return random.Random()  # noqa: S311 - it keeps no secret
