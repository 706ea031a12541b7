"""Columns of a request in the forms that imports by a server read: Arrow arrays for Parquet, and cells of JSON rows.

The forms are those of Milvus from 2.3 on: a vector is a list of its numbers, or of its bytes where the numbers are
smaller than float32; JSON, sparse vectors and dynamic fields are JSON in strings.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from milvusclient.codec.dynamic import META
from milvusclient.codec.json_text import encode_json_values
from milvusclient.codec.read.columns import decode_column
from milvusclient.codec.read.packed_floats import joined_chunks
from milvusclient.codec.refusal import Refusal
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["arrow_batch", "json_rows"]

Named = FieldInfo | StructFieldInfo

_DYNAMIC: Final = FieldInfo(META, data_type=DataType.JSON, is_dynamic=True)


def _fields(columns: Sequence[schema_pb2.FieldData], collection: CollectionInfo) -> list[Named]:
    """Return the field of each column."""
    known: dict[str, Named] = {field.name: field for field in collection.fields if not field.is_dynamic}
    known.update({struct.name: struct for struct in collection.struct_fields})
    return [_DYNAMIC if column.is_dynamic else known[column.field_name] for column in columns]


# --- Arrow -----------------------------------------------------------------------------------------------------------
def arrow_batch(
    pyarrow: Any, columns: Sequence[schema_pb2.FieldData], collection: CollectionInfo, row_count: int
) -> Any:
    """Build a record batch with the types that the importer wants.

    Args:
        pyarrow: the module.
        columns: the columns of an insert.
        collection: the schema that they were encoded for.
        row_count: number of rows.
    """
    arrays, names = [], []
    for column, field in zip(columns, _fields(columns, collection), strict=True):
        names.append(field.name)
        arrays.append(_arrow_array(pyarrow, column, field, row_count))
    return pyarrow.RecordBatch.from_arrays(arrays, names)


def _arrow_array(pyarrow: Any, column: schema_pb2.FieldData, field: Named, row_count: int) -> Any:
    if isinstance(field, FieldInfo) and FACTS[field.data_type].family == "dense":
        return _arrow_vectors(pyarrow, column, field, row_count)
    wanted = _arrow_type(pyarrow, field)
    if isinstance(field, FieldInfo) and FACTS[field.data_type].family in ("json", "sparse"):
        cells = _json_cells(column, field, row_count)
        missing = _missing(column)
        texts = [None if index in missing else cell.decode() for index, cell in enumerate(cells)]
        return pyarrow.array(texts, wanted)
    values = decode_column(column, row_count)
    if isinstance(field, StructFieldInfo):
        values = _with_numbers(values, field, as_bytes=True)
    return pyarrow.array(values, wanted)


def _arrow_type(pyarrow: Any, field: Named) -> Any:
    if isinstance(field, StructFieldInfo):
        return pyarrow.list_(pyarrow.struct([(sub.name, _element_type(pyarrow, sub)) for sub in field.fields]))
    if field.data_type is DataType.ARRAY:
        return pyarrow.list_(_element_type(pyarrow, field))
    return _value_type(pyarrow, field.data_type)


def _element_type(pyarrow: Any, field: FieldInfo) -> Any:
    return _value_type(pyarrow, field.element_type or field.data_type)


def _value_type(pyarrow: Any, data_type: DataType) -> Any:
    facts = FACTS[data_type]
    if facts.family == "dense":
        return pyarrow.list_(pyarrow.type_for_alias(_ALIASES[_number_type(data_type)]))
    if facts.family in ("bool", "integer", "float"):
        return pyarrow.bool_() if facts.family == "bool" else pyarrow.type_for_alias(_ALIASES[facts.dtype])
    return pyarrow.string()


#: The names that Arrow has for numpy's notation of numbers.
_ALIASES: Final = {
    "|i1": "int8",
    "<i2": "int16",
    "<i4": "int32",
    "<i8": "int64",
    "<f4": "float32",
    "<f8": "float64",
    "|u1": "uint8",
}


def _arrow_vectors(pyarrow: Any, column: schema_pb2.FieldData, field: FieldInfo, row_count: int) -> Any:
    """Build lists on the memory of the vectors."""
    numbers = pyarrow.type_for_alias(_ALIASES[_number_type(field.data_type)])
    data = _vector_bytes(column, field)
    width = FACTS[field.data_type].size(field.dim) * 8 // numbers.bit_width
    valid = column.valid_data[:] or [True] * row_count
    offsets = array("i", accumulate((width if bit else 0 for bit in valid), initial=0))
    nulls = None if all(valid) else pyarrow.array(valid, pyarrow.bool_()).buffers()[1]
    values = pyarrow.Array.from_buffers(numbers, len(data) * 8 // numbers.bit_width, [None, pyarrow.py_buffer(data)])
    return pyarrow.Array.from_buffers(
        pyarrow.list_(numbers), row_count, [nulls, pyarrow.py_buffer(offsets)], children=[values]
    )


def _number_type(data_type: DataType) -> str:
    """Return the numpy type of the numbers that stand for a dense vector."""
    return FACTS[data_type].dtype if data_type in (DataType.FLOAT_VECTOR, DataType.INT8_VECTOR) else "|u1"


def _vector_bytes(column: schema_pb2.FieldData, field: FieldInfo) -> bytes:
    vectors = column.vectors
    if field.data_type is DataType.FLOAT_VECTOR:
        return joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    data: bytes = getattr(vectors, FACTS[field.data_type].member)
    return data


# --- JSON ------------------------------------------------------------------------------------------------------------
def json_rows(
    columns: Sequence[schema_pb2.FieldData], collection: CollectionInfo, row_count: int, first_row: int
) -> list[bytes]:
    """Build a JSON object for each row.

    Args:
        columns: the columns of an insert.
        collection: the schema that they were encoded for.
        row_count: number of rows.
        first_row: index of the first row, for messages.

    Raises:
        DataNotMatchException: a number has no form in JSON.
    """
    cells: list[list[bytes]] = []
    keys: list[bytes] = []
    for column, field in zip(columns, _fields(columns, collection), strict=True):
        keys += encode_json_values([field.name])
        try:
            encoded = _json_cells(column, field, row_count)
        except Refusal as refusal:
            raise _with_row(refusal, decode_column(column, row_count), field.name, first_row) from None
        if isinstance(field, FieldInfo) and FACTS[field.data_type].family == "json":
            encoded = _as_texts(encoded, _missing(column))
        cells.append(encoded)
    template = b"{" + b", ".join([key.replace(b"%", b"%%") + b": %b" for key in keys]) + b"}"
    return [template % row for row in zip(*cells, strict=True)]


def _as_texts(cells: list[bytes], missing: set[int]) -> list[bytes]:
    """Return values of a JSON field as importers read them: an object, or any value as a str of JSON."""
    return [
        cell if cell.startswith(b"{") or index in missing else encode_json_values([cell.decode()])[0]
        for index, cell in enumerate(cells)
    ]


def _with_row(refusal: Refusal, values: list[Any], name: str, first_row: int) -> Exception:
    for row, value in enumerate(values, first_row):
        try:
            encode_json_values([value])
        except Refusal as single:
            return single.at(row, name)
    return refusal.at(None, name)


def _json_cells(column: schema_pb2.FieldData, field: Named, row_count: int) -> list[bytes]:
    """Encode the values of a column as JSON, nulls included."""
    if isinstance(field, StructFieldInfo):
        return encode_json_values(_with_numbers(decode_column(column, row_count), field, as_bytes=False))
    family = FACTS[field.data_type].family
    if family == "json":
        cells = iter(column.scalars.json_data.data)
        return [next(cells) if bit else b"null" for bit in column.valid_data[:] or [True] * row_count]
    values = decode_column(column, row_count)
    if family == "dense":
        values = [None if value is None else _numbers_of(field.data_type, value) for value in values]
    elif family == "sparse":
        values = [
            None if value is None else {str(index): number for index, number in value.items()} for value in values
        ]
    return encode_json_values(values)


def _missing(column: schema_pb2.FieldData) -> set[int]:
    return {index for index, bit in enumerate(column.valid_data) if not bit}


def _numbers_of(data_type: DataType, value: list[Any], *, as_bytes: bool = False) -> list[Any]:
    """Return the numbers of a decoded vector, which is a list of floats, or of the bytes of the vector."""
    if not value or not isinstance(value[0], bytes):
        return value
    data = value[0]
    convert = None if as_bytes else _FROM_BYTES.get(data_type)
    if convert is not None:
        return convert(data)
    return list(memoryview(data).cast("b")) if data_type is DataType.INT8_VECTOR else list(data)


def _bfloats(data: bytes) -> list[float]:
    words = struct.unpack(f"<{len(data) // 2}H", data)
    return list(struct.unpack(f"<{len(words)}f", struct.pack(f"<{len(words)}I", *[word << 16 for word in words])))


_FROM_BYTES: Final[dict[DataType, Callable[[bytes], list[float]]]] = {
    DataType.FLOAT16_VECTOR: lambda data: list(struct.unpack(f"<{len(data) // 2}e", data)),
    DataType.BFLOAT16_VECTOR: _bfloats,
}


def _with_numbers(rows: list[Any], structs: StructFieldInfo, *, as_bytes: bool) -> list[Any]:
    """Return rows of struct arrays with the numbers of their vectors in place of bytes."""
    types = {
        field.name: field.element_type or DataType.UNKNOWN
        for field in structs.fields
        if field.data_type is DataType._ARRAY_OF_VECTOR and field.element_type is not DataType.FLOAT_VECTOR
    }
    if not types:
        return rows
    return [
        None if row is None else [_entry_with_numbers(entry, types, as_bytes=as_bytes) for entry in row] for row in rows
    ]


def _entry_with_numbers(entry: dict[str, Any], types: Mapping[str, DataType], *, as_bytes: bool) -> dict[str, Any]:
    """Return a struct whose vectors, which are decoded as their bytes, are lists of numbers."""
    return entry | {name: _numbers_of(data_type, [entry[name]], as_bytes=as_bytes) for name, data_type in types.items()}
