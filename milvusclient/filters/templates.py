"""Placeholders of filters that programs write: filled in here where the server does not do it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum

from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import check_no_time_array, literal, literal_text
from milvusclient.filters.nodes import Literal

__all__ = ["check_balance", "expand", "plain_params"]

#: A literal, as a whole, or a placeholder; what is in quotes stays as it is.
_TOKENS = re.compile(
    r"""
    "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
    | \{\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*\}
    """,
    re.VERBOSE | re.DOTALL,
)
#: What can stand beside a literal without becoming a part of it: ``{x}{y}`` must not be one number.
_APART = frozenset(" \t\r\n()[],=<>")
_QUOTED = re.compile(r""" "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' """, re.VERBOSE | re.DOTALL)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def expand(text: str, values: Mapping[str, object], *, where: str, lite: bool = False, all_used: bool = False) -> str:
    """Return an expression with its values in the places of its placeholders.

    Args:
        text: the expression; ``{name}`` outside of quotes is a placeholder.
        values: the values, by name.
        where: what messages call the values.
        lite: it is for Milvus Lite.
        all_used: refuse values that have no placeholder.

    Raises:
        ParamError: a placeholder has no value, a value has no placeholder, or a filter cannot hold a value.
    """
    used: set[str] = set()

    def replaced(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0]
        if name not in values:
            raise ParamError(
                message=f"{where}: there is no value for the placeholder {{{name}}}{_nearest(name, values)}"
            )
        used.add(name)
        start, end = found.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        return f"{_gap(before)}{_value_text(f'{where}[{name!r}]', values[name], lite)}{_gap(after)}"

    expanded = _TOKENS.sub(replaced, text)
    if all_used and (unused := [name for name in values if name not in used]):
        raise ParamError(message=f"{where}: the expression has no placeholder {{{unused[0]}}}")
    return expanded


def _gap(neighbour: str) -> str:
    return " " if neighbour and neighbour not in _APART else ""


def _nearest(name: str, values: Mapping[str, object]) -> str:
    near = get_close_matches(name, list(values), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _value_text(where: str, value: object, lite: bool) -> str:
    plain = _plain(where, value)
    if isinstance(plain, bytes):
        raise ParamError(
            message=f"{where}: bytes are for servers that fill in placeholders themselves (Milvus 2.5 or newer)"
        )
    return _plain_text(where, plain, lite)


def _plain_text(where: str, value: object, lite: bool) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_plain_text(where, item, lite) for item in value)}]"
    return literal_text(value if isinstance(value, Literal) else literal(where, value), lite=lite)


def plain_params(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of placeholders as plain Python, for a server that fills them in.

    Raises:
        ParamError: a name is not a str, or a value has a type that filters do not have.
    """
    return {name: _plain(f"filter_params[{name!r}]", value) for name, value in values.items()}


def _plain(where: str, value: object) -> object:
    """Return a value, or a list of values, as plain Python; bytes, which only servers understand, as they are."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, Enum) and not isinstance(value, str | int | float):
        return _plain(where, value.value)
    if isinstance(value, str) or getattr(value, "shape", None) == ():
        return literal(where, value).value
    check_no_time_array(where, value)
    as_list = getattr(value, "tolist", None)
    if callable(as_list):
        value = as_list()
    if isinstance(value, set | frozenset):
        value = sorted(
            value, key=lambda item: (type(item).__name__, item if isinstance(item, int | float | str) else 0)
        )
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytearray):
        return [_plain(f"{where}[{index}]", item) for index, item in enumerate(value)]
    return literal(where, value).value


def check_balance(text: str) -> None:
    """Do nothing if the quotes and parentheses of an expression match, so that it can stand in parentheses.

    Raises:
        ParamError: they do not.
    """
    open_ones: list[str] = []
    for character in _QUOTED.sub("", text):
        if character in "([{":
            open_ones.append(character)
        elif character in ")]}":
            if not open_ones or open_ones.pop() != _PAIRS[character]:
                raise ParamError(message=f"raw: the {character!r} has no partner in the expression {given(text)}")
        elif character in "\"'":
            raise ParamError(message=f"raw: a quote is not closed in the expression {given(text)}")
    if open_ones:
        raise ParamError(message=f"raw: the {open_ones[-1]!r} has no partner in the expression {given(text)}")
