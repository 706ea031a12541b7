"""Many connections, large messages, and replies that are newer than this client."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.pool import MAX_CONNECTIONS, Pool
from milvusclient.config.settings import ConnectionConfig, make_config
from milvusclient.exceptions import ConnectionConfigException, ConnectionLimitException, ReplyError
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.errors import CloseRecord
from milvusclient.runtime.callsite import record_close
from tests.support import facts
from tests.support.facts import Dynamic
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled
from tests.support.usage import Usage, needs_proc


# --- 65,536 ----------------------------------------------------------------------------------------------------------
class StandIn:
    """A connection without a channel."""

    def __init__(self, config: ConnectionConfig) -> None:
        self.config = config
        self.is_open = True

    start_seconds = 0.0

    @classmethod
    def dial(cls, alias: str, config: ConnectionConfig, timeout: float) -> StandIn:  # noqa: ARG003 - its shape
        return cls(config)

    def connect(self, deadline: Deadline) -> None:
        pass

    def release(self) -> None:
        self.is_open = False

    def close(self, closed: CloseRecord) -> None:  # noqa: ARG002 - the shape of a connection
        self.release()


def test_entry_65537_is_a_clear_error_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient._sync.core.pool.Connection", StandIn)
    pool = Pool()
    config = make_config("http://localhost:19530")
    assert MAX_CONNECTIONS == 65_536
    for number in range(MAX_CONNECTIONS):
        pool.open(f"alias-{number}", config, UNBOUNDED)

    with pytest.raises(ConnectionLimitException, match="65,536 connections are open, which is the limit") as raised:
        pool.open("one more", config, UNBOUNDED)

    assert isinstance(raised.value, ConnectionConfigException)
    assert pool.lookup("one more") is None
    assert len(pool.aliases()) == MAX_CONNECTIONS
    first = pool.open("alias-0", config, UNBOUNDED)
    assert first is pool.lookup("alias-0"), "those that are open can be joined"
    assert pool.close("alias-7", record_close("the test"))
    pool.open("one more", config, UNBOUNDED)
    with pytest.raises(ConnectionLimitException):
        pool.open("alias-7", config, UNBOUNDED)


# --- many aliases ----------------------------------------------------------------------------------------------------
ALIASES = scaled(1_000, 100)


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many open files as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4_096:
        pytest.skip(f"this machine allows {hard} open files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4_096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@needs_proc
@pytest.mark.slow
@pytest.mark.soak
def test_each_of_many_aliases_is_a_connection(many_files: None) -> None:
    with ScriptedServer(workers=4) as server:
        before = Usage.now()
        clients = [MilvusClient(server.direct_uri, alias=f"c{number}") for number in range(ALIASES)]
        for client in clients:
            client.list_collections()

        peers = {call.peer for call in server.calls("ShowCollections")}
        assert len(peers) == ALIASES
        open_now = Usage.now()
        # Both ends are in this process.
        assert 2 * ALIASES - 20 <= open_now.sockets - before.sockets <= 2 * ALIASES + 20, (
            "some of before may have closed meanwhile"
        )
        assert open_now.threads - before.threads <= 16, "threads do not grow with the connections"
        megabytes = open_now.megabytes - before.megabytes
        print(f"{ALIASES} aliases, both ends: {open_now.sockets - before.sockets} sockets, {megabytes:.0f} MB")  # noqa: T201 - the figures are asked for
        assert megabytes < 200

        server.forget_requests()
        for client in reversed(clients):
            client.list_collections()
        assert {call.peer for call in server.calls("ShowCollections")} == peers
        for client in clients:
            client.close()
        # gRPC keeps some of the threads that it added while a thousand connections were open.
        before.check(before.settled(), more_megabytes=200, more_threads=16)


# --- large messages --------------------------------------------------------------------------------------------------
MEGABYTE = 1 << 20
LARGE: dict[str, Any] = {
    "large": {
        "fields": [
            {"name": "id", "type": "Int64", "is_primary_key": True},
            {"name": "text", "type": "VarChar", "type_params": {"max_length": str(2 * MEGABYTE)}},
            {"name": "vector", "type": "FloatVector", "type_params": {"dim": "2"}},
        ]
    }
}


def large_reply(rows: int) -> Dynamic:
    """A query's reply with a text of 1 MB in each row."""
    texts = ["y" * MEGABYTE] * rows
    fields = [
        {"type": 5, "field_name": "id", "scalars": {"long_data": {"data": list(range(rows))}}},
        {"type": 21, "field_name": "text", "scalars": {"string_data": {"data": texts}}},
    ]
    return facts.message("milvus.proto.milvus.QueryResults")(
        collection_name="large", fields_data=fields, output_fields=["id", "text"], primary_field_name="id"
    )


@pytest.mark.slow
@pytest.mark.soak
def test_large_messages_in_and_out() -> None:
    rows = scaled(200, 70)  # of a megabyte each; 64 is a limit of many servers
    with ScriptedServer(LARGE, workers=4) as server:
        client = MilvusClient(server.uri)
        text = "x" * MEGABYTE
        data = [{"id": number, "text": text, "vector": [0.5, 0.5]} for number in range(rows)]

        started = time.monotonic()
        assert (client.insert("large", data, timeout=120))["insert_count"] == rows
        sent = time.monotonic() - started

        (call,) = server.calls("Insert")
        assert call.message.ByteSize() > rows * MEGABYTE
        server.forget_requests()
        del call
        info = client.connection_info()
        assert info.bytes_sent > rows * MEGABYTE

        server.on("Query").then(large_reply(rows))
        started = time.monotonic()
        found = client.query("large", filter="id >= 0", output_fields=["text"], timeout=120)
        print(f"{rows} MB through the proxy of the tests: out {sent:.1f} s, in {time.monotonic() - started:.1f} s")  # noqa: T201 - the figures are asked for

        assert len(found) == rows
        assert {len(row["text"]) for row in found} == {MEGABYTE}
        assert (client.connection_info()).bytes_received > rows * MEGABYTE


# --- newer than this client ------------------------------------------------------------------------------------------
def with_unknown_fields(message: Dynamic) -> Dynamic:
    """The message with fields that nobody knows: a varint, a fixed64, bytes, a fixed32."""
    unknown = b"\xf8\xff\x07\x05" + b"\xf9\xff\x07" + b"8bytes.." + b"\xfa\xff\x07\x03abc" + b"\xfd\xff\x07" + b"4444"
    return facts.message(message.DESCRIPTOR.full_name).FromString(message.SerializeToString() + unknown)


def test_a_reply_with_fields_that_this_client_does_not_know_is_read(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    status = facts.message("milvus.proto.common.Status")
    names = facts.message("milvus.proto.milvus.ShowCollectionsResponse")
    scripted_server.on("ShowCollections").then(
        with_unknown_fields(names(status=with_unknown_fields(status()), collection_names=["books"]))
    )
    assert client.list_collections() == ["books"]

    scripted_server.on("Query").then(with_unknown_fields(large_reply(0)))
    assert list(client.query("any", filter="id >= 0")) == []

    scripted_server.on("CreateAlias").then(with_unknown_fields(status()))
    client.create_alias("books", "b")


def test_an_unknown_value_of_a_known_enumeration_is_a_clear_error(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    state = facts.message("milvus.proto.milvus.GetLoadStateResponse")
    scripted_server.on("GetLoadState").then(state.FromString(b"\x10\x63"))
    with pytest.raises(ReplyError, match="unknown load state 99"):
        client.get_load_state("books")
