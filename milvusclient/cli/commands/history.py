"""The command that shows what was typed in the shell, or forgets it."""

from __future__ import annotations

import click

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.history_file import history_path, read_history
from milvusclient.cli.framework.session import Session

__all__: list[str] = []


@root.command("history", cls=Command, common="output")
@click.argument("action", type=click.Choice(["clear"]), required=False, metavar="[clear]")
@pass_session
def history(session: Session, action: str | None) -> None:
    """Show the lines typed in the shell, or delete them with `history clear`."""
    path = history_path(session)
    if action is None:
        lines = read_history(path)
        if session.options.output == "table":
            click.echo("".join(f"{line}\n" for line in lines), nl=False)
        else:
            session.show_names("line", lines)
        return
    if path.exists():
        path.write_text("", encoding="utf-8")
    session.report("Cleared the history.", cleared=True)
