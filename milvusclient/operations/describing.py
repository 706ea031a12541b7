"""Parsing the description of a collection, and building the dict that users receive from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, cast

from milvusclient._proto import common_pb2
from milvusclient.models.collection import CollectionInfo, FieldInfo, FunctionInfo, StructFieldInfo
from milvusclient.models.descriptions import (
    CollectionDescription,
    FieldDescription,
    FunctionDescription,
    StructFieldDescription,
)
from milvusclient.operations.common import enum_name, json_or_text
from milvusclient.schema.enums import DataType, FunctionType

if TYPE_CHECKING:
    from milvusclient._proto import milvus_pb2, schema_pb2

__all__ = ["describe", "parse_collection_info"]

_MMAP = "mmap.enabled"
_SIZES = ("dim", "max_length", "max_capacity")
#: Properties of a field that a description has only where they are true.
_FLAGS = (
    "is_primary", "auto_id", "is_partition_key", "is_clustering_key", "is_dynamic", "is_function_output", "nullable",
)  # fmt: skip


def parse_collection_info(reply: milvus_pb2.DescribeCollectionResponse) -> CollectionInfo:
    """Parse what the server says about a collection; every other form of it is made of the result."""
    schema = reply.schema
    outputs = _function_outputs(schema)
    fields = tuple(_field_info(field, outputs) for field in schema.fields)
    return CollectionInfo(
        name=schema.name or reply.collection_name,
        collection_id=reply.collectionID,
        fields=fields,
        struct_fields=tuple(_struct_info(struct) for struct in schema.struct_array_fields),
        functions=tuple(_function_info(function) for function in schema.functions),
        enable_dynamic_field=schema.enable_dynamic_field,
        auto_id=any(field.auto_id for field in fields),
        description=schema.description,
        aliases=tuple(reply.aliases),
        properties=_texts(reply.properties),
        consistency_level=reply.consistency_level,
        num_shards=reply.shards_num,
        num_partitions=reply.num_partitions,
        created_timestamp=reply.created_timestamp,
        update_timestamp=reply.update_timestamp,
        database=reply.db_name,
        enable_namespace=schema.enable_namespace,
        schema_version=schema.version,
        external_source=schema.external_source,
        external_spec=schema.external_spec,
    )


def _field_info(field: schema_pb2.FieldSchema, outputs: set[str], name: str = "") -> FieldInfo:
    params = _texts(field.type_params)
    default = _default(field)
    return FieldInfo(
        name=name or field.name,
        field_id=field.fieldID,
        data_type=_data_type(field.data_type),
        dim=_size(params, "dim") or 0,
        max_length=_size(params, "max_length"),
        element_type=_data_type(field.element_type) if field.element_type else None,
        max_capacity=_size(params, "max_capacity"),
        nullable=field.nullable,
        has_default=default is not None,
        default_value=default,
        is_primary=field.is_primary_key,
        auto_id=field.autoID,
        is_partition_key=field.is_partition_key,
        is_clustering_key=field.is_clustering_key,
        is_function_output=field.is_function_output or field.name in outputs,
        is_dynamic=field.is_dynamic,
        description=field.description,
        external_field=field.external_field,
        type_params=params,
        index_params=_texts(field.index_params),
    )


def _struct_info(struct: schema_pb2.StructArrayFieldSchema) -> StructFieldInfo:
    params = _texts(struct.type_params)
    fields = tuple(_field_info(field, set(), _sub_field_name(struct.name, field.name)) for field in struct.fields)
    return StructFieldInfo(
        name=struct.name,
        field_id=struct.fieldID,
        fields=fields,
        max_capacity=next(
            (field.max_capacity for field in fields if field.max_capacity), _size(params, "max_capacity")
        ),
        nullable=struct.nullable or any(field.nullable for field in fields),
        description=struct.description,
        type_params=params,
    )


def _function_info(function: schema_pb2.FunctionSchema) -> FunctionInfo:
    return FunctionInfo(
        name=function.name,
        function_id=function.id,
        function_type=function.type,
        description=function.description,
        input_field_names=tuple(function.input_field_names),
        input_field_ids=tuple(function.input_field_ids),
        output_field_names=tuple(function.output_field_names),
        output_field_ids=tuple(function.output_field_ids),
        params=_texts(function.params),
    )


def describe(info: CollectionInfo) -> CollectionDescription:
    """Build what ``describe_collection`` returns; nothing in it is shared with ``info``, which may be cached."""
    described: CollectionDescription = {
        "collection_name": info.name,
        "auto_id": info.auto_id,
        "num_shards": info.num_shards,
        "description": info.description,
        "fields": [_describe_field(field) for field in info.fields],
        "functions": [_describe_function(function) for function in info.functions],
        "aliases": list(info.aliases),
        "collection_id": info.collection_id,
        "consistency_level": info.consistency_level,
        "consistency_level_name": enum_name(common_pb2.ConsistencyLevel, info.consistency_level),
        "properties": dict(info.properties),
        "num_partitions": info.num_partitions,
        "enable_dynamic_field": info.enable_dynamic_field,
        "enable_namespace": info.enable_namespace,
        "schema_version": info.schema_version,
    }
    described["fields"].extend(_describe_struct(struct) for struct in info.struct_fields)
    if info.external_source:
        described["external_source"] = info.external_source
    if info.external_spec:
        described["external_spec"] = info.external_spec
    if info.created_timestamp:
        described["created_timestamp"] = info.created_timestamp
    if info.update_timestamp:
        described["update_timestamp"] = info.update_timestamp
    return described


def _describe_field(field: FieldInfo) -> FieldDescription:
    described: dict[str, object] = {
        "field_id": field.field_id,
        "name": field.name,
        "description": field.description,
        "type": field.data_type,
        "params": _described_params(field.type_params),
    }
    if field.default_value is not None:
        described["default_value"] = copy(field.default_value)
    if field.element_type is not None:
        described["element_type"] = field.element_type
    described.update((flag, True) for flag in _FLAGS if getattr(field, flag))
    if field.external_field:
        described["external_field"] = field.external_field
    return cast("FieldDescription", described)


def _describe_struct(struct: StructFieldInfo) -> FieldDescription:
    """Build the description of a struct array as users build one: the sub-fields have the type of one value."""
    params = _described_params(struct.type_params)
    if struct.max_capacity:
        params["max_capacity"] = struct.max_capacity
    described: FieldDescription = {
        "field_id": struct.field_id,
        "name": struct.name,
        "description": struct.description,
        "type": DataType.ARRAY,
        "element_type": DataType.STRUCT,
        "params": params,
        "struct_fields": [_describe_sub_field(field) for field in struct.fields if field.element_type is not None],
    }
    if struct.nullable:
        described["nullable"] = True
    return described


def _describe_sub_field(field: FieldInfo) -> StructFieldDescription:
    described: StructFieldDescription = {
        "field_id": field.field_id,
        "name": field.name,
        "type": field.element_type or DataType.UNKNOWN,
        "description": field.description,
    }
    params = _described_params(field.type_params)
    params.pop("max_capacity", None)
    if params:
        described["params"] = params
    return described


def _describe_function(function: FunctionInfo) -> FunctionDescription:
    return {
        "name": function.name,
        "id": function.function_id,
        "description": function.description,
        "type": _function_type(function.function_type),
        "params": dict(function.params),
        "input_field_names": list(function.input_field_names),
        "input_field_ids": list(function.input_field_ids),
        "output_field_names": list(function.output_field_names),
        "output_field_ids": list(function.output_field_ids),
    }


def _described_params(texts: Mapping[str, str]) -> dict[str, object]:
    """Build type parameters under the names that schemas are built with; sizes become numbers."""
    params: dict[str, object] = {}
    for key, text in texts.items():
        if key == _MMAP:
            params["mmap_enabled"] = text.lower() != "false"
        elif key == "params":
            params[key] = json_or_text(text)
        elif key in _SIZES and text.isdecimal():
            params[key] = int(text)
        else:
            params[key] = text
    return params


def _function_outputs(schema: schema_pb2.CollectionSchema) -> set[str]:
    return {name for function in schema.functions for name in function.output_field_names}


def _sub_field_name(struct_name: str, name: str) -> str:
    """Return the name of a sub-field, which some servers write as ``struct[sub_field]``."""
    return name.removeprefix(f"{struct_name}[").removesuffix("]") if name.startswith(f"{struct_name}[") else name


def _default(field: schema_pb2.FieldSchema) -> schema_pb2.ValueField | None:
    """Return a copy of the default value: a part of a message keeps the whole message alive."""
    if not field.HasField("default_value") or field.default_value.WhichOneof("data") is None:
        return None
    return copy(field.default_value)


def _texts(pairs: Iterable[common_pb2.KeyValuePair]) -> dict[str, str]:
    return {pair.key: pair.value for pair in pairs}


def _size(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name, "")
    return int(text) if text.isdecimal() else None


def _data_type(number: int) -> DataType:
    try:
        return DataType(number)
    except ValueError:
        return DataType.UNKNOWN


def _function_type(number: int) -> FunctionType:
    try:
        return FunctionType(number)
    except ValueError:
        return FunctionType.UNKNOWN
