"""How much of the same a test does: little in every run, all of it in a soak run.

``MILVUSCLIENT_SOAK=full`` asks for the whole counts. Tests that scale are marked ``soak``, so that a step of CI runs
just them: ``MILVUSCLIENT_SOAK=full pytest -m soak``.
"""

from __future__ import annotations

import os
from typing import TypeVar

__all__ = ["scaled"]

T = TypeVar("T")

_IS_FULL = os.environ.get("MILVUSCLIENT_SOAK") == "full"


def scaled(full: T, short: T) -> T:
    """Return the count, or what else scales, for this run: ``full`` in a soak run, ``short`` otherwise."""
    return full if _IS_FULL else short
