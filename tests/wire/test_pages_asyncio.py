"""Cancelled calls of query iterators."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from milvusclient import AsyncMilvusClient, MilvusException
from milvusclient._async.iterators import AsyncQueryIterator
from tests.support.key_pages import key_pages
from tests.support.scripted import ScriptedServer

COUNT = 40


async def rest(pages: AsyncQueryIterator, steps: int) -> list[int]:
    """The keys of the rows to come, if each page is only returned by a call that is not cancelled after some steps."""
    found: list[int] = []
    while True:
        call = asyncio.ensure_future(pages.next())
        for _ in range(steps):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait([call])
        page = await pages.next() if call.cancelled() else call.result()
        if not page:
            return found
        found += [row["id"] for row in page]


@pytest.mark.parametrize("in_flight", [1, 4])
async def test_a_call_that_is_cancelled_loses_no_page(scripted_server: ScriptedServer, in_flight: int) -> None:
    scripted_server.on("Query").reply_to(key_pages(range(COUNT))).forever()
    client = AsyncMilvusClient(scripted_server.uri)
    for steps in range(1, 13):
        async with await client.query_iterator("c", batch_size=5, in_flight=in_flight) as pages:
            assert await rest(pages, steps) == list(range(COUNT)), steps


async def test_a_page_of_a_cancelled_call_is_not_in_the_file(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    scripted_server.on("Query").reply_to(key_pages(range(COUNT))).forever()
    client = AsyncMilvusClient(scripted_server.uri)
    for steps in range(1, 9):
        file = str(tmp_path / str(steps))
        found = []
        async with await client.query_iterator("c", 5, in_flight=4, iterator_cp_file=file) as pages:
            found += [row["id"] for row in await pages.next()]
            await asyncio.sleep(0.02)  # the next pages are there
            call = asyncio.ensure_future(pages.next())
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
            if not call.cancelled():
                found += [row["id"] for row in call.result()]
        async with await client.query_iterator("c", 5, in_flight=4, iterator_cp_file=file) as pages:
            found += [row["id"] async for page in pages for row in page]
        assert found == list(range(COUNT)), steps


async def test_a_call_says_that_the_iterator_was_closed_meanwhile(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(key_pages(range(COUNT))).times(1).never_answer().forever()
    client = AsyncMilvusClient(scripted_server.uri)
    pages = await client.query_iterator("c", batch_size=5, in_flight=4)
    call = asyncio.ensure_future(pages.next())
    await asyncio.to_thread(scripted_server.wait_for, "Query", 2)
    await pages.close()
    with pytest.raises(MilvusException, match="this query iterator is closed"):
        await call
