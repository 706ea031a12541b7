"""Connections are shared by name: who opens, who waits, who closes, and what each of them is told."""

from __future__ import annotations

import os
import pickle
import re
import time
from pathlib import Path

import grpc
import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.pool import current_pool
from milvusclient.exceptions import (
    ConnectError,
    ConnectionConfigException,
    ConnectionLimitException,
    ConnectionNotExistException,
)
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import in_thread
from tests.support.patience import PROMPT
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.together import PATIENCE, Clock, Running, Together


def opened(server: ScriptedServer, **settings: str) -> MilvusClient:
    """A client whose connection is open."""
    client = MilvusClient(server.uri, alias=settings.get("alias"), db_name=settings.get("db_name", ""))
    client.list_collections()
    return client


def close_what_is_opening() -> None:
    """Close the one connection that is not open yet."""
    (alias,) = current_pool()._opening
    current_pool().close(alias, record_close("the test"))


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
def test_many_that_ask_for_one_alias_at_once_open_one_channel_and_shake_hands_once(
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.on("Connect").then(delay=0.1)

    Together.run(lambda: opened(scripted_server), 40)

    assert scripted_server.connections == 1
    assert len(scripted_server.calls("Connect")) == 1
    assert len(current_pool().aliases()) == 1


def test_nobody_waits_for_another_aliass_connect(scripted_server: ScriptedServer) -> None:
    with ScriptedServer() as hanging:
        hanging.proxy.mode = Mode.BLACK_HOLE
        stuck = Running(lambda: opened(hanging))
        while not hanging.connections:
            Clock.sleep(0.01)

        opened(scripted_server)

        assert not stuck.done
        close_what_is_opening()
        with pytest.raises(ConnectionNotExistException):
            stuck.result()


def test_a_failed_connect_leaves_neither_an_entry_nor_a_socket(scripted_server: ScriptedServer) -> None:
    scripted_server.proxy.refuse()
    before = sockets()

    for _ in range(10):
        with pytest.raises(ConnectError) as raised:
            opened(scripted_server)
        assert raised.value.reason == "refused"
        assert scripted_server.address in str(raised.value)

    assert current_pool().aliases() == []
    assert current_pool()._opening == {}
    deadline = time.monotonic() + PATIENCE
    while sockets() > before + 1 and time.monotonic() < deadline:
        Clock.sleep(0.05)
    assert sockets() <= before + 1, "gRPC's own wake-up descriptor may have come, one for each attempt may not"


def test_everyone_who_waits_for_a_connect_that_fails_gets_an_error_of_his_own(
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, delay=0.2).forever()

    errors = Together.failures(lambda: opened(scripted_server), 8)

    assert {type(error) for error in errors} == {ConnectError}
    assert {error.reason for error in errors if isinstance(error, ConnectError)} == {"authentication"}
    assert len({id(error) for error in errors}) == 8
    assert len(scripted_server.calls("Connect")) == 1


def test_who_has_time_does_not_fail_with_the_impatience_of_another(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").then(delay=0.5)

    def call(timeout: float) -> list[str]:
        client = MilvusClient(scripted_server.uri, timeout=timeout)
        return client.list_collections()

    impatient = Running(lambda: call(0.2))
    while not current_pool()._opening and not impatient.done:  # on a busy machine its time may be over before that
        Clock.sleep(0.005)
    patient = Running(lambda: call(20))

    assert patient.result() is not None
    with pytest.raises(ConnectError, match=r"0\.2 s"):
        impatient.result()


def test_who_gives_up_waiting_for_another_clients_connect_says_so(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    connecting = Running(lambda: opened(scripted_server, alias="slow"))
    in_thread(lambda: scripted_server.wait_for("Connect"))

    with pytest.raises(ConnectError, match=r"another client of this alias was still connecting\]") as raised:
        MilvusClient(scripted_server.uri, alias="slow", timeout=0.1).list_collections()

    assert "no answer came within 0.1 s" in raised.value.message
    assert raised.value.alias == "slow"
    close_what_is_opening()
    assert isinstance(Together.failure(connecting), ConnectionNotExistException)


def test_the_limit_is_a_clear_error(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient._sync.core.pool.MAX_CONNECTIONS", 2)
    clients = [opened(scripted_server, alias=f"limit-{number}") for number in range(2)]

    with pytest.raises(ConnectionLimitException, match="2 connections are open") as raised:
        opened(scripted_server, alias="limit-3")
    assert (raised.value.alias, raised.value.address) == ("limit-3", scripted_server.address)

    clients[0].close()
    opened(scripted_server, alias="limit-3")


# --- closing ---------------------------------------------------------------------------------------------------------
def test_calls_in_flight_end_at_once_with_the_error_that_says_who_closed(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.forget_requests()
    scripted_server.on("ShowCollections").never_answer().forever()
    calls = [Running(client.list_collections) for _ in range(20)]
    in_thread(lambda: scripted_server.wait_for("ShowCollections", 20))

    started = time.monotonic()
    other = MilvusClient(scripted_server.uri)
    other.close()
    errors = [Together.failure(call) for call in calls]

    assert time.monotonic() - started < PROMPT
    assert {type(error) for error in errors} == {ConnectionNotExistException}
    for error in errors:
        assert "MilvusClient.close()" in str(error)
        assert __file__ in str(error)


def test_a_call_that_waits_to_be_repeated_ends_at_once_too(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).forever()
    call = Running(client.list_collections)
    Clock.sleep(0.3)

    client.close()

    with pytest.raises(ConnectionNotExistException, match="ShowCollections"):
        call.result()


def test_close_while_somebody_connects_ends_him_and_everyone_who_waits(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    dialling = [Running(lambda: opened(scripted_server)) for _ in range(5)]
    in_thread(lambda: scripted_server.wait_for("Connect"))

    started = time.monotonic()
    close_what_is_opening()
    errors = [Together.failure(each) for each in dialling]

    assert time.monotonic() - started < PROMPT
    assert {type(error) for error in errors} == {ConnectionNotExistException}
    (said,) = {re.sub(r"[\d.]+ s ago", "just now", str(error)) for error in errors}
    assert re.match(
        r"alias '[^']+' is not connected: .+ closed it just now at .+; make a new client .+ works again ", said
    )
    assert current_pool().aliases() == []
    opened(scripted_server)  # a new client connects anew


def test_closing_twice_is_harmless_and_the_first_one_is_named(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    client.close()
    with pytest.raises(ConnectionNotExistException) as first:
        client.list_collections()

    client.close()

    with pytest.raises(ConnectionNotExistException) as second:
        client.list_collections()
    place = first.value.message.partition(" at ")[2].partition(" in ")[0]
    assert place
    assert place in second.value.message


def test_the_advice_is_to_make_a_new_client(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    client.close()

    with pytest.raises(ConnectionNotExistException, match="make a new client") as raised:
        client.list_collections()

    assert "connections.connect" not in str(raised.value), "that would lead to localhost"
    opened(scripted_server)
    client.list_collections()


def test_a_with_block_closes(scripted_server: ScriptedServer) -> None:
    with MilvusClient(scripted_server.uri) as client:
        client.list_collections()

    with pytest.raises(ConnectionNotExistException):
        client.list_collections()


# --- an alias is one thing -------------------------------------------------------------------------------------------
def test_settings_that_contradict_an_alias_are_refused_by_name(scripted_server: ScriptedServer) -> None:
    opened(scripted_server, alias="taken")

    for given, named in (
        ({"uri": "http://127.0.0.1:1"}, "uri http://127.0.0.1:1"),
        ({"token": "root:secret-1"}, "other credentials"),
        ({"db_name": "other"}, "database 'other'"),
    ):
        with pytest.raises(ConnectionConfigException, match=f"alias 'taken' exists .*{named}") as raised:
            MilvusClient(
                given.get("uri", scripted_server.uri), token=given.get("token", ""), db_name=given.get("db_name", ""),
                alias="taken",
            )  # fmt: skip
        assert "secret-1" not in str(raised.value)
    with pytest.raises(ConnectionConfigException, match=r"grpc_options \(grpc.lb_policy_name\)"):
        MilvusClient(scripted_server.uri, alias="taken", grpc_options={"grpc.lb_policy_name": "round_robin"})
    with pytest.raises(ConnectionConfigException, match="TLS"):
        MilvusClient(f"https://{scripted_server.address}", alias="taken", server_pem_path="/nowhere.pem")

    assert scripted_server.connections == 1


def test_other_channel_options_for_a_derived_alias_are_refused_too(scripted_server: ScriptedServer) -> None:
    opened(scripted_server)
    with pytest.raises(ConnectionConfigException, match="grpc_options"):
        MilvusClient(scripted_server.uri, grpc_options={"grpc.lb_policy_name": "x"}).list_collections()


def test_an_alias_that_was_reopened_for_something_else_fails_its_older_clients(
    scripted_server: ScriptedServer,
) -> None:
    older = opened(scripted_server, alias="moving")
    older.close()
    with ScriptedServer() as elsewhere:
        opened(elsewhere, alias="moving")

        with pytest.raises(ConnectionConfigException, match=f"alias 'moving' exists .*{elsewhere.address}"):
            older.list_collections()

        assert len(elsewhere.calls("ShowCollections")) == 1


def test_an_alias_needs_no_uri_when_it_is_open(scripted_server: ScriptedServer) -> None:
    opened(scripted_server, alias="known")
    MilvusClient(alias="known").list_collections()
    assert scripted_server.connections == 1


@pytest.mark.parametrize("alias", ["", 5, b"x"])
def test_an_alias_is_a_text(alias: object) -> None:
    with pytest.raises(ConnectionConfigException, match="alias must be a non-empty str"):
        MilvusClient("http://localhost", alias=alias)  # type: ignore[arg-type]  # that is the point


def test_dedicated_and_alias_exclude_each_other() -> None:
    with pytest.raises(ConnectionConfigException, match="contradict each other"):
        MilvusClient("http://localhost", alias="x", dedicated=True)


# --- databases -------------------------------------------------------------------------------------------------------
def test_use_database_moves_one_client_and_nobody_else_notices(scripted_server: ScriptedServer) -> None:
    mover = opened(scripted_server)
    stayer = opened(scripted_server)
    home = mover.alias

    mover.use_database("db2")
    mover.list_collections()
    stayer.list_collections()

    assert stayer.alias == home != mover.alias
    assert [call.headers["dbname"] for call in scripted_server.calls("ShowCollections")[-2:]] == ["db2", ""]
    assert scripted_server.connections == 2
    assert mover.alias == (opened(scripted_server, db_name="db2")).alias


def test_a_custom_alias_is_extended_by_the_database_and_comes_home(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, alias="c1")

    client.use_database("db2")
    assert client.alias == "c1/db2"
    client.use_database("db3")
    assert client.alias == "c1/db3"
    client.using_database("default")
    assert client.alias == "c1"

    assert scripted_server.connections == 3


def test_a_dedicated_client_takes_its_connection_along(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, dedicated=True)
    client.list_collections()

    client.use_database("db2")
    client.list_collections()

    assert current_pool().aliases() == [client.alias], "nobody else could ever close the one before"
    client.use_database("default")
    client.list_collections()
    assert current_pool().aliases() == [client.alias]


def test_a_database_that_does_not_exist_leaves_the_client_where_it_is(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("DescribeDatabase").status(800, "database not found[database=nowhere]")
    home = client.alias

    with pytest.raises(Exception, match="database not found"):
        client.use_database("nowhere")

    assert client.alias == home
    client.list_collections()


# --- what a client tells of itself -----------------------------------------------------------------------------------
def test_pickling_carries_the_configuration_only(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, alias="c1")
    client.use_database("db2")

    copy = pickle.loads(pickle.dumps(client))

    assert copy.alias == client.alias
    copy.list_collections()
    assert scripted_server.connections == 2
    client.close()
    assert pickle.loads(pickle.dumps(client)).alias == "c1/db2", "a closed client can be sent elsewhere"


def test_neither_repr_nor_alias_shows_a_secret(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, user="bob", password="hunter2-secret")
    client.list_collections()

    for text in (repr(client), str(client), client.alias, repr(client._caller.binding.config), repr(vars(client))):
        assert "hunter2" not in text
    assert "bob" in client.alias
    info = client.connection_info()
    assert "hunter2" not in repr(info)
    assert (info.user, info.address, info.database) == ("bob", scripted_server.address, "default")


def test_connection_info_counts(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).then().status(1100, "no")
    client.list_collections()
    with pytest.raises(Exception, match="no"):
        client.list_collections()

    info = client.connection_info()

    assert (info.calls, info.errors, info.retries, info.in_flight) == (4, 2, 1, 0)
    assert info.bytes_received > 0
    assert info.connected_since <= time.time()
