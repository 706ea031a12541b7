"""Bulk writes of the asyncio client: async sources, and cancellation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, MilvusClient, MilvusException, ParamError
from milvusclient.models.bulk import BulkError
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


async def test_a_writer_says_that_a_cancelled_wait_ended_it(scripted_server: ScriptedServer) -> None:
    """A timeout around ``add`` cancels it; a program that goes on must learn that rows are missing."""
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then(delay=0.5).forever()
    writer = client.bulk_writer("c", batch_rows=1, in_flight=2)

    async def write() -> None:
        async with writer:
            adding = asyncio.ensure_future(writer.extend([row async for row in source(5)]))
            await asyncio.to_thread(scripted_server.wait_for, "Insert", 2)
            adding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await adding
            with pytest.raises(MilvusException, match=r"because the write ended early \(CancelledError\); its report"):
                await writer.add({"id": 9, "vector": [0.5] * 4})

    with pytest.raises(BulkError, match=r"2 rows are written, 0 rejected, 0 uncertain; CancelledError ") as caught:
        await write()
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    assert caught.value.report.written == 2
    assert (await writer.close()).written == 2, "closing twice is harmless"


async def test_a_writer_says_which_error_ended_it(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    writer = client.bulk_writer("c", batch_rows=1)
    with pytest.raises(BulkError, match="row 0, field 'vector'"):
        await writer.add({"id": 1, "vector": [0.5]})
    with pytest.raises(
        MilvusException, match=r"the write ended early \(row 0, field 'vector': expected a FLOAT_VECTOR"
    ):
        await writer.add({"id": 2, "vector": [0.5] * 4})
    assert (await writer.close()).written == 0


def test_the_sync_client_refuses_an_async_iterable(scripted_server: ScriptedServer) -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        yield {"id": 1}

    client = MilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match="got .async_generator.; use AsyncMilvusClient for it"):
        client.insert_many("c", rows())  # type: ignore[arg-type]  # what a user may try
    assert not scripted_server.calls("Insert")
