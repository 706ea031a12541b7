"""Bulk writes of the asyncio client: async sources, and cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, MilvusClient, ParamError
from tests.support.scripted import ScriptedServer


async def source(count: int) -> AsyncIterator[dict[str, Any]]:
    for number in range(count):
        await asyncio.sleep(0)
        yield {"id": number, "vector": [0.5] * 4}


async def test_an_async_iterable_is_a_source(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    report = await client.insert_many("c", source(10), batch_rows=3)
    assert (report.written, len(scripted_server.calls("Insert"))) == (10, 4)


async def test_a_cancelled_write_waits_for_its_requests_and_carries_the_report(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then(delay=0.5).forever()
    task = asyncio.ensure_future(client.insert_many("c", source(1_000), batch_rows=1, in_flight=2))
    await asyncio.to_thread(scripted_server.wait_for, "Insert", 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.report.written == 2  # type: ignore[attr-defined]  # that is the promise
    assert len(scripted_server.calls("Insert")) == 2, "nothing more is sent"


def test_the_sync_client_refuses_an_async_iterable(scripted_server: ScriptedServer) -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        yield {"id": 1}

    client = MilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match="got .async_generator.; use AsyncMilvusClient for it"):
        client.insert_many("c", rows())  # type: ignore[arg-type]  # what a user may try
    assert not scripted_server.calls("Insert")
