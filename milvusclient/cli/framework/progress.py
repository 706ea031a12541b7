"""Progress bars: on a terminal, and nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

from milvusclient.exceptions import MilvusException

__all__ = ["Advance", "bar", "watched"]

#: Told how far it is: rows done, and the part of the whole from 0 to 1 if that is known.
Advance = Callable[[int, float | None], None]
_EVERY = 0.3


@contextlib.contextmanager
def bar(label: str) -> Iterator[Advance]:
    """A bar on stderr while rows go by; used as ``advance(rows, part)``."""
    if not sys.stderr.isatty():
        yield lambda _rows, _part: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, rows="")

        def advance(rows: int, part: float | None) -> None:
            total = None if part is None else 1.0
            progress.update(task, completed=part or 0.0, total=total, rows=f"{rows:,} rows" if rows else "")

        yield advance


def watched(label: str, work: Callable[[], object], measure: Callable[[], float | None]) -> None:
    """Do one long operation; on a terminal, with a bar that asks now and then how far it is.

    Args:
        label: what is done.
        work: the operation, which waits for its end.
        measure: how much is done, from 0 to 1; None if nobody knows.
    """
    if not sys.stderr.isatty():
        work()
        return
    done: Future[None] = Future()
    # A daemon that nobody joins: Ctrl-C ends the command, however long the server goes on.
    threading.Thread(target=_fulfil, args=(done, work), daemon=True).start()
    with bar(label) as advance:
        while not wait([done], _EVERY).done:
            with contextlib.suppress(MilvusException):
                advance(0, measure())
    done.result()


def _fulfil(done: Future[None], work: Callable[[], object]) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        done.set_exception(error)
    else:
        done.set_result(None)
