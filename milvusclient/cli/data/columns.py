"""The columns of results and of exported files. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__ = ["DISTANCE", "export_columns", "single_precision"]

#: The column of a search's result that has distances.
DISTANCE = "distance"


def export_columns(chosen: Sequence[str], described: Sequence[FieldDescription]) -> list[str]:
    """Return the columns of a table: dynamic fields differ from row to row, so they are there when they are named."""
    fixed = [field["name"] for field in described if not field.get("is_dynamic")] if "*" in chosen else []
    return [*fixed, *(name for name in chosen if name != "*" and name not in fixed)]


def single_precision(fields: Iterable[FieldDescription]) -> frozenset[str]:
    """Return the names of the fields whose numbers are of single precision, alone, in arrays and in vectors."""
    # Imported here because a completion needs this module, and not the table.
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.type_facts import FACTS

    # The numbers of a sparse vector are of single precision, although no letter of struct says so.
    single = {kind for kind, facts in FACTS.items() if facts.code == "f" or facts.family == "sparse"}
    return frozenset(
        field["name"]
        for field in fields
        if field["type"] in single or field.get("element_type", DataType.NONE) in single
    )
