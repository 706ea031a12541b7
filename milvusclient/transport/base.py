"""The interface of a channel, as a pair of equal shape: one for asyncio, one for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from milvusclient.policy.failure import Failure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

__all__ = ["CLOSED_IN_FLIGHT", "NOT_WRITTEN_IN_TIME", "AsyncTransport", "Metadata", "Transport"]

#: How a call ends when the channel is closed under it.
CLOSED_IN_FLIGHT = Failure("CANCELLED", "the channel was closed")
#: How a call ends whose request could not be written in time.
NOT_WRITTEN_IN_TIME = Failure("DEADLINE_EXCEEDED", "the server did not take the whole request in time")

#: Headers of a request.
Metadata = tuple[tuple[str, str], ...]


class AsyncTransport(Protocol):
    """One channel that belongs to the running event loop."""

    async def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the bytes of the reply.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        ...

    def stream(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> AsyncIterator[bytes]:
        """Send one request and yield the bytes of each reply.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        ...

    async def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        ...


class Transport(Protocol):
    """One channel that threads share."""

    def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the bytes of the reply.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        ...

    def stream(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> Iterator[bytes]:
        """Send one request and yield the bytes of each reply.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        ...

    def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        ...
