"""Encoding the schemas that users build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from milvusclient._proto import schema_pb2
from milvusclient.operations.common import json_value_text, key_value_pairs, python_text
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.default_values import DefaultValue
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.functions import Function
    from milvusclient.schema.structs import StructFieldSchema

__all__ = [
    "encode_default",
    "encode_field",
    "encode_function",
    "encode_schema",
    "encode_struct_field",
    "parameter_pairs",
]

#: Parameters of schemas by their names in Python, and the names on the server.
_SERVER_KEYS = {"mmap_enabled": "mmap.enabled"}


def encode_schema(name: str, schema: CollectionSchema) -> schema_pb2.CollectionSchema:
    """Encode the schema of a new collection.

    Args:
        name: name of the collection.
        schema: a schema that its ``verify`` accepts.
    """
    return schema_pb2.CollectionSchema(
        name=name,
        description=schema.description,
        autoID=schema.auto_id,
        enable_dynamic_field=schema.enable_dynamic_field,
        enable_namespace=schema.enable_namespace,
        external_source=schema.external_source,
        external_spec=schema.external_spec,
        fields=[encode_field(field) for field in schema.fields],
        struct_array_fields=[encode_struct_field(struct) for struct in schema.struct_fields],
        functions=[encode_function(function) for function in schema.functions],
    )


def encode_field(field: FieldSchema, text: Callable[[object], str] = json_value_text) -> schema_pb2.FieldSchema:
    """Encode a field; ``text`` converts the values of its type parameters to str."""
    message = _encode_field(field)
    message.data_type = _data_type(field.dtype)
    if field.element_type is not None:
        message.element_type = _data_type(field.element_type)
    message.nullable = field.nullable
    message.external_field = field.external_field
    message.type_params.extend(parameter_pairs(field.params, text))
    return message


def _encode_field(field: FieldSchema) -> schema_pb2.FieldSchema:
    """Encode what a field and a sub-field of a struct have in common."""
    return schema_pb2.FieldSchema(
        name=field.name,
        description=field.description,
        is_primary_key=field.is_primary,
        autoID=field.auto_id,
        is_partition_key=field.is_partition_key,
        is_clustering_key=field.is_clustering_key,
        is_dynamic=field.is_dynamic,
        is_function_output=field.is_function_output,
        default_value=None if field.default_value is None else encode_default(field.dtype, field.default_value),
    )


def encode_struct_field(struct: StructFieldSchema) -> schema_pb2.StructArrayFieldSchema:
    """Encode a struct array: its sub-fields become arrays of its capacity, each with its nullability."""
    return schema_pb2.StructArrayFieldSchema(
        name=struct.name,
        description=struct.description,
        nullable=struct.nullable,
        fields=[_encode_sub_field(struct, field) for field in struct.fields],
        type_params=parameter_pairs(struct.params, json_value_text),
    )


def _encode_sub_field(struct: StructFieldSchema, field: FieldSchema) -> schema_pb2.FieldSchema:
    message = _encode_field(field)
    message.data_type = _data_type(DataType._ARRAY_OF_VECTOR if field.dtype.is_vector else DataType.ARRAY)
    message.element_type = _data_type(field.dtype)
    message.nullable = struct.nullable
    params = {**field.params, "max_capacity": struct.max_capacity}
    message.type_params.extend(parameter_pairs(params, json_value_text))
    return message


def encode_function(function: Function) -> schema_pb2.FunctionSchema:
    """Encode a function of a collection; its parameters are converted with ``str``."""
    return schema_pb2.FunctionSchema(
        name=function.name,
        description=function.description,
        type=cast("schema_pb2.FunctionType.ValueType", int(function.type)),
        input_field_names=function.input_field_names,
        output_field_names=function.output_field_names,
        params=parameter_pairs(function.params, python_text),
    )


def encode_default(dtype: DataType, value: DefaultValue) -> schema_pb2.ValueField:
    """Encode a default value, in the member that belongs to the type of the field."""
    message = schema_pb2.ValueField()
    setattr(message, FACTS[dtype].default_member, value)
    return message


def parameter_pairs(params: Mapping[str, object], text: Callable[[object], str]) -> list[common_pb2.KeyValuePair]:
    """Build pairs of the names on the server and the values, converted by ``text``."""
    return key_value_pairs({_SERVER_KEYS.get(key, python_text(key)): text(value) for key, value in params.items()})


def _data_type(dtype: DataType) -> schema_pb2.DataType.ValueType:
    return cast("schema_pb2.DataType.ValueType", int(dtype))
