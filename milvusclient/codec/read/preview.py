"""The first rows of a column, cut out before they are decoded: a glance at a column does not decode all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from milvusclient._proto import schema_pb2
from milvusclient.codec.read.columns import BITS, decode_column
from milvusclient.codec.read.packed_floats import joined_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["first_values"]

_FLOATS = {"float_data": 4, "double_data": 8}


def first_values(field: schema_pb2.FieldData, rows: int, count: int, *, raw: memoryview | None = None) -> list[Any]:
    """What ``decode_column(field, rows, raw=raw)[:count]`` is, if the column can be read.

    Args:
        field: the column.
        rows: how many rows it has.
        count: how many of them are wanted.
        raw: the bytes of its float vectors, if they are not in the message.

    Raises:
        ReplyError: it cannot be read.
    """
    if count >= rows:
        return decode_column(field, rows, raw=raw)
    head = schema_pb2.FieldData(field_name=field.field_name, type=field.type)
    head_raw = _cut(field, rows, count, raw, head)
    return decode_column(head, count, raw=head_raw)


def _cut(
    field: schema_pb2.FieldData, rows: int, count: int, raw: memoryview | None, head: schema_pb2.FieldData
) -> memoryview | None:
    """Fill ``head`` with the first rows; what was lifted out of the column is returned, cut too."""
    head.valid_data.extend(field.valid_data[:count])
    kind = field.WhichOneof("field")
    if kind == "struct_arrays":
        for sub_field in field.struct_arrays.fields:
            sub_head = head.struct_arrays.fields.add(field_name=sub_field.field_name, type=sub_field.type)
            _cut(sub_field, rows, count, None, sub_head)
    elif kind == "scalars":
        _cut_scalars(field, count, head)
    elif kind == "vectors":
        return _cut_vectors(field, count, raw, head)
    return None


def _cells(field: schema_pb2.FieldData, count: int, held: int) -> int:
    """How many cells the first rows have: servers send one for each row, or one for each row that has a value."""
    return count if held >= len(field.valid_data) else sum(field.valid_data[:count])


def _cut_scalars(field: schema_pb2.FieldData, count: int, head: schema_pb2.FieldData) -> None:
    member = field.scalars.WhichOneof("data")
    if member is None:
        return
    source, target = getattr(field.scalars, member), getattr(head.scalars, member)
    target.SetInParent()
    if member in _FLOATS:
        size = _FLOATS[member]
        data = joined_chunks(source, source.data, size)
        target.data.append(data[: size * _cells(field, count, len(data) // size)])
        return
    target.data.extend(source.data[: _cells(field, count, len(source.data))])


def _cut_vectors(
    field: schema_pb2.FieldData, count: int, raw: memoryview | None, head: schema_pb2.FieldData
) -> memoryview | None:
    source, target = field.vectors, head.vectors
    target.dim = source.dim
    member = source.WhichOneof("data")
    if member in ("sparse_float_vector", "vector_array"):
        name = "contents" if member == "sparse_float_vector" else "data"
        cells: Sequence[Any] = getattr(getattr(source, member), name)
        getattr(getattr(target, member), name).extend(cells[: _cells(field, count, len(cells))])
        if member == "vector_array":
            target.vector_array.dim = source.vector_array.dim
    elif member == "float_vector":
        size = 4 * source.dim
        data = raw if raw is not None else joined_chunks(source.float_vector, source.float_vector.data, 4)
        part = data[: size * _cells(field, count, len(data) // size if size else 0)]
        target.float_vector.SetInParent()
        if isinstance(part, memoryview):
            return part
        target.float_vector.data.append(part)
    elif member is not None:
        size = source.dim * BITS[member] // 8
        data = getattr(source, member)
        setattr(target, member, data[: size * _cells(field, count, len(data) // size if size else 0)])
    return None
