"""Doing several things at once, as pairs of equal shape for tasks and for threads: ``AsyncX`` and ``X``."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from tests.support.patience import HANG

T = TypeVar("T")

#: Seconds after which a test is taken to hang.
PATIENCE = HANG


class AsyncRunning(Generic[T]):
    """A task."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._task = asyncio.ensure_future(work())

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._task.done()

    async def result(self) -> T:
        """Wait for its end; what it returned, or raised."""
        async with asyncio.timeout(PATIENCE):
            return await self._task


class Running(Generic[T]):
    """A thread."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._value.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again in result()
            self._error = error

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def result(self) -> T:
        """Wait for its end; what it returned, or raised."""
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            raise TimeoutError("the thread hangs")
        if self._error is not None:
            raise self._error
        return self._value[0]


class AsyncTogether:
    """Many tasks at once."""

    @staticmethod
    async def run(work: Callable[[], Awaitable[T]], count: int) -> list[T]:
        """What each of them returned; the first failure is raised."""
        running = [AsyncRunning(work) for _ in range(count)]
        return [await each.result() for each in running]

    @staticmethod
    async def failures(work: Callable[[], Awaitable[Any]], count: int) -> list[BaseException | None]:
        """What each of them raised, None where it did not."""
        running = [AsyncRunning(work) for _ in range(count)]
        return [await AsyncTogether.failure(each) for each in running]

    @staticmethod
    async def failure(running: AsyncRunning[Any]) -> BaseException | None:
        """What it raised, None if it did not."""
        try:
            await running.result()
        except Exception as error:  # noqa: BLE001 - it is the result
            return error
        return None


class Together:
    """Many threads at once, which start at the same moment."""

    @staticmethod
    def run(work: Callable[[], T], count: int) -> list[T]:
        """What each of them returned; the first failure is raised."""
        return [each.result() for each in Together._start(work, count)]

    @staticmethod
    def failures(work: Callable[[], Any], count: int) -> list[BaseException | None]:
        """What each of them raised, None where it did not."""
        return [Together.failure(each) for each in Together._start(work, count)]

    @staticmethod
    def failure(running: Running[Any]) -> BaseException | None:
        """What it raised, None if it did not."""
        try:
            running.result()
        except Exception as error:  # noqa: BLE001 - it is the result
            return error
        return None

    @staticmethod
    def _start(work: Callable[[], T], count: int) -> list[Running[T]]:
        start = threading.Barrier(count)

        def run() -> T:
            start.wait()
            return work()

        return [Running(run) for _ in range(count)]


class AsyncClock:
    """Waiting without blocking the event loop."""

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Clock:
    """Waiting."""

    @staticmethod
    def sleep(seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
