"""Primary keys and filters in the expression language of servers."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from milvusclient import exceptions
from milvusclient.checks import INT64_BOUNDS, given, has_items, is_time_array, plain_str
from milvusclient.exceptions import DataTypeNotMatchException, ParamError, ReplyError
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo, FieldInfo

__all__ = ["Keys", "comparison", "in_expression", "list_keys", "primary_field", "quoted", "require_filter"]

#: One primary key, or many: a list, a tuple, a range, a set, or an array of numpy.
Keys = int | str | Iterable[int | str]

#: Characters that would end a string literal too early, or have another meaning in it.
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})

#: Milvus reads the digits of a number before its sign, and 2 ** 63 is one too many. So the smallest integer of 64 bits
#: is told from the others by the integer after it.
_AROUND_LEAST = {">": f">= {INT64_BOUNDS[0] + 1}", "<=": f"< {INT64_BOUNDS[0] + 1}"}


def require_filter(name: str, value: object) -> str:
    """Return ``value`` if it is a str, and ``""`` for None.

    Raises:
        DataTypeNotMatchException: it is neither.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise DataTypeNotMatchException(message=f'{name} must be a str such as "age > 20", got {given(value)}')


def list_keys(name: str, keys: Keys) -> list[int | str]:
    """Return one key or many as a list.

    Raises:
        TypeError: a key is neither an int nor a str. (It is a ParamError, too.)
    """
    as_list = getattr(keys, "tolist", None)
    # An array without dimensions is one key; moments may become numbers of nanoseconds, which are none.
    found: object = as_list() if callable(as_list) and not is_time_array(keys) else keys
    if isinstance(found, int | str) or hasattr(found, "__index__"):
        listed: Sequence[object] = [found]
    elif not isinstance(found, Iterable) or not has_items(found):
        raise exceptions.TypeError(message=f"{name} must be an int, a str, or a list of them, got {given(keys)}")
    else:
        listed = list(found)
    if set(map(type, listed)) <= {int, str}:
        return list(listed)  # type: ignore[arg-type]  # the line above says that they are
    return [_key(f"{name}[{index}]", key) for index, key in enumerate(listed)]


def _key(name: str, key: object) -> int | str:
    if isinstance(key, str):
        return plain_str(key)
    if not isinstance(key, bool):
        with suppress(TypeError):
            return operator.index(key)  # type: ignore[arg-type]  # what has no __index__ is what is suppressed
    raise exceptions.TypeError(message=f"{name} must be an int or a str, got {given(key)}")


def primary_field(collection: CollectionInfo) -> FieldInfo:
    """Return the primary key of a collection."""
    found = collection.primary_field
    if found is None:
        raise ReplyError(message=f"the server's description of collection {collection.name!r} has no primary key")
    return found


def in_expression(primary: FieldInfo, keys: Sequence[int | str], *, negated: bool = False, quote: str = "'") -> str:
    """Build the filter for the rows with these keys, or for all other rows.

    Args:
        primary: primary key of the collection.
        keys: values of the primary key.
        negated: select all other rows.
        quote: quotation mark around str values.

    Raises:
        ParamError: a key does not fit the primary key's type, or UTF-8 cannot hold it.

    Example:
        >>> from milvusclient.models.collection import FieldInfo
        >>> from milvusclient.operations.keys import in_expression
        >>> from milvusclient.schema.enums import DataType
        >>> in_expression(FieldInfo("id", data_type=DataType.VARCHAR), ["a", "b"])
        "id in ['a','b']"
    """
    literals = _literals(primary, keys, quote)
    least = str(INT64_BOUNDS[0])
    has_least = FACTS[primary.data_type].family != "string" and least in literals
    if has_least:
        literals = [literal for literal in literals if literal != least]
    expression = f"{primary.name} {'not in' if negated else 'in'} [{','.join(literals)}]"
    if has_least:
        others = f"{expression} {'and' if negated else 'or'} " if literals else ""
        expression = f"({others}{comparison(primary, '>' if negated else '<=', INT64_BOUNDS[0])})"
    return plain_str(expression, "the filter for the keys")


def comparison(primary: FieldInfo, sign: Literal[">", "<="], key: int | str) -> str:
    """Build the filter for the rows whose keys are larger than a key, or not.

    Raises:
        ParamError: the key does not fit the primary key's type.

    Example:
        >>> from milvusclient.models.collection import FieldInfo
        >>> from milvusclient.schema.enums import DataType
        >>> comparison(FieldInfo("id", data_type=DataType.INT64), "<=", 7)
        'id <= 7'
    """
    if key == INT64_BOUNDS[0]:
        return f"{primary.name} {_AROUND_LEAST[sign]}"
    (literal,) = _literals(primary, [key], '"')
    return f"{primary.name} {sign} {literal}"


def _literals(primary: FieldInfo, keys: Sequence[int | str], quote: str) -> list[str]:
    if FACTS[primary.data_type].family == "string":
        return [quoted(str(key), quote) for key in keys]
    return [str(_integer(primary, index, key)) for index, key in enumerate(keys)]


def quoted(text: str, quote: str) -> str:
    """Return a str as a string literal."""
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
    raise ParamError(
        message=f"ids[{index}] must be {kind}, the type of the primary key {primary.name!r}, got {given(key)}"
    )
