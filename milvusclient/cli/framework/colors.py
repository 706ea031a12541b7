"""Whether to use colours: on a terminal that has them, for people who want them."""

from __future__ import annotations

import os
from typing import IO, Any

import click

__all__ = ["colored", "wanted"]


def wanted() -> bool:
    """Whether a terminal may get colours: not with NO_COLOR, as https://no-color.org says, nor on one without any."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def colored(text: str, color: str, stream: IO[Any]) -> str:
    """The text in a colour, if the stream is a terminal that may get one."""
    return click.style(text, fg=color) if stream.isatty() and wanted() else text
