"""Encode one column: its type and name, which rows have a value, and the values."""

from __future__ import annotations

from functools import partial
from types import NoneType

from milvusclient._proto import schema_pb2
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.sparse import encode_sparse
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.arrays import fill_arrays
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.scalars import fill_scalars
from milvusclient.codec.write.vectors import check_finite, encode_vectors, one_by_one
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.type_facts import FACTS

__all__ = ["dense_prefix", "encode_column"]


def encode_column(field: FieldInfo, values: list[object], first_row: int = 0) -> Column:
    """Encode one column.

    Args:
        field: what the schema says.
        values: one value for each row; None where a row has none.
        first_row: index of the row of the first value, for messages.

    Raises:
        DataNotMatchException: a value does not fit, or is missing where it is required.
        ParamError: a vector is an array of another dtype than the field's.
    """
    target = schema_pb2.FieldData(field_name=field.name)
    target.type = int(field.data_type)  # type: ignore[assignment]  # the same numbers
    types = set(map(type, values))
    if NoneType in types:
        cells = _without_nulls(field, values, types, first_row)
        target.valid_data.extend([value is not None for value in values])
    else:
        cells = Cells(field, values, range(first_row, first_row + len(values)), types=types)
        if field.may_be_missing:
            target.valid_data.extend([True] * len(values))
    family = cells.facts.family
    if family == "dense":
        return _encode_dense(target, cells)
    if family == "sparse":
        if cells.values:
            target.vectors.sparse_float_vector.contents.extend(encode_sparse(cells))
    elif family == "array":
        fill_arrays(target.scalars, cells)
    else:
        fill_scalars(target.scalars, cells)
    return Column(target.SerializeToString())


def _without_nulls(field: FieldInfo, values: list[object], types: set[type], first_row: int) -> Cells:
    """Take the values that are not None, each with its row; refuse None where the field may not be missing."""
    if not field.may_be_missing:
        first = next(row for row, value in enumerate(values, first_row) if value is None)
        raise Refusal(f"a value ({field.data_type.name})", "None; the field is not nullable").at(first, field.name)
    rows = [row for row, value in enumerate(values, first_row) if value is not None]
    present = [value for value in values if value is not None]
    return Cells(field, present, rows, types=types - {NoneType})


def _encode_dense(target: schema_pb2.FieldData, cells: Cells) -> Column:
    """Encode dense vectors, whose bytes stay where they are; a column without values has its dimension only."""
    if not cells.values:
        target.vectors.dim = cells.field.dim
        return Column(target.SerializeToString())
    body, size = encode_vectors(cells)
    around = partial(dense_prefix, cells.field)
    head = target.SerializeToString() + around(size)
    return Column(head, size, body, partial(one_by_one, cells), partial(check_finite, cells), around)


def dense_prefix(field: FieldInfo, size: int) -> bytes:
    """Build what stands in a column's message between its name and the bytes of its dense vectors.

    Args:
        field: what the schema says.
        size: number of bytes of all vectors, at least 1.
    """
    around = schema_pb2.VectorField(dim=field.dim).SerializeToString()
    member = FACTS[field.data_type].member
    if member == "float_vector":
        inner = prefix(field_number(schema_pb2.FloatArray, "data"), size)
        around += prefix(field_number(schema_pb2.VectorField, member), len(inner) + size) + inner
    else:
        around += prefix(field_number(schema_pb2.VectorField, member), size)
    return prefix(field_number(schema_pb2.FieldData, "vectors"), len(around) + size) + around
