"""A failure of a command: one message on stderr, and exit status 1."""

from __future__ import annotations

import sys
from typing import IO, Any

import click

from milvusclient.cli.framework.colors import colored

__all__ = ["Failure"]


class Failure(click.ClickException):
    """The command could not do what was asked; the message says why and what to do."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr."""
        stream = file or sys.stderr
        click.echo(colored(f"Error: {self.format_message()}", "red", stream), file=stream)
