"""Copies whose source or target dies half way: they go on from their checkpoint, and no row is lost or doubled."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient import AsyncMilvusClient, BulkError, CopyError, MilvusException, ParamError, RetryPolicy
from tests.support.scripted import Received, ScriptedServer


@pytest.fixture
def source_uri(tmp_path: Path, lite_uri: str) -> str:
    del lite_uri  # asked for because it skips where there is no embedded server
    return str(tmp_path / "source.db")


async def fill(uri: str, count: int) -> AsyncMilvusClient:
    client = AsyncMilvusClient(uri)
    await client.create_collection("c", dimension=4)
    await client.create_partition("c", "part_a")
    rows = [{"id": number, "vector": [number, 1, 2, 3], "title": f"t{number}"} for number in range(count)]
    await client.insert_many("c", rows[: count // 2])
    await client.insert_many("c", rows[count // 2 :], "part_a")
    return client


# --- a server that counts what it stores -----------------------------------------------------------------------------
class Target:
    """A scripted server as the target: it counts how often each row was stored."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.stored: Counter[int] = Counter()

    def ids(self, call: Received) -> list[int]:
        (column,) = (each for each in call.message.fields_data if each.field_name == "id")
        return list(column.scalars.long_data.data)

    def insert(self, call: Received) -> dict[str, Any]:
        self.stored.update(self.ids(call))
        return {"insert_cnt": len(self.ids(call))}

    def query(self, call: Received) -> dict[str, Any]:
        if list(call.message.output_fields) == ["count(*)"]:
            name, numbers = "count(*)", [sum(self.stored.values())]
        else:
            name = "id"
            asked = map(int, re.findall(r"\d+", call.message.expr) or _template_numbers(call))
            numbers = [number for number in asked if self.stored[number]]
        return _columns(name, numbers)

    def works(self) -> None:
        self.server.forget_scripts()
        self.server.on("Insert").reply_to(self.insert).forever()
        self.server.on("Query").reply_to(self.query).forever()

    def dies_after(self, count: int) -> None:
        """Die at an insert, so that it is not known whether that is stored."""
        self.server.forget_scripts()
        self.server.on("Insert").reply_to(self.insert).times(count).fail(
            grpc.StatusCode.UNAVAILABLE, "Socket closed"
        ).forever()
        self.server.on("Query").reply_to(self.query).fail(grpc.StatusCode.UNAVAILABLE, "Socket closed").forever()


def _template_numbers(call: Received) -> list[str]:
    return re.findall(r"\d+", str(call.message.expr_template_values))


@pytest.mark.lite
@pytest.mark.parametrize("is_stored", [False, True])
async def test_a_target_that_dies_at_an_insert_has_each_row_once_in_the_end(
    source_uri: str, scripted_server: ScriptedServer, tmp_path: Path, is_stored: bool
) -> None:
    checkpoint = str(tmp_path / "place")
    target = Target(scripted_server)
    async with await fill(source_uri, 200) as source, AsyncMilvusClient(scripted_server.uri) as patient:
        client = patient.with_options(retry=RetryPolicy(max_retries=1))
        target.dies_after(3)
        with pytest.raises(BulkError, match="rows are written, 0 rejected") as caught:
            await source.copy_collection("c", client, batch_bytes=6000, in_flight=2, checkpoint=checkpoint, timeout=1.5)
        if is_stored:
            refused = [
                call for call in scripted_server.calls("Insert") if not set(target.ids(call)) & set(target.stored)
            ]
            target.stored.update(target.ids(refused[0]))
        assert 0 < len(target.stored) < 100
        assert caught.value.report.written <= len(target.stored)
        target.works()
        report = await source.copy_collection("c", client, batch_bytes=6000, in_flight=2, checkpoint=checkpoint)
        assert (report.source_rows, report.target_rows, report.written + report.skipped) == (200, 200, 200)
        assert target.stored == Counter(range(200))


@pytest.mark.lite
async def test_another_number_of_rows_is_an_error(source_uri: str, scripted_server: ScriptedServer) -> None:
    target = Target(scripted_server)
    target.works()
    async with await fill(source_uri, 20) as source, AsyncMilvusClient(scripted_server.uri) as client:

        def loses(call: Received) -> dict[str, Any]:
            return {"insert_cnt": len(target.ids(call))}

        scripted_server.forget_scripts()
        scripted_server.on("Insert").reply_to(loses).forever()
        scripted_server.on("Query").reply_to(target.query).forever()
        with pytest.raises(CopyError, match="the copy 'c' has 0 rows, and the source 20") as caught:
            await source.copy_collection("c", client)
        assert (caught.value.report.written, caught.value.report.is_complete) == (20, False)


