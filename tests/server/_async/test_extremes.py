"""Values and shapes at the limits, there and back, bit for bit, beyond those of test_data_types and test_vectors."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from milvusclient import AsyncMilvusClient, CollectionSchema, DataType, FieldSchema
from tests.server.both import LITE, MILVUS_235, Server, by_id, flat, schema_of

MOMENTS = {
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z": "1969-12-31T23:59:59Z",
    "2025-01-02T03:04:05.000001Z": "2025-01-02T03:04:05.000001Z",
    "2025-06-01T12:00:00+05:30": "2025-06-01T06:30:00Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
}
PLACES = ["POINT (2 3)", "POINT (-179.999999 89.5)", "POLYGON ((0 0, 1 0, 1 1, 0 0))"]
ELEMENTS = [
    DataType.BOOL, DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64, DataType.FLOAT, DataType.DOUBLE,
    DataType.VARCHAR,
]  # fmt: skip


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, and so on, with a list of lists at each level."""
    document: dict[str, Any] = {}
    for level in range(depth):
        document = {"ü": document, "list": [[level, [None, "🎉"]], {}], "": level / 7}
    return document


async def test_deep_documents(server: Server) -> None:
    schema = schema_of(FieldSchema("document", DataType.JSON), dynamic=True)
    values: dict[int, tuple[Any, Any]] = {depth: (nested(depth), nested(depth)) for depth in (0, 1, 60)}
    values[100] = ({"text": "é" * 30_000}, "é" * 30_000)
    rows = [{"id": key, "vector": [1.0, 2.0], "document": one, "more": two} for key, (one, two) in values.items()]
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema, index_params=flat(), consistency_level="Strong")
        await client.insert("c", rows)
        found = by_id(await client.query("c", "id >= 0", ["*"]))
        assert [found[row["id"]] for row in rows] == rows
        deep = "document['ü']['list'][0][0] == 58 and more['list'][0][0] == 59"
        assert await client.query("c", deep, ["id"]) == [{"id": 60}]


async def test_full_arrays(server: Server) -> None:
    tags = FieldSchema("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4096, max_length=65_535)
    numbers = FieldSchema("numbers", DataType.ARRAY, element_type=DataType.INT64, max_capacity=4096)
    rows: list[dict[str, Any]] = [
        {"id": 1, "vector": [1.0, 2.0], "tags": ["x" * 65_535, "", *["ü"] * 4094], "numbers": list(range(4096))},
        {"id": 2, "vector": [1.0, 2.0], "tags": ["é" * 32_767], "numbers": []},
        {"id": 3, "vector": [1.0, 2.0], "tags": [], "numbers": [-(2**63)] * 4096},
    ]
    async with AsyncMilvusClient(server.uri) as client:
        schema = schema_of(tags, numbers)
        await client.create_collection("c", schema=schema, index_params=flat(), consistency_level="Strong")
        await client.insert("c", rows)
        assert by_id(await client.query("c", "id > 0", ["*"])) == by_id(rows)
        assert await client.query("c", "array_length(numbers) == 0", ["id"]) == [{"id": 2}]


async def test_columns_of_arrays_that_are_all_null(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no nullable fields")
    fields = [
        FieldSchema(kind.name, DataType.ARRAY, element_type=kind, max_capacity=4, max_length=9, nullable=True)
        for kind in ELEMENTS
    ]
    fields += [FieldSchema("place", DataType.GEOMETRY, nullable=True)]
    fields += [FieldSchema("moment", DataType.TIMESTAMPTZ, nullable=True)]
    nothing = {field.name: None for field in fields}
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(*fields), index_params=flat())
        await client.insert("c", [{"id": 1, "vector": [1, 2]}, {"id": 2, "vector": [1, 2], **nothing}])
        found = by_id(await client.query("c", "id > 0", list(nothing)))
        assert found == {1: {"id": 1, **nothing}, 2: {"id": 2, **nothing}}
        (hits,) = await client.search("c", [[1, 2]], output_fields=list(nothing))
        assert [hit["entity"] for hit in hits] == [nothing, nothing]


async def test_keys_of_any_length(server: Server) -> None:
    schema = CollectionSchema([
        FieldSchema("id", DataType.VARCHAR, is_primary=True, max_length=65_535),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
    ])  # fmt: skip
    keys = ["x" * 65_535, "é" * 32_767, "漢字 🎉", "a"]
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema, index_params=flat(), consistency_level="Strong")
        assert (await client.insert("c", [{"id": key, "vector": [1, 2]} for key in keys]))["ids"] == keys
        (hits,) = await client.search("c", [[1, 2]])
        assert sorted(hits.ids) == sorted(keys)
        assert set(by_id(await client.get("c", keys, ["id"]))) == set(keys)
        assert (await client.delete("c", keys[:2]))["delete_count"] == 2
        assert set(by_id(await client.get("c", keys, ["id"]))) == set(keys[2:])


