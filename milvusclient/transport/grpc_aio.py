"""A channel for tasks of one event loop. The pair of grpc_sync.py."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Protocol

import grpc
import grpc.aio

from milvusclient.config.settings import ConnectionConfig
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.transport.settings import channel_credentials, channel_options

__all__ = ["AioTransport", "AsyncTransport", "Metadata"]

Metadata = tuple[tuple[str, str], ...]

_CLOSED = Failure("CANCELLED", "the channel is closed", sent=False)
_CLOSED_IN_FLIGHT = Failure("CANCELLED", "the channel was closed")


class AsyncTransport(Protocol):
    """One channel of the running loop."""

    @staticmethod
    def open(address: str, config: ConnectionConfig) -> AsyncTransport:
        """The channel for this process; opening it connects to nothing yet."""
        if _history.broken:
            from milvusclient.transport.grpc_futures import FutureTransport

            return FutureTransport(address, config)
        _history.used = True
        return AioTransport(address, config)

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the reply's bytes.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        ...

    def stream(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> AsyncIterator[bytes]:
        """Send one request and yield the replies' bytes.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        ...

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        ...


class _History:
    """What this process and those that it was forked from did.

    grpc.aio works for a whole process with one thread and one pair of sockets. In the child of a fork they are gone or
    the parent's, and the first call there ends the process with a segmentation fault.
    """

    def __init__(self) -> None:
        self.used = False
        self.broken = False

    def after_fork(self) -> None:
        """In the child."""
        self.broken = self.used


_history = _History()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_history.after_fork)


class AioTransport(AsyncTransport):
    """A channel of grpc.aio."""

    def __init__(self, address: str, config: ConnectionConfig) -> None:
        credentials = channel_credentials(config)
        options = channel_options(config)
        self._channel = (
            grpc.aio.insecure_channel(address, options=options)
            if credentials is None
            else grpc.aio.secure_channel(address, credentials, options=options)
        )
        self._calls: dict[str, grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the reply's bytes.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        call = self._calls.get(path)
        try:
            if call is None:
                call = self._calls[path] = self._channel.unary_unary(path, None, None)
            return await call(payload, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise RpcFailure(_failure(error)) from error
        except (grpc.aio.UsageError, asyncio.CancelledError) as error:
            self._raise_if_closed(error)
            raise

    async def stream(
        self, path: str, payload: bytes, metadata: Metadata, timeout: float | None
    ) -> AsyncIterator[bytes]:
        """Send one request and yield the replies' bytes.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        try:
            call = self._channel.unary_stream(path, None, None)
            async for reply in call(payload, timeout=timeout, metadata=metadata):
                yield reply
        except grpc.aio.AioRpcError as error:
            raise RpcFailure(_failure(error)) from error
        except (grpc.aio.UsageError, asyncio.CancelledError) as error:
            self._raise_if_closed(error)
            raise

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        self._closed = True
        await self._channel.close(None)

    def _raise_if_closed(self, error: BaseException) -> None:
        # grpc.aio ends the calls of a closed channel by cancelling what waits for them, which looks like the
        # cancellation of the task itself. A task that was cancelled knows it.
        task = asyncio.current_task()
        if self._closed and (task is None or not task.cancelling()):
            raise RpcFailure(_CLOSED if isinstance(error, grpc.aio.UsageError) else _CLOSED_IN_FLIGHT) from error


def _failure(error: grpc.aio.AioRpcError) -> Failure:
    return Failure(error.code().name, error.details() or "")
