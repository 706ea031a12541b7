"""Replies of queries and searches as columns, each of which is decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from milvusclient.codec.ids import decode_ids
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.numpy_views import import_numpy, matrix
from milvusclient.codec.read.packed_floats import floats_in, joined_chunks
from milvusclient.codec.read.preview import some_values
from milvusclient.codec.read.results import extra_info
from milvusclient.exceptions import ReplyError
from milvusclient.models.columns import Column, Columns, SearchColumns, import_library
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2
    from milvusclient.codec.read.reply import QueryReply, Raw, SearchReply

__all__ = ["query_columns", "search_columns"]

#: Scalars that numpy has a type for.
_DTYPES: dict[int, str] = {data_type: facts.dtype for data_type, facts in FACTS.items() if not data_type.is_vector}
_SCORES = 4
"""The number of the field SearchResultData.scores."""


class _Values:
    """A column that exists as a list already."""

    __slots__ = ("_dtype", "_values")

    def __init__(self, values: list[Any], dtype: str) -> None:
        self._values = values
        self._dtype = dtype

    def values(self) -> list[Any]:
        return self._values

    def some(self, parts: Sequence[range]) -> list[Any]:
        return [value for part in parts for value in self._values[part.start : part.stop]]

    def numpy(self) -> Any:
        return _array(self._values, self._dtype)

    def arrow(self) -> Any:
        return import_library("pyarrow").array(self._values)


class _Field:
    """A column of a reply."""

    __slots__ = ("_field", "_raw", "_rows")

    def __init__(self, field: schema_pb2.FieldData, rows: int, raw: memoryview | None) -> None:
        self._field = field
        self._rows = rows
        self._raw = raw

    def values(self) -> list[Any]:
        return decode_column(self._field, self._rows, raw=self._raw)

    def some(self, parts: Sequence[range]) -> list[Any]:
        return some_values(self._field, self._rows, parts, raw=self._raw)

    def numpy(self) -> Any:
        quick = self._quick()
        if quick is not None:
            return quick
        return _array(decode_column(self._field, self._rows, raw=self._raw, as_numpy=True), "O")

    def arrow(self) -> Any:
        pyarrow = import_library("pyarrow")
        quick = self._quick()
        if quick is None:
            return pyarrow.array(self.values())
        if quick.ndim == 1:
            return pyarrow.array(quick)
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(quick.reshape(-1)), quick.shape[1])

    def _quick(self) -> Any | None:
        """Return numbers and vectors without nulls as an array, None for everything else."""
        field = self._field
        rows = matrix(field.vectors, self._raw) if field.WhichOneof("field") == "vectors" else _numbers(field)
        return rows if rows is not None and len(rows) == self._rows and False not in field.valid_data else None


def _numbers(field: schema_pb2.FieldData) -> Any | None:
    member = field.scalars.WhichOneof("data")
    dtype = _DTYPES.get(field.type)
    if not dtype or member is None:
        return None
    if member == "float_data":
        floats = field.scalars.float_data
        return import_numpy().frombuffer(joined_chunks(floats, floats.data, 4), "<f4")
    if member == "double_data":
        doubles = field.scalars.double_data
        return import_numpy().frombuffer(joined_chunks(doubles, doubles.data, 8), "<f8")
    return import_numpy().array(getattr(field.scalars, member).data[:], dtype)


def _array(values: Sequence[Any], dtype: str) -> Any:
    numpy = import_numpy()
    if dtype != "O":
        return numpy.array(values, dtype)
    array = numpy.empty(len(values), "O")
    for index, value in enumerate(values):  # one assignment of all would take lists and arrays apart
        array[index] = value
    return array


def _fields(fields: Sequence[schema_pb2.FieldData], raw: Raw, rows: int | None) -> tuple[dict[str, Column], int]:
    columns: dict[str, Column] = {}
    count = rows
    for field, beside in zip(fields, raw or repeat(None), strict=False):
        if count is None:
            count = _row_count(field, beside)
        columns[field.field_name] = _Field(field, count, beside)
    return columns, count or 0


def _row_count(field: schema_pb2.FieldData, raw: memoryview | None) -> int:
    if field.valid_data:
        return len(field.valid_data)
    if raw is not None and field.vectors.dim:
        return len(raw) // (4 * field.vectors.dim)
    return len(decode_column(field, raw=raw))


def query_columns(reply: QueryReply) -> Columns:
    """Wrap the reply to a query. Dynamic fields are one column of dicts, under its own name."""
    columns, count = _fields(reply.message.fields_data, reply.raw, None)
    return Columns(columns, count, extra_info(reply.message.status))


def search_columns(reply: SearchReply) -> SearchColumns:
    """Wrap the reply to a search.

    Raises:
        ReplyError: the reply is inconsistent.
    """
    data = reply.message.results
    counts = data.topks[:]
    total = sum(counts)
    keys = decode_ids(data.ids)
    distances = floats_in(data, data.scores, "f", field_number=_SCORES)
    if not len(keys) == len(distances) == total:
        raise ReplyError(
            message=f"the reply cannot be read: {total} hits with {len(keys)} keys and {len(distances)} distances"
        )
    queries = list(chain.from_iterable(repeat(query, count) for query, count in enumerate(counts)))
    columns: dict[str, Column] = {
        "query": _Values(queries, "i8"),
        data.primary_field_name or "id": _Values(keys, "i8" if data.ids.WhichOneof("id_field") == "int_id" else "O"),
        "distance": _Values(distances, "f4"),
    }
    columns.update(_fields(data.fields_data, reply.raw, total)[0])
    return SearchColumns(columns, total, extra_info(reply.message.status), counts)
