"""Checks of single arguments that several schema classes share."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping, Sequence

from milvusclient.exceptions import MilvusException, ParamError

__all__ = [
    "boolean",
    "given",
    "integer",
    "json_text",
    "mapping",
    "name",
    "names",
    "number",
    "one_of",
    "positive",
    "text",
]


def given(value: object) -> str:
    """How a refused value is shown in a message: its repr, cut, and its type."""
    shown = repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{shown} ({type(value).__name__})"


def boolean(value: object, where: str, error: type[MilvusException] = ParamError) -> bool:
    """``value`` if it is a bool; otherwise ``error``."""
    if isinstance(value, bool):
        return value
    raise error(message=f"{where} must be True or False, got {given(value)}")


def text(value: object, where: str, error: type[MilvusException] = ParamError) -> str:
    """``value`` if it is a str; otherwise ``error``."""
    if isinstance(value, str):
        return value
    raise error(message=f"{where} must be a str, got {given(value)}")


def name(value: object, where: str) -> str:
    """``value`` if it is a str that is not empty."""
    if isinstance(value, str) and value:
        return value
    raise ParamError(message=f"{where} must be a str that is not empty, got {given(value)}")


def one_of(value: object, allowed: Sequence[str], where: str) -> str:
    """``value`` if it is one of some words."""
    if isinstance(value, str) and value in allowed:
        return value
    raise ParamError(message=f"{where} must be one of {', '.join(map(repr, allowed))}; got {given(value)}")


def integer(value: object, where: str, least: int, most: int | None = None) -> int:
    """``value`` if it is an int in a range."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value and (most is None or value <= most):
        return value
    wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ParamError(message=f"{where} must be an int {wanted}, got {given(value)}")


def number(value: object, where: str) -> int | float:
    """``value`` if it is an int or a float."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ParamError(message=f"{where} must be a number, got {given(value)}")


def positive(value: object, where: str) -> int:
    """``value`` as an int of at least 1; a decimal text such as ``"8"`` (as servers answer) counts too."""
    size: int | None = None
    if isinstance(value, str):
        size = int(value) if value.isascii() and value.isdigit() else None
    elif not isinstance(value, bool):
        try:
            size = operator.index(value)  # type: ignore[arg-type]  # the except is for what has no __index__
        except TypeError:
            size = None
    if size is None or size < 1:
        raise ParamError(message=f"{where} must be an int of at least 1, got {given(value)}")
    return size


def names(value: object, where: str) -> list[str]:
    """One name or a list of names, as a new list of distinct names."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise ParamError(message=f"{where} must be a str or a list of str, got {given(value)}")
    for index, one in enumerate(value):
        text(one, f"{where}[{index}]")
        if one in value[:index]:
            raise ParamError(message=f"{where}[{index}] repeats {one!r}; name each field once")
    return list(value)


def mapping(value: object, where: str) -> dict[str, object]:
    """A mapping as a new dict; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ParamError(message=f"{where} must be a dict, got {given(value)}")
    return dict(value)


def json_text(value: object, where: str) -> str:
    """A mapping as compact JSON; a text, which is taken to be JSON already, as it is."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise ParamError(message=f"{where} must be a dict or JSON text, got {given(value)}")
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ParamError(message=f"{where} cannot be written as JSON: {error}") from error
