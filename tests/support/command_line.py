"""Running the command line in this process: words in, status and both outputs out."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from milvusclient.cli import main
from milvusclient.cli.app import run
from milvusclient.cli.framework.session import Session

__all__ = ["CommandLine", "Ran"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Its output, read as JSON."""
        assert self.status == 0, self.err
        return json.loads(self.out)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class CommandLine:
    """The command line, with settings in a folder of its own.

    Args:
        folder: where it keeps its settings.
        patch: changes the environment until the test is over.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.saved = folder / "milvusclient" / "connections.json"
        self._patch = patch
        patch.setenv("XDG_CONFIG_HOME", str(folder))

    def __call__(self, *words: str, typed: str | None = None, session: Session | None = None) -> Ran:
        """Run one command; with ``typed`` there is a terminal at which that is typed."""
        out, err = io.StringIO(), io.StringIO()
        stdin = io.StringIO() if typed is None else _Terminal(typed)
        with self._stdin(stdin), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(words) if session is None else run(words, session)
        return Ran(status, out.getvalue(), err.getvalue())

    def piped(self, text: str) -> Ran:
        """The shell with commands from a pipe."""
        out, err = io.StringIO(), io.StringIO()
        with self._stdin(io.StringIO(text)), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([])
        return Ran(status, out.getvalue(), err.getvalue())

    def answer_hidden(self, secret: str) -> None:
        """What is typed at hidden prompts from now on."""
        self._patch.setattr("getpass.getpass", lambda *_, **__: secret)

    @contextlib.contextmanager
    def _stdin(self, stream: io.StringIO) -> Iterator[None]:
        before, sys.stdin = sys.stdin, stream
        try:
            yield
        finally:
            sys.stdin = before
