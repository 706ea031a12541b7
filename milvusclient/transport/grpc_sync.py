"""A channel for threads. The pair of grpc_aio.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import grpc

from milvusclient.config import ConnectionConfig
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.transport.settings import channel_credentials, channel_options

__all__ = ["CLOSED", "Metadata", "Transport", "failure_of", "open_channel"]

Metadata = tuple[tuple[str, str], ...]

CLOSED = Failure("CANCELLED", "the channel is closed", sent=False)


def open_channel(address: str, config: ConnectionConfig) -> grpc.Channel:
    """A channel with our options; it connects at its first call."""
    credentials = channel_credentials(config)
    options = channel_options(config)
    if credentials is None:
        return grpc.insecure_channel(address, options=options)
    return grpc.secure_channel(address, credentials, options=options)


class Transport:
    """One gRPC channel to ``address``; opening it connects to nothing yet."""

    def __init__(self, address: str, config: ConnectionConfig) -> None:
        self._channel = open_channel(address, config)
        self._calls: dict[str, grpc.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False

    @classmethod
    def open(cls, address: str, config: ConnectionConfig) -> Transport:
        """The channel for this process."""
        return cls(address, config)

    def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the reply's bytes.

        Raises:
            RpcFailure: there is no reply; the gRPC error is its cause.
        """
        call = self._calls.get(path)
        try:
            if call is None:
                call = self._calls[path] = self._channel.unary_unary(path, None, None)
            return call(payload, timeout=timeout, metadata=metadata)
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error
        except ValueError as error:
            self._raise_if_closed(error)
            raise

    def stream(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> Iterator[bytes]:
        """Send one request and yield the replies' bytes.

        Raises:
            RpcFailure: as in :meth:`call`.
        """
        try:
            yield from self._channel.unary_stream(path, None, None)(payload, timeout=timeout, metadata=metadata)
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error
        except ValueError as error:
            self._raise_if_closed(error)
            raise

    def close(self) -> None:
        """Close the channel; calls in flight end with an RpcFailure."""
        self._closed = True
        self._channel.close()

    def _raise_if_closed(self, error: ValueError) -> None:
        # gRPC raises a ValueError for a call on a closed channel.
        if self._closed:
            raise RpcFailure(CLOSED) from error


def failure_of(error: grpc.RpcError) -> Failure:
    """What gRPC said."""
    # An RpcError raised by a call is a grpc.Call too, though its class does not say so.
    call = cast("grpc.Call", error)
    return Failure(call.code().name, call.details() or "")
