"""The values of one column on their way into a message, and how a value that does not fit is refused.

Encoders look at whole columns first: at the set of the types in them, at the least and the greatest value. Only when
that look finds something unusual is each value converted by itself, and the first that does not fit is named with its
row. So a column that fits costs next to nothing to check, and one that does not gets an exact message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from milvusclient.checks import given
from milvusclient.exceptions import DataNotMatchException, MilvusException
from milvusclient.models.collection import FieldInfo

__all__ = ["Cells", "Refusal", "refused"]

Converted = TypeVar("Converted")


class Refusal(Exception):
    """A value does not fit; raised where the row is not known, and turned into an error where it is.

    Args:
        wanted: what the schema wants, such as ``"an INT8 (-128 to 127)"``.
        got: what was given, in words.
        inside: where in the value, such as ``"[3]"``.
        error: the class of the error that the user gets.
    """

    def __init__(
        self, wanted: str, got: str, *, inside: str = "", error: type[MilvusException] = DataNotMatchException
    ) -> None:
        super().__init__(wanted, got)
        self.wanted = wanted
        self.got = got
        self.inside = inside
        self.error = error

    @classmethod
    def of(
        cls,
        wanted: str,
        value: object,
        *,
        hint: str = "",
        inside: str = "",
        error: type[MilvusException] = DataNotMatchException,
    ) -> Refusal:
        """The refusal of ``value``, which the message shows with its type; ``hint`` says what to do."""
        return cls(wanted, given(value) + (f"; {hint}" if hint else ""), inside=inside, error=error)

    def within(self, inside: str) -> Refusal:
        """The same refusal seen from outside a list: ``inside`` is where in the list the value stands."""
        return Refusal(self.wanted, self.got, inside=inside + self.inside, error=self.error)

    def at(self, row: int | None, name: str) -> MilvusException:
        """The error for the user; without a row the name alone says where."""
        place = f"{name}{self.inside}" if row is None else f"row {row}, field {name!r}{self.inside}"
        return self.error(message=f"{place}: wanted {self.wanted}, got {self.got}")


def refused(row: int, name: str, wanted: str, got: str) -> MilvusException:
    """The error for a row that does not fit, where the row is known."""
    return Refusal(wanted, got).at(row, name)


class Cells:
    """The values of a column, nulls left out.

    Attributes:
        field: what the schema says about them.
        values: the values.
        rows: the index of the row of each value.
        name: what messages call the field; a sub-field of a struct array is ``struct[sub_field]``.
    """

    __slots__ = ("_types", "field", "name", "rows", "values")

    def __init__(
        self,
        field: FieldInfo,
        values: list[object],
        rows: Sequence[int],
        name: str = "",
        types: set[type] | None = None,
    ) -> None:
        self.field = field
        self.values = values
        self.rows = rows
        self.name = name or field.name
        self._types = types

    def types(self) -> set[type]:
        """The Python types that occur; looked for once."""
        if self._types is None:
            self._types = set(map(type, self.values))
        return self._types

    def each(self, convert: Callable[[object], Converted]) -> list[Converted]:
        """Every value converted; the first that does not fit raises the error that names its row."""
        converted: list[Converted] = []
        for row, value in zip(self.rows, self.values, strict=True):
            try:
                converted.append(convert(value))
            except Refusal as refusal:
                raise self.error(refusal, row) from None
        return converted

    def error(self, refusal: Refusal, row: int | None) -> MilvusException:
        """The error for the user: ``row`` is the row to blame, None if it is the column as a whole."""
        return refusal.at(row, self.name)
