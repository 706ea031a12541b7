"""How long tests wait: guards against hanging, never measurements, so that a busy machine fails no test."""

from __future__ import annotations

__all__ = ["HANG", "PROMPT"]

#: Seconds after which what a test waits for is taken to hang.
HANG = 300.0

#: Seconds within which something ends that ends "at once" or "at its deadline", however busy the machine is. What would
#: end it otherwise takes longer, or never happens.
PROMPT = 15.0
