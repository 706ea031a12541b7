"""Decode the columns of a reply: one list of Python values for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from milvusclient.codec.json_text import decode_json
from milvusclient.codec.read.numpy_views import matrix
from milvusclient.codec.read.packed_floats import floats_in, joined_chunks, vectors_as_lists
from milvusclient.codec.sparse import decode_sparse
from milvusclient.exceptions import ReplyError
from milvusclient.schema.type_facts import DENSE_MEMBERS, FACTS

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["decode_column", "decode_columns", "json_cells"]

Column = list[Any]


def decode_columns(fields: Iterable[schema_pb2.FieldData], row_count: int | None = None) -> dict[str, Column]:
    """Decode the columns of a reply.

    Args:
        fields: the columns; those of dynamic fields are left as one column of dicts.
        row_count: how many rows there are; None to take that from the columns themselves.

    Returns:
        The columns by name.

    Raises:
        ReplyError: the columns have different lengths, or one cannot be read.
    """
    columns: dict[str, Column] = {}
    for field in fields:
        column = decode_column(field, row_count)
        if row_count is None:
            row_count = len(column)
        columns[field.field_name] = column
    return columns


def decode_column(
    field: schema_pb2.FieldData,
    row_count: int | None = None,
    *,
    raw: memoryview | None = None,
    as_numpy: bool = False,
) -> Column:
    """Decode one column: a value for each row, None where a row has none.

    Args:
        field: the column.
        row_count: how many rows there must be; None to accept any number.
        raw: the bytes of its float vectors, if they are not in the message.
        as_numpy: whether dense vectors are numpy arrays.

    Raises:
        ReplyError: it cannot be read, or has another number of rows.
    """
    kind = field.WhichOneof("field")
    valid: list[bool] = field.valid_data[:]
    if kind == "scalars":
        column = _scalars(field.scalars)
    elif kind == "vectors":
        rows = matrix(field.vectors, raw) if as_numpy else None
        column = _vectors(field.vectors, raw) if rows is None else list(rows)
    elif kind == "struct_arrays":
        column = _structs(field, row_count)
        valid = []
    else:
        column = []
    if valid:
        column = _with_nulls(column, valid, field.field_name)
    if row_count is not None and len(column) != row_count:
        raise _unreadable(field.field_name, f"it has {len(column)} rows, and other columns have {row_count}")
    return column


def json_cells(field: schema_pb2.FieldData, row_count: int | None) -> list[bytes] | None:
    """Return the undecoded cells of a JSON column; None if a row has none, or if the column is of another type."""
    cells = field.scalars.json_data.data[:]
    valid = field.valid_data[:]
    usable = cells and row_count in (None, len(cells)) and valid in ([], [True] * len(cells))
    return cells if usable else None


def _unreadable(name: str, problem: str) -> ReplyError:
    return ReplyError(message=f"the reply cannot be read: column {name!r}: {problem}")


def _with_nulls(column: Column, valid: list[bool], name: str) -> Column:
    """Insert None where a row has no value. Servers send a cell for each row, or one for each valid row."""
    if False not in valid:
        if len(column) != len(valid):
            raise _unreadable(name, f"it has {len(column)} values for {len(valid)} rows")
        return column
    if len(column) == len(valid):
        return [value if is_valid else None for value, is_valid in zip(column, valid, strict=True)]
    if len(column) != sum(valid):
        raise _unreadable(name, f"it has {len(column)} values for {sum(valid)} valid rows of {len(valid)}")
    values = iter(column)
    return [next(values) if is_valid else None for is_valid in valid]


# --- scalars ---------------------------------------------------------------------------------------------------------
def _scalars(scalars: schema_pb2.ScalarField) -> Column:
    """Decode the cells of a scalar column; nulls are not marked yet."""
    member = scalars.WhichOneof("data")
    if member is None:
        return []
    # Each member is a message with one repeated field. Most of them repeat values of Python's own types.
    repeated: Any = getattr(scalars, member)
    decode = _DECODERS.get(member)
    values: Column = repeated.data[:] if decode is None else decode(repeated)
    return values


def _floats_decoder(code: str) -> Callable[[Any], Column]:
    return lambda repeated: floats_in(repeated, repeated.data, code)


def _json(repeated: schema_pb2.JSONArray) -> Column:
    return decode_json(repeated.data[:])


def _arrays(repeated: schema_pb2.ArrayArray) -> Column:
    column: Column = []
    for cell in repeated.data:  # as _scalars does, without a call for each cell
        member = cell.WhichOneof("data")
        if member is None:
            column.append([])
        else:
            decode = _DECODERS.get(member)
            inner: Any = getattr(cell, member)
            column.append(inner.data[:] if decode is None else decode(inner))
    return column


#: The members whose values are not Python's own.
_DECODERS: dict[str, Callable[[Any], Column]] = {
    "json_data": _json,
    "array_data": _arrays,
    **{facts.member: _floats_decoder(facts.code) for facts in FACTS.values() if facts.family == "float"},
}


# --- vectors ---------------------------------------------------------------------------------------------------------
def _vectors(vectors: schema_pb2.VectorField, raw: memoryview | None = None) -> Column:
    """Decode the vectors of a column: lists of floats, dicts for sparse ones, lists of one bytes for all others."""
    member = vectors.WhichOneof("data")
    if member is None:
        return []
    if member == "sparse_float_vector":
        return decode_sparse(vectors.sparse_float_vector.contents)
    if member == "vector_array":
        return [_flat_vectors(cell, vectors.vector_array.dim) for cell in vectors.vector_array.data]
    if member == "float_vector":
        return _float_vectors(vectors, vectors.dim, raw)
    facts = DENSE_MEMBERS[member]
    return [[data] for data in _cut(getattr(vectors, facts.member), facts.size(vectors.dim))]


def _float_vectors(vectors: schema_pb2.VectorField, dim: int, raw: memoryview | None = None) -> list[list[float]]:
    data = raw or joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    if not data:
        return []
    if dim <= 0 or len(data) % (4 * dim):
        raise ReplyError(
            message=f"the reply cannot be read: {len(data)} bytes is not a multiple of the size of a "
            f"{dim}-element vector"
        )
    return vectors_as_lists(data, dim)


def _cut(data: bytes, size: int) -> list[bytes]:
    if not data:
        return []
    if size <= 0 or len(data) % size:
        raise ReplyError(
            message=f"the reply cannot be read: {len(data)} bytes is not a multiple of the size of a {size}-byte vector"
        )
    return [data[start : start + size] for start in range(0, len(data), size)]


def _flat_vectors(cell: schema_pb2.VectorField, dim: int) -> Column:
    """Decode the vectors of one cell of a struct array; its own dimension wins over the column's."""
    member = cell.WhichOneof("data")
    dim = cell.dim or dim
    if member == "float_vector":
        return _float_vectors(cell, dim)
    facts = DENSE_MEMBERS.get(member or "")
    return _vectors(cell) if facts is None else list(_cut(getattr(cell, facts.member), facts.size(dim)))


# --- structs ---------------------------------------------------------------------------------------------------------
def _structs(field: schema_pb2.FieldData, row_count: int | None) -> Column:
    """Decode a struct array: for each row a list of dicts, None where it is null."""
    names: list[str] = []
    columns: list[Column] = []
    for sub_field in field.struct_arrays.fields:
        column = decode_column(sub_field, row_count)
        row_count = len(column)
        names.append(_sub_field_name(sub_field.field_name, field.field_name))
        columns.append(column)
    rows: Column = []
    for cells in zip(*columns, strict=True):
        if None in cells:
            rows.append(None)
            continue
        if len(set(map(len, cells))) != 1:
            raise _unreadable(field.field_name, "its sub-fields have different numbers of elements in one row")
        rows.append([dict(zip(names, entry, strict=True)) for entry in zip(*cells, strict=True)])
    return rows


def _sub_field_name(name: str, struct: str) -> str:
    """Return the name of a sub-field, which servers may call ``struct[sub_field]``."""
    return name[len(struct) + 1 : -1] if name.startswith(f"{struct}[") and name.endswith("]") else name
