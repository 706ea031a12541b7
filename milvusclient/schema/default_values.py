"""Default values of fields: which values a type can have, and how a server's answer states one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from milvusclient.checks import given, plain_str
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["DefaultValue", "checked_default", "plain_default"]

#: What a field can have as its default.
DefaultValue: TypeAlias = bool | int | float | str


def checked_default(value: object, field: str, dtype: DataType, max_length: int | None) -> DefaultValue:
    """Return the default of a field as a Python value of its type.

    Args:
        value: what a user gave.
        field: name of the field, for messages.
        dtype: its type.
        max_length: how many bytes in UTF-8 a VARCHAR may have; None without a limit.

    Raises:
        ParamError: the value does not fit, or fields of this type cannot have a default.
    """
    value = _python_number(value)
    facts = FACTS[dtype]
    where = f"field {field!r} ({dtype.name}): default_value"
    if not facts.default_member:
        raise ParamError(
            message=f"{where} is {given(value)}, but fields of this type cannot have a default; "
            "leave it out, and use nullable=True where rows may have no value"
        )
    if facts.family == "bool":
        return _bool(value, where)
    if facts.family == "integer":
        return _integer(value, where, facts.bounds)
    if facts.family == "float":
        return _float(value, where)
    return _string(value, where, max_length if dtype is DataType.VARCHAR else None)


def plain_default(value: object) -> object:
    """Return the Python value in a server's answer: ``{"long_data": 3}``, or a message with such a field, is 3."""
    which = getattr(value, "WhichOneof", None)
    if callable(which):
        member = which("data")
        return None if member is None else getattr(value, member)
    if isinstance(value, Mapping):
        inner = list(value.values())
        return inner[0] if len(inner) == 1 and str(next(iter(value))).endswith("_data") else value
    return value


def _python_number(value: object) -> object:
    """Return a numpy scalar as the Python number that it stands for, and anything else unchanged."""
    item = getattr(value, "item", None)
    if callable(item) and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return item()
    return value


def _bool(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise ParamError(message=f"{where} must be True or False, got {given(value)}")


def _integer(value: object, where: str, bounds: tuple[int, int]) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ParamError(message=f"{where} must be an int, got {given(value)}")
    if not bounds[0] <= value <= bounds[1]:
        raise ParamError(message=f"{where} must be in [{bounds[0]}, {bounds[1]}], got {value}")
    return value


def _float(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise ParamError(message=f"{where} must be a number, got {given(value)}")


def _string(value: object, where: str, max_length: int | None) -> str:
    if not isinstance(value, str):
        raise ParamError(message=f"{where} must be a str, got {given(value)}")
    size = len(value.encode("utf-8", "surrogatepass"))
    if max_length is not None and size > max_length:
        raise ParamError(message=f"{where} takes {size} bytes in UTF-8, more than max_length={max_length}")
    return plain_str(value)
