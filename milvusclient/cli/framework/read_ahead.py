"""Reading the next pages while the last one is being written."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

__all__ = ["read_ahead"]

T = TypeVar("T")


def read_ahead(fetch: Callable[[], T | None], most: int) -> Iterator[T]:
    """Yield what a function returns, up to None; a thread calls it, and is ahead by at most ``most`` results."""
    results: queue.Queue[T | BaseException | None] = queue.Queue(most)
    is_over = threading.Event()

    def work() -> None:
        result: T | BaseException | None = None
        while not is_over.is_set():
            try:
                result = fetch()
            except BaseException as error:  # noqa: BLE001 - it is raised where the results are asked for
                result = error
            results.put(result)
            if result is None or isinstance(result, BaseException):
                return

    # A daemon that is not joined: Ctrl-C ends the command, however long the server takes.
    threading.Thread(target=work, daemon=True).start()
    try:
        while (found := results.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        is_over.set()
        with contextlib.suppress(queue.Empty):  # so that a thread with a result in its hands ends
            while True:
                results.get_nowait()
