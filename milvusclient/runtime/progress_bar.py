"""Showing the progress of long work: a bar on a terminal and in a notebook, a line now and then in a log."""

from __future__ import annotations

import logging
import sys
import time
from typing import Protocol

__all__ = ["ProgressBar"]

#: Seconds between two looks of a bar, and between two lines of a log.
_BAR_SECONDS, _LOG_SECONDS = 0.1, 10.0

_logger = logging.getLogger("milvusclient")


class Progress(Protocol):
    """The progress of some work, in words."""

    def line(self, *, bar: bool = True) -> str:
        """Return the progress in words, with a bar or without."""


class ProgressBar:
    """Shows progress on stderr; where that is a file or a pipe, the logger ``milvusclient`` gets lines instead.

    Args:
        title: what the lines of the log are about.
    """

    def __init__(self, title: str = "bulk write") -> None:
        self._title = title
        # Notebooks understand a carriage return as terminals do, so that neither needs a widget.
        self._draws = sys.stderr.isatty() or "ipykernel" in sys.modules
        self._last: Progress | None = None
        self._shown_at = time.monotonic() - _LOG_SECONDS if self._draws else time.monotonic()
        self._width = 0

    def show(self, progress: Progress) -> None:
        """Show the progress, unless it was shown a moment ago."""
        self._last = progress
        now = time.monotonic()
        if now - self._shown_at >= (_BAR_SECONDS if self._draws else _LOG_SECONDS):
            self._shown_at = now
            self._write(progress)

    def close(self) -> None:
        """Show the final state."""
        if self._last is None:
            return
        self._write(self._last)
        if self._draws:
            sys.stderr.write("\n")
            sys.stderr.flush()

    def _write(self, progress: Progress) -> None:
        line = progress.line(bar=self._draws)
        if not self._draws:
            _logger.info("%s: %s", self._title, line)
            return
        # A shorter line covers the one before it.
        self._width = max(self._width, len(line))
        sys.stderr.write(f"\r{line:{self._width}}")
        sys.stderr.flush()
