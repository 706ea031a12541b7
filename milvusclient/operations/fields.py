"""Build requests that add, alter and drop fields and functions of an existing collection."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, optional_str, require_int, require_name, require_str
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import key_value_pairs, parameter_text
from milvusclient.operations.indexes import index_extra_params
from milvusclient.operations.schemas import encode_field, encode_function, encode_struct_field
from milvusclient.schema.collection_checks import verify_struct
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.index import IndexParam, IndexParams
from milvusclient.schema.structs import StructFieldSchema

__all__ = [
    "build_add_field",
    "build_add_field_to_old_server",
    "build_add_function",
    "build_add_function_field",
    "build_add_struct_field",
    "build_alter_function",
    "build_drop_field",
    "build_drop_function",
    "build_drop_function_field",
]

Alteration = milvus_pb2.AlterCollectionSchemaRequest

#: The types of functions that can be added with their output field, and the type of that field.
_ADDED_OUTPUTS = {FunctionType.BM25: DataType.SPARSE_FLOAT_VECTOR, FunctionType.MINHASH: DataType.BINARY_VECTOR}


def build_add_field(collection_name: str, field: FieldSchema) -> milvus_pb2.AlterCollectionSchemaRequest:
    """Build the request that adds a field; existing rows get its default value, or none."""
    require_name("collection_name", collection_name)
    if field.dtype.is_vector and not field.nullable:
        raise ParamError(
            message=f"field {field.name!r}: existing rows have no vector for it; add it with nullable=True"
        )
    added = Alteration.FieldInfo(field_schema=encode_field(field, parameter_text))
    return _alteration(collection_name, Alteration.Action(add_request=Alteration.AddRequest(field_infos=[added])))


def build_add_field_to_old_server(
    request: milvus_pb2.AlterCollectionSchemaRequest,
) -> milvus_pb2.AddCollectionFieldRequest:
    """Build the request that adds the same field to a server before 3.0."""
    (added,) = request.action.add_request.field_infos
    return milvus_pb2.AddCollectionFieldRequest(
        collection_name=request.collection_name, schema=added.field_schema.SerializeToString()
    )


def build_add_struct_field(
    collection_name: str,
    field_name: str,
    struct_schema: StructFieldSchema,
    max_capacity: int,
    *,
    desc: str | None,
    nullable: bool,
    mmap_enabled: bool | None,
    warmup: str | None,
) -> milvus_pb2.AddCollectionStructFieldRequest:
    """Build the request that adds a struct array; existing rows have no value for it."""
    require_name("collection_name", collection_name)
    if not isinstance(struct_schema, StructFieldSchema):
        raise ParamError(message=f"struct_schema must be a StructFieldSchema, got {given(struct_schema)}")
    if not nullable:
        raise ParamError(
            message=f"field {field_name!r}: existing rows have no structs for it; add it with nullable=True"
        )
    params = {"mmap_enabled": mmap_enabled, "warmup": warmup}
    struct = struct_schema.named(field_name, max_capacity, nullable=True, description=desc, params=params)
    verify_struct(struct)
    return milvus_pb2.AddCollectionStructFieldRequest(
        collection_name=collection_name, struct_array_field_schema=encode_struct_field(struct)
    )


def build_add_function_field(
    collection_name: str, field_schema: FieldSchema, func: Function, index_params: IndexParams
) -> milvus_pb2.AlterCollectionSchemaRequest:
    """Build the request that adds a field that a function computes, with its index."""
    require_name("collection_name", collection_name)
    if not isinstance(field_schema, FieldSchema):
        raise ParamError(message=f"field_schema must be a FieldSchema, got {given(field_schema)}")
    wanted = _ADDED_OUTPUTS.get(_checked_function("func", func).type)
    if wanted is None:
        names = " or ".join(function.name for function in _ADDED_OUTPUTS)
        raise ParamError(
            message=f"func {func.name!r} is of type {func.type.name}; "
            f"only functions of type {names} can be added with their field"
        )
    if field_schema.dtype is not wanted:
        raise ParamError(
            message=f"field {field_schema.name!r} is {field_schema.dtype.name}, but "
            f"{func.type.name} writes {wanted.name}"
        )
    index = _bound_index(field_schema.name, index_params)
    added = Alteration.FieldInfo(
        field_schema=encode_field(field_schema, parameter_text),
        index_name=optional_str("index_name", index.index_name),
        extra_params=key_value_pairs(index_extra_params(index)),
    )
    add = Alteration.AddRequest(field_infos=[added], func_schema=[encode_function(func)])
    return _alteration(collection_name, Alteration.Action(add_request=add))


def _bound_index(field_name: str, index_params: IndexParams) -> IndexParam:
    """Return the one index of a new field, without which the field could not be searched."""
    if not isinstance(index_params, IndexParams):
        raise ParamError(message=f"index_params must be IndexParams, got {given(index_params)}")
    if len(index_params) != 1:
        raise ParamError(
            message=f"index_params must have exactly one index, on field {field_name!r}; got {len(index_params)}"
        )
    (index,) = index_params
    if index.field_name not in ("", field_name):
        raise ParamError(message=f"index_params is for field {index.field_name!r}, but the new field is {field_name!r}")
    if not index.index_type:
        raise ParamError(message=f"index_params must give the index_type of the index on field {field_name!r}")
    return index


def build_drop_field(
    collection_name: str, field_name: str | None, field_id: int
) -> milvus_pb2.AlterCollectionSchemaRequest:
    """Build the request that drops a field, given by its name or by its identifier."""
    require_name("collection_name", collection_name)
    name = optional_str("field_name", field_name)
    number = require_int("field_id", field_id)
    if bool(name) == (number > 0):
        raise ParamError(message=f"give either field_name or field_id, got field_name={name!r} and field_id={number}")
    drop = Alteration.DropRequest(field_name=name) if name else Alteration.DropRequest(field_id=number)
    return _alteration(collection_name, Alteration.Action(drop_request=drop))


def build_drop_function_field(collection_name: str, function_name: str) -> milvus_pb2.AlterCollectionSchemaRequest:
    """Build the request that drops a function together with its output fields."""
    drop = Alteration.DropRequest(
        function_name=require_name("function_name", function_name), drop_function_output_fields=True
    )
    require_name("collection_name", collection_name)
    return _alteration(collection_name, Alteration.Action(drop_request=drop))


def _alteration(
    collection_name: str, action: milvus_pb2.AlterCollectionSchemaRequest.Action
) -> milvus_pb2.AlterCollectionSchemaRequest:
    return Alteration(collection_name=collection_name, action=action)


def build_add_function(collection_name: str, function: Function) -> milvus_pb2.AddCollectionFunctionRequest:
    """Build the request that adds a function."""
    return milvus_pb2.AddCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        functionSchema=encode_function(_checked_function("function", function)),
    )


def build_alter_function(
    collection_name: str, function_name: str, function: Function
) -> milvus_pb2.AlterCollectionFunctionRequest:
    """Build the request that replaces a function by another one."""
    return milvus_pb2.AlterCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        function_name=require_str("function_name", function_name),
        functionSchema=encode_function(_checked_function("function", function)),
    )


def build_drop_function(collection_name: str, function_name: str) -> milvus_pb2.DropCollectionFunctionRequest:
    """Build the request that drops a function and keeps its output fields."""
    return milvus_pb2.DropCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        function_name=require_str("function_name", function_name),
    )


def _checked_function(name: str, function: object) -> Function:
    if isinstance(function, Function):
        return function
    raise ParamError(message=f"{name} must be a Function, got {given(function)}")
