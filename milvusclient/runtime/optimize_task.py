"""Optimizations in the background, as a pair of equal shape: a task of the event loop, and a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import ErrorCode, MilvusException, WaitTimeoutError
from milvusclient.models import infos
from milvusclient.runtime.concurrency import slices

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["AsyncOptimizeTask", "OptimizeTask"]


class _Stages:
    """The stages of an optimization so far, and whether it was cancelled."""

    def __init__(self, collection_name: str) -> None:
        self.collection_name = collection_name
        self._history = [infos.ProgressStage.INITIALIZING]
        self._cancelled = False

    def cancelled(self) -> bool:
        """Return whether the optimization was cancelled."""
        return self._cancelled

    def progress(self) -> infos.ProgressStage:
        """Return the current stage."""
        return self._history[-1]

    def progress_history(self) -> list[infos.ProgressStage]:
        """Return the stages so far, including the current one."""
        return list(self._history)

    def check_cancelled(self) -> None:
        """Raise an error if the optimization was cancelled.

        Raises:
            MilvusException: it was cancelled.
        """
        if self._cancelled:
            raise MilvusException(message=f"the optimization of collection {self.collection_name!r} was cancelled")

    def enter(self, stage: infos.ProgressStage) -> None:
        """Enter the next stage.

        Raises:
            MilvusException: it was cancelled.
        """
        self.check_cancelled()
        self._history.append(stage)

    def _cancel(self) -> None:
        self._cancelled = True
        self._history.append(infos.ProgressStage.CANCELLED)

    def _late(self, timeout: float | None) -> WaitTimeoutError:
        return WaitTimeoutError(
            code=ErrorCode.RPC_DEADLINE_EXCEEDED,
            message=f"the optimization of collection {self.collection_name!r} was not done within {timeout} s; "
            "it continues: call result() again",
        )


class AsyncOptimizeTask(_Stages):
    """An optimization in the background.

    Example:
        >>> task = await client.optimize("books", wait=False)  # doctest: +SKIP
        >>> result = await task.result(timeout=600)  # doctest: +SKIP
    """

    _task: asyncio.Task[infos.OptimizeResult] | None = None

    def start(self, work: Callable[[], Coroutine[Any, Any, infos.OptimizeResult]]) -> None:
        """Start the work."""
        self._task = asyncio.get_running_loop().create_task(work())

    def done(self) -> bool:
        """Return whether the optimization has ended: finished, failed or cancelled."""
        return self._cancelled or (self._task is not None and self._task.done())

    def cancel(self) -> bool:
        """Cancel the optimization. The server completes the step that it is working on.

        Returns:
            False if it had ended before.
        """
        if self._cancelled:
            return True
        if self.done():
            return False
        self._cancel()
        if self._task is not None:
            self._task.cancel()
        return True

    async def result(self, timeout: float | None = None) -> infos.OptimizeResult:
        """Wait for the result.

        Args:
            timeout: seconds; None means no limit.

        Raises:
            WaitTimeoutError: it did not end in time; it continues.
            MilvusException: it was cancelled, or failed.
        """
        self.check_cancelled()
        if self._task is None:
            raise MilvusException(message="the optimization was not started")
        await asyncio.wait([self._task], timeout=timeout)
        self.check_cancelled()
        if not self._task.done():
            raise self._late(timeout)
        return self._task.result()


class OptimizeTask(_Stages):
    """An optimization in the background.

    Example:
        >>> task = client.optimize("books", wait=False)  # doctest: +SKIP
        >>> result = task.result(timeout=600)  # doctest: +SKIP
    """

    def __init__(self, collection_name: str) -> None:
        super().__init__(collection_name)
        self._ended = threading.Event()
        self._result: infos.OptimizeResult | None = None
        self._error: Exception | None = None

    def start(self, work: Callable[[], infos.OptimizeResult]) -> None:
        """Start the work."""
        threading.Thread(target=self._run, args=(work,), name="milvusclient-optimize", daemon=True).start()

    def _run(self, work: Callable[[], infos.OptimizeResult]) -> None:
        try:
            self._result = work()
        except Exception as error:  # noqa: BLE001  # result() raises it
            self._error = error
        finally:
            self._ended.set()

    def done(self) -> bool:
        """Return whether the optimization has ended: finished, failed or cancelled."""
        return self._cancelled or self._ended.is_set()

    def cancel(self) -> bool:
        """Cancel the optimization before its next request. The server completes the step that it is working on.

        Returns:
            False if it had ended before.
        """
        if self._cancelled:
            return True
        if self._ended.is_set():
            return False
        self._cancel()
        self._ended.set()
        return True

    def result(self, timeout: float | None = None) -> infos.OptimizeResult:
        """Wait for the result.

        Args:
            timeout: seconds; None means no limit.

        Raises:
            WaitTimeoutError: it did not end in time; it continues.
            MilvusException: it was cancelled, or failed.
        """
        if not any(self._ended.wait(wait) for wait in slices(timeout)) and not self._ended.is_set():
            raise self._late(timeout)
        self.check_cancelled()
        if self._error is not None:
            raise self._error
        if self._result is None:
            raise MilvusException(message="the optimization was not started")
        return self._result
