"""What concerns a whole server, on one that nobody else uses, authorization switched on: users, flushes, compaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.server._async import alone as async_alone
from tests.server._async import rbac as async_rbac
from tests.server._sync import alone as sync_alone
from tests.server._sync import rbac as sync_rbac
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
