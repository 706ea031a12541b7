"""Tables: data whose columns are encoded as they are, without rows.

A table comes from the Arrow C stream interface, or is a mapping of columns: numpy arrays, Arrow arrays, or sequences of
Python values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from milvusclient._proto import schema_pb2
from milvusclient.checks import given
from milvusclient.codec.dynamic import META
from milvusclient.codec.json_text import encode_json_values
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.arrow_array import (
    BIT_WIDTHS,
    INTEGERS,
    Array,
    list_bounds,
    list_span,
    used_runs,
    valid_bits,
)
from milvusclient.codec.write.arrow_columns import column_values, encode_arrays
from milvusclient.codec.write.columns import encode_column
from milvusclient.codec.write.nonfinite import loaded_numpy
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.rows import encode_struct, is_arrow
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType

__all__ = ["Table", "encode_table", "read_columns", "read_table", "read_tables"]

#: A column: consecutive arrays (a tuple), or Python values (a list).
ColumnData = tuple[Array, ...] | list[object]

#: The letters of numpy's types, with those of Arrow.
_NUMPY_FORMATS: Final = {
    **{f"i{size}": letter for letter, size in {"c": 1, "s": 2, "i": 4, "l": 8}.items()},
    **{f"u{size}": letter for letter, size in {"C": 1, "S": 2, "I": 4, "L": 8}.items()},
    **{f"f{size}": letter for letter, size in {"e": 2, "f": 4, "g": 8}.items()},
}
#: The name that pandas gives to an index without a name, in Arrow and Parquet; pandas itself shows no such column.
_NAMELESS_INDEX: Final = re.compile(r"__index_level_\d+__")


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows as columns.

    Attributes:
        columns: the columns by name, each with a value for every row.
        num_rows: number of rows.
        first_row: index of the first row in the data that the user gave.
    """

    columns: Mapping[str, ColumnData]
    num_rows: int
    first_row: int = 0

    def __len__(self) -> int:
        return self.num_rows

    def slice(self, start: int, length: int) -> Table:
        """Return some of the rows; nothing is copied but lists of Python values."""
        columns = {name: _slice_column(column, start, length) for name, column in self.columns.items()}
        return Table(columns, length, self.first_row + start)

    def size(self) -> int:
        """Estimate the number of bytes of the rows in a request."""
        return sum(map(_column_size, self.columns.values()))

    def row(self, index: int) -> dict[str, object]:
        """Return one row as Python values, for error messages and reports."""
        columns = self.slice(index, 1).columns
        return {name: _python_values(name, column)[0] for name, column in columns.items()}

    def join(self, other: Table) -> Table:
        """Return the rows of this table and those of another one with the same columns; no array is copied."""
        columns = {name: _join_columns(column, other.columns[name]) for name, column in self.columns.items()}
        return Table(columns, self.num_rows + other.num_rows, self.first_row)


def read_tables(data: object) -> Iterator[Table]:
    """Read the batches of an Arrow stream one after the other.

    Args:
        data: an object with ``__arrow_c_stream__`` or ``__arrow_c_array__``.

    Raises:
        ParamError: the stream fails, or it is not a stream of tables; two columns have the same name; or a row is null.
    """
    from milvusclient.codec.write.arrow_stream import read_arrays  # ctypes is loaded for Arrow data only

    first_row = 0
    for array in read_arrays(data):
        if array.format != "+s":
            raise ParamError(message=f"data must be a table, got {type(data).__name__} without named columns")
        if len(set(array.names)) < len(array.names):
            twice = next(name for index, name in enumerate(array.names) if name in array.names[:index])
            raise ParamError(message=f"data has two columns with the name {twice!r}")
        bits = valid_bits(array)
        if bits is not None:
            raise ParamError(message=f"data: row {first_row + bits.index(0)} is null as a whole; leave it out")
        columns: dict[str, ColumnData] = {name: (column,) for name, column in array.columns().items()}
        yield Table(columns, array.length, first_row)
        first_row += array.length


def read_table(data: object) -> Table:
    """Read all batches of an Arrow stream as one table.

    Raises:
        ParamError: as :func:`read_tables` does.
    """
    batches = list(read_tables(data))
    if len(batches) == 1:
        return batches[0]
    columns: dict[str, ColumnData] = {}
    for name in batches[0].columns if batches else ():
        columns[name] = tuple(array for batch in batches for array in _arrays(batch.columns[name]))
    return Table(columns, sum(batch.num_rows for batch in batches))


def read_columns(data: Mapping[str, object]) -> Table:
    """Build a table of a mapping of columns.

    Args:
        data: a column for each name: a numpy array, an Arrow array, or a sequence of Python values.

    Raises:
        ParamError: a column is not a sequence, or has another length than the first one.
    """
    columns: dict[str, ColumnData] = {}
    num_rows, first_name = 0, ""
    for name, value in data.items():
        if not isinstance(name, str):
            raise ParamError(message=f"data must have names of columns as keys, got {given(name)}")
        columns[name] = _read_column(name, value)
        length = _column_length(columns[name])
        if len(columns) == 1:
            num_rows, first_name = length, name
        elif length != num_rows:
            raise ParamError(
                message=f"data: column {name!r} has {length} values, but column {first_name!r} has {num_rows}"
            )
    return Table(columns, num_rows)


