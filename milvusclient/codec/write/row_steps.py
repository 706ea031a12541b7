"""Encode very many rows in steps, so that a call can look at its deadline, and an event loop at its other tasks.

Some rows at a time become columns as any rows do. Their values are then joined, column by column.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from milvusclient._proto import schema_pb2
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.columns import dense_prefix
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.rows import check_rows, encode_rows, may_skip
from milvusclient.models.collection import CollectionInfo, FieldInfo

__all__ = ["encode_in_steps", "takes_steps"]

#: Rows from which steps are worth it, however little is in them ...
_MANY = 20_000
#: ... and the work from which they are, in numbers of a list, each of which takes some 13 ns.
_MUCH = 1_500_000
#: What a field of a row is, in such numbers, beside what is in it.
_FIELD = 20
#: Members whose values are one block of bytes on the wire.
_PACKED = ("float_data", "double_data")
#: Rows of one step, and the work of one step, at most. It takes a few milliseconds.
_STEP = 4_000
_STEP_WORK = 250_000


def takes_steps(data: object) -> bool:
    """Return whether data are so many rows, or so large ones, that they are encoded in steps."""
    if not isinstance(data, list | tuple) or not data:
        return False
    return len(data) >= _MANY or len(data) * _work(data) >= _MUCH


def _work(data: Sequence[Any]) -> int:
    """Estimate the work that a row takes, by a few of them."""
    some = (data[0], data[len(data) // 2], data[-1])
    return max(sum(_FIELD + _size(value) for value in row.values()) if type(row) is dict else 1 for row in some)


def _size(value: Any) -> int:
    if isinstance(value, list | tuple):
        nested = bool(value) and isinstance(value[0], list | tuple | dict | str)
        return sum(map(_size, value)) + _FIELD * len(value) if nested else len(value)
    if isinstance(value, dict):
        return sum(map(_size, value.values())) + _FIELD * len(value)
    if isinstance(value, str | bytes):
        return len(value) // 64
    nbytes = getattr(value, "nbytes", 0)  # an array, which is copied
    return nbytes // 128 if isinstance(nbytes, int) else 0


def encode_in_steps(
    data: Sequence[Mapping[str, Any]], collection: CollectionInfo, *, upsert: bool = False, partial: bool = False
) -> Generator[None, None, list[tuple[Column, Sequence[Column]]]]:
    """Encode rows as columns, in the order of the schema.

    Args:
        data: the rows as the user gave them; they are checked on the way, as :func:`check_rows` does.
        collection: what the server says about the collection.
        upsert: rows must give the primary key even where the server makes it.
        partial: rows give some of the fields only, each row the same ones.

    Returns:
        For each column one with its head and its size, and those whose bodies make up its body.

    Raises:
        DataNotMatchException: a row does not fit the schema, or is not a dict.
        ParamError: a vector is an array of another dtype than the field's.
    """
    if collection.struct_fields:  # their columns cannot be joined
        return [
            (column, [column]) for column in encode_rows(check_rows(data), collection, upsert=upsert, partial=partial)
        ]
    step = max(1, min(_STEP, _STEP_WORK // max(1, _work(data))))
    starts = range(0, len(data), step)
    left_out = {field.name for field in collection.fields if may_skip(field, upsert=upsert, partial=partial)}
    if left_out:
        for start in starts:
            left_out -= {
                name for row in check_rows(data[start : start + step], start) for name in left_out & row.keys()
            }
            yield
    named: list[list[Column]] = []
    for start in starts:
        rows = check_rows(data[start : start + step], start)
        columns = encode_rows(
            rows, collection, upsert=upsert, partial=partial, left_out=frozenset(left_out), first_row=start
        )
        named = named or [[] for _ in columns]
        for pieces, column in zip(named, columns, strict=True):
            pieces.append(column)
        yield
    joined: list[tuple[Column, Sequence[Column]]] = []
    for pieces in named:
        whole = yield from _join(pieces, collection)
        joined.append(whole)
    return joined


def _join(columns: list[Column], collection: CollectionInfo) -> Generator[None, None, tuple[Column, list[Column]]]:
    """Join columns of one field: make one head for the values of all."""
    whole, part = schema_pb2.FieldData(), schema_pb2.FieldData()
    pieces: list[Column] = []
    place: list[int] = []
    dense: FieldInfo | None = None
    for column in columns:
        part = schema_pb2.FieldData()
        if column.size:
            dense = dense or _field_of(column, collection)
            part.ParseFromString(column.head[: -len(dense_prefix(dense, column.size))])
            pieces.append(Column(b"", column.size, column.body, column.mend, column.check))
        else:
            part.ParseFromString(column.head)
            group = part.WhichOneof("field")
            values: Any = getattr(part, group) if group else None  # a ScalarField or a VectorField
            member = values.WhichOneof("data") if group else None
            if group and member:
                array = getattr(values, member)
                place = [field_number(schema_pb2.FieldData, group), field_number(type(values), member)]
                if member in _PACKED:
                    place.append(field_number(type(array), "data"))
                    inner = b"".join(array.data)
                else:
                    inner = array.SerializeToString()
                pieces.append(Column(b"", len(inner), [inner]))
        whole.field_name, whole.type, whole.is_dynamic = part.field_name, part.type, part.is_dynamic
        whole.valid_data.extend(part.valid_data)
        yield
    size = sum(piece.size for piece in pieces)
    head = whole.SerializeToString()
    if dense is not None:
        head += dense_prefix(dense, size)
    elif place:
        around = b""
        for number in reversed(place):
            around = prefix(number, len(around) + size) + around
        head += around
    elif part.WhichOneof("field") == "vectors":  # no row has one, but the column has its dimension
        head += schema_pb2.FieldData(vectors=part.vectors).SerializeToString()
    return Column(head, size), pieces


def _field_of(column: Column, collection: CollectionInfo) -> FieldInfo:
    """Return the field of a column of dense vectors, whose name is what its head begins with."""
    for field in collection.fields:
        start = schema_pb2.FieldData(field_name=field.name)
        start.type = int(field.data_type)  # type: ignore[assignment]  # the same numbers
        if column.head.startswith(start.SerializeToString()):
            return field
    raise AssertionError("a column is of a field")
