"""The values of one column on their way into a message.

Encoders look at whole columns first: at the set of the types in them, at the smallest and the largest value. Only when
that finds something unusual is each value converted by itself, and the first that does not fit is named with its row.
So a column that fits costs next to nothing to check, and one that does not gets an exact message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from milvusclient.codec.refusal import Refusal
from milvusclient.exceptions import MilvusException
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.type_facts import FACTS, TypeFacts

__all__ = ["Cells"]

Converted = TypeVar("Converted")


class Cells:
    """The values of a column, nulls left out.

    Attributes:
        field: what the schema says about them.
        facts: the facts about their type.
        values: the values.
        rows: the index of the row of each value.
        name: what messages call the field; a sub-field of a struct array is ``struct[sub_field]``.
    """

    __slots__ = ("_types", "facts", "field", "name", "rows", "values")

    def __init__(
        self,
        field: FieldInfo,
        values: list[object],
        rows: Sequence[int],
        name: str = "",
        types: set[type] | None = None,
    ) -> None:
        self.field = field
        self.facts: TypeFacts = FACTS[field.data_type]
        self.values = values
        self.rows = rows
        self.name = name or field.name
        self._types = types

    def types(self) -> set[type]:
        """Return the Python types of the values; they are looked up once."""
        if self._types is None:
            self._types = set(map(type, self.values))
        return self._types

    def each(self, convert: Callable[[object], Converted]) -> list[Converted]:
        """Convert every value; the first that does not fit raises the error that names its row."""
        converted: list[Converted] = []
        for row, value in zip(self.rows, self.values, strict=True):
            try:
                converted.append(convert(value))
            except Refusal as refusal:
                raise self.error(refusal, row) from None
        return converted

    def error(self, refusal: Refusal, row: int | None) -> MilvusException:
        """Build the error for the user: ``row`` is the row to blame, None if it is the column as a whole."""
        return refusal.at(row, self.name)
