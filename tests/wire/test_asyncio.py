"""What only tasks and event loops have: cancelling, clients made outside of a loop, several loops, loops that end."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, ConnectionNotExistException, MilvusClient
from milvusclient._async.core.pool import current_pool
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer


def wait_until(condition: object, timeout: float = HANG) -> bool:
    assert callable(condition)
    over = time.monotonic() + timeout
    while not condition() and time.monotonic() < over:
        time.sleep(0.01)
    return bool(condition())


async def test_cancelling_a_task_cancels_its_call_and_only_it(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    scripted_server.on("ShowCollections").never_answer().then(delay=0.3)
    cancelled = asyncio.ensure_future(client.list_collections())
    await asyncio.to_thread(scripted_server.wait_for, "ShowCollections", 2)
    other = asyncio.ensure_future(client.list_collections())

    cancelled.cancel()

    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await other is not None
    assert (await client.connection_info()).in_flight == 0


async def test_cancelling_the_one_who_connects_does_not_fail_those_who_wait(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    first = asyncio.ensure_future(AsyncMilvusClient(scripted_server.uri).list_collections())
    await asyncio.to_thread(scripted_server.wait_for, "Connect")
    others = [asyncio.ensure_future(AsyncMilvusClient(scripted_server.uri).list_collections()) for _ in range(5)]
    await asyncio.sleep(0.05)

    first.cancel()

    with pytest.raises(asyncio.CancelledError):
        await first
    for other in others:
        assert await other is not None
    assert len(scripted_server.calls("Connect")) == 2
    assert len(current_pool().aliases()) == 1


async def test_cancelling_the_one_who_shakes_hands_anew_does_not_fail_those_who_wait(
    scripted_server: ScriptedServer,
) -> None:
    import grpc

    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)
    scripted_server.on("Connect").never_answer()
    first = asyncio.ensure_future(client.list_collections())
    await asyncio.to_thread(scripted_server.wait_for, "Connect", 2)
    other = asyncio.ensure_future(client.list_collections())
    await asyncio.sleep(0.05)

    first.cancel()

    assert await asyncio.wait_for(other, 10) is not None


def test_a_client_made_outside_of_any_loop_connects_at_its_first_call(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    assert scripted_server.connections == 0
    asyncio.run(client.list_collections())
    assert scripted_server.connections == 1


def test_each_loop_has_connections_of_its_own(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    async def use() -> None:
        await asyncio.gather(*(client.list_collections() for _ in range(5)))

    asyncio.run(use())
    asyncio.run(use())
    threads = [threading.Thread(target=asyncio.run, args=(use(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert scripted_server.connections == 4


def test_closing_in_one_loop_says_nothing_to_another(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    async def use_and_close() -> None:
        await client.list_collections()
        await client.close()
        with pytest.raises(ConnectionNotExistException):
            await client.list_collections()

    asyncio.run(use_and_close())
    asyncio.run(use_and_close())


def test_tasks_and_threads_do_not_share_a_connection(scripted_server: ScriptedServer) -> None:
    sync = MilvusClient(scripted_server.uri)
    asyncio.run(AsyncMilvusClient(scripted_server.uri).list_collections())
    assert sync.list_collections() is not None
    assert scripted_server.connections == 2


def test_connections_of_loops_that_are_closed_are_dropped(scripted_server: ScriptedServer) -> None:
    async def use() -> None:
        await AsyncMilvusClient(scripted_server.uri).list_collections()  # never closed

    for _ in range(30):
        asyncio.run(use())
    gc.collect()

    assert scripted_server.connections == 30
    assert wait_until(lambda: scripted_server.proxy.open <= 2), scripted_server.proxy.open


async def test_a_cancelled_call_raises_the_cancellation_with_its_message(scripted_server: ScriptedServer) -> None:
    """By the message, anyio's cancel scopes know their own cancellations; any other one ends the task."""
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    messages: list[tuple[object, ...]] = []

    async def call() -> None:
        try:
            await client.list_collections()
        except asyncio.CancelledError as error:
            messages.append(error.args)
            raise

    for steps in range(300):
        task = asyncio.create_task(call())
        await asyncio.sleep((steps % 30) * 0.00005)
        task.cancel("by scope 7")
        await asyncio.wait([task])
        assert task.cancelled() or task.result() is None

    assert len(messages) > 30
    assert set(messages) == {("by scope 7",)}
    assert await client.list_collections() == ["alpha", "beta"]
    assert (await client.connection_info()).in_flight == 0


@pytest.mark.parametrize("how", ["close", "forget", "cancel"])
async def test_a_stream_that_its_reader_leaves_early_is_cancelled_and_keeps_no_connection(how: str) -> None:
    left = threading.Event()

    class Endless(ScriptedServer):
        def _stream(self, method: Any, request: Any, context: Any) -> Iterator[Any]:
            context.add_callback(left.set)
            for reply in super()._stream(method, request, context):
                yield reply
                left.wait(HANG)

    with Endless() as server:
        client = AsyncMilvusClient(server.uri, dedicated=True)
        stream = client.dump_messages("a-0", {"id": "m0", "wal_name": "Pulsar"})
        assert isinstance(stream, AsyncGenerator)
        await anext(stream)
        gc.disable()  # what is in a cycle stays for an unknown time
        try:
            if how == "cancel":
                waiting = asyncio.ensure_future(anext(stream))
                await asyncio.sleep(0.05)
                waiting.cancel()
                await asyncio.wait([waiting])
            elif how == "close":
                await stream.aclose()
            else:
                del stream
            assert await asyncio.to_thread(left.wait, HANG), "the server was not told"
            await client.close()
            over = time.monotonic() + HANG
            while server.proxy.open and time.monotonic() < over:
                await asyncio.sleep(0.01)
            assert server.proxy.open == 0
        finally:
            gc.enable()
