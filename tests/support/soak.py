"""How much of the same a test does: little in every run, all of it in a soak run.

``MILVUSCLIENT_SOAK=full`` asks for the whole counts. Tests that scale are marked ``soak``, so that a step of CI runs
just them: ``MILVUSCLIENT_SOAK=full pytest -m soak``.
"""

from __future__ import annotations

import os

__all__ = ["scaled"]

_IS_FULL = os.environ.get("MILVUSCLIENT_SOAK") == "full"


def scaled(full: int, short: int) -> int:
    """Return the count for this run: ``full`` in a soak run, ``short`` otherwise."""
    return full if _IS_FULL else short
