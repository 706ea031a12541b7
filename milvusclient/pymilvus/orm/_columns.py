"""Rows from what the ORM takes: rows, columns in the order of the schema, or a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import DataNotMatchException, DataTypeNotSupportException
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import LONGEST_STRING

if TYPE_CHECKING:
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.fields import FieldSchema

__all__ = ["fields_of_frame", "is_frame", "rows_of"]

_BY_DTYPE = {
    "bool": DataType.BOOL,
    "int8": DataType.INT8,
    "int16": DataType.INT16,
    "int32": DataType.INT32,
    "int64": DataType.INT64,
    "float32": DataType.FLOAT,
    "float64": DataType.DOUBLE,
}


def is_frame(data: object) -> bool:
    """Return whether data is a data frame, of pandas or alike."""
    return hasattr(data, "columns") and hasattr(data, "to_dict")


def rows_of(data: Any, schema: CollectionSchema, *, with_auto_id: bool) -> Any:
    """Return the rows that an insert or an upsert was given.

    Args:
        data: one row (a dict), rows (a list of dicts), columns (a list with one sequence for each field that rows
            carry, in the order of the schema), or a data frame.
        schema: the schema of the collection.
        with_auto_id: columns hold a primary key that the server makes, as those of an upsert do.

    Raises:
        DataTypeNotSupportException: the data is none of these.
        DataNotMatchException: there are too few or too many columns, or they differ in length.
    """
    if isinstance(data, Mapping):
        return data
    fields = [field for field in schema.fields if _is_given(field, with_auto_id)]
    if is_frame(data):
        names = [field.name for field in fields if field.name in data.columns]
        return data[names].to_dict("records")
    if not isinstance(data, list | tuple):
        raise DataTypeNotSupportException(
            message=f"data must be a dict, a list of dicts or of columns, or a data frame, got {type(data).__name__}"
        )
    if not data or isinstance(data[0], Mapping):
        return data
    names = [field.name for field in fields]
    if len(data) != len(names):
        raise DataNotMatchException(
            message=f"data has {len(data)} columns, and rows of this collection carry {len(names)} fields: "
            f"{', '.join(names)}; give one column for each, or rows as dicts"
        )
    columns = [list(_cells(column)) for column in data]
    lengths = {name: len(column) for name, column in zip(names, columns, strict=True)}
    if len(set(lengths.values())) > 1:
        raise DataNotMatchException(message=f"the columns of data differ in length: {lengths}")
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _is_given(field: FieldSchema, with_auto_id: bool) -> bool:
    return not field.is_function_output and (with_auto_id or not (field.is_primary and field.auto_id))


def _cells(column: Any) -> Iterator[Any]:
    """Yield the values of a column; the rows of a sparse matrix as they are."""
    if hasattr(column, "getrow"):
        return (column.getrow(index) for index in range(column.shape[0]))
    if isinstance(column, str | bytes) or not isinstance(column, Iterable):
        raise DataNotMatchException(
            message=f"each column of data must be a list or an array with a value for each row, got {column!r}"
        )
    return iter(column)


def fields_of_frame(frame: Any) -> list[tuple[str, DataType, dict[str, int]]]:
    """Return name, type and type parameters of a field for each column of a data frame.

    Raises:
        DataTypeNotSupportException: a column holds what no field can be inferred from.
    """
    return [(str(name), *_field_of(str(name), frame[name])) for name in frame.columns]


def _field_of(name: str, column: Any) -> tuple[DataType, dict[str, int]]:
    dtype = _BY_DTYPE.get(str(column.dtype))
    if dtype is not None:
        return dtype, {}
    sample = next((value for value in column if value is not None), None)
    if isinstance(sample, str):
        return DataType.VARCHAR, {"max_length": LONGEST_STRING}
    if isinstance(sample, bytes):
        return DataType.BINARY_VECTOR, {"dim": 8 * len(sample)}
    if isinstance(sample, Mapping):
        return DataType.JSON, {}
    if isinstance(sample, Sequence) or hasattr(sample, "__array__"):
        return DataType.FLOAT_VECTOR, {"dim": len(sample)}  # type: ignore[arg-type]  # arrays have a length
    raise DataTypeNotSupportException(
        message=f"column {name!r} has dtype {column.dtype} and begins with {sample!r}, which no field can be inferred "
        "from; create the collection with a schema"
    )
