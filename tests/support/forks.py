"""Running a piece of a test in a forked child, or in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.support.patience import HANG

ROOT = Path(__file__).resolve().parents[2]


def in_child(work: Callable[[], object], timeout: float = HANG) -> int:
    """Run it in a forked child; the exit status, 0 if it did not raise, -9 if it hung."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks with threads
        pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must not return into the tests
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    over = time.monotonic() + timeout
    while time.monotonic() < over:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return -9


def run_program(program: str | None, *arguments: str, timeout: float = HANG) -> str:
    """Run a program in a Python of its own, which must end by itself, well, and without a word of complaint.

    Args:
        program: its text; None when the first argument is its file.
        arguments: what it is called with.
        timeout: seconds after which it is taken to hang.

    Returns:
        What it printed.
    """
    how = [] if program is None else ["-c", program]
    result = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore::DeprecationWarning",
            *how,
            *arguments,
        ],  # Python 3.12 warns of forks with threads
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, f"exit status {result.returncode}:\n{result.stderr}"
    assert result.stderr == ""
    return result.stdout
