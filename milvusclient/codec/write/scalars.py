"""Columns of numbers, bools, strings and JSON."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from milvusclient.codec.json_text import encode_json
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.exceptions import DataTypeNotSupportException, ParamError
from milvusclient.schema.type_facts import TypeFacts

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["bools", "fill_scalars", "integers", "pack_floats", "strings"]

_LONGEST_CODE_POINT = 4
#: Of the members for integers, the widths that protobuf checks itself.
_CHECKED_BY_PROTOBUF = ("<i4", "<i8")
_PLAIN_NUMBERS = {int, float, bool}
#: Kinds of numpy's types that ``float()`` takes, but not for the number that they are: moments and spans of time (as
#: a count of nanoseconds, and NaT as one too), complex numbers (without a part of them), and text.
_NOT_REAL = ("M", "m", "c", "S", "U")


def integers(values: list[object], facts: TypeFacts, types: set[type] | None = None) -> list[int]:
    """Return the values of a column of integers as int.

    Args:
        values: the values.
        facts: the facts about their type.
        types: the Python types of the values, if they are known; so for the functions below.

    Raises:
        Refusal: a value is not an int within the bounds of the type; it does not say which value.
    """
    low, high = facts.bounds
    if (types or set(map(type, values))) == {int}:
        plain: list[int] = values  # type: ignore[assignment]  # the set says so
        if low <= min(plain) and max(plain) <= high:
            return plain
    return [_integer(value, facts) for value in values]


def _integer(value: object, facts: TypeFacts) -> int:
    if isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b":
        raise Refusal.of(facts.words, value, hint="bool is not accepted as an integer; use int(...)")
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # the except is for what has no __index__
    except TypeError:  # an array of several numbers has __index__ too
        raise Refusal.of(facts.words, value, hint=_float_hint(value)) from None
    if not facts.bounds[0] <= number <= facts.bounds[1]:
        raise Refusal(facts.words, str(number))
    return number


def _float_hint(value: object) -> str:
    """Return what to do about a float that is meant as an integer: a column of pandas with missing ones has floats."""
    if isinstance(value, float) and (value.is_integer() or math.isnan(value)):
        start = "use None for a missing value" if math.isnan(value) else "convert it with int(...)"
        return f'{start}, and a column of pandas with .astype("Int64")'
    return ""


def pack_floats(values: list[object], facts: TypeFacts, types: set[type] | None = None) -> bytes:
    """Return the values of a column of floats as the packed bytes that go on the wire.

    Raises:
        Refusal: a value is not a number in range; it does not say which value.
    """
    if (types or set(map(type, values))) <= _PLAIN_NUMBERS:
        try:
            return struct.pack(f"<{len(values)}{facts.code}", *values)
        except (struct.error, OverflowError):
            pass
    return b"".join([_packed_float(value, facts) for value in values])


def _packed_float(value: object, facts: TypeFacts) -> bytes:
    number = _float(value, facts)
    try:
        return struct.pack(f"<{facts.code}", number)
    except OverflowError:
        raise Refusal(facts.words, f"{number}, which is too large for {facts.data_type.name}") from None


def _float(value: object, facts: TypeFacts) -> float:
    if getattr(getattr(value, "dtype", None), "kind", "") in _NOT_REAL:
        raise Refusal.of(facts.words, value)
    try:
        if hasattr(value, "__float__") or hasattr(value, "__index__"):
            return float(value)  # type: ignore[arg-type]  # the line above says so
    except OverflowError:
        raise Refusal(facts.words, "a number that is too large for a double") from None
    except (TypeError, ValueError):  # an array of several numbers has __float__ too
        pass
    raise Refusal.of(facts.words, value)


def bools(values: list[object], facts: TypeFacts, types: set[type] | None = None) -> list[bool]:
    """Return the values of a BOOL column as bool.

    Raises:
        Refusal: a value is not a bool, nor 0 or 1; it does not say which value.
    """
    if (types or set(map(type, values))) <= {bool}:
        return values  # type: ignore[return-value]  # the set says so
    return [_bool(value, facts) for value in values]


def _bool(value: object, facts: TypeFacts) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if isinstance(value, bool) or (kind == "b" and getattr(value, "ndim", 0) == 0):
        return bool(value)
    is_one = getattr(value, "ndim", 0) == 0
    if is_one and hasattr(value, "__index__") and kind in ("", "i", "u") and value in (0, 1):
        return bool(value)
    raise Refusal.of(facts.words, value)


def strings(values: list[object], words: str, max_length: int | None, types: set[type] | None = None) -> list[str]:
    """Return the values of a column of strings as str.

    Raises:
        Refusal: a value is not a str that UTF-8 encodes in ``max_length`` bytes; it does not say which value.
    """
    if (types or set(map(type, values))) == {str} and _all_fit(values, max_length):  # type: ignore[arg-type]  # the set says so
        return values  # type: ignore[return-value]  # the set says so
    return [_string(value, words, max_length) for value in values]


def _all_fit(values: list[str], max_length: int | None) -> bool:
    """Return whether every string fits, as far as a quick look can tell."""
    joined = "".join(values)
    if joined.isascii():
        return max_length is None or max(map(len, values)) <= max_length
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return max_length is None or _LONGEST_CODE_POINT * max(map(len, values)) <= max_length


def _string(value: object, words: str, max_length: int | None) -> str:
    if not isinstance(value, str):
        if isinstance(value, bytes | bytearray | memoryview):
            # The reference client takes bytes for a list, and refuses its first integer with this class.
            raise Refusal.of(words, value, hint="decode it first", error=ParamError)
        raise Refusal.of(words, value)
    try:
        length = len(value.encode())
    except UnicodeEncodeError as error:
        raise Refusal(words, f"a str that UTF-8 cannot encode: {value[error.start]!r} at {error.start}") from None
    if max_length is not None and length > max_length:
        raise Refusal(f"{words} of at most {max_length} bytes (max_length)", f"{length} bytes of UTF-8")
    return str.__str__(value)  # the content, also of a str enum


Result = TypeVar("Result")


def _column(cells: Cells, encode: Callable[[list[object], set[type]], Result]) -> Result:
    """Encode a column as a whole; if that fails, encode its cells one by one, for the message."""
    try:
        return encode(cells.values, cells.types())
    except Refusal as refusal:
        cells.each(lambda value: encode([value], {type(value)}))
        raise cells.error(refusal, None) from None  # no single cell is to blame, the column is


# --- one function for each family; ``data`` is the repeated field of the message for its values -----------------------
def _fill_integers(data: Any, cells: Cells) -> None:
    facts = cells.facts
    if facts.dtype in _CHECKED_BY_PROTOBUF and cells.types() == {int}:
        try:
            data.extend(cells.values)
        except (ValueError, OverflowError):
            del data[:]
        else:
            return
    data.extend(_column(cells, lambda values, types: integers(values, facts, types)))


def _fill_floats(data: Any, cells: Cells) -> None:
    data.append(_column(cells, lambda values, types: pack_floats(values, cells.facts, types)))


def _fill_bools(data: Any, cells: Cells) -> None:
    data.extend(_column(cells, lambda values, types: bools(values, cells.facts, types)))


def _fill_strings(data: Any, cells: Cells) -> None:
    words, max_length = cells.facts.words, cells.field.max_length
    data.extend(_column(cells, lambda values, types: strings(values, words, max_length, types)))


def _fill_json(data: Any, cells: Cells) -> None:
    data.extend(encode_json(cells))


_FILLERS: dict[str, Callable[[Any, Cells], None]] = {
    "integer": _fill_integers,
    "float": _fill_floats,
    "bool": _fill_bools,
    "string": _fill_strings,
    "json": _fill_json,
}


def fill_scalars(target: schema_pb2.ScalarField, cells: Cells) -> None:
    """Encode a column of scalars; the member that belongs to the type is set even if there is no value.

    Raises:
        DataNotMatchException: a value does not fit.
        DataTypeNotSupportException: this client cannot write fields of that type.
    """
    fill = _FILLERS.get(cells.facts.family)
    if fill is None:
        raise DataTypeNotSupportException(
            message=f"field {cells.name!r} has a type that this version of the client cannot write "
            f"({cells.field.data_type.name})"
        )
    member = getattr(target, cells.facts.member)
    member.SetInParent()
    if cells.values:
        fill(member.data, cells)
