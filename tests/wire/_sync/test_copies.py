"""Copies of everything that a schema can have: what the target is told is compared with what the source says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milvusclient import MilvusClient
from milvusclient._proto import schema_pb2
from milvusclient.codec.read.columns import decode_column
from milvusclient.models.copies import CopyReport
from tests.support.canned_rows import dynamic_data, field_data, struct_data
from tests.support.facts import Dynamic, message
from tests.support.readable import pairs
from tests.support.scripted import ScriptedServer

VECTORS = {
    "floats": "FloatVector", "halves": "Float16Vector", "brains": "BFloat16Vector", "bytes": "Int8Vector",
    "bits": "BinaryVector",
}  # fmt: skip
WIDE: dict[str, Any] = {
    "description": "all of it",
    "enable_dynamic_field": True,
    "shards_num": 2,
    "consistency_level": 1,
    "properties": {"collection.ttl.seconds": "86400", "mmap.enabled": "true"},
    "fields": [
        {"name": "id", "type": "Int64", "is_primary_key": True},
        {
            "name": "text",
            "type": "VarChar",
            "type_params": {
                "max_length": "99", "mmap.enabled": "true", "enable_analyzer": "true", "enable_match": "true",
                "analyzer_params": '{"tokenizer": "standard"}',
            },
        },
        {"name": "number", "type": "Int32", "nullable": True, "type_params": {"mmap.enabled": "false"}},
        {"name": "longs", "type": "Array", "element_type": "Int64", "type_params": {"max_capacity": "8"}},
        {"name": "place", "type": "Geometry"},
        {"name": "moment", "type": "Timestamptz"},
        *({"name": name, "type": kind, "type_params": {"dim": "16"}} for name, kind in VECTORS.items()),
        {"name": "weights", "type": "SparseFloatVector"},
        {"name": "words", "type": "SparseFloatVector", "is_function_output": True},
    ],
    "functions": [
        {
            "name": "bm25", "type": "BM25", "input_field_names": ["text"], "output_field_names": ["words"],
            "params": {"analyzer_name": "standard"},
        }
    ],
    "struct_array_fields": [
        {
            "name": "chunks",
            "fields": [
                {
                    "name": "text", "type": "Array", "element_type": "VarChar",
                    "type_params": {"max_length": "50", "max_capacity": "6"},
                },
                {
                    "name": "vector", "type": "ArrayOfVector", "element_type": "FloatVector",
                    "type_params": {"dim": "4", "max_capacity": "6"},
                },
            ],
        }
    ],
}  # fmt: skip
INDEXES = [
    ("floats", "by_graph", {"index_type": "HNSW", "metric_type": "COSINE", "params": '{"M": 8, "efConstruction": 64}'}),
    (
        "words", "words",
        {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "BM25", "bm25_k1": "1.3", "mmap.enabled": "true"},
    ),
    ("number", "number", {"index_type": "INVERTED"}),
    ("chunks[vector]", "in_chunks", {"index_type": "HNSW", "metric_type": "MAX_SIM_COSINE", "params": '{"M": 8}'}),
]  # fmt: skip


@pytest.fixture
def source_server() -> Iterator[ScriptedServer]:
    with ScriptedServer({"wide": WIDE}) as server:
        server.on("ShowPartitions").reply({"partition_names": ["_default"]}).forever()
        for field_name, index_name, params in INDEXES:
            server.state.remember_index("wide", field_name, index_name, params)
        yield server


def comparable(schema: Dynamic) -> Dynamic:
    """The schema without the numbers that a server gives."""
    fields = [*schema.fields, *schema.struct_array_fields]
    for struct in schema.struct_array_fields:
        fields.extend(struct.fields)
    for field in fields:
        field.ClearField("fieldID")
    for function in schema.functions:
        function.ClearField("id")
    return schema


def cells_of(column: Dynamic) -> list[Any]:
    """The values of a column, in any of the forms in which servers and clients write it."""
    return list(decode_column(schema_pb2.FieldData.FromString(column.SerializeToString()), 7))


def source_columns(source: ScriptedServer) -> dict[str, list[Any]]:
    """The columns that the target has to get: all that the source has, but those that a function computes."""
    schema, rows = source.state.schema("wide"), list(range(1, 8))
    columns = [field_data(field, rows, rows) for field in schema.fields if not field.is_function_output]
    columns += [struct_data(struct, rows) for struct in schema.struct_array_fields]
    return {column.field_name: cells_of(column) for column in (*columns, dynamic_data(rows))}


def copy(
    source_server: ScriptedServer, target_server: ScriptedServer, forms: tuple[str, str], checkpoint: str | None = None
) -> CopyReport:
    source_form, target_form = forms
    with (
        MilvusClient(source_server.uri, vectors_as=source_form) as source,  # type: ignore[arg-type]  # a parameter
        MilvusClient(target_server.uri, vectors_as=target_form) as target,  # type: ignore[arg-type]  # a parameter
    ):
        return source.copy_collection("wide", target, checkpoint=checkpoint)


@pytest.mark.parametrize("forms", [("list", "list"), ("numpy", "list"), ("list", "numpy")])
def test_all_that_a_schema_can_have_is_copied(
    source_server: ScriptedServer, scripted_server: ScriptedServer, forms: tuple[str, str]
) -> None:
    scripted_server.on("DescribeCollection").status(100, "can't find collection", error_code="CollectionNotExists")
    report = copy(source_server, scripted_server, forms)
    assert (report.written, report.source_rows, report.target_rows) == (7, 7, 7)
    (created,) = scripted_server.calls("CreateCollection")
    schema = message("CollectionSchema").FromString(created.message.schema)
    assert schema == comparable(source_server.state.schema("wide"))
    assert (created.message.shards_num, created.message.consistency_level) == (2, 1)
    assert pairs(created.message.properties) == WIDE["properties"]
    indexes = {call.message.index_name: call.message for call in scripted_server.calls("CreateIndex")}
    assert len(indexes) == len(INDEXES)
    for field_name, index_name, params in INDEXES:
        named = {key: value for key, value in params.items() if key != "params"}
        inner = {key: str(value) for key, value in json.loads(params.get("params", "{}")).items()}
        assert indexes[index_name].field_name == field_name
        assert pairs(indexes[index_name].extra_params) == named | inner
    (insert,) = scripted_server.calls("Insert")
    written = {column.field_name or "$meta": cells_of(column) for column in insert.message.fields_data}
    assert "words" not in written
    assert written == source_columns(source_server)


def test_a_copy_goes_on_whatever_the_form_of_vectors(
    source_server: ScriptedServer, scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    scripted_server.on("DescribeCollection").status(100, "can't find collection", error_code="CollectionNotExists")
    place = str(tmp_path / "place")
    assert (copy(source_server, scripted_server, ("list", "list"), place)).written == 7
    for forms in (("numpy", "numpy"), ("list", "list")):
        report = copy(source_server, scripted_server, forms, place)
        assert (report.written, report.skipped) == (0, 7)
