"""Find out whether packets reach a server: connect to it, and hang up. Once for tasks, once for threads."""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient.config.uri import Target

__all__ = ["async_reaches", "reaches"]

#: Seconds after which a thread looks whether it is still wanted.
_SLICE = 0.05


async def async_reaches(target: Target, seconds: float, is_needless: Callable[[], bool]) -> bool:
    """Return whether the server accepts a connection.

    Args:
        target: the server.
        seconds: the longest time that it takes.
        is_needless: whether the answer is no longer wanted; a task is cancelled instead.
    """
    del is_needless
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(target.host, target.port)
    except OSError:
        return False
    writer.close()
    return True


def reaches(target: Target, seconds: float, is_needless: Callable[[], bool]) -> bool:
    """Return whether the server accepts a connection; for threads."""
    until = time.monotonic() + seconds
    try:
        family, kind, _, _, address = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as plain, selectors.DefaultSelector() as selector:
            plain.setblocking(False)
            plain.connect_ex(address)
            selector.register(plain, selectors.EVENT_WRITE)
            while (left := until - time.monotonic()) > 0 and not is_needless():
                if selector.select(min(left, _SLICE)):
                    return plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    except OSError:
        pass
    return False
