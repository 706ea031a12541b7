"""What is known of a collection is asked for once, shared by all who ask, and forgotten when it may have changed."""

from __future__ import annotations

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import DescribeCollectionException
from milvusclient.runtime import schema_cache
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.scripted import ScriptedServer
from tests.support.together import AsyncClock, AsyncRunning, AsyncTogether


def asked(server: ScriptedServer) -> int:
    """How often the server was asked for a description."""
    return len(server.calls("DescribeCollection"))


async def test_many_that_ask_at_once_cause_one_question(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").then(delay=0.1)
    infos = await AsyncTogether.run(lambda: client._collection("c"), 30)
    assert asked(scripted_server) == 1
    assert {info.name for info in infos} == {"c"}


async def test_clients_of_one_server_share_what_is_known(scripted_server: ScriptedServer) -> None:
    await AsyncMilvusClient(scripted_server.uri)._collection("c")
    await AsyncMilvusClient(scripted_server.uri, alias="another")._collection("c")
    assert asked(scripted_server) == 1


async def test_databases_do_not(scripted_server: ScriptedServer) -> None:
    await AsyncMilvusClient(scripted_server.uri)._collection("c")
    await AsyncMilvusClient(scripted_server.uri, db_name="other")._collection("c")
    await AsyncMilvusClient(scripted_server.uri, db_name="default")._collection("c")
    assert asked(scripted_server) == 2


async def test_what_is_forgotten_is_asked_again(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    client._forget("c")
    await client._collection("c")
    assert asked(scripted_server) == 2


async def test_an_answer_that_was_asked_for_before_a_change_is_not_kept(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").then(delay=0.3)
    early = AsyncRunning(lambda: client._collection("c"))
    await async_in_thread(lambda: scripted_server.wait_for("DescribeCollection"))

    client._forget("c")
    await client._collection("c")
    assert asked(scripted_server) == 2, "who asks after the change does not join the question from before it"
    await early.result()

    assert schema_cache.lookup(client._key("c")) is not None


async def test_a_refresh_asks_again(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    await client._collection("c", refresh=True)
    assert asked(scripted_server) == 2


async def test_a_failure_is_not_kept_and_not_inherited(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").never_answer()
    hasty = AsyncRunning(lambda: client._collection("c", client._deadline(0.3)))
    await async_in_thread(lambda: scripted_server.wait_for("DescribeCollection"))
    patient = AsyncRunning(lambda: client._collection("c", client._deadline(20)))

    assert (await patient.result()).name == "c"
    assert await AsyncTogether.failure(hasty) is not None
    assert (await client._collection("c")).name == "c"


async def test_an_unknown_collection_is_an_error_each_time(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").status(100, "can't find collection").forever()
    for _ in range(2):
        with pytest.raises(DescribeCollectionException, match="can't find collection"):
            await client._collection("missing")
    assert asked(scripted_server) == 2


async def test_a_description_serves_the_writes_after_it(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.describe_collection("c")
    await client.insert("c", {"id": 1, "vector": [0.5] * 4})
    await client.insert("c", {"id": 2, "vector": [0.5] * 4})
    assert asked(scripted_server) == 1


async def test_a_description_asks_the_server_however_much_is_known(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    scripted_server.on("DescribeCollection").then(delay=0.3)
    early = AsyncRunning(lambda: client.describe_collection("c"))
    await async_in_thread(lambda: scripted_server.wait_for("DescribeCollection", 2))
    await client.describe_collection("c")
    assert asked(scripted_server) == 3, "a question that was sent before is not joined"
    await early.result()


async def test_a_description_replaces_what_another_process_changed(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    scripted_server.on("DescribeCollection").then({"collectionID": 4711, "schema": {"name": "c"}})
    await client.describe_collection("c")
    assert (await client._collection("c")).collection_id == 4711

    scripted_server.on("DescribeCollection").status(100, "can't find collection")
    with pytest.raises(DescribeCollectionException):
        await client.describe_collection("c")
    assert schema_cache.lookup(client._key("c")) is None


async def test_dropping_a_collection_forgets_it(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    await client.drop_collection("c")
    assert schema_cache.lookup(client._key("c")) is None


async def test_a_pause_ends_with_its_deadline_and_with_its_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    deadline = client._deadline(0.1)
    await client._pause(0.01, deadline, "nothing")
    with pytest.raises(Exception, match=r"nothing was not done within 0\.1 s \(deadline exceeded\)"):
        await client._pause(60, deadline, "nothing")

    pause = AsyncRunning(lambda: client._pause(60, client._deadline(None), "nothing"))
    await AsyncClock.sleep(0.1)
    await client.close()
    await pause.result()
