"""The first rows of a column, for previews in notebooks."""

from __future__ import annotations

from typing import Any

from milvusclient._proto import schema_pb2
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.packed_floats import joined_chunks
from milvusclient.schema.type_facts import DENSE_MEMBERS

__all__ = ["first_values"]


def first_values(field: schema_pb2.FieldData, rows: int, count: int, *, raw: memoryview | None = None) -> list[Any]:
    """Return ``decode_column(field, rows, raw=raw)[:count]``, decoding only the first rows of dense vectors.

    A vector takes a hundred times as long as a number or a str, so other columns are decoded whole.

    Args:
        field: the column.
        rows: how many rows it has.
        count: how many of them are wanted.
        raw: the bytes of its float vectors, if they are not in the message.

    Raises:
        ReplyError: the column cannot be read.
    """
    vectors = field.vectors
    facts = DENSE_MEMBERS.get(vectors.WhichOneof("data") or "")
    if facts is None or count >= rows:
        return decode_column(field, rows, raw=raw)[:count]
    size = facts.size(vectors.dim)
    data: Any = raw  # a view, whose slices are views
    if data is None and facts.member == "float_vector":
        data = joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    elif data is None:
        data = getattr(vectors, facts.member)
    valid = field.valid_data[:count]
    # Servers send a vector for each row, or one for each row that has a value.
    held = count if len(data) >= size * len(field.valid_data) else sum(valid)
    head = schema_pb2.FieldData(field_name=field.field_name, type=field.type, valid_data=valid)
    head.vectors.dim = vectors.dim
    if facts.member == "float_vector":
        head.vectors.float_vector.SetInParent()
        return decode_column(head, count, raw=memoryview(data)[: size * held])
    setattr(head.vectors, facts.member, data[: size * held])
    return decode_column(head, count)
