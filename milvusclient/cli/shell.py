"""The shell: commands one after another, with history and completion."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from milvusclient import MilvusClient
from milvusclient._version import __version__
from milvusclient.cli.completion import candidates, split_words
from milvusclient.cli.session import Session
from milvusclient.cli.verbs import root
from milvusclient.exceptions import MilvusException

__all__ = ["run_shell"]

#: What may hold a secret, and is not kept: credentials in a uri, or words after an option for them.
_SECRET = re.compile(r"://[^/\s]*@|--?(?:password|token)\b|(?:^|\s)-t\s+\S+:")
_ENDS = ("exit", "quit")


class _History(FileHistory):
    """The history of a shell, in a file for its owner, without lines that may hold a secret."""

    def store_string(self, string: str) -> None:
        if not _SECRET.search(string):
            super().store_string(string)


_LISTS: dict[str, Callable[[MilvusClient, str], Iterable[str]]] = {
    "collections": lambda client, _: client.list_collections(2),
    "databases": lambda client, _: client.list_databases(2),
    "users": lambda client, _: client.list_users(2),
    "roles": lambda client, _: client.list_roles(2),
    "resource_groups": lambda client, _: client.list_resource_groups(2),
    "partitions": lambda client, name: client.list_partitions(name, 2),
    "indexes": lambda client, name: client.list_indexes(name, timeout=2),
    "aliases": lambda client, name: client.list_aliases(name, 2)["aliases"],
    "fields": lambda client, name: [field["name"] for field in client.describe_collection(name, 2)["fields"]],
}


def live_names(session: Session, family: str, collection: str) -> list[str]:
    """The names that a server has, from a connection that is open already; none if it does not tell."""
    if family == "connections":
        return sorted(session.store.read())
    session.options = session.base
    name, _ = session.chosen()
    client = session.clients.get((name, session.options.uri, session.options.db_name))
    if client is None or (family in ("partitions", "indexes", "fields") and not collection):
        return []
    try:
        return sorted(_LISTS[family](client, collection))
    except MilvusException:
        return []


class _Completer(Completer):
    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        words, begun = split_words(document.text_before_cursor)
        if not words:
            for end in _ENDS:
                if end.startswith(begun):
                    yield Completion(end, -len(begun))
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
    prompt: PromptSession[str] = PromptSession(
        history=_History(str(_history_file(session))), completer=_Completer(session), complete_while_typing=False
    )
    while True:
        try:
            line = prompt.prompt(f"{_place(session)}> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        if line.strip() in _ENDS:
            return 0
        if line.strip() in ("history", "history clear"):
            _history(prompt, session, clear=line.strip().endswith("clear"))
            continue
        run_line(session, line)


def run_line(session: Session, line: str) -> int:
    """Run one line; its exit status."""
    from milvusclient.cli.app import run

    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        click.secho(f"Error: {error} in {line.strip()!r}", fg="red", err=True)
        return 2
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


def _history_file(session: Session) -> str:
    path = session.store.path.with_name("history")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return str(path)


def _history(prompt: PromptSession[str], session: Session, *, clear: bool) -> None:
    if not clear:
        for line in prompt.history.get_strings():
            click.echo(line)
        return
    session.store.path.with_name("history").write_text("", encoding="utf-8")
    prompt.history = _History(_history_file(session))
    click.echo("The history is empty.")