@pytest.mark.parametrize("kind", [DataType.BINARY_VECTOR, DataType.FLOAT16_VECTOR], ids=lambda kind: str(kind.name))
async def test_the_largest_dimension_of_other_vectors(server: Server, kind: DataType) -> None:
    server.skip_on(LITE, "has no vectors of this type")
    dim = 32_768
    random = numpy.random.default_rng(7)
    is_binary = kind is DataType.BINARY_VECTOR
    wanted = random.bytes(dim // 8) if is_binary else random.standard_normal(dim).astype("f2").tobytes()
    schema = CollectionSchema([
        FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("vector", kind, dim=dim)
    ])  # fmt: skip
    index = ("BIN_FLAT", "HAMMING") if is_binary else ("FLAT", "L2")
    params = AsyncMilvusClient.prepare_index_params("vector", index[0], metric_type=index[1])
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema, index_params=params, consistency_level="Strong")
        await client.insert("c", [{"id": 1, "vector": wanted}, {"id": 2, "vector": bytes(len(wanted))}])
        assert by_id(await client.query("c", "id > 0", ["vector"]))[1]["vector"] == [wanted]


async def test_sparse_vectors_of_many_entries(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no sparse vectors")
    values = numpy.random.default_rng(7).random(20_000, "f4").tolist()
    wanted = {number * 200_003: value for number, value in enumerate(values) if value}
    params = flat()
    params.add_index("sparse", "SPARSE_INVERTED_INDEX", metric_type="IP")
    async with AsyncMilvusClient(server.uri) as client:
        schema = schema_of(FieldSchema("sparse", DataType.SPARSE_FLOAT_VECTOR))
        await client.create_collection("c", schema=schema, index_params=params)
        await client.insert("c", {"id": 1, "vector": [1, 2], "sparse": wanted})
        assert await client.query("c", "id == 1", ["sparse"]) == [{"id": 1, "sparse": wanted}]


async def test_moments(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no TIMESTAMPTZ")
    async with AsyncMilvusClient(server.uri) as client:
        schema = schema_of(FieldSchema("moment", DataType.TIMESTAMPTZ, nullable=True))
        await client.create_collection("c", schema=schema, index_params=flat())
        await client.insert("c", [{"id": n, "vector": [1, 2], "moment": given} for n, given in enumerate(MOMENTS)])
        await client.insert("c", {"id": 100, "vector": [1, 2], "moment": None})
        found = by_id(await client.query("c", "id >= 0", ["moment"]))
        assert [found[n]["moment"] for n in range(len(MOMENTS))] == list(MOMENTS.values())
        assert found[100]["moment"] is None
        rows = await client.query("c", "moment > ISO '2025-01-02T03:04:05Z' and id < 4", ["id"])
        assert sorted(row["id"] for row in rows) == [2, 3]


async def test_places(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no GEOMETRY")
    async with AsyncMilvusClient(server.uri) as client:
        schema = schema_of(FieldSchema("place", DataType.GEOMETRY, nullable=True))
        await client.create_collection("c", schema=schema, index_params=flat())
        places = [*PLACES, None]
        await client.insert("c", [{"id": n, "vector": [1, 2], "place": place} for n, place in enumerate(places)])
        found = by_id(await client.query("c", "id >= 0", ["place"]))
        assert [found[n]["place"] for n in range(len(places))] == places
        square = "POLYGON ((1 1, 5 1, 5 5, 1 5, 1 1))"
        assert await client.query("c", f"ST_WITHIN(place, '{square}')", ["id"]) == [{"id": 0}]
