"""Promises about connections that a small slip in the code would break without any other test noticing."""

from __future__ import annotations

import pickle
from typing import Any

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient._async.core.pool import AsyncPool, current_pool
from milvusclient.exceptions import (
    ConnectionLimitException,
    ConnectionNotExistException,
    MilvusException,
    ParamError,
)
from milvusclient.policy.retry import RetryPolicy
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.scripted import ScriptedServer
from tests.support.together import AsyncRunning, AsyncTogether

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}


async def opened(server: ScriptedServer, alias: str | None = None) -> AsyncMilvusClient:
    """Return a client whose connection is open."""
    client = AsyncMilvusClient(server.uri, alias=alias)
    await client.list_collections()
    return client


async def test_connections_that_are_being_opened_count_towards_the_limit(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient._async.core.pool.MAX_CONNECTIONS", 1)
    scripted_server.on("Connect").never_answer()
    opening = AsyncRunning(lambda: opened(scripted_server, "slow"))
    await async_in_thread(lambda: scripted_server.wait_for("Connect"))

    with pytest.raises(ConnectionLimitException):
        await opened(scripted_server, "one too many")

    await current_pool().close("slow", record_close("the test"))
    assert isinstance(await AsyncTogether.failure(opening), ConnectionNotExistException)


async def test_a_close_of_a_closed_alias_does_not_take_the_place_of_the_first_one(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    early, late = record_close("the first"), record_close("the second")
    assert await current_pool().close(client.alias, early)

    # As by a client that was made before the first close.
    assert not await current_pool().close(client.alias, late, created=early.sequence - 1)

    with pytest.raises(ConnectionNotExistException, match="the first closed it"):
        await client.list_collections()


async def test_an_alias_that_is_open_again_has_forgotten_that_it_was_closed(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.close()
    assert current_pool().closed(client.alias) is not None

    await opened(scripted_server)

    assert current_pool().closed(client.alias) is None


async def test_an_alias_stays_closed_when_its_closing_is_no_longer_remembered(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient._async.core.pool._MOST_CLOSE_RECORDS", 2)
    first = await opened(scripted_server)
    second = await opened(scripted_server)  # joins the connection that is open
    await first.close()
    others = [f"other-{number}" for number in range(len(current_pool()._closed) + 3)]
    for other in others:
        await current_pool().close(other, record_close("the test"))

    for client in (first, second):
        with pytest.raises(ConnectionNotExistException) as raised:
            await client.list_collections()
        assert raised.value.message.startswith(f"alias {client.alias!r} is not connected; make a new client")
        assert raised.value.message.endswith("then every client of this alias works again")
        assert raised.value.address == scripted_server.address
    assert scripted_server.connections == 1
    assert current_pool().closed(others[0]) is None
    assert current_pool().closed(others[-1]) is not None


async def test_a_client_that_was_never_used_is_closed_with_its_alias(scripted_server: ScriptedServer) -> None:
    waiting = pickle.loads(pickle.dumps(AsyncMilvusClient(scripted_server.uri, alias="unused")))
    await current_pool().close("unused", record_close("the test"))

    with pytest.raises(ConnectionNotExistException, match="alias 'unused' is not connected: the test closed it"):
        await waiting.list_collections()


async def test_a_client_from_a_pickle_opens_its_connection_with_its_first_call(scripted_server: ScriptedServer) -> None:
    original = await opened(scripted_server)
    pickled = pickle.dumps(original)
    await original.close()

    restored = pickle.loads(pickled)
    assert await restored.list_collections(timeout=20) is not None

    assert scripted_server.connections == 2


@pytest.mark.parametrize(("closed", "most", "remembered"), [("abac", 2, "ac"), ("abcb", 3, "abc"), ("abc", 2, "bc")])
async def test_the_closings_that_are_remembered_are_the_newest(
    monkeypatch: pytest.MonkeyPatch, closed: str, most: int, remembered: str
) -> None:
    monkeypatch.setattr("milvusclient._async.core.pool._MOST_CLOSE_RECORDS", most)
    pool = AsyncPool()
    for alias in closed:
        record = record_close("the test")
        await pool.close(alias, record, created=record.sequence)
    assert [alias for alias in "abc" if pool.closed(alias) is not None] == list(remembered)


@pytest.mark.parametrize("timeout", ["1", -1])
async def test_a_timeout_that_cannot_be_is_refused_before_anything_is_opened(
    scripted_server: ScriptedServer, timeout: Any
) -> None:
    with pytest.raises(ParamError, match="timeout"):
        AsyncMilvusClient(scripted_server.uri, timeout=timeout)
    assert scripted_server.connections == 0


async def test_a_client_that_closed_itself_before_its_first_call_is_closed(scripted_server: ScriptedServer) -> None:
    original = await opened(scripted_server)
    pickled = pickle.dumps(original)
    await original.close()
    restored = pickle.loads(pickled)

    await restored.close()

    with pytest.raises(ConnectionNotExistException):
        await restored.list_collections()
    assert scripted_server.connections == 1


async def test_an_insert_that_a_close_cuts_off_says_that_its_outcome_is_unknown(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    scripted_server.on("Insert").never_answer()
    insert = AsyncRunning(lambda: client.insert("c", [ROW]))
    await async_in_thread(lambda: scripted_server.wait_for("Insert"))

    await client.close()

    with pytest.raises(ConnectionNotExistException, match=r"the outcome is unknown \(ambiguous\)") as raised:
        await insert.result()
    assert raised.value.ambiguous


async def test_an_upsert_that_may_have_arrived_once_stays_ambiguous(scripted_server: ScriptedServer) -> None:
    """Its last attempt was refused, so that one did not happen; the one before may have."""
    client = AsyncMilvusClient(scripted_server.uri, retry=RetryPolicy(max_retries=1, initial_backoff=0.01))
    await client.list_collections()
    upserts = scripted_server.on("Upsert").fail(grpc.StatusCode.UNAVAILABLE, "socket closed")
    upserts.fail(grpc.StatusCode.UNAVAILABLE, "failed to connect to all addresses").forever()

    with pytest.raises(MilvusException) as raised:
        await client.upsert("c", [ROW])

    assert raised.value.attempts == 2
    assert raised.value.ambiguous


async def test_a_schema_that_was_asked_for_before_a_change_is_not_remembered(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    scripted_server.on("DescribeCollection").then(delay=0.3)
    early = AsyncRunning(lambda: client._collection("c"))
    await async_in_thread(lambda: scripted_server.wait_for("DescribeCollection"))
    client._forget("c")
    await early.result()

    await client._collection("c")

    assert len(scripted_server.calls("DescribeCollection")) == 2


async def test_a_change_under_one_name_forgets_the_schema_under_every_name(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client._collection("c")
    await client._collection("nickname")  # the scripted server gives both the same collection id
    await client.drop_collection("c")
    scripted_server.forget_requests()

    await client._collection("nickname")

    assert len(scripted_server.calls("DescribeCollection")) == 1
