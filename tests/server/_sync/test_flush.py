"""Flush, and the figures that go by it."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient
from milvusclient.exceptions import CollectionNotExistException
from tests.server.both import LITE, Server, schema_of
from tests.support.patience import HANG


def test_flushed_rows_are_counted(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        assert client.get_collection_stats("c") == {"row_count": 0}
        client.create_partition("c", "p")
        client.insert("c", [{"id": number, "vector": [1, 2]} for number in range(5)])
        client.insert("c", [{"id": number, "vector": [1, 2]} for number in range(5, 7)], partition_name="p")
        client.flush("c", timeout=HANG)
        assert client.get_collection_stats("c") == {"row_count": 7}
        assert client.get_partition_stats("c", "p") == {"row_count": 2}
        client.flush("c", _async=True)


def test_a_collection_that_does_not_exist_cannot_be_flushed(server: Server) -> None:
    server.skip_on(LITE, "flushes what does not exist")
    with MilvusClient(server.uri) as client:
        with pytest.raises(CollectionNotExistException, match="nowhere"):
            client.flush("nowhere")
