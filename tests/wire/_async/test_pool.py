"""Connections are shared by name: who opens, who waits, who closes, and what each of them is told."""

from __future__ import annotations

import os
import pickle
import re
import time
from pathlib import Path

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient._async.core.pool import current_pool
from milvusclient.exceptions import (
    ConnectError,
    ConnectionConfigException,
    ConnectionLimitException,
    ConnectionNotExistException,
)
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.patience import PROMPT
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.together import PATIENCE, AsyncClock, AsyncRunning, AsyncTogether


async def opened(server: ScriptedServer, **settings: str) -> AsyncMilvusClient:
    """A client whose connection is open."""
    client = AsyncMilvusClient(server.uri, alias=settings.get("alias"), db_name=settings.get("db_name", ""))
    await client.list_collections()
    return client


async def close_what_is_opening() -> None:
    """Close the one connection that is not open yet."""
    (alias,) = current_pool()._opening
    await current_pool().close(alias, record_close("the test"))


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            count += os.readlink(entry).startswith("socket:")
        except OSError:
            continue
    return count


# --- opening ---------------------------------------------------------------------------------------------------------
async def test_many_that_ask_for_one_alias_at_once_open_one_channel_and_shake_hands_once(
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.on("Connect").then(delay=0.1)

    await AsyncTogether.run(lambda: opened(scripted_server), 40)

    assert scripted_server.connections == 1
    assert len(scripted_server.calls("Connect")) == 1
    assert len(current_pool().aliases()) == 1


async def test_nobody_waits_for_another_aliass_connect(scripted_server: ScriptedServer) -> None:
    with ScriptedServer() as hanging:
        hanging.proxy.mode = Mode.BLACK_HOLE
        stuck = AsyncRunning(lambda: opened(hanging))
        while not hanging.connections:
            await AsyncClock.sleep(0.01)

        await opened(scripted_server)

        assert not stuck.done
        await close_what_is_opening()
        with pytest.raises(ConnectionNotExistException):
            await stuck.result()


async def test_a_failed_connect_leaves_neither_an_entry_nor_a_socket(scripted_server: ScriptedServer) -> None:
    scripted_server.proxy.refuse()
    before = sockets()

    for _ in range(10):
        with pytest.raises(ConnectError) as raised:
            await opened(scripted_server)
        assert raised.value.reason == "refused"
        assert scripted_server.address in str(raised.value)

    assert current_pool().aliases() == []
    assert current_pool()._opening == {}
    deadline = time.monotonic() + PATIENCE
    while sockets() > before + 1 and time.monotonic() < deadline:
        await AsyncClock.sleep(0.05)
    assert sockets() <= before + 1, "gRPC's own wake-up descriptor may have come, one for each attempt may not"


async def test_everyone_who_waits_for_a_connect_that_fails_gets_an_error_of_his_own(
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, delay=0.2).forever()

    errors = await AsyncTogether.failures(lambda: opened(scripted_server), 8)

    assert {type(error) for error in errors} == {ConnectError}
    assert {error.reason for error in errors if isinstance(error, ConnectError)} == {"authentication"}
    assert len({id(error) for error in errors}) == 8
    assert len(scripted_server.calls("Connect")) == 1


async def test_who_has_time_does_not_fail_with_the_impatience_of_another(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").then(delay=0.5)

    async def call(timeout: float) -> list[str]:
        client = AsyncMilvusClient(scripted_server.uri, timeout=timeout)
        return await client.list_collections()

    impatient = AsyncRunning(lambda: call(0.2))
    while not current_pool()._opening and not impatient.done:  # on a busy machine its time may be over before that
        await AsyncClock.sleep(0.005)
    patient = AsyncRunning(lambda: call(20))

    assert await patient.result() is not None
    with pytest.raises(ConnectError, match=r"0\.2 s"):
        await impatient.result()


async def test_who_gives_up_waiting_for_another_clients_connect_says_so(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    connecting = AsyncRunning(lambda: opened(scripted_server, alias="slow"))
    await async_in_thread(lambda: scripted_server.wait_for("Connect"))

    with pytest.raises(ConnectError, match=r"another client of this alias was still connecting\]") as raised:
        await AsyncMilvusClient(scripted_server.uri, alias="slow", timeout=0.1).list_collections()

    assert "no answer came within 0.1 s" in raised.value.message
    assert raised.value.alias == "slow"
    await close_what_is_opening()
    assert isinstance(await AsyncTogether.failure(connecting), ConnectionNotExistException)


async def test_the_limit_is_a_clear_error(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient._async.core.pool.MAX_CONNECTIONS", 2)
    clients = [await opened(scripted_server, alias=f"limit-{number}") for number in range(2)]

    with pytest.raises(ConnectionLimitException, match="2 connections are open") as raised:
        await opened(scripted_server, alias="limit-3")
    assert (raised.value.alias, raised.value.address) == ("limit-3", scripted_server.address)

    await clients[0].close()
    await opened(scripted_server, alias="limit-3")


# --- closing ---------------------------------------------------------------------------------------------------------
async def test_calls_in_flight_end_at_once_with_the_error_that_says_who_closed(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.forget_requests()
    scripted_server.on("ShowCollections").never_answer().forever()
    calls = [AsyncRunning(client.list_collections) for _ in range(20)]
    await async_in_thread(lambda: scripted_server.wait_for("ShowCollections", 20))

    started = time.monotonic()
    other = AsyncMilvusClient(scripted_server.uri)
    await other.close()
    errors = [await AsyncTogether.failure(call) for call in calls]

    assert time.monotonic() - started < PROMPT
    assert {type(error) for error in errors} == {ConnectionNotExistException}
    for error in errors:
        assert "MilvusClient.close()" in str(error)
        assert __file__ in str(error)


async def test_a_call_that_waits_to_be_repeated_ends_at_once_too(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).forever()
    call = AsyncRunning(client.list_collections)
    await AsyncClock.sleep(0.3)

    await client.close()

    with pytest.raises(ConnectionNotExistException, match="ShowCollections"):
        await call.result()


async def test_close_while_somebody_connects_ends_him_and_everyone_who_waits(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    dialling = [AsyncRunning(lambda: opened(scripted_server)) for _ in range(5)]
    await async_in_thread(lambda: scripted_server.wait_for("Connect"))

    started = time.monotonic()
    await close_what_is_opening()
    errors = [await AsyncTogether.failure(each) for each in dialling]

    assert time.monotonic() - started < PROMPT
    assert {type(error) for error in errors} == {ConnectionNotExistException}
    (said,) = {re.sub(r"[\d.]+ s ago", "just now", str(error)) for error in errors}
    assert re.match(
        r"alias '[^']+' is not connected: .+ closed it just now at .+; make a new client .+ works again ", said
    )
    assert current_pool().aliases() == []
    await opened(scripted_server)  # a new client connects anew


async def test_closing_twice_is_harmless_and_the_first_one_is_named(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.close()
    with pytest.raises(ConnectionNotExistException) as first:
        await client.list_collections()

    await client.close()

    with pytest.raises(ConnectionNotExistException) as second:
        await client.list_collections()
    place = first.value.message.partition(" at ")[2].partition(" in ")[0]
    assert place
    assert place in second.value.message


async def test_the_advice_is_to_make_a_new_client(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.close()

    with pytest.raises(ConnectionNotExistException, match="make a new client") as raised:
        await client.list_collections()

    assert "connections.connect" not in str(raised.value), "that would lead to localhost"
    await opened(scripted_server)
    await client.list_collections()


async def test_a_with_block_closes(scripted_server: ScriptedServer) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client.list_collections()

    with pytest.raises(ConnectionNotExistException):
        await client.list_collections()


# --- an alias is one thing -------------------------------------------------------------------------------------------
async def test_settings_that_contradict_an_alias_are_refused_by_name(scripted_server: ScriptedServer) -> None:
    await opened(scripted_server, alias="taken")

    for given, named in (
        ({"uri": "http://127.0.0.1:1"}, "uri http://127.0.0.1:1"),
        ({"token": "root:secret-1"}, "other credentials"),
        ({"db_name": "other"}, "database 'other'"),
    ):
        with pytest.raises(ConnectionConfigException, match=f"alias 'taken' exists .*{named}") as raised:
            AsyncMilvusClient(
                given.get("uri", scripted_server.uri), token=given.get("token", ""), db_name=given.get("db_name", ""),
                alias="taken",
            )  # fmt: skip
        assert "secret-1" not in str(raised.value)
    with pytest.raises(ConnectionConfigException, match=r"grpc_options \(grpc.lb_policy_name\)"):
        AsyncMilvusClient(scripted_server.uri, alias="taken", grpc_options={"grpc.lb_policy_name": "round_robin"})
    with pytest.raises(ConnectionConfigException, match="TLS"):
        AsyncMilvusClient(f"https://{scripted_server.address}", alias="taken", server_pem_path="/nowhere.pem")

    assert scripted_server.connections == 1


async def test_other_channel_options_for_a_derived_alias_are_refused_too(scripted_server: ScriptedServer) -> None:
    await opened(scripted_server)
    with pytest.raises(ConnectionConfigException, match="grpc_options"):
        await AsyncMilvusClient(scripted_server.uri, grpc_options={"grpc.lb_policy_name": "x"}).list_collections()


async def test_an_alias_that_was_reopened_for_something_else_fails_its_older_clients(
    scripted_server: ScriptedServer,
) -> None:
    older = await opened(scripted_server, alias="moving")
    await older.close()
    with ScriptedServer() as elsewhere:
        await opened(elsewhere, alias="moving")

        with pytest.raises(ConnectionConfigException, match=f"alias 'moving' exists .*{elsewhere.address}"):
            await older.list_collections()

        assert len(elsewhere.calls("ShowCollections")) == 1


async def test_an_alias_needs_no_uri_when_it_is_open(scripted_server: ScriptedServer) -> None:
    await opened(scripted_server, alias="known")
    await AsyncMilvusClient(alias="known").list_collections()
    assert scripted_server.connections == 1


@pytest.mark.parametrize("alias", ["", 5, b"x"])
async def test_an_alias_is_a_text(alias: object) -> None:
    with pytest.raises(ConnectionConfigException, match="alias must be a non-empty str"):
        AsyncMilvusClient("http://localhost", alias=alias)  # type: ignore[arg-type]  # that is the point


async def test_dedicated_and_alias_exclude_each_other() -> None:
    with pytest.raises(ConnectionConfigException, match="contradict each other"):
        AsyncMilvusClient("http://localhost", alias="x", dedicated=True)


# --- databases -------------------------------------------------------------------------------------------------------
async def test_use_database_moves_one_client_and_nobody_else_notices(scripted_server: ScriptedServer) -> None:
    mover = await opened(scripted_server)
    stayer = await opened(scripted_server)
    home = mover.alias

    await mover.use_database("db2")
    await mover.list_collections()
    await stayer.list_collections()

    assert stayer.alias == home != mover.alias
    assert [call.headers["dbname"] for call in scripted_server.calls("ShowCollections")[-2:]] == ["db2", ""]
    assert scripted_server.connections == 2
    assert mover.alias == (await opened(scripted_server, db_name="db2")).alias


async def test_a_custom_alias_is_extended_by_the_database_and_comes_home(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server, alias="c1")

    await client.use_database("db2")
    assert client.alias == "c1/db2"
    await client.use_database("db3")
    assert client.alias == "c1/db3"
    await client.using_database("default")
    assert client.alias == "c1"

    assert scripted_server.connections == 3


async def test_a_dedicated_client_takes_its_connection_along(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, dedicated=True)
    await client.list_collections()

    await client.use_database("db2")
    await client.list_collections()

    assert current_pool().aliases() == [client.alias], "nobody else could ever close the one before"
    await client.use_database("default")
    await client.list_collections()
    assert current_pool().aliases() == [client.alias]


async def test_a_database_that_does_not_exist_leaves_the_client_where_it_is(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("DescribeDatabase").status(800, "database not found[database=nowhere]")
    home = client.alias

    with pytest.raises(Exception, match="database not found"):
        await client.use_database("nowhere")

    assert client.alias == home
    await client.list_collections()


# --- what a client tells of itself -----------------------------------------------------------------------------------
async def test_pickling_carries_the_configuration_only(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server, alias="c1")
    await client.use_database("db2")

    copy = pickle.loads(pickle.dumps(client))

    assert copy.alias == client.alias
    await copy.list_collections()
    assert scripted_server.connections == 2
    await client.close()
    assert pickle.loads(pickle.dumps(client)).alias == "c1/db2", "a closed client can be sent elsewhere"


async def test_neither_repr_nor_alias_shows_a_secret(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, user="bob", password="hunter2-secret")
    await client.list_collections()

    for text in (repr(client), str(client), client.alias, repr(client._caller.binding.config), repr(vars(client))):
        assert "hunter2" not in text
    assert "bob" in client.alias
    info = await client.connection_info()
    assert "hunter2" not in repr(info)
    assert (info.user, info.address, info.database) == ("bob", scripted_server.address, "default")


async def test_connection_info_counts(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).then().status(1100, "no")
    await client.list_collections()
    with pytest.raises(Exception, match="no"):
        await client.list_collections()

    info = await client.connection_info()

    assert (info.calls, info.errors, info.retries, info.in_flight) == (4, 2, 1, 0)
    assert info.bytes_received > 0
    assert info.connected_since <= time.time()