def _read_column(name: str, value: Any) -> ColumnData:
    if is_arrow(value):
        from milvusclient.codec.write.arrow_stream import read_arrays  # ctypes is loaded for Arrow data only

        return tuple(read_arrays(value))
    if hasattr(value, "dtype") and hasattr(value, "shape") and hasattr(value, "tobytes") and value.shape:
        if hasattr(value, "mask"):  # what a mask hides must not be stored
            return list(value.tolist())
        array = _read_numpy(value)
        return (array,) if array is not None else list(value)
    if isinstance(value, str | bytes | Mapping | AbstractSet) or not isinstance(value, Iterable) or _is_single(value):
        raise ParamError(
            message=f"data: column {name!r} must be a sequence with a value for each row, got {given(value)}; "
            "a single row is given in a list"
        )
    return list(value)


def _is_single(value: object) -> bool:
    """Return whether an array has no dimension, so that it is one value."""
    return getattr(value, "shape", None) == ()


def _read_numpy(value: Any) -> Array | None:
    """Read a numpy array of numbers with one or two dimensions; None for anything else."""
    numpy = loaded_numpy()
    if value.dtype.kind == "b" and value.ndim == 1 and numpy is not None:
        bits = memoryview(numpy.packbits(value, bitorder="little").tobytes())
        return Array("b", value.size, 0, (None, bits), null_count=0)
    arrow_format = _NUMPY_FORMATS.get(value.dtype.str[1:])
    if arrow_format is None or value.ndim not in (1, 2):
        return None
    if not value.dtype.isnative:
        value = value.astype(value.dtype.newbyteorder("="))
    if not value.flags.c_contiguous:
        value = value.copy()
    # Through bytes: numpy exports no buffer of an empty array, and half floats with a letter that casts refuse.
    buffer = memoryview(value).cast("B") if value.size else memoryview(b"")
    numbers = Array(arrow_format, value.size, 0, (None, buffer), null_count=0)
    if value.ndim == 1:
        return numbers
    return Array(f"+w:{value.shape[1]}", value.shape[0], 0, (None,), (numbers,), ("item",), null_count=0)


def _arrays(column: ColumnData) -> tuple[Array, ...]:
    return column if isinstance(column, tuple) else ()


def _slice_column(column: ColumnData, start: int, length: int) -> ColumnData:
    if isinstance(column, list):
        return column[start : start + length]
    arrays = []
    for array in column:
        first, last = max(start, 0), min(start + length, array.length)
        if first < last:
            arrays.append(array.slice(first, last - first))
        start -= array.length
    return tuple(arrays)


def _join_columns(first: ColumnData, second: ColumnData) -> ColumnData:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return first + second
    return [*first, *second]


def _column_length(column: ColumnData) -> int:
    return len(column) if isinstance(column, list) else sum(array.length for array in column)


# --- sizes -----------------------------------------------------------------------------------------------------------
def _column_size(column: ColumnData) -> int:
    return sum(map(_value_size, column)) if isinstance(column, list) else sum(map(_array_size, column))


