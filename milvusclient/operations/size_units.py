"""Parse sizes with a unit, such as ``"512MB"``."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from milvusclient.checks import given
from milvusclient.exceptions import ParamError

__all__ = ["ANY_SIZE", "megabytes"]

#: The number of megabytes that lets the server choose the size.
ANY_SIZE = (1 << 63) - 1

_MEGABYTE = 1 << 20
_UNITS = {"b": 1, "kb": 1 << 10, "mb": _MEGABYTE, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]*)\s*")


def megabytes(name: str, size: object) -> int:
    """Return a size such as ``"512MB"``, ``"1.5 gb"`` or a number of bytes in whole megabytes.

    Args:
        name: name of the argument, as errors show it.
        size: a str with a number and a unit, or a number of bytes.

    Raises:
        ParamError: the value is not a size, or is below 1 MB or too large.

    Example:
        >>> from milvusclient.operations.size_units import megabytes
        >>> megabytes("target_size", "1.5GB"), megabytes("target_size", 1 << 20)
        (1536, 1)
    """
    if isinstance(size, bool) or not isinstance(size, str | int | float):
        raise ParamError(message=f"{name} must be a size such as '512MB', got {given(size)}")
    found = _SIZE.fullmatch(size if isinstance(size, str) else format(Decimal(str(size)), "f"))
    if found is None:
        raise ParamError(
            message=f"{name} must be a size such as '512MB', '1.5GB' or a number of bytes, got {given(size)}"
        )
    number, unit = found.groups()
    if (unit or "b").lower() not in _UNITS:
        raise ParamError(message=f"{name} has the unknown unit {unit!r}; use B, KB, MB, GB, TB or PB")
    whole = int(Fraction(number) * _UNITS[(unit or "b").lower()] / _MEGABYTE)
    if not 1 <= whole <= ANY_SIZE:
        raise ParamError(message=f"{name} must be at least 1 MB, and at most {ANY_SIZE} MB, got {given(size)}")
    return whole
