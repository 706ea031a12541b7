"""Rows: inserted, replaced, read by their keys, and deleted."""

from __future__ import annotations

import copy

import pytest

from milvusclient import AsyncMilvusClient, CollectionSchema, DataType, FieldSchema, MilvusException
from tests.server.both import MILVUS_235, Server, by_id, flat, schema_of

COLOR = FieldSchema("color", DataType.VARCHAR, max_length=10)


async def test_rows_are_inserted_read_replaced_and_deleted(server: Server) -> None:
    rows = [{"id": number, "vector": [number, 0.5], "color": "red", "note": {"n": number}} for number in range(6)]
    given = copy.deepcopy(rows)
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection(
            "c", schema=schema_of(COLOR, dynamic=True), index_params=flat(), consistency_level="Strong"
        )
        result = await client.insert("c", rows)
        assert (result["insert_count"], result["ids"]) == (6, [0, 1, 2, 3, 4, 5])
        assert rows == given, "what the caller gave is not changed"
        assert by_id(await client.get("c", [0, 5])) == {0: rows[0], 5: rows[5]}
        assert await client.get("c", 3, ["note"]) == [{"id": 3, "note": {"n": 3}}]
        assert await client.get("c", [77, 3], ["color"]) == [{"id": 3, "color": "red"}], "77 does not exist"

        result = await client.upsert("c", [{"id": 5, "vector": [9, 9], "color": "blue"}, {**rows[0], "id": 6}])
        assert (result["upsert_count"], result["ids"]) == (2, [5, 6])
        found = by_id(await client.get("c", [5, 6], ["color", "vector"]))
        assert found[5] == {"id": 5, "color": "blue", "vector": [9.0, 9.0]}
        assert await client.query("c", "", ["count(*)"]) == [{"count(*)": 7}]

        # Servers before 2.3.2, and Milvus Lite, answer with the keys.
        assert await client.delete("c", [0, 1]) == ([0, 1] if server.is_lite else {"delete_count": 2, "cost": 0})
        await client.delete("c", 2)
        await client.delete("c", filter="color == 'blue'")
        assert sorted(by_id(await client.query("c", "id >= 0", ["id"]))) == [3, 4, 6]


async def test_a_table_is_inserted_and_read_back(server: Server) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    rows = [{"id": n, "vector": [n / 2, 0.5], "color": "é" * n, "note": {"n": n}, "year": 1990 + n} for n in range(4)]
    vectors = pyarrow.list_(pyarrow.float32(), 2)
    table = pyarrow.Table.from_pylist(rows)
    table = table.set_column(1, "vector", pyarrow.array([row["vector"] for row in rows], vectors))
    chunks = pyarrow.concat_tables([table.slice(0, 1), table.slice(1)])
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection(
            "c", schema=schema_of(COLOR, dynamic=True), index_params=flat(), consistency_level="Strong"
        )
        assert (await client.insert("c", chunks))["insert_count"] == 4
        assert by_id(await client.query("c", "id >= 0", ["*"])) == by_id(rows)
        assert (await client.upsert("c", table.slice(2)))["ids"] == [2, 3]
        with pytest.raises(MilvusException, match="there is no column 'color'"):
            await client.insert("c", table.drop_columns("color"))


async def test_many_rows_are_written_in_batches(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(COLOR), index_params=flat(), consistency_level="Strong")
        rows = (
            {"id": n, "vector": [n / 2, 0.5], "color": "red" if n != 77 else "too long, too long"} for n in range(500)
        )
        report = await client.insert_many("c", rows, batch_rows=60, on_error="collect")
        assert (report.written, [row.index for row in report.rejected], report.uncertain) == (499, [77], [])
        assert await client.query("c", "", ["count(*)"]) == [{"count(*)": 499}]
        columns = {"id": list(range(90, 110)), "vector": [[0.5, 0.5]] * 20, "color": ["blue"] * 20}
        assert (await client.upsert_many("c", columns, batch_rows=7)).written == 20
        assert await client.query("c", "color == 'blue'", ["count(*)"]) == [{"count(*)": 20}]


async def test_one_row_and_no_row(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        assert (await client.insert("c", {"id": 1, "vector": (1, 2)}))["insert_count"] == 1
        assert await client.insert("c", []) == {"insert_count": 0, "ids": []}
        assert await client.upsert("c", []) == {"upsert_count": 0, "ids": []}
        assert await client.get("c", []) == []


async def test_keys_that_are_texts_may_hold_anything(server: Server) -> None:
    keys = ["plain", "", "it's", 'say "no"', "back\\slash", "ключ", "🔑", "two\nlines"]
    schema = CollectionSchema([
        FieldSchema("key", DataType.VARCHAR, is_primary=True, max_length=100),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
    ])  # fmt: skip
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema, index_params=flat(), consistency_level="Strong")
        result = await client.insert("c", [{"key": key, "vector": [1, 2]} for key in keys])
        assert result["ids"] == keys
        rows = await client.get("c", keys, ["key"])
        assert sorted(row["key"] for row in rows) == sorted(keys)
        await client.delete("c", keys[1:])
        assert await client.query("c", "", ["key"], limit=10) == [{"key": "plain"}]


async def test_keys_made_by_the_server_can_be_used_to_read(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", 2, auto_id=True, consistency_level="Strong")
        keys = (await client.insert("c", [{"vector": [1, n], "n": n} for n in range(3)]))["ids"]
        rows = await client.get("c", [keys[2], keys[0]], ["n"])
        assert {row["id"]: row["n"] for row in rows} == {keys[0]: 0, keys[2]: 2}


async def test_a_partial_update_changes_what_it_gives(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no partial updates")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(COLOR, dynamic=True), index_params=flat())
        await client.insert("c", {"id": 1, "vector": [1, 2], "color": "red", "note": "old"})
        await client.upsert("c", {"id": 1, "color": "blue"}, partial_update=True)
        assert await client.get("c", 1) == [{"id": 1, "vector": [1.0, 2.0], "color": "blue", "note": "old"}]


async def test_the_server_has_the_last_word(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="wrong wrong") as raised:
            await client.delete("c", filter="wrong wrong")
        assert raised.value.operation == "Delete"
        assert raised.value.address in server.uri
        if not server.is_lite:  # which loads each new collection
            with pytest.raises(MilvusException, match="not loaded"):
                await client.get("c", 1)
