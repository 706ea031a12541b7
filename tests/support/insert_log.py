"""A server in a process of its own, which can be killed, and whose log of inserts survives that.

``python -m tests.support.insert_log PORT FILE`` serves until it is killed. Each insert is in the file, as one line with
the process and the row's id, before it is answered.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.scripted import Received, ScriptedServer

ROOT = Path(__file__).resolve().parents[2]


class KilledServer:
    """A server that the test kills and starts again on the same port.

    Args:
        folder: where its log is.
        name: of the log.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._log = folder / name
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.insert_log", str(self.port), str(self._log)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def inserted(self) -> Counter[int]:
        """How often each row was inserted."""
        return Counter(int(line.split()[1]) for line in self._lines())

    def served_by_latest(self) -> int:
        """How many inserts came since it was started last."""
        assert self._process is not None
        return sum(line.startswith(f"{self._process.pid} ") for line in self._lines())

    def _lines(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


def serve(port: int, log: str) -> None:
    """Serve until the process is killed."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def insert(received: Received) -> dict[str, Any]:
        [ids] = [each.scalars.long_data.data for each in received.message.fields_data if each.field_name == "id"]
        os.write(file, "".join(f"{os.getpid()} {number}\n" for number in ids).encode())
        time.sleep(0.002)  # so that a kill comes between the insert and its reply now and then
        return {"insert_cnt": len(ids), "IDs": {"int_id": {"data": list(ids)}}, "timestamp": 1}

    server = ScriptedServer()
    server.on("Insert").reply_to(insert).forever()
    if port:
        server.proxy.refuse()
        server.proxy.port = port
        server.proxy.listen()
    sys.stdout.write(f"{server.proxy.port}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
