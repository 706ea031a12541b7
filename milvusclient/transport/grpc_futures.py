"""A channel for tasks made of gRPC's channel for threads, for the children of a process that used grpc.aio.

grpc.aio fails there. The calls of the other kind of channel can be futures, so a task waits for one without occupying
a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

import grpc

from milvusclient.policy.failure import RpcFailure
from milvusclient.transport.base import CLOSED_IN_FLIGHT, NOT_WRITTEN_IN_TIME, AsyncTransport, Metadata
from milvusclient.transport.grpc_sync import CLOSED, failure_of, open_channel
from milvusclient.transport.settings import GRACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from milvusclient.config.settings import ConnectionConfig

__all__ = ["FutureTransport"]

T = TypeVar("T")


class FutureTransport(AsyncTransport):
    """A channel of gRPC's kind for threads, whose calls tasks wait for.

    Args:
        address: what gRPC dials.
        config: TLS settings and channel arguments.
        connect_timeout: seconds that connecting may take.
    """

    def __init__(self, address: str, config: ConnectionConfig, connect_timeout: float) -> None:
        self._channel = open_channel(address, config, connect_timeout)
        self._calls: dict[str, grpc.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False
        #: What calls wait for.
        self._waiting: set[asyncio.Event] = set()

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the bytes of the reply.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        call = self._calls.get(path)
        if call is None:
            call = self._calls[path] = self._start(lambda: self._channel.unary_unary(path, None, None))
        multi = call
        future = self._start(lambda: multi.future(payload, timeout=timeout, metadata=metadata))
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def wake(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed, so no task waits any more
                loop.call_soon_threadsafe(done.set)

        self._waiting.add(done)
        try:
            future.add_done_callback(wake)
            # A call ends only after its request is written, which a peer that stopped reading may delay.
            async with asyncio.timeout(None if timeout is None else timeout + GRACE):
                await done.wait()
        except asyncio.CancelledError:
            future.cancel()  # type: ignore[no-untyped-call]  # the stubs of gRPC have no types there
            raise
        except TimeoutError:
            future.cancel()  # type: ignore[no-untyped-call]  # the same
            raise RpcFailure(NOT_WRITTEN_IN_TIME) from None
        finally:
            self._waiting.discard(done)
        if not future.done():
            future.cancel()  # type: ignore[no-untyped-call]  # the same
            raise RpcFailure(CLOSED_IN_FLIGHT)
        try:
            return future.result()
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error

    async def stream(
        self, path: str, payload: bytes, metadata: Metadata, timeout: float | None
    ) -> AsyncIterator[bytes]:
        """Send one request and yield the bytes of each reply; a thread waits for each.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        replies = self._start(
            lambda: self._channel.unary_stream(path, None, None)(payload, timeout=timeout, metadata=metadata)
        )
        try:
            iterator = iter(replies)
            while (reply := await asyncio.to_thread(_next, iterator)) is not None:
                yield reply
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error
        finally:
            # Otherwise the thread could go on waiting for a reply that is not read any more.
            replies.cancel()  # type: ignore[no-untyped-call]  # the stubs of gRPC have no types there

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        self._closed = True
        for done in self._waiting:
            done.set()
        # In a thread, because gRPC waits there until requests in flight are written.
        threading.Thread(target=self._channel.close, name="milvusclient-close", daemon=True).start()

    def _start(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except ValueError as error:  # what gRPC raises for a closed channel
            if self._closed:
                raise RpcFailure(CLOSED) from error
            raise


def _next(replies: Iterator[bytes]) -> bytes | None:
    return next(replies, None)
