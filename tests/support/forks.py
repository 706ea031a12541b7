"""Running a piece of a test in a forked child, or in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.patience import HANG

ROOT = Path(__file__).resolve().parents[2]


def in_child(work: Callable[[], object], timeout: float = HANG) -> int:
    """Run it in a forked child; the exit status, 0 if it did not raise, -6 if it hung and told where on stderr."""
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
    os.kill(pid, signal.SIGABRT)  # faulthandler, which pytest enables, then prints what each thread does
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


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
    with subprocess.Popen(
        # Python 3.12 warns of forks with threads.
        [sys.executable, "-X", "faulthandler", "-W", "ignore::DeprecationWarning", *how, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # it then prints what each thread does
            err = process.communicate()[1]
            pytest.fail(f"it hung:\n{err}")
        finally:
            process.kill()
    assert process.returncode == 0, f"exit status {process.returncode}:\n{err}"
    assert err == ""
    return out
