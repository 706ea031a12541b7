"""A failure of a command: one message on stderr, and exit status 1."""

from __future__ import annotations

import sys
from typing import IO, Any

import click

from milvusclient.cli.framework.json_values import escape_controls
from milvusclient.cli.framework.terminal import colored, terminal_size

__all__ = ["Cancelled", "Failure", "Interrupted", "UnknownCommand", "show_error", "wrap"]


class Failure(click.ClickException):
    """The command could not do what was asked; the message says why and what to do."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr."""
        show_error(f"Error: {self.format_message()}", file)


class Interrupted(Failure):
    """The user ended a command with Ctrl-C; the message says what was done before, and is not called an error."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr."""
        click.echo(self.format_message(), file=file or sys.stderr)


class Cancelled(Interrupted):
    """The user said no to a question, or left it."""

    def __init__(self) -> None:
        super().__init__("Cancelled; nothing was changed.")


class UnknownCommand(click.UsageError):
    """A word that is not a command; how the command before it is used would not help."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr."""
        show_error(f"Error: {self.format_message()}", file)


def show_error(text: str, file: IO[Any] | None = None) -> None:
    """Write an error to stderr: in red and wrapped on a terminal, and nothing in it that a terminal would obey."""
    stream = file or sys.stderr
    shown = escape_controls(text)
    if stream.isatty():
        shown = wrap(shown, terminal_size()[0])
    click.echo(colored(shown, "red", stream), file=stream)


def wrap(text: str, width: int) -> str:
    """Break lines between words; a word that is longer than a line, such as an address, stays whole.

    Example:
        >>> wrap("a b c", 3).splitlines()
        ['a b', 'c']
    """
    import textwrap

    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) if line else line
        for line in text.split("\n")
    )
