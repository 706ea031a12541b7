"""Users, roles and privileges with the real Milvus 2.3.5, authorization switched on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.server._async import rbac as async_rbac
from tests.server._sync import rbac as sync_rbac
from tests.support.servers import Config, Milvus

pytestmark = [pytest.mark.real_server, pytest.mark.exclusive_server]

ROOT = "root:Milvus"


def test_users_roles_and_privileges(start_milvus: Callable[[Config], AbstractContextManager[Milvus]]) -> None:
    """One test for both clients, for it needs one server."""
    with start_milvus({"authorization_enabled": True}) as milvus:
        sync_rbac.everything(milvus.uri, ROOT)
        asyncio.run(async_rbac.everything(milvus.uri, ROOT))
