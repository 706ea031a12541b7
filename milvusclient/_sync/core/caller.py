"""Send a request and return its reply: one deadline, retries, errors that say what happened. One visible loop."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from milvusclient._sync.core.pool import closed_error
from milvusclient.exceptions import ConnectError, MilvusException, ReplyError
from milvusclient.policy.errors import CallContext, ambiguity, rpc_error, status_error
from milvusclient.policy.failure import Failure, RpcFailure, may_have_happened
from milvusclient.policy.options import OPTIONAL_CALL
from milvusclient.policy.retry import after_connect, after_failure, after_status
from milvusclient.runtime.concurrency import Signal
from milvusclient.runtime.instrumentation import ObservedCall

if TYPE_CHECKING:
    import random

    from google.protobuf.message import Message

    from milvusclient._sync.core.binding import Binding
    from milvusclient._sync.core.channel import Channel
    from milvusclient._sync.core.connection import Connection
    from milvusclient._proto import common_pb2
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions, ClientOptions
    from milvusclient.policy.retry import Verdict
    from milvusclient.rpc import Method, Readable, Request
    from milvusclient.transport.base import Metadata

__all__ = ["Caller"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


class Caller:
    """Sends the requests of one client.

    Args:
        binding: the connection, by its alias.
        client_options: settings of all calls of the client.
    """

    __slots__ = ("_database_header", "binding", "client_options", "database")

    def __init__(self, binding: Binding, client_options: ClientOptions) -> None:
        self.binding = binding
        self.client_options = client_options
        #: Empty for the default database, as servers want it.
        self.database = database = binding.config.db_name
        # Each request carries its database. A channel must not: clients of several databases may share it.
        self._database_header = ("dbname", database)

    def call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions,
        observed: ObservedCall | None = None,
    ) -> Rep:
        """Send one request until it is answered, its time is up, or a retry makes no sense.

        Every call goes this way, and it is short on purpose: after the wait for a reply the caches of the processor are
        cold, and a line costs several times what it costs in a loop. What only failures need is in :class:`_Attempts`.

        Args:
            method: the call.
            request: the message, or its bytes.
            deadline: when the call ends, retries included.
            call_options: settings of this call.
            observed: is told of each step, and may add headers.

        Raises:
            MilvusException: the server says that the call failed, or there is no answer; with all that is known.
        """
        # Once, before the loop: an insert may be 30 MB, and a retry sends the same bytes.
        payload = request.SerializeToString()
        # An observer may have given the call a request id, so that its trace and the server's logs agree.
        request_id = (
            observed.request_id if observed is not None else call_options.request_id or self.client_options.request_id
        )
        # A tuple, because most calls never make the object that it is for.
        call = (self, method, deadline, request_id, observed, call_options)
        attempts: _Attempts | None = None  # made when something goes wrong, which is rare
        while True:
            # Looked up for each attempt: the alias may have been closed and opened again meanwhile.
            connection = self.binding.current()
            if connection is None:
                attempts = attempts or _Attempts(*call)
                connection = attempts.connection()
            channel = connection.channel or connection.pick()
            handshake = 0
            try:
                handshake = channel.valid_handshake or channel.ensure_handshake(deadline)
                remaining = None if deadline.at is None else _remaining(deadline)
                headers: Metadata = (
                    self._database_header,
                    ("client-request-id", request_id),
                    ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
                    *(channel.metadata or channel.fresh_metadata()),
                )
                if observed is not None:
                    headers += observed.request_sent(len(payload), channel.config.target)
                data = channel.call(method, payload, headers, remaining)
                reply = method.decode(data)
            except RpcFailure as failed:
                attempts = attempts or _Attempts(*call)
                wait = attempts.after_failure(failed, connection, channel, handshake)
            except ReplyError as unreadable:
                attempts = attempts or _Attempts(*call)
                raise attempts.after_unreadable_reply(unreadable, channel) from unreadable.__cause__
            else:
                if observed is not None:
                    observed.reply_received(len(data))
                status = method.status_of(reply)
                # Servers before 2.3 set error_code only, newer ones both.
                if not status.code and not status.error_code:
                    return reply
                attempts = attempts or _Attempts(*call)
                wait = attempts.after_status(status, channel)
            # Not a plain sleep: close() ends it at once, and the next look-up of the alias says why.
            connection.closing.wait(wait)

    def observe(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        call_options: CallOptions,
        *,
        streams: bool = False,
    ) -> ObservedCall:
        """Return the context manager that tells observers of this call.

        Args:
            method: the call.
            request: the message, or its bytes.
            call_options: settings of this call.
            streams: it has many replies, so how long it takes depends on their reader.
        """
        target = self.binding.config.target
        return ObservedCall(
            operation=method.name,
            request=request,
            host=target.peer,
            port=target.port,
            address=target.address,
            alias=self.binding.alias,
            database=self.database,
            request_id=call_options.request_id or self.client_options.request_id,
            # The reader of a stream may take its time, which does not make the call slow.
            slow=None if streams else self.client_options.slow_call_threshold,
            streams=streams,
        )

    def late_error(self, method: Method[Req, Rep], deadline: Deadline, call_options: CallOptions) -> MilvusException:
        """Return the error of a call whose time was up before its request was built."""
        context = self.context(method.name, call_options.request_id or self.client_options.request_id)
        failure = Failure(
            "DEADLINE_EXCEEDED", "the time was up before all rows were encoded; nothing was sent", sent=False
        )
        return context.add_to(rpc_error(failure, context.operation, context.address, timeout=deadline.timeout), 0)

    def context(self, operation: str, request_id: str, address: str = "") -> CallContext:
        """Return what errors tell about where a call of this client happened.

        Args:
            operation: name of the call.
            request_id: its request id.
            address: where it was sent; empty if it was not.
        """
        binding = self.binding
        return CallContext(
            operation=operation,
            address=address or binding.config.target.address,
            alias=binding.alias,
            database=self.database,
            request_id=request_id,
        )


class _Attempts:
    """The attempts of one call so far, and what is done after one that failed.

    Args:
        caller: the caller.
        method: the call.
        deadline: when it ends.
        request_id: its request id.
        observed: is told of retries.
        call_options: settings of the call: how it is retried, and whether an older server may lack it, which decides
            what counts as an error.
    """

    __slots__ = (
        "_address", "_ambiguous", "_caller", "_cause", "_count", "_deadline", "_first_failure", "_is_optional",
        "_method", "_observed", "_policy", "_request_id",
    )  # fmt: skip

    def __init__(
        self,
        caller: Caller,
        method: Method[Req, Rep],
        deadline: Deadline,
        request_id: str,
        observed: ObservedCall | None,
        call_options: CallOptions,
    ) -> None:
        self._caller = caller
        self._method = method
        self._deadline = deadline
        self._policy = caller.client_options.retry.override(call_options.retry_times, call_options.retry_on_rate_limit)
        self._request_id = request_id
        # When the first attempt failed. A policy limits the time of retries from here: a call that waited long for a
        # connection which had died in silence has as much time to be answered over a new one as any other.
        self._first_failure = 0.0
        self._observed = observed
        self._is_optional = call_options is OPTIONAL_CALL
        self._count = 0
        # Whether any attempt may have been carried out: a later one that surely was not does not change that.
        self._ambiguous = False
        # Why the attempt before failed. A call that runs out of time tells it: "deadline exceeded" explains nothing.
        self._cause = ""
        # Where the latest attempt went; empty before the first one.
        self._address = ""

    def after_failure(
        self, failed: RpcFailure, connection: Connection, channel: Channel, handshake: int
    ) -> float:
        """Decide after an attempt without a reply.

        Args:
            failed: what gRPC said.
            connection: the connection that was used.
            channel: that of its channels which was used.
            handshake: the number of its handshake at that time.

        Returns:
            Seconds to wait before the request is sent again.

        Raises:
            MilvusException: a retry makes no sense.
        """
        failure, safety = failed.failure, self._method.safety
        if channel.is_retired and not failure.sent and connection.closed is None:
            return 0.0  # another channel took its place, just before this one was to send the request
        self._count += 1
        self._address = channel.config.target.address
        self._ambiguous = self._ambiguous or may_have_happened(failure, safety)
        doubt = ambiguity(safety) if self._ambiguous else ""
        # Checked first: closing the channel is what made calls in flight fail.
        if connection.closed is not None:
            raise self._with_context(closed_error(connection.alias, connection.closed, doubt)) from failed.__cause__
        connection.note_failure(channel, handshake, failure.status)
        if failure.status == "UNIMPLEMENTED" and not self._is_optional:
            channel.counters.request_refused(self._method.name)
        now = time.monotonic()
        verdict = after_failure(
            self._policy, failure, safety, attempt=self._count, jitter=_random().random(),
            elapsed=self._elapsed(now), remaining=self._deadline.remaining(now),
        )  # fmt: skip
        if not verdict.again:
            operation, timeout = self._method.name, self._deadline.timeout
            error = rpc_error(failure, operation, self._address, timeout=timeout, cause=self._cause, doubt=doubt)
            raise self._with_context(error) from failed.__cause__
        return self._retry(verdict, f"{failure.status}: {failure.details}", channel)

    def after_status(self, status: common_pb2.Status, channel: Channel) -> float:
        """Decide after a reply in which the server says that the call failed.

        Returns:
            Seconds to wait before the request is sent again.

        Raises:
            MilvusException: a retry makes no sense.
        """
        self._count += 1
        self._address = channel.config.target.address
        channel.counters.request_refused(self._method.name)
        code, legacy_code = status.code, status.error_code
        now = time.monotonic()
        verdict = after_status(
            self._policy, code, legacy_code, status.retriable, self._method.safety, attempt=self._count,
            jitter=_random().random(), elapsed=self._elapsed(now), remaining=self._deadline.remaining(now),
        )  # fmt: skip
        if not verdict.again:
            if self._observed is not None:
                self._observed.status = code or legacy_code
            input_error = status.extra_info["is_input_error"] == "true"
            raise self._with_context(status_error(code, legacy_code, status.reason, input_error, status.retriable))
        return self._retry(verdict, f"code {code or legacy_code}: {status.reason}", channel)

    def after_unreadable_reply(self, error: ReplyError, channel: Channel) -> ReplyError:
        """Return the error of a reply that cannot be read, with all that is known. The server answered: no retry."""
        self._count += 1
        self._address = channel.config.target.address
        self._with_context(error)
        return error

    def connection(self) -> Connection:
        """Open the connection; while there is no server, a call with a deadline waits for one.

        Raises:
            MilvusException: the connection cannot be opened.
        """
        tries = 0
        while True:
            try:
                connection = self._caller.binding.connection(self._deadline)
                if connection.start_seconds and self._deadline.expired(time.monotonic()):
                    self._cause = f"starting the embedded server took {connection.start_seconds:.1f} s"
                return connection
            except MilvusException as error:
                tries += 1
                reason = error.reason if isinstance(error, ConnectError) else ""
                now = time.monotonic()
                if reason and self._deadline.expired(now):
                    # The call ran out of time, so its error is the one for that, however the last try failed.
                    context = self._context()
                    failure = Failure("DEADLINE_EXCEEDED", error.message, sent=False)
                    late = rpc_error(
                        failure, context.operation, context.address, timeout=self._deadline.timeout, cause=self._cause
                    )
                    raise self._with_context(late) from error
                verdict = after_connect(
                    self._policy, reason, attempt=tries, jitter=_random().random(),
                    remaining=self._deadline.remaining(now),
                )  # fmt: skip
                if not verdict.again:
                    self._with_context(error)
                    raise
                self._cause = error.message
            # Without a connection, closing it cannot end this wait: the signal here is never set.
            Signal().wait(verdict.wait or 0.0)

    def _elapsed(self, now: float) -> float:
        if not self._first_failure:
            self._first_failure = now
        return now - self._first_failure

    def _retry(self, verdict: Verdict, cause: str, channel: Channel) -> float:
        """Count the retry and record its cause for the next error message; return the delay."""
        channel.counters.request_retried()
        self._cause = cause
        if self._observed is not None:
            self._observed.retried(cause)
        return verdict.wait or 0.0

    def _with_context(self, error: MilvusException) -> MilvusException:
        return self._context().add_to(error, self._count, ambiguous=self._ambiguous)

    def _context(self) -> CallContext:
        return self._caller.context(self._method.name, self._request_id, self._address)


def _remaining(deadline: Deadline) -> float | None:
    """Return the seconds that a request has.

    Raises:
        RpcFailure: there are none; gRPC would send the request all the same.
    """
    remaining = deadline.remaining(time.monotonic())
    if remaining == 0:
        raise RpcFailure(Failure("DEADLINE_EXCEEDED", "the time was up before the request was sent", sent=False))
    return remaining


@cache
def _random() -> random.Random:
    # Imported and seeded for the first retry, since most programs never need one. A generator of our own leaves the
    # program's random.seed() alone.
    import random

    return random.Random()  # noqa: S311 - backoff needs no secrecy
