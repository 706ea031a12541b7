"""Completion in bash, zsh and fish: the same words that the shell of this tool offers, names of the server included."""

from __future__ import annotations

from collections.abc import Callable

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from milvusclient.cli.framework.completion import candidates, chosen_options
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.live_names import live_names
from milvusclient.cli.framework.session import Options, Session

__all__ = ["COMPLETE_VARIABLE", "completion_script", "install"]

PROGRAM = "milvusclient"
#: The scripts call the command with this variable, which says what they want.
COMPLETE_VARIABLE = "_MILVUSCLIENT_COMPLETE"


def _offer(self: ShellComplete, args: list[str], incomplete: str) -> list[CompletionItem]:
    """Return what may come next; bash shows only words, the others what they mean, too."""
    chosen = chosen_options(root, args)
    options = Options(chosen.get("connection", ""), chosen.get("uri", ""), chosen.get("db", ""))
    session = Session(options=options, base=options)
    try:
        found = candidates(
            root, args, incomplete, lambda *asked: live_names(session, *asked), explain=self.name != "bash"
        )
        # A name with a line break or a control character would be another command to the shell.
        return [CompletionItem(text, help=what or None) for text, what in found if text.isprintable()]
    finally:
        session.close()


class _Bash(BashComplete):
    get_completions = _offer


class _Zsh(ZshComplete):
    get_completions = _offer


class _Fish(FishComplete):
    get_completions = _offer


_CLASSES: dict[str, Callable[[click.Command, dict[str, object], str, str], ShellComplete]] = {
    "bash": _Bash,
    "zsh": _Zsh,
    "fish": _Fish,
}


def install() -> None:
    """Let click answer the scripts with our words."""
    for each in (_Bash, _Zsh, _Fish):
        add_completion_class(each)


def completion_script(shell: str) -> str:
    """Return the script that completes the command in a shell."""
    found = _CLASSES[shell](root, {}, PROGRAM, COMPLETE_VARIABLE)
    return found.source()
