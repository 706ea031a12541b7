"""The primitives that threads wait with."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from milvusclient.runtime.concurrency import Signal
from tests.support.patience import HANG, PROMPT

INTERRUPTED_WAITS = """
import faulthandler, random, signal, time
from milvusclient.runtime.concurrency import Signal

faulthandler.dump_traceback_later(300, exit=True)
current = Signal()
signal.signal(signal.SIGALRM, lambda *_: current.set())
for round in range(2000):
    current = Signal()
    signal.setitimer(signal.ITIMER_REAL, random.uniform(5e-6, 2e-4))
    assert current.wait(300)
print("done")
"""


def test_a_signal_handler_may_set_what_its_thread_waits_for() -> None:
    """With a threading.Event, a handler that comes within wait() waits for itself."""
    result = subprocess.run([sys.executable, "-c", INTERRUPTED_WAITS], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "done\n"), result.stderr


def test_all_waiters_are_woken_and_later_ones_do_not_wait() -> None:
    flag = Signal()
    woken: list[bool] = []
    threads = [threading.Thread(target=lambda: woken.append(flag.wait(HANG))) for _ in range(20)]
    for thread in threads:
        thread.start()
    flag.set()
    flag.set()
    for thread in threads:
        thread.join(HANG)
    assert woken == [True] * 20
    assert flag.wait(HANG)


def test_a_wait_ends_with_its_timeout() -> None:
    flag = Signal()
    started = time.monotonic()
    assert not flag.wait(0.05)
    assert not flag.wait(0)
    assert 0.04 < time.monotonic() - started < PROMPT
    assert flag._waiters == []
