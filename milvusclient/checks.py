"""Checks of arguments, each with one wording, and :data:`UNSET`, the default of arguments for which None is a value.

Each check takes the name of the argument first, as the message shows it, and returns the value that was checked.
"""

from __future__ import annotations

import numbers
import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Final, Literal, TypeAlias

from milvusclient.exceptions import MilvusException, ParamError

__all__ = [
    "INT64_BOUNDS",
    "UNSET",
    "Unset",
    "given",
    "has_items",
    "is_time_array",
    "optional_mapping",
    "optional_str",
    "plain_str",
    "require_bool",
    "require_field_names",
    "require_int",
    "require_json_text",
    "require_keys",
    "require_mapping",
    "require_name",
    "require_number",
    "require_one_of",
    "require_path",
    "require_positive_int",
    "require_seconds",
    "require_str",
    "require_str_list",
]

#: The smallest and the largest integer that an INT64 holds.
INT64_BOUNDS: Final = (-(1 << 63), (1 << 63) - 1)


#: Above this no number of seconds makes sense, and an int may be too large for a float.
_MOST_SECONDS = 1e15


class _Unset(Enum):
    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = _Unset.UNSET
Unset: TypeAlias = Literal[_Unset.UNSET]


def given(value: object) -> str:
    """Return a refused value as messages show it: its repr, at most 60 characters, and its type."""
    shown = repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{shown} ({type(value).__name__})"


def has_items(value: Iterable[object]) -> bool:
    """Return whether the items of a value are what it holds: not of bytes, a mapping or a frame, which has columns."""
    return not isinstance(value, bytes | bytearray | Mapping) and not hasattr(value, "columns")


def is_time_array(value: object) -> bool:
    """Return whether a value is numpy's for moments or spans of time, which ``tolist`` may make plain integers of."""
    return getattr(getattr(value, "dtype", None), "kind", "") in ("M", "m")


def require_bool(name: str, value: object, *, error: type[MilvusException] = ParamError) -> bool:
    """Return ``value`` if it is True or False; raise ``error`` otherwise."""
    if isinstance(value, bool):
        return value
    raise error(message=f"{name} must be True or False, got {given(value)}")


def plain_str(value: str, name: str = "a str", *, error: type[MilvusException] = ParamError) -> str:
    """Return the content of a str as exactly a str. ``str()`` of a str enum would be its name.

    Args:
        value: the str.
        name: what messages call it.
        error: the class of the error.

    Raises:
        error: UTF-8 cannot hold it, so no request can.
    """
    text = value if type(value) is str else str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as reason:
            raise error(
                message=f"{name} cannot be encoded in UTF-8: it has half of a surrogate pair at index {reason.start}, "
                f"got {given(value)}"
            ) from None
    return text


def require_str(name: str, value: object, *, error: type[MilvusException] = ParamError) -> str:
    """Return ``value`` if it is a str, which may be empty; raise ``error`` otherwise."""
    if isinstance(value, str):
        return plain_str(value, name, error=error)
    raise error(message=f"{name} must be a str, got {given(value)}")


def require_name(name: str, value: object) -> str:
    """Return ``value`` if it is a str that is not empty."""
    if isinstance(value, str) and value:
        return plain_str(value, name)
    raise ParamError(message=f"{name} must be a non-empty str, got {given(value)}")


def require_path(name: str, value: object) -> str:
    """Return the path of a file as a str; it may be a str or a path object."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(path, str) and path:
        return plain_str(path, name)
    raise ParamError(message=f"{name} must be the path of a file, a str or os.PathLike, got {given(value)}")


def optional_str(name: str, value: object) -> str:
    """Return ``value`` if it is a str, and ``""`` for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return plain_str(value, name)
    raise ParamError(message=f"{name} must be a str or None, got {given(value)}")


def require_one_of(name: str, value: object, allowed: Sequence[str]) -> str:
    """Return ``value`` if it is one of the allowed strings."""
    if isinstance(value, str) and value in allowed:
        return plain_str(value, name)
    raise ParamError(message=f"{name} must be one of {', '.join(map(repr, allowed))}; got {given(value)}")


