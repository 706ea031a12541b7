"""How long the command line takes to start: CPU time of whole processes, the server's not counted."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryDirectory

from tests.benchmarks.processes import Server

__all__ = ["startup"]

_ROUNDS = 11
#: Milliseconds that a command without a server may take, and what one with a server may take beside its imports.
_MOST = 120
_MOST_TIMES = 1.3
_BARE = ("-c", "pass")
_IMPORTS = ("-c", "import click; from milvusclient import MilvusClient")
_COMMAND = ("-m", "milvusclient.cli")
_COMPLETION = {"_MILVUSCLIENT_COMPLETE": "bash_complete", "COMP_WORDS": "milvusclient query --l", "COMP_CWORD": "2"}


def startup() -> Iterator[str]:
    """Yield the lines of a Markdown table: CPU milliseconds of each command, and what it may take."""
    with Server(None) as server, TemporaryDirectory() as folder:
        server.ask("use", "small")
        list_collections = (*_COMMAND, "list", "collections", "--uri", f"http://{server.address}")
        rows: list[tuple[str, Sequence[str], Mapping[str, str]]] = [
            ("a bare interpreter", _BARE, {}),
            ("import click and MilvusClient", _IMPORTS, {}),
            ("milvusclient --version", (*_COMMAND, "--version"), {}),
            ("milvusclient --help", (*_COMMAND, "--help"), {}),
            ("a completion in bash", _COMMAND, _COMPLETION),
            ("milvusclient list collections", list_collections, {}),
        ]
        samples: list[list[float]] = [[] for _ in rows]
        for _ in range(_ROUNDS):  # in turns, so that a change of the machine's speed meets all of them
            for kept, (_, words, environment) in zip(samples, rows, strict=True):
                kept.append(_cpu(words, {"XDG_CONFIG_HOME": folder, **environment}))
    found = [statistics.median(each) for each in samples]
    yield "| | CPU ms | at most |"
    yield "|---|---|---|"
    for (name, _, _), milliseconds in zip(rows, found, strict=True):
        most = ""
        if name.startswith("milvusclient list"):
            most = f"{_MOST_TIMES} times the imports, is {milliseconds / found[1]:.2f} times"
        elif name not in (rows[0][0], rows[1][0]):
            most = f"{_MOST} ms"
        yield f"| {name} | {milliseconds:.0f} | {most} |"


def _cpu(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the CPU milliseconds, of the user and the system, that a process takes from its start to its end."""
    with subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return (usage.ru_utime + usage.ru_stime) * 1000
