"""What a connection tells of itself, when it greets its server again, and what it gives back."""

from __future__ import annotations

import pickle
import resource
import threading
import time
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy, connections
from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.connection import Connection
from milvusclient._sync.core.pool import current_pool
from milvusclient.config.settings import make_config
from milvusclient.exceptions import ConnectError, DeadlineExceededError, MilvusException, OutOfResourcesError
from milvusclient.policy.deadline import Deadline
from milvusclient.runtime import descriptors
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import in_thread
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.stand_in_lite import StandInLite
from tests.support.together import Running, Together

AWAY = (grpc.StatusCode.UNAVAILABLE, "away")


class Garbage:
    """A reply that is no message."""

    def SerializeToString(self) -> bytes:  # noqa: N802 - as messages have it
        return b"\x0a\xff\xff\xff"


@pytest.fixture
def lite(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> StandInLite:
    """What serves files in this test."""
    stand_in = StandInLite(scripted_server)
    stand_in.install(monkeypatch)
    return stand_in


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The path of a file that does not exist yet."""
    return str(tmp_path / "x.db")


def connection_of(client: MilvusClient) -> Connection:
    """The open connection of a client."""
    connection = current_pool().lookup(client.alias)
    assert connection is not None
    return connection


def soon(seconds: float = HANG) -> Deadline:
    """A deadline."""
    return Deadline.start(seconds, time.monotonic())


# --- what it tells ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("channels", [1, 2])
def test_a_connection_tells_everything_about_itself(scripted_server: ScriptedServer, channels: int) -> None:
    before = time.time()
    client = MilvusClient(
        scripted_server.uri, alias="told", token="bob:secret", db_name="books", channels=channels,
        retry=RetryPolicy(initial_backoff=0.01),
    )  # fmt: skip
    client.list_collections()
    scripted_server.on("ShowCollections").fail(*AWAY).then().never_answer()
    client.list_collections()
    waiting = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("ShowCollections", 4))

    info = client.connection_info()

    host, _, port = scripted_server.address.rpartition(":")
    assert (info.alias, info.address, info.host, info.port) == ("told", scripted_server.address, host, int(port))
    assert (info.database, info.user) == ("books", "bob")
    assert info.server_version == connection_of(client).server_info.build_tags != ""
    assert before <= info.connected_since <= time.time()
    assert (info.calls, info.errors, info.retries, info.in_flight) == (4, 1, 1, 1)
    size = len(scripted_server.calls("ShowCollections")[0].message.SerializeToString())
    assert info.bytes_sent == 4 * size
    assert info.bytes_received > 0
    assert (info.channels, len(info.channel_infos)) == (channels, channels)
    assert {each.address for each in info.channel_infos} == {scripted_server.address}
    assert sum(each.calls for each in info.channel_infos) == 4
    assert list(info.operations) == ["ShowCollections"]
    assert info.operations["ShowCollections"].calls == 3, "those that have ended"
    assert connections.stats()["told"].database == "books", "without a client it is the connection's own"
    assert connection_of(client).info("others").database == "others"
    client.close()
    Together.failure(waiting)


def test_a_connection_to_a_server_took_no_time_to_start_one(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    assert connection_of(client).start_seconds == 0.0
    assert connection_of(client).closed is None


@pytest.mark.parametrize("channels", [1, 2])
def test_a_connection_that_cannot_be_opened_says_which_one(
    scripted_server: ScriptedServer, channels: int
) -> None:
    scripted_server.proxy.refuse()
    connection = Connection.dial("named", make_config(scripted_server.uri, channels=channels), HANG)
    with pytest.raises(ConnectError) as raised:
        connection.connect(soon())
    assert (raised.value.alias, raised.value.address) == ("named", scripted_server.address)
    assert raised.value.reason == "refused"
    connection.release()


@pytest.mark.parametrize("channels", [1, 2])
def test_connecting_ends_at_its_deadline(scripted_server: ScriptedServer, channels: int) -> None:
    scripted_server.on("Connect").never_answer().forever()
    connection = Connection.dial("named", make_config(scripted_server.uri, channels=channels), HANG)
    with pytest.raises(ConnectError, match=r"no answer came within 0\.3 s") as raised:
        connection.connect(soon(0.3))
    assert (raised.value.alias, raised.value.reason) == ("named", "timeout")
    connection.release()


# --- when it greets its server again ---------------------------------------------------------------------------------
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("code", "greetings"), [(grpc.StatusCode.UNAVAILABLE, 1), (grpc.StatusCode.INTERNAL, 0)])
def test_a_server_that_did_not_answer_is_greeted_again_and_one_that_failed_is_not(
    scripted_server: ScriptedServer, channels: int, code: grpc.StatusCode, greetings: int
) -> None:
    client = MilvusClient(
        scripted_server.uri, alias="again", channels=channels, retry=RetryPolicy(initial_backoff=0.01)
    )
    client.list_collections()
    before = len(scripted_server.calls("Connect"))
    scripted_server.on("ShowCollections").fail(code)
    for _ in range(channels + 1):
        client.list_collections()
    assert len(scripted_server.calls("Connect")) == before + greetings


def test_a_call_goes_to_one_of_several_addresses_and_its_error_says_to_which(
    scripted_server: ScriptedServer,
) -> None:
    with ScriptedServer() as other:
        client = MilvusClient(
            f"{scripted_server.uri},{other.address}", alias="several", retry=RetryPolicy(max_retries=0)
        )
        client.list_collections()
        garbage: Any = lambda _request: Garbage()  # noqa: E731 - no message, so it has no type
        for server in (scripted_server, other):
            server.on("ShowCollections").fail(*AWAY).status(1100, "no").then(garbage).forever()
        met = set()
        for _ in range(6):
            with pytest.raises(MilvusException) as raised:
                client.list_collections()
            met.add(raised.value.address)
        assert met
        assert met <= {scripted_server.address, other.address}
        client.close()


# --- files -----------------------------------------------------------------------------------------------------------
def test_a_file_is_served_until_its_last_connection_is_closed(
    scripted_server: ScriptedServer, lite: StandInLite, file: str
) -> None:
    first, second = MilvusClient(file, alias="first"), MilvusClient(file, alias="second")
    for client in (first, second):
        assert client.list_collections() is not None
    assert (lite.started, len(scripted_server.calls("ShowCollections"))) == ([file], 2)
    first.close()
    assert lite.released == []
    assert second.list_collections() is not None
    second.close()
    assert lite.released == [file]


def test_a_connection_to_a_file_tells_the_file_and_how_long_its_server_took_to_start(
    lite: StandInLite, file: str
) -> None:
    lite.seconds = 0.2
    client = MilvusClient(file, alias="of a file")
    client.list_collections()
    assert 0.2 <= connection_of(client).start_seconds < HANG
    info = client.connection_info()
    assert (info.alias, info.address, info.host, info.port, info.channels) == ("of a file", file, file, 0, 1)
    client.close()


def test_a_start_that_took_all_the_time_of_a_call_is_named_in_its_error(
    scripted_server: ScriptedServer, lite: StandInLite, file: str
) -> None:
    client = MilvusClient(file, alias="late")
    client.close()
    lite.seconds = 0.8
    reborn: MilvusClient = pickle.loads(pickle.dumps(client))
    before = len(lite.started)
    with pytest.raises(DeadlineExceededError, match=r"before that: starting the embedded server took 0\.\d s"):
        reborn.list_collections(timeout=0.7)
    assert reborn.list_collections(timeout=HANG) is not None, "the server stays"
    assert len(lite.started) == before + 1
    reborn.close()


def test_a_start_that_left_enough_time_is_not_blamed_for_a_failure(
    scripted_server: ScriptedServer, lite: StandInLite, file: str
) -> None:
    client = MilvusClient(file, alias="in time")
    client.close()
    reborn: MilvusClient = pickle.loads(pickle.dumps(client))
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.INVALID_ARGUMENT, "no")
    with pytest.raises(MilvusException) as raised:
        reborn.list_collections(timeout=HANG)
    assert raised.value.message.endswith("[INVALID_ARGUMENT: no]")
    reborn.close()


def test_a_server_of_a_file_that_cannot_be_dialled_is_stopped_again(
    lite: StandInLite, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ConnectError(message="no socket is left")

    monkeypatch.setattr("milvusclient._sync.core.connection.open_transport", fail)
    with pytest.raises(ConnectError, match="no socket is left"):
        Connection.dial("named", make_config(file), HANG)
    assert (lite.started, lite.released) == ([file], [file])


def test_a_loop_that_ended_without_close_stops_its_servers_without_waiting(lite: StandInLite, file: str) -> None:
    connection = Connection.dial("named", make_config(file), HANG)
    connection.abandon()
    over = time.monotonic() + HANG
    while not lite.released and time.monotonic() < over:
        time.sleep(0.01)
    assert (lite.released, lite.released_in) == ([file], ["milvusclient-abandon"])
    connection.release()


def test_a_connection_to_a_server_stops_no_server_of_a_file(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[object] = []
    monkeypatch.setattr("milvusclient._sync.core.connection.embedded.stop", lambda *of: stopped.append(of))
    connection = Connection.dial("named", make_config(scripted_server.uri), HANG)
    connection.abandon()
    for thread in threading.enumerate():
        if thread.name == "milvusclient-abandon":
            thread.join()
    connection.release()

    def fail(*_: Any) -> None:
        raise ConnectError(message="no socket is left")

    monkeypatch.setattr("milvusclient._sync.core.connection.open_transport", fail)
    with pytest.raises(ConnectError, match="no socket is left"):
        Connection.dial("named", make_config(scripted_server.uri), HANG)
    assert stopped == []


def test_a_server_of_a_file_needs_more_descriptors_than_a_connection(
    scripted_server: ScriptedServer, lite: StandInLite, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(descriptors, "_FOR_A_SERVER", 512)
    connection = Connection.dial("network", make_config(scripted_server.uri), HANG)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        with pytest.raises(OutOfResourcesError):
            Connection.dial("file", make_config(file), HANG)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    assert lite.started == []
    connection.close(record_close("the test"))
    assert connection.closed is not None
