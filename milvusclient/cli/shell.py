"""The shell: commands one after another, with history and completion."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from milvusclient._version import __version__
from milvusclient.cli.framework.completion import candidates, chosen_options, split_words
from milvusclient.cli.framework.failure import show_error
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.history_file import history_path, may_hold_secret
from milvusclient.cli.framework.live_names import live_names
from milvusclient.cli.framework.prompting import typed_ahead
from milvusclient.cli.framework.session import LOCALHOST, Options, Session
from milvusclient.exceptions import MilvusException

__all__ = ["Run", "run_shell"]

#: Runs one command, its words, and returns its exit status. The shell is given it, so that it need not import it.
Run = Callable[[Sequence[str], Session], int]

_EXIT_WORDS = ("exit", "quit")


class _History(FileHistory):
    """The history in a file that only its owner can read."""

    def __init__(self, session: Session) -> None:
        path = history_path(session)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may be there from before, open to others
        super().__init__(str(path))

    def store_string(self, string: str) -> None:
        """Keep a line, unless it may hold a secret."""
        if not may_hold_secret(string):
            super().store_string(string)


class _Completer(Completer):
    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the signature of prompt_toolkit
    ) -> Iterator[Completion]:
        words, begun = split_words(document.text_before_cursor)
        session = self._session
        if chosen := chosen_options(root, words):  # the line itself goes elsewhere
            options = Options(chosen.get("connection", ""), chosen.get("uri", ""), chosen.get("db", ""))
            session = replace(session, base=options.over(session.base))
        for text, what in candidates(root, words, begun, lambda *asked: live_names(session, *asked)):
            yield Completion(text, -len(begun), display_meta=what)


def run_shell(session: Session, run: Run) -> int:
    """Read and run commands until the end; without a terminal, those of stdin.

    Args:
        session: connections and options that the commands share.
        run: runs one command.

    Returns:
        The exit status: 0, or without a terminal the status of the first command that failed, which ends it.
    """
    session.interactive = True
    session.base = session.options
    if not sys.stdin.isatty():
        return _run_all(session, run, sys.stdin)
    click.echo(f"milvusclient {__version__}. `help` lists the commands, Tab completes, Ctrl-D ends.")
    click.echo(_welcome(session))
    prompt = _prompt(session)
    while True:
        try:
            text = _next_text(session, prompt)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        # Pasted lines arrive as one text.
        for line in text.splitlines():
            if line.strip() in _EXIT_WORDS:
                return 0
            try:
                run_line(session, run, line)
            except KeyboardInterrupt:  # just before a command has begun or after it has ended
                break
            if line.split() == ["history", "clear"]:
                prompt = _prompt(session)  # the old one has the lines in memory


def _next_text(session: Session, prompt: PromptSession[str]) -> str:
    """Return what is typed at the prompt; first come lines that were typed before a question of a command."""
    ahead, begun = "".join(typed_ahead), ""
    typed_ahead.clear()
    if ahead:
        lines, newline, begun = ahead.rpartition("\n")
        if newline:
            typed_ahead.extend([begun] if begun else [])
            click.echo(f"{_place(session)}> {lines}")
            return lines
    text: str = prompt.prompt(f"{_place(session)}> ", default=begun)
    return text


def _welcome(session: Session) -> str:
    """Return where commands go and which connections are saved; no server is asked, so that one may be away."""
    try:
        saved = session.connection_file.read()
        name, _ = session.chosen()
        address = session.address()
    except (click.ClickException, MilvusException) as error:
        return f"Connection: {getattr(error, 'message', error)}"
    where = f"{name}, {address}" if name else address
    if not saved and address == LOCALHOST:
        return f"Connection: {where}. None is saved; save one with: connect -uri URI -a NAME"
    others = f". Saved: {', '.join(sorted(saved))}; change with: connect -a NAME" if saved else ""
    return f"Connection: {where}{others}"


def _prompt(session: Session) -> PromptSession[str]:
    return PromptSession(
        history=_History(session),
        completer=_Completer(session),
        complete_while_typing=False,
        complete_in_thread=True,
    )


def run_line(session: Session, run: Run, line: str) -> int:
    """Run one line and return its exit status."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        # The line is not repeated: it may hold a secret.
        show_error(f"Error: {error}")
        return 2
    if words[:1] == ["milvusclient"]:  # as it is written in documentation
        del words[0]
    return run(words, session) if words else 0


def _run_all(session: Session, run: Run, lines: Iterable[str]) -> int:
    for line in lines:
        if line.strip() in _EXIT_WORDS:
            break
        if status := run_line(session, run, line):
            return status
    return 0


def _place(session: Session) -> str:
    """Return where commands go: the connection and the database."""
    session.options = session.base
    try:
        name, saved = session.chosen()
    except click.ClickException:
        name, saved = session.options.connection, None
    uri = session.options.uri or os.environ.get("MILVUS_URI", LOCALHOST)
    where = name or uri.rpartition("@")[2].rpartition("://")[2].partition("/")[0] or uri
    database = session.options.db_name or (saved.db_name if saved else "")
    return f"{where}/{database or 'default'}"
