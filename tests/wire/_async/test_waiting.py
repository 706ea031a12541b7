"""What waits for the server looks soon and then less often, within one deadline; and changes are not overlooked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from milvusclient import DataType, Function, FunctionType
from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import (
    DeadlineExceededError,
    IndexNotExistException,
    MilvusException,
    ParamError,
    UnimplementedError,
    WaitTimeoutError,
)
from milvusclient.models.infos import ProgressStage
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer


def slow(**behaviour: Any) -> dict[str, dict[str, Any]]:
    """A collection "c" that is not done at once."""
    fields = [
        {"name": "id", "type": "Int64", "is_primary_key": True},
        {"name": "vector", "type": "FloatVector", "type_params": {"dim": "4"}},
    ]
    return {"c": {"fields": fields, "enable_dynamic_field": False, **behaviour}}


@pytest.fixture
def slow_server() -> Iterator[ScriptedServer]:
    """A server on which nothing of "c" is ever done."""
    with ScriptedServer(collections=slow(load_polls=9999, index_polls=9999, flush_polls=9999)) as server:
        yield server


def index_of(client: AsyncMilvusClient) -> Any:
    return client.prepare_index_params("vector", "FLAT", metric_type="L2")


@pytest.mark.parametrize("timeout", [1, 0.5])
async def test_no_wait_lasts_longer_than_its_timeout(slow_server: ScriptedServer, timeout: float) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    started = time.monotonic()
    with pytest.raises(WaitTimeoutError, match=r"the load of collection 'c' \(40 % so far\) was not done within"):
        await client.load_collection("c", timeout)
    with pytest.raises(WaitTimeoutError, match=f"was not done within {timeout:g} s"):
        await client.load_partitions("c", ["p"], timeout)
    with pytest.raises(WaitTimeoutError, match="the index on field 'vector' of collection 'c' was not done"):
        await client.create_index("c", index_of(client), timeout)
    with pytest.raises(WaitTimeoutError, match="the flush of collection 'c' was not done"):
        await client.flush("c", timeout)
    assert 4 * timeout <= time.monotonic() - started < 4 * timeout + PROMPT


async def test_every_call_of_a_wait_has_what_is_left_of_the_time(slow_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    with pytest.raises(WaitTimeoutError):
        await client.create_collection("c", 4, timeout=1)
    calls = [call for call in slow_server.requests if call.rpc != "Connect"]
    assert len(calls) > 4
    ends = [call.at + call.deadline for call in calls if call.deadline is not None]
    assert len(ends) == len(calls)
    assert max(ends) - min(ends) < 0.5, "a full second each would put them a second apart"


async def test_looks_become_fewer(slow_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    with pytest.raises(WaitTimeoutError):
        await client.load_collection("c", timeout=1)
    assert 3 <= len(slow_server.calls("GetLoadingProgress")) <= 15


async def test_a_server_that_does_not_answer_is_not_waited_for_longer(slow_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    slow_server.on("GetLoadingProgress").never_answer()
    with pytest.raises(DeadlineExceededError):
        await client.load_collection("c", timeout=0.5)


async def test_who_does_not_want_to_wait_does_not(slow_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    await client.load_collection("c", _async=True)
    await client.refresh_load("c", _async=True)
    await client.load_partitions("c", "p", sync=False, _async=True)
    await client.create_index("c", index_of(client), sync=False)
    await client.flush("c", _async=True)
    await client.flush_all(_async=True)
    waits = {"GetLoadingProgress", "DescribeIndex", "AllocTimestamp", "GetFlushState", "GetFlushAllState"}
    assert not waits & {call.rpc for call in slow_server.requests}


async def test_a_server_without_a_clock_is_asked_without_a_moment(scripted_server: ScriptedServer) -> None:
    import grpc

    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("AllocTimestamp").fail(grpc.StatusCode.UNIMPLEMENTED)
    await client.create_index("c", index_of(client))
    (look,) = scripted_server.calls("DescribeIndex")
    assert look.message.timestamp == 0


async def test_nothing_is_created_when_the_index_cannot_be(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    schema = client.create_schema().add_field("id", DataType.INT64, is_primary=True)
    with pytest.raises(ParamError, match="index_params must be IndexParams"):
        await client.create_collection("c", schema=schema, index_params={"field_name": "id"})  # type: ignore[arg-type]
    assert not scripted_server.calls("CreateCollection")


async def test_no_index_is_none_or_an_empty_list(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("DescribeIndex").status(700, "index not found").status(0, "no", error_code="IndexNotExist")
    assert await client.describe_index("c", "vector") is None
    assert await client.list_indexes("c") == []
    scripted_server.on("DropIndex").status(700, "index not found")
    with pytest.raises(IndexNotExistException):
        await client.drop_index("c", "vector")


async def changes(client: AsyncMilvusClient) -> AsyncIterator[str]:
    """Does, one after the other, all that may change a collection; yields what it did."""
    struct = client.create_struct_field_schema().add_field("n", DataType.INT64)
    bm25 = Function("f", FunctionType.BM25, "t", "words")
    words = client.create_field_schema("words", DataType.SPARSE_FLOAT_VECTOR)
    index = client.prepare_index_params("words", "SPARSE_INVERTED_INDEX", metric_type="BM25")
    await client.create_collection("c", 4)
    yield "create_collection"
    await client.rename_collection("c", "d")
    yield "rename_collection from"
    await client.rename_collection("d", "c")
    yield "rename_collection to"
    await client.truncate_collection("c")
    yield "truncate_collection"
    await client.alter_collection_properties("c", {"a": 1})
    yield "alter_collection_properties"
    await client.drop_collection_properties("c", ["a"])
    yield "drop_collection_properties"
    await client.alter_collection_field("c", "id", {"a": 1})
    yield "alter_collection_field"
    await client.add_collection_field("c", "x", DataType.INT64, nullable=True)
    yield "add_collection_field"
    await client.add_collection_struct_field("c", "s", struct, 4)
    yield "add_collection_struct_field"
    await client.add_function_field("c", words, bm25, index)
    yield "add_function_field"
    await client.drop_collection_field("c", "x")
    yield "drop_collection_field"
    await client.drop_function_field("c", "f")
    yield "drop_function_field"
    await client.add_collection_function("c", bm25)
    yield "add_collection_function"
    await client.alter_collection_function("c", "f", bm25)
    yield "alter_collection_function"
    await client.drop_collection_function("c", "f")
    yield "drop_collection_function"
    await client.create_alias("other", "c")
    yield "create_alias"
    await client.alter_alias("other", "c")
    yield "alter_alias"
    await client.drop_alias("c")
    yield "drop_alias"
    await client.restore_snapshot("snap", "other", "c")
    yield "restore_snapshot"
    await client.refresh_external_collection("c")
    yield "refresh_external_collection"
    await client.drop_database("default")
    yield "drop_database"
    await client.drop_collection("c")
    yield "drop_collection"


async def test_whatever_may_change_a_collection_makes_its_schema_forgotten(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client._collection("c")
    async for change in changes(client):
        asked = len(scripted_server.calls("DescribeCollection"))
        await client._collection("c")
        assert len(scripted_server.calls("DescribeCollection")) == asked + 1, change


async def test_an_old_server_gets_a_new_field_in_its_own_way(scripted_server: ScriptedServer) -> None:
    import grpc

    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("AlterCollectionSchema").fail(grpc.StatusCode.UNIMPLEMENTED).forever()
    await client.add_collection_field("c", "x", DataType.INT64, nullable=True)
    assert len(scripted_server.calls("AddCollectionField")) == 1
    with pytest.raises(UnimplementedError, match="the server does not know this call"):
        await client.drop_collection_field("c", "x")


async def test_an_optimization_goes_on_by_itself(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    task = await client.optimize("c", "512MB", wait=False)
    result = await task.result(timeout=20)
    assert task.done()
    assert (result.status, result.compaction_id, result.target_size) == ("success", 4321, "512MB")
    assert result.progress[-1] is ProgressStage.REFRESHING_LOAD
    with pytest.raises(ParamError, match="target_size"):
        await client.optimize("c", "huge", wait=False)


async def test_an_optimization_ends_with_its_timeout_or_when_it_is_cancelled(slow_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(slow_server.uri)
    with pytest.raises(WaitTimeoutError, match="index 'vector' of collection 'c' was not done within 0.3 s"):
        await client.optimize("c", timeout=0.3)
    task = await client.optimize("c", wait=False)
    assert task.cancel()
    with pytest.raises(MilvusException, match="was cancelled"):
        await task.result(timeout=10)
    assert not slow_server.calls("ManualCompaction")


async def test_a_log_is_read_message_by_message(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, token="root:Milvus", db_name="books")
    found = [message async for message in client.dump_messages("p0", {"id": "m0", "wal_name": "Pulsar"}, timeout=10)]
    assert [message["message_id"]["id"] for message in found] == ["m0", "m1"]
    assert found[0]["payload"] == b"payload0"
    (call,) = scripted_server.calls("DumpMessages")
    assert call.headers["dbname"] == "books"
    assert "authorization" in call.headers


async def test_a_log_that_cannot_be_read_is_an_error_where_it_is_read(scripted_server: ScriptedServer) -> None:
    import grpc

    client = AsyncMilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match="pchannel"):
        client.dump_messages("", {"id": "m0", "wal_name": "Pulsar"})
    scripted_server.on("DumpMessages").fail(grpc.StatusCode.PERMISSION_DENIED, "not for you").status(
        1100, "no such channel"
    )
    messages = client.dump_messages("p0", {"id": "m0", "wal_name": "Pulsar"})
    with pytest.raises(MilvusException, match="not for you"):
        _ = [message async for message in messages]
    messages = client.dump_messages("p0", {"id": "m0", "wal_name": "Pulsar"})
    with pytest.raises(MilvusException, match="no such channel") as caught:
        _ = [message async for message in messages]
    assert (caught.value.code, caught.value.operation) == (1100, "DumpMessages")
