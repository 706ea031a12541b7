"""The channel that tasks use in children of a process that used grpc.aio: it does what the other one does."""

from __future__ import annotations

import asyncio
import threading

import grpc
import pytest

from milvusclient import AsyncMilvusClient, ConnectionNotExistException
from milvusclient.exceptions import DeadlineExceededError, MilvusException, MilvusUnavailableException
from milvusclient.policy.failure import RpcFailure
from milvusclient.transport import grpc_aio
from milvusclient.transport.grpc_futures import FutureTransport
from tests.support.scripted import ScriptedServer

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}


@pytest.fixture(autouse=True)
def _as_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grpc_aio._history, "broken", True)


async def opened(server: ScriptedServer) -> AsyncMilvusClient:
    client = AsyncMilvusClient(server.uri)
    await client._collection("c")
    assert isinstance((await client._caller.binding.connection()).pick().transport, FutureTransport)
    return client


async def test_calls_of_many_tasks_need_no_threads_of_their_own(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").then(delay=0.5).forever()
    before = threading.active_count()
    tasks = [asyncio.ensure_future(client.list_collections()) for _ in range(50)]
    await asyncio.sleep(0.2)
    started = threading.active_count() - before
    assert await asyncio.gather(*tasks) == [["alpha", "beta"]] * 50
    assert started < 60, "50 are the scripted server's, one is gRPC's"
    assert scripted_server.connections == 1


async def test_deadlines_and_failures(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer()
    with pytest.raises(DeadlineExceededError):
        await client.list_collections(timeout=0.3)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "socket closed")
    with pytest.raises(MilvusUnavailableException, match="ambiguous") as raised:
        await client.insert("c", ROW)
    assert isinstance(raised.value.__cause__, grpc.RpcError)


async def test_cancelling_a_task_cancels_its_call_and_only_it(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer().then(delay=0.3)
    cancelled = asyncio.ensure_future(client.list_collections())
    await asyncio.to_thread(scripted_server.wait_for, "ShowCollections")
    other = asyncio.ensure_future(client.list_collections())
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await other == ["alpha", "beta"]
    assert (await client.connection_info()).in_flight == 0


async def test_close_ends_calls_in_flight(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer().forever()
    calls = [asyncio.ensure_future(client.list_collections()) for _ in range(20)]
    await asyncio.to_thread(scripted_server.wait_for, "ShowCollections", 20)
    await client.close()
    ends = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 10)
    assert {type(end) for end in ends} == {ConnectionNotExistException}
    with pytest.raises(ConnectionNotExistException):
        await client.list_collections()


async def test_streams_are_read_to_their_end_or_left(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)

    async def read() -> int:
        return len([message async for message in client.dump_messages("p0", {"id": "m0", "wal_name": "Pulsar"})])

    assert await read() > 0
    scripted_server.on("DumpMessages").fail(grpc.StatusCode.INTERNAL, "the detail")
    with pytest.raises(MilvusException, match="the detail"):
        await read()
    scripted_server.on("DumpMessages").never_answer()
    left = asyncio.ensure_future(read())
    await asyncio.to_thread(scripted_server.wait_for, "DumpMessages", 3)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(left, 10)


async def test_a_channel_that_was_closed_says_so(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    transport = (await client._caller.binding.connection()).pick().transport
    await transport.close()
    with pytest.raises(RpcFailure, match="the channel is closed"):
        await transport.call("/x/y", b"", (), None)


def test_a_loop_that_is_gone_disturbs_nobody(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    for _ in range(10):
        assert asyncio.run(client.list_collections()) == ["alpha", "beta"]
    assert scripted_server.connections == 10
