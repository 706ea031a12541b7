"""Conditions of a command line, ``--where NAME=VALUE``, as a filter. All pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient import DataType, ParamError
from milvusclient.schema.type_facts import PLAIN_STRINGS, types_of

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike

__all__ = ["filter_of", "parse_where"]

_INTEGERS, _FLOATS = types_of("integer"), types_of("float")


def filter_of(expr: str | None, where: Iterable[str], fields: Sequence[Mapping[str, object]]) -> FilterLike:
    """Build a filter from an expression, which is sent as it is without conditions, and from conditions.

    Args:
        expr: the expression; None or empty is none.
        where: the conditions.
        fields: the fields of the collection as ``describe_collection`` returns them.

    Raises:
        ParamError: a condition is not ``NAME=VALUE``, or the field cannot have the value.
    """
    values = parse_where(where, fields)
    if not values:
        return expr or ""
    if not expr:
        return values
    from milvusclient.filters import F, all_of, raw

    return all_of(raw(expr), *(F(name).in_(listed) for name, listed in values.items()))


def parse_where(texts: Iterable[str], fields: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Parse ``NAME=VALUE`` pairs; a name that is there several times may have any of its values.

    The type of a field says what the words of its value are. In the dynamic field, a value is a number, a bool or a str
    in quotes if it reads as JSON, else a str.

    Raises:
        ParamError: one is not ``NAME=VALUE``, or the field cannot have the value.

    Example:
        >>> from milvusclient import DataType
        >>> parse_where(["year=1990", "title=1984", "year=1991"], [{"name": "title", "type": DataType.VARCHAR}])
        {'year': [1990, 1991], 'title': ['1984']}
    """
    types = {field["name"]: field["type"] for field in fields}
    values: dict[str, list[object]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ParamError(message=f"--where must be NAME=VALUE, got {text!r}")
        name = name.strip()
        values.setdefault(name, []).append(_value(name, value, types.get(name)))
    return values


def _value(name: str, text: str, kind: object) -> object:
    if kind in PLAIN_STRINGS:
        return text
    try:
        value: object = json.loads(text)
    except ValueError:
        value = text
    if kind is None:
        return value if isinstance(value, bool | int | float | str) else text
    fits = (
        isinstance(value, bool)
        if kind is DataType.BOOL
        else not isinstance(value, bool)
        and ((kind in _INTEGERS and isinstance(value, int)) or (kind in _FLOATS and isinstance(value, int | float)))
    )
    if fits:
        return value
    shown = kind.name if isinstance(kind, DataType) else str(kind)
    raise ParamError(message=f"--where {name}={text}: {name!r} is {shown} and cannot have this value")
