"""Work that goes on beside its caller, and the sources that feed it, as pairs of equal shape: tasks and threads."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import queue
import threading
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any, Generic, TypeVar

__all__ = ["AsyncCrew", "AsyncSource", "Crew", "Source"]

T = TypeVar("T")


class AsyncCrew(Generic[T]):
    """Tasks whose results are collected as they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[T]] = set()

    def start(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start a piece of work, which must not raise."""
        self._tasks.add(asyncio.create_task(work()))

    async def finished(self, timeout: float | None) -> list[T]:
        """Wait until work has ended, and return its results; an empty list after ``timeout`` seconds."""
        done, self._tasks = await asyncio.wait(self._tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        return [task.result() for task in done]

    def leave(self) -> None:
        """Cancel the work that still goes on."""
        for task in self._tasks:
            task.cancel()


class Crew(Generic[T]):
    """Threads whose results are collected as they end."""

    def __init__(self) -> None:
        self._results: queue.SimpleQueue[T] = queue.SimpleQueue()

    def start(self, work: Callable[[], T]) -> None:
        """Start a piece of work, which must not raise."""
        # A copy of the context, so that spans of the work belong to the span of the caller.
        context = contextvars.copy_context()
        threading.Thread(target=lambda: self._results.put(context.run(work)), daemon=True).start()

    def finished(self, timeout: float | None) -> list[T]:
        """Wait until work has ended, and return its results; an empty list after ``timeout`` seconds."""
        results: list[T] = []
        try:
            results.append(self._results.get(timeout=timeout))
            while True:
                results.append(self._results.get_nowait())
        except queue.Empty:
            return results

    def leave(self) -> None:
        """Leave the work that still goes on to itself: a thread cannot be cancelled."""


class AsyncSource(Generic[T]):
    """An iterable or an async iterable, from which several items are taken at once."""

    def __init__(self, items: Iterable[T] | AsyncIterable[T]) -> None:
        self._async: AsyncIterator[T] | None = aiter(items) if isinstance(items, AsyncIterable) else None
        self._sync: Iterator[T] = iter(()) if isinstance(items, AsyncIterable) else iter(items)

    async def take(self, count: int) -> list[T]:
        """Return at most ``count`` items; fewer only at the end."""
        if self._async is None:
            return list(itertools.islice(self._sync, count))
        taken: list[T] = []
        async for item in self._async:
            taken.append(item)
            if len(taken) == count:
                break
        return taken


class Source(Generic[T]):
    """An iterable, from which several items are taken at once."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)

    def take(self, count: int) -> list[T]:
        """Return at most ``count`` items; fewer only at the end."""
        return list(itertools.islice(self._items, count))
