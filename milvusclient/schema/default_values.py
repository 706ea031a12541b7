"""Default values of fields: which values a type can have, and how a server's answer states one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType

__all__ = ["DefaultValue", "checked_default", "plain_default"]

#: What a field can have as its default.
DefaultValue: TypeAlias = bool | int | float | str

_INTEGER_BITS = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_FLOATS = (DataType.FLOAT, DataType.DOUBLE)
_TEXTS = (DataType.STRING, DataType.VARCHAR, DataType.TEXT, DataType.GEOMETRY, DataType.TIMESTAMPTZ)


def checked_default(value: object, field: str, dtype: DataType, max_length: int | None) -> DefaultValue:
    """``value`` as a value of ``dtype``; a ParamError if it is none, or if the type cannot have a default."""
    value = _python_number(value)
    where = f"field {field!r} ({dtype.name}): default_value"
    if dtype is DataType.BOOL:
        if isinstance(value, bool):
            return value
        raise ParamError(message=f"{where} must be True or False, got {given(value)}")
    if dtype in _INTEGER_BITS:
        return _integer(value, where, _INTEGER_BITS[dtype])
    if dtype in _FLOATS:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        raise ParamError(message=f"{where} must be a number, got {given(value)}")
    if dtype in _TEXTS:
        return _text(value, where, max_length if dtype is DataType.VARCHAR else None)
    raise ParamError(
        message=f"{where} is {given(value)}, but fields of this type cannot have a default; "
        "leave it out, and use nullable=True where rows may have no value"
    )


def plain_default(value: object) -> object:
    """The Python value in a server's answer: ``{"long_data": 3}``, or a message with such a field, is 3."""
    which = getattr(value, "WhichOneof", None)
    if callable(which):
        member = which("data")
        return None if member is None else getattr(value, member)
    if isinstance(value, Mapping):
        inner = list(value.values())
        return inner[0] if len(inner) == 1 and str(next(iter(value))).endswith("_data") else value
    return value


def _python_number(value: object) -> object:
    """A numpy scalar as the Python number that it stands for; anything else unchanged."""
    item = getattr(value, "item", None)
    if callable(item) and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return item()
    return value


def _integer(value: object, where: str, bits: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ParamError(message=f"{where} must be an int, got {given(value)}")
    bound = 1 << (bits - 1)
    if not -bound <= value < bound:
        raise ParamError(message=f"{where} must be in [{-bound}, {bound - 1}], got {value}")
    return value


def _text(value: object, where: str, max_length: int | None) -> str:
    if not isinstance(value, str):
        raise ParamError(message=f"{where} must be a str, got {given(value)}")
    size = len(value.encode("utf-8", "surrogatepass"))
    if max_length is not None and size > max_length:
        raise ParamError(message=f"{where} takes {size} bytes in UTF-8, more than max_length={max_length}")
    return value
