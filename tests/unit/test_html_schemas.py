"""What notebooks show of schemas, indexes and connections: tables, read back by a parser."""

from __future__ import annotations

import pytest

from milvusclient import CollectionSchema, DataType, FieldSchema, Function, FunctionType, IndexParams, MilvusClient
from milvusclient.models.connection import ConnectionInfo, OperationStats
from tests.support.notebook import read


# --- schemas ---------------------------------------------------------------------------------------------------------
def library() -> CollectionSchema:
    clips = MilvusClient.create_struct_field_schema(nullable=True, description="of the film")
    clips = clips.add_field("label", DataType.VARCHAR, max_length=20).add_field("v", DataType.FLOAT_VECTOR, dim=4)
    return (
        MilvusClient.create_schema(auto_id=True, enable_dynamic_field=True, description="All the books")
        .add_field("id", DataType.INT64, is_primary=True)
        .add_field("title", DataType.VARCHAR, max_length=200, description="as printed")
        .add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=20, nullable=True)
        .add_field("pages", DataType.INT32, default_value=5)
        .add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        .add_field("clips", DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=clips, max_capacity=3)
        .add_function(Function("bm25", FunctionType.BM25, "title", "words", params={"api_key": "hidden", "k1": 1.2}))
    )


def test_a_schema_has_a_line_for_each_field_and_a_table_of_functions() -> None:
    fields, functions = read(library()._repr_html_()).tables
    assert fields.caption == "CollectionSchema auto id · dynamic field · All the books"
    assert fields.head == ["field", "type", "properties", "parameters", "description"]
    assert fields.rows == [
        ["id", "INT64", "primary key, auto id", "", ""],
        ["title", "VARCHAR", "", "max_length=200", "as printed"],
        ["tags", "ARRAY of VARCHAR", "nullable", "max_length=20, max_capacity=9", ""],
        ["pages", "INT32", "default 5", "", ""],
        ["words", "SPARSE_FLOAT_VECTOR", "computed", "", ""],
        ["clips", "ARRAY of STRUCT", "nullable", "max_capacity=3", "of the film"],
        ["clips[label]", "VARCHAR", "", "max_length=20", ""],
        ["clips[v]", "FLOAT_VECTOR", "", "dim=4", ""],
    ]
    assert functions.head == ["function", "type", "input", "output", "parameters"]
    assert functions.rows == [["bm25", "BM25", "title", "words", "api_key=…, k1=1.2"]]


def test_an_external_source_may_hold_a_key_and_is_not_shown() -> None:
    field = FieldSchema("id", DataType.INT64, external_field="key")
    schema = CollectionSchema([field], external_source="s3://who:secret@bucket", external_spec='{"token": "secret"}')
    text = schema._repr_html_()
    assert "secret" not in text
    assert read(text).table.caption == "CollectionSchema external"
    assert read(text).table.rows == [["id", "INT64", "from key"]]


def test_fields_and_structs_show_themselves_as_in_a_schema() -> None:
    schema = library()
    assert read(schema.fields[1]._repr_html_()).table.rows == [["title", "VARCHAR", "max_length=200", "as printed"]]
    rows = read(schema.struct_fields[0]._repr_html_()).table.rows
    assert [row[0] for row in rows] == ["clips", "clips[label]", "clips[v]"]
    unnamed = MilvusClient.create_struct_field_schema().add_field("n", DataType.INT64)
    assert read(unnamed._repr_html_()).table.rows == [["", "ARRAY of STRUCT"], ["n", "INT64"]]


def test_indexes_are_a_table() -> None:
    indexes = IndexParams()
    assert read(indexes._repr_html_()).lines == ["IndexParams 0 indexes"]
    indexes.add_index("v", "HNSW", metric_type="L2", M=16, efConstruction=200)
    indexes.add_index("age", "INVERTED", "by_age")
    table = read(indexes._repr_html_()).table
    assert table.caption == "IndexParams 2 indexes"
    assert table.head == ["field", "index type", "index name", "metric", "parameters"]
    assert table.rows == [["v", "HNSW", "", "L2", "M=16, efConstruction=200"], ["age", "INVERTED", "by_age", "", ""]]
    assert read(indexes[1]._repr_html_()).table.rows == [["age", "INVERTED", "by_age"]]


# --- connections -----------------------------------------------------------------------------------------------------
def connection(operations: dict[str, OperationStats], since: float = 1_750_000_000.0) -> ConnectionInfo:
    return ConnectionInfo(
        alias="books", address="db:19530", database="default", user="reader", server_version="2.6.1",
        connected_since=since, calls=12_345, errors=1, retries=0, in_flight=2, bytes_sent=5_000_000, bytes_received=7,
        operations=operations,
    )  # fmt: skip


def test_a_connection_has_a_line_for_each_counter() -> None:
    rows = dict(read(connection({})._repr_html_()).table.rows)
    assert rows["alias"] == "books"
    assert rows["address"] == "db:19530"
    assert rows["user"] == "reader"
    assert rows["connected_since"] == "2025-06-15 15:06:40 UTC"
    assert rows["calls"] == "12,345"
    assert rows["bytes_sent"] == "5,000,000"
    assert "operations" not in rows
    assert dict(read(connection({}, 1e300)._repr_html_()).table.rows)["connected_since"] == "1e+300"


def test_the_operations_of_a_connection_are_a_table_of_their_own() -> None:
    buckets = (0,) * 4 + (3,) + (0,) * (len(OperationStats().buckets) - 5)
    search = OperationStats(calls=3, errors=1, seconds=0.3, longest=0.1, buckets=buckets)
    _, table = read(connection({"Search": search, "Insert": OperationStats()})._repr_html_()).tables
    assert table.caption == "operations"
    assert table.head == ["operation", "calls", "errors", "p50 ms", "p99 ms"]
    assert table.column("operation") == ["Search", "Insert"]
    assert table.column("calls") == ["3", "0"]
    assert table.column("errors") == ["1", "0"]
    assert search.p50 is not None
    median, nothing = table.column("p50 ms")
    assert float(median) == pytest.approx(search.p50 * 1000, rel=0.01)
    assert nothing == ""
