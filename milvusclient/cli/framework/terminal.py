"""The terminal: its size, and whether to use colours on it."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import click

__all__ = ["colored", "terminal_size", "use_color"]


def terminal_size() -> tuple[int, int]:
    """Return the columns and lines of the terminal of stdout; COLUMNS and LINES come first, as for other programs."""
    try:
        columns, lines = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        columns, lines = 0, 0
    given = [int(text) if (text := os.environ.get(name, "")).isdigit() else 0 for name in ("COLUMNS", "LINES")]
    return given[0] or columns or 80, given[1] or lines or 24


def use_color() -> bool:
    """Return whether a terminal may get colours: not with NO_COLOR, as https://no-color.org says, nor on a dumb one."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def colored(text: str, color: str, stream: IO[Any]) -> str:
    """Return the text in a colour, if the stream is a terminal that may get one."""
    return click.style(text, fg=color) if stream.isatty() and use_color() else text
