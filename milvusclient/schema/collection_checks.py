"""Checks of the lists that a CollectionSchema is made of, and of what a collection needs before it is created."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from milvusclient.checks import given
from milvusclient.exceptions import (
    ClusteringKeyException,
    FieldsTypeException,
    FieldTypeException,
    FunctionsTypeException,
    MilvusException,
    ParamError,
    PartitionKeyException,
    PrimaryKeyException,
    SchemaNotReadyException,
)
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.structs import StructFieldSchema
from milvusclient.schema.type_facts import FACTS, Key

__all__ = [
    "KEY_KINDS",
    "checked_fields",
    "checked_functions",
    "checked_structs",
    "verify_field",
    "verify_keys",
    "verify_names",
    "verify_struct",
]


def checked_fields(fields: object) -> list[FieldSchema]:
    """Return copies of the fields, so that the caller's objects stay unchanged."""
    if not isinstance(fields, list):
        raise FieldsTypeException(message=f"fields must be a list of FieldSchema, got {given(fields)}")
    for index, field in enumerate(fields):
        if not isinstance(field, FieldSchema):
            raise FieldTypeException(message=f"fields[{index}] must be a FieldSchema, got {given(field)}")
    return copy.deepcopy(fields)


def checked_structs(structs: object) -> list[StructFieldSchema]:
    """Return copies of the struct arrays; an empty list for None."""
    if structs is None:
        return []
    if not isinstance(structs, list):
        raise FieldTypeException(message=f"struct_fields must be a list of StructFieldSchema, got {given(structs)}")
    for index, struct in enumerate(structs):
        if not isinstance(struct, StructFieldSchema):
            raise FieldTypeException(message=f"struct_fields[{index}] must be a StructFieldSchema, got {given(struct)}")
    return copy.deepcopy(structs)


def checked_functions(functions: object) -> list[Function]:
    """Return copies of the functions; an empty list for None."""
    if functions is None:
        return []
    if not isinstance(functions, list):
        raise FunctionsTypeException(message=f"functions must be a list of Function, got {given(functions)}")
    for index, function in enumerate(functions):
        if not isinstance(function, Function):
            raise SchemaNotReadyException(message=f"functions[{index}] must be a Function, got {given(function)}")
    return copy.deepcopy(functions)


class KeyKind(NamedTuple):
    """A kind of key: its name in messages, the error of a wrong one, and the types that it can have."""

    name: str
    error: type[MilvusException]
    types: tuple[DataType, ...]


def _types_of(key: Key) -> tuple[DataType, ...]:
    return tuple(data_type for data_type, facts in FACTS.items() if key in facts.keys)


#: The kinds of keys, by the flag of a field that makes it one.
KEY_KINDS: Final = {
    "is_primary": KeyKind("primary key", PrimaryKeyException, _types_of("is_primary")),
    "is_partition_key": KeyKind("partition key", PartitionKeyException, _types_of("is_partition_key")),
    "is_clustering_key": KeyKind("clustering key", ClusteringKeyException, _types_of("is_clustering_key")),
}


def verify_keys(keys: Mapping[str, FieldSchema], named: Mapping[str, str], known: Sequence[str]) -> None:
    """Check that each key has a type that it can have, and that each key that was named is a field.

    Args:
        keys: the key fields, by the flags of :data:`KEY_KINDS`.
        named: the names of key fields that the schema was given, by the same flags.
        known: the names of all fields.
    """
    for flag, kind in KEY_KINDS.items():
        field = keys.get(flag)
        if field is not None and field.dtype not in kind.types:
            wanted = " or ".join(dtype.name for dtype in kind.types)
            raise kind.error(
                message=f"field {field.name!r} is the {kind.name}, so its type must be {wanted}, got {field.dtype.name}"
            )
        if field is None and flag in named:
            raise kind.error(
                message=f"the {kind.name} field {named[flag]!r} is not in the schema, which has {', '.join(known)}"
            )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def verify_names(named: Sequence[_Named], what: str) -> None:
    """Check that each item has a name and that no two have the same."""
    seen: dict[str, int] = {}
    for index, one in enumerate(named):
        if not one.name:
            raise ParamError(message=f"{what}[{index}] has an empty name; give it one")
        if one.name in seen:
            raise ParamError(
                message=f"{what}[{index}] and {what}[{seen[one.name]}] are both named {one.name!r}; rename one of them"
            )
        seen[one.name] = index


def verify_field(field: FieldSchema, at: str) -> None:
    """Check that the field has the parameters that every server requires for its type."""
    if field.dtype.needs_dim and field.dim is None:
        raise ParamError(message=f"{at} ({field.dtype.name}): dim is missing; it is the number of elements of a vector")
    if field.dtype is DataType.BINARY_VECTOR and (field.dim or 0) % 8:
        raise ParamError(message=f"{at} (BINARY_VECTOR): dim counts bits and must be a multiple of 8, got {field.dim}")
    if field.dtype is DataType.ARRAY and field.element_type is None:
        raise ParamError(message=f"{at} (ARRAY): element_type is missing; it is the type of the elements")
    if field.is_primary and field.is_partition_key:
        raise PartitionKeyException(
            message=f"{at} is the primary key and the partition key; make another field the partition key"
        )


def verify_struct(struct: StructFieldSchema) -> None:
    """Check that the struct array has max_capacity and sub-fields, each with the parameters of its type."""
    at = f"struct field {struct.name!r}"
    if struct.max_capacity is None:
        raise ParamError(message=f"{at}: max_capacity is missing; it is the maximum number of structs of a row")
    if not struct.fields:
        raise ParamError(message=f"{at} has no sub-fields; add them with add_field")
    verify_names(struct.fields, f"the sub-fields of {at}")
    for field in struct.fields:
        verify_field(field, f"{at}: sub-field {field.name!r}")
