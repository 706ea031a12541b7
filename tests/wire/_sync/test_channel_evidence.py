"""A single channel: how it greets its server, what it counts, and when it takes no more calls."""

from __future__ import annotations

import socket
import time
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy, rpc
from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.channel import Channel, _proxy_variable
from milvusclient._sync.core.connection import Connection
from milvusclient._sync.core.pool import current_pool
from milvusclient._version import __version__
from milvusclient.config.settings import make_config
from milvusclient.exceptions import ConnectError, DeadlineExceededError, MilvusException, MilvusUnavailableException
from milvusclient.policy.channels import LARGE
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.runtime.concurrency import Abandoned, in_thread
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.together import Running, Together

AWAY = (grpc.StatusCode.UNAVAILABLE, "away")
ONCE = RetryPolicy(max_retries=0)
ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}
MESSAGE_ID = {"id": "m0", "wal_name": "Pulsar"}
REPLACED = Failure("UNAVAILABLE", "the channel was replaced by a new one", sent=False)


def opened(server: ScriptedServer, **settings: Any) -> MilvusClient:
    """A client whose connection is open, and whose schema of "c" is known."""
    client = MilvusClient(server.uri, alias="channel", **settings)
    client._collection("c")
    return client


def channel_of(client: MilvusClient) -> Channel:
    """The channel of a client's open connection."""
    connection = current_pool().lookup(client.alias)
    assert connection is not None
    return connection.pick()


def soon(seconds: float = HANG) -> Deadline:
    """A deadline."""
    return Deadline.start(seconds, time.monotonic())


# --- how it greets its server ----------------------------------------------------------------------------------------
def test_the_greeting_says_who_and_where_the_client_is(scripted_server: ScriptedServer) -> None:
    opened(scripted_server, timeout=5)
    (greeting,) = scripted_server.calls("Connect")
    told = greeting.message.client_info
    assert (told.sdk_type, told.sdk_version, told.host) == ("Python", __version__, socket.gethostname())
    moment = time.mktime(time.strptime(told.local_time, "%Y-%m-%d %H:%M:%S"))
    assert abs(moment - time.time()) < 300
    assert greeting.deadline is not None
    assert greeting.deadline <= 6, "gRPC rounds up"


def test_a_function_is_asked_for_the_token_and_the_identifier_stays(scripted_server: ScriptedServer) -> None:
    tokens = iter(["first", "second", "third", "fourth", "fifth"])
    client = MilvusClient(scripted_server.uri, token=lambda: next(tokens))
    client.list_collections()
    client.list_collections()
    one, other = scripted_server.calls("ShowCollections")
    assert one.headers["identifier"] == other.headers["identifier"] == "4242"
    assert one.headers["authorization"] != other.headers["authorization"]


