"""What concerns a whole server, on one that nobody else uses, authorization switched on: users, flushes, compaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from milvusclient.pymilvus import Collection, CollectionSchema, DataType, FieldSchema, MilvusException, connections
from tests.server._async import alone as async_alone
from tests.server._async import rbac as async_rbac
from tests.server._sync import alone as sync_alone
from tests.server._sync import rbac as sync_rbac
from tests.support.patience import HANG
from tests.support.servers import Config, Milvus

pytestmark = [pytest.mark.real_server, pytest.mark.exclusive_server]

ROOT = "root:Milvus"


def test_a_whole_server(start_milvus: Callable[[Config], AbstractContextManager[Milvus]]) -> None:
    """One test for both clients, for it needs one server."""
    with start_milvus({"authorization_enabled": True}) as milvus:
        sync_rbac.everything(milvus.uri, ROOT)
        asyncio.run(async_rbac.everything(milvus.uri, ROOT))
        sync_alone.everything(milvus.uri, ROOT)
        asyncio.run(async_alone.everything(milvus.uri, ROOT))
        a_collection_of_the_orm_is_compacted(milvus.uri)


def a_collection_of_the_orm_is_compacted(uri: str) -> None:
    connections.connect("alone", uri=uri, token=ROOT)
    schema = CollectionSchema(
        [
            FieldSchema("id", DataType.INT64, is_primary=True),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
        ]
    )
    collection = Collection("merged", schema, using="alone")
    for first in (0, 5):
        collection.insert([list(range(first, first + 5)), [[1.0, 2.0]] * 5])
        collection.flush()
    with pytest.raises(MilvusException, match=r"call compact\(\) first"):
        collection.get_compaction_state()
    collection.compact()
    assert collection.wait_for_compaction_completed(timeout=HANG) is True
    assert collection.get_compaction_state().state_name == "Completed"
    collection.drop()
    connections.disconnect("alone")
