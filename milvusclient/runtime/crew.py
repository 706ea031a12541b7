"""Work that goes on beside its caller, and the sources that feed it, as pairs of equal shape: tasks and threads."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
import queue
import threading
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from typing import Any, Generic, Self, TypeVar

from milvusclient import exceptions
from milvusclient.runtime.concurrency import slices

__all__ = ["AsyncCrew", "AsyncLock", "AsyncSource", "Crew", "Lock", "Source"]

T = TypeVar("T")

AsyncLock = asyncio.Lock
Lock = threading.Lock


class AsyncCrew(Generic[T]):
    """Tasks whose results are collected as they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[T]] = set()

    async def start(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start a piece of work, which must not raise."""
        self._tasks.add(asyncio.create_task(work()))
        await asyncio.sleep(0)  # else it would begin only when its caller waits for something

    async def finished(self, timeout: float | None) -> list[T]:
        """Wait until work has ended, and return its results; an empty list after ``timeout`` seconds."""
        done, self._tasks = await asyncio.wait(self._tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        return [task.result() for task in done]

    def leave(self) -> None:
        """Cancel the work that still goes on."""
        for task in self._tasks:
            task.cancel()


class Crew(Generic[T]):
    """Threads whose results are collected as they end.

    A thread takes the next piece of work when it has done one. A new thread for each piece would bring its own part of
    the heap, and malloc keeps much of the memory in it.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._threads = 0
        self._busy = 0

    def start(self, work: Callable[[], T]) -> None:
        """Start a piece of work, which must not raise."""
        # A copy of the context, so that spans of the work belong to the span of the caller.
        context, results = contextvars.copy_context(), self._results
        self._work.put(lambda: results.put(context.run(work)))
        self._busy += 1
        if self._busy > self._threads:
            threading.Thread(target=_carry_out, args=(self._work,), daemon=True).start()
            self._threads += 1

    def finished(self, timeout: float | None) -> list[T]:
        """Wait until work has ended, and return its results; an empty list after ``timeout`` seconds."""
        results: list[T] = []
        for wait in slices(timeout):
            with contextlib.suppress(queue.Empty):
                results.append(self._results.get(timeout=wait))
                break
        with contextlib.suppress(queue.Empty):
            while True:
                results.append(self._results.get_nowait())
        self._busy -= len(results)
        return results

    def leave(self) -> None:
        """Let the threads end; one that still works ends after that, because a thread cannot be cancelled."""
        for _ in range(self._threads):
            self._work.put(None)
        self._threads = 0

    def __del__(self) -> None:
        self.leave()  # of a writer that was never closed


def _carry_out(queued: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    while (work := queued.get()) is not None:
        work()
        del work  # what it refers to is not needed while waiting for the next


class AsyncSource(Generic[T]):
    """An iterable or an async iterable, from which several items are taken at once.

    It is a context manager that closes a generator, so that files and connections which this has open are closed, too.

    Attributes:
        is_late: whether an async iterable had no item in time; nothing more is taken then.
    """

    def __init__(self, items: Iterable[T] | AsyncIterable[T]) -> None:
        self.is_late = False
        self._async: AsyncIterator[T] | None = aiter(items) if isinstance(items, AsyncIterable) else None
        self._sync: Iterator[T] = iter(()) if isinstance(items, AsyncIterable) else iter(items)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if isinstance(self._async, AsyncGenerator):
            await self._async.aclose()
        if isinstance(self._sync, Generator):
            self._sync.close()

    async def take(self, count: int, timeout: float | None) -> list[T]:
        """Return at most ``count`` items; fewer only at the end, and none if an item takes longer than ``timeout``."""
        if self._async is None:
            return list(itertools.islice(self._sync, count))
        taken: list[T] = []
        try:
            async with asyncio.timeout(timeout) as limit:
                async for item in self._async:
                    taken.append(item)
                    if len(taken) == count:
                        break
        except TimeoutError:
            if not limit.expired():
                raise  # of the source itself
            self.is_late = True
            return []
        return taken


class Source(Generic[T]):
    """An iterable, from which several items are taken at once; a context manager that closes a generator.

    Raises:
        TypeError: the items are an async iterable. (It is a ParamError, too.)
    """

    is_late = False  # a thread cannot be interrupted

    def __init__(self, items: Iterable[T]) -> None:
        if isinstance(items, AsyncIterable) and not isinstance(items, Iterable):
            raise exceptions.TypeError(
                message=f"rows must be an iterable, got {type(items).__name__!r}; use AsyncMilvusClient for it"
            )
        self._items = iter(items)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._items, Generator):
            self._items.close()

    def take(self, count: int, timeout: float | None) -> list[T]:
        """Return at most ``count`` items; fewer only at the end."""
        del timeout
        return list(itertools.islice(self._items, count))
