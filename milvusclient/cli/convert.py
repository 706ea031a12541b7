"""Commands that convert timestamps; no server is asked."""

from __future__ import annotations

import click

from milvusclient import timestamps
from milvusclient.cli.command import option, pass_session
from milvusclient.cli.session import Session
from milvusclient.cli.verbs import calc

__all__: list[str] = []

_later_option = option("--milliseconds", type=float, default=0.0, help="Add so many.")


@calc.command("mkts_from_hybridts", common=False)
@click.argument("hybridts", type=int)
@_later_option
@pass_session
def mkts_from_hybridts(session: Session, hybridts: int, milliseconds: float) -> None:
    """A hybrid timestamp, some milliseconds later."""
    session.done(str(result := timestamps.mkts_from_hybridts(hybridts, milliseconds)), hybridts=result)


@calc.command("mkts_from_unixtime", common=False)
@click.argument("seconds", type=float)
@_later_option
@pass_session
def mkts_from_unixtime(session: Session, seconds: float, milliseconds: float) -> None:
    """The hybrid timestamp of a time in seconds since 1970."""
    session.done(str(result := timestamps.mkts_from_unixtime(seconds, milliseconds)), hybridts=result)


@calc.command("hybridts_to_unixtime", common=False)
@click.argument("hybridts", type=int)
@pass_session
def hybridts_to_unixtime(session: Session, hybridts: int) -> None:
    """The seconds since 1970 of a hybrid timestamp."""
    session.done(str(result := timestamps.hybridts_to_unixtime(hybridts)), seconds=result)
