"""Work that goes on beside its caller, and the sources that feed it, as pairs of equal shape: tasks and threads."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import itertools
import queue
import threading
from collections import deque
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
from typing import Any, Generic, NoReturn, Self, TypeVar

from milvusclient import exceptions
from milvusclient.runtime.concurrency import slices

__all__ = ["AsyncCrew", "AsyncLock", "AsyncSource", "Crew", "Lock", "Source"]

T = TypeVar("T")
R = TypeVar("R")

AsyncLock = asyncio.Lock
Lock = threading.Lock


class AsyncCrew(Generic[T]):
    """Tasks whose results are collected as they end.

    Whatever the caller is cancelled in: a result stays here until it is collected.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[T]] = set()

    @property
    def is_busy(self) -> bool:
        """Return whether there is work whose result was not collected."""
        return bool(self._tasks)

    def start(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start a piece of work, which must not raise."""
        self._tasks.add(asyncio.create_task(work()))

    async def wait(self, timeout: float | None) -> None:
        """Wait until work has ended, at most ``timeout`` seconds; return at once if there is none."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)

    def collect(self) -> list[T]:
        """Return the results of the work that has ended."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        return [task.result() for task in done if not task.cancelled()]

    async def undisturbed(self, step: Callable[[], R]) -> R:
        """Carry out a short step that is not cut short: tasks are only cancelled where they wait.

        What it starts has begun when this returns. It may have been carried out even if this is cancelled.
        """
        result = step()
        await asyncio.sleep(0)  # else work would begin only when its caller waits for something
        return result

    def leave(self) -> None:
        """Cancel the work that still goes on."""
        for task in self._tasks:
            task.cancel()


class Crew(Generic[T]):
    """Threads whose results are collected as they end.

    A thread takes the next piece of work when it has done one. A new thread for each piece would bring its own part of
    the heap, and malloc keeps much of the memory in it.

    Wherever Ctrl-C interrupts the caller: a result stays here until it is collected.
    """

    def __init__(self) -> None:
        self._threads = 0  # first, for the finalizer
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._results: deque[T] = deque()
        #: Wakes :meth:`wait`; there is a result for each item, unless it was collected.
        self._ended: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._busy = 0

    @property
    def is_busy(self) -> bool:
        """Return whether there is work whose result was not collected."""
        return self._busy > 0

    def start(self, work: Callable[[], T]) -> None:
        """Start a piece of work, which must not raise."""
        # A copy of the context, so that spans of the work belong to the span of the caller.
        context, results, ended = contextvars.copy_context(), self._results, self._ended

        def carry_out() -> None:
            results.append(context.run(work))
            ended.put(None)

        if self._busy >= self._threads:
            # First, because it fails if there are too many threads.
            threading.Thread(target=_carry_out, args=(self._work,), daemon=True).start()
            self._threads += 1
        self._work.put(carry_out)
        self._busy += 1

    def wait(self, timeout: float | None) -> None:
        """Wait until work has ended, at most ``timeout`` seconds; return at once if there is none, or it was left."""
        for wait in slices(timeout):
            if self._results or not self._busy or not self._threads:
                return
            with contextlib.suppress(queue.Empty):
                self._ended.get(timeout=wait)

    def collect(self) -> list[T]:
        """Return the results of the work that has ended."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._ended.get_nowait()
        results = [self._results.popleft() for _ in range(len(self._results))]
        self._busy -= len(results)
        return results

    def undisturbed(self, step: Callable[[], R]) -> R:
        """Carry out a short step that is not cut short: in a thread, since Ctrl-C interrupts the main thread alone.

        Steps take turns. One may have been carried out, or be carried out yet, even if this is interrupted.
        """
        answers: queue.SimpleQueue[Callable[[], R]] = queue.SimpleQueue()
        context, turn = contextvars.copy_context(), self._turn

        def carry_out() -> None:
            with turn:
                answers.put(_answer(functools.partial(context.run, step)))

        if threading.current_thread() is not threading.main_thread():
            carry_out()
        else:
            try:
                threading.Thread(target=carry_out, daemon=True).start()
            except RuntimeError:  # there are too many threads, or the program ends
                carry_out()
        for wait in slices(None):
            with contextlib.suppress(queue.Empty):
                return answers.get(timeout=wait)()
        raise AssertionError  # slices without an end

    def leave(self) -> None:
        """Let the threads end; one that still works ends after that, because a thread cannot be cancelled."""
        for _ in range(self._threads):
            self._work.put(None)
        self._threads = 0

    def __del__(self) -> None:
        self.leave()  # of a writer that was never closed


def _answer(step: Callable[[], R]) -> Callable[[], R]:
    """Return what returns or raises what a step does."""
    try:
        result = step()
    except BaseException as error:  # noqa: BLE001 - it is raised where the step was asked for
        return functools.partial(_reraise, error)
    return lambda: result


def _reraise(error: BaseException) -> NoReturn:
    raise error


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
