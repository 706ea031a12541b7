"""One call: its headers, its deadline, when it is sent again, and what its error says."""

from __future__ import annotations

import pickle
import time
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy
from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import (
    AuthenticationError,
    ConnectionConfigException,
    ConnectionNotExistException,
    DeadlineExceededError,
    ErrorCode,
    MilvusException,
    MilvusUnavailableException,
    ParamError,
    ReplyError,
    UnimplementedError,
)
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.patience import PROMPT
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.together import AsyncClock, AsyncRunning, AsyncTogether

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}


async def opened(server: ScriptedServer, *, retry: RetryPolicy | None = None, token: str = "") -> AsyncMilvusClient:
    """A client whose connection is open, and whose schema of "c" is known."""
    client = AsyncMilvusClient(server.uri, token=token, retry=retry)
    await client._collection("c")
    return client


# --- headers ---------------------------------------------------------------------------------------------------------
async def test_every_call_carries_its_headers_and_the_handshake_only_the_credentials(
    scripted_server: ScriptedServer,
) -> None:
    client = AsyncMilvusClient(scripted_server.uri, token="root:Milvus", db_name="books")
    await client.list_collections()

    (connect,) = scripted_server.calls("Connect")
    (call,) = scripted_server.calls("ShowCollections")
    assert set(connect.headers) == {"authorization"}
    assert set(call.headers) == {
        "dbname", "client-request-id", "client-request-unixmsec", "identifier", "authorization",
    }  # fmt: skip
    assert call.headers["dbname"] == "books"
    assert call.headers["identifier"] == "4242"


