"""One deadline for a whole operation: attempts, sleeps and polls share it."""

from __future__ import annotations

import math
from typing import NamedTuple

from milvusclient.exceptions import ParamError

__all__ = ["UNBOUNDED", "Deadline"]

#: A timeout of a year or more sets no limit: gRPC and the locks of threads fail on much larger ones.
_FOREVER = 86_400.0 * 365


class Deadline(NamedTuple):
    """The moment at which an operation ends, on a monotonic clock; ``at`` is None if it has no limit."""

    at: float | None
    timeout: float | None

    @classmethod
    def start(cls, timeout: float | None, now: float) -> Deadline:
        """Return a deadline ``timeout`` seconds from ``now``; None means no limit.

        Raises:
            ParamError: the timeout is not a number of seconds above 0.
        """
        if timeout is None:
            return UNBOUNDED
        given: object = timeout
        if isinstance(given, bool) or not isinstance(given, (int, float)) or math.isnan(given):
            raise ParamError(message=f"timeout must be a number of seconds or None, got {timeout!r}")
        if timeout <= 0:
            raise ParamError(message=f"timeout must be above 0 seconds, got {timeout!r}; use None for no limit")
        return cls(now + timeout, float(timeout)) if timeout < _FOREVER else UNBOUNDED

    def remaining(self, now: float) -> float | None:
        """Return the seconds that are left, never below zero; None if there is no limit."""
        return None if self.at is None else max(0.0, self.at - now)

    def expired(self, now: float) -> bool:
        """Return whether the time is up."""
        return self.at is not None and now >= self.at

    def extended(self, seconds: float) -> Deadline:
        """Return this deadline moved ``seconds`` later, for work that shall take none of its time."""
        return self if self.at is None else Deadline(self.at + seconds, self.timeout)

    def bounded(self, seconds: float, now: float) -> Deadline:
        """Return this deadline, or the one ``seconds`` from ``now`` if that is earlier."""
        other = Deadline.start(seconds, now)
        return other if self.at is None or (other.at is not None and other.at < self.at) else self

    def clip(self, delay: float, now: float) -> float:
        """Return ``delay``, cut to the seconds that are left."""
        return delay if self.at is None else max(0.0, min(delay, self.at - now))


UNBOUNDED = Deadline(None, None)
