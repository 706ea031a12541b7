"""The few things that differ between threads and tasks, as pairs of equal shape: ``AsyncX`` and ``X``.

Everything else is written once, with the ``AsyncX`` names, and tools/unasync.py generates the other half.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Generic, Protocol, TypeVar

__all__ = [
    "Abandoned",
    "AsyncBackground",
    "AsyncScope",
    "AsyncSharedResult",
    "AsyncSignal",
    "Background",
    "Scope",
    "SharedResult",
    "Signal",
    "async_give_way",
    "async_in_thread",
    "async_open_now",
    "give_way",
    "in_thread",
    "open_now",
    "slices",
]

T = TypeVar("T")


class _Opens(Protocol):
    """A binding: its connection can be opened."""

    def open(self) -> object: ...


class Abandoned(Exception):
    """The task or thread whose work others wait for was cancelled; one of them takes the work over."""


class AsyncSignal:
    """A flag that is set once and wakes everything that waits for it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Set the flag and wake all waiters."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds; return whether the flag is set."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return self._event.is_set()
        return True


#: Seconds.
_LONGEST_SLICE = 0.2


def slices(timeout: float | None) -> Iterator[float]:
    """Yield short waits that last ``timeout`` seconds together, or go on without end.

    A signal that comes just before a thread goes to sleep is handled when it wakes up, so Ctrl-C would not end a long
    wait.
    """
    end = None if timeout is None else time.monotonic() + timeout
    while end is None or time.monotonic() < end:
        yield _LONGEST_SLICE if end is None else max(0.0, min(end - time.monotonic(), _LONGEST_SLICE))


class Signal:
    """A flag that is set once and wakes everything that waits for it.

    Not a threading.Event: that takes a lock in wait() and in set(), so a signal handler that closes a client, while it
    interrupts a wait of the same thread, would wait for itself. Here each step is one of the interpreter.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._waiters: list[threading.Lock] = []

    def set(self) -> None:
        """Set the flag and wake all waiters."""
        # In this order: a waiter that comes too late to be woken sees the flag.
        self._is_set = True
        with contextlib.suppress(IndexError):  # another thread, or a signal handler, took the last one
            while self._waiters:
                self._waiters.pop().release()

    def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds; return whether the flag is set."""
        woken = threading.Lock()
        woken.acquire()
        self._waiters.append(woken)
        for wait in slices(timeout):
            if self._is_set:
                break
            woken.acquire(timeout=wait)
        with contextlib.suppress(ValueError):  # it was woken
            self._waiters.remove(woken)
        return self._is_set


class _Outcome(Generic[T]):
    """The outcome of shared work, for both worlds."""

    __slots__ = ("error", "settled", "value")

    def __init__(self) -> None:
        self.value: T | None = None
        self.error: BaseException | None = None
        self.settled = False

    def settle(self, value: T | None, error: BaseException | None) -> None:
        # The first outcome counts, because a waiter may have taken it already.
        if not self.settled:
            self.settled = True
            self.value = value
            self.error = error

    def take(self) -> T:
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # T may itself admit None, so None cannot be told apart here


class AsyncSharedResult(Generic[T]):
    """The outcome of work that many ask for at once: the first does it, the others wait for it (single flight)."""

    def __init__(self) -> None:
        self._done = AsyncSignal()
        self._outcome: _Outcome[T] = _Outcome()

    def set_result(self, value: T) -> None:
        """Give the result to all waiters."""
        self._outcome.settle(value, None)
        self._done.set()

    def set_error(self, error: BaseException) -> None:
        """Raise the error in all waiters."""
        self._outcome.settle(None, error)
        self._done.set()

    async def wait(self, timeout: float | None) -> T:
        """Return the result or raise the error; TimeoutError if there is none within ``timeout`` seconds."""
        if not await self._done.wait(_LONG if timeout is None else timeout):
            raise TimeoutError
        return self._outcome.take()


class SharedResult(Generic[T]):
    """The outcome of work that many ask for at once: the first does it, the others wait for it (single flight)."""

    def __init__(self) -> None:
        self._done = Signal()
        self._outcome: _Outcome[T] = _Outcome()

    def set_result(self, value: T) -> None:
        """Give the result to all waiters."""
        self._outcome.settle(value, None)
        self._done.set()

    def set_error(self, error: BaseException) -> None:
        """Raise the error in all waiters."""
        self._outcome.settle(None, error)
        self._done.set()

    def wait(self, timeout: float | None) -> T:
        """Return the result or raise the error; TimeoutError if there is none within ``timeout`` seconds."""
        if not self._done.wait(_LONG if timeout is None else timeout):
            raise TimeoutError
        return self._outcome.take()


