"""Ctrl-C ends the waits of a thread, also when it comes just before the thread goes to sleep; nothing is lost by it.

``interrupt_main()`` is such a signal: it wakes nothing up.
"""

from __future__ import annotations

import _thread
import gc
import threading
import time

import pytest

from milvusclient import MilvusClient
from milvusclient._sync import bulk_writer
from milvusclient._sync.core import page_reader
from milvusclient.operations import page_ranges
from milvusclient.policy import bulk
from milvusclient.runtime import crew as crews
from milvusclient.runtime.concurrency import slices
from milvusclient.runtime.crew import Crew
from tests.support.interruptions import InterruptAt
from tests.support.key_pages import key_pages
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled

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
        crew.wait(_TIMEOUT)
    assert time.monotonic() - began < PROMPT
    interrupting.join()
    released.set()
    crew.wait(_TIMEOUT)
    assert crew.collect() == [True]
    crew.leave()


def test_slices_last_as_long_as_the_wait() -> None:
    assert list(slices(0.0)) == list(slices(-1.0)) == []
    assert 0.0 < next(slices(0.01)) <= 0.01
    assert next(slices(None)) == next(slices(60.0)) < 1.0


@pytest.mark.soak
def test_ctrl_c_anywhere_loses_no_page(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(key_pages(range(12))).forever()
    client = MilvusClient(scripted_server.uri)
    for place in range(0, 10_000, scaled(1, 3)):
        interrupted = InterruptAt(place, page_reader, page_ranges, crews)
        found: list[int] = []
        with client.query_iterator("c", batch_size=3, in_flight=3) as pages:
            while True:
                try:
                    with interrupted:
                        page = pages.next()
                except KeyboardInterrupt:
                    continue
                if not page:
                    break
                found += [row["id"] for row in page]
        if not interrupted.found:
            assert place > 50, "there are many places"
            return
        # Between the end of the method and the program's variable nothing can hold a page.
        if "returning" not in interrupted.found:
            assert found == list(range(12)), interrupted.found


@pytest.mark.soak
def test_ctrl_c_anywhere_ends_a_bulk_write_with_a_true_report(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    rows = [{"id": key, "vector": [0.5] * 4} for key in range(8)]
    for place in range(0, 10_000, scaled(1, 29)):
        before = len(scripted_server.calls("Insert"))
        interrupted = InterruptAt(place, bulk_writer, bulk, crews)
        report = None
        began = time.monotonic()
        try:
            with interrupted:
                client.insert_many("c", rows, batch_rows=2, in_flight=2)
        except KeyboardInterrupt as error:
            report = getattr(error, "report", None)
        if not interrupted.found:
            assert place > 50, "there are many places"
            gc.collect()  # writers that were interrupted after their end, whose threads are idle
            return
        assert time.monotonic() - began < PROMPT, (interrupted.found, "nothing is waited for in vain")
        stored = sum(call.message.num_rows for call in scripted_server.calls("Insert")[before:])
        if report is not None:
            assert (report.written, report.uncertain) == (stored, []), interrupted.found
        else:
            assert stored in (0, len(rows)), (interrupted.found, "before the write began, or after its end")
