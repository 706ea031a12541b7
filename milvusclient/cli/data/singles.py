"""Which fields have numbers of single precision: those are written with the digits that they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["DISTANCE", "single_precision"]

#: The column of a search's result that has distances.
DISTANCE = "distance"
_TYPES = (DataType.FLOAT, DataType.FLOAT_VECTOR, DataType.SPARSE_FLOAT_VECTOR)


def single_precision(fields: Iterable[FieldDescription]) -> frozenset[str]:
    """Return the names of the fields whose numbers are of single precision, alone, in arrays and in vectors."""
    return frozenset(
        field["name"] for field in fields if field["type"] in _TYPES or field.get("element_type") in _TYPES
    )