def test_without_credentials_no_header_has_any(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    client.list_collections()
    for call in (*scripted_server.calls("Connect"), *scripted_server.calls("ShowCollections")):
        assert "authorization" not in call.headers
    assert channel_of(client).fresh_metadata() == channel_of(client).metadata == (("identifier", "4242"),)


@pytest.mark.parametrize(("code", "legacy"), [(2, "NotReadyServe"), (0, "NotReadyServe"), (2, "Success")])
def test_a_server_that_is_not_ready_is_an_error_with_its_own_words(
    scripted_server: ScriptedServer, code: int, legacy: str
) -> None:
    scripted_server.on("Connect").status(code, "starting", error_code=legacy, retriable=True).forever()
    connection = Connection.dial("named", make_config(scripted_server.uri), HANG)
    with pytest.raises(ConnectError, match="is not ready and says 'starting'") as raised:
        connection.connect(soon())
    assert (raised.value.alias, raised.value.address) == ("named", scripted_server.address)
    cause = raised.value.__cause__
    assert isinstance(cause, MilvusException)
    assert (cause.code, cause.message, cause.retriable) == (code, "starting", True)
    assert cause.compatible_code == (0 if legacy == "Success" else 56)
    connection.release()


def test_a_server_that_says_why_it_refuses_is_not_asked_about_tls(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "who are you")
    connection = Connection.dial("named", make_config(scripted_server.uri), HANG)
    with pytest.raises(ConnectError, match="the server refused the credentials") as raised:
        connection.connect(soon())
    assert raised.value.reason == "authentication"
    assert scripted_server.connections == 1, "a question about TLS takes a connection of its own"
    connection.release()


def test_each_request_tells_the_server_how_long_it_is_waited_for(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, alias="channel")
    client.insert("c", ROW, timeout=5)
    client.list_collections(timeout=5)
    for operation in ("DescribeCollection", "Insert", "ShowCollections"):
        (call,) = scripted_server.calls(operation)
        assert call.deadline is not None
        assert call.deadline <= 6, "gRPC rounds up"


def test_a_channel_has_something_to_see_to_until_it_is_watched_and_when_it_is_retired(
    scripted_server: ScriptedServer,
) -> None:
    connection = Connection.dial("named", make_config(scripted_server.uri), HANG)
    assert connection.pick().is_settled is False
    connection.release()
    client = opened(scripted_server)
    channel = channel_of(client)
    scripted_server.on("ShowCollections").never_answer()
    listing = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("ShowCollections"))
    settled = [channel.is_settled]
    channel.retire()
    assert [*settled, channel.is_settled] == [True, False]
    client.close()
    Together.failure(listing)


def test_a_call_that_finds_its_server_not_ready_says_so(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, retry=ONCE)
    scripted_server.on("ShowCollections").fail(*AWAY)
    with pytest.raises(MilvusUnavailableException):
        client.list_collections()
    scripted_server.on("Connect").status(2, "starting")
    with pytest.raises(MilvusUnavailableException, match="UNAVAILABLE: cannot connect .* says 'starting'"):
        client.list_collections()
    assert client.list_collections() is not None, "the next call greets it again"


def test_a_greeting_that_is_not_answered_is_named_as_that(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient._sync.core.channel._LONGEST_HANDSHAKE", 0.2)
    client = opened(scripted_server, retry=ONCE)
    channel_of(client).invalidate_handshake(channel_of(client).valid_handshake)
    scripted_server.on("Connect").never_answer()
    with pytest.raises(MilvusUnavailableException) as raised:
        client.list_collections()
    assert "[UNAVAILABLE: the server did not answer the handshake in time]" in raised.value.message
    assert client.list_collections() is not None


def test_a_call_whose_time_is_up_while_another_one_greets_the_server_says_so(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server)
    channel_of(client).invalidate_handshake(channel_of(client).valid_handshake)
    scripted_server.forget_requests()
    scripted_server.on("Connect").never_answer()
    patient = Running(lambda: client.list_collections(timeout=HANG))
    in_thread(lambda: scripted_server.wait_for("Connect"))
    assert channel_of(client).is_handshaking
    assert channel_of(client).is_waited_for
    with pytest.raises(DeadlineExceededError) as raised:
        client.list_collections(timeout=0.2)
    assert "DEADLINE_EXCEEDED: the time was up before the server answered the handshake" in raised.value.message
    client.close()
    Together.failure(patient)


def test_a_greeting_that_its_own_call_gives_up_is_made_again_for_the_others(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server)
    channel_of(client).invalidate_handshake(channel_of(client).valid_handshake)
    scripted_server.forget_requests()
    scripted_server.on("Connect").never_answer()
    hasty = Running(lambda: client.list_collections(timeout=0.9))
    in_thread(lambda: scripted_server.wait_for("Connect"))
    patient = Running(lambda: client.list_collections(timeout=HANG))
    with pytest.raises(DeadlineExceededError):
        hasty.result()
    assert patient.result() is not None
    assert len(scripted_server.calls("Connect")) == 2


def test_calls_that_wait_for_a_greeting_that_fails_are_told_why(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, retry=ONCE)
    channel_of(client).invalidate_handshake(channel_of(client).valid_handshake)
    scripted_server.forget_requests()
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAVAILABLE, "not today", delay=0.3)
    first = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("Connect"))
    for error in (*Together.failures(client.list_collections, 1), Together.failure(first)):
        assert isinstance(error, MilvusUnavailableException)
        assert "[UNAVAILABLE: not today]" in error.message
        assert error.ambiguous is False
    assert len(scripted_server.calls("Connect")) == 1


