"""The history of the shell: a file for its owner, without the lines that may hold a secret."""

from __future__ import annotations

import re
from pathlib import Path

import click
from prompt_toolkit.history import FileHistory

from milvusclient.cli.command import Command, pass_session
from milvusclient.cli.groups import root
from milvusclient.cli.session import Session

__all__ = ["History", "history_of"]

#: Credentials in a uri, words after an option for them, also where that is refused, and a token after ``-t``.
_SECRET = re.compile(
    r":\S*@"
    r"|--?(?:password|token)\b"
    r"|(?:^|\s)-t\s+\S+:"
    r"|^\s*connect\b.*\s-t(?!ls\b)\s*[^\s-]"
    r"|^\s*create\s+users?\b.*\s-p\s*[^\s-]"
)


class History(FileHistory):
    """The history of a shell, in a file that only its owner can read."""

    def store_string(self, string: str) -> None:
        """Keep a line, unless it may hold a secret."""
        if not _SECRET.search(string):
            super().store_string(string)


def _file(session: Session) -> Path:
    return session.store.path.with_name("history")


def history_of(session: Session) -> History:
    """The history, in its file."""
    path = _file(session)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)  # it may be there from before, open to others
    return History(str(path))


@root.command("history", cls=Command, common="output")
@click.argument("what", type=click.Choice(["clear"]), required=False, metavar="[clear]")
@pass_session
def history(session: Session, what: str | None) -> None:
    """Show the lines that were typed in the shell, or forget them: `history clear`."""
    if what is None:
        lines = list(history_of(session).load_history_strings())[::-1]
        if session.options.output == "table":
            click.echo("".join(f"{line}\n" for line in lines), nl=False)
        else:
            session.names("line", lines)
        return
    if _file(session).exists():
        _file(session).write_text("", encoding="utf-8")
    session.done("The history is empty.", cleared=True)
