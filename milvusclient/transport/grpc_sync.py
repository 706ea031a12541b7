"""A channel for threads. The pair of grpc_aio.py."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, cast

import grpc

from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.transport import green_threads
from milvusclient.transport.base import CLOSED_IN_FLIGHT, NOT_WRITTEN_IN_TIME, Metadata, Transport
from milvusclient.transport.settings import GRACE, channel_credentials, channel_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from milvusclient.config.settings import ConnectionConfig

__all__ = ["CLOSED", "SyncTransport", "failure_of", "open_channel", "open_transport"]

CLOSED = Failure("CANCELLED", "the channel is closed", sent=False)


def open_transport(address: str, config: ConnectionConfig, connect_timeout: float) -> Transport:
    """Open a channel for threads; its first call connects it.

    Args:
        address: what gRPC dials.
        config: TLS settings and channel arguments.
        connect_timeout: seconds that connecting may take.

    Raises:
        ConnectionConfigException: a certificate file cannot be read or is invalid.
    """
    return SyncTransport(address, config, connect_timeout)


def open_channel(address: str, config: ConnectionConfig, connect_timeout: float) -> grpc.Channel:
    """Open a gRPC channel; it connects at its first call."""
    green_threads.prepare()
    credentials = channel_credentials(config)
    options = channel_options(config, connect_timeout)
    if credentials is None:
        return grpc.insecure_channel(address, options=options)
    return grpc.secure_channel(address, credentials, options=options)


class _ForkGate:
    """Keeps forks and calls apart.

    In the child of a fork, gRPC's threads are gone while its sockets and its epoll are the parent's. If they are in the
    middle of a call at that moment, replies get lost in the parent, too, whose calls would wait forever. So a fork
    waits a moment until the calls in flight have their replies, and calls that begin meanwhile wait until it is over.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Return to the initial state; also called in the child, which has no other threads."""
        #: The threads that are in gRPC. Adding to a set and removing from it is one step each, so it needs no lock.
        self.inside: set[int] = set()
        self.closed = False
        self._opened = threading.Event()

    def wait(self, thread: int) -> None:
        """Wait until a fork is over.

        A call looks whether the gate is closed after it has registered its thread, and a fork closes the gate before it
        looks for threads. So either the fork waits for the call, or the call waits for the fork.
        """
        while self.closed:
            self.inside.discard(thread)
            self._opened.wait()
            self.inside.add(thread)

    def before(self) -> None:
        """Close the gate and wait for the calls in flight, in the parent just before the fork."""
        self._opened.clear()
        deadline = time.monotonic() + _LONGEST_WAIT
        self.closed = True
        while self.inside and time.monotonic() < deadline:
            time.sleep(0.0005)
            self.closed = True  # another thread may have opened it, after a fork of its own

    def after(self) -> None:
        """Open the gate, in the parent just after the fork."""
        self.closed = False
        self._opened.set()


#: Requests of this many bytes or more are watched. That takes a third of a millisecond, which is little beside the time
#: that they take anyway; smaller ones fit into the buffers of sockets, if there are not many.
LARGE_REQUEST = 1 << 18
#: Seconds.
_LONGEST_SLICE = 0.2
#: Requests of fewer bytes are watched only if others are stuck.
_SMALL_REQUEST = 1 << 16
#: Seconds after which a large request in flight may be stuck.
_MAY_BE_STUCK = 0.5
#: Seconds that a fork waits for calls in flight, at most.
_LONGEST_WAIT = 0.25
_gate = _ForkGate()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_gate.before, after_in_parent=_gate.after, after_in_child=_gate.reset)


class SyncTransport(Transport):
    """A gRPC channel that threads share.

    Args:
        address: what gRPC dials.
        config: TLS settings and channel arguments.
        connect_timeout: seconds that connecting may take.
    """

    def __init__(self, address: str, config: ConnectionConfig, connect_timeout: float) -> None:
        self._channel = open_channel(address, config, connect_timeout)
        self._calls: dict[str, grpc.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False
        #: What watched calls wait for, and when they began; the oldest first.
        self._watched: dict[threading.Event, float] = {}
        #: Calls that were given up, and whose requests may not be written yet.
        self._abandoned: set[object] = set()

    def call(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> bytes:
        """Send one request and return the bytes of the reply.

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
                if len(payload) < LARGE_REQUEST and not self._may_be_stuck(len(payload)):
                    return call(payload, timeout=timeout, metadata=metadata)
                return self._call_watched(call, payload, metadata, timeout)
            finally:
                _gate.inside.discard(thread)
        except grpc.RpcError as error:
            raise RpcFailure(failure_of(error)) from error
        except ValueError as error:
            self._raise_if_closed(error)
            raise

    def stream(self, path: str, payload: bytes, metadata: Metadata, timeout: float | None) -> Iterator[bytes]:
        """Send one request and yield the bytes of each reply.

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
        watched = tuple(self._watched)
        for ended in watched:
            ended.set()
        if watched or self._abandoned:
            # gRPC waits here until their requests are written. They are cancelled at once all the same.
            threading.Thread(target=self._channel.close, name="milvusclient-close", daemon=True).start()
        else:
            self._channel.close()

    def _may_be_stuck(self, size: int) -> bool:
        """Return whether a small request may have to wait behind others, so that it has to be watched, too."""
        if self._abandoned:
            return True
        if size >= _SMALL_REQUEST:
            return bool(self._watched) or size * len(_gate.inside) >= LARGE_REQUEST
        if not self._watched:
            return False
        try:
            oldest = next(iter(self._watched.values()))
        except (StopIteration, RuntimeError):  # another thread has just changed the dictionary
            return True
        return time.monotonic() - oldest > _MAY_BE_STUCK

    def _call_watched(
        self,
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes],
        payload: bytes,
        metadata: Metadata,
        timeout: float | None,
    ) -> bytes:
        """Send a request; wait for its end at most until its deadline, or until the channel closes."""
        running = call.future(payload, timeout=timeout, metadata=metadata)
        ended = threading.Event()
        self._watched[ended] = time.monotonic()
        if self._closed:  # by another thread, which did not see the event yet
            ended.set()
        try:
            running.add_done_callback(lambda _: ended.set())
            left = _LONGEST_SLICE if timeout is None else timeout + GRACE
            end = None if timeout is None else time.monotonic() + left
            # In slices: a signal that comes just before the thread goes to sleep is handled when it wakes up.
            while not ended.wait(min(left, _LONGEST_SLICE)) and left > 0:
                left = _LONGEST_SLICE if end is None else end - time.monotonic()
        except BaseException:  # a KeyboardInterrupt
            self._abandon(running)
            raise
        finally:
            self._watched.pop(ended, None)
        if not running.done():
            self._abandon(running)
            raise RpcFailure(CLOSED_IN_FLIGHT if self._closed else NOT_WRITTEN_IN_TIME)
        return running.result()

    def _abandon(self, running: grpc.Future[bytes]) -> None:
        self._abandoned.add(running)
        running.add_done_callback(self._abandoned.discard)
        running.cancel()

    def _raise_if_closed(self, error: ValueError) -> None:
        # gRPC raises a ValueError for a call on a closed channel.
        if self._closed:
            raise RpcFailure(CLOSED) from error


def failure_of(error: grpc.RpcError) -> Failure:
    """Return the status and the details of a gRPC error."""
    # An RpcError raised by a call is a grpc.Call too, though its class does not say so.
    call = cast("grpc.Call", error)
    return Failure(call.code().name, call.details() or "")
