"""A channel for threads. The pair of grpc_aio.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import grpc

from milvusclient.config import ConnectionConfig
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.transport.settings import channel_credentials, channel_options

__all__ = ["Transport"]

Metadata = tuple[tuple[str, str], ...]

_CLOSED = Failure("CANCELLED", "the channel is closed", sent=False)


class Transport:
    """One gRPC channel to ``address``; opening it connects to nothing yet."""

    def __init__(self, address: str, config: ConnectionConfig) -> None:
        credentials = channel_credentials(config)
        options = channel_options(config)
        self._channel = (
            grpc.insecure_channel(address, options=options)
            if credentials is None
            else grpc.secure_channel(address, credentials, options=options)
        )
        self._calls: dict[str, grpc.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False

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
            raise RpcFailure(_failure(error)) from error
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
            raise RpcFailure(_failure(error)) from error
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
            raise RpcFailure(_CLOSED) from error


def _failure(error: grpc.RpcError) -> Failure:
    # An RpcError raised by a call is a grpc.Call too, though its class does not say so.
    call = cast("grpc.Call", error)
    return Failure(call.code().name, call.details() or "")
