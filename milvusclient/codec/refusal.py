"""The refusal of a value that does not fit its field: what was expected, what was given, and where."""

from __future__ import annotations

from milvusclient.checks import given
from milvusclient.exceptions import DataNotMatchException, MilvusException

__all__ = ["Refusal", "is_missing"]


def is_missing(value: object) -> bool:
    """Return whether a value is NaN, or pandas' or numpy's NaT or NA: what libraries use where Python has None."""
    try:
        return type(value) is not str and bool(value != value)  # only these differ from themselves
    except (TypeError, ValueError):  # NA is neither true nor false, and an array is many values
        return type(value).__name__ == "NAType"


class Refusal(Exception):
    """A value does not fit; raised where the row is not known, and turned into an error where it is.

    Args:
        expected: what the schema asks for, such as ``"an INT8 (-128 to 127)"``.
        got: what was given, in words.
        inside: where in the value, such as ``"[3]"``.
        error: the class of the error that the user gets.
    """

    def __init__(
        self, expected: str, got: str, *, inside: str = "", error: type[MilvusException] = DataNotMatchException
    ) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got
        self.inside = inside
        self.error = error

    @classmethod
    def of(
        cls,
        expected: str,
        value: object,
        *,
        hint: str = "",
        inside: str = "",
        error: type[MilvusException] = DataNotMatchException,
    ) -> Refusal:
        """Build the refusal of ``value``, which the message shows with its type; ``hint`` says what to do."""
        if not hint and is_missing(value):
            hint = "use None for a missing value"
        return cls(expected, given(value) + (f"; {hint}" if hint else ""), inside=inside, error=error)

    def within(self, inside: str) -> Refusal:
        """Return the same refusal as seen from outside a list, where the value is at ``inside``."""
        return Refusal(self.expected, self.got, inside=inside + self.inside, error=self.error)

    def at(self, row: int | None, name: str) -> MilvusException:
        """Build the error for the user; without a row the name alone says where."""
        place = f"{name}{self.inside}" if row is None else f"row {row}, field {name!r}{self.inside}"
        return self.error(message=f"{place}: expected {self.expected}, got {self.got}")