def require_int(
    name: str,
    value: object,
    *,
    least: int = INT64_BOUNDS[0],
    most: int = INT64_BOUNDS[1],
    error: type[MilvusException] = ParamError,
) -> int:
    """Return ``value`` as an int if it is an integer within bounds; both bounds are included.

    Integers of numpy and other libraries, 0-d arrays too, are integers: what ``operator.index`` takes, except bool.
    """
    if type(value) is not int:  # the usual case pays for one comparison only
        value = _index(name, value, error)
    if value < least:
        raise error(message=f"{name} must be at least {least}, got {value}")
    if value > most:
        raise error(message=f"{name} must be at most {most}, got {value}")
    return value


def _index(name: str, value: object, error: type[MilvusException]) -> int:
    if not isinstance(value, bool):
        try:
            return operator.index(value)  # type: ignore[arg-type]  # the except is for what has no __index__
        except TypeError:
            pass
    raise error(message=f"{name} must be an int, got {given(value)}")


def require_positive_int(name: str, value: object) -> int:
    """Return ``value`` as an int of at least 1; a decimal str such as ``"8"``, as servers answer, counts too."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return require_int(name, value, least=1)


def require_number(name: str, value: object) -> int | float:
    """Return ``value`` if it is an int or a float."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ParamError(message=f"{name} must be a number, got {given(value)}")


def require_seconds(name: str, value: object, *, error: type[MilvusException] = ParamError) -> float:
    """Return ``value`` as a float if it is a finite number of seconds above 0; raise ``error`` otherwise."""
    if not isinstance(value, int | float) and isinstance(value, numbers.Real):  # such as numpy's float32
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _MOST_SECONDS:
        return float(value)
    raise error(
        message=f"{name} must be a finite number of seconds above 0 and below {_MOST_SECONDS:g}, got {given(value)}"
    )


def require_str_list(name: str, value: object) -> list[str]:
    """Return a list or tuple of str as a list. A single str is refused: its letters would be taken for the items."""
    if isinstance(value, str) or not isinstance(value, list | tuple):
        hint = f"; write [{value!r}]" if isinstance(value, str) else ""
        raise ParamError(message=f"{name} must be a list of str, got {given(value)}{hint}")
    return [require_str(f"{name}[{index}]", item) for index, item in enumerate(value)]


def require_keys(name: str, value: object) -> list[str]:
    """Return the keys of properties: as :func:`require_str_list`, from any iterable, such as the keys of a dict."""
    if not isinstance(value, str) and isinstance(value, Iterable):
        value = list(value)
    return require_str_list(name, value)


def require_field_names(name: str, value: object) -> list[str]:
    """Return one field name, or a list of distinct ones, as a list."""
    if isinstance(value, str):
        return [plain_str(value, name)]
    if not isinstance(value, list):
        raise ParamError(message=f"{name} must be a str or a list of str, got {given(value)}")
    for index, item in enumerate(value):
        require_str(f"{name}[{index}]", item)
        if item in value[:index]:
            raise ParamError(message=f"{name}[{index}] repeats {item!r}; name each field once")
    return list(map(plain_str, value))


def require_mapping(name: str, value: object, *, may_be_empty: bool = True) -> Mapping[str, object]:
    """Return ``value`` if it is a dict or another mapping."""
    if isinstance(value, Mapping) and (value or may_be_empty):
        return value
    wanted = "a dict" if may_be_empty else "a dict with at least one entry"
    raise ParamError(message=f"{name} must be {wanted}, got {given(value)}")


def optional_mapping(name: str, value: object) -> dict[str, object]:
    """Return a mapping as a new dict, and an empty dict for None."""
    return {} if value is None else dict(require_mapping(name, value))


def require_json_text(name: str, value: object) -> str:
    """Return a mapping as compact JSON, and a str, which is taken to be JSON already, as it is."""
    if isinstance(value, str):
        return plain_str(value, name)
    if not isinstance(value, Mapping):
        raise ParamError(message=f"{name} must be a dict or a str of JSON, got {given(value)}")
    import json  # few arguments are JSON

    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ParamError(message=f"{name} cannot be written as JSON: {error}") from error
