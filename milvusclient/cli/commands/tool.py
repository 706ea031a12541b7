"""Commands about this tool: help, settings, completion."""

from __future__ import annotations

from dataclasses import replace

import click

from milvusclient._version import __version__
from milvusclient.cli.framework.command import Command, Group, pass_session
from milvusclient.cli.framework.failure import UnknownCommand
from milvusclient.cli.framework.groups import root, set_group, show_group
from milvusclient.cli.framework.output import FORMATS, Format
from milvusclient.cli.framework.session import Session

__all__: list[str] = []


@root.command("version", cls=Command, common="output")
@pass_session
def version(session: Session) -> None:
    """Show the version of this tool."""
    session.report(__version__, version=__version__)


@set_group.command("output", common="none")
@click.argument("form", type=click.Choice(FORMATS))
@pass_session
def set_output(session: Session, form: Format) -> None:
    """Set the format of results; in a shell, for the commands that follow."""
    session.choose(replace(session.options, output=form))
    session.note_end(f"--output {form}")


@set_group.command("pager", common="none")
@click.argument("state", type=click.Choice(["on", "off"]))
@pass_session
def set_pager(session: Session, state: str) -> None:
    """Set whether a result that is longer than the terminal goes through a pager."""
    session.pager = state == "on"
    session.note_end("PAGER=cat")


@show_group.command("output", common="output")
@pass_session
def show_output(session: Session) -> None:
    """Show the format of results."""
    session.report(session.options.output, output=session.options.output)


@root.command("exit", cls=Command, common="none")
def leave() -> None:
    """Leave the shell, as Ctrl-D does."""


@root.command("quit", cls=Command, common="none", hidden=True)
def leave_too() -> None:
    """Leave the shell."""


@root.command("clear", cls=Command, common="none")
def clear() -> None:
    """Clear the screen."""
    click.clear()


@root.command("completion", cls=Command, common="none", examples=("completion bash >> ~/.bashrc",))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes this command in bash, zsh or fish."""
    from milvusclient.cli.framework.shell_completion import completion_script

    click.echo(completion_script(shell))


@root.command("help", cls=Command, common="none", examples=("help create index", "help all"))
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def show_help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Explain a command; without one, list all by task."""
    inner = ctx.find_root()
    if words == ("all",):
        click.echo(_all_commands())
        return
    command: click.Command = root
    for word in words:
        if not isinstance(command, Group):
            break  # a noun that says nothing new, as in `load collection`
        found = command.get_command(inner, word)
        if found is None:
            raise UnknownCommand(command.unknown(word))
        command = found
        inner = click.Context(command, info_name=word, parent=inner)
    if command is root:
        click.echo(_tasks(inner))
        return
    click.echo(command.get_help(inner))


def _tasks(ctx: click.Context) -> str:
    """Return the commands by task; `--help` has the options, too."""
    formatter = ctx.make_formatter()
    root.format_help_text(ctx, formatter)
    root.format_commands(ctx, formatter)
    return formatter.getvalue().strip("\n")


def _all_commands() -> str:
    """Return a line for each command."""
    lines: list[tuple[str, str]] = []
    for name, command in root.visible_commands():
        inner = command.visible_commands() if isinstance(command, Group) and name != "describe" else [("", command)]
        lines += [(f"{name} {last}".rstrip(), each.get_short_help_str(200)) for last, each in inner]
    formatter = click.HelpFormatter(max_width=110)
    formatter.write_dl(lines)
    return formatter.getvalue().rstrip("\n")
