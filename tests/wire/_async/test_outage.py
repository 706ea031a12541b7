"""A server that goes away and comes back, and one that is there and does not answer."""

from __future__ import annotations

import pickle
import time

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import ConnectError, DeadlineExceededError, MilvusException, MilvusUnavailableException
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.patience import HANG, PROMPT
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled
from tests.support.together import AsyncClock, AsyncRunning, AsyncTogether

#: Seconds of a long outage; gRPC's own waits would grow with it.
OUTAGE = scaled(60, 3)
#: Seconds within which a call should be answered once the port accepts again: one, and what a busy machine adds.
SOON = PROMPT


async def opened(server: ScriptedServer, **options: int) -> AsyncMilvusClient:
    """A client whose connection is open."""
    client = AsyncMilvusClient(server.uri, grpc_options={f"grpc.{name}": value for name, value in options.items()})
    await client.list_collections()
    return client


@pytest.mark.soak
async def test_the_first_answer_comes_soon_after_a_long_outage_and_shakes_hands_once(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    await async_in_thread(scripted_server.stop)
    calls = [AsyncRunning(lambda: client.list_collections(timeout=OUTAGE + 30)) for _ in range(8)]
    await AsyncClock.sleep(OUTAGE)
    assert not any(call.done for call in calls)
    scripted_server.forget_requests()
    accepted = scripted_server.connections

    await async_in_thread(scripted_server.start)
    back = time.monotonic()
    await calls[0].result()
    took = time.monotonic() - back
    for call in calls:
        assert await call.result() == ["alpha", "beta"]

    assert took < SOON, f"after an outage of {OUTAGE:g} s: {took:.2f} s"
    assert len(scripted_server.calls("Connect")) == 1
    assert scripted_server.connections == accepted + 1


async def test_without_a_server_a_call_fails_at_its_deadline_with_address_and_cause(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    await async_in_thread(scripted_server.stop)
    started = time.monotonic()

    with pytest.raises(MilvusUnavailableException, match=r"(?i)connection refused") as raised:
        await client.list_collections(timeout=1.5)

    assert 1.4 < time.monotonic() - started < PROMPT
    assert scripted_server.address in str(raised.value)
    assert raised.value.attempts > 3
    assert not raised.value.ambiguous


async def test_a_server_that_accepts_and_never_answers_ends_at_the_deadline_and_is_used_once_it_works(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    scripted_server.proxy.mode = Mode.BLACK_HOLE
    scripted_server.proxy.cut()
    with pytest.raises(MilvusException, match=scripted_server.address):
        await client.list_collections(timeout=0.7)
    waiting = AsyncRunning(lambda: client.list_collections(timeout=30))
    await AsyncClock.sleep(0.3)

    scripted_server.proxy.mode = Mode.FORWARD
    scripted_server.proxy.cut()

    assert await waiting.result() == ["alpha", "beta"]


async def test_a_server_that_stalls_in_the_middle_of_a_message_ends_at_the_deadline(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    names = [f"collection-{number:08}" for number in range(100_000)]
    scripted_server.on("ShowCollections").then({"collection_names": names}).forever()
    scripted_server.proxy.pass_replies(100_000)
    with pytest.raises(DeadlineExceededError, match=scripted_server.address):
        await client.list_collections(timeout=0.7)

    scripted_server.proxy.resume()
    assert await client.list_collections(timeout=30) == names


async def test_a_reset_in_the_middle_of_a_message_is_repeated(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    names = [f"collection-{number:08}" for number in range(100_000)]
    scripted_server.on("ShowCollections").then({"collection_names": names}).forever()
    scripted_server.proxy.pass_replies(100_000)
    reading = AsyncRunning(lambda: client.list_collections(timeout=30))
    await async_in_thread(lambda: scripted_server.wait_for("ShowCollections", 2))
    await AsyncClock.sleep(0.2)

    scripted_server.proxy.reset()
    scripted_server.proxy.resume()

    assert await reading.result() == names
    assert len(scripted_server.calls("ShowCollections")) == 3


async def test_a_connection_that_was_cut_in_silence_is_found_by_keepalive(scripted_server: ScriptedServer) -> None:
    """As behind a NAT that forgot it: what is sent arrives nowhere, and nothing says so. The call has no deadline."""
    client = await opened(scripted_server, keepalive_time_ms=500, keepalive_timeout_ms=500)
    scripted_server.proxy.stall()
    lost = AsyncRunning(client.list_collections)
    over = time.monotonic() + HANG
    while scripted_server.connections < 2 and time.monotonic() < over:
        await AsyncClock.sleep(0.05)
    assert scripted_server.connections >= 2, "a new connection is opened once no ping is answered"

    scripted_server.proxy.resume()

    assert await lost.result() == ["alpha", "beta"]


async def test_a_first_connect_waits_for_the_server_like_any_call(scripted_server: ScriptedServer) -> None:
    client = await opened(scripted_server)
    await client.close()
    late = pickle.loads(pickle.dumps(client))  # connects at its first call
    scripted_server.proxy.refuse()
    waiting = AsyncRunning(lambda: late.list_collections(timeout=30))
    await AsyncClock.sleep(0.5)
    assert not waiting.done

    scripted_server.proxy.listen()

    assert await waiting.result() == ["alpha", "beta"]


async def test_an_insert_waits_for_a_server_that_is_back_but_not_ready(scripted_server: ScriptedServer) -> None:
    """The new handshake finds that out, so the insert is sent once, to a server that takes it."""
    client = await opened(scripted_server)
    await client._collection("c")
    scripted_server.proxy.refuse()
    scripted_server.proxy.cut()
    await AsyncClock.sleep(0.2)  # until the client has seen it
    scripted_server.on("Connect").status(1, "service not ready", error_code="NotReadyServe").times(3)
    insert = AsyncRunning(lambda: client.insert("c", {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}, timeout=30))
    await AsyncClock.sleep(0.5)

    scripted_server.proxy.listen()

    assert (await insert.result())["insert_count"] == 1
    assert len(scripted_server.calls("Insert")) == 1


async def test_a_first_connect_without_a_server_fails_at_the_deadline_of_the_call(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    await client.close()
    late = pickle.loads(pickle.dumps(client))
    scripted_server.proxy.refuse()
    with pytest.raises(DeadlineExceededError, match=r"(?i)connection refused") as raised:
        await late.list_collections(timeout=2.5)
    assert scripted_server.address in str(raised.value)
    with pytest.raises(ConnectError, match="nothing listens at this address"):
        await late.list_collections()


async def test_the_reason_of_an_earlier_try_is_told_when_the_last_one_only_runs_out_of_time(
    scripted_server: ScriptedServer,
) -> None:
    client = await opened(scripted_server)
    await client.close()
    late = pickle.loads(pickle.dumps(client))
    scripted_server.proxy.refuse()

    waiting = AsyncRunning(lambda: late.list_collections(timeout=2.5))
    await AsyncClock.sleep(1)
    scripted_server.proxy.stall()
    scripted_server.proxy.listen()
    failure = await AsyncTogether.failure(waiting)

    assert isinstance(failure, DeadlineExceededError)
    assert "before that:" in failure.message
    assert "refused" in failure.message
