"""Progress: a bar on a terminal, and a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

import click

from milvusclient.cli.framework.output import count_rows
from milvusclient.exceptions import MilvusException

__all__ = ["Advance", "progress_bar", "progress_words", "run_with_progress"]

#: Is given the rows that are done, and the fraction of the whole from 0 to 1 if that is known.
Advance = Callable[[int, float | None], None]
_POLL_SECONDS = 0.3
#: Seconds between two lines where there is no terminal.
_LINE_SECONDS = 10.0


@contextlib.contextmanager
def progress_bar(label: str, *, quiet: bool = False) -> Iterator[Advance]:
    """Show a bar on a terminal, or a line on stderr now and then, while rows go by: ``advance(rows, fraction)``.

    Args:
        label: what is done.
        quiet: show nothing.
    """
    began = time.monotonic()
    if quiet:
        yield lambda _rows, _fraction: None
        return
    if not sys.stderr.isatty():
        shown = began

        def write(rows: int, fraction: float | None) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= _LINE_SECONDS:
                shown = now
                click.echo(f"{label}: {progress_words(rows, fraction, now - began)}", err=True)

        yield write
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, words="")

        def advance(rows: int, fraction: float | None) -> None:
            words = progress_words(rows, fraction, time.monotonic() - began)
            progress.update(task, completed=fraction or 0.0, total=None if fraction is None else 1.0, words=words)

        yield advance


def progress_words(rows: int, fraction: float | None, seconds: float) -> str:
    """Return progress in words: rows, their rate, the part that is done and the remaining time, as far as known.

    Example:
        >>> progress_words(5_000, 0.25, 10.0), progress_words(0, None, 65.0)
        ('5,000 rows, 500 rows/s, 25%, 0:30 left', '1:05')
    """
    parts = [count_rows(rows), f"{rows / max(seconds, 1e-9):,.0f} rows/s"] if rows else []
    if fraction:
        parts += [f"{fraction:.0%}", f"{_clock(seconds * (1 - fraction) / fraction)} left"]
    return ", ".join(parts or [_clock(seconds)])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


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
