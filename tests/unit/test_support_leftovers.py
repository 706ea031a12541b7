"""The check at the end of the tests sees what is left running."""

from __future__ import annotations

import subprocess
import sys
import threading

from tests.support import leftovers


async def test_async_tests_are_run_in_a_loop() -> None:
    import asyncio

    assert asyncio.get_running_loop().is_running()


def test_a_thread_that_is_left_is_found() -> None:
    before = leftovers.threads()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="left-behind")
    thread.start()
    assert leftovers.wait_for_none(before, timeout=0.05) == ["thread left-behind"]
    done.set()
    assert leftovers.wait_for_none(before) == []


def test_a_process_that_is_left_is_found() -> None:
    before = leftovers.threads()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        (left,) = leftovers.wait_for_none(before, timeout=0.2)
        assert left.startswith(f"process {process.pid} ")
        process.kill()
    assert leftovers.wait_for_none(before) == []
