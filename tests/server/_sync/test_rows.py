"""Rows: inserted, replaced, read by their keys, and deleted."""

from __future__ import annotations

import copy

import pytest

from milvusclient import MilvusClient, CollectionSchema, DataType, FieldSchema, MilvusException
from tests.server.both import MILVUS_235, Server, by_id, flat, schema_of

COLOR = FieldSchema("color", DataType.VARCHAR, max_length=10)


def test_rows_are_inserted_read_replaced_and_deleted(server: Server) -> None:
    rows = [{"id": number, "vector": [number, 0.5], "color": "red", "note": {"n": number}} for number in range(6)]
    given = copy.deepcopy(rows)
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "c", schema=schema_of(COLOR, dynamic=True), index_params=flat(), consistency_level="Strong"
        )
        result = client.insert("c", rows)
        assert (result["insert_count"], result["ids"]) == (6, [0, 1, 2, 3, 4, 5])
        assert rows == given, "what the caller gave is not changed"
        assert by_id(client.get("c", [0, 5])) == {0: rows[0], 5: rows[5]}
        assert client.get("c", 3, ["note"]) == [{"id": 3, "note": {"n": 3}}]
        assert client.get("c", [77, 3], ["color"]) == [{"id": 3, "color": "red"}], "77 does not exist"

        result = client.upsert("c", [{"id": 5, "vector": [9, 9], "color": "blue"}, {**rows[0], "id": 6}])
        assert (result["upsert_count"], result["ids"]) == (2, [5, 6])
        found = by_id(client.get("c", [5, 6], ["color", "vector"]))
        assert found[5] == {"id": 5, "color": "blue", "vector": [9.0, 9.0]}
        assert client.query("c", "", ["count(*)"]) == [{"count(*)": 7}]

        # Servers before 2.3.2, and Milvus Lite, answer with the keys.
        assert client.delete("c", [0, 1]) == ([0, 1] if server.is_lite else {"delete_count": 2, "cost": 0})
        client.delete("c", 2)
        client.delete("c", filter="color == 'blue'")
        assert sorted(by_id(client.query("c", "id >= 0", ["id"]))) == [3, 4, 6]


def test_a_table_is_inserted_and_read_back(server: Server) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    rows = [{"id": n, "vector": [n / 2, 0.5], "color": "é" * n, "note": {"n": n}, "year": 1990 + n} for n in range(4)]
    vectors = pyarrow.list_(pyarrow.float32(), 2)
    table = pyarrow.Table.from_pylist(rows)
    table = table.set_column(1, "vector", pyarrow.array([row["vector"] for row in rows], vectors))
    chunks = pyarrow.concat_tables([table.slice(0, 1), table.slice(1)])
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "c", schema=schema_of(COLOR, dynamic=True), index_params=flat(), consistency_level="Strong"
        )
        assert (client.insert("c", chunks))["insert_count"] == 4
        assert by_id(client.query("c", "id >= 0", ["*"])) == by_id(rows)
        assert (client.upsert("c", table.slice(2)))["ids"] == [2, 3]
        with pytest.raises(MilvusException, match="there is no column 'color'"):
            client.insert("c", table.drop_columns("color"))


def test_many_rows_are_written_in_batches(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(COLOR), index_params=flat(), consistency_level="Strong")
        rows = (
            {"id": n, "vector": [n / 2, 0.5], "color": "red" if n != 77 else "too long, too long"} for n in range(500)
        )
        report = client.insert_many("c", rows, batch_rows=60, on_error="collect")
        assert (report.written, [row.index for row in report.rejected], report.uncertain) == (499, [77], [])
        assert client.query("c", "", ["count(*)"]) == [{"count(*)": 499}]
        columns = {"id": list(range(90, 110)), "vector": [[0.5, 0.5]] * 20, "color": ["blue"] * 20}
        assert (client.upsert_many("c", columns, batch_rows=7)).written == 20
        assert client.query("c", "color == 'blue'", ["count(*)"]) == [{"count(*)": 20}]


def test_one_row_and_no_row(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        assert (client.insert("c", {"id": 1, "vector": (1, 2)}))["insert_count"] == 1
        assert client.insert("c", []) == {"insert_count": 0, "ids": []}
        assert client.upsert("c", []) == {"upsert_count": 0, "ids": []}
        assert client.get("c", []) == []


def test_keys_that_are_texts_may_hold_anything(server: Server) -> None:
    keys = ["plain", "", "it's", 'say "no"', "back\\slash", "ключ", "🔑", "two\nlines"]
    schema = CollectionSchema([
        FieldSchema("key", DataType.VARCHAR, is_primary=True, max_length=100),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
    ])  # fmt: skip
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema, index_params=flat(), consistency_level="Strong")
        result = client.insert("c", [{"key": key, "vector": [1, 2]} for key in keys])
        assert result["ids"] == keys
        rows = client.get("c", keys, ["key"])
        assert sorted(row["key"] for row in rows) == sorted(keys)
        client.delete("c", keys[1:])
        assert client.query("c", "", ["key"], limit=10) == [{"key": "plain"}]


def test_keys_made_by_the_server_can_be_used_to_read(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", 2, auto_id=True, consistency_level="Strong")
        keys = (client.insert("c", [{"vector": [1, n], "n": n} for n in range(3)]))["ids"]
        rows = client.get("c", [keys[2], keys[0]], ["n"])
        assert {row["id"]: row["n"] for row in rows} == {keys[0]: 0, keys[2]: 2}


def test_a_partial_update_changes_what_it_gives(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no partial updates")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(COLOR, dynamic=True), index_params=flat())
        client.insert("c", {"id": 1, "vector": [1, 2], "color": "red", "note": "old"})
        client.upsert("c", {"id": 1, "color": "blue"}, partial_update=True)
        assert client.get("c", 1) == [{"id": 1, "vector": [1.0, 2.0], "color": "blue", "note": "old"}]


def test_the_server_has_the_last_word(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        with pytest.raises(MilvusException, match="wrong wrong") as raised:
            client.delete("c", filter="wrong wrong")
        assert raised.value.operation == "Delete"
        assert raised.value.address in server.uri
        if not server.is_lite:  # which loads each new collection
            with pytest.raises(MilvusException, match="not loaded"):
                client.get("c", 1)