def _array_size(array: Array) -> int:
    """Estimate the bytes of an array's values in a request."""
    if array.length == 0:
        return 0
    if array.dictionary is not None:
        return array.length * (_array_size(array.dictionary) // max(array.dictionary.length, 1) + 2)
    if array.format in INTEGERS:
        return array.length * min(BIT_WIDTHS[array.format] // 8 + 2, 5)
    if array.format in BIT_WIDTHS:
        return array.length * max(BIT_WIDTHS[array.format] // 8, 1)
    if array.format.startswith("w:"):
        return array.length * int(array.format[2:])
    if array.format in ("u", "U", "z", "Z") and array.buffers[1] is not None:
        offsets = array.buffers[1].cast("i" if array.format in "uz" else "q")
        return offsets[array.offset + array.length] - offsets[array.offset] + 2 * array.length
    return _nested_size(array) if array.children else 16 * array.length  # views: their strings are mostly short


def _nested_size(array: Array) -> int:
    if array.format == "+r":
        words = used_runs(array)[1]
        return array.length * (_array_size(words) // words.length + 1)
    if array.format == "+s":
        return sum(_array_size(child.slice(array.offset, array.length)) for child in array.children)
    if array.format.startswith("+u"):  # refused later; its children may have other lengths
        return 16 * array.length
    span = list_span(array)
    if span is None:
        bounds = list_bounds(array)
        span = min(start for start, _ in bounds), max(end for _, end in bounds)
    return _array_size(array.children[0].slice(span[0], span[1] - span[0])) + 2 * array.length


def _value_size(value: object) -> int:
    if isinstance(value, str | bytes | bytearray):
        return len(value) + 2
    if isinstance(value, Mapping):
        return sum(_value_size(key) + _value_size(item) for key, item in value.items())
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    if isinstance(value, Sequence):
        return 4 * len(value) if value and isinstance(value[0], int | float) else sum(map(_value_size, value))
    return 8


# --- encoding --------------------------------------------------------------------------------------------------------
def encode_table(
    table: Table, collection: CollectionInfo, *, upsert: bool = False, partial: bool = False
) -> list[Column]:
    """Encode a table as columns of a request, in the order of the schema.

    Args:
        table: at least one row.
        collection: what the server says about the collection.
        upsert: the table must have the primary key even where the server generates it.
        partial: the table has some of the fields only.

    Raises:
        DataNotMatchException: a column does not fit the schema, is missing, or is unknown.
        ParamError: a vector of a wrong kind.
    """
    columns = []
    for field in collection.fields:
        if field.is_dynamic:
            continue
        data = table.columns.get(field.name)
        if field.is_function_output:
            if data is not None:
                raise _misfit(f"column {field.name!r} is computed by a function of the collection; leave it out")
            continue
        if data is None:
            if _may_lack(field, upsert=upsert, partial=partial):
                continue
            if not field.may_be_missing:
                raise _misfit(f"there is no column {field.name!r} ({field.data_type.name}); {_given_names(table)}")
            data = _nothing(table)
        columns.append(_encode(field, data, table.first_row))
    structs = [struct for struct in collection.struct_fields if struct.name in table.columns or not partial]
    columns += [_encode_struct_column(struct, table) for struct in structs]
    return columns + _encode_unknown(table, collection)


def _nothing(table: Table) -> list[object]:
    """Build the column of a field that no row gives."""
    return [None] * table.num_rows


def _may_lack(field: FieldInfo, *, upsert: bool, partial: bool) -> bool:
    if field.is_primary:
        return field.auto_id and not upsert and not partial
    return partial


def _misfit(what: str) -> DataNotMatchException:
    return DataNotMatchException(message=f"data: {what}")


def _given_names(table: Table) -> str:
    return f"the columns are {', '.join(map(repr, table.columns)) or 'none'}"


def _python_values(name: str, data: ColumnData) -> list[object]:
    return data if isinstance(data, list) else column_values(name, data)


def _encode(field: FieldInfo, data: ColumnData, first_row: int) -> Column:
    if isinstance(data, list):
        return encode_column(field, data, first_row)
    return encode_arrays(field, data, first_row)


def _encode_struct_column(struct: StructFieldInfo, table: Table) -> Column:
    data = table.columns.get(struct.name)
    if data is None:
        if not struct.nullable:
            raise _misfit(f"there is no column {struct.name!r} (a list of structs); {_given_names(table)}")
        data = _nothing(table)
    return encode_struct(struct, _python_values(struct.name, data), table.first_row)


def _encode_unknown(table: Table, collection: CollectionInfo) -> list[Column]:
    """Encode the columns that are not fields as the dynamic field, or refuse them if there is none.

    The index of a pandas frame is left out unless it has a name: a frame of which some rows were selected has one, too.
    """
    known = {field.name for field in collection.fields if not field.is_dynamic}
    known.update(struct.name for struct in collection.struct_fields)
    unknown = {name: data for name, data in table.columns.items() if name not in known}
    unknown = {name: data for name, data in unknown.items() if not _NAMELESS_INDEX.fullmatch(name)}
    if META in unknown:
        raise _misfit(f"a column must not have the name {META!r}; give the dynamic fields as columns of their own")
    if not collection.enable_dynamic_field:
        if unknown:
            names = ", ".join(map(repr, sorted(known)))
            raise _misfit(
                f"column {next(iter(unknown))!r} is not a field of collection {collection.name!r}, "
                f"whose dynamic field is disabled; its fields are {names}"
            )
        return []
    column = schema_pb2.FieldData(field_name=META, is_dynamic=True)
    column.type = int(DataType.JSON)  # type: ignore[assignment]  # the same numbers
    column.scalars.json_data.data.extend(_documents(unknown, table))
    return [Column(column.SerializeToString())]


def _documents(unknown: Mapping[str, ColumnData], table: Table) -> list[bytes]:
    """Build the JSON object of each row's dynamic fields."""
    if not unknown:
        return [b"{}"] * table.num_rows
    keys = encode_json_values(list(unknown))
    cells = [_json_cells(name, _python_values(name, data), table.first_row) for name, data in unknown.items()]
    template = b"{" + b",".join([key.replace(b"%", b"%%") + b":%b" for key in keys]) + b"}"
    return [template % row for row in zip(*cells, strict=True)]


def _json_cells(name: str, items: list[object], first_row: int) -> list[bytes]:
    try:
        return encode_json_values(items)
    except Refusal as refusal:
        for row, item in enumerate(items, first_row):
            try:
                encode_json_values([item])
            except Refusal as single:
                raise single.at(row, name) from None
        raise refusal.at(None, name) from None
