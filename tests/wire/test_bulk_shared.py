"""A bulk writer that several tasks or threads share, and a source that keeps a bulk write waiting."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, MilvusClient
from milvusclient.models.bulk import BulkError
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer

VECTOR = [0.5] * 4


def stored(server: ScriptedServer) -> Counter[int]:
    return Counter(
        number
        for call in server.calls("Insert")
        for field in call.message.fields_data
        if field.field_name == "id"
        for number in field.scalars.long_data.data
    )


async def test_tasks_share_a_writer(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    before = asyncio.all_tasks()
    async with client.bulk_writer("c", batch_rows=3, in_flight=2) as writer:
        await asyncio.gather(*(writer.add({"id": number, "vector": VECTOR}) for number in range(100)))
    assert writer.report.written == 100
    assert stored(scripted_server) == Counter(range(100)), "no row is lost, and none is sent twice"
    await client.close()
    assert asyncio.all_tasks() == before


def test_threads_share_a_writer(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    with client.bulk_writer("c", batch_rows=3, in_flight=2) as writer:

        def add(first: int) -> None:
            for number in range(first, first + 50):
                writer.add({"id": number, "vector": VECTOR})

        threads = [threading.Thread(target=add, args=(first,), daemon=True) for first in range(0, 400, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "none waits for a reply that another has taken"
    assert writer.report.written == 400
    assert stored(scripted_server) == Counter(range(400))


async def test_the_timeout_ends_the_wait_for_an_async_source(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    closed = []

    async def source() -> AsyncIterator[dict[str, Any]]:
        try:
            yield {"id": 1, "vector": VECTOR}
            await asyncio.sleep(3600)
        finally:
            closed.append(True)

    write = client.insert_many("c", source(), batch_rows=1, timeout=3)
    with pytest.raises(BulkError, match=r"the deadline of 3 s for the bulk write passed") as caught:
        await asyncio.wait_for(write, HANG)
    assert (caught.value.report.written, closed) == (1, [True])


async def test_a_timeout_error_of_the_source_is_its_own(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    async def source() -> AsyncIterator[dict[str, Any]]:
        yield {"id": 1, "vector": VECTOR}
        raise TimeoutError("the source's own")

    with pytest.raises(TimeoutError, match="the source's own"):
        await client.insert_many("c", source(), timeout=60)
