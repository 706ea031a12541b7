"""What a pool and the binding of a client do when a connection cannot be opened, is closed meanwhile, or reopened."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient._sync.core.binding import Binding
from milvusclient._sync.core.connection import Connection
from milvusclient._sync.core.pool import Pool, _Opening, current_pool
from milvusclient.config.settings import make_config
from milvusclient.exceptions import ConnectError, ConnectionNotExistException, ParamError
from milvusclient.runtime.callsite import record_close
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.stand_in_lite import StandInLite
from tests.support.together import Clock, Running


@pytest.fixture
def lite(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> StandInLite:
    """What serves files in this test."""
    stand_in = StandInLite(scripted_server)
    stand_in.install(monkeypatch)
    return stand_in


def bound(uri: str, alias: str = "bound") -> Binding:
    """What a client with these arguments holds."""
    return Binding(alias, make_config(uri), None)


@pytest.mark.parametrize("timeout", ["1", -1, 0])
def test_a_timeout_that_cannot_be_is_refused_when_the_client_is_made(timeout: Any) -> None:
    with pytest.raises(ParamError, match="timeout"):
        Binding("bound", make_config("http://a"), timeout)


def test_a_client_opens_an_alias_that_nobody_opened_or_closed(scripted_server: ScriptedServer) -> None:
    binding = bound(scripted_server.uri, "never met before")
    assert binding.current() is None
    connection = binding.connection()
    assert current_pool().lookup("never met before") is connection
    assert binding.current() is connection


def test_a_client_remembers_the_connection_that_it_opened_or_joined(scripted_server: ScriptedServer) -> None:
    first, second = bound(scripted_server.uri), bound(scripted_server.uri)
    connection = first.open()
    assert first.current() is connection
    assert second.current() is None
    assert second.open() is connection
    assert second.current() is connection


def test_a_client_goes_on_over_the_connection_that_another_one_opened_again(
    scripted_server: ScriptedServer,
) -> None:
    first = bound(scripted_server.uri)
    old = first.open()
    first.close(record_close("the test"))
    new = bound(scripted_server.uri).open()
    assert first.current() is None
    assert first.connection() is new
    assert first.current() is new
    assert new is not old


def test_a_connection_that_cannot_be_opened_gives_back_what_it_took(
    scripted_server: ScriptedServer, lite: StandInLite, tmp_path: Path
) -> None:
    file = str(tmp_path / "x.db")
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "who are you")
    with pytest.raises(ConnectError, match="refused the credentials"):
        bound(file).open()
    assert (lite.started, lite.released) == ([file], [file])
    assert (current_pool().lookup("bound"), current_pool()._opening) == (None, {})


def test_an_alias_that_is_closed_while_its_server_starts_is_not_connected(
    scripted_server: ScriptedServer, lite: StandInLite, tmp_path: Path
) -> None:
    file = str(tmp_path / "x.db")
    lite.seconds = 0.3
    opening = Running(bound(file).open)
    over = time.monotonic() + HANG
    while not lite.started and time.monotonic() < over:
        Clock.sleep(0.01)
    assert current_pool().close("bound", record_close("the test"))
    with pytest.raises(ConnectionNotExistException, match="the test closed it"):
        opening.result()
    assert scripted_server.calls("Connect") == []
    assert lite.released == [file]
    assert current_pool().lookup("bound") is None


def test_a_connection_whose_alias_was_closed_meanwhile_is_not_made_known(scripted_server: ScriptedServer) -> None:
    pool, config = Pool(), make_config(scripted_server.uri)
    connection = Connection.dial("bound", config, HANG)
    opening = _Opening(config)
    opening.closed = record_close("the test")
    with pytest.raises(ConnectionNotExistException, match="alias 'bound' is not connected: the test closed it"):
        pool._enter("bound", opening, connection)
    assert pool.lookup("bound") is None
    connection.release()


def test_what_a_loop_left_behind_is_given_back(
    scripted_server: ScriptedServer, lite: StandInLite, tmp_path: Path
) -> None:
    file = str(tmp_path / "x.db")
    bound(file).open()
    current_pool().abandon()
    over = time.monotonic() + HANG
    while not lite.released and time.monotonic() < over:
        Clock.sleep(0.01)
    assert lite.released == [file]
    current_pool().close("bound", record_close("the test"))
