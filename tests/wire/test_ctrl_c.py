"""Ctrl-C ends the waits of a thread, also when it comes just before the thread goes to sleep.

``interrupt_main()`` is such a signal: it wakes nothing up.
"""

from __future__ import annotations

import _thread
import threading
import time

import pytest

from milvusclient import MilvusClient
from milvusclient.runtime.concurrency import slices
from milvusclient.runtime.crew import Crew
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer

#: Seconds after which the waits would end by themselves.
_TIMEOUT = 4 * PROMPT


def test_ctrl_c_ends_a_large_insert(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Insert").never_answer()
    rows = [{"id": key, "vector": [0.5] * 4} for key in range(20_000)]

    def interrupt() -> None:
        scripted_server.wait_for("Insert")
        time.sleep(0.1)  # the client goes to sleep
        _thread.interrupt_main()

    with MilvusClient(scripted_server.uri) as client:
        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            client.insert("docs", rows, timeout=_TIMEOUT)
        assert time.monotonic() - began < PROMPT
        interrupting.join()


def test_ctrl_c_ends_the_wait_for_requests_under_way() -> None:
    crew, released = Crew[bool](), threading.Event()
    crew.start(lambda: released.wait(_TIMEOUT))
    interrupting = threading.Timer(0.1, _thread.interrupt_main)
    interrupting.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        crew.finished(_TIMEOUT)
    assert time.monotonic() - began < PROMPT
    interrupting.join()
    released.set()
    assert crew.finished(_TIMEOUT) == [True]
    crew.leave()


def test_slices_last_as_long_as_the_wait() -> None:
    assert list(slices(0.0)) == list(slices(-1.0)) == []
    assert 0.0 < next(slices(0.01)) <= 0.01
    assert next(slices(None)) == next(slices(60.0)) < 1.0
