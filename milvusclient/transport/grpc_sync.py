"""A channel for threads. The pair of grpc_aio.py."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import cast

import grpc

from milvusclient.config.settings import ConnectionConfig
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


class _ForkGate:
    """Keeps forks and calls apart.

    gRPC's threads are gone in the child of a fork, while its sockets and its epoll are the parent's: when they are in
    the middle of a call just then, replies get lost, in the parent too, whose calls would wait for ever. So a fork
    waits a moment until the calls under way have their replies, and calls that begin meanwhile wait until it is over.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As at the beginning; also in the child, which has no other threads."""
        #: The threads that are in gRPC. Adding to a set and taking out is one step each.
        self.inside: set[int] = set()
        self.closed = False
        self._opened = threading.Event()

    def wait(self, thread: int) -> None:
        """A call begins while somebody forks: wait until that is over.

        A call looks whether the gate is closed after its thread has said that it is there: either the fork waits for
        it, or it waits for the fork.
        """
        while self.closed:
            self.inside.discard(thread)
            self._opened.wait()
            self.inside.add(thread)

    def before(self) -> None:
        """Somebody is about to fork."""
        self._opened.clear()
        over = time.monotonic() + _LONGEST_FORK
        self.closed = True
        while self.inside and time.monotonic() < over:
            time.sleep(0.0005)
            self.closed = True  # another thread may have forked meanwhile

    def after(self) -> None:
        """In the parent."""
        self.closed = False
        self._opened.set()


#: Seconds that a fork waits for calls under way, at most.
_LONGEST_FORK = 0.25
_gate = _ForkGate()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_gate.before, after_in_parent=_gate.after, after_in_child=_gate.reset)


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
            thread = threading.get_ident()
            _gate.inside.add(thread)
            if _gate.closed:
                _gate.wait(thread)
            try:
                return call(payload, timeout=timeout, metadata=metadata)
            finally:
                _gate.inside.discard(thread)
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
