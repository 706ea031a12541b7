"""How a request becomes a reply: one deadline, repetitions, and errors that say what happened. One visible loop."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient._async.pool import closed_error
from milvusclient._concurrency import AsyncSignal
from milvusclient.exceptions import ConnectError, MilvusException, ReplyError
from milvusclient.policy.errors import Place, ambiguity, rpc_error, status_error
from milvusclient.policy.failure import Failure, RpcFailure, may_have_happened
from milvusclient.policy.retry import RetryPolicy, after_connect, after_failure, after_status

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient._async.binding import AsyncBinding
    from milvusclient._async.connection import AsyncConnection
    from milvusclient.codec.assembled import Assembled
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions
    from milvusclient.rpc import Method, Readable

__all__ = ["AsyncCaller"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

_random = random.Random()  # noqa: S311 - spreads waits, keeps no secret


class AsyncCaller:
    """Sends the requests of one client."""

    __slots__ = ("binding", "database", "policy")

    def __init__(self, binding: AsyncBinding, database: str, policy: RetryPolicy) -> None:
        self.binding = binding
        self.database = database
        self.policy = policy

    async def call(
        self, method: Method[Req, Rep], request: Req | Assembled[Req], deadline: Deadline, options: CallOptions
    ) -> Rep:
        """Send one request until it is answered, its time is up, or sending it again makes no sense.

        Raises:
            MilvusException: the server says that it failed, or there is no answer; with all that is known.
        """
        payload = request.SerializeToString()
        policy = self.policy.override(options.retry_times, options.retry_on_rate_limit)
        started = time.monotonic()
        attempt = 0
        ambiguous = False
        cause = ""
        while True:
            connection = self.binding.known()
            if connection is None:
                connection = await self._connection(method, deadline, options, attempt, ambiguous)
            attempt += 1
            greeting = 0
            try:
                greeting = connection.greeted or await connection.ready(deadline)
                remaining = None if deadline.at is None else _left(deadline)
                headers = self._headers(connection, options)
                data = await connection.call(method.path, payload, headers, remaining)
            except RpcFailure as failed:
                place = self._place(method, options)
                failure = failed.failure
                ambiguous = ambiguous or may_have_happened(failure, method.safety)
                doubt = ambiguity(method.safety) if ambiguous else ""
                if connection.closed is not None:
                    error: MilvusException = closed_error(connection.alias, connection.closed, doubt)
                    raise place.sign(error, attempt, ambiguous=ambiguous) from failed.__cause__
                if failure.status == "UNAVAILABLE":
                    connection.doubt(greeting)
                now = time.monotonic()
                verdict = after_failure(
                    policy, failure, method.safety,
                    attempt=attempt, jitter=_random.random(), elapsed=now - started, remaining=deadline.remaining(now),
                )  # fmt: skip
                if not verdict.again:
                    error = rpc_error(
                        failure, method.name, place.address, timeout=deadline.timeout, cause=cause, doubt=doubt
                    )
                    raise place.sign(error, attempt, ambiguous=ambiguous) from failed.__cause__
                cause = f"{failure.status}: {failure.details}"
            else:
                reply = self._decode(method, data, options, attempt)
                status = method.status_of(reply)
                code, legacy_code = status.code, status.error_code
                if not code and not legacy_code:
                    return reply
                connection.figures.refused()
                now = time.monotonic()
                verdict = after_status(
                    policy, code, legacy_code, status.retriable, method.safety,
                    attempt=attempt, jitter=_random.random(), elapsed=now - started, remaining=deadline.remaining(now),
                )  # fmt: skip
                if not verdict.again:
                    input_error = status.extra_info["is_input_error"] == "true"
                    error = status_error(code, legacy_code, status.reason, input_error, status.retriable)
                    raise self._place(method, options).sign(error, attempt, ambiguous=ambiguous)
                cause = f"code {code or legacy_code}: {status.reason}"
            connection.figures.repeated()
            await connection.closing.wait(verdict.wait or 0.0)

    async def _connection(
        self, method: Method[Req, Rep], deadline: Deadline, options: CallOptions, attempt: int, ambiguous: bool
    ) -> AsyncConnection:
        """The connection, opened now; while there is no server, a call with a deadline waits for one."""
        policy = self.policy.override(options.retry_times, options.retry_on_rate_limit)
        tries = 0
        while True:
            try:
                return await self.binding.connection(deadline)
            except MilvusException as error:
                tries += 1
                place = self._place(method, options)
                reason = error.reason if isinstance(error, ConnectError) else ""
                now = time.monotonic()
                if reason and deadline.expired(now):
                    failure = Failure("DEADLINE_EXCEEDED", error.message, sent=False)
                    late = rpc_error(failure, place.operation, place.address, timeout=deadline.timeout)
                    raise place.sign(late, attempt, ambiguous=ambiguous) from error
                verdict = after_connect(
                    policy, reason, attempt=tries, jitter=_random.random(), remaining=deadline.remaining(now)
                )
                if not verdict.again:
                    place.sign(error, attempt, ambiguous=ambiguous)
                    raise
            await AsyncSignal().wait(verdict.wait or 0.0)

    def _headers(self, connection: AsyncConnection, options: CallOptions) -> tuple[tuple[str, str], ...]:
        return (
            ("dbname", self.database),
            ("client-request-id", options.request_id),
            ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
            *connection.metadata,
        )

    def _decode(self, method: Method[Req, Rep], data: bytes, options: CallOptions, attempt: int) -> Rep:
        try:
            return method.decode(data)
        except ReplyError as error:
            self._place(method, options).sign(error, attempt)
            raise

    def _place(self, method: Method[Req, Rep], options: CallOptions) -> Place:
        return Place(
            operation=method.name,
            address=self.binding.config.target.address,
            alias=self.binding.alias,
            database=self.database,
            request_id=options.request_id,
        )


def _left(deadline: Deadline) -> float | None:
    """The seconds that a request has.

    Raises:
        RpcFailure: there are none.
    """
    remaining = deadline.remaining(time.monotonic())
    if remaining == 0:
        raise RpcFailure(Failure("DEADLINE_EXCEEDED", "the time was up before the request was sent", sent=False))
    return remaining
