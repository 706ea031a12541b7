"""The tests' own servers: the recorder, the scripted server and the TCP proxy, talked to by plain gRPC."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import grpc
import pytest

from tests.support import facts
from tests.support.facts import Dynamic
from tests.support.patience import HANG, PROMPT
from tests.support.proxy import Mode, Proxy
from tests.support.recorder import Recorder
from tests.support.scripted import ScriptedServer


def call(
    channel: grpc.Channel,
    rpc: str,
    *,
    timeout: float | None = 10,
    metadata: tuple[tuple[str, str], ...] = (),
    **fields: object,
) -> Dynamic:
    """One unary call with the facts' messages."""
    method = facts.method(rpc)
    stub = channel.unary_unary(
        method.path,
        request_serializer=lambda request: request.SerializeToString(),
        response_deserializer=facts.message(method.response).FromString,
    )
    return stub(facts.message(method.request)(**fields), timeout=timeout, metadata=metadata)


def own_channel(address: str) -> grpc.Channel:
    """A channel with a TCP connection of its own, that tries again soon."""
    options = (
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", 50),
        ("grpc.min_reconnect_backoff_ms", 60_000),  # the least time for an attempt to connect
        ("grpc.max_reconnect_backoff_ms", 50),
        ("grpc.enable_http_proxy", 0),
    )
    return grpc.insecure_channel(address, options=options)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def channel(server: ScriptedServer) -> Iterator[grpc.Channel]:
    with own_channel(server.address) as opened:
        yield opened


def failure(raised: pytest.ExceptionInfo[grpc.RpcError]) -> tuple[grpc.StatusCode, str]:
    """Code and details of a failed call."""
    error: Dynamic = raised.value  # what a channel raises is a grpc.Call as well, which its type does not say
    return error.code(), error.details() or ""


# --- recorder --------------------------------------------------------------------------------------------------------
def test_the_recorder_answers_and_records() -> None:
    with Recorder() as recorder, own_channel(f"127.9.8.7:{recorder.port}") as channel:
        recorder.reset({"books": {"fields": [{"name": "pk", "type": "VarChar", "is_primary_key": True}]}})
        described = call(channel, "DescribeCollection", collection_name="books", metadata=(("dbname", "db1"),))
        found = call(channel, "Query", collection_name="books", output_fields=["pk"], timeout=None)

        assert [field.name for field in described.schema.fields] == ["pk"]
        assert list(found.fields_data[0].scalars.string_data.data) == ["pk1", "pk2", "pk3"]
        first, second = recorder.drain()
        assert first["rpc"].endswith("/DescribeCollection")
        assert first["headers"] == {"dbname": "db1"}
        assert first["timeout_s"] == 10
        assert "timeout_s" not in second
        assert second["body"] == {"collection_name": "books", "output_fields": ["pk"]}
        assert recorder.drain() == []


def test_the_recorder_plays_canned_faults() -> None:
    with Recorder() as recorder, own_channel(f"127.0.0.1:{recorder.port}") as channel:
        steps = [{"grpc": "PERMISSION_DENIED", "details": "no"}, {"code": 8, "reason": "slow down"}]
        recorder.reset({"books": {"faults": {"Delete": steps}}})
        with pytest.raises(grpc.RpcError) as raised:
            call(channel, "Delete", collection_name="books")
        assert failure(raised) == (grpc.StatusCode.PERMISSION_DENIED, "no")
        assert call(channel, "Delete", collection_name="books").status.code == 8
        assert call(channel, "Delete", collection_name="books").delete_cnt == 2


# --- scripted server -------------------------------------------------------------------------------------------------
def test_scripts_are_played_in_order_then_the_default(server: ScriptedServer, channel: grpc.Channel) -> None:
    server.on("GetVersion").fail(grpc.StatusCode.UNAVAILABLE, "try later").then({"version": "v9"}).rate_limit()
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, "GetVersion")
    assert failure(raised) == (grpc.StatusCode.UNAVAILABLE, "try later")
    assert call(channel, "GetVersion").version == "v9"
    assert call(channel, "GetVersion").status.code == 8
    assert call(channel, "GetVersion").version == "v3.0-recorder"
    assert len(server.calls("GetVersion")) == 4


def test_statuses_delays_and_functions(server: ScriptedServer, channel: grpc.Channel) -> None:
    server.on("DropCollection").status(100, "gone", retriable=True).times(2).then(delay=0.1)
    for _ in range(2):
        reply = call(channel, "DropCollection", collection_name="x")
        assert (reply.code, reply.reason, reply.retriable) == (100, "gone", True)
    started = time.monotonic()
    assert call(channel, "DropCollection", collection_name="x").code == 0
    assert time.monotonic() - started >= 0.1

    answer = facts.message("BoolResponse")
    server.on("HasPartition").then(lambda request: answer(value=request.partition_name == "p")).forever()
    assert [call(channel, "HasPartition", partition_name=name).value for name in "pqp"] == [True, False, True]


def test_a_script_for_everything(server: ScriptedServer, channel: grpc.Channel) -> None:
    server.on("*").fail(grpc.StatusCode.UNAUTHENTICATED).forever()
    for rpc in ("Search", "ListDatabases"):
        with pytest.raises(grpc.RpcError) as raised:
            call(channel, rpc)
        assert failure(raised)[0] is grpc.StatusCode.UNAUTHENTICATED
    server.forget_scripts()
    assert list(call(channel, "ListDatabases").db_names) == ["default", "db1"]


