"""Buckets for latencies."""

from __future__ import annotations

__all__ = ["LATENCY_BOUNDS"]

#: Upper bounds of the buckets in seconds: 24 for each power of ten, from 10 microseconds to 1000 seconds. Quantiles
#: that are computed from the counts are at most 5% off.
LATENCY_BOUNDS = tuple(10 ** (step / 24 - 5) for step in range(8 * 24 + 1))
