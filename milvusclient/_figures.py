"""Counters of one connection, exact under threads."""

from __future__ import annotations

import threading

__all__ = ["Figures"]


class Figures:
    """What went over one connection."""

    __slots__ = ("_lock", "bytes_received", "bytes_sent", "calls", "errors", "in_flight", "retries")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls = 0
        self.errors = 0
        self.retries = 0
        self.in_flight = 0
        self.bytes_sent = 0
        self.bytes_received = 0

    def began(self, size: int) -> None:
        """A request of ``size`` bytes goes out."""
        with self._lock:
            self.calls += 1
            self.in_flight += 1
            self.bytes_sent += size

    def ended(self, size: int) -> None:
        """A reply of ``size`` bytes came."""
        with self._lock:
            self.in_flight -= 1
            self.bytes_received += size

    def failed(self) -> None:
        """No reply came."""
        with self._lock:
            self.in_flight -= 1
            self.errors += 1

    def refused(self) -> None:
        """A reply came that says that the request failed."""
        with self._lock:
            self.errors += 1

    def repeated(self) -> None:
        """A request is about to be sent again."""
        with self._lock:
            self.retries += 1
