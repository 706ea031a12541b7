"""Commands that convert timestamps; no server is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from milvusclient import timestamps
from milvusclient.cli.data.values import parse_number, parse_whole
from milvusclient.cli.framework.command import option, pass_session
from milvusclient.cli.framework.groups import calc_group
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

F = TypeVar("F", bound=Callable[..., object])

_later_option = option("-m", "--milliseconds", type=float, default=0.0, show_default=True, help="Add so many.")


def _number(name: str, letter: str, text: str) -> Callable[[F], F]:
    """What is converted: a word, or the value of an option as older tools have it."""

    def decorate(command: F) -> F:
        word = click.argument("word", required=False, metavar=f"[{name.upper()}]")
        return word(option(f"-{letter}", f"--{name}", "given", default=None, help=text)(command))

    return decorate


_hybridts = _number("hybridts", "h", "The hybrid timestamp; also without the option.")
_epoch = _number("epoch", "e", "The seconds since 1970; also without the option.")


@calc_group.command("mkts_from_hybridts", common="output")
@_hybridts
@_later_option
@pass_session
def mkts_from_hybridts(session: Session, word: str | None, given: str | None, milliseconds: float) -> None:
    """A hybrid timestamp, some milliseconds later."""
    hybridts = parse_whole(session.ask(word or given, "Hybrid timestamp", "--hybridts"), "the hybrid timestamp")
    session.done(str(result := timestamps.mkts_from_hybridts(hybridts, milliseconds)), hybridts=result)


@calc_group.command("mkts_from_unixtime", common="output")
@_epoch
@_later_option
@pass_session
def mkts_from_unixtime(session: Session, word: str | None, given: str | None, milliseconds: float) -> None:
    """The hybrid timestamp of a time in seconds since 1970."""
    seconds = parse_number(session.ask(word or given, "Seconds since 1970", "--epoch"), "the time")
    session.done(str(result := timestamps.mkts_from_unixtime(seconds, milliseconds)), hybridts=result)


@calc_group.command("hybridts_to_unixtime", common="output")
@_hybridts
@pass_session
def hybridts_to_unixtime(session: Session, word: str | None, given: str | None) -> None:
    """The seconds since 1970 of a hybrid timestamp."""
    hybridts = parse_whole(session.ask(word or given, "Hybrid timestamp", "--hybridts"), "the hybrid timestamp")
    session.done(str(result := timestamps.hybridts_to_unixtime(hybridts)), seconds=result)