def test_no_answer_ends_with_the_deadline(server: ScriptedServer, channel: grpc.Channel) -> None:
    server.on("Search").never_answer()
    started = time.monotonic()
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, "Search", timeout=0.3)
    assert failure(raised)[0] is grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0.2 < time.monotonic() - started < PROMPT
    deadline = server.calls("Search")[0].deadline
    assert deadline is not None
    assert deadline <= 0.35  # gRPC rounds up what it puts on the wire


def test_requests_are_kept_with_headers_and_peer(server: ScriptedServer, channel: grpc.Channel) -> None:
    call(channel, "ShowCollections", metadata=(("authorization", "abc"),), timeout=None)
    (received,) = server.wait_for("ShowCollections")
    assert received.headers == {"authorization": "abc"}
    assert received.deadline is None
    assert received.peer.startswith("ipv4:127.0.0.1:")
    with pytest.raises(TimeoutError, match="Flush"):
        server.wait_for("Flush", timeout=0.01)
    with pytest.raises(KeyError):
        server.on("NoSuchCall")


def test_stop_and_start_on_the_same_port(server: ScriptedServer, channel: grpc.Channel) -> None:
    call(channel, "GetVersion")
    before = server.uri
    server.stop()
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, "GetVersion")
    assert failure(raised)[0] is grpc.StatusCode.UNAVAILABLE
    server.start()
    assert server.uri == before
    grpc.channel_ready_future(channel).result(timeout=HANG)
    assert call(channel, "GetVersion").version
    assert server.connections == 2


# --- proxy -----------------------------------------------------------------------------------------------------------
def test_connections_are_counted(server: ScriptedServer) -> None:
    channels = [own_channel(server.address) for _ in range(3)]
    for channel in channels:
        call(channel, "GetVersion")
        call(channel, "GetVersion")
    assert (server.connections, server.proxy.open) == (3, 3)
    for channel in channels:
        channel.close()
    wait_until(lambda: server.proxy.open == 0)
    assert server.connections == 3


@pytest.mark.parametrize("ending", ["cut", "reset"])
def test_a_cut_connection_is_opened_again(server: ScriptedServer, channel: grpc.Channel, ending: str) -> None:
    call(channel, "GetVersion")
    server.on("Search").never_answer()
    pending = futures_search(channel)
    server.wait_for("Search")
    assert getattr(server.proxy, ending)() == 1
    assert pending.exception(timeout=HANG) is not None
    wait_until(lambda: server.proxy.open == 0)
    grpc.channel_ready_future(channel).result(timeout=HANG)
    assert call(channel, "GetVersion").version
    assert server.connections == 2


def futures_search(channel: grpc.Channel) -> Dynamic:
    method = facts.method("Search")
    stub: Dynamic = channel.unary_unary(
        method.path,
        request_serializer=lambda request: bytes(request.SerializeToString()),
        response_deserializer=facts.message(method.response).FromString,
    )
    return stub.future(facts.message("SearchRequest")(), timeout=10)


def test_held_replies_reached_the_server(server: ScriptedServer, channel: grpc.Channel) -> None:
    call(channel, "GetVersion")
    server.proxy.hold_replies()
    pending = futures_search(channel)
    server.wait_for("Search")
    assert not pending.done()
    server.proxy.resume()
    pending.result(timeout=HANG)

    server.proxy.stall()
    pending = futures_search(channel)
    with pytest.raises(TimeoutError):
        server.wait_for("Search", 2, timeout=0.2)
    server.proxy.resume()
    pending.result(timeout=HANG)


def test_refusing_and_restarting(server: ScriptedServer) -> None:
    server.proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.proxy.port))
    server.proxy.restart()
    with own_channel(server.address) as channel:
        assert call(channel, "GetVersion").version


def test_black_holes_and_resets() -> None:
    with ScriptedServer() as server:
        server.proxy.mode = Mode.BLACK_HOLE
        with own_channel(server.address) as channel, pytest.raises(grpc.RpcError) as raised:
            call(channel, "GetVersion", timeout=0.3)
        assert failure(raised)[0] in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)
        server.proxy.mode = Mode.RESET
        with own_channel(server.address) as channel, pytest.raises(grpc.RpcError) as raised:
            call(channel, "GetVersion", timeout=2)
        assert failure(raised)[0] is grpc.StatusCode.UNAVAILABLE
        assert server.requests == []
        assert server.connections >= 2


def test_delay_and_a_dead_target() -> None:
    with ScriptedServer() as server, own_channel(server.address) as channel:
        call(channel, "GetVersion")
        server.proxy.delay = 0.1
        started = time.monotonic()
        call(channel, "GetVersion")
        assert time.monotonic() - started >= 0.2
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with Proxy(unused.getsockname()) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.settimeout(5)
            assert client.recv(1) == b""


def wait_until(condition: object, timeout: float = HANG) -> None:
    assert callable(condition)
    over = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < over, "the condition did not come true"
        time.sleep(0.01)
