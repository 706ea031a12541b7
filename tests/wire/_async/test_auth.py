"""Credentials: what goes out with each request, and who shares with whom."""

from __future__ import annotations

import base64

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import AuthenticationError, ConnectError, ConnectionConfigException, MilvusException
from tests.support.scripted import ScriptedServer


class Tokens:
    """Gives ``token-1``, then ``token-2``, ..."""

    def __init__(self) -> None:
        self.given = 0

    def fresh(self) -> str:
        self.given += 1
        return f"token-{self.given}"


def authorizations(server: ScriptedServer, rpc: str) -> list[str]:
    """The credentials of all requests of an RPC, in clear."""
    return [base64.b64decode(call.headers["authorization"]).decode() for call in server.calls(rpc)]


async def test_a_function_is_asked_for_each_request(scripted_server: ScriptedServer) -> None:
    tokens = Tokens()
    client = AsyncMilvusClient(scripted_server.uri, token=tokens.fresh)
    for _ in range(3):
        await client.list_collections()

    assert authorizations(scripted_server, "Connect") == ["token-1"]
    assert authorizations(scripted_server, "ShowCollections") == ["token-2", "token-3", "token-4"]
    assert len(scripted_server.calls("ShowCollections")[0].headers["authorization"]) == len("dG9rZW4tMg==")


async def test_a_repeated_request_asks_again(scripted_server: ScriptedServer) -> None:
    tokens = Tokens()
    client = AsyncMilvusClient(scripted_server.uri, token=tokens.fresh)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).times(2)

    await client.list_collections()

    sent = authorizations(scripted_server, "ShowCollections")
    assert len(sent) == 3
    assert len(set(sent)) == 3


async def test_clients_with_the_same_function_share(scripted_server: ScriptedServer) -> None:
    tokens = Tokens()
    first = AsyncMilvusClient(scripted_server.uri, token=tokens.fresh)
    second = AsyncMilvusClient(scripted_server.uri, token=tokens.fresh)
    other = AsyncMilvusClient(scripted_server.uri, token=Tokens().fresh)
    fixed = AsyncMilvusClient(scripted_server.uri, token="token-1")
    for client in (first, second, other, fixed):
        await client.list_collections()

    assert first.alias == second.alias
    assert len({first.alias, other.alias, fixed.alias}) == 3
    assert scripted_server.connections == 3


async def test_another_function_contradicts_an_alias(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, token=Tokens().fresh, alias="work")
    await client.list_collections()
    with pytest.raises(ConnectionConfigException, match=r"other credentials \(a function instead of a function\)"):
        AsyncMilvusClient(scripted_server.uri, token=Tokens().fresh, alias="work")
    with pytest.raises(ConnectionConfigException, match=r"an API key instead of a function"):
        AsyncMilvusClient(scripted_server.uri, token="key", alias="work")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (lambda: "", "non-empty str, got an empty one"),
        (lambda: 5, "got int"),
        (lambda: None, "got NoneType"),
        (lambda: b"token", "got bytes"),
        (lambda: "\ud800", "cannot be encoded"),
        (lambda: int("x"), "raised ValueError"),
    ],
)
async def test_a_function_that_gives_no_token(token: object, words: str, scripted_server: ScriptedServer) -> None:
    async def call() -> None:
        client = AsyncMilvusClient(scripted_server.uri, token=token)  # type: ignore[arg-type]  # some give no str
        await client.list_collections()

    with pytest.raises(ConnectionConfigException, match=words):
        await call()
    assert scripted_server.calls("Connect") == []


async def test_a_function_that_fails_later(scripted_server: ScriptedServer) -> None:
    tokens = ["token"]
    client = AsyncMilvusClient(scripted_server.uri, token=lambda: tokens[0])
    await client.list_collections()
    tokens.clear()
    with pytest.raises(ConnectionConfigException, match="raised IndexError"):
        await client.list_collections()
    tokens.append("token")
    await client.list_collections()


