"""The command line in a real terminal: keys in, what is on the screen out."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import sys
import termios
import time
from typing import Self

from tests.support.patience import HANG

__all__ = ["Screen"]

_PATIENCE = HANG


class Screen:
    """A terminal in which the command runs.

    Args:
        words: the command; none are the shell.
        environment: variables beside those of this process; COLUMNS and LINES are the size of the terminal instead.
    """

    def __init__(self, *words: str, **environment: str) -> None:
        # Not pty.fork(): this process has threads.
        self._end, inner = pty.openpty()
        if "COLUMNS" in environment:
            termios.tcsetwinsize(inner, (int(environment.pop("LINES", "24")), int(environment.pop("COLUMNS"))))
        settings = {**os.environ, "TERM": "xterm", **environment}
        for name in ("NO_COLOR", "COLUMNS", "LINES", "PAGER"):
            if name not in environment:
                settings.pop(name, None)
        # In a session of its own whose terminal this is: so Ctrl-C reaches it.
        setsid = (
            "import os, sys, fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
        )
        self._command = subprocess.Popen(
            [sys.executable, "-c", setsid, sys.executable, "-m", "milvusclient.cli", *words],
            stdin=inner, stdout=inner, stderr=inner, start_new_session=True, env=settings,
        )  # fmt: skip
        os.close(inner)
        self._seen = b""

    def type(self, text: str) -> None:
        """Type, and forget what was on the screen."""
        self._seen = b""
        os.write(self._end, text.encode())

    def wait_for(self, text: str) -> str:
        """Read until the text is there; it and what came before it, which is not looked at again."""
        end = time.monotonic() + _PATIENCE
        while text.encode() not in self._seen:
            assert time.monotonic() < end, self._seen.decode(errors="replace")
            if select.select([self._end], [], [], 0.1)[0]:
                self._read()
        end_of_text = self._seen.index(text.encode()) + len(text.encode())
        found, self._seen = self._seen[:end_of_text], self._seen[end_of_text:]
        return found.decode(errors="replace")

    def interrupt(self, text: str) -> None:
        """Press Ctrl-C until the text is there: pressed between two prompts, one goes unseen now and then."""
        self.press("\x03", text)

    def press(self, key: str, text: str) -> None:
        """Press a key until the text is there, which a busy machine may not show the first time."""
        for _ in range(20):
            self.type(key)
            end = time.monotonic() + _PATIENCE / 20
            while text.encode() not in self._seen and time.monotonic() < end:
                if select.select([self._end], [], [], 0.1)[0]:
                    self._read()
            if text.encode() in self._seen:
                break
        self.wait_for(text)

    def _read(self) -> None:
        read = os.read(self._end, 4096)
        self._seen += read
        if b"\x1b[6n" in read:  # it asks where the cursor is
            os.write(self._end, b"\x1b[1;1R")

    def end(self) -> tuple[int, str]:
        """Read to the end; the exit status, and what was read and not waited for."""
        with contextlib.suppress(OSError):  # how a terminal says that nobody has it any more
            while select.select([self._end], [], [], _PATIENCE)[0]:
                self._read()
        return self._command.wait(_PATIENCE), self._seen.decode(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._command.kill()
        self._command.wait()
        os.close(self._end)