def pages(call: Received) -> dict[str, Any]:
    """Answer a query of the source: the next ten of its hundred rows, the same in each partition."""
    if list(call.message.output_fields) == ["count(*)"]:
        return _columns("count(*)", [200])
    after = re.search(r"id > (\d+)", call.message.expr)
    first = int(after[1]) + 1 if after else 0
    numbers = [number for number in range(first, min(first + 10, 200)) if number % 2 == ("part_a" in _partitions(call))]
    return _columns("id", numbers, vectors=True)


def _partitions(call: Received) -> list[str]:
    return list(call.message.partition_names)


def _columns(name: str, numbers: list[int], *, vectors: bool = False) -> dict[str, Any]:
    columns: list[dict[str, Any]] = [
        {"field_name": name, "type": "Int64", "scalars": {"long_data": {"data": numbers}}},
    ]
    if vectors:
        data = {"dim": 4, "float_vector": {"data": [0.5] * 4 * len(numbers)}}
        columns.append({"field_name": "vector", "type": "FloatVector", "vectors": data})
    return {"fields_data": columns, "output_fields": [column["field_name"] for column in columns]}


async def test_a_source_that_dies_between_two_pages_is_read_again(
    scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    checkpoint = str(tmp_path / "place")
    target = Target(scripted_server)
    target.works()
    with ScriptedServer() as dying:
        async with AsyncMilvusClient(dying.uri) as source, AsyncMilvusClient(scripted_server.uri) as client:
            dying.on("Query").reply_to(pages).times(24).fail(grpc.StatusCode.UNAVAILABLE, "Socket closed").forever()
            hurried = source.with_options(retry=RetryPolicy(max_retries=1))
            with pytest.raises(MilvusException, match="Socket closed"):
                await hurried.copy_collection("c", client, batch_bytes=500, checkpoint=checkpoint)
            assert 0 < sum(target.stored.values()) < 200
            dying.forget_scripts()
            dying.on("Query").reply_to(pages).forever()
            report = await source.copy_collection("c", client, batch_bytes=500, checkpoint=checkpoint)
            assert (report.target_rows, report.written + report.skipped) == (200, 200)
            assert report.skipped > 0
            assert target.stored == Counter(range(200))


@pytest.mark.lite
async def test_rows_with_generated_keys_that_may_be_stored_end_with_advice(
    source_uri: str, scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    place = str(tmp_path / "place")
    async with AsyncMilvusClient(source_uri) as source, AsyncMilvusClient(scripted_server.uri) as client:
        await source.create_collection("made", dimension=4, auto_id=True)
        await source.insert("made", [{"vector": [number, 1, 2, 3]} for number in range(20)])
        scripted_server.on("DescribeCollection").status(100, "can't find it", error_code="CollectionNotExists")
        scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        advice = r"20 uncertain.*: drop 'made', delete .*place\* and copy again"
        for _ in range(2):  # the second run knows from the checkpoint alone
            with pytest.raises(BulkError, match=advice) as caught:
                await source.copy_collection("made", client, checkpoint=place)
            assert caught.value.report.uncertain == [range(20)]
        assert len(scripted_server.calls("Insert")) == 1


@pytest.mark.lite
async def test_a_target_without_generated_keys_gets_those_of_the_source_and_loses_nothing(
    source_uri: str, scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    target = Target(scripted_server)
    async with AsyncMilvusClient(source_uri) as source, AsyncMilvusClient(scripted_server.uri) as client:
        await source.create_collection("made", dimension=4, auto_id=True)
        await source.insert("made", [{"vector": [number, 1, 2, 3]} for number in range(40)])
        keys = [row["id"] for row in await source.query("made", "id > 0", ["id"], limit=100)]
        scripted_server.on("Insert").reply_to(target.insert).fail(
            grpc.StatusCode.UNAVAILABLE, "Socket closed"
        ).reply_to(target.insert).forever()
        scripted_server.on("Query").reply_to(target.query).forever()
        report = await source.copy_collection("made", client, batch_bytes=3000, checkpoint=str(tmp_path / "place"))
        assert (report.written, report.target_rows) == (40, 40)
        assert target.stored == Counter(keys)
        with pytest.raises(ParamError, match="its field 'id' is not that of 'made'.*auto_id"):
            await client.copy_collection("made", source, "made")
