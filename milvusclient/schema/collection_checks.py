"""Checks of the lists that a CollectionSchema is made of, and of what a collection needs before it can be created."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Protocol

from milvusclient.checks import given
from milvusclient.exceptions import (
    FieldsTypeException,
    FieldTypeException,
    FunctionsTypeException,
    ParamError,
    PartitionKeyException,
    SchemaNotReadyException,
)
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.structs import StructFieldSchema

__all__ = ["checked_fields", "checked_functions", "checked_structs", "verify_field", "verify_names", "verify_struct"]


def checked_fields(fields: object) -> list[FieldSchema]:
    """The fields, as copies."""
    if not isinstance(fields, list):
        raise FieldsTypeException(message=f"fields must be a list of FieldSchema, got {given(fields)}")
    for index, field in enumerate(fields):
        if not isinstance(field, FieldSchema):
            raise FieldTypeException(message=f"fields[{index}] must be a FieldSchema, got {given(field)}")
    return copy.deepcopy(fields)


def checked_structs(structs: object) -> list[StructFieldSchema]:
    """The struct arrays, as copies; none for None."""
    if structs is None:
        return []
    if not isinstance(structs, list):
        raise FieldTypeException(message=f"struct_fields must be a list of StructFieldSchema, got {given(structs)}")
    for index, struct in enumerate(structs):
        if not isinstance(struct, StructFieldSchema):
            raise FieldTypeException(message=f"struct_fields[{index}] must be a StructFieldSchema, got {given(struct)}")
    return copy.deepcopy(structs)


def checked_functions(functions: object) -> list[Function]:
    """The functions, as copies; none for None."""
    if functions is None:
        return []
    if not isinstance(functions, list):
        raise FunctionsTypeException(message=f"functions must be a list of Function, got {given(functions)}")
    for index, function in enumerate(functions):
        if not isinstance(function, Function):
            raise SchemaNotReadyException(message=f"functions[{index}] must be a Function, got {given(function)}")
    return copy.deepcopy(functions)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def verify_names(named: Sequence[_Named], what: str) -> None:
    """Each name is there, and only once."""
    seen: dict[str, int] = {}
    for index, one in enumerate(named):
        if not one.name:
            raise ParamError(message=f"{what}[{index}] has no name; name it")
        if one.name in seen:
            raise ParamError(message=f"{what}[{index}] and {what}[{seen[one.name]}] are both named {one.name!r}")
        seen[one.name] = index


def verify_field(field: FieldSchema, at: str) -> None:
    """The field has what its type needs, as every server asks for it."""
    if field.dtype.needs_dim and field.dim is None:
        raise ParamError(message=f"{at} ({field.dtype.name}): dim is missing; say how many elements a vector has")
    if field.dtype is DataType.BINARY_VECTOR and (field.dim or 0) % 8:
        raise ParamError(message=f"{at} (BINARY_VECTOR): dim counts bits and must be a multiple of 8, got {field.dim}")
    if field.dtype is DataType.ARRAY and field.element_type is None:
        raise ParamError(message=f"{at} (ARRAY): element_type is missing; say what type the elements have")
    if field.is_primary and field.is_partition_key:
        raise PartitionKeyException(
            message=f"{at} is the primary key, so it cannot be the partition key; use another field"
        )


def verify_struct(struct: StructFieldSchema) -> None:
    """The struct has a capacity and sub-fields, each with what its type needs."""
    at = f"struct field {struct.name!r}"
    if struct.max_capacity is None:
        raise ParamError(message=f"{at}: max_capacity is missing; say how many structs a row can have")
    if not struct.fields:
        raise ParamError(message=f"{at} has no sub-fields; add them with add_field")
    verify_names(struct.fields, f"the sub-fields of {at}")
    for field in struct.fields:
        verify_field(field, f"{at}: sub-field {field.name!r}")
