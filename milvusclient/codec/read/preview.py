"""Some rows of a column, for previews in notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from milvusclient._proto import schema_pb2
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.packed_floats import joined_chunks
from milvusclient.schema.type_facts import DENSE_MEMBERS, TypeFacts

__all__ = ["some_values"]


def some_values(
    field: schema_pb2.FieldData, rows: int, parts: Sequence[range], *, raw: memoryview | None = None
) -> list[Any]:
    """Return the values of some rows of ``decode_column(field, rows, raw=raw)``, decoding no other dense vectors.

    A vector takes a hundred times as long as a number or a str, so other columns are decoded whole.

    Args:
        field: the column.
        rows: how many rows it has.
        parts: which rows are wanted.
        raw: the bytes of its float vectors, if they are not in the message.

    Raises:
        ReplyError: the column cannot be read.
    """
    vectors = field.vectors
    facts = DENSE_MEMBERS.get(vectors.WhichOneof("data") or "")
    if facts is None or sum(map(len, parts)) >= rows:
        values = decode_column(field, rows, raw=raw)
        return [value for part in parts for value in values[part.start : part.stop]]
    data: Any = raw  # a view, whose slices are views
    if data is None and facts.member == "float_vector":
        data = joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    elif data is None:
        data = getattr(vectors, facts.member)
    return [value for part in parts for value in _vectors(field, facts, data, part.start, part.stop)]


def _vectors(field: schema_pb2.FieldData, facts: TypeFacts, data: Any, start: int, stop: int) -> list[Any]:
    """Decode some dense vectors, of whose column ``data`` are the bytes."""
    vectors = field.vectors
    size = facts.size(vectors.dim)
    count = stop - start
    valid = field.valid_data[start:stop]
    first, held = start, count
    # Servers send a vector for each row, or one for each row that has a value.
    if len(data) < size * len(field.valid_data):
        first, held = sum(field.valid_data[:start]), sum(valid)
    part = slice(size * first, size * (first + held))
    head = schema_pb2.FieldData(field_name=field.field_name, valid_data=valid)
    head.vectors.dim = vectors.dim
    if facts.member == "float_vector":
        head.vectors.float_vector.SetInParent()
        return decode_column(head, count, raw=memoryview(data)[part])
    setattr(head.vectors, facts.member, data[part])
    return decode_column(head, count)
