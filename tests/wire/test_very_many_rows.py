"""An insert of very many rows: encoding them lets other tasks run, and ends with the call."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, MilvusClient
from milvusclient.exceptions import ConnectionNotExistException, DeadlineExceededError
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer

ROWS: list[dict[str, Any]] = [{"id": row, "vector": [0.1, 0.2, 0.3, 0.4], "pad": f"x{row}"} for row in range(60_000)]


async def test_other_tasks_run_meanwhile(scripted_server: ScriptedServer) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client._collection("c")
        insert = asyncio.ensure_future(client.insert("c", ROWS))
        turns = 0
        while not scripted_server.calls("Insert") and not insert.done():
            await asyncio.sleep(0)
            turns += 1
        await insert
        assert turns > 20, "a turn for each step of encoding"


async def test_a_cancelled_insert_stops_encoding(scripted_server: ScriptedServer) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client._collection("c")
        insert = asyncio.ensure_future(client.insert("c", ROWS))
        for _ in range(3):
            await asyncio.sleep(0)
        insert.cancel()
        with pytest.raises(asyncio.CancelledError):
            await insert
        assert not scripted_server.calls("Insert")


async def test_close_ends_encoding(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    insert = asyncio.ensure_future(client.insert("c", ROWS))
    for _ in range(3):
        await asyncio.sleep(0)
    await client.close()
    with pytest.raises(ConnectionNotExistException):
        await insert
    assert not scripted_server.calls("Insert")


@pytest.mark.parametrize("name", ["insert", "upsert"])
async def test_the_deadline_counts_while_rows_are_encoded(scripted_server: ScriptedServer, name: str) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client._collection("c")
        with pytest.raises(DeadlineExceededError, match="the deadline of 0.01 s passed.* before all rows") as raised:
            await getattr(client, name)("c", ROWS, timeout=0.01)
        assert not raised.value.ambiguous
        assert raised.value.address == scripted_server.address
        assert not scripted_server.calls("Insert")


def test_so_it_does_with_threads(scripted_server: ScriptedServer) -> None:
    with MilvusClient(scripted_server.uri) as client:
        client._collection("c")
        started = time.monotonic()
        with pytest.raises(DeadlineExceededError, match="before all rows were encoded"):
            client.insert("c", ROWS, timeout=0.01)
        assert time.monotonic() - started < PROMPT
        assert client.insert("c", ROWS)["insert_count"] == len(ROWS)