def test_greetings_have_numbers_and_an_old_one_says_nothing_of_a_new_one(scripted_server: ScriptedServer) -> None:
    channel = channel_of(opened(scripted_server))
    first, answers = channel.valid_handshake, channel.answers
    assert first > 0
    assert channel.ensure_handshake(UNBOUNDED) == first, "it is valid, so none is made"
    channel.invalidate_handshake(first)
    assert (channel.valid_handshake, channel.info().state) == (0, "unavailable")
    second = channel.ensure_handshake(soon())
    assert second == channel.valid_handshake == first + 1
    channel.invalidate_handshake(first)
    assert (channel.valid_handshake, channel.info().state) == (second, "ready")
    channel.invalidate_handshake(second)
    assert channel.ensure_handshake(soon()) == second + 1
    assert not channel.is_handshaking
    assert len(scripted_server.calls("Connect")) == 3
    assert channel.answers == answers + 2, "the silence on a channel ends with a greeting, too"


# --- what it counts --------------------------------------------------------------------------------------------------
def test_a_channel_tells_its_state_and_its_age(scripted_server: ScriptedServer) -> None:
    before = time.monotonic()
    client = opened(scripted_server)
    channel = channel_of(client)
    info = channel.info()
    assert (info.address, info.state, info.in_flight, info.calls) == (scripted_server.address, "ready", 0, 1)
    assert 0 <= info.age <= time.monotonic() - before
    answers = channel.answers
    client.list_collections()
    assert channel.answers == answers + 1
    assert not channel.is_waited_for


