"""Pages in Markdown as programs: their Python runs and prints what they say, and their terminal sessions go as shown.

Four kinds of blocks are read:

* ``python``: run in one namespace per page, in order. ``print(...)  # text`` prints the text, and nothing
  else is printed.
* ``text`` right after a ``python`` block: the whole output of that block.
* ``python script``: a program of its own, which must not share a process with others.
* ``console``: commands after ``$``, each followed by what it prints.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from milvusclient import connections
from tests.support.command_line import CommandLine

ROOT = Path(__file__).resolve().parents[2]
#: What pages show as the user's home.
HOME = "/home/ada"


class Block(NamedTuple):
    """A fenced block of a page.

    Attributes:
        line: number of its first line of code, from 1.
        code: its text.
        output: the ``text`` block that follows at once, empty if there is none.
    """

    line: int
    code: str
    output: str


def blocks(page: Path, language: str) -> list[Block]:
    """Return the blocks of a page in a language, which may be a pattern such as ``sh|bash``."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(
        rf"^```(?:{language})\n(?P<code>.*?)^```\n(?:\n?```text\n(?P<output>.*?)^```)?", text, re.DOTALL | re.MULTILINE
    )
    return [
        Block(text.count("\n", 0, block.start("code")) + 1, block["code"], block["output"] or "") for block in found
    ]


def run_python(page: Path) -> list[str]:
    """Run all Python blocks of a page in one namespace and compare what they print with what the page says.

    A block with a ``print`` of which the page does not say what it prints is left to the caller.

    Returns:
        The output of each block.
    """
    namespace: dict[str, object] = {"__name__": page.stem}
    outputs = []
    for block in blocks(page, "python"):
        # Empty lines before the code make tracebacks show the lines of the page.
        program = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(program, namespace)
        printed = output.getvalue()
        where = f"{page.name}:{block.line}"
        if block.output:
            assert printed == block.output, where
        elif says_all(block):
            assert printed.splitlines() == said(block), where
        else:
            assert set(said(block)) <= set(printed.splitlines()), where
        outputs.append(printed)
    return outputs


def said(block: Block) -> list[str]:
    """Return the lines that a block prints, as the comments beside its calls of ``print`` say."""
    return re.findall(r"^ *print\(.*\)  # (.+)$", block.code, re.MULTILINE)


def says_all(block: Block) -> bool:
    """Return whether the page says all that a block prints, beside each ``print`` or in a block of text."""
    return bool(block.output) or len(said(block)) == len(re.findall(r"\bprint\(", block.code))


def run_console(session: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out a terminal session in a folder, the current one, and compare what each command prints."""
    cli = CommandLine(folder / ".config", monkeypatch)
    for command, printed in console_steps(session):
        name, *words = shlex.split(command)
        if name == "milvusclient":
            ran = cli(*words)
            found = ran.out + ran.err
        else:
            bash = shutil.which("bash")
            assert bash
            found = subprocess.run([bash, "-c", command], check=True, capture_output=True, text=True).stdout
        # Any version of the embedded server will do.
        found = re.sub(r"Milvus Lite [0-9.]+[0-9]", "Milvus Lite 3.2.2", found)
        assert found.replace(str(folder), HOME) == printed, command


def console_steps(session: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a session and what it prints."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def close_connections() -> None:
    """Close and forget all named connections that a page has left."""
    for alias, _ in connections.list_connections():
        connections.remove_connection(alias)