class AsyncBackground:
    """Work of a connection that no call waits for, in tasks. It must not raise an Exception."""

    def __init__(self) -> None:
        # An event loop refers to its tasks weakly.
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Start a piece of work; return whether it was possible."""
        # In a context of its own: it belongs to the connection, not to the call that noticed it.
        task = asyncio.get_running_loop().create_task(work(), context=contextvars.Context())
        # A loop that is closed before its client would otherwise log each task that goes with it.
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # as asyncio.gather() does
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def end(self) -> None:
        """Cancel the work that still goes on, and wait for its end."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


#: Seconds that the end of a connection waits for its threads. They end at once, unless the system is looking up a name.
_LONGEST_JOIN = 1.0


class Background:
    """Work of a connection that no call waits for, in threads. It must not raise an Exception."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()

    def start(self, work: Callable[[], None]) -> bool:
        """Start a piece of work; return whether it was possible."""

        def run() -> None:
            try:
                work()
            finally:
                self._threads.discard(thread)

        # A daemon, so that a client that is never closed does not delay the end of the program.
        thread = threading.Thread(target=run, name="milvusclient-channels", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:  # there are too many threads, or the program ends
            self._threads.discard(thread)
            return False
        return True

    def end(self) -> None:
        """Wait a moment for the end of the work, which knows that it shall end."""
        deadline = time.monotonic() + _LONGEST_JOIN
        for thread in tuple(self._threads):
            # One that was not started yet cannot be joined; a finalizer may run in the thread itself.
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))


#: A year: longer than any program waits, and short enough for every clock (waits much longer raise OverflowError).
_LONG = 86_400.0 * 365


class AsyncScope(Generic[T]):
    """One value for each running event loop, made when it is first asked for.

    A value may hold its loop (the channels of grpc.aio do), so a weak mapping keyed by the loop would never release it.
    Closed loops are therefore dropped, with their values, whenever a new loop asks.

    Args:
        make: makes a value.
        drop: called with a value whose loop is closed.
    """

    #: Whether the registry ``connections`` uses the same values.
    has_registry = False

    def __init__(self, make: Callable[[], T], drop: Callable[[T], None]) -> None:
        self._make = make
        self._drop = drop
        self._lock = threading.Lock()
        self._values: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        """Return the value of the running loop."""
        loop = asyncio.get_running_loop()
        value = self._values.get(loop)
        if value is not None:
            return value
        # Under the lock: two loops, each in a thread of its own, may ask at once.
        with self._lock:
            dropped = [self._values.pop(known) for known in list(self._values) if known.is_closed()]
            value = self._values.setdefault(loop, self._make())
        for dead in dropped:
            self._drop(dead)
        return value

    def peek(self) -> T | None:
        """Return the value of the running loop, or None if nothing asked for it yet."""
        try:
            return self._values.get(asyncio.get_running_loop())
        except RuntimeError:
            return None

    def all(self) -> list[T]:
        """Return the values of all loops that are not closed."""
        with self._lock:
            return [value for loop, value in self._values.items() if not loop.is_closed()]

    def reset(self) -> list[T]:
        """Forget all values, in the child of a fork, and return them."""
        # A thread of the parent may have held the lock.
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
        """Return the value."""
        value = self._value
        if value is not None:
            return value
        with self._lock:
            if self._value is None:
                self._value = self._make()
            return self._value

    def peek(self) -> T | None:
        """Return the value, or None if nothing asked for it yet."""
        return self._value

    def all(self) -> list[T]:
        """Return a list of the value, if there is one."""
        return [] if self._value is None else [self._value]

    def reset(self) -> list[T]:
        """Forget the value, in the child of a fork, and return a list of it."""
        self._lock = threading.Lock()
        value, self._value = self._value, None
        return [] if value is None else [value]


async def async_give_way() -> None:
    """Let the other tasks of the event loop run."""
    await asyncio.sleep(0)


#: Seconds; with less, this thread would often have the interpreter again before another one wakes up.
_A_MOMENT = 1e-4


def give_way() -> None:
    """Let other threads run now, if there are any, instead of when the interpreter takes turns, which is every 5 ms."""
    if threading.active_count() > 1:
        time.sleep(_A_MOMENT)


async def async_in_thread(work: Callable[[], T], abort: Callable[[], object] | None = None) -> T:
    """Run something that blocks in a thread, so that it does not block the event loop.

    A thread cannot be cancelled. If the task is cancelled, this still waits for the work, so that it can be undone.

    Args:
        work: what blocks.
        abort: makes the work end early; called if the task is cancelled.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
            if abort is not None:
                abort()
    if cancelled is not None:
        running.exception()
        raise cancelled
    return running.result()


def in_thread(work: Callable[[], T], abort: Callable[[], object] | None = None) -> T:  # noqa: ARG001 - the same shape
    """Run something that blocks; a thread may block."""
    return work()


def async_open_now(binding: _Opens) -> None:
    """Do nothing: a constructor cannot await, and may run outside of any event loop, so the first call connects."""


def open_now(binding: _Opens) -> None:
    """Connect in the constructor of a client for threads, so that a wrong address shows at once."""
    # Takes the binding, not its method: a bound method that something else calls costs every new client a tenth more.
    binding.open()
