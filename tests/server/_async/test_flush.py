"""Flush, and the figures that go by it."""

from __future__ import annotations

import pytest

from milvusclient import AsyncMilvusClient
from milvusclient.exceptions import CollectionNotExistException
from tests.server.both import LITE, Server, schema_of
from tests.support.patience import HANG


async def test_flushed_rows_are_counted(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        assert await client.get_collection_stats("c") == {"row_count": 0}
        await client.create_partition("c", "p")
        await client.insert("c", [{"id": number, "vector": [1, 2]} for number in range(5)])
        await client.insert("c", [{"id": number, "vector": [1, 2]} for number in range(5, 7)], partition_name="p")
        await client.flush("c", timeout=HANG)
        assert await client.get_collection_stats("c") == {"row_count": 7}
        assert await client.get_partition_stats("c", "p") == {"row_count": 2}
        await client.flush("c", _async=True)


async def test_a_collection_that_does_not_exist_cannot_be_flushed(server: Server) -> None:
    server.skip_on(LITE, "flushes what does not exist")
    async with AsyncMilvusClient(server.uri) as client:
        with pytest.raises(CollectionNotExistException, match="nowhere"):
            await client.flush("nowhere")
