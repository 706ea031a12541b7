"""Progress bars: on a terminal, and nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

from milvusclient.cli.framework.output import count_rows
from milvusclient.exceptions import MilvusException

__all__ = ["Advance", "progress_bar", "run_with_progress"]

#: Is given the rows that are done, and the fraction of the whole from 0 to 1 if that is known.
Advance = Callable[[int, float | None], None]
_POLL_SECONDS = 0.3


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Advance]:
    """Show a bar on stderr while rows go by; used as ``advance(rows, fraction)``."""
    if not sys.stderr.isatty():
        yield lambda _rows, _fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, rows="")

        def advance(rows: int, fraction: float | None) -> None:
            total = None if fraction is None else 1.0
            progress.update(task, completed=fraction or 0.0, total=total, rows=count_rows(rows) if rows else "")

        yield advance


def run_with_progress(label: str, work: Callable[[], object], measure: Callable[[], float | None]) -> None:
    """Run one long operation; on a terminal, with a bar that asks now and then how far it is.

    Args:
        label: what is done.
        work: the operation, which waits for its end.
        measure: returns the fraction that is done, from 0 to 1; None if it is not known.
    """
    if not sys.stderr.isatty():
        work()
        return
    done: Future[None] = Future()
    # A daemon that is never joined: Ctrl-C ends the command, however long the server goes on.
    threading.Thread(target=_finish, args=(done, work), daemon=True).start()
    with progress_bar(label) as advance:
        while not wait([done], _POLL_SECONDS).done:
            with contextlib.suppress(MilvusException):
                advance(0, measure())
    done.result()


def _finish(done: Future[None], work: Callable[[], object]) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        done.set_exception(error)
    else:
        done.set_result(None)
