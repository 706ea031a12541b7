"""Names that were described, whether they are open or not; where a call came from; counters."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from milvusclient.config.settings import make_config
from milvusclient.runtime import named_configs
from milvusclient.runtime.callsite import next_sequence, record_close
from milvusclient.runtime.counters import ConnectionCounters


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    for name in named_configs.names():
        named_configs.unregister(name)


def test_a_name_stands_for_what_was_said_last() -> None:
    first, second = make_config("http://x"), make_config("http://y")
    named_configs.register("b", first)
    named_configs.register("b", second)
    named_configs.register("a", first)
    assert named_configs.registered("b") == second
    assert named_configs.names() == ["a", "b"]
    assert named_configs.unregister("b")
    assert not named_configs.unregister("b")
    assert named_configs.registered("b") is None


def test_the_place_of_a_close_is_the_users_line_and_thread() -> None:
    def work() -> None:
        places.append(record_close("close()"))

    places = [record_close("close()")]
    thread = threading.Thread(target=work, name="the-closer")
    thread.start()
    thread.join()

    assert [place.where.rpartition(":")[0] for place in places] == [__file__, __file__]
    assert [place.thread for place in places] == ["MainThread", "the-closer"]
    assert places[0].sequence < places[1].sequence < next_sequence()


def test_context_managers_and_event_loops_are_not_the_users_line() -> None:
    import asyncio

    async def close() -> str:
        return record_close("close()").where

    with contextlib.ExitStack() as stack:
        places: list[str] = []
        stack.callback(lambda: places.append(record_close("close()").where))
    assert asyncio.run(close()).startswith(f"{__file__}:")
    assert places[0].startswith(f"{__file__}:")


def test_counters_are_exact_under_threads() -> None:
    counters = ConnectionCounters()

    def work() -> None:
        for _ in range(500):
            started = counters.request_sent(10)
            counters.reply_received("Search", 3, started)
            started = counters.request_sent(1)
            counters.request_failed("Insert", started)
            counters.request_refused("Search")
            counters.request_retried()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (counters.calls, counters.errors, counters.retries, counters.in_flight) == (8000, 8000, 4000, 0)
    assert (counters.bytes_sent, counters.bytes_received) == (44_000, 12_000)
    operations = counters.operations()
    assert {name: (stats.calls, stats.errors) for name, stats in operations.items()} == {
        "Insert": (4000, 4000), "Search": (4000, 4000),
    }  # fmt: skip