async def test_two_passwords_of_one_user_never_share(scripted_server: ScriptedServer) -> None:
    clients = [AsyncMilvusClient(scripted_server.uri, user="bob", password=word) for word in ("one", "two", "one")]
    for client in clients:
        await client.list_collections()

    assert clients[0].alias == clients[2].alias != clients[1].alias
    assert scripted_server.connections == 2
    assert sorted(authorizations(scripted_server, "Connect")) == ["bob:one", "bob:two"]
    assert authorizations(scripted_server, "ShowCollections") == ["bob:one", "bob:two", "bob:one"]


async def test_all_ways_to_say_the_same_credentials_share(scripted_server: ScriptedServer) -> None:
    address = scripted_server.address
    clients = [
        AsyncMilvusClient(f"http://{address}", user="bob", password="p:w@/"),
        AsyncMilvusClient(f"http://{address}", token="bob:p:w@/"),
        AsyncMilvusClient(f"http://bob:p%3Aw%40%2F@{address}"),
    ]
    for client in clients:
        await client.list_collections()
    assert len({client.alias for client in clients}) == 1
    assert scripted_server.connections == 1


async def test_refused_credentials(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")

    async def call() -> None:
        client = AsyncMilvusClient(scripted_server.uri, token="bob:hunter2")
        await client.list_collections()

    with pytest.raises(ConnectError) as raised:
        await call()
    assert raised.value.reason == "authentication"
    assert "auth check failure" in raised.value.message

    client = AsyncMilvusClient(scripted_server.uri, token="bob:hunter2")
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")
    with pytest.raises(AuthenticationError) as refused:
        await client.list_collections()
    assert refused.value.attempts == 1, "another attempt would be refused, too"


# --- update_password -------------------------------------------------------------------------------------------------
async def test_update_password_moves_this_client_on(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="old")
    other = AsyncMilvusClient(scripted_server.uri, user="bob", password="old")
    await other.list_collections()

    await client.update_password("bob", "old", "new", reset_connection=True)

    await client.list_collections()
    await other.list_collections()
    assert authorizations(scripted_server, "Connect") == ["bob:old", "bob:new"]
    assert authorizations(scripted_server, "ShowCollections") == ["bob:old", "bob:new", "bob:old"]
    assert client.alias == AsyncMilvusClient(scripted_server.uri, user="bob", password="new").alias


async def test_update_password_keeps_a_given_alias(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="old", alias="work")
    other = AsyncMilvusClient(scripted_server.uri, user="bob", password="old", alias="work")
    await other.list_collections()

    await client.update_password("bob", "old", "new", reset_connection=True)

    await client.list_collections()
    assert client.alias == "work"
    assert authorizations(scripted_server, "ShowCollections") == ["bob:old", "bob:new"]
    with pytest.raises(ConnectionConfigException, match="other credentials"):
        await other.list_collections()


async def test_update_password_moves_on_although_the_new_connection_fails_at_first(
    scripted_server: ScriptedServer,
) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="old", alias="work")
    await client.list_collections()
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "the new password has not spread yet")

    with pytest.raises(ConnectError, match="has not spread"):
        await client.update_password("bob", "old", "new", reset_connection=True)

    await client.list_collections()
    assert authorizations(scripted_server, "ShowCollections") == ["bob:old", "bob:new"]


async def test_update_password_of_somebody_else_or_without_reset_stays(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="old")
    await client.update_password("eve", "old", "new", reset_connection=True)
    await client.update_password("bob", "old", "new")
    await client.list_collections()
    assert authorizations(scripted_server, "ShowCollections") == ["bob:old"]


async def test_a_refused_change_of_password_changes_nothing(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="old", alias="work")
    scripted_server.on("UpdateCredential").status(5, "old password not correct")
    with pytest.raises(MilvusException, match="old password not correct"):
        await client.update_password("bob", "wrong", "new", reset_connection=True)
    await client.list_collections()
    assert authorizations(scripted_server, "ShowCollections") == ["bob:old"]
