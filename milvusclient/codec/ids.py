"""Primary keys: in requests that search by them, and in replies."""

from __future__ import annotations

from collections.abc import Iterable

from milvusclient._proto import schema_pb2
from milvusclient.checks import given
from milvusclient.codec.write.cells import Refusal
from milvusclient.codec.write.scalars import texts, whole_numbers
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType

__all__ = ["decode_ids", "encode_ids"]


def encode_ids(ids: object) -> schema_pb2.IDs:
    """Primary keys for a request.

    Args:
        ids: an int, a str, or several of one of the two.

    Raises:
        ParamError: it is nothing of that, or there is no key.
    """
    if isinstance(ids, int | str) or hasattr(ids, "__index__"):
        values: list[object] = [ids]
    elif isinstance(ids, Iterable) and not isinstance(ids, bytes | dict):
        values = list(ids)
    else:
        raise ParamError(message=f"ids must be an int, a str or a list of one of them, got {given(ids)}")
    if not values:
        raise ParamError(message="ids must have at least one primary key, got none")
    message = schema_pb2.IDs()
    try:
        if isinstance(values[0], str):
            message.str_id.data.extend(texts(values, "a str", None))
        else:
            message.int_id.data.extend(whole_numbers(values, DataType.INT64))
    except Refusal:
        raise _blame(values) from None
    return message


def _blame(values: list[object]) -> ParamError:
    """The error that names the first key that is not like the first one, or that cannot be a key."""
    as_text = isinstance(values[0], str)
    for index, value in enumerate(values):
        try:
            if as_text:
                texts([value], "a str, as the first of them", None)
            else:
                whole_numbers([value], DataType.INT64)
        except Refusal as refusal:
            return ParamError(message=f"ids[{index}]: wanted {refusal.wanted}, got {refusal.got}")
    return ParamError(message="ids must be all int or all str")


def decode_ids(ids: schema_pb2.IDs) -> list[int] | list[str]:
    """The primary keys of a reply; an empty list if it has none."""
    return ids.int_id.data[:] or ids.str_id.data[:]
