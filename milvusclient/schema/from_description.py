"""Reading the struct arrays of a described schema, which has them in one of three forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milvusclient.checks import given
from milvusclient.exceptions import FieldsTypeException, FieldTypeException
from milvusclient.schema.enums import DataType

__all__ = ["split_fields"]

_Raw = Mapping[str, object]


def split_fields(raw: _Raw) -> tuple[list[_Raw], list[_Raw]]:
    """Split the fields of a described schema into plain fields and struct arrays.

    Struct arrays occur in three forms: under ``struct_fields``, as ``CollectionSchema.to_dict`` writes them; among the
    ``fields``, as ``describe_collection`` returns them; and under ``struct_array_fields``, as servers store them.

    Args:
        raw: the described schema.

    Returns:
        The plain fields, and the struct arrays in the form of ``StructFieldSchema.to_dict``.

    Raises:
        FieldsTypeException, FieldTypeException: a value that should be a list of dicts is not.
    """
    plain: list[_Raw] = []
    structs = [*_dicts(raw.get("struct_fields"), "struct_fields")]
    for field in _dicts(raw["fields"], "fields"):
        is_struct = field.get("type") == DataType.ARRAY and field.get("element_type") == DataType.STRUCT
        (structs if is_struct else plain).append(_from_description(field) if is_struct else field)
    structs.extend(_from_server(struct) for struct in _dicts(raw.get("struct_array_fields"), "struct_array_fields"))
    return plain, structs


def _dicts(value: object, where: str) -> list[_Raw]:
    if value is None:
        return []
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise FieldsTypeException(message=f"{where} must be a list of dicts, got {given(value)}")
    for index, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise FieldTypeException(message=f"{where}[{index}] must be a dict, got {given(item)}")
    return list(value)


def _params(raw: _Raw) -> dict[str, object]:
    params = raw.get("params")
    return dict(params) if isinstance(params, Mapping) else {}


def _from_description(raw: _Raw) -> _Raw:
    params = _params(raw)
    capacity = params.pop("max_capacity", raw.get("max_capacity"))
    return {**raw, "fields": raw.get("struct_fields") or [], "params": params, "max_capacity": capacity}


def _from_server(raw: _Raw) -> _Raw:
    """Convert a struct array whose sub-fields are arrays, each with the max_capacity of the struct array."""
    capacity = raw.get("max_capacity")
    nullable = bool(raw.get("nullable"))
    fields: list[_Raw] = []
    for field in _dicts(raw.get("fields"), "struct_array_fields.fields"):
        params = _params(field)
        if field.get("type") in (DataType.ARRAY, DataType._ARRAY_OF_VECTOR):
            capacity = params.pop("max_capacity", capacity)
            nullable = nullable or bool(field.get("nullable"))
            fields.append({**field, "type": field.get("element_type"), "element_type": None, "params": params})
        else:
            fields.append(field)
    return {**raw, "fields": fields, "max_capacity": capacity, "nullable": nullable}
