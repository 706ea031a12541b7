"""The shell: commands one after another, with history and completion."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from milvusclient import MilvusClient
from milvusclient._version import __version__
from milvusclient.cli.colors import colored
from milvusclient.cli.completion import candidates, split_words
from milvusclient.cli.failure import Failure
from milvusclient.cli.groups import root
from milvusclient.cli.history import history_of
from milvusclient.cli.session import Session
from milvusclient.exceptions import MilvusException

__all__ = ["run_shell"]

_ENDS = ("exit", "quit")
#: Seconds that Tab waits for names, and for the connection; an embedded server takes some to start.
_PATIENCE = 2
_OPENING = 5

_LISTS: dict[str, Callable[[MilvusClient, str], Iterable[str]]] = {
    "collections": lambda client, _: client.list_collections(_PATIENCE),
    "databases": lambda client, _: client.list_databases(_PATIENCE),
    "users": lambda client, _: client.list_users(_PATIENCE),
    "roles": lambda client, _: client.list_roles(_PATIENCE),
    "resource_groups": lambda client, _: client.list_resource_groups(_PATIENCE),
    "privilege_groups": lambda client, _: [
        str(group["privilege_group"]) for group in client.list_privilege_groups(_PATIENCE)
    ],
    "partitions": lambda client, name: client.list_partitions(name, _PATIENCE),
    "indexes": lambda client, name: client.list_indexes(name, timeout=_PATIENCE),
    "aliases": lambda client, name: client.list_aliases(name, _PATIENCE)["aliases"],
    "fields": lambda client, name: [field["name"] for field in client.describe_collection(name, _PATIENCE)["fields"]],
}


def live_names(session: Session, family: str, collection: str) -> list[str]:
    """The names that a server has; none if it does not tell, or if a secret would have to be asked for."""
    if family in ("partitions", "indexes", "fields") and not collection:
        return []
    # A session of its own with the same clients: this runs in a thread, beside the next command if one does not wait.
    session = replace(session, options=replace(session.base, timeout=_OPENING))
    try:
        if family == "connections":
            return sorted(session.store.read())
        client = session.silent_client()
        return sorted(_LISTS[family](client, collection)) if client is not None else []
    except (MilvusException, Failure):
        return []


class _Completer(Completer):
    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        words, begun = split_words(document.text_before_cursor)
        for text, what in candidates(root, words, begun, lambda *asked: live_names(self._session, *asked)):
            yield Completion(text, -len(begun), display_meta=what)


def run_shell(session: Session) -> int:
    """Read and run commands until the end; without a terminal, those of stdin.

    Returns:
        The exit status: 0, or without a terminal the status of the first command that failed, which ends it.
    """
    session.interactive = True
    session.base = session.options
    if not sys.stdin.isatty():
        return _run_all(session, sys.stdin)
    click.echo(f"milvusclient {__version__}. `help` lists the commands, Tab completes, Ctrl-D ends.")
    prompt = _prompt(session)
    while True:
        try:
            line = prompt.prompt(f"{_place(session)}> ")
            if line.strip() in _ENDS:
                return 0
            run_line(session, line)
        except KeyboardInterrupt:  # at the prompt, or just before a command has begun or after it has ended
            continue
        except EOFError:
            return 0
        if line.split() == ["history", "clear"]:
            prompt = _prompt(session)  # the one that was has the lines in memory


def _prompt(session: Session) -> PromptSession[str]:
    return PromptSession(
        history=history_of(session),
        completer=_Completer(session),
        complete_while_typing=False,
        complete_in_thread=True,
    )


def run_line(session: Session, line: str) -> int:
    """Run one line; its exit status."""
    from milvusclient.cli.app import run

    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        # The line is not repeated: it may hold a secret.
        click.echo(colored(f"Error: {error}", "red", sys.stderr), err=True)
        return 2
    if words[:1] == ["milvusclient"]:  # as it is written in documentation
        del words[0]
    return run(words, session) if words else 0


def _run_all(session: Session, lines: Iterable[str]) -> int:
    for line in lines:
        if line.strip() in _ENDS:
            break
        if status := run_line(session, line):
            return status
    return 0


def _place(session: Session) -> str:
    """Where commands go: the connection, and the database if one was chosen."""
    session.options = session.base
    try:
        name, saved = session.chosen()
    except click.ClickException:
        name, saved = session.options.connection, None
    where = name or session.options.uri.rpartition("@")[2] or "milvusclient"
    database = session.options.db_name or (saved.db_name if saved else "")
    return f"{where}/{database}" if database else where
