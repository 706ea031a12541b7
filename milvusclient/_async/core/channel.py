"""One channel of a connection: its transport, its handshake with the server, its counters."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient import rpc
from milvusclient._async.core.healing import AsyncHealer
from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient._version import __version__
from milvusclient.exceptions import MilvusException, ReplyError
from milvusclient.policy import tls_diagnosis
from milvusclient.policy.channels import LARGE, extra_load
from milvusclient.policy.errors import connect_error, not_ready_error, unreadable_handshake_error
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.runtime.concurrency import Abandoned, AsyncSharedResult, async_in_thread
from milvusclient.runtime.counters import ConnectionCounters
from milvusclient.transport import tls_probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from google.protobuf.message import Message

    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.models.connection import ChannelInfo
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Readable
    from milvusclient.transport.base import AsyncTransport, Metadata

__all__ = ["AsyncChannel"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

#: Seconds for a new handshake of a connection that was open before, at most; the call that makes it may have no limit.
_LONGEST_HANDSHAKE = 10.0
#: Seconds for probing a server that hung up, at most.
_LONGEST_PROBE = 1.0
_PROXY_VARIABLES = ("grpc_proxy", "https_proxy", "http_proxy")
_HANDSHAKE_TIMED_OUT = Failure("UNAVAILABLE", "the server did not answer the handshake in time", sent=False)
_CALL_TIMED_OUT = Failure("DEADLINE_EXCEEDED", "the time was up before the server answered the handshake", sent=False)
_REPLACED = Failure("UNAVAILABLE", "the channel was replaced by a new one", sent=False)


class AsyncChannel:
    """One TCP connection to one address, and what the server there said of itself in the handshake.

    A handshake is the call Connect. The first one opens the channel. A later one is made when the server may have
    been replaced: after UNAVAILABLE the handshake is stale, and the next call makes a new one before its request.

    Args:
        alias: name of the connection that it belongs to.
        config: settings of the connection, with the address of this channel as their target.
        reopen: makes what sends and receives, at first and when that has to be replaced.
    """

    def __init__(self, alias: str, config: ConnectionConfig, reopen: Callable[[], AsyncTransport]) -> None:
        self.alias = alias
        self.config = config
        self.counters = ConnectionCounters()
        #: When it was made, on the monotonic clock.
        self.made_at = time.monotonic()
        self.server_info = common_pb2.ServerInfo()
        #: Headers of each request that stay the same; empty when the token is a function: see :meth:`fresh_metadata`.
        self.metadata: Metadata = ()
        #: The number of the latest handshake, or 0 while it is stale. Every call reads it, so it takes no lock.
        self.valid_handshake = 0
        self._identifier: Metadata = ()
        self._reopen = reopen
        self.transport = reopen()
        #: The requests in flight over it that must not be carried out twice.
        self._unsafe: set[object] = set()
        #: Transports that were replaced, each with such requests.
        self._draining: list[tuple[AsyncTransport, set[object]]] = []
        #: How many handshakes ended.
        self._greeted = 0
        #: True once another channel has taken the place of this one.
        self.is_retired = False
        #: Whether calls have nothing to see to: it is watched and not retired. One flag, since every call reads it.
        self.is_settled = False
        self._healer = AsyncHealer(self)
        #: What large requests in flight count for beside themselves.
        self._extra_load = 0
        # Guards the four below. It is held for assignments only, never while something is awaited.
        self._lock = threading.Lock()
        self._is_stale = False
        self._handshakes = 0
        self._handshaking: AsyncSharedResult[None] | None = None

    @property
    def load(self) -> int:
        """The calls in flight; large requests count as several."""
        return self.counters.in_flight + self._extra_load

    @property
    def is_handshaking(self) -> bool:
        """True while a handshake is made, for which calls wait."""
        return self._handshaking is not None

    @property
    def is_waited_for(self) -> bool:
        """True while calls, or a handshake, wait for the server."""
        return self.counters.in_flight > 0 or self.is_handshaking

    @property
    def answers(self) -> int:
        """The number of requests that have ended so far."""
        counters = self.counters
        return counters.calls - counters.in_flight + self._greeted

    def another(self) -> AsyncChannel:
        """Return a new channel to the same server, for :meth:`take_over`."""
        return AsyncChannel(self.alias, self.config, self._reopen)

    async def take_over(self, fresh: AsyncChannel) -> None:
        """Go on over the transport of another channel, which has greeted the server.

        What is in flight over the old one fails as not answered, and is sent again where that is safe. But requests
        that must not be carried out twice may still be answered there: then the old transport stays open for them.

        Args:
            fresh: the other channel, which is not used any more.
        """
        with self._lock:
            old, unsafe = self.transport, self._unsafe
            self.transport = fresh.transport
            self._unsafe = set()
            self.server_info = fresh.server_info
            self._identifier, self.metadata = fresh._identifier, fresh.metadata
            self._handshakes += 1
            self._is_stale = False
            self.valid_handshake = self._handshakes
        if unsafe:
            self._draining.append((old, unsafe))
        else:
            await old.close()

    @property
    def has_proxy(self) -> bool:
        """Whether gRPC connects through a proxy."""
        return bool(_proxy_variable(self.config))

    @property
    def has_drained(self) -> bool:
        """Whether :meth:`drain` has something to close."""
        return any(not unsafe for _, unsafe in self._draining)

    async def drain(self) -> None:
        """Close replaced transports on which nothing is awaited any more that must not be carried out twice."""
        for drained in [each for each in self._draining if not each[1]]:
            self._draining.remove(drained)
            await drained[0].close()

    def retire(self) -> None:
        """Take no more calls; those in flight continue, and ``counters.in_flight`` is 0 when they are over.

        A call counts itself before it reads this flag, and the flag is set before the count is read. So a call that is
        sent is counted, and any other one fails unsent.
        """
        self.is_retired = True
        self._healer.settle()

    async def call(self, method: Method[Req, Rep], payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request; ``metadata`` is complete.

        Raises:
            RpcFailure: there is no reply.
        """
        counters = self.counters
        size = len(payload)
        started = counters.request_sent(size)
        if size >= LARGE or method.is_unsafe or not self.is_settled:
            return await self._call_with_care(method, payload, metadata, timeout, started)
        try:
            reply = await self.transport.call(method.path, payload, metadata, timeout)
        except BaseException as error:
            self._count_failure(method, error, started)
            raise
        counters.reply_received(method.name, len(reply), started)
        return reply

    async def _call_with_care(
        self, method: Method[Req, Rep], payload: bytes, metadata: Metadata, timeout: float | None, started: float
    ) -> bytes:
        """Send one request that was counted, and see to what most requests do not need.

        Raises:
            RpcFailure: there is no reply, or the channel takes no more calls.
        """
        size = len(payload)
        if self.is_retired:
            self.counters.request_withdrawn(size)
            raise RpcFailure(_REPLACED)
        self._healer.watch()
        extra = extra_load(size)
        # In the reverse order of take_over(): what is not in the set of the old transport is sent over the new one.
        mark, unsafe = object(), self._unsafe
        if method.is_unsafe:
            unsafe.add(mark)
        self._add_load(extra)
        try:
            reply = await self.transport.call(method.path, payload, metadata, timeout)
        except BaseException as error:
            self._count_failure(method, error, started)
            raise
        finally:
            unsafe.discard(mark)
            self._add_load(-extra)
        self.counters.reply_received(method.name, len(reply), started)
        return reply

    def _count_failure(self, method: Method[Req, Rep], error: BaseException, started: float) -> None:
        """Count a request without a reply; one that was cancelled is no longer in flight either."""
        if isinstance(error, RpcFailure) and error.failure.status == "UNIMPLEMENTED":
            self.counters.reply_received(method.name, 0, started)  # whether it is an error is known to the caller
        else:
            self.counters.request_failed(method.name, started)

    def _add_load(self, extra: int) -> None:
        if extra:
            with self._lock:
                self._extra_load += extra

    async def stream(
        self, method: Method[Req, Rep], payload: bytes, metadata: Metadata, timeout: float | None
    ) -> AsyncIterator[bytes]:
        """Send one request and yield its replies.

        Raises:
            RpcFailure: the stream broke.
        """
        counters = self.counters
        started = counters.request_sent(len(payload))
        if self.is_retired:
            counters.request_withdrawn(len(payload))
            raise RpcFailure(_REPLACED)
        received = 0
        try:
            async for reply in self.transport.stream(method.path, payload, metadata, timeout):
                received += len(reply)
                yield reply
        except BaseException:
            counters.request_failed(method.name, started)
            raise
        counters.reply_received(method.name, received, started)

    async def close(self) -> None:
        """Close the transport: calls in flight end at once."""
        await self._healer.end()
        for drained, _ in self._draining:
            await drained.close()
        await self.transport.close()

    def invalidate_handshake(self, handshake: int) -> None:
        """Have the next call make a new handshake, as the server may be another one when it is back.

        Args:
            handshake: the one under which the failed request was sent. A newer one stays valid: of many calls that
                fail together, the slow ones report an outage that is over.
        """
        with self._lock:
            if handshake == self._handshakes:
                self._is_stale = True
                self.valid_handshake = 0

    async def ensure_handshake(self, deadline: Deadline) -> int:
        """Make a new handshake if the latest one is stale; one handshake, however many calls wait for it.

        Returns:
            The number of the handshake, for :meth:`invalidate_handshake`.

        Raises:
            RpcFailure: the server is still unavailable; nothing was sent.
        """
        while self._is_stale:
            shared, is_mine = self._join_or_start()
            if is_mine:
                self._healer.watch()
                await self._handshake_for_all(shared, deadline)
            else:
                await self._wait_for(shared, deadline)
        return self._handshakes

    def _join_or_start(self) -> tuple[AsyncSharedResult[None], bool]:
        """Return the handshake that another call is making, else a new one that the caller must make."""
        with self._lock:
            shared = self._handshaking
            if shared is not None:
                return shared, False
            shared = AsyncSharedResult[None]()
            if self._is_stale:
                self._handshaking = shared
            else:
                # The handshake ended between the caller's look and this one, so there is nothing to wait for.
                shared.set_result(None)
            return shared, self._is_stale

    async def _handshake_for_all(self, shared: AsyncSharedResult[None], deadline: Deadline) -> None:
        try:
            await self.greet(deadline.bounded(_LONGEST_HANDSHAKE, time.monotonic()))
        except (RpcFailure, MilvusException) as error:
            self._end_handshake(is_stale=True)
            failure = _as_unsent(error)
            # The deadline that passed is that of this call. The others still have time, so they may try again.
            timed_out = failure.status == "DEADLINE_EXCEEDED"
            shared.set_error(RpcFailure(_HANDSHAKE_TIMED_OUT if timed_out else failure))
            own = failure if deadline.expired(time.monotonic()) or not timed_out else _HANDSHAKE_TIMED_OUT
            raise RpcFailure(own) from error.__cause__
        except BaseException:
            # A cancellation or a KeyboardInterrupt is not a failure of the others: one of them takes over.
            self._end_handshake(is_stale=True)
            shared.set_error(Abandoned())
            raise
        self._end_handshake(is_stale=False)
        shared.set_result(None)

    def _end_handshake(self, *, is_stale: bool) -> None:
        with self._lock:
            self._greeted += 1
            if self.valid_handshake:  # another one was made meanwhile, over a new transport
                is_stale = False
            self._is_stale = is_stale
            self.valid_handshake = 0 if is_stale else self._handshakes
            self._handshaking = None

    async def _wait_for(self, shared: AsyncSharedResult[None], deadline: Deadline) -> None:
        try:
            await shared.wait(deadline.remaining(time.monotonic()))
        except Abandoned:
            return  # the caller looks again, and may have to make the handshake itself
        except TimeoutError:
            raise RpcFailure(_CALL_TIMED_OUT) from None
        except RpcFailure as failed:
            # A copy: one exception object raised in many threads would collect the traceback of each.
            raise RpcFailure(failed.failure) from failed.__cause__

    async def connect(self, deadline: Deadline) -> None:
        """Make the first handshake and explain why it fails.

        Raises:
            ConnectError: the server cannot be reached, or refuses.
            ReplyError: what answers is not Milvus.
        """
        try:
            await self.greet(deadline)
        except RpcFailure as failed:
            proxy = _proxy_variable(self.config)
            error = connect_error(
                failed.failure,
                self.config,
                self.alias,
                timeout=deadline.timeout or 0.0,
                proxy_variable=proxy,
                # Behind a proxy, a probe would reach another server than gRPC did.
                probed=None if proxy else await self._probe(failed.failure, deadline),
            )
            raise error from failed.__cause__
        except ReplyError as unreadable:
            raise unreadable_handshake_error(unreadable, self.config, self.alias) from unreadable.__cause__

    async def _probe(self, failure: Failure, deadline: Deadline) -> tls_diagnosis.ProbeResult | None:
        """Ask the server about TLS if the words of gRPC leave open whether TLS is the reason."""
        seconds = deadline.clip(_LONGEST_PROBE, time.monotonic())
        if not tls_diagnosis.needs_probe(failure, self.config) or not seconds:
            return None
        return await async_in_thread(lambda: tls_probe.probe(self.config.target, seconds))

    async def greet(self, deadline: Deadline) -> None:
        """Make a handshake.

        Raises:
            RpcFailure: there is no answer.
            MilvusException: the server refuses, or answers with something else.
        """
        credentials = self._credentials()
        payload = _connect_request().SerializeToString()
        timeout = deadline.remaining(time.monotonic())
        reply = rpc.CONNECT.decode(await self.transport.call(rpc.CONNECT.path, payload, credentials, timeout))
        status = reply.status
        if status.code or status.error_code:
            raise not_ready_error(
                self.config, self.alias, status.code, status.error_code, status.reason, status.retriable
            )
        self.server_info = reply.server_info
        self._identifier = (("identifier", str(reply.identifier)),)
        if not self.config.token.is_dynamic:
            self.metadata = (*self._identifier, *credentials)
        with self._lock:
            self._handshakes += 1
            # A handshake that is made for others stays stale until it is announced, by _end_handshake.
            if not self._is_stale:
                self.valid_handshake = self._handshakes

    def info(self) -> ChannelInfo:
        """Return the state and the counters of this moment."""
        from milvusclient.models.connection import ChannelInfo

        state = "draining" if self.is_retired else "ready" if self.valid_handshake else "unavailable"
        counters = self.counters
        age = time.monotonic() - self.made_at
        return ChannelInfo(self.config.target.address, state, counters.in_flight, age, counters.calls)

    def fresh_metadata(self) -> Metadata:
        """Return what :attr:`metadata` would hold, with a token that is asked for now."""
        return (*self._identifier, *self._credentials())

    def _credentials(self) -> Metadata:
        authorization = self.config.authorization
        return (("authorization", authorization),) if authorization else ()


def _as_unsent(error: RpcFailure | MilvusException) -> Failure:
    """Return why a handshake failed, as the failure of a call that waited for it and so was not sent."""
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


def _proxy_variable(config: ConnectionConfig) -> str:
    """Return the environment variable that makes gRPC use a proxy for this target; empty if none does."""
    if config.target.is_loopback or ("grpc.enable_http_proxy", 0) in config.grpc_options:
        return ""
    exempt = os.environ.get("no_grpc_proxy") or os.environ.get("no_proxy") or ""  # noqa: SIM112 - as gRPC reads them
    hosts = [entry.strip().lstrip(".") for entry in exempt.split(",") if entry.strip()]
    if any(config.target.host == host or config.target.host.endswith("." + host) for host in hosts):
        return ""
    return next((name for name in _PROXY_VARIABLES if os.environ.get(name)), "")
