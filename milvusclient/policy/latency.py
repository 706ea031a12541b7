"""The intervals that latencies are counted in."""

from __future__ import annotations

__all__ = ["LATENCY_BOUNDS"]

#: The upper bounds of the intervals, in seconds: 24 in each power of ten, from 10 microseconds to 1000 seconds. What is
#: read from the counts is at most 5% off.
LATENCY_BOUNDS = tuple(10 ** (step / 24 - 5) for step in range(8 * 24 + 1))
