"""The fields that have numbers of single precision: those are written with the digits that they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["DISTANCE", "single_precision"]

#: The column of a search's result that has distances.
DISTANCE = "distance"


def _is_single(kind: DataType) -> bool:
    """Return whether numbers of a type are of single precision; the numbers of a sparse vector are, too."""
    return FACTS[kind].code == "f" or FACTS[kind].family == "sparse"


def single_precision(fields: Iterable[FieldDescription]) -> frozenset[str]:
    """Return the names of the fields whose numbers are of single precision, alone, in arrays and in vectors."""
    return frozenset(
        field["name"]
        for field in fields
        if _is_single(field["type"]) or _is_single(field.get("element_type", DataType.NONE))
    )