def test_a_large_request_weighs_more_while_it_is_under_way(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    channel = channel_of(client)
    answers = channel.answers
    scripted_server.on("Query").never_answer()
    query = Running(lambda: client.query("c", filter="id in [" + "1, " * LARGE + "1]"))
    in_thread(lambda: scripted_server.wait_for("Query"))
    size = len(scripted_server.calls("Query")[0].message.SerializeToString())
    assert channel.load == 1 + size // LARGE
    assert channel.is_waited_for
    assert channel.answers == answers
    client.close()
    Together.failure(query)
    assert channel.load == 0


def test_a_stream_is_one_call_with_the_bytes_of_all_its_replies(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    for _ in client.dump_messages("p0", MESSAGE_ID, timeout=5):
        pass
    (call,) = scripted_server.calls("DumpMessages")
    assert call.deadline is not None
    assert call.deadline <= 6, "gRPC rounds up"
    channel, request = channel_of(client), call.message.SerializeToString()
    before = client.connection_info()
    replies = [reply for reply in channel.stream(rpc.DUMP_MESSAGES, request, channel.metadata, None)]
    after = client.connection_info()
    assert len(replies) == 2
    assert after.bytes_received - before.bytes_received == sum(len(reply) for reply in replies)
    assert (after.bytes_sent - before.bytes_sent, after.in_flight) == (len(request), 0)
    assert (after.operations["DumpMessages"].calls, after.operations["DumpMessages"].errors) == (2, 0)


def test_a_stream_that_breaks_is_one_call_that_failed(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("DumpMessages").fail(grpc.StatusCode.INTERNAL, "broken")
    with pytest.raises(MilvusException, match="broken"):
        for _ in client.dump_messages("p0", MESSAGE_ID):
            pass
    info = client.connection_info()
    assert (info.calls, info.errors, info.in_flight) == (2, 1, 0)
    assert (info.operations["DumpMessages"].calls, info.operations["DumpMessages"].errors) == (1, 1)


def test_a_channel_that_another_one_replaced_takes_no_more_calls_and_counts_none(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server)
    channel = channel_of(client)
    before = client.connection_info()
    channel.retire()
    assert channel.info().state == "draining"
    with pytest.raises(RpcFailure) as raised:
        channel.call(rpc.SHOW_COLLECTIONS, b"abc", (), None)
    assert raised.value.failure == REPLACED
    with pytest.raises(RpcFailure) as raised:
        for _ in channel.stream(rpc.DUMP_MESSAGES, b"abc", (), None):
            pass
    assert raised.value.failure == REPLACED
    after = client.connection_info()
    assert (after.calls, after.in_flight, after.bytes_sent) == (before.calls, 0, before.bytes_sent)
    assert (scripted_server.calls("ShowCollections"), scripted_server.calls("DumpMessages")) == ([], [])


@pytest.mark.parametrize("operation", ["ShowCollections", "Insert"])
def test_a_call_that_the_server_does_not_know_ended_and_took_its_time(
    scripted_server: ScriptedServer, operation: str
) -> None:
    client = opened(scripted_server, retry=ONCE)
    received = channel_of(client).counters.bytes_received
    scripted_server.on(operation).fail(grpc.StatusCode.UNIMPLEMENTED, "unknown method", delay=0.05)
    with pytest.raises(MilvusException, match="unknown method"):
        (client.insert("c", ROW) if operation == "Insert" else client.list_collections())
    info = client.connection_info()
    counted = info.operations[operation]
    assert (counted.calls, counted.errors, info.in_flight) == (1, 1, 0)
    assert 0.04 < counted.seconds < HANG
    assert info.bytes_received == received


# --- going on over another transport ---------------------------------------------------------------------------------
def another(channel: Channel) -> Channel:
    """A new channel to the same server, which has greeted it."""
    fresh = channel.another()
    assert (fresh.alias, fresh.config) == (channel.alias, channel.config)
    fresh.greet(soon())
    return fresh


def test_an_insert_is_answered_over_the_old_transport_which_is_closed_then(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server)
    channel = channel_of(client)
    before = channel.valid_handshake
    scripted_server.on("Insert").then(delay=0.3)
    insert = Running(lambda: client.insert("c", ROW))
    in_thread(lambda: scripted_server.wait_for("Insert"))
    old = channel.transport
    channel.take_over(another(channel))
    assert channel.transport is not old
    drained = [channel.has_drained]
    assert channel.valid_handshake == before + 1
    assert (insert.result())["insert_count"] == 1
    drained.append(channel.has_drained)
    channel.drain()
    assert [*drained, channel.has_drained] == [False, True, False]
    with pytest.raises(RpcFailure):
        old.call(rpc.SHOW_COLLECTIONS.path, b"", (), HANG)
    assert client.list_collections() is not None
    assert len(scripted_server.calls("Insert")) == 1
    assert (client.insert("c", ROW))["insert_count"] == 1, "over the new one"


def test_a_close_closes_the_transports_that_were_replaced_too(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    channel = channel_of(client)
    scripted_server.on("Insert").never_answer()
    insert = Running(lambda: client.insert("c", ROW))
    in_thread(lambda: scripted_server.wait_for("Insert"))
    old = channel.transport
    channel.take_over(another(channel))
    client.close()
    assert Together.failure(insert) is not None
    for transport in (old, channel.transport):
        with pytest.raises(RpcFailure):
            transport.call(rpc.SHOW_COLLECTIONS.path, b"", (), HANG)


def test_a_read_is_sent_again_over_the_new_transport(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer()
    listing = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("ShowCollections"))
    channel_of(client).take_over(another(channel_of(client)))
    assert listing.result() is not None
    assert not channel_of(client).has_drained, "nothing is awaited over the old one"


def test_a_new_transport_has_greeted_its_server_so_no_call_does(scripted_server: ScriptedServer) -> None:
    channel = channel_of(opened(scripted_server))
    channel.invalidate_handshake(channel.valid_handshake)
    channel.take_over(another(channel))
    scripted_server.forget_requests()
    assert channel.ensure_handshake(soon()) == channel.valid_handshake == 2
    assert scripted_server.calls("Connect") == []
    assert channel.metadata == (("identifier", "4242"),)


def test_a_greeting_over_the_old_transport_says_nothing_of_the_new_one(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    channel = channel_of(client)
    channel.invalidate_handshake(channel.valid_handshake)
    scripted_server.forget_requests()
    scripted_server.on("Connect").never_answer()
    listing = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("Connect"))
    channel.take_over(another(channel))
    assert listing.result() is not None
    assert channel.info().state == "ready"
    assert len(scripted_server.calls("Connect")) == 2


class Interrupting:
    """A transport at which Ctrl-C is pressed in the middle of the greeting."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        #: The greeting for which other calls wait.
        self.awaited: Any = None

    def call(self, *_: Any) -> bytes:
        self.awaited, is_mine = self._channel._join_or_start()
        assert not is_mine
        raise KeyboardInterrupt


def test_a_greeting_that_is_interrupted_is_made_by_the_next_call(scripted_server: ScriptedServer) -> None:
    channel = channel_of(opened(scripted_server))
    channel.invalidate_handshake(channel.valid_handshake)
    real, interrupting = channel.transport, Interrupting(channel)
    channel.transport = interrupting  # type: ignore[assignment]  # no more of a transport is used
    with pytest.raises(KeyboardInterrupt):
        channel.ensure_handshake(UNBOUNDED)
    channel.transport = real
    with pytest.raises(Abandoned):
        interrupting.awaited.wait(0)
    assert (channel.is_handshaking, channel.info().state) == (False, "unavailable")
    assert channel.ensure_handshake(soon()) == 2


# --- proxies ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({}, ""),
        ({"http_proxy": "http://p:1"}, "http_proxy"),
        ({"http_proxy": "http://p:1", "https_proxy": "http://p:1"}, "https_proxy"),
        ({"http_proxy": "http://p:1", "https_proxy": "http://p:1", "grpc_proxy": "http://p:1"}, "grpc_proxy"),
        ({"http_proxy": "http://p:1", "grpc_proxy": ""}, "http_proxy"),
        ({"http_proxy": "http://p:1", "no_proxy": "db.example"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "other, .example ,"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "example"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "other,db.example"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "Xdb.example"}, "http_proxy"),
        ({"http_proxy": "http://p:1", "no_proxy": "b.example"}, "http_proxy"),
        ({"http_proxy": "http://p:1", "no_proxy": ","}, "http_proxy"),
        ({"http_proxy": "http://p:1", "no_proxy": "db.example", "no_grpc_proxy": "other"}, "http_proxy"),
        ({"http_proxy": "http://p:1", "no_grpc_proxy": "db.example"}, ""),
    ],
)
def test_the_variable_is_known_that_makes_grpc_use_a_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], variable: str
) -> None:
    for name in ("grpc_proxy", "https_proxy", "http_proxy", "no_grpc_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _proxy_variable(make_config("http://db.example")) == variable
    assert _proxy_variable(make_config("http://127.0.0.1")) == "", "gRPC reaches this machine without"
    assert _proxy_variable(make_config("http://db.example", grpc_options={"grpc.enable_http_proxy": False})) == ""


def test_a_proxy_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("grpc_proxy", "https_proxy", "no_grpc_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nothing listens
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{taken.getsockname()[1]}")
        connection = Connection.dial("named", make_config("http://db.example"), HANG)
        assert connection.pick().has_proxy
        with pytest.raises(ConnectError, match="the proxy of the environment variable http_proxy; add") as raised:
            connection.connect(soon())
        assert (raised.value.reason, raised.value.alias) == ("proxy", "named")
        connection.release()
