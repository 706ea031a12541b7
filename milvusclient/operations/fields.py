"""Fields and functions of a collection that exists: added, changed and dropped."""

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

#: The functions whose output can be added to a collection, and the type of that output.
_ADDED_OUTPUTS = {FunctionType.BM25: DataType.SPARSE_FLOAT_VECTOR, FunctionType.MINHASH: DataType.BINARY_VECTOR}


def build_add_field(collection_name: str, field: FieldSchema) -> milvus_pb2.AlterCollectionSchemaRequest:
    """A new field; the rows that are there have its default, or no value."""
    require_name("collection_name", collection_name)
    if field.dtype.is_vector and not field.nullable:
        raise ParamError(
            message=f"field {field.name!r}: the rows that are there have no vector for it; add it with nullable=True"
        )
    added = Alteration.FieldInfo(field_schema=encode_field(field, parameter_text))
    return _alteration(collection_name, Alteration.Action(add_request=Alteration.AddRequest(field_infos=[added])))


def build_add_field_to_old_server(
    request: milvus_pb2.AlterCollectionSchemaRequest,
) -> milvus_pb2.AddCollectionFieldRequest:
    """The same, as servers before 3.0 want it."""
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
    """A new struct array; the rows that are there have no value for it."""
    require_name("collection_name", collection_name)
    if not isinstance(struct_schema, StructFieldSchema):
        raise ParamError(message=f"struct_schema must be a StructFieldSchema, got {given(struct_schema)}")
    if not nullable:
        raise ParamError(
            message=f"field {field_name!r}: the rows that are there have no structs for it; add it with nullable=True"
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
    """A new field that the server computes, with its index."""
    require_name("collection_name", collection_name)
    if not isinstance(field_schema, FieldSchema):
        raise ParamError(message=f"field_schema must be a FieldSchema, got {given(field_schema)}")
    wanted = _ADDED_OUTPUTS.get(_checked_function("func", func).type)
    if wanted is None:
        names = ", ".join(function.name for function in _ADDED_OUTPUTS)
        raise ParamError(
            message=f"a field of function {func.name!r} ({func.type.name}) cannot be added; of {names} it can"
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
    """The one index of a new field, without which the field could not be searched."""
    if not isinstance(index_params, IndexParams):
        raise ParamError(message=f"index_params must be IndexParams, got {given(index_params)}")
    if len(index_params) != 1:
        raise ParamError(
            message=f"index_params must have one index, on field {field_name!r}; it has {len(index_params)}"
        )
    (index,) = index_params
    if index.field_name not in ("", field_name):
        raise ParamError(message=f"index_params is for field {index.field_name!r}, but the new field is {field_name!r}")
    if not index.index_type:
        raise ParamError(message=f"index_params must say the index_type of the index on field {field_name!r}")
    return index


def build_drop_field(
    collection_name: str, field_name: str | None, field_id: int
) -> milvus_pb2.AlterCollectionSchemaRequest:
    """The end of a field, by its name or by its number."""
    require_name("collection_name", collection_name)
    name = optional_str("field_name", field_name)
    number = require_int("field_id", field_id)
    if bool(name) == (number > 0):
        raise ParamError(message=f"give either field_name or field_id; got field_name={name!r} and field_id={number}")
    drop = Alteration.DropRequest(field_name=name) if name else Alteration.DropRequest(field_id=number)
    return _alteration(collection_name, Alteration.Action(drop_request=drop))


def build_drop_function_field(collection_name: str, function_name: str) -> milvus_pb2.AlterCollectionSchemaRequest:
    """The end of a function and of the fields that it writes."""
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
    """A new function."""
    return milvus_pb2.AddCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        functionSchema=encode_function(_checked_function("function", function)),
    )


def build_alter_function(
    collection_name: str, function_name: str, function: Function
) -> milvus_pb2.AlterCollectionFunctionRequest:
    """Another function in place of one."""
    return milvus_pb2.AlterCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        function_name=require_str("function_name", function_name),
        functionSchema=encode_function(_checked_function("function", function)),
    )


def build_drop_function(collection_name: str, function_name: str) -> milvus_pb2.DropCollectionFunctionRequest:
    """The end of a function; the fields that it wrote stay."""
    return milvus_pb2.DropCollectionFunctionRequest(
        collection_name=require_name("collection_name", collection_name),
        function_name=require_str("function_name", function_name),
    )


def _checked_function(name: str, function: object) -> Function:
    if isinstance(function, Function):
        return function
    raise ParamError(message=f"{name} must be a Function, got {given(function)}")
