"""Look up the addresses of a name, as a pair of equal shape: one for tasks, one for threads."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from milvusclient.policy.failure import Failure, RpcFailure

__all__ = ["async_look_up", "look_up"]


async def async_look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name, each once.

    Raises:
        RpcFailure: it has none, or cannot be looked up.
    """
    loop = asyncio.get_running_loop()
    try:
        return _ips(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise _failure(host, error) from error


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name, each once; may block for as long as the system takes.

    Raises:
        RpcFailure: it has none, or cannot be looked up.
    """
    try:
        return _ips(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise _failure(host, error) from error


def _ips(found: Sequence[tuple[object, object, object, object, tuple[object, ...]]]) -> list[str]:
    # A dictionary, because the order is the system's preference.
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def _failure(host: str, error: Exception) -> RpcFailure:
    return RpcFailure(Failure("UNAVAILABLE", f"DNS resolution failed for {host}: {error}", sent=False))
