"""One deadline for a whole operation: attempts, sleeps and polls share it."""

from __future__ import annotations

import math
from typing import NamedTuple

from milvusclient.exceptions import ParamError

__all__ = ["UNBOUNDED", "Deadline"]

#: From here on (a year) a timeout is no limit; gRPC and the clocks of threads fail on much larger ones.
_FOREVER = 86_400.0 * 365


class Deadline(NamedTuple):
    """The moment at which an operation ends, on a monotonic clock; ``at`` is None when nothing bounds it."""

    at: float | None
    timeout: float | None

    @classmethod
    def start(cls, timeout: float | None, now: float) -> Deadline:
        """A deadline ``timeout`` seconds from ``now``; None means no bound."""
        if timeout is None:
            return UNBOUNDED
        given: object = timeout
        if isinstance(given, bool) or not isinstance(given, (int, float)) or math.isnan(given):
            raise ParamError(message=f"timeout must be a number of seconds or None, got {timeout!r}")
        if timeout <= 0:
            raise ParamError(message=f"timeout must be above 0 seconds, got {timeout!r}; use None for no limit")
        return cls(now + timeout, float(timeout)) if timeout < _FOREVER else UNBOUNDED

    def remaining(self, now: float) -> float | None:
        """Seconds that are left, never below zero; None when nothing bounds the operation."""
        return None if self.at is None else max(0.0, self.at - now)

    def expired(self, now: float) -> bool:
        """Whether the time is up."""
        return self.at is not None and now >= self.at

    def bounded(self, seconds: float, now: float) -> Deadline:
        """This deadline, or the one ``seconds`` from ``now`` if that comes earlier."""
        other = Deadline.start(seconds, now)
        return other if self.at is None or (other.at is not None and other.at < self.at) else self

    def clip(self, delay: float, now: float) -> float:
        """``delay``, cut to what is left."""
        return delay if self.at is None else max(0.0, min(delay, self.at - now))


UNBOUNDED = Deadline(None, None)
