"""All help screens of the command line in one text; ``python -m tests.support.help_screens`` writes the file again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

import milvusclient.cli.app  # noqa: F401 - it registers the commands
from milvusclient.cli.framework.command import Group
from milvusclient.cli.framework.groups import root

__all__ = ["PATH", "commands", "help_screens"]

PATH = Path(__file__).resolve().parents[1] / "data" / "cli_help.txt"
_WIDTH = 100


def commands(group: Group = root, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield all commands with their names, hidden ones, too; a group comes before what is in it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{before}{name}", command
        if isinstance(command, Group):
            yield from commands(command, f"{before}{name} ")


def help_screens() -> str:
    """Return what ``--help`` prints for each command that is not hidden; the common options stand once, at the root."""
    screens = [_screen("", root)]
    screens += [
        _screen(name, command) for name, command in commands() if not command.hidden and not name.startswith("describe")
    ]
    return "\n".join(screens)


def _screen(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"milvusclient {name}".rstrip(), terminal_width=_WIDTH)
    text = command.get_help(context)
    if name:
        before, heading, after = text.partition("\nCommon options:\n")
        _, _, examples = after.partition("\n\n")
        text = before.rstrip() + (f"\n\n{examples}" if heading and examples else "")
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"$ milvusclient {name}{' ' if name else ''}--help\n{lines}\n"


if __name__ == "__main__":
    PATH.write_text(help_screens(), encoding="utf-8")
