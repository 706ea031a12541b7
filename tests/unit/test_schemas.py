"""Schemas as messages."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from milvusclient._proto import schema_pb2
from milvusclient.operations.schemas import encode_default, encode_field, encode_function, encode_schema
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function


def as_dict(message: schema_pb2.CollectionSchema | schema_pb2.FieldSchema | schema_pb2.ValueField) -> dict[str, object]:
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def params_of(field: schema_pb2.FieldSchema | schema_pb2.StructArrayFieldSchema) -> dict[str, str]:
    return {pair.key: pair.value for pair in field.type_params}


def test_a_schema_names_its_fields_in_order() -> None:
    schema = SchemaBuilders.create_schema(auto_id=True, enable_dynamic_field=True, description="about books")
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    assert as_dict(encode_schema("books", schema)) == {
        "name": "books",
        "description": "about books",
        "autoID": True,
        "enable_dynamic_field": True,
        "fields": [
            {"name": "id", "data_type": "Int64", "is_primary_key": True, "autoID": True},
            {"name": "v", "data_type": "FloatVector", "type_params": [{"key": "dim", "value": "4"}]},
        ],
    }


def test_type_parameters_are_json_except_strings() -> None:
    field = FieldSchema(
        "t",
        DataType.VARCHAR,
        max_length=9,
        enable_analyzer=True,
        analyzer_params={"type": "english", "stop": ["und", "für"]},
        mmap_enabled=False,
        warmup="sync",
    )
    assert params_of(encode_field(field)) == {
        "max_length": "9",
        "enable_analyzer": "true",
        "analyzer_params": '{"type":"english","stop":["und","für"]}',
        "mmap.enabled": "false",
        "warmup": "sync",
    }


@pytest.mark.parametrize(
    ("dtype", "value", "wanted"),
    [
        (DataType.BOOL, True, {"bool_data": True}),
        (DataType.INT8, -7, {"int_data": -7}),
        (DataType.INT16, 7, {"int_data": 7}),
        (DataType.INT32, 7, {"int_data": 7}),
        (DataType.INT64, 1 << 62, {"long_data": str(1 << 62)}),
        (DataType.FLOAT, 1.5, {"float_data": 1.5}),
        (DataType.DOUBLE, 2.5, {"double_data": 2.5}),
        (DataType.VARCHAR, "d", {"string_data": "d"}),
        (DataType.TIMESTAMPTZ, "2025-01-01T00:00:00Z", {"string_data": "2025-01-01T00:00:00Z"}),
        (DataType.GEOMETRY, "POINT (1 2)", {"string_data": "POINT (1 2)"}),
        (DataType.BOOL, False, {"bool_data": False}),
    ],
)
def test_a_default_has_the_member_of_its_type(dtype: DataType, value: bool | float | str, wanted: object) -> None:
    assert as_dict(encode_default(dtype, value)) == wanted
    field = encode_field(FieldSchema("x", dtype, default_value=value, max_length=9))
    assert field.default_value == encode_default(dtype, value)


def test_a_field_without_a_default_sends_none() -> None:
    assert not encode_field(FieldSchema("x", DataType.INT64, nullable=True, default_value=None)).HasField(
        "default_value"
    )


def test_a_struct_array_repeats_its_capacity_in_every_sub_field() -> None:
    struct = SchemaBuilders.create_struct_field_schema()
    struct.add_field("label", DataType.VARCHAR, max_length=20).add_field("emb", DataType.FLOAT_VECTOR, dim=2)
    schema = SchemaBuilders.create_schema()
    schema.add_field(
        "clips",
        DataType.ARRAY,
        element_type=DataType.STRUCT,
        struct_schema=struct,
        max_capacity=10,
        nullable=True,
        mmap_enabled=True,
    )
    message = encode_schema("films", schema)
    assert not message.fields
    (clips,) = message.struct_array_fields
    assert (clips.name, clips.nullable, params_of(clips)) == ("clips", True, {"mmap.enabled": "true"})
    label, emb = clips.fields
    assert (label.data_type, label.element_type) == (schema_pb2.Array, schema_pb2.VarChar)
    assert params_of(label) == {"max_length": "20", "max_capacity": "10"}
    assert (emb.data_type, emb.element_type) == (schema_pb2.ArrayOfVector, schema_pb2.FloatVector)
    assert params_of(emb) == {"dim": "2", "max_capacity": "10"}
    assert label.nullable
    assert emb.nullable


def test_parameters_of_a_function_are_written_as_python_writes_them() -> None:
    function = Function("f", FunctionType.BM25, "t", "sp", "d", {"k": 1.2, "b": "x", "flag": True})
    message = encode_function(function)
    assert (message.name, message.description, message.type) == ("f", "d", schema_pb2.FunctionType.BM25)
    assert (list(message.input_field_names), list(message.output_field_names)) == (["t"], ["sp"])
    assert {pair.key: pair.value for pair in message.params} == {"k": "1.2", "b": "x", "flag": "True"}
