"""Finds threads and child processes that tests left running."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path

from tests.support.milvus_holder import HOLDER_NAME, command_line, parent_of

_GRPC_THREADS = re.compile(r"\((channel_spin|_serve|_poll_connectivity|_poll_wrapper|_deliver|_cleanup)\)|^Dummy-")
"""Threads that gRPC ends when it sees fit, and those that other languages' code brought to Python."""


def threads() -> frozenset[threading.Thread]:
    """All threads that run now."""
    return frozenset(threading.enumerate())


def found(before: frozenset[threading.Thread]) -> list[str]:
    """What runs now and should not: threads that were not there before, and child processes."""
    names = [f"thread {each.name}" for each in threads() - before if not _GRPC_THREADS.search(each.name)]
    return names + [f"process {pid} ({command_line(pid)})" for pid in _children()]


def wait_for_none(before: frozenset[threading.Thread], timeout: float = 60.0) -> list[str]:
    """Give what ends by itself a moment to do so; what is left then."""
    over = time.monotonic() + timeout
    while (left := found(before)) and time.monotonic() < over:
        time.sleep(0.05)
    return left


def _children() -> list[int]:
    """Child processes, but for a holder whose server other test runs go on using."""
    proc = Path("/proc")
    if not proc.is_dir():
        return []
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if parent_of(pid) == os.getpid() and HOLDER_NAME not in command_line(pid)]
