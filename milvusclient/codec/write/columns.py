"""One column into its message: the type and the name, which rows have a value, and the values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import NoneType

from milvusclient._proto import schema_pb2
from milvusclient.codec.sparse import encode_sparse
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.arrays import fill_arrays
from milvusclient.codec.write.cells import Cells, refused
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.scalars import fill_scalars
from milvusclient.codec.write.vectors import check_finite, encode_vectors, member_name, one_by_one
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

__all__ = ["encode_column"]


def encode_column(field: FieldInfo, values: list[object]) -> Column:
    """Encode one column.

    Args:
        field: what the schema says.
        values: one for each row; None where a row has no value.

    Raises:
        DataNotMatchException: a value does not fit, or a row has none and must.
        ParamError: a vector of a wrong kind.
    """
    target = schema_pb2.FieldData(field_name=field.name)
    target.type = int(field.data_type)  # type: ignore[assignment]  # the same numbers
    rows: Sequence[int] = range(len(values))
    present = values
    types = set(map(type, values))
    if NoneType in types:
        rows = [row for row, value in enumerate(values) if value is not None]
        if not field.may_be_missing:
            first = next(row for row, value in enumerate(values) if value is None)
            raise refused(first, field.name, f"a value ({field.data_type.name})", "None; the field is not nullable")
        present = [values[row] for row in rows]
        target.valid_data.extend([value is not None for value in values])
        types.remove(NoneType)
    elif field.may_be_missing:
        target.valid_data.extend([True] * len(values))
    cells = Cells(field, present, rows, types=types)
    if field.data_type == DataType.SPARSE_FLOAT_VECTOR:
        if present:
            target.vectors.sparse_float_vector.contents.extend(encode_sparse(cells))
    elif field.data_type.is_vector:
        return _encode_dense(target, cells)
    elif field.data_type == DataType.ARRAY:
        fill_arrays(target.scalars, cells)
    else:
        fill_scalars(target.scalars, cells)
    return Column(target.SerializeToString())


def _encode_dense(target: schema_pb2.FieldData, cells: Cells) -> Column:
    """A column of dense vectors, whose bytes stay where they are; without values it has its dimension only."""
    if not cells.values:
        target.vectors.dim = cells.field.dim
        return Column(target.SerializeToString())
    body, size = encode_vectors(cells)
    around = schema_pb2.VectorField(dim=cells.field.dim).SerializeToString()
    data_type = cells.field.data_type
    if data_type == DataType.FLOAT_VECTOR:
        inner = prefix(field_number(schema_pb2.FloatArray, "data"), size)
        around += prefix(field_number(schema_pb2.VectorField, "float_vector"), len(inner) + size) + inner
    else:
        around += prefix(field_number(schema_pb2.VectorField, member_name(data_type)), size)
    vectors = prefix(field_number(schema_pb2.FieldData, "vectors"), len(around) + size)
    head = target.SerializeToString() + vectors + around
    return Column(head, size, body, partial(one_by_one, cells), partial(check_finite, cells))
