"""Checks of arguments, and conversions to texts, that the builders of several families share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol, TypeAlias

from milvusclient._proto import common_pb2
from milvusclient.checks import given
from milvusclient.codec.read.numpy_views import import_numpy
from milvusclient.exceptions import ParamError

__all__ = [
    "VectorsAs",
    "enum_name",
    "int64_bounds",
    "json_or_text",
    "json_value_text",
    "key_value_pairs",
    "optional_text",
    "parameter_text",
    "property_pairs",
    "python_text",
    "require_flag",
    "require_int",
    "require_keys",
    "require_mapping",
    "require_name",
    "require_names",
    "require_text",
    "require_vectors_as",
]

#: What dense vectors of a result are: lists, or numpy arrays over the reply's own memory.
VectorsAs: TypeAlias = Literal["list", "numpy"]

#: The integers that one number of a request can hold.
int64_bounds = (-(1 << 63), (1 << 63) - 1)


def require_vectors_as(value: VectorsAs) -> VectorsAs:
    """``value`` if it is a form that vectors of a result can have, and numpy is there if it needs to be."""
    if value not in ("list", "numpy"):
        raise ParamError(message=f"vectors_as must be 'list' or 'numpy', got {given(value)}")
    if value == "numpy":
        import_numpy()
    return value


def require_name(name: str, value: object) -> str:
    """``value`` if it is a text with something in it."""
    if isinstance(value, str) and value:
        return value
    raise ParamError(message=f"{name} must be a non-empty str, got {given(value)}")


def require_text(name: str, value: object) -> str:
    """``value`` if it is a text, which may be empty."""
    if isinstance(value, str):
        return value
    raise ParamError(message=f"{name} must be a str, got {given(value)}")


def optional_text(name: str, value: object) -> str:
    """``value`` if it is a text; empty for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise ParamError(message=f"{name} must be a str or None, got {given(value)}")


def require_names(name: str, value: object) -> list[str]:
    """A list or tuple of texts, as a list. A single text is refused: it would be taken letter by letter."""
    if isinstance(value, str) or not isinstance(value, list | tuple):
        hint = f"; write [{value!r}]" if isinstance(value, str) else ""
        raise ParamError(message=f"{name} must be a list of str, got {given(value)}{hint}")
    for index, item in enumerate(value):
        if not isinstance(item, str):
            raise ParamError(message=f"{name}[{index}] must be a str, got {given(item)}")
    return list(value)


def require_keys(name: str, value: object) -> list[str]:
    """Keys of properties: as :func:`require_names`, any iterable of texts such as the keys of a dict included."""
    if not isinstance(value, str) and isinstance(value, Iterable):
        value = list(value)
    return require_names(name, value)


def require_mapping(name: str, value: object, *, may_be_empty: bool = True) -> Mapping[str, object]:
    """``value`` if it is a dict, or like one."""
    if isinstance(value, Mapping) and (value or may_be_empty):
        return value
    wanted = "a dict" if may_be_empty else "a dict with at least one entry"
    raise ParamError(message=f"{name} must be {wanted}, got {given(value)}")


def require_flag(name: str, value: object) -> bool:
    """``value`` if it is a bool."""
    if isinstance(value, bool):
        return value
    raise ParamError(message=f"{name} must be True or False, got {given(value)}")


def require_int(name: str, value: object, *, least: int = int64_bounds[0], most: int = int64_bounds[1]) -> int:
    """``value`` if it is an int in the bounds, which are included."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParamError(message=f"{name} must be an int, got {given(value)}")
    if value < least:
        raise ParamError(message=f"{name} must be at least {least}, got {value}")
    if value > most:
        raise ParamError(message=f"{name} must be at most {most}, got {value}")
    return value


class _EnumType(Protocol):
    """A protobuf enum, which knows the names of its numbers."""

    def Name(self, number: Any) -> str: ...  # noqa: N802  # protobuf's name


def enum_name(enum: _EnumType, number: int) -> str:
    """The name of a number; the number itself, as text, if a newer server made it up."""
    try:
        return enum.Name(number)
    except ValueError:
        return str(number)


def python_text(value: object) -> str:
    """A property's value as text: numbers and texts as they are, and ``True`` with a capital."""
    return str(value)


def parameter_text(value: object) -> str:
    """An index parameter's value as text: as :func:`python_text`, but a dict becomes JSON."""
    return _compact_json(value) if isinstance(value, Mapping) else str(value)


def json_value_text(value: object) -> str:
    """A type parameter's value as text: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else _compact_json(value)


def json_or_text(text: str) -> object:
    """What a text means if it is JSON; the text itself if it is not."""
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
    """Texts by key, as messages carry them."""
    return [common_pb2.KeyValuePair(key=key, value=value) for key, value in values.items()]


def property_pairs(properties: Mapping[str, object]) -> list[common_pb2.KeyValuePair]:
    """Properties of a collection, a field or a database."""
    return key_value_pairs({str(key): python_text(value) for key, value in properties.items()})
