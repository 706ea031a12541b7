"""Conversions between values and the strings of requests, shared by the builders of several families."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal, Protocol, TypeAlias

from milvusclient._proto import common_pb2
from milvusclient.checks import given, plain_str
from milvusclient.codec.read.numpy_views import import_numpy
from milvusclient.codec.refusal import is_missing
from milvusclient.exceptions import ParamError

__all__ = [
    "VectorsAs",
    "enum_name",
    "json_or_text",
    "json_value_text",
    "key_value_pairs",
    "parameter_text",
    "property_pairs",
    "python_text",
    "require_vectors_as",
]

#: The form of dense vectors in a result: lists, or numpy arrays over the reply's own memory.
VectorsAs: TypeAlias = Literal["list", "numpy"]


def require_vectors_as(value: VectorsAs) -> VectorsAs:
    """Return ``value`` if it is a form of vectors in a result; ``"numpy"`` needs numpy to be installed."""
    if value == "list":
        return value
    if value != "numpy":
        raise ParamError(message=f"vectors_as must be 'list' or 'numpy', got {given(value)}")
    import_numpy()
    return value


class _EnumType(Protocol):
    """A protobuf enum, which knows the names of its numbers."""

    def Name(self, number: Any) -> str: ...  # noqa: N802  # protobuf's name


def enum_name(enum: _EnumType, number: int) -> str:
    """Return the name of a number, or its digits if only a newer server knows it."""
    try:
        return enum.Name(number)
    except ValueError:
        return str(number)


def python_text(value: object) -> str:
    """Return the str of a property's value, as Python writes it: ``True`` has a capital letter.

    Raises:
        ParamError: it is NaN, NaT or NA, which servers would take for words.
    """
    if isinstance(value, str):
        return plain_str(value)
    if is_missing(value):
        raise ParamError(message=f"a property or parameter must have a value, got {given(value)}; leave it out")
    # str() of a member of an enum of numbers may be its name.
    return str(value.value if isinstance(value, Enum) and isinstance(value, int | float) else value)


def parameter_text(value: object) -> str:
    """Return the str of an index parameter's value: a dict as JSON, anything else as Python writes it."""
    return _compact_json(value) if isinstance(value, Mapping) else python_text(value)


def json_value_text(value: object) -> str:
    """Return the str of a type parameter's value: a str unchanged, anything else as JSON."""
    return plain_str(value) if isinstance(value, str) else _compact_json(value)


def json_or_text(text: str) -> object:
    """Parse a str as JSON; return it unchanged if it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _compact_json(value: object) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ParamError(message=f"{given(value)} cannot be written as JSON: {error}") from error


def key_value_pairs(values: Mapping[str, str]) -> list[common_pb2.KeyValuePair]:
    """Build the pairs of a message from a dict."""
    return [common_pb2.KeyValuePair(key=key, value=value) for key, value in values.items()]


def property_pairs(properties: Mapping[str, object]) -> list[common_pb2.KeyValuePair]:
    """Build the pairs for the properties of a collection, a field or a database."""
    return key_value_pairs({python_text(key): python_text(value) for key, value in properties.items()})
