"""The members of large filters: read from what users have, and checked before any is added."""

from __future__ import annotations

import operator
from collections.abc import Iterable

from milvusclient.checks import given
from milvusclient.exceptions import ParamError

__all__ = ["int64_members", "member_list", "string_members"]

_BOUND = 1 << 63


def member_list(members: object, what: str) -> list[object]:
    """The members of a filter that is built at once: a list, tuple, set or range, or an array with ``tolist``."""
    tolist = getattr(members, "tolist", None)
    if callable(tolist):
        members = tolist()
    if not isinstance(members, list | tuple | set | frozenset | range):
        raise ParamError(message=f"the members of a {what} must be a list, got {given(members)}")
    return list(members)


def int64_members(members: Iterable[object], what: str) -> list[int]:
    """The members as integers that fit in 64 bits."""
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
    """The members, texts, in UTF-8."""
    result: list[bytes] = []
    for index, member in enumerate(members):
        if not isinstance(member, str):
            raise ParamError(message=f"member {index} of the {what} must be a str, got {given(member)}")
        try:
            result.append(member.encode())
        except UnicodeEncodeError as error:
            raise ParamError(message=f"member {index} of the {what} is not valid Unicode: {error}") from error
    return result
