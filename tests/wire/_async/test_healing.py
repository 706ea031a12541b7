"""A TCP connection that is stuck while new ones would pass: calls go on over a new one."""

from __future__ import annotations

import time
from typing import Any

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import DeadlineExceededError
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.together import AsyncClock, AsyncRunning, AsyncTogether

ROWS: list[dict[str, Any]] = [{"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}]


async def test_reads_go_on_over_a_new_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    before = (await client.connection_info()).calls
    scripted_server.proxy.freeze()
    calls = [AsyncRunning(client.list_collections) for _ in range(4)]
    for call in calls:
        assert await call.result() == ["alpha", "beta"]
    assert len(scripted_server.calls("Connect")) == 2, "one handshake for all of them"
    assert scripted_server.proxy.accepted <= 3, "and a connect that found out that packets pass"
    info = await client.connection_info()
    assert info.calls > before
    assert info.in_flight == 0
    await client.close()


@pytest.mark.parametrize("settings", [{"channels": 2}, {"max_age": 3600.0}, {"channels": 2, "max_age": 3600.0}])
async def test_so_do_the_channels_of_a_group(scripted_server: ScriptedServer, settings: dict[str, Any]) -> None:
    client = AsyncMilvusClient(scripted_server.uri, **settings)
    for _ in range(4):
        await client.list_collections()
    scripted_server.proxy.freeze()
    started = time.monotonic()
    calls = [AsyncRunning(client.list_collections) for _ in range(6)]
    for call in calls:
        assert await call.result() == ["alpha", "beta"]
    # Two looks a second apart, a question that is not answered within another one, and a new connection.
    assert time.monotonic() - started < PROMPT, "without healing they wait for ever"
    info = await client.connection_info()
    assert (info.errors, info.in_flight) == (info.retries, 0), "each that was not answered was sent again"
    await client.close()


async def test_an_insert_that_may_still_be_answered_is_not_given_up(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    scripted_server.on("Insert").then(delay=0.5)
    insert = AsyncRunning(lambda: client.insert("c", ROWS, timeout=6))
    while not scripted_server.calls("Insert"):
        await AsyncClock.sleep(0.02)
    scripted_server.proxy.freeze()
    started = time.monotonic()
    assert await client.list_collections(timeout=30) == ["alpha", "beta"]
    if time.monotonic() - started < 4:
        assert not insert.done, "the old connection stays open for it"
    error = await AsyncTogether.failure(insert)
    assert isinstance(error, DeadlineExceededError)
    assert error.ambiguous
    assert len(scripted_server.calls("Insert")) == 1
    await client.close()


async def test_a_slow_server_is_waited_for_over_the_same_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    scripted_server.on("ShowCollections").then(delay=3.5)
    assert await client.list_collections() == ["alpha", "beta"]
    assert scripted_server.proxy.accepted == 1
    assert len(scripted_server.calls("ShowCollections")) == 2
    await client.close()


async def test_close_ends_the_search_for_a_new_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    scripted_server.proxy.stall()
    call = AsyncRunning(client.list_collections)
    while scripted_server.proxy.accepted < 2:
        await AsyncClock.sleep(0.02)
    started = time.monotonic()
    await client.close()
    assert time.monotonic() - started < 1
    assert "closed it" in str(await AsyncTogether.failure(call))
    with pytest.raises(Exception, match="not connected"):
        await client.list_collections()
