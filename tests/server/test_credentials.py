"""Credentials with the real Milvus 2.3.5, authorization switched on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from milvusclient import AsyncMilvusClient, MilvusClient, connections
from milvusclient.exceptions import (
    AuthenticationError,
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    MilvusException,
    PermissionDeniedError,
)
from tests.support.patience import HANG
from tests.support.servers import Config, Milvus

pytestmark = [pytest.mark.real_server, pytest.mark.exclusive_server]

StartMilvus = Callable[[Config], AbstractContextManager[Milvus]]

ROOT = "root:Milvus"
PATIENCE = HANG


def eventually(work: Callable[[], object], *expected: type[MilvusException]) -> None:
    """Until it succeeds: users and passwords take a moment to reach the whole server."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            work()
        except expected:
            if time.monotonic() > over:
                raise
            time.sleep(0.1)
        else:
            return


def test_authorization(start_milvus: StartMilvus) -> None:
    """One test, for it needs one server."""
    with start_milvus({"authorization_enabled": True}) as milvus:
        with MilvusClient(milvus.uri, token=ROOT) as root:
            refused_credentials_are_named(milvus)
            two_passwords_never_share(milvus)
            a_user_without_privileges(milvus, root)
            update_password_moves_on(milvus, root)
            update_password_of_a_given_alias(milvus, root)
            a_token_from_a_function(milvus, root)
        asyncio.run(update_password_moves_an_async_client_on(milvus))
        assert [alias for alias, connection in connections.list_connections() if connection is not None] == []


def refused_credentials_are_named(milvus: Milvus) -> None:
    for token, words in (
        ("", "missing authorization"),
        ("root:hunter2", "username and password"),
        ("nobody:Milvus", "username and password"),
        ("hunter2-key", "api key"),
    ):
        with pytest.raises(ConnectError) as raised:
            MilvusClient(milvus.uri, token=token)
        assert raised.value.reason == "authentication"
        assert "the server refused the credentials; check user and password, or the token" in raised.value.message
        assert words in raised.value.message
        assert "hunter2" not in str(raised.value)


def two_passwords_never_share(milvus: Milvus) -> None:
    with MilvusClient(milvus.uri, user="root", password="Milvus", dedicated=True) as good:
        with pytest.raises(ConnectError, match="credentials"):
            MilvusClient(milvus.uri, user="root", password="wrong")
        with pytest.raises(ConnectionConfigException, match="other credentials"):
            MilvusClient(milvus.uri, user="root", password="wrong", alias=good.alias)
        assert good.list_collections() is not None


def a_user_without_privileges(milvus: Milvus, root: MilvusClient) -> None:
    root.create_user("poor", "P@ssw0rd1")
    eventually(lambda: MilvusClient(milvus.uri, user="poor", password="P@ssw0rd1"), ConnectError)
    with MilvusClient(milvus.uri, user="poor", password="P@ssw0rd1") as poor:
        with pytest.raises(PermissionDeniedError) as raised:
            poor.create_collection("mine", dimension=4)
        assert raised.value.status == "PERMISSION_DENIED"
        assert "the user lacks the privilege for this call; grant it to a role of the user" in raised.value.message
        assert raised.value.operation == "CreateCollection"
        assert not raised.value.ambiguous
        assert "P@ssw0rd1" not in str(raised.value)

        root.create_role("writer")
        root.grant_privilege("writer", "Global", "CreateCollection", "*")
        root.grant_role("poor", "writer")
        schema = MilvusClient.create_schema()
        schema.add_field("id", 5, is_primary=True)
        schema.add_field("vector", 101, dim=4)
        eventually(lambda: poor.create_collection("mine", schema=schema), PermissionDeniedError)
    assert "mine" in root.list_collections()


def update_password_moves_on(milvus: Milvus, root: MilvusClient) -> None:
    root.create_user("mover", "P@ssw0rd2")
    eventually(lambda: MilvusClient(milvus.uri, user="mover", password="P@ssw0rd2"), ConnectError)
    mover = MilvusClient(milvus.uri, user="mover", password="P@ssw0rd2")
    stays = MilvusClient(milvus.uri, user="mover", password="P@ssw0rd2")
    before = mover.alias

    mover.update_password("mover", "P@ssw0rd2", "b3tterWord", reset_connection=True)

    assert mover.alias != before
    mover.list_collections(timeout=10)
    again = MilvusClient(milvus.uri, user="mover", password="b3tterWord")
    assert again.alias == mover.alias
    eventually_refused(stays.list_collections)
    with pytest.raises(ConnectError, match="credentials"):
        MilvusClient(milvus.uri, user="mover", password="P@ssw0rd2", dedicated=True)
    mover.close()
    stays.close()


def update_password_of_a_given_alias(milvus: Milvus, root: MilvusClient) -> None:
    root.create_user("named", "P@ssw0rd3")
    eventually(lambda: MilvusClient(milvus.uri, user="named", password="P@ssw0rd3"), ConnectError)
    MilvusClient(milvus.uri, user="named", password="P@ssw0rd3").close()
    connections.add_connection(work={"uri": milvus.uri, "user": "named", "password": "P@ssw0rd3"})
    mover, sharer = MilvusClient(alias="work"), MilvusClient(alias="work")

    mover.update_password("named", "P@ssw0rd3", "b3tterWord3", reset_connection=True)

    assert mover.alias == "work"
    mover.list_collections(timeout=10)
    with pytest.raises((ConnectionConfigException, ConnectionNotExistException)):
        sharer.list_collections()
    mover.close()
    with MilvusClient(alias="work") as later:  # what the name is registered for followed
        later.list_collections(timeout=10)
    connections.remove_connection("work")


def a_token_from_a_function(milvus: Milvus, root: MilvusClient) -> None:
    root.create_user("fresh", "P@ssw0rd4")
    token = ["fresh:P@ssw0rd4"]
    eventually(lambda: MilvusClient(milvus.uri, token=token[0]), ConnectError)
    MilvusClient(milvus.uri, token=token[0]).close()
    with MilvusClient(milvus.uri, token=lambda: token[0]) as client:
        client.list_collections(timeout=10)
        root.update_password("fresh", "P@ssw0rd4", "b3tterWord4")
        eventually_refused(client.list_collections)

        token[0] = "fresh:b3tterWord4"

        client.list_collections(timeout=10)


async def update_password_moves_an_async_client_on(milvus: Milvus) -> None:
    async with AsyncMilvusClient(milvus.uri, token="mover:b3tterWord") as client:
        await client.update_password("mover", "b3tterWord", "P@ssw0rd5", reset_connection=True)
        await client.list_collections(timeout=10)


def eventually_refused(work: Callable[[], object]) -> None:
    def until_refused() -> None:
        over = time.monotonic() + PATIENCE
        while time.monotonic() < over:
            work()
            time.sleep(0.1)

    with pytest.raises(AuthenticationError, match="refused the credentials"):
        until_refused()
