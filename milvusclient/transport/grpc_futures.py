"""A channel for tasks over gRPC's part for threads: in the children of a process that used grpc.aio, which fails there.

The calls of that part can be futures, so a task waits for one without a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

import grpc

from milvusclient.config.settings import ConnectionConfig
from milvusclient.policy.failure import RpcFailure
from milvusclient.transport.grpc_aio import AsyncTransport, Metadata
from milvusclient.transport.grpc_sync import CLOSED, failure_of, open_channel

__all__ = ["FutureTransport"]

T = TypeVar("T")


class FutureTransport(AsyncTransport):
    """A channel of gRPC's part for threads, whose calls are waited for by tasks."""

    def __init__(self, address: str, config: ConnectionConfig) -> None:
        self._channel = open_channel(address, config)
        self._calls: dict[str, grpc.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the reply's bytes.

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
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(done.set)

        future.add_done_callback(wake)
        try:
            await done.wait()
        except asyncio.CancelledError:
            future.cancel()  # type: ignore[no-untyped-call]  # the stubs of gRPC have no types there
            raise
        try:
            return future.result()
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error

    async def stream(
        self, path: str, payload: bytes, metadata: Metadata, timeout: float | None
    ) -> AsyncIterator[bytes]:
        """Send one request and yield the replies' bytes; each is waited for by a thread.

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
            # The thread may wait for a reply that nobody needs any more.
            replies.cancel()  # type: ignore[no-untyped-call]  # the stubs of gRPC have no types there

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        self._closed = True
        self._channel.close()

    def _start(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except ValueError as error:  # what gRPC raises for a closed channel
            if self._closed:
                raise RpcFailure(CLOSED) from error
            raise


def _next(replies: Iterator[bytes]) -> bytes | None:
    return next(replies, None)
