"""Many event loops one after the other, and many calls on one; with asyncio's own loop and with uvloop."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import os
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest

from milvusclient import AsyncMilvusClient
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled

T = TypeVar("T")
LoopFactory: TypeAlias = Callable[[], asyncio.AbstractEventLoop]

LOOPS = scaled(1_000, 80)
#: Loops between two readings of what is in use; growth counts after the third one.
READING = LOOPS // 8
SEARCHES = scaled(10_000, 1_000)
MEGABYTE = 1 << 20


@pytest.fixture(params=["asyncio", "uvloop"])
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    """What makes event loops."""
    if request.param == "asyncio":
        return asyncio.new_event_loop
    if importlib.util.find_spec("uvloop") is None:
        pytest.skip("the package uvloop is not installed")
    import uvloop

    return uvloop.new_event_loop


def run(new_loop: LoopFactory, work: Coroutine[object, object, T]) -> T:
    """As ``asyncio.run`` does."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


def memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.soak
def test_many_loops_leave_nothing(scripted_server: ScriptedServer, new_loop: LoopFactory) -> None:
    """Every other client is closed; the others go with their loops."""

    async def use(close: bool) -> None:
        client = AsyncMilvusClient(scripted_server.uri)
        assert await client.list_collections() == ["alpha", "beta"]
        if close:
            await client.close()

    figures = []
    for number in range(LOOPS):
        run(new_loop, use(close=number % 2 == 0))
        if number % READING == READING - 1:
            gc.collect()
            scripted_server.forget_requests()
            figures.append((memory(), threading.active_count()))

    assert scripted_server.connections == LOOPS
    over = time.monotonic() + HANG
    while scripted_server.proxy.open > 2 and time.monotonic() < over:
        time.sleep(0.05)
    assert scripted_server.proxy.open <= 2
    assert figures[-1][0] < figures[2][0] + 24 * MEGABYTE, figures
    assert figures[-1][1] <= figures[2][1] + 8, figures


def test_a_client_of_one_loop_opens_its_own_connection_in_a_second_one(
    scripted_server: ScriptedServer, new_loop: LoopFactory
) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    for _ in range(2):
        assert run(new_loop, client.list_collections()) == ["alpha", "beta"]
    assert scripted_server.connections == 2


def test_cancelling_one_of_many_tasks_cancels_its_call_and_only_it(
    scripted_server: ScriptedServer, new_loop: LoopFactory
) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    async def main() -> None:
        await client.list_collections()
        scripted_server.on("ShowCollections").then(delay=2).forever()
        tasks = [asyncio.ensure_future(client.list_collections()) for _ in range(20)]
        await asyncio.to_thread(scripted_server.wait_for, "ShowCollections", 21)
        for task in tasks[::2]:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends[::2])
        assert ends[1::2] == [["alpha", "beta"]] * 10
        assert (await client.connection_info()).in_flight == 0

    run(new_loop, main())
    assert scripted_server.connections == 1


@pytest.mark.soak
def test_thousands_of_searches_at_once(scripted_server: ScriptedServer, new_loop: LoopFactory) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    async def main() -> int:
        await client.search("c", data=[[0.1, 0.2, 0.3, 0.4]], limit=1)
        before = memory()
        found = await asyncio.gather(
            *(client.search("c", data=[[0.1, 0.2, 0.3, 0.4]], limit=1) for _ in range(SEARCHES))
        )
        assert all(len(hits) == 1 for hits in found)
        return memory() - before

    grown = run(new_loop, main())

    assert scripted_server.connections == 1
    assert grown < 600 * MEGABYTE, f"{grown / MEGABYTE:.0f} MB, of which a part is the server's"
