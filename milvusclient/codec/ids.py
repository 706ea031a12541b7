"""Primary keys in requests and in replies."""

from __future__ import annotations

from collections.abc import Iterable

from milvusclient._proto import schema_pb2
from milvusclient.checks import given, has_items, is_time_array
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.scalars import integers, strings
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["decode_ids", "encode_ids"]

_INT64 = FACTS[DataType.INT64]


def encode_ids(ids: object) -> schema_pb2.IDs:
    """Encode primary keys for a request.

    Args:
        ids: an int, a str, or several of one of the two.

    Raises:
        ParamError: ``ids`` is none of these, or empty.
    """
    as_list = getattr(ids, "tolist", None)
    if callable(as_list) and not is_time_array(ids):
        ids = as_list()
    if isinstance(ids, int | str) or hasattr(ids, "__index__"):
        values: list[object] = [ids]
    elif isinstance(ids, Iterable) and has_items(ids):
        values = list(ids)
    else:
        raise ParamError(message=f"ids must be an int, a str or a list of one of them, got {given(ids)}")
    if not values:
        raise ParamError(message="ids must have at least one primary key, got none")
    message = schema_pb2.IDs()
    try:
        if isinstance(values[0], str):
            message.str_id.data.extend(strings(values, "a str", None))
        else:
            message.int_id.data.extend(integers(values, _INT64))
    except Refusal:
        raise _blame(values) from None
    return message


def _blame(values: list[object]) -> ParamError:
    """Build the error that names the first key that is invalid, or not of the type of the first one."""
    as_text = isinstance(values[0], str)
    for index, value in enumerate(values):
        try:
            if as_text:
                strings([value], "a str like ids[0]", None)
            else:
                integers([value], _INT64)
        except Refusal as refusal:
            return ParamError(message=f"ids[{index}]: expected {refusal.expected}, got {refusal.got}")
    return ParamError(message="ids must be all int or all str")


def decode_ids(ids: schema_pb2.IDs) -> list[int] | list[str]:
    """Return the primary keys of a reply; an empty list if it has none."""
    return ids.int_id.data[:] or ids.str_id.data[:]
