"""One column into its message: the type and the name, which rows have a value, and the values."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import TYPE_CHECKING

from milvusclient.codec.arrays import fill_arrays
from milvusclient.codec.cells import Cells, refused
from milvusclient.codec.scalars import fill_scalars
from milvusclient.codec.sparse import encode_sparse
from milvusclient.codec.vectors import encode_vectors_joined, member_name
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["fill_column", "put_vectors"]


def fill_column(target: schema_pb2.FieldData, field: FieldInfo, values: list[object]) -> None:
    """Encode one column.

    Args:
        target: an empty FieldData.
        field: what the schema says.
        values: one for each row; None where a row has no value.

    Raises:
        DataNotMatchException: a value does not fit, or a row has none and must.
        ParamError: a vector of a wrong kind.
    """
    target.field_name = field.name
    target.type = int(field.data_type)  # type: ignore[assignment]  # the same numbers
    rows: Sequence[int] = range(len(values))
    present = values
    if NoneType in set(map(type, values)):
        rows = [row for row, value in enumerate(values) if value is not None]
        if not field.may_be_missing:
            first = next(row for row, value in enumerate(values) if value is None)
            raise refused(first, field.name, f"a value ({field.data_type.name})", "None; the field is not nullable")
        present = [values[row] for row in rows]
        target.valid_data.extend([value is not None for value in values])
    elif field.may_be_missing:
        target.valid_data.extend([True] * len(values))
    cells = Cells(field, present, rows)
    if field.data_type == DataType.SPARSE_FLOAT_VECTOR:
        if present:
            target.vectors.sparse_float_vector.contents.extend(encode_sparse(cells))
    elif field.data_type.is_vector:
        put_vectors(target.vectors, field.data_type, field.dim, encode_vectors_joined(cells))
    elif field.data_type == DataType.ARRAY:
        fill_arrays(target.scalars, cells)
    else:
        fill_scalars(target.scalars, cells)


def put_vectors(target: schema_pb2.VectorField, data_type: DataType, dim: int, joined: bytes | bytearray) -> None:
    """Put the bytes of dense vectors into their message; a column without values has its dimension only."""
    target.dim = dim
    if not joined:
        return
    data = bytes(joined)
    if data_type == DataType.FLOAT_VECTOR:
        target.float_vector.data.append(data)
    else:
        setattr(target, member_name(data_type), data)
