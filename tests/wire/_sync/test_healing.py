"""A TCP connection that is stuck while new ones would pass: calls go on over a new one."""

from __future__ import annotations

import time
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import DeadlineExceededError
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.together import Clock, Running, Together

ROWS: list[dict[str, Any]] = [{"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}]


def test_reads_go_on_over_a_new_connection(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    before = (client.connection_info()).calls
    scripted_server.proxy.freeze()
    calls = [Running(client.list_collections) for _ in range(4)]
    for call in calls:
        assert call.result() == ["alpha", "beta"]
    assert len(scripted_server.calls("Connect")) == 2, "one handshake for all of them"
    assert scripted_server.proxy.accepted <= 3, "and a connect that found out that packets pass"
    info = client.connection_info()
    assert info.calls > before
    assert info.in_flight == 0
    client.close()


@pytest.mark.parametrize("settings", [{"channels": 2}, {"max_age": 3600.0}, {"channels": 2, "max_age": 3600.0}])
def test_so_do_the_channels_of_a_group(scripted_server: ScriptedServer, settings: dict[str, Any]) -> None:
    client = MilvusClient(scripted_server.uri, **settings)
    for _ in range(4):
        client.list_collections()
    scripted_server.proxy.freeze()
    started = time.monotonic()
    calls = [Running(client.list_collections) for _ in range(6)]
    for call in calls:
        assert call.result() == ["alpha", "beta"]
    # Two looks a second apart, a question that is not answered within another one, and a new connection.
    assert time.monotonic() - started < PROMPT, "without healing they wait for ever"
    info = client.connection_info()
    assert (info.errors, info.in_flight) == (info.retries, 0), "each that was not answered was sent again"
    client.close()


def test_an_insert_that_may_still_be_answered_is_not_given_up(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    scripted_server.on("Insert").then(delay=0.5)
    insert = Running(lambda: client.insert("c", ROWS, timeout=6))
    while not scripted_server.calls("Insert"):
        Clock.sleep(0.02)
    scripted_server.proxy.freeze()
    started = time.monotonic()
    assert client.list_collections(timeout=30) == ["alpha", "beta"]
    if time.monotonic() - started < 4:
        assert not insert.done, "the old connection stays open for it"
    error = Together.failure(insert)
    assert isinstance(error, DeadlineExceededError)
    assert error.ambiguous
    assert len(scripted_server.calls("Insert")) == 1
    client.close()


def test_a_slow_server_is_waited_for_over_the_same_connection(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    scripted_server.on("ShowCollections").then(delay=3.5)
    assert client.list_collections() == ["alpha", "beta"]
    assert scripted_server.proxy.accepted == 1
    assert len(scripted_server.calls("ShowCollections")) == 2
    client.close()


def test_close_ends_the_search_for_a_new_connection(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    scripted_server.proxy.stall()
    call = Running(client.list_collections)
    while scripted_server.proxy.accepted < 2:
        Clock.sleep(0.02)
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 1
    assert "closed it" in str(Together.failure(call))
    with pytest.raises(Exception, match="not connected"):
        client.list_collections()
