"""The lists that a CollectionSchema is made of: checked, and copied so that the caller's objects stay as they are."""

from __future__ import annotations

import copy

from milvusclient.checks import given
from milvusclient.exceptions import (
    FieldsTypeException,
    FieldTypeException,
    FunctionsTypeException,
    SchemaNotReadyException,
)
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.structs import StructFieldSchema

__all__ = ["checked_fields", "checked_functions", "checked_structs"]


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
