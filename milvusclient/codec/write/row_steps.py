"""Encode many rows in steps, so that a call can look at its deadline, and an event loop at its other tasks.

Some rows at a time become columns as any rows do. Their values are then joined, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from milvusclient._proto import schema_pb2
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.rows import check_rows, encode_rows, may_skip
from milvusclient.models.collection import CollectionInfo

if TYPE_CHECKING:
    from milvusclient.codec.write.tables import Table

__all__ = ["encode_in_steps", "table_takes_steps", "takes_steps"]

#: Rows from which steps are worth it, however little is in them ...
_MANY = 20_000
#: The same of a table, whose buffers are encoded at once: steps would take longer than all of a usual batch.
_MANY_OF_TABLE = 120_000
#: ... and the work from which they are, in numbers of a list, each of which takes some 13 ns.
_MUCH = 1_500_000
#: What a field of a row is, in such numbers, beside what is in it.
_FIELD = 20
#: Members whose values are one block of bytes on the wire.
_PACKED = ("float_data", "double_data")
#: Members whose values are numbers in one field.
_NUMBERS = ("bool_data", "int_data", "long_data")
#: Rows of one step, and the work of one step, at most. It takes a few milliseconds.
_STEP = 4_000
_STEP_WORK = 250_000


def takes_steps(data: object) -> bool:
    """Return whether data are so many rows, or so large ones, that they are encoded in steps."""
    if not isinstance(data, list | tuple) or not data:
        return False
    return len(data) >= _MANY or len(data) * _work(data) >= _MUCH


def table_takes_steps(table: Table, collection: CollectionInfo) -> bool:
    """Return whether a table has so many rows, or such large ones, that it is encoded in steps."""
    work = 0
    for column in table.columns.values():
        if isinstance(column, list):
            work += _FIELD + _size(column[0]) if column else 0
        elif column and column[0].children and column[0].children[0].children:  # lists of lists or of structs
            work += _FIELD * _FIELD
    # Dynamic fields become JSON row by row.
    is_dynamic = not table.columns.keys() <= {field.name for field in collection.fields}
    return len(table) >= (_MANY if is_dynamic else _MANY_OF_TABLE) or len(table) * work >= _MUCH


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
    data: Sequence[Mapping[str, Any]] | Table,
    collection: CollectionInfo,
    *,
    upsert: bool = False,
    partial: bool = False,
) -> Generator[None, None, list[tuple[Column, Sequence[Column]]]]:
    """Encode rows or a table as columns, in the order of the schema.

    Args:
        data: the rows as the user gave them; they are checked on the way, as :func:`check_rows` does. Or a table.
        collection: what the server says about the collection.
        upsert: rows must give the primary key even where the server makes it.
        partial: rows give some of the fields only, each row the same ones.

    Returns:
        For each column one with its head and its size, and those whose bodies make up its body.

    Raises:
        DataNotMatchException: a row does not fit the schema, or is not a dict.
        ParamError: a vector is an array of another dtype than the field's.
    """
    if isinstance(data, Sequence):
        parts = _encode_rows(data, collection, upsert=upsert, partial=partial)
    else:
        parts = _encode_table(data, collection, upsert=upsert, partial=partial)
    named: list[list[Column]] = []
    for columns in parts:
        if columns is not None:
            named = named or [[] for _ in columns]
            for pieces, column in zip(named, columns, strict=True):
                pieces.append(column)
        yield
    joined: list[tuple[Column, Sequence[Column]]] = []
    for pieces in named:
        whole = yield from _join(pieces)
        joined.append(whole)
    return joined


def _encode_rows(
    data: Sequence[Mapping[str, Any]], collection: CollectionInfo, *, upsert: bool, partial: bool
) -> Iterator[list[Column] | None]:
    """Encode some rows at a time; None after a step that made no columns."""
    step = max(1, min(_STEP, _STEP_WORK // max(1, _work(data))))
    starts = range(0, len(data), step)
    left_out = {field.name for field in collection.fields if may_skip(field, upsert=upsert, partial=partial)}
    if partial:
        left_out.update(struct.name for struct in collection.struct_fields)
    if left_out:
        for start in starts:
            left_out -= {
                name for row in check_rows(data[start : start + step], start) for name in left_out & row.keys()
            }
            yield None
    for start in starts:
        rows = check_rows(data[start : start + step], start)
        yield encode_rows(
            rows, collection, upsert=upsert, partial=partial, left_out=frozenset(left_out), first_row=start
        )


def _encode_table(
    table: Table, collection: CollectionInfo, *, upsert: bool, partial: bool
) -> Iterator[list[Column] | None]:
    from milvusclient.codec.write.tables import encode_table  # imported here, because most programs write rows

    for start in range(0, len(table), _STEP):
        some = table.slice(start, min(_STEP, len(table) - start))
        yield encode_table(some, collection, upsert=upsert, partial=partial)


def _join(columns: list[Column]) -> Generator[None, None, tuple[Column, list[Column]]]:
    """Join columns of one field: make one head for the values of all."""
    whole, part = schema_pb2.FieldData(), schema_pb2.FieldData()
    parts: list[schema_pb2.FieldData] = []
    pieces: list[Column] = []
    place: list[tuple[int, bytes]] = []
    around: Callable[[int], bytes] | None = None
    for column in columns:
        part = schema_pb2.FieldData()
        if column.around is not None:
            around = column.around
            part.ParseFromString(column.head[: -len(around(column.size))])
            pieces.append(Column(b"", column.size, column.body, column.mend, column.check))
        else:
            part.ParseFromString(column.head)
            if part.WhichOneof("field") == "struct_arrays":
                parts.append(part)
            else:
                found, inner = _values(part)
                place = found or place
                pieces.append(Column(b"", len(inner), [inner]))
        whole.field_name, whole.type, whole.is_dynamic = part.field_name, part.type, part.is_dynamic
        whole.valid_data.extend(part.valid_data)
        yield
    if parts:
        return (yield from _join_structs(whole, parts))
    size = sum(piece.size for piece in pieces)
    head = whole.SerializeToString()
    if around is not None:
        head += around(size)
    elif place:
        before = b""
        for number, extra in reversed(place):
            before = extra + before
            before = prefix(number, len(before) + size) + before
        head += before
    elif part.WhichOneof("field") == "vectors":  # no row has one, but the column has its dimension
        head += schema_pb2.FieldData(vectors=part.vectors).SerializeToString()
    return Column(head, size), pieces


def _values(part: schema_pb2.FieldData) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the values of a column as bytes, and the fields that are around them, each with what precedes the next."""
    group = part.WhichOneof("field")
    values: Any = getattr(part, group) if group else None  # a ScalarField or a VectorField
    member = values.WhichOneof("data") if group else None
    if not group or not member:
        return [], b""
    array = getattr(values, member)
    place = [(field_number(schema_pb2.FieldData, group), b""), (field_number(type(values), member), b"")]
    if member in _PACKED:
        return [*place, (field_number(type(array), "data"), b"")], b"".join(array.data)
    if member in _NUMBERS:
        return [*place, (field_number(type(array), "data"), b"")], _without_prefix(array.SerializeToString())
    if member == "vector_array":
        about = schema_pb2.VectorArray(dim=array.dim, element_type=array.element_type)
        array.ClearField("dim")
        array.ClearField("element_type")
        place[1] = (place[1][0], about.SerializeToString())
    return place, array.SerializeToString()


def _without_prefix(packed: bytes) -> bytes:
    """Return what follows the tag and the length of a field of packed numbers, which may be empty."""
    start = 1
    while packed[start : start + 1] >= b"\x80":
        start += 1
    return packed[start + 1 :]


def _join_structs(
    whole: schema_pb2.FieldData, parts: list[schema_pb2.FieldData]
) -> Generator[None, None, tuple[Column, list[Column]]]:
    """Join columns of struct arrays, whose sub-fields are columns of their own."""
    pieces: list[Column] = []
    number = field_number(schema_pb2.StructArrayField, "fields")
    for subs in zip(*(part.struct_arrays.fields for part in parts), strict=True):
        inner, values = yield from _join([Column(sub.SerializeToString()) for sub in subs])
        before = inner.prefixed(number)
        pieces += [Column(b"", len(before), [before]), *values]
    size = sum(piece.size for piece in pieces)
    return Column(whole.SerializeToString() + prefix(field_number(type(whole), "struct_arrays"), size), size), pieces
