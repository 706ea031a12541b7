"""The largest request that each server takes, as far as it has said so when it refused a larger one."""

from __future__ import annotations

import time

__all__ = ["largest_request", "note_limit"]

_MOST_SERVERS = 1_024
#: Seconds for which a limit is believed: the server may be started again with another one.
_LIFETIME = 600.0

#: The limit of each address, and the moment until which it is believed. Each step on it is one of the interpreter's.
_limits: dict[str, tuple[int, float]] = {}


def largest_request(address: str) -> int | None:
    """Return the size in bytes above which a server refuses requests; None if that is unknown."""
    found = _limits.get(address)
    return found[0] if found is not None and time.monotonic() < found[1] else None


def note_limit(address: str, limit: int | None) -> None:
    """Note the limit that a server has named; None if it named none."""
    if limit is not None:
        if len(_limits) >= _MOST_SERVERS:
            _limits.clear()
        _limits[address] = limit, time.monotonic() + _LIFETIME
