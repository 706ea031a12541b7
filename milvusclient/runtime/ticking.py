"""Something that is done four times a second as long as it wants to, with asyncio and with threads.

The pair is for what watches connections: it must cost a call nothing, so no call waits for it, and it ends by itself.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Callable

from milvusclient.runtime.concurrency import Signal

__all__ = ["AsyncTicker", "Ticker"]

#: Seconds between two ticks.
_PAUSE = 0.25


class AsyncTicker:
    """Calls a function on the event loop until it returns False. A timer, which no task and no warning is left of."""

    def __init__(self, tick: Callable[[], bool]) -> None:
        self._tick = tick
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, which takes a microsecond or two."""
        # A loop that was closed may keep its timers, and those must not keep the connection.
        self._timer = asyncio.get_running_loop().call_later(_PAUSE, _run, weakref.ref(self))

    def stop(self) -> None:
        """End at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def run(self) -> None:
        """Call the function once."""
        if self._timer is not None and self._tick():
            self.start()


def _run(reference: weakref.ref[AsyncTicker]) -> None:
    ticker = reference()
    if ticker is not None:
        ticker.run()


class Ticker:
    """Calls a function until it returns False, in a thread that all tickers share and that ends with the last one."""

    def __init__(self, tick: Callable[[], bool]) -> None:
        self.tick = tick

    def start(self) -> None:
        """Begin, which takes at most a tenth of a millisecond."""
        _watch.add(self)

    def stop(self) -> None:
        """End at once."""
        _watch.remove(self)


class _Watch:
    """The thread of the tickers."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Return to the initial state; also called in the child of a fork, which has no other threads."""
        # Adding to a set and removing from it is one step each, so a signal handler may do it.
        self._tickers: set[Ticker] = set()
        self._lock = threading.RLock()
        self._needless: Signal | None = None

    def add(self, ticker: Ticker) -> None:
        self._tickers.add(ticker)
        with self._lock:
            if self._needless is not None:
                return
            needless = self._needless = Signal()
        thread = threading.Thread(target=self._run, args=(needless,), name="milvusclient-watch", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # there are too many threads, or the program ends; calls go on without
            self._needless = None

    def remove(self, ticker: Ticker) -> None:
        self._tickers.discard(ticker)
        needless = self._needless
        if not self._tickers and needless is not None:
            needless.set()

    def _run(self, needless: Signal) -> None:
        while True:
            needless.wait(_PAUSE)
            for ticker in tuple(self._tickers):
                # In this order: it may be started again as soon as its function has returned False.
                self._tickers.discard(ticker)
                if ticker.tick():
                    self._tickers.add(ticker)
            with self._lock:
                if not self._tickers:
                    if self._needless is needless:
                        self._needless = None
                    return


_watch = _Watch()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_watch.reset)
