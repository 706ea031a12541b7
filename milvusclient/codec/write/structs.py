"""Struct arrays: each cell is a list of structs, and each sub-field of theirs is a column of its own on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.arrays import fill_arrays
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.vectors import encode_vectors_joined
from milvusclient.models.collection import FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["fill_structs"]


def fill_structs(
    target: schema_pb2.FieldData, struct: StructFieldInfo, values: list[object], rows: Sequence[int], valid: list[bool]
) -> None:
    """Encode a column of struct arrays.

    Args:
        target: the message of the column; its name and type are set already.
        struct: what the schema says.
        values: the cells, nulls left out.
        rows: the row index of each cell.
        valid: whether each row has a value; sent if the struct array is nullable.

    Raises:
        DataNotMatchException: a cell is not a list of structs, or a struct does not fit.
    """
    names = list(dict.fromkeys(info.name for info in struct.fields))
    for row, value in zip(rows, values, strict=True):
        try:
            _check_cell(value, struct, names)
        except Refusal as refusal:
            raise refusal.at(row, struct.name) from None
    cells: list[list[Mapping[str, Any]]] = values  # type: ignore[assignment]  # checked above
    target.struct_arrays.SetInParent()
    for info in struct.fields:
        column = target.struct_arrays.fields.add()
        column.field_name = info.name
        vectors = info.data_type == DataType._ARRAY_OF_VECTOR
        column.type = int(DataType._ARRAY_OF_VECTOR if vectors else DataType.ARRAY)  # type: ignore[assignment]
        if struct.nullable:
            column.valid_data.extend(valid)
        if not cells:
            continue
        name = f"{struct.name}[{info.name}]"
        column_values: list[object] = [[entry[info.name] for entry in cell] for cell in cells]
        if vectors:
            _fill_vector_arrays(column.vectors, info, column_values, rows, name)
        else:
            fill_arrays(column.scalars, Cells(info, column_values, rows, name))


def _check_cell(value: object, struct: StructFieldInfo, names: Sequence[str]) -> None:
    if not isinstance(value, list | tuple):
        raise Refusal.of(FACTS[DataType._ARRAY_OF_STRUCT].words, value)
    if struct.max_capacity is not None and len(value) > struct.max_capacity:
        raise Refusal(f"at most {struct.max_capacity} structs (max_capacity)", f"{len(value)} structs")
    for index, entry in enumerate(value):
        inside = f"[{index}]"
        if not isinstance(entry, Mapping):
            raise Refusal.of(f"a struct (a dict with the keys {', '.join(names)})", entry, inside=inside)
        missing = [name for name in names if entry.get(name) is None]
        expected = f"a struct with the keys {', '.join(names)}"
        if missing:
            raise Refusal(expected, f"no value for {missing[0]!r}", inside=inside)
        if len(entry) != len(names):
            extra = next(key for key in entry if key not in names)
            raise Refusal(expected, f"the key {extra!r} too", inside=inside)


def _fill_vector_arrays(
    target: schema_pb2.VectorField, info: FieldInfo, cells: list[Any], rows: Sequence[int], name: str
) -> None:
    """Encode one VectorField per cell, which holds that cell's vectors joined."""
    element = info.element_type if info.element_type is not None else DataType.FLOAT_VECTOR
    vector = FieldInfo(name=info.name, data_type=element, dim=info.dim)
    array = target.vector_array
    array.dim = info.dim
    array.element_type = int(element)  # type: ignore[assignment]  # an enum's number
    counts = list(map(len, cells))
    flat_rows = [row for row, count in zip(rows, counts, strict=True) for _ in range(count)]
    joined = encode_vectors_joined(Cells(vector, list(chain.from_iterable(cells)), flat_rows, name))
    size = len(joined) // len(flat_rows) if flat_rows else 0
    member = FACTS[element].member
    start = 0
    for end in accumulate(counts):
        cell = array.data.add()
        cell.dim = info.dim
        data = joined[start * size : end * size]
        start = end
        if element != DataType.FLOAT_VECTOR:
            setattr(cell, member, data)
            continue
        cell.float_vector.SetInParent()
        if data:
            cell.float_vector.data.append(data)
