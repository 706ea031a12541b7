"""Futures: calls that run in a thread of their own while the program goes on."""

from __future__ import annotations

import concurrent.futures
import contextvars
import inspect
import threading
from collections.abc import Callable
from typing import Any

from milvusclient.pymilvus._names import module_names

__all__ = ["CreateIndexFuture", "FlushFuture", "Future", "MutationFuture", "SearchFuture"]

__getattr__, __dir__ = module_names(__name__)


class Future:
    """The result of a call that runs in a thread; ``_async=True`` makes one.

    Args:
        call: what to run.
        callback: what is called with the result, in the same thread; without it if the function takes no argument.
            An error that it raises is the error of the future.
    """

    def __init__(self, call: Callable[[], Any], callback: Callable[..., Any] | None = None) -> None:
        self._future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._call = call
        self._callbacks = [] if callback is None else [callback]
        self._lock = threading.Lock()
        context = contextvars.copy_context()
        # Not a daemon: a program that ends without asking for the result has still made the call.
        threading.Thread(target=context.run, args=(self._run,), name=f"pymilvus {type(self).__name__}").start()

    def _run(self) -> None:
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            result = self._call()
            with self._lock:
                callbacks, self._callbacks = self._callbacks, []
            for callback in callbacks:
                _call_back(callback, result)
        except BaseException as error:  # noqa: BLE001 - the caller who asks for the result gets it
            self._future.set_exception(error)
        else:
            self._future.set_result(result)

    def result(self, timeout: float | None = None, **_: object) -> Any:
        """Wait for the result.

        Args:
            timeout: how many seconds; None waits for as long as it takes.

        Raises:
            MilvusException: the call failed.
            TimeoutError: the time is over.
        """
        return self._future.result(timeout)

    def exception(self) -> BaseException | None:
        """Wait for the end, and return the error of the call; None if there is none."""
        return self._future.exception()

    def add_callback(self, func: Callable[..., Any]) -> None:
        """Call a function with the result; at once if it is there already.

        Args:
            func: the function.
        """
        with self._lock:
            if not self._future.done():
                self._callbacks.append(func)
                return
        _call_back(func, self.result())

    def cancel(self) -> bool:
        """Cancel the call if it has not begun; return whether that was possible."""
        return self._future.cancel()

    def is_done(self) -> bool:
        """Return whether the call is over."""
        return self._future.done()

    def done(self) -> bool:
        """Wait for the end of the call, as the reference client's ``done`` does, and return True."""
        concurrent.futures.wait([self._future])
        return True


def _call_back(callback: Callable[..., Any], result: Any) -> None:
    try:
        parameters = inspect.signature(callback).parameters
    except ValueError:  # some functions in C say nothing of their parameters
        parameters = {"result": ...}  # type: ignore[assignment]  # only whether there are any counts
    callback(*([result] if parameters else []))


class SearchFuture(Future):
    """The future of a search."""


class MutationFuture(Future):
    """The future of an insert, an upsert or a delete."""


class CreateIndexFuture(Future):
    """The future of building an index."""


class FlushFuture(Future):
    """The future of a flush."""
