"""The few things that differ between threads and tasks, as pairs of equal shape: ``AsyncX`` and ``X``.

Everything else is written once, with the ``AsyncX`` names, and tools/unasync.py makes the other half of it.
"""

from __future__ import annotations

import asyncio
import operator
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = [
    "Abandoned",
    "AsyncFlight",
    "AsyncScope",
    "AsyncSignal",
    "Flight",
    "Scope",
    "Signal",
    "async_in_thread",
    "async_open_now",
    "in_thread",
    "open_now",
]

T = TypeVar("T")


class Abandoned(Exception):
    """Whoever did the work that others wait for was cancelled; one of them takes it over."""


class AsyncSignal:
    """A flag that is set once; whoever waits for it is woken."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake everyone."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds; whether the flag is set."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return self._event.is_set()
        return True


class Signal:
    """A flag that is set once; whoever waits for it is woken."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Wake everyone."""
        self._event.set()

    def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds; whether the flag is set."""
        return self._event.wait(timeout)


class _Outcome(Generic[T]):
    """What a flight ended with; the same in both worlds."""

    __slots__ = ("error", "settled", "value")

    def __init__(self) -> None:
        self.value: T | None = None
        self.error: BaseException | None = None
        self.settled = False

    def settle(self, value: T | None, error: BaseException | None) -> None:
        """The first outcome counts: whoever waits may have taken it already."""
        if not self.settled:
            self.settled = True
            self.value = value
            self.error = error

    def take(self) -> T:
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # T may itself admit None, so None cannot be told apart here


class AsyncFlight(Generic[T]):
    """One piece of work that many ask for: the first does it, the others wait for its outcome."""

    def __init__(self) -> None:
        self._done = AsyncSignal()
        self._outcome: _Outcome[T] = _Outcome()

    def land(self, value: T) -> None:
        """Give everyone the result."""
        self._outcome.settle(value, None)
        self._done.set()

    def fail(self, error: BaseException) -> None:
        """Give everyone the error."""
        self._outcome.settle(None, error)
        self._done.set()

    async def wait(self, timeout: float | None) -> T:
        """The outcome; TimeoutError when it is not there within ``timeout`` seconds."""
        if not await self._done.wait(_LONG if timeout is None else timeout):
            raise TimeoutError
        return self._outcome.take()


class Flight(Generic[T]):
    """One piece of work that many ask for: the first does it, the others wait for its outcome."""

    def __init__(self) -> None:
        self._done = Signal()
        self._outcome: _Outcome[T] = _Outcome()

    def land(self, value: T) -> None:
        """Give everyone the result."""
        self._outcome.settle(value, None)
        self._done.set()

    def fail(self, error: BaseException) -> None:
        """Give everyone the error."""
        self._outcome.settle(None, error)
        self._done.set()

    def wait(self, timeout: float | None) -> T:
        """The outcome; TimeoutError when it is not there within ``timeout`` seconds."""
        if not self._done.wait(_LONG if timeout is None else timeout):
            raise TimeoutError
        return self._outcome.take()


#: Longer than any program waits, and short enough for every clock.
_LONG = 86_400.0 * 365


class AsyncScope(Generic[T]):
    """One value for each running event loop, made when it is first asked for.

    A value may hold its loop (the channels of grpc.aio do), so a weak mapping keyed by the loop would never let go of
    it. Loops that are closed are therefore dropped, with their values, whenever a new loop asks.

    Args:
        make: makes a value.
        drop: told of a value whose loop is closed.
    """

    #: Whether ``connections`` speaks of the same values.
    has_registry = False

    def __init__(self, make: Callable[[], T], drop: Callable[[T], None]) -> None:
        self._make = make
        self._drop = drop
        self._lock = threading.Lock()
        self._values: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        """The value of the running loop."""
        loop = asyncio.get_running_loop()
        value = self._values.get(loop)
        if value is not None:
            return value
        with self._lock:
            dropped = [self._values.pop(known) for known in list(self._values) if known.is_closed()]
            value = self._values.setdefault(loop, self._make())
        for dead in dropped:
            self._drop(dead)
        return value

    def peek(self) -> T | None:
        """The value of the running loop if there is one."""
        try:
            return self._values.get(asyncio.get_running_loop())
        except RuntimeError:
            return None

    def all(self) -> list[T]:
        """The values of all loops that are not closed."""
        with self._lock:
            return [value for loop, value in self._values.items() if not loop.is_closed()]

    def reset(self) -> list[T]:
        """Forget every value, in the child of a fork, and return them."""
        self._lock = threading.Lock()
        values, self._values = self._values, {}
        return list(values.values())


class Scope(Generic[T]):
    """One value for the process, made when it is first asked for."""

    has_registry = True

    def __init__(self, make: Callable[[], T], drop: Callable[[T], None]) -> None:
        self._make = make
        self._drop = drop
        self._lock = threading.Lock()
        self._value: T | None = None

    def get(self) -> T:
        """The value."""
        value = self._value
        if value is not None:
            return value
        with self._lock:
            if self._value is None:
                self._value = self._make()
            return self._value

    def peek(self) -> T | None:
        """The value if there is one."""
        return self._value

    def all(self) -> list[T]:
        """The value, if there is one, in a list."""
        return [] if self._value is None else [self._value]

    def reset(self) -> list[T]:
        """Forget the value, in the child of a fork, and return it."""
        self._lock = threading.Lock()
        value, self._value = self._value, None
        return [] if value is None else [value]


async def async_in_thread(work: Callable[[], T]) -> T:
    """Do something that blocks, without blocking the event loop.

    A thread cannot be cancelled: if the task is, this waits for the work all the same, so that it can be undone.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        running.exception()
        raise cancelled
    return running.result()


def in_thread(work: Callable[[], T]) -> T:
    """Do something that blocks; a thread may."""
    return work()


def async_open_now(open_connection: Callable[[], object]) -> None:
    """A constructor cannot wait, and may run outside of any event loop: the connection is opened at first use."""


#: A constructor of the thread world connects, so that a wrong address shows at once.
open_now = operator.call
