"""Bulk writes: the size of requests, the channels that they take, second looks, and writes that end early."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import MilvusException
from milvusclient.models.bulk import BulkError, BulkProgress
from milvusclient.policy.bulk import Batch
from milvusclient.policy.retry import RetryPolicy
from tests.support.bulk_rows import ids, rows, stored
from tests.support.scripted import Received, ScriptedServer


async def test_batches_are_spread_over_the_channels_of_the_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=4)
    arrived = threading.Barrier(4)

    def wait_for_four(call: Received) -> dict[str, Any]:
        arrived.wait(30)  # so that four are under way at the same time
        return {"insert_cnt": len(ids(call))}

    scripted_server.on("Insert").reply_to(wait_for_four).forever()
    report = await client.insert_many("c", rows(*range(16)), batch_rows=2, in_flight=4)
    assert (report.written, stored(scripted_server)) == (16, Counter(range(16)))
    assert scripted_server.connections == 4


async def test_a_message_that_is_too_large_is_halved_and_its_limit_is_learnt(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    too_large = "grpc: received message larger than max (2000 vs. 1000)"
    scripted_server.on("Insert").fail(grpc.StatusCode.RESOURCE_EXHAUSTED, too_large)
    report = await client.insert_many("c", rows(*range(2_000)), in_flight=1)
    calls = scripted_server.calls("Insert")
    assert report.written == 2_000
    assert Counter(number for call in calls[1:] for number in ids(call)) == Counter(range(2_000))
    sizes = [call.message.ByteSize() for call in calls]
    assert sizes[0] > 1_000 >= max(sizes[1:]), "the limit is known from the first refusal on"


async def test_a_limit_that_the_server_named_holds_for_later_writes(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    too_large = "grpc: received message larger than max (2000 vs. 1000)"
    scripted_server.on("Insert").fail(grpc.StatusCode.RESOURCE_EXHAUSTED, too_large)
    with pytest.raises(MilvusException, match=r"the limit of the server; send less .* or use insert_many\(\), which"):
        await client.insert("c", rows(*range(100)))
    with pytest.raises(MilvusException, match="named earlier; it was not sent; .* or use upsert_many") as caught:
        await client.upsert("c", rows(*range(100)))
    assert caught.value.code == 10_008
    assert len(scripted_server.calls("Insert")) == 1
    assert not scripted_server.calls("Upsert")
    assert (await client.insert("c", rows(1, 2)))["insert_count"] is not None, "a smaller one is sent"
    report = await client.insert_many("c", rows(*range(200)))
    assert (report.written, report.retries) == (200, 0)
    assert max(call.message.ByteSize() for call in scripted_server.calls("Insert")[1:]) <= 1_000


async def test_a_generator_is_closed_when_the_write_ends_early(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    closed: list[bool] = []

    def source() -> Iterator[dict[str, Any]]:
        try:
            yield from rows(*range(100))
        finally:
            closed.append(True)

    scripted_server.on("Insert").status(2, "down").forever()
    generator = source()
    with pytest.raises(BulkError, match="down"):
        await client.insert_many("c", generator, batch_rows=2, in_flight=1)
    assert closed == [True]


async def test_a_failing_progress_ends_the_write_with_the_report(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)

    def progress(_: BulkProgress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        await client.insert_many("c", rows(*range(10)), batch_rows=2, in_flight=1, progress=progress)
    assert caught.value.report.written == 2  # type: ignore[attr-defined]  # that is the promise
    assert len(scripted_server.calls("Insert")) == 1


async def test_large_rows_of_a_generator_make_smaller_batches_than_those_of_a_list(
    scripted_server: ScriptedServer,
) -> None:
    """What a generator yields is held by the batch alone, so it counts as memory of the batch."""
    client = AsyncMilvusClient(scripted_server.uri)
    source = [{"id": number, "vector": [number + 0.5] * 4} for number in range(400)]
    batches = []
    for given in (source, iter(source)):
        scripted_server.forget_requests()
        report = await client.insert_many("c", given, batch_bytes=60_000)
        assert (report.written, stored(scripted_server)) == (400, Counter(range(400)))
        batches.append(len(scripted_server.calls("Insert")))
    assert batches[0] < batches[1] / 2
    assert all(call.message.ByteSize() <= 20_000 for call in scripted_server.calls("Insert"))


async def test_an_insert_that_is_carried_out_late_is_found_by_the_second_look(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    found = {"field_name": "id", "type": "Int64", "field_id": 100, "scalars": {"long_data": {"data": [0, 1]}}}
    none = {**found, "scalars": {"long_data": {"data": []}}}
    scripted_server.on("Query").then({"fields_data": [none]}).then({"fields_data": [found], "output_fields": ["id"]})
    report = await client.insert_many("c", rows(0, 1), on_uncertain="verify")
    assert (report.written, report.uncertain) == (2, [])
    assert stored(scripted_server) == Counter([0, 1])


@pytest.mark.parametrize("on_error", ["raise", "collect"])
async def test_a_server_that_dies_between_an_insert_and_the_look_at_its_rows_ends_the_write(
    scripted_server: ScriptedServer, on_error: str
) -> None:
    client = AsyncMilvusClient(scripted_server.uri, retry=RetryPolicy(max_retries=1))
    read: list[int] = []

    def source() -> Iterator[dict[str, Any]]:
        for number in range(1_000):
            read.append(number)
            yield from rows(number)

    scripted_server.on("Insert").then().fail(grpc.StatusCode.UNAVAILABLE, "Socket closed").forever()
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed").forever()
    with pytest.raises(BulkError, match="3 rows are written, 0 rejected, 3 uncertain.*Socket closed") as caught:
        await client.insert_many("c", source(), batch_rows=3, in_flight=1, on_uncertain="verify", on_error=on_error)
    assert (caught.value.report.written, caught.value.report.uncertain) == (3, [range(3, 6)])
    assert len(scripted_server.calls("Insert")) == 2
    assert len(read) < 20


async def test_rows_that_the_server_refuses_to_look_up_stay_uncertain_and_the_rest_is_written(
    scripted_server: ScriptedServer,
) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    scripted_server.on("Query").status(101, "collection not loaded").forever()
    report = await client.insert_many(
        "c", rows(*range(9)), batch_rows=3, in_flight=1, on_uncertain="verify", on_error="collect"
    )
    assert (report.written, report.uncertain) == (6, [range(3)])


async def test_rows_that_the_server_does_not_acknowledge_are_uncertain(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then({"insert_cnt": 3, "timestamp": 1})
    with pytest.raises(BulkError, match="the server acknowledges 3 rows of 5 that were sent") as caught:
        await client.insert_many("c", rows(*range(10)), batch_rows=5, in_flight=1)
    assert (caught.value.report.written, caught.value.report.uncertain) == (5, [range(5)])


async def test_rows_that_are_stored_are_not_kept_until_the_writer_looks(scripted_server: ScriptedServer) -> None:
    """Rows that are alive cost time in each garbage collection."""
    writer = AsyncMilvusClient(scripted_server.uri).bulk_writer("c")
    await writer._begin()
    batch = Batch[Any](rows(1, 2), range(2))
    outcome = await writer._sender.deliver(batch, await writer._sender.encode(batch), 0)
    assert (outcome.error, list(batch.rows), list(batch.indices)) == (None, [], [0, 1])
