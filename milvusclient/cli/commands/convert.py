"""Commands that convert timestamps; no server is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from milvusclient import timestamps
from milvusclient.cli.data.values import parse_integer, parse_number
from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.groups import calc_group
from milvusclient.cli.framework.parameters import option
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

F = TypeVar("F", bound=Callable[..., object])

_later_option = option("-m", "--milliseconds", type=float, default=0.0, show_default=True, help="Milliseconds to add.")


def _number(name: str, letter: str, text: str) -> Callable[[F], F]:
    """Declare what is converted: an argument, or the value of an option as in older tools."""

    def decorate(command: F) -> F:
        word = click.argument("word", required=False, metavar=f"[{name.upper()}]")
        return word(option(f"-{letter}", f"--{name}", "given", default=None, help=text)(command))

    return decorate


_hybridts = _number("hybridts", "h", "The hybrid timestamp; -h may be left out.")
_epoch = _number("epoch", "e", "The seconds since 1970; -e may be left out.")


@calc_group.command("mkts_from_hybridts", common="output")
@_hybridts
@_later_option
@pass_session
def mkts_from_hybridts(session: Session, word: str | None, given: str | None, milliseconds: float) -> None:
    """Add milliseconds to a hybrid timestamp."""
    hybridts = parse_integer(session.ask(word or given, "Hybrid timestamp", "--hybridts"), "the hybrid timestamp")
    session.report(str(result := timestamps.mkts_from_hybridts(hybridts, milliseconds)), hybridts=result)


@calc_group.command("mkts_from_unixtime", common="output")
@_epoch
@_later_option
@pass_session
def mkts_from_unixtime(session: Session, word: str | None, given: str | None, milliseconds: float) -> None:
    """Convert seconds since 1970 to a hybrid timestamp."""
    seconds = parse_number(session.ask(word or given, "Seconds since 1970", "--epoch"), "the time")
    session.report(str(result := timestamps.mkts_from_unixtime(seconds, milliseconds)), hybridts=result)


@calc_group.command("hybridts_to_unixtime", common="output")
@_hybridts
@pass_session
def hybridts_to_unixtime(session: Session, word: str | None, given: str | None) -> None:
    """Convert a hybrid timestamp to seconds since 1970."""
    hybridts = parse_integer(session.ask(word or given, "Hybrid timestamp", "--hybridts"), "the hybrid timestamp")
    session.report(str(result := timestamps.hybridts_to_unixtime(hybridts)), seconds=result)
