"""Questions at a terminal: what was typed before a question was shown never answers it."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from typing import Any

import click

from milvusclient.cli.framework.failure import Cancelled

__all__ = ["ask", "ask_hidden", "ask_yes", "can_ask", "take_typed_ahead", "typed_ahead"]

#: Lines that were typed while a command ran, for the shell's next prompt. One terminal, so one buffer.
typed_ahead: list[str] = []


def can_ask() -> bool:
    """Return whether there is a terminal to ask at."""
    return sys.stdin.isatty()


def ask(
    question: str,
    default: str | None = None,
    *,
    show_default: bool = True,
    convert: Callable[[str], Any] | None = None,
    kind: click.ParamType[Any] | None = None,
) -> Any:
    """Ask for a value.

    Raises:
        Cancelled: the user left the question.
    """
    take_typed_ahead()
    try:
        return click.prompt(
            question, default, type=kind, value_proc=convert, show_default=show_default and bool(default), err=True
        )
    except click.Abort:
        raise _left() from None


def ask_yes(question: str, *, default: bool = False) -> bool:
    """Ask a question that is answered with yes or no.

    Raises:
        Cancelled: the user left the question.
    """
    take_typed_ahead()
    try:
        return click.confirm(question, default, err=True)
    except click.Abort:
        raise _left() from None


def ask_hidden(question: str, *, confirm: bool = False) -> str:
    """Ask for a secret without showing it.

    Raises:
        Cancelled: the user left the question.
    """
    take_typed_ahead()
    try:
        answer: str = click.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True)
    except click.Abort:
        raise _left() from None
    return answer


def _left() -> Cancelled:
    click.echo(err=True)  # the cursor is behind the question
    return Cancelled()


def take_typed_ahead() -> None:
    """Take what was typed so far out of the terminal's buffer; the shell runs it after the command."""
    try:
        import termios
        import tty

        number = sys.stdin.fileno()
        before = termios.tcgetattr(number)
    except (ImportError, OSError, ValueError):  # no such terminal, as on Windows and in tests
        return
    except termios.error:
        return
    taken = b""
    try:
        # Not line by line: a line that is not finished yet would become the beginning of the answer.
        tty.setcbreak(number, termios.TCSANOW)
        while select.select([number], [], [], 0)[0]:
            piece = os.read(number, 4096)
            taken += piece
            if not piece:
                break
    finally:
        termios.tcsetattr(number, termios.TCSANOW, before)
    if taken:
        typed_ahead.append(taken.decode(errors="replace").replace("\r", "\n"))
