"""Values that programs give, turned into plain Python values, and plain values turned into the text of a filter.

Nothing else in the package writes a value into a filter.
"""

from __future__ import annotations

import json
import operator
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from math import isfinite
from typing import Any, TypeAlias, cast

from milvusclient.checks import INT64_BOUNDS, given, is_time_array
from milvusclient.exceptions import ParamError
from milvusclient.filters.nodes import Kind, Literal, Plain, Values

__all__ = [
    "WANTED",
    "Where",
    "check_no_time_array",
    "key_text",
    "literal",
    "literal_text",
    "plain_text",
    "quoted",
    "said",
    "value_groups",
    "values_text",
]

WANTED = "a bool, int, float, str or a datetime with a time zone"

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_KINDS: dict[type, Kind] = {bool: "bool", int: "int", float: "float", str: "str"}


#: What messages call a value: most values are good, so that it need not be known before.
Where: TypeAlias = str | Callable[[], str]


def said(where: Where) -> str:
    """Return what messages call a value."""
    return where if isinstance(where, str) else where()


def _item(where: Where, index: int) -> Where:
    return lambda: f"{said(where)}[{index}]"


# --- in ---------------------------------------------------------------------------------------------------------------
def literal(where: Where, value: object) -> Literal:
    """Return a value as plain Python.

    Args:
        where: what messages call it.
        value: of a type of Python, numpy and the like; members of an Enum are their values.

    Raises:
        ParamError: a filter cannot hold it.
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        return _unusual(where, value)
    if kind == "int":
        _check_int(where, cast("int", value))
    elif kind == "str":
        plain_text(where, value)
    elif kind == "float" and not isfinite(cast("float", value)):
        raise ParamError(message=f"{said(where)} must be a finite number, got {value}; filters find no NaN or infinity")
    return Literal(kind, cast("Plain", value))


def plain_text(where: Where, value: object) -> str:
    """Return a str as itself, and one of a subclass as its text.

    Raises:
        ParamError: it is none, or UTF-8 cannot hold it.
    """
    if not isinstance(value, str):
        raise ParamError(message=f"{said(where)} must be a str, got {given(value)}")
    text = str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ParamError(
                message=f"{said(where)} has half of a surrogate pair at index {error.start}, which UTF-8 cannot "
                f"hold: {given(value)}"
            ) from None
    return text


def _unusual(where: Where, value: object) -> Literal:
    if isinstance(value, str):
        return Literal("str", plain_text(where, value))
    if isinstance(value, Enum):
        return literal(where, value.value)
    if isinstance(value, int):
        return literal(where, int.__index__(value))
    if isinstance(value, float):
        return literal(where, float.__float__(value))
    check_no_time_array(where, value)
    if isinstance(value, datetime) and value == value:  # NaT is a datetime, but does not equal itself
        return Literal("time", _in_utc(where, value))
    if getattr(value, "shape", None) == () and callable(item := getattr(value, "item", None)):
        scalar = item()  # of numpy, or of a library like it
        if type(scalar) is not type(value):
            return literal(where, scalar)
    elif not hasattr(value, "shape"):
        try:
            return literal(where, operator.index(value))  # type: ignore[arg-type]  # the except is for the others
        except TypeError:
            pass
    raise ParamError(message=f"{said(where)} must be {WANTED}, got {given(value)}{_advice(value)}")


def check_no_time_array(where: Where, value: object) -> None:
    """Refuse numpy's moments and spans of time: as plain Python some of them would be numbers of nanoseconds.

    Raises:
        ParamError: it is one, or an array of them.
    """
    if is_time_array(value):
        raise ParamError(
            message=f"{said(where)} must be {WANTED}, got {given(value)}; "
            "use pandas.to_datetime(..., utc=True).to_pydatetime()"
        )


def _advice(value: object) -> str:
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return "; compare with == None, or use is_null()"
    if isinstance(value, bytes | bytearray):
        return "; use .decode()"
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return "; for one of several use in_(...)"
    for name in ("Decimal", "Fraction"):
        if type(value).__name__ == name:
            return "; use float(...)"
    return "; use str(...)" if type(value).__name__ in ("UUID", "PosixPath", "WindowsPath") else ""


def _check_int(where: Where, value: int) -> None:
    if not INT64_BOUNDS[0] <= value <= INT64_BOUNDS[1]:
        shown = value if abs(value) < 10**40 else "one with many more digits"
        raise ParamError(
            message=f"{said(where)} must be an integer of 64 bits ({INT64_BOUNDS[0]} to {INT64_BOUNDS[1]}), got {shown}"
        )


def _in_utc(where: Where, value: datetime) -> datetime:
    """Return the moment, without what a subclass adds to it."""
    try:
        if value.utcoffset() is None:
            raise ParamError(
                message=f"{said(where)} must be a datetime with a time zone, got {given(value)}; "
                "use .replace(tzinfo=UTC), or .astimezone() for local time"
            )
        moment = value.astimezone(UTC)
    except OverflowError:
        raise ParamError(
            message=f"{said(where)} is a moment outside of the years 1 to 9999 in UTC: {given(value)}"
        ) from None
    return datetime(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond, UTC
    )


def value_groups(where: Where, values: object) -> tuple[tuple[Values, ...], bool]:
    """Return the values of a list grouped by kind, in order, and whether None was among them.

    Args:
        where: what messages call the list.
        values: a list, a tuple, a set, a range, an array of numpy, or any other iterable.

    Raises:
        ParamError: it is not a list, or a filter cannot hold one of the values.
    """
    listed = _listed(where, values)
    types = set(map(type, listed))
    if len(types) == 1:
        (only,) = types
        check = _CHECKS.get(only)
        if check is not None and check(listed):
            return (Values(_KINDS[only], tuple(cast("Sequence[Plain]", listed))),), False
    groups: dict[Kind, list[Plain]] = {}
    has_none = False
    for index, value in enumerate(listed):
        if value is None:
            has_none = True
        else:
            one = literal(_item(where, index), value)
            groups.setdefault(one.kind, []).append(one.value)
    return tuple(Values(kind, tuple(group)) for kind, group in groups.items()), has_none


def _listed(where: Where, values: object) -> Sequence[object]:
    if type(values) is list or type(values) is tuple:
        return values
    if isinstance(values, str | bytes | bytearray):
        raise ParamError(message=f"{said(where)} must be a list of values, got {given(values)}; write [{values!r}]")
    check_no_time_array(where, values)
    as_list = getattr(values, "tolist", None)
    if callable(as_list):
        values = as_list()
    if not isinstance(values, Iterable) or isinstance(values, Mapping | str):
        hint = "; use list(....values()) or list(...) for its keys" if isinstance(values, Mapping) else ""
        raise ParamError(message=f"{said(where)} must be a list of values, got {given(values)}{hint}")
    listed = list(values)
    if isinstance(values, set | frozenset):
        # The order of a set differs from run to run, and a filter should not.
        listed.sort(key=lambda value: (type(value).__name__, value if isinstance(value, int | float | str) else 0))
    return listed


def _fits_int64(values: Sequence[Any]) -> bool:
    try:
        array("q", values)
    except OverflowError:
        return False
    return True


def _fits_utf8(values: Sequence[Any]) -> bool:
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        return False
    return True


#: What finds at once that all values of a type fit.
_CHECKS: dict[type, Callable[[Sequence[Any]], bool]] = {
    bool: lambda values: True,  # noqa: ARG005 - there are no others
    int: _fits_int64,
    float: lambda values: all(map(isfinite, values)),
    str: _fits_utf8,
}


# --- out --------------------------------------------------------------------------------------------------------------
def quoted(text: str) -> str:
    r"""Return a str as a literal that every server reads as that str.

    Only what would end it is escaped: servers differ in which other escapes they know, and take all else as it is.

    Example:
        >>> from milvusclient.filters.literals import quoted
        >>> print(quoted('a "word"'))
        "a \"word\""
    """
    return f'"{text.translate(_ESCAPES)}"' if _needs_escapes(text) else f'"{text}"'


def _needs_escapes(text: str) -> bool:
    return '"' in text or "\\" in text or "\n" in text or "\r" in text


def key_text(key: str, *, lite: bool) -> str:
    """Return a key of a JSON path as servers read it.

    Milvus compares it with the text of the stored JSON, so it has the escapes of JSON; Milvus Lite reads a literal.

    Raises:
        ParamError: Milvus cannot be asked for it.
    """
    if lite:
        return quoted(key)
    if key.isprintable() and not _needs_escapes(key) and "][" not in key:
        return f'"{key}"'
    if "][" in key:
        raise ParamError(message=f"filter: Milvus cannot be asked for a JSON key that holds '][', as {key!r} does")
    return json.dumps(key, ensure_ascii=False)


def literal_text(node: Literal, *, lite: bool) -> str:
    """Return a literal as it stands in a filter."""
    kind, value = node.kind, node.value
    if kind == "str":
        return quoted(cast("str", value))
    if kind == "int":
        return str(value) if lite or value != INT64_BOUNDS[0] else f"({_LEAST})"
    if kind == "bool":
        return "true" if value else "false"
    if kind == "float":
        return repr(value)
    return f"ISO '{_moment(cast('datetime', value))}'"


#: Milvus reads the digits before the sign, and 2 ** 63 is one too many.
_LEAST = f"{INT64_BOUNDS[0] + 1} - 1"


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def values_text(values: Values, *, lite: bool) -> str:
    """Return a list of literals as it stands in a filter."""
    items = values.values
    if not items:
        return "[]"
    if values.kind == "str":
        texts = cast("tuple[str, ...]", items)
        joined = '", "'.join(texts)
        # One look at all of them: the quotes of the separators are the only ones, and nothing needs an escape.
        if (
            joined.count('"') == 2 * (len(texts) - 1)
            and "\\" not in joined
            and "\n" not in joined
            and "\r" not in joined
        ):
            return f'["{joined}"]'
        return f"[{', '.join(map(quoted, texts))}]"
    if values.kind in ("int", "float"):
        text = str(list(items))
        return text if lite or str(INT64_BOUNDS[0]) not in text else text.replace(str(INT64_BOUNDS[0]), _LEAST)
    return f"[{', '.join(literal_text(Literal(values.kind, item), lite=lite) for item in items)}]"
