"""Iterators on real servers: everything comes, once, in order; and odd keys survive filters."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from milvusclient import AsyncMilvusClient, DataType
from milvusclient.models.results import Hit
from tests.server.both import Server, flat

COUNT = 400
ODD_KEYS = ["a", "it's", 'say "hi"', "back\\slash", "two\nlines", "tab\there", "q\\'x", "ünï", "\\", "'", '"', "\r"]


async def stocked(client: AsyncMilvusClient) -> None:
    """A collection with clusters, equal distances and a wide gap."""
    schema = AsyncMilvusClient.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    await client.create_collection("spread", schema=schema, index_params=flat(), consistency_level="Strong")
    chance = random.Random(1)
    near = [[1.0, 1.0]] * 60 + [[chance.random(), chance.random()] for _ in range(COUNT // 2 - 60)]
    far = [[50 + chance.random(), 60.0] for _ in range(COUNT // 4)]
    farthest = [[-1e4 * chance.random(), 0.0] for _ in range(COUNT // 4)]
    rows = [{"id": key, "vector": vector} for key, vector in enumerate(near + far + farthest)]
    await client.insert("spread", rows)


@pytest.mark.parametrize("batch_size", [37, 1000])
async def test_a_search_iterator_finds_everything_in_order(server: Server, batch_size: int) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await stocked(client)
        async with await client.search_iterator("spread", [[1.0, 1.0]], batch_size) as pages:
            hits: list[Hit] = []
            async for page in pages:
                assert len(page) <= batch_size
                hits.extend(page)
        assert sorted(hit.id for hit in hits) == list(range(COUNT))
        distances = [hit.distance for hit in hits]
        assert distances == sorted(distances)

        some = await client.search_iterator("spread", [[1.0, 1.0]], 30, "id >= 300 or id < 50", limit=45)
        assert [len(page) async for page in some] == [30, 15]


@pytest.mark.parametrize("in_flight", [1, 4])
async def test_a_query_iterator_finds_everything_in_order(server: Server, tmp_path: Path, in_flight: int) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await stocked(client)
        keys: list[int] = []
        async with await client.query_iterator("spread", 99, output_fields=["id"], in_flight=in_flight) as pages:
            async for page in pages:
                keys += [row["id"] for row in page]
        assert keys == list(range(COUNT))

        part = await client.query_iterator("spread", 30, limit=50, filter="id > 10", offset=5, in_flight=in_flight)
        assert [[row["id"] for row in page][::29] async for page in part] == [[16, 45], [46]]

        place = str(tmp_path / "place")
        first = await client.query_iterator("spread", 300, iterator_cp_file=place, in_flight=in_flight)
        assert len(await first.next()) == 300
        second = await client.query_iterator("spread", 300, iterator_cp_file=place, in_flight=in_flight)
        assert [row["id"] for row in await second.next()] == list(range(300, COUNT))


async def test_keys_with_quotes_and_backslashes(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection(
            "odd", dimension=2, id_type="string", max_length=64, metric_type="L2", consistency_level="Strong"
        )
        await client.insert("odd", [{"id": key, "vector": [0.5, 1.5]} for key in ODD_KEYS])
        for key in ODD_KEYS:
            assert [row["id"] for row in await client.get("odd", key, ["id"])] == [key]
        found: list[str] = []
        async for page in await client.query_iterator("odd", 5, output_fields=["id"]):
            found += [row["id"] for row in page]
        assert found == sorted(ODD_KEYS, key=str.encode)
        again = await client.query_iterator("odd", 2, output_fields=["id"], in_flight=3)
        assert [row["id"] async for page in again for row in page] == found
        assert (await client.delete("odd", ODD_KEYS[1:]))["delete_count"] == len(ODD_KEYS) - 1
        assert [row["id"] for row in await client.query("odd", "id != ''", ["id"])] == ["a"]