async def test_a_request_id_rides_on_its_call_only(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.query("c", ids=[1], client_request_id="trace-1")
    await client.query("c", ids=[1])
    assert [call.headers["client-request-id"] for call in scripted_server.calls("Query")] == ["trace-1", ""]


async def test_what_no_header_can_carry_is_refused_before_anything_is_sent(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    with pytest.raises(ParamError, match="client_request_id"):
        await client.query("c", ids=[1], client_request_id="grüße")
    with pytest.raises(ConnectionConfigException, match="db_name must consist of printable ASCII"):
        AsyncMilvusClient(scripted_server.uri, db_name="bücher")
    with pytest.raises(ConnectionConfigException, match="db_name must consist of printable ASCII"):
        await client.use_database("bücher")
    assert scripted_server.calls("Query") == []


@pytest.mark.parametrize("wrong", [{"user": ["root"]}, {"password": 5}, {"db_name": {}}, {"token": 7}])
async def test_what_is_no_text_is_refused_whatever_it_is(wrong: dict[str, Any]) -> None:
    """The configurations of most clients are kept in a cache, which cannot hold everything."""
    (name,) = wrong
    with pytest.raises(ConnectionConfigException, match=f"{name} must be a str"):
        AsyncMilvusClient("http://localhost:19530", **{"user": "root", "password": "x", **wrong})


# --- deadlines -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("timeout", [1, 0.3])
async def test_a_silent_server_is_given_up_at_the_deadline(scripted_server: ScriptedServer, timeout: float) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer()

    started = time.monotonic()
    with pytest.raises(DeadlineExceededError, match="deadline of") as raised:
        await client.list_collections(timeout=timeout)

    assert timeout - 0.1 < time.monotonic() - started < timeout + PROMPT
    assert raised.value.code == ErrorCode.RPC_DEADLINE_EXCEEDED
    assert not raised.value.ambiguous, "a read changes nothing"
    assert scripted_server.address in str(raised.value)


async def test_the_deadline_covers_connecting(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.close()
    late = pickle.loads(pickle.dumps(client))  # connects at its first call
    scripted_server.on("Connect").never_answer().forever()

    started = time.monotonic()
    with pytest.raises(DeadlineExceededError, match="cannot connect") as raised:
        await late.list_collections(timeout=0.3)

    assert time.monotonic() - started < PROMPT
    assert raised.value.code == ErrorCode.RPC_DEADLINE_EXCEEDED


async def test_the_deadline_covers_all_attempts_and_names_what_went_wrong(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE, "no proxy is alive").forever()

    started = time.monotonic()
    # The time may end between two attempts or within one.
    with pytest.raises((MilvusUnavailableException, DeadlineExceededError), match="no proxy is alive") as raised:
        await client.list_collections(timeout=1)

    assert time.monotonic() - started < PROMPT
    assert raised.value.attempts > 2


async def test_each_attempt_gets_only_what_is_left(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE, delay=0.5)
    await client.list_collections(timeout=8)
    first, second = (call.deadline for call in scripted_server.calls("ShowCollections"))
    assert first is not None
    assert second is not None
    assert second < first - 0.4


@pytest.mark.parametrize("timeout", [float("inf"), 1e12])
async def test_a_timeout_beyond_all_clocks_is_no_limit(scripted_server: ScriptedServer, timeout: float) -> None:
    client = await opened(scripted_server)
    assert await client.list_collections(timeout=timeout) is not None


@pytest.mark.parametrize("timeout", [0, -1, "5", True, float("nan")])
async def test_what_is_no_timeout_is_refused(scripted_server: ScriptedServer, timeout: float) -> None:
    client = await opened(scripted_server)
    with pytest.raises(ParamError, match="timeout must be"):
        await client.list_collections(timeout=timeout)
    with pytest.raises(ParamError, match="timeout must be"):
        AsyncMilvusClient(scripted_server.uri, timeout=timeout)
    assert scripted_server.calls("ShowCollections") == []


# --- sending again ---------------------------------------------------------------------------------------------------
async def test_a_read_is_sent_again_until_it_is_answered(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).times(3)
    assert await client.list_collections() is not None
    assert len(scripted_server.calls("ShowCollections")) == 4


async def test_an_insert_whose_reply_was_lost_is_not_sent_again_and_says_ambiguous(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "socket closed")

    with pytest.raises(MilvusUnavailableException, match="ambiguous.*check before you repeat") as raised:
        await client.insert("c", ROW)

    assert raised.value.ambiguous
    assert len(scripted_server.calls("Insert")) == 1


async def test_an_insert_that_was_cut_is_not_sent_again(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").never_answer()
    insert = AsyncRunning(lambda: client.insert("c", ROW, timeout=20))
    await async_in_thread(lambda: scripted_server.wait_for("Insert"))

    scripted_server.proxy.cut()

    with pytest.raises(MilvusUnavailableException) as raised:
        await insert.result()
    assert raised.value.ambiguous
    assert len(scripted_server.calls("Insert")) == 1


async def test_an_upsert_and_a_delete_are_sent_again(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    for rpc in ("Upsert", "Delete"):
        scripted_server.on(rpc).fail(grpc.StatusCode.UNAVAILABLE, "socket closed")
    await client.upsert("c", ROW)
    await client.delete("c", ids=[1])
    assert len(scripted_server.calls("Upsert")) == len(scripted_server.calls("Delete")) == 2


async def test_an_upsert_that_fails_for_good_is_ambiguous_and_may_be_repeated(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server, retry=RetryPolicy(max_retries=2))
    scripted_server.on("Upsert").fail(grpc.StatusCode.UNAVAILABLE, "socket closed").forever()
    with pytest.raises(MilvusUnavailableException, match="ambiguous.*it is safe to repeat") as raised:
        await client.upsert("c", ROW)
    assert raised.value.ambiguous


async def test_an_insert_during_an_outage_waits_for_the_server_and_arrives_once(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    scripted_server.proxy.refuse()
    scripted_server.proxy.cut()
    await AsyncClock.sleep(0.2)  # until the client has seen it: what is sent before that may have arrived
    with pytest.raises(MilvusUnavailableException) as raised:
        await client.insert("c", ROW, timeout=0.3)
    assert not raised.value.ambiguous, "it never left"

    insert = AsyncRunning(lambda: client.insert("c", ROW, timeout=20))
    await AsyncClock.sleep(0.3)
    scripted_server.proxy.listen()

    assert (await insert.result())["insert_count"] == 1
    assert len(scripted_server.calls("Insert")) == 1


async def test_an_insert_is_not_blamed_for_a_handshake_that_failed(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).forever()
    # The time may end between two attempts or within one.
    with pytest.raises((MilvusUnavailableException, DeadlineExceededError)):
        await client.list_collections(timeout=0.1)
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAVAILABLE, "socket closed")

    await client.insert("c", ROW)

    assert len(scripted_server.calls("Insert")) == 1


async def test_an_insert_under_way_when_the_alias_is_closed_is_ambiguous(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").never_answer()
    insert = AsyncRunning(lambda: client.insert("c", ROW))
    await async_in_thread(lambda: scripted_server.wait_for("Insert"))

    await client.close()

    with pytest.raises(ConnectionNotExistException, match="ambiguous") as raised:
        await insert.result()
    assert raised.value.ambiguous


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_rate_limit_is_waited_for_also_by_inserts(scripted_server: ScriptedServer, legacy: bool) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").rate_limit(legacy=legacy).times(3)
    assert (await client.insert("c", ROW))["insert_count"] == 1
    assert len(scripted_server.calls("Insert")) == 4


async def test_rate_limits_need_not_be_waited_for(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").rate_limit().forever()
    with pytest.raises(MilvusException, match="rate limiter") as raised:
        await client.insert("c", ROW, retry_on_rate_limit=False)
    assert raised.value.code == ErrorCode.RATE_LIMIT
    assert len(scripted_server.calls("Insert")) == 1


async def test_the_number_of_retries_can_be_set_per_client_and_per_call(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server, retry=RetryPolicy(max_retries=1))
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE).forever()
    for retry_times, attempts in ((None, 2), (0, 1), (3, 4)):
        scripted_server.forget_requests()
        with pytest.raises(MilvusUnavailableException):
            await client.query("c", ids=[1], retry_times=retry_times)
        assert len(scripted_server.calls("Query")) == attempts


async def test_a_reply_marked_retriable_is_believed_for_reads_but_not_for_inserts(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    for rpc in ("ShowCollections", "Insert"):
        scripted_server.on(rpc).status(1, "service not ready", retriable=True)
    await client.list_collections()
    with pytest.raises(MilvusException, match="service not ready"):
        await client.insert("c", ROW)
    assert len(scripted_server.calls("ShowCollections")) == 2
    assert len(scripted_server.calls("Insert")) == 1


# --- a server that was away ------------------------------------------------------------------------------------------
async def test_many_calls_during_an_outage_cause_one_new_handshake(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.proxy.refuse()
    scripted_server.proxy.cut()
    calls = [AsyncRunning(lambda: client.list_collections(timeout=20)) for _ in range(8)]
    await AsyncClock.sleep(0.5)
    scripted_server.forget_requests()
    connections = scripted_server.connections

    scripted_server.proxy.listen()
    for call in calls:
        assert await call.result() is not None

    assert len(scripted_server.calls("Connect")) == 1
    assert scripted_server.connections == connections + 1


async def test_many_failures_under_one_handshake_cause_one_new_one(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    script = scripted_server.on("ShowCollections")
    for number in range(8):
        script.fail(grpc.StatusCode.UNAVAILABLE, delay=0.02 * number, arrivals=8)  # when all of them are under way
    scripted_server.forget_requests()
    await AsyncTogether.run(client.list_collections, 8)
    assert len(scripted_server.calls("Connect")) == 1


async def test_a_restarted_server_that_is_not_ready_yet_is_waited_for(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.proxy.cut()
    scripted_server.on("Connect").status(1, "proxy is initializing").times(3)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)
    assert await client.list_collections(timeout=20) is not None


async def test_a_new_handshake_that_hangs_ends_also_without_a_deadline(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient._async.core.channel._LONGEST_HANDSHAKE", 0.2)
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)
    scripted_server.on("Connect").never_answer().times(2)
    assert await client.list_collections() is not None


async def test_a_short_deadline_at_the_handshake_does_not_end_the_calls_of_others(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)
    scripted_server.on("Connect").then(delay=0.6)
    short = AsyncRunning(lambda: client.list_collections(timeout=0.3))
    await async_in_thread(lambda: scripted_server.wait_for("Connect", 2))
    long = AsyncRunning(lambda: client.list_collections(timeout=20))

    assert await long.result() is not None
    with pytest.raises(DeadlineExceededError):
        await short.result()


async def test_a_black_hole_ends_at_the_deadline(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.proxy.mode = Mode.BLACK_HOLE
    scripted_server.proxy.cut()
    started = time.monotonic()
    with pytest.raises(MilvusException) as raised:
        await client.list_collections(timeout=0.5)
    assert time.monotonic() - started < PROMPT
    assert scripted_server.address in str(raised.value)


# --- errors ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, AuthenticationError),
        (grpc.StatusCode.UNIMPLEMENTED, UnimplementedError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, MilvusException),
    ],
)
async def test_no_grpc_error_reaches_the_user(
    scripted_server: ScriptedServer, code: grpc.StatusCode, kind: type[MilvusException]
) -> None:
    client = await opened(scripted_server)
    scripted_server.on("ShowCollections").fail(code, "the detail").forever()
    with pytest.raises(kind, match="the detail") as raised:
        await client.list_collections()
    assert grpc.RpcError not in raised.type.__mro__
    assert isinstance(raised.value.__cause__, grpc.RpcError)
    assert raised.value.code == 10_000 + code.value[0]
    assert len(scripted_server.calls("ShowCollections")) == 1


async def test_a_request_that_is_too_large_says_which_limit_and_what_to_do(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, grpc_options={"grpc.max_send_message_length": 1000})
    expected = (
        r"Insert at .*the request has [\d,]+ bytes, more than the 1,000 of grpc_options\['grpc.max_send.*send less"
    )
    with pytest.raises(MilvusException, match=expected) as raised:
        await client.insert("c", [ROW] * 100)
    assert raised.value.attempts == 1
    assert scripted_server.calls("Insert") == []


async def test_control_characters_of_a_server_are_escaped(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Query").status(1100, "field \x1b]0;title\x07 does\rnot exist")
    with pytest.raises(MilvusException, match=r"field \\x1b\]0;title\\x07 does\\rnot exist"):
        await client.query("c", ids=[1])
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.INVALID_ARGUMENT, "\x1b[31mred").forever()
    with pytest.raises(MilvusException, match=r"\\x1b\[31mred"):
        await client.list_collections()


async def test_an_error_carries_the_evidence(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server, token="root:pa55word")
    scripted_server.on("Query").status(1100, "field 'age' does not exist")
    with pytest.raises(MilvusException, match="field 'age' does not exist") as raised:
        await client.query("c", ids=[1], client_request_id="r-1")
    error = raised.value
    assert (error.code, error.operation, error.address, error.alias, error.request_id, error.attempts) == (
        1100, "Query", scripted_server.address, client.alias, "r-1", 1,
    )  # fmt: skip
    assert "pa55word" not in f"{error} {error!r} {vars(error)}"


async def test_a_reply_that_cannot_be_read_says_of_which_call(scripted_server: ScriptedServer) -> None:
    from milvusclient import rpc

    with pytest.raises(ReplyError, match="ShowCollections"):
        rpc.SHOW_COLLECTIONS.decode(b"\xff\xff\xff")


async def test_a_call_that_comes_after_a_handshake_does_not_make_another(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    channel = (await client._caller.binding.connection()).pick()

    over, mine = channel._join_or_start()
    assert not mine
    await over.wait(0)

    channel.invalidate_handshake(0)
    assert not channel._join_or_start()[1], "an older handshake does not invalidate a newer one"
    channel.invalidate_handshake(await channel.ensure_handshake(client._deadline(None)))
    assert channel._join_or_start()[1]
    assert not channel._join_or_start()[1], "one makes it, the others wait"


@pytest.mark.parametrize(("said", "is_input_error"), [("true", True), ("false", False)])
async def test_an_error_says_whether_the_input_is_to_blame(
    scripted_server: ScriptedServer, said: str, is_input_error: bool
) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").status(1100, "bad", extra_info={"is_input_error": said})
    with pytest.raises(MilvusException, match="bad") as raised:
        await client.list_collections()
    assert raised.value.is_input_error is is_input_error
