"""Counters of one connection, exact under threads, and the latencies of its requests."""

from __future__ import annotations

import threading
from bisect import bisect_left
from time import perf_counter
from typing import TYPE_CHECKING

from milvusclient.policy.latency import LATENCY_BOUNDS

if TYPE_CHECKING:
    from milvusclient.models.connection import OperationStats

__all__ = ["ConnectionCounters"]


class _OperationCounters:
    """Counters of one kind of request."""

    __slots__ = ("buckets", "errors", "longest", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(LATENCY_BOUNDS) + 1)
        self.errors = 0
        self.longest = 0.0
        self.seconds = 0.0


class ConnectionCounters:
    """Counters of one connection.

    They are always on: beside the additions, a request costs two readings of the clock and a binary search.
    """

    __slots__ = (
        "_lock", "_operations", "bytes_received", "bytes_sent", "calls", "errors", "in_flight", "retries",
    )  # fmt: skip

    def __init__(self) -> None:
        # ``+=`` on an attribute is several steps of the interpreter, so threads need the lock.
        self._lock = threading.Lock()
        self._operations: dict[str, _OperationCounters] = {}
        self.calls = 0
        self.errors = 0
        self.retries = 0
        self.in_flight = 0
        self.bytes_sent = 0
        self.bytes_received = 0

    def request_sent(self, size: int) -> float:
        """Count a request of ``size`` bytes that goes out.

        Returns:
            The start time, for :meth:`reply_received` or :meth:`request_failed`.
        """
        with self._lock:
            self.calls += 1
            self.in_flight += 1
            self.bytes_sent += size
        return perf_counter()

    def request_withdrawn(self, size: int) -> None:
        """Undo :meth:`request_sent` for a request that was not sent after all."""
        with self._lock:
            self.calls -= 1
            self.in_flight -= 1
            self.bytes_sent -= size

    def reply_received(self, operation: str, size: int, started: float) -> None:
        """Count a reply of ``size`` bytes."""
        seconds = perf_counter() - started
        with self._lock:
            self.in_flight -= 1
            self.bytes_received += size
            counted = self._operations.get(operation) or self._operation(operation)
            counted.buckets[bisect_left(LATENCY_BOUNDS, seconds)] += 1
            counted.seconds += seconds
            if seconds > counted.longest:
                counted.longest = seconds

    def request_failed(self, operation: str, started: float) -> None:
        """Count a request that got no reply."""
        self.reply_received(operation, 0, started)
        self.request_refused(operation)

    def request_refused(self, operation: str) -> None:
        """Count a reply in which the server says that the request failed."""
        with self._lock:
            self.errors += 1
            self._operation(operation).errors += 1

    def request_retried(self) -> None:
        """Count a request that is about to be sent again."""
        with self._lock:
            self.retries += 1

    def add(self, other: ConnectionCounters) -> None:
        """Add the counters of another channel of the same connection."""
        with other._lock, self._lock:
            for name in ("calls", "errors", "retries", "in_flight", "bytes_sent", "bytes_received"):
                setattr(self, name, getattr(self, name) + getattr(other, name))
            for operation, theirs in other._operations.items():
                ours = self._operation(operation)
                ours.buckets = list(map(int.__add__, ours.buckets, theirs.buckets))
                ours.errors += theirs.errors
                ours.seconds += theirs.seconds
                ours.longest = max(ours.longest, theirs.longest)

    def operations(self) -> dict[str, OperationStats]:
        """Return the counters of each kind of request that ended, by its name."""
        from milvusclient.models.connection import OperationStats

        with self._lock:
            return {
                name: OperationStats(sum(each.buckets), each.errors, each.seconds, each.longest, tuple(each.buckets))
                for name, each in sorted(self._operations.items())
            }

    def _operation(self, name: str) -> _OperationCounters:
        """Return the counters of one kind of request; the caller holds the lock."""
        return self._operations.setdefault(name, _OperationCounters())
