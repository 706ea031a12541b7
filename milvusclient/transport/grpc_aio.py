"""A channel of grpc.aio, for tasks of one event loop. The pair of grpc_sync.py."""

from __future__ import annotations

import asyncio
import os
import traceback
from typing import TYPE_CHECKING

import grpc
import grpc.aio

from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.transport import grpc_futures
from milvusclient.transport.base import CLOSED_IN_FLIGHT, NOT_WRITTEN_IN_TIME, AsyncTransport, Metadata
from milvusclient.transport.settings import GRACE, channel_credentials, channel_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from milvusclient.config.settings import ConnectionConfig

__all__ = ["AioTransport", "async_open_transport"]

#: Requests of this many bytes or more are watched, which costs little here.
LARGE_REQUEST = 1 << 16

_CLOSED = Failure("CANCELLED", "the channel is closed", sent=False)


class _ForkHistory:
    """A record of whether this process, or one that it was forked from, used grpc.aio.

    grpc.aio serves a whole process with one thread and one pair of sockets. In the child of a fork the thread is gone
    and the sockets are the parent's, and the first call there ends the process with a segmentation fault.
    """

    def __init__(self) -> None:
        self.used = False
        self.broken = False

    def after_fork(self) -> None:
        """Note, in the child, that the parent used grpc.aio."""
        self.broken = self.used


_history = _ForkHistory()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_history.after_fork)


def async_open_transport(address: str, config: ConnectionConfig, connect_timeout: float) -> AsyncTransport:
    """Open a channel for the running event loop; its first call connects it.

    Args:
        address: what gRPC dials.
        config: TLS settings and channel arguments.
        connect_timeout: seconds that connecting may take.

    Raises:
        ConnectionConfigException: a certificate file cannot be read or is invalid.
    """
    return (
        grpc_futures.FutureTransport(address, config, connect_timeout)
        if _history.broken
        else AioTransport(address, config, connect_timeout)
    )


class AioTransport(AsyncTransport):
    """A channel of grpc.aio.

    Args:
        address: what gRPC dials.
        config: TLS settings and channel arguments.
        connect_timeout: seconds that connecting may take.
    """

    def __init__(self, address: str, config: ConnectionConfig, connect_timeout: float) -> None:
        _history.used = True
        credentials = channel_credentials(config)
        options = channel_options(config, connect_timeout)
        self._channel = (
            grpc.aio.insecure_channel(address, options=options)
            if credentials is None
            else grpc.aio.secure_channel(address, credentials, options=options)
        )
        self._calls: dict[str, grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False
        #: What the calls with large requests wait for.
        self._large: set[asyncio.Future[None]] = set()

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the bytes of the reply.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        call = self._calls.get(path)
        try:
            if call is None:
                call = self._calls[path] = self._channel.unary_unary(path, None, None)
            running = call(payload, timeout=timeout, metadata=metadata)
            # A future of our own: where a task is cancelled that awaits a call, grpc.aio raises another CancelledError,
            # without the message by which anyio and others know theirs.
            ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            running.add_done_callback(lambda _: _wake(ended))
            try:
                is_watched = (
                    len(payload) >= LARGE_REQUEST or self._large
                )  # a small one may have to wait behind a large one
                await (self._ended_or_stuck(ended, timeout) if is_watched else ended)
            except asyncio.CancelledError:
                running.cancel()
                raise
            if not running.done():
                running.cancel()
                raise RpcFailure(CLOSED_IN_FLIGHT if self._closed else NOT_WRITTEN_IN_TIME)
            return await running  # it has ended, so this does not wait
        except grpc.aio.AioRpcError as error:
            raise RpcFailure(_failure_of(error)) from error
        except (grpc.aio.UsageError, asyncio.CancelledError) as error:
            self._raise_if_closed(error)
            raise

    async def stream(
        self, path: str, payload: bytes, metadata: Metadata, timeout: float | None
    ) -> AsyncIterator[bytes]:
        """Send one request and yield the bytes of each reply.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        call: grpc.aio.UnaryStreamCall[bytes, bytes] | None = None
        try:
            call = self._channel.unary_stream(path, None, None)(payload, timeout=timeout, metadata=metadata)
            # Not "async for": its iterator and the call refer to each other, and the connection stays open, after the
            # channel is closed, too, until the call is gone.
            while isinstance(reply := await call.read(), bytes):  # not EOF
                yield reply
        except grpc.aio.AioRpcError as error:
            raise RpcFailure(_failure_of(error)) from error
        except (grpc.aio.UsageError, asyncio.CancelledError) as error:
            if error.__traceback__ is not None:  # a cancelled task keeps it, and so the call, in the frames of grpc.aio
                traceback.clear_frames(error.__traceback__.tb_next)
            self._raise_if_closed(error)
            raise
        finally:
            if call is not None:
                call.cancel()  # the reader may have left early
                del call

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        self._closed = True
        for ended in self._large:
            _wake(ended)
        await self._channel.close(None)

    async def _ended_or_stuck(self, ended: asyncio.Future[None], timeout: float | None) -> None:
        """Wait for the end of a call with a large request; at most until its deadline, or until the channel closes."""
        self._large.add(ended)
        try:
            await asyncio.wait([ended], timeout=None if timeout is None else timeout + GRACE)
        finally:
            self._large.discard(ended)

    def _raise_if_closed(self, error: BaseException) -> None:
        # grpc.aio ends the calls of a closed channel by cancelling the futures that they wait for, which looks like the
        # cancellation of the task itself. A task that really was cancelled says so.
        task = asyncio.current_task()
        if self._closed and (task is None or not task.cancelling()):
            raise RpcFailure(_CLOSED if isinstance(error, grpc.aio.UsageError) else CLOSED_IN_FLIGHT) from error


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _failure_of(error: grpc.aio.AioRpcError) -> Failure:
    return Failure(error.code().name, error.details() or "")
