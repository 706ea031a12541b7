"""Three servers of a cluster, one of which is killed under load and started again."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import MilvusException
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.insert_log import KilledServer
from tests.support.soak import scaled
from tests.support.together import PATIENCE, AsyncClock, AsyncRunning

KILLS = scaled(10, 1)
#: Seconds within which a restarted server has its share again: "seconds", on a machine that does other things, too.
SOON = 20.0


class Load:
    """Readers and writers at work, and how their calls ended."""

    def __init__(self, client: AsyncMilvusClient) -> None:
        self._client = client
        self._ids = itertools.count()
        self.stopped = False
        self.reads = 0
        self.confirmed: list[int] = []
        self.failed: list[tuple[int, MilvusException]] = []

    async def read(self) -> None:
        """Read until it is stopped; a read that fails is raised."""
        while not self.stopped:
            assert await self._client.list_collections() == ["alpha", "beta"]
            self.reads += 1

    async def write(self) -> None:
        """Insert one row after the other."""
        while not self.stopped:
            number = next(self._ids)
            try:
                await self._client.insert("c", [{"id": number, "vector": [0.1, 0.2, 0.3, 0.4]}])
            except MilvusException as error:
                self.failed.append((number, error))
            else:
                self.confirmed.append(number)


@pytest.mark.soak
async def test_no_read_fails_and_no_insert_is_lost_or_doubled(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(KilledServer(tmp_path, f"{number}.log")) for number in range(3)]
        client = AsyncMilvusClient(f"http://{','.join(server.address for server in servers)}")
        await client._collection("c")
        load = Load(client)
        running = [AsyncRunning(load.read) for _ in range(4)] + [AsyncRunning(load.write) for _ in range(4)]
        for kill in range(KILLS):
            victim = servers[kill % 3]
            await AsyncClock.sleep(0.3)
            await async_in_thread(victim.kill)
            reads = load.reads
            await AsyncClock.sleep(0.3)
            assert load.reads > reads, "the others go on"
            await async_in_thread(victim.start)
            started = time.monotonic()
            while victim.served_by_latest() < 5:
                assert time.monotonic() - started < SOON, "its share is not back"
                await AsyncClock.sleep(0.05)
        load.stopped = True
        for each in running:
            await each.result()
        states = [each.state for each in (await client.connection_info()).channel_infos]
        await client.close()
        inserted = sum((server.inserted() for server in servers), Counter[int]())

    assert time.monotonic() - started < PATIENCE
    assert [number for number in load.confirmed if inserted[number] != 1] == [], "lost, or doubled"
    assert [number for number, count in inserted.items() if count > 1] == [], "doubled"
    for number, error in load.failed:
        assert error.ambiguous or not inserted[number], f"row {number} is there, and its error does not tell: {error}"
    assert states.count("ready") >= 3
