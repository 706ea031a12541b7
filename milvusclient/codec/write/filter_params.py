"""Encode the values for the placeholders of a filter, such as ``{"ids": [1, 2]}`` for ``id in {ids}``."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from milvusclient._proto import schema_pb2
from milvusclient.checks import given
from milvusclient.codec.json_text import encode_json_values
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.scalars import integers, strings
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["encode_filter_param", "encode_filter_params"]

_EXPECTED = "a bool, int, float, str, bytes, or a list of them"


def encode_filter_params(values: Mapping[str, object]) -> dict[str, schema_pb2.TemplateValue]:
    """Encode the values for the placeholders of a filter.

    Args:
        values: the values by placeholder.

    Returns:
        The messages, by placeholder.

    Raises:
        ParamError: a name is not a str, or a value is out of range or of a type that filters do not have.
        DataNotMatchException: a list mixes str with other values.
    """
    for name in values:
        if not isinstance(name, str):
            raise ParamError(message=f"filter_params: the name of a placeholder must be a str, got {given(name)}")
    return {name: encode_filter_param(name, value) for name, value in values.items()}


def encode_filter_param(name: str, value: object) -> schema_pb2.TemplateValue:
    """Encode the value of one placeholder; see :func:`encode_filter_params`."""
    message = schema_pb2.TemplateValue()
    try:
        _fill(message, value)
    except Refusal as refusal:
        raise refusal.at(None, f"filter_params[{name!r}]") from None
    return message


def _kind(value: object) -> type | None:
    """Return which of bool, int, float, str, bytes and list a value is for a filter; None for anything else."""
    for kind in (bool, int, float, str, bytes, list):
        if isinstance(value, kind):
            return kind
    dtype = getattr(value, "dtype", None)
    if dtype is None or getattr(value, "shape", None) != ():
        return None
    # A scalar or a 0-d array of numpy.
    kinds: dict[str, type] = {"b": bool, "i": int, "u": int, "f": float}
    return kinds.get(getattr(dtype, "kind", ""))


def _fill(message: schema_pb2.TemplateValue, value: Any) -> None:  # what a user gave
    kind = _kind(value)
    if kind is bool:
        message.bool_val = bool(value)
    elif kind is int:
        message.int64_val = _alone(_integer, value)
    elif kind is float:
        message.float_val = float(value)
    elif kind is str:
        message.string_val = _alone(_string, value)
    elif kind is bytes:
        message.bytes_val = bytes(value)
    elif kind is list:
        message.array_val.SetInParent()
        _fill_array(message.array_val, value)
    else:
        hint = "use .tolist()" if hasattr(value, "tolist") else "use list(...)" if _is_several(value) else ""
        raise Refusal.of(_EXPECTED, value, hint=hint, error=ParamError)


def _integer(value: object) -> int:
    return integers([value], FACTS[DataType.INT64])[0]


def _string(value: object) -> str:
    return strings([value], "a str", None)[0]


def _alone(convert: Callable[[Any], Any], value: object) -> Any:  # what the function returns
    """Convert a value that is not an element of a list."""
    try:
        return convert(value)
    except Refusal as refusal:
        raise Refusal(refusal.expected, refusal.got, error=ParamError) from None


def _is_several(value: object) -> bool:
    return isinstance(value, tuple | set | frozenset | range)


def _fill_array(message: schema_pb2.TemplateArrayValue, values: Sequence[Any]) -> None:
    """Encode a list: with one type if its elements have one, as JSON cells if numbers are mixed."""
    if not values:
        return
    kinds = {_kind(value) for value in values}
    if len(kinds) > 1:
        _fill_mixed(message, values, kinds)
        return
    (kind,) = kinds
    if kind is bool:
        message.bool_data.data.extend([bool(value) for value in values])
    elif kind is int:
        message.long_data.data.extend(_each(values, _integer))
    elif kind is float:
        _fill_doubles(message, values)
    elif kind is str:
        message.string_data.data.extend(_each(values, _string))
    elif kind is list:
        message.array_data.SetInParent()
        for index, inner in enumerate(values):
            try:
                _fill_array(message.array_data.data.add(), inner)
            except Refusal as refusal:
                raise refusal.within(f"[{index}]") from None
    else:
        raise Refusal.of("a bool, int, float, str or list", values[0], inside="[0]", error=ParamError)


def _each(values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
    converted = []
    for index, value in enumerate(values):
        try:
            converted.append(convert(value))
        except Refusal as refusal:
            raise Refusal(refusal.expected, refusal.got, inside=f"[{index}]", error=ParamError) from None
    return converted


def _fill_doubles(message: schema_pb2.TemplateArrayValue, values: Sequence[Any]) -> None:
    message.double_data.data.append(struct.pack(f"<{len(values)}d", *values))


def _fill_mixed(message: schema_pb2.TemplateArrayValue, values: Sequence[Any], kinds: set[type | None]) -> None:
    """Encode a list of several types as JSON cells, which is only possible for types that JSON tells apart."""
    if str in kinds:
        index = next(
            index for index, value in enumerate(values) if (_kind(value) is str) is (_kind(values[0]) is not str)
        )
        raise Refusal.of(
            "a list with values of one type (numbers may be mixed)",
            values[index],
            inside=f"[{index}]",
            error=DataNotMatchException,
        )
    if None in kinds or bytes in kinds:
        index = next(index for index, value in enumerate(values) if _kind(value) in (None, bytes))
        raise Refusal.of(_EXPECTED, values[index], inside=f"[{index}]", error=ParamError)
    message.json_data.data.extend(encode_json_values(values))
