"""Columns of numbers, truth values and texts."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from milvusclient.codec.json_text import encode_json
from milvusclient.codec.write.cells import Cells, Refusal
from milvusclient.exceptions import DataTypeNotSupportException, ParamError
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedScalarFieldContainer

    from milvusclient._proto import schema_pb2

__all__ = ["INT_RANGES", "fill_scalars", "pack_floats", "texts", "truths", "whole_numbers"]

INT_RANGES: dict[DataType, tuple[int, int]] = {
    DataType.INT8: (-(1 << 7), (1 << 7) - 1),
    DataType.INT16: (-(1 << 15), (1 << 15) - 1),
    DataType.INT32: (-(1 << 31), (1 << 31) - 1),
    DataType.INT64: (-(1 << 63), (1 << 63) - 1),
}
_TEXTS = (DataType.VARCHAR, DataType.STRING, DataType.TEXT, DataType.GEOMETRY, DataType.TIMESTAMPTZ)
_LONGEST_CODE_POINT = 4
#: Of the integers, those whose range protobuf checks itself.
_PROTOBUF_RANGES = (DataType.INT32, DataType.INT64)
_PLAIN_NUMBERS = {int, float, bool}


def whole_numbers(values: list[object], data_type: DataType, types: set[type] | None = None) -> list[int]:
    """The values of an integer column.

    Args:
        values: the values.
        data_type: which integers.
        types: the Python types that occur among them, if that is known; so for the functions below.

    Raises:
        Refusal: unless every value is an int in range; it does not say which is not.
    """
    low, high = INT_RANGES[data_type]
    if (types or set(map(type, values))) == {int}:
        whole: list[int] = values  # type: ignore[assignment]  # the set says so
        if low <= min(whole) and max(whole) <= high:
            return whole
    return [_whole_number(value, data_type) for value in values]


def _whole_number(value: object, data_type: DataType) -> int:
    low, high = INT_RANGES[data_type]
    wanted = f"an {data_type.name} ({low} to {high})"
    if isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b":
        raise Refusal.of(wanted, value, hint="a truth value is no number here; use int(...)")
    if not hasattr(value, "__index__"):
        raise Refusal.of(wanted, value)
    try:
        number = operator.index(value)
    except TypeError:  # an array of several numbers has __index__ too
        raise Refusal.of(wanted, value) from None
    if not low <= number <= high:
        raise Refusal(wanted, str(number))
    return number


def pack_floats(values: list[object], data_type: DataType, types: set[type] | None = None) -> bytes:
    """The values of a FLOAT or DOUBLE column as the packed bytes that go on the wire.

    Raises:
        Refusal: unless every value is a number in range; it does not say which is not.
    """
    code = "f" if data_type == DataType.FLOAT else "d"
    if (types or set(map(type, values))) <= _PLAIN_NUMBERS:
        try:
            return struct.pack(f"<{len(values)}{code}", *values)
        except (struct.error, OverflowError):
            pass
    return b"".join([_packed_float(value, data_type, code) for value in values])


def _packed_float(value: object, data_type: DataType, code: str) -> bytes:
    number = _number(value, data_type)
    try:
        return struct.pack(f"<{code}", number)
    except OverflowError:
        raise Refusal(f"a {data_type.name}", f"{number}, which is too large for {data_type.name}") from None


def _number(value: object, data_type: DataType) -> float:
    try:
        if hasattr(value, "__float__") or hasattr(value, "__index__"):
            return float(value)  # type: ignore[arg-type]  # the line above says so
    except OverflowError:
        raise Refusal(f"a {data_type.name}", "a number that is too large for a double") from None
    except (TypeError, ValueError):  # an array of several numbers has __float__ too
        pass
    raise Refusal.of(f"a {data_type.name}", value)


def truths(values: list[object], types: set[type] | None = None) -> list[bool]:
    """The values of a BOOL column.

    Raises:
        Refusal: unless every value is a bool, or 0 or 1; it does not say which is not.
    """
    if (types or set(map(type, values))) <= {bool}:
        return values  # type: ignore[return-value]  # the set says so
    return [_truth(value) for value in values]


def _truth(value: object) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if isinstance(value, bool) or (kind == "b" and getattr(value, "ndim", 0) == 0):
        return bool(value)
    is_one = getattr(value, "ndim", 0) == 0
    if is_one and hasattr(value, "__index__") and kind in ("", "i", "u") and value in (0, 1):
        return bool(value)
    raise Refusal.of("a BOOL", value)


def texts(values: list[object], wanted: str, max_length: int | None, types: set[type] | None = None) -> list[str]:
    """The values of a column of texts.

    Raises:
        Refusal: unless every value is a str that UTF-8 can hold in ``max_length`` bytes; it does not say which is not.
    """
    if (types or set(map(type, values))) == {str} and _all_fit(values, max_length):  # type: ignore[arg-type]  # the set says so
        return values  # type: ignore[return-value]
    return [_text(value, wanted, max_length) for value in values]


def _all_fit(values: list[str], max_length: int | None) -> bool:
    """Whether every text fits, as far as a quick look can say."""
    joined = "".join(values)
    if joined.isascii():
        return max_length is None or max(map(len, values)) <= max_length
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return max_length is None or _LONGEST_CODE_POINT * max(map(len, values)) <= max_length


def _text(value: object, wanted: str, max_length: int | None) -> str:
    if not isinstance(value, str):
        if isinstance(value, bytes | bytearray | memoryview):
            # The reference client takes bytes for a list, and refuses its first integer with this class.
            raise Refusal.of(wanted, value, hint="decode it first", error=ParamError)
        raise Refusal.of(wanted, value)
    try:
        length = len(value.encode())
    except UnicodeEncodeError as error:
        raise Refusal(wanted, f"a str that UTF-8 cannot hold: {value[error.start]!r} at {error.start}") from None
    if max_length is not None and length > max_length:
        raise Refusal(f"{wanted} of at most {max_length} bytes (max_length)", f"{length} bytes of UTF-8")
    return str(value)


Result = TypeVar("Result")


def _column(cells: Cells, encode: Callable[[list[object], set[type]], Result]) -> Result:
    """Encode a column as a whole; if that fails, encode its cells one by one, for the message."""
    try:
        return encode(cells.values, cells.types())
    except Refusal as refusal:
        cells.each(lambda value: encode([value], {type(value)}))
        raise cells.error(refusal, None) from None  # no single cell is to blame, the column is


def _fill_whole_numbers(target: RepeatedScalarFieldContainer[int], cells: Cells) -> None:
    data_type = cells.field.data_type
    if data_type in _PROTOBUF_RANGES and cells.types() == {int}:
        try:
            target.extend(cells.values)  # type: ignore[arg-type]  # the set says so
        except (ValueError, OverflowError):
            del target[:]
        else:
            return
    target.extend(_column(cells, lambda values, types: whole_numbers(values, data_type, types)))


def text_name(field: FieldInfo) -> str:
    """What a message calls the text that a field wants."""
    if field.data_type == DataType.GEOMETRY:
        return "a GEOMETRY (a str in WKT)"
    if field.data_type == DataType.TIMESTAMPTZ:
        return "a TIMESTAMPTZ (a str in ISO 8601)"
    return f"a {field.data_type.name} (str)"


def fill_scalars(target: schema_pb2.ScalarField, cells: Cells) -> None:
    """Encode a column of scalars; the member that belongs to the type is there even if there is no value.

    Raises:
        DataNotMatchException: a value does not fit.
        DataTypeNotSupportException: this client cannot write fields of that type.
    """
    field, data_type = cells.field, cells.field.data_type
    if data_type in INT_RANGES:
        member = target.long_data if data_type == DataType.INT64 else target.int_data
        member.SetInParent()
        if cells.values:
            _fill_whole_numbers(member.data, cells)
    elif data_type in _TEXTS:
        strings = target.geometry_wkt_data if data_type == DataType.GEOMETRY else target.string_data
        strings.SetInParent()
        if cells.values:
            wanted = text_name(field)
            strings.data.extend(_column(cells, lambda values, types: texts(values, wanted, field.max_length, types)))
    elif data_type in (DataType.FLOAT, DataType.DOUBLE):
        floats = target.float_data if data_type == DataType.FLOAT else target.double_data
        floats.SetInParent()
        if cells.values:
            floats.data.append(_column(cells, lambda values, types: pack_floats(values, data_type, types)))
    elif data_type == DataType.BOOL:
        target.bool_data.SetInParent()
        if cells.values:
            target.bool_data.data.extend(_column(cells, truths))
    elif data_type == DataType.JSON:
        target.json_data.SetInParent()
        target.json_data.data.extend(encode_json(cells))
    else:
        raise DataTypeNotSupportException(
            message=f"field {cells.name!r} has a type that this version of the client cannot write ({data_type.name})"
        )
