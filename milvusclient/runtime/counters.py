"""Counters of one connection, exact under threads, and how long its requests took."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from milvusclient.policy.latency import LATENCY_BOUNDS

if TYPE_CHECKING:
    from milvusclient.models.connection import OperationStats

__all__ = ["Figures"]


class _Operation:
    """What is counted for one kind of request."""

    __slots__ = ("buckets", "errors", "longest", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(LATENCY_BOUNDS) + 1)
        self.errors = 0
        self.longest = 0.0
        self.seconds = 0.0


class Figures:
    """What went over one connection.

    Always on: beside the counters, a request costs two looks at the clock and a binary search.
    """

    __slots__ = (
        "_lock", "_operations", "bytes_received", "bytes_sent", "calls", "errors", "in_flight", "retries",
    )  # fmt: skip

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._operations: dict[str, _Operation] = {}
        self.calls = 0
        self.errors = 0
        self.retries = 0
        self.in_flight = 0
        self.bytes_sent = 0
        self.bytes_received = 0

    def began(self, size: int) -> float:
        """A request of ``size`` bytes goes out.

        Returns:
            The moment, for :meth:`ended` or :meth:`failed`.
        """
        with self._lock:
            self.calls += 1
            self.in_flight += 1
            self.bytes_sent += size
        return time.perf_counter()

    def ended(self, operation: str, size: int, began: float) -> None:
        """A reply of ``size`` bytes came."""
        seconds = time.perf_counter() - began
        with self._lock:
            self.in_flight -= 1
            self.bytes_received += size
            counted = self._operations.get(operation) or self._operation(operation)
            counted.buckets[bisect_left(LATENCY_BOUNDS, seconds)] += 1
            counted.seconds += seconds
            if seconds > counted.longest:
                counted.longest = seconds

    def failed(self, operation: str, began: float) -> None:
        """No reply came."""
        self.ended(operation, 0, began)
        self.refused(operation)

    def refused(self, operation: str) -> None:
        """A reply came that says that the request failed."""
        with self._lock:
            self.errors += 1
            self._operation(operation).errors += 1

    def repeated(self) -> None:
        """A request is about to be sent again."""
        with self._lock:
            self.retries += 1

    def operations(self) -> dict[str, OperationStats]:
        """What was counted for each kind of request that ended, by its name."""
        from milvusclient.models.connection import OperationStats

        with self._lock:
            return {
                name: OperationStats(sum(each.buckets), each.errors, each.seconds, each.longest, tuple(each.buckets))
                for name, each in sorted(self._operations.items())
            }

    def _operation(self, name: str) -> _Operation:
        """The counters of one kind of request; whoever asks has the lock."""
        return self._operations.setdefault(name, _Operation())
