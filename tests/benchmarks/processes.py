"""The processes of a run, and how they are talked to."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

__all__ = ["Child", "Failed", "LoadWorker", "Server", "Worker"]


class Failed(Exception):
    """A side could not do a workload; the text says why."""


class Child:
    """A Python process that answers each line with a line.

    Args:
        module: what it runs.
        arguments: its arguments.
        cpu: the processor that it is bound to, where the system can do that; None leaves it free.
    """

    def __init__(self, module: str, *arguments: str, cpu: int | None) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment.setdefault("GRPC_VERBOSITY", "NONE")
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled already
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
        )  # fmt: skip
        if cpu is not None:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(self._process.pid, {cpu})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def line(self) -> str:
        """The next line that it prints.

        Raises:
            Failed: it ended.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the process ended with {self._process.wait()}")
        return line.strip()

    def tell(self, *words: object) -> None:
        """Send a command without waiting for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def ask(self, *words: object) -> str:
        """Send a command and return the answer."""
        self.tell(*words)
        return self.line()


class Server(Child):
    """The server's process."""

    def __init__(self, cpu: int | None) -> None:
        super().__init__("tests.benchmarks.server", cpu=cpu)
        self.address = f"127.0.0.1:{self.line()}"


class _Answering(Child):
    """A process that answers with JSON."""

    def answer(self) -> dict[str, float]:
        """The answer to what it was told.

        Raises:
            Failed: it could not do that.
        """
        answer: dict[str, Any] = json.loads(self.line())
        if "error" in answer:
            raise Failed(answer["error"])
        return answer


class LoadWorker(_Answering):
    """The process of one side that puts load on the server."""

    def __init__(self, side: str, addresses: str, recorded: str) -> None:
        super().__init__("tests.benchmarks.load_worker", side, addresses, recorded, cpu=None)


class Worker(_Answering):
    """The process of one side."""

    def __init__(
        self, side: str, scenario: str, address: str, recorded: str, blocked: tuple[str, ...], cpu: int | None
    ) -> None:
        hidden = blocked if side == "ours" else ()
        super().__init__("tests.benchmarks.worker", side, scenario, address, recorded, json.dumps(hidden), cpu=cpu)
        self.side = side

    def sample(self, loops: int) -> dict[str, float]:
        """One sample."""
        self.tell("sample", loops)
        return self.answer()
