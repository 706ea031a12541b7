"""Primary keys and filters as the expressions that servers read."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from milvusclient import exceptions
from milvusclient.checks import INT64_BOUNDS, given
from milvusclient.exceptions import DataTypeNotMatchException, ParamError, ReplyError
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo, FieldInfo

__all__ = ["Keys", "in_expression", "key_literals", "list_keys", "primary_field", "quoted", "require_filter"]

#: One primary key, or many: a list, a tuple, a range, a set, or an array of numpy.
Keys = int | str | Iterable[int | str]

#: What would end a text too early, or mean something else in it.
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


def require_filter(name: str, value: object) -> str:
    """``value`` if it is a text; empty for None.

    Raises:
        DataTypeNotMatchException: it is neither.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise DataTypeNotMatchException(message=f'{name} must be a str such as "age > 20", got {given(value)}')


def list_keys(name: str, keys: Keys) -> list[int | str]:
    """The keys one by one.

    Raises:
        TypeError: it is no key, or one of them is none. (It is a ParamError, too.)
    """
    if isinstance(keys, int | str):
        listed: Sequence[object] = [keys]
    elif isinstance(keys, bytes | bytearray | dict) or not isinstance(keys, Iterable):
        raise exceptions.TypeError(message=f"{name} must be an int, a str, or a list of them, got {given(keys)}")
    else:
        as_list = getattr(keys, "tolist", None)
        listed = as_list() if callable(as_list) else list(keys)
    if set(map(type, listed)) <= {int, str}:
        return list(listed)  # type: ignore[arg-type]  # the line above says that they are
    return [_key(f"{name}[{index}]", key) for index, key in enumerate(listed)]


def _key(name: str, key: object) -> int | str:
    if isinstance(key, str):
        return str(key)
    if not isinstance(key, bool):
        with suppress(TypeError):
            return operator.index(key)  # type: ignore[arg-type]  # what has no __index__ is what is suppressed
    raise exceptions.TypeError(message=f"{name} must be an int or a str, got {given(key)}")


def primary_field(collection: CollectionInfo) -> FieldInfo:
    """The primary key of a collection."""
    found = collection.primary_field
    if found is None:
        raise ReplyError(message=f"the server names no primary key for collection {collection.name!r}")
    return found


def in_expression(primary: FieldInfo, keys: Sequence[int | str], *, negated: bool = False, quote: str = "'") -> str:
    """The filter that lets these rows pass, or all but these.

    Args:
        primary: the primary key.
        keys: its values.
        negated: all but these.
        quote: what texts are put in.

    Raises:
        ParamError: a key does not fit the primary key's type.

    Example:
        >>> from milvusclient.models.collection import FieldInfo
        >>> from milvusclient.operations.keys import in_expression
        >>> from milvusclient.schema.enums import DataType
        >>> in_expression(FieldInfo("id", data_type=DataType.VARCHAR), ["a", "b"])
        "id in ['a','b']"
    """
    return f"{primary.name} {'not in' if negated else 'in'} [{','.join(key_literals(primary, keys, quote))}]"


def key_literals(primary: FieldInfo, keys: Sequence[int | str], quote: str) -> list[str]:
    """Each key as it is written in a filter.

    Raises:
        ParamError: a key does not fit the primary key's type.
    """
    if primary.data_type in (DataType.VARCHAR, DataType.STRING):
        return [quoted(str(key), quote) for key in keys]
    return [str(_integer(primary, index, key)) for index, key in enumerate(keys)]


def quoted(text: str, quote: str) -> str:
    """A text in quotes, whatever is in it."""
    escaped = text.translate(_ESCAPES) if "\\" in text or "\n" in text or "\r" in text else text
    return f"{quote}{escaped.replace(quote, chr(92) + quote)}{quote}"


def _integer(primary: FieldInfo, index: int, key: int | str) -> int:
    try:
        number = int(key)
    except ValueError:
        number = INT64_BOUNDS[0] - 1
    if INT64_BOUNDS[0] <= number <= INT64_BOUNDS[1]:
        return number
    kind = primary.data_type.name
    raise ParamError(message=f"ids[{index}] must be {kind}, as the primary key {primary.name!r} is, got {given(key)}")
