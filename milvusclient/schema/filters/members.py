"""The members of Bloom filters and bitmaps: checked, all of them before any is added."""

from __future__ import annotations

import operator
from collections.abc import Iterable

from milvusclient.checks import given
from milvusclient.exceptions import ParamError

__all__ = ["int64_members", "member_list", "string_members"]

_BOUND = 1 << 63


def member_list(members: object, what: str) -> list[object]:
    """Return the members that were given as a list, tuple, set, range or array (anything with ``tolist``)."""
    tolist = getattr(members, "tolist", None)
    if callable(tolist):
        members = tolist()
    if not isinstance(members, list | tuple | set | frozenset | range):
        raise ParamError(
            message=f"the members of a {what} must be a list, tuple, set, range or array, got {given(members)}"
        )
    return list(members)


def int64_members(members: Iterable[object], what: str) -> list[int]:
    """Return the members as integers that fit in 64 bits."""
    result: list[int] = []
    for index, member in enumerate(members):
        if isinstance(member, bool) or not hasattr(member, "__index__"):
            raise ParamError(message=f"member {index} of the {what} must be an int, got {given(member)}")
        value = operator.index(member)
        if not -_BOUND <= value < _BOUND:
            raise ParamError(message=f"member {index} of the {what} must fit in a signed 64-bit integer, got {value}")
        result.append(value)
    return result


def string_members(members: Iterable[object], what: str) -> list[bytes]:
    """Return the members, which must be str, in UTF-8."""
    result: list[bytes] = []
    for index, member in enumerate(members):
        if not isinstance(member, str):
            raise ParamError(message=f"member {index} of the {what} must be a str, got {given(member)}")
        try:
            result.append(member.encode())
        except UnicodeEncodeError as error:
            raise ParamError(message=f"member {index} of the {what} is not valid Unicode: {error}") from error
    return result
