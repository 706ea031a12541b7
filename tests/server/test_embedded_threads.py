"""One file of Milvus Lite, many threads: what was acknowledged is there, whatever ran beside it.

The races are races of Milvus Lite, which is slowed down here where two of its threads used to meet.
"""

from __future__ import annotations

import pkgutil
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from milvusclient import MilvusClient, MilvusException
from tests.server.both import flat, schema_of
from tests.support.patience import HANG

pytestmark = pytest.mark.lite

THREADS = 4
#: Seconds that a slowed function of Milvus Lite sleeps before it does its work.
PAUSE = 0.2


def rows_from(first: int) -> list[dict[str, object]]:
    return [{"id": first + number, "vector": [1, 2]} for number in range(10)]


def count(client: MilvusClient) -> int:
    return int(client.query("c", "", ["count(*)"])[0]["count(*)"])


def all_at_once(call: Callable[[int], object]) -> None:
    """Make a call in each of some threads, at the same time."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        start.wait(HANG)
        call(number)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, range(THREADS)))


@pytest.fixture
def client(lite_uri: str) -> Iterator[MilvusClient]:
    with MilvusClient(lite_uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        yield client


def slow_down(monkeypatch: pytest.MonkeyPatch, name: str, *, pause: Callable[[], object] | None = None) -> None:
    """Let a function of Milvus Lite, as one of its modules knows it, wait before it does its work."""
    owner, _, function = name.rpartition(".")
    scope = pkgutil.resolve_name(owner)
    work = getattr(scope, function)

    def slow(*args: object, **kwargs: object) -> object:
        if pause is None:
            time.sleep(PAUSE)
        else:
            pause()
        return work(*args, **kwargs)

    monkeypatch.setattr(scope, function, slow)


class Held:
    """Holds up a function of Milvus Lite until it may go on, or for some seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, seconds: float = HANG) -> None:
        self.is_reached = threading.Event()
        self.may_go_on = threading.Event()
        self._seconds = seconds
        slow_down(monkeypatch, name, pause=self._pause)

    def _pause(self) -> None:
        self.is_reached.set()
        self.may_go_on.wait(self._seconds)


@contextmanager
def reopened(uri: str) -> Iterator[MilvusClient]:
    """Open the file as it is after the end of a process that was killed: rows that were not flushed are in the log."""
    copy = str(Path(uri).with_name("copy.db"))
    shutil.copytree(uri, copy, ignore=shutil.ignore_patterns("LOCK"))
    with MilvusClient(copy) as client:
        client.load_collection("c")
        yield client


def test_inserts_that_come_together_survive_the_end_of_the_process(
    client: MilvusClient, lite_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down(monkeypatch, "milvus_lite.storage.wal:pa.ipc.new_stream")
    all_at_once(lambda number: client.insert("c", rows_from(100 * number)))
    assert count(client) == 10 * THREADS
    with reopened(lite_uri) as again:
        assert count(again) == 10 * THREADS


def test_a_flush_beside_an_insert_loses_none_of_its_rows(client: MilvusClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.insert("c", rows_from(0))
    held = Held(monkeypatch, "milvus_lite.storage.memtable:MemTable.apply_insert", PAUSE)
    with ThreadPoolExecutor(1) as pool:
        insert = pool.submit(client.insert, "c", rows_from(100))
        assert held.is_reached.wait(HANG)
        client.flush("c")
        held.may_go_on.set()
        insert.result(HANG)
    assert count(client) == 20


def test_a_long_write_delays_neither_a_new_connection_nor_a_health_check(
    client: MilvusClient, lite_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, "milvus_lite.engine.collection.validate_record")
    with ThreadPoolExecutor(1) as pool:
        insert = pool.submit(client.insert, "c", rows_from(0)[:1])
        assert held.is_reached.wait(HANG)
        try:
            with MilvusClient(lite_uri, alias="beside the write") as other:
                assert other.get_server_version(timeout=HANG)
                assert other.check_health(timeout=HANG).healthy
        finally:
            held.may_go_on.set()
        assert insert.result(HANG)["insert_count"] == 1


def test_an_insert_whose_timeout_passes_before_its_turn_is_not_done(
    client: MilvusClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, "milvus_lite.engine.collection.validate_record")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.insert, "c", rows_from(0)[:1])
        assert held.is_reached.wait(HANG)
        with pytest.raises(MilvusException) as refused:
            client.insert("c", rows_from(100), timeout=2)  # on a busy machine, a shorter one passes before it is sent
        assert refused.value.ambiguous
        time.sleep(PAUSE)  # the deadline of a call is a moment later at the server, which has its own clock for it
        held.may_go_on.set()
        first.result(HANG)
    assert count(client) == 1
