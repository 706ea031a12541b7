"""The values of rows in files: what is in a cell, as the field of a collection wants it. All pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS, TypeFacts

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["Fields", "Row", "is_bytes_vector", "is_packed", "row_from_file", "value_from_text"]

Row: TypeAlias = dict[str, Any]
#: The fields of a collection by name.
Fields: TypeAlias = "Mapping[str, FieldDescription]"

#: What is JSON in files that have no type for it.
_JSON_FAMILIES = ("sparse", "json", "array")
_BOOLS = {"true": True, "1": True, "false": False, "0": False}
#: pandas writes a column of integers with a gap in it as 3.0.
_INTEGER = re.compile(r"(-?[0-9]+)(?:\.0*)?")


def value_from_text(text: str, field: FieldDescription | None) -> object:
    """Parse a cell of a CSV file, as its field wants it; a cell of a dynamic field is the text itself.

    Raises:
        ValueError: the text is not such a value.
    """
    if field is None:
        return text
    facts = FACTS[field["type"]]
    if facts.family == "string" or _is_bytes(facts):
        return text
    if facts.family == "integer":
        found = _INTEGER.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        return int(found[1])
    if facts.family == "float":
        if "_" in text:  # Python's own way to group digits
            raise ValueError(text)
        return float(text)
    if facts.family == "bool":
        if text.strip().lower() not in _BOOLS:
            raise ValueError(text)
        return _BOOLS[text.strip().lower()]
    value: object = json.loads(text)
    return value


def is_packed(field: FieldDescription | None) -> bool:
    """Return whether values of a field are JSON in a file that has no type for them."""
    return field is not None and FACTS[field["type"]].family in _JSON_FAMILIES


def is_bytes_vector(field: FieldDescription | None) -> bool:
    """Return whether values of a field are hex in a file that has no type for them."""
    return field is not None and _is_bytes(FACTS[field["type"]])


def _is_bytes(facts: TypeFacts) -> bool:
    """Return whether a vector is written in hex or as a list: every dense one but lists of floats."""
    return facts.family == "dense" and facts.data_type is not DataType.FLOAT_VECTOR


def _is_absent(text: object, field: FieldDescription | None) -> bool:
    """Return whether a cell has no value: an empty one, unless that is a value of its type and none is missing."""
    if text is None:
        return True
    return text == "" and not (field and FACTS[field["type"]].allows_empty and not field.get("nullable"))


def row_from_file(raw: Mapping[str, object], fields: Fields, json_columns: Collection[str] | None = None) -> Row:
    """Convert a row to what is inserted: cells to values, hex to bytes, the positions of sparse vectors to integers.

    Args:
        raw: the row as the file has it.
        fields: the collection's fields by name; other names are dynamic fields.
        json_columns: the dynamic columns that are JSON, in a file whose values are all texts, as in CSV; None for a
            file that has types.

    Raises:
        ValueError: a value is not what its field wants; the message names the field.
    """
    row: Row = {}
    for name, found in raw.items():
        field = fields.get(name)
        if json_columns is not None and _is_absent(found, field):
            continue
        try:
            value = found
            if json_columns is not None and isinstance(found, str):
                value = json.loads(found) if field is None and name in json_columns else value_from_text(found, field)
            row[name] = _as_field(value, field["type"]) if field else value
        except ValueError as error:
            expected = FACTS[field["type"]].words if field else "JSON"
            raise ValueError(f"field {name!r}: expected {expected}, got {str(found)[:60]!r}") from error
    return row


def _as_field(value: object, kind: DataType) -> object:
    if kind is DataType.SPARSE_FLOAT_VECTOR and isinstance(value, Mapping):
        return {int(key): number for key, number in value.items()}
    if FACTS[kind].family == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)  # as pandas writes it
    if not _is_bytes(FACTS[kind]):
        return value
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    return bytes.fromhex(value) if isinstance(value, str) else value
