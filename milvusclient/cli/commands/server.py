"""Commands about the server and about this tool."""

from __future__ import annotations

from dataclasses import replace

import click

from milvusclient._version import __version__
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root, set_group, show_group
from milvusclient.cli.framework.output import FORMATS, Format
from milvusclient.cli.framework.session import Session

__all__: list[str] = []


@root.command("version", cls=Command, common="output")
@pass_session
def version(session: Session) -> None:
    """Show the version of this tool."""
    session.done(__version__, version=__version__)


@root.command("server_version", cls=Command)
@pass_session
def server_version(session: Session) -> None:
    """Show the version of the server."""
    found = session.client().get_server_version(session.timeout)
    session.done(found, server_version=found)


@root.command("health", cls=Command)
@pass_session
def server_health(session: Session) -> None:
    """Show whether the server says that it is healthy; exit status 1 if not."""
    found = session.client().check_health(session.timeout)
    session.record({"healthy": found.healthy, "reasons": found.reasons, "quota_states": found.quota_states})
    if not found.healthy:
        raise Failure("the server is not healthy")


@set_group.command("output", common="none")
@click.argument("form", type=click.Choice(FORMATS))
@pass_session
def set_output(session: Session, form: Format) -> None:
    """Choose how results are shown; in a shell, for the commands that follow."""
    session.keep(replace(session.options, output=form))
    session.note_end(f"--output {form}")


@show_group.command("output", common="output")
@pass_session
def show_output(session: Session) -> None:
    """Show how results are shown."""
    session.done(session.options.output, output=session.options.output)


@root.command("exit", cls=Command, common="none")
def leave() -> None:
    """Leave the shell; so does Ctrl-D."""


@root.command("quit", cls=Command, common="none", hidden=True)
def leave_too() -> None:
    """Leave the shell."""


@root.command("clear", cls=Command, common="none")
def clear() -> None:
    """Clear the screen."""
    click.clear()


@root.command("help", cls=Command, common="none")
@click.argument("words", nargs=-1)
@click.pass_context
def show_help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Explain all commands, or one: `help create index`."""
    command: click.Command = root
    inner = ctx.find_root()
    for word in words:
        found = command.get_command(inner, word) if isinstance(command, click.Group) else None
        if found is None:
            raise click.UsageError(f"there is no command {' '.join(words)!r}")
        command = found
        inner = click.Context(command, info_name=word, parent=inner)
    click.echo(command.get_help(inner))
