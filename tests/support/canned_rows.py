"""Deterministic column data: the cell of a row depends on the row's number and the field's type alone."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence

from tests.support import facts
from tests.support.canned_state import VECTOR_TYPES
from tests.support.facts import Dynamic

_NAME = {int(row["number"]): row["name"] for row in facts.rows("enum_value") if row["parent"].endswith(".DataType")}


def add_cell(scalars: Dynamic, data_type: int, row: int) -> None:
    """Append the value of a row to a ScalarField, in the member that belongs to the data type."""
    match _NAME.get(data_type, ""):
        case "Bool":
            scalars.bool_data.data.append(row % 2 == 1)
        case "Int8" | "Int16" | "Int32":
            scalars.int_data.data.append(row)
        case "Int64":
            scalars.long_data.data.append(row * 10)
        case "Float":
            scalars.float_data.data.append(row + 0.5)
        case "Double":
            scalars.double_data.data.append(row + 0.25)
        case "JSON":
            scalars.json_data.data.append(json.dumps({"k": row}).encode())
        case "Geometry":
            scalars.geometry_wkt_data.data.append(f"POINT ({row} {row})")
        case "Timestamptz":
            scalars.string_data.data.append(f"2025-01-0{1 + row % 9}T00:00:00Z")
        case _:
            scalars.string_data.data.append(f"s{row}")


def dimension(field: Dynamic) -> int:
    """The field's ``dim`` parameter, 4 when it has none."""
    return next((int(pair.value) for pair in field.type_params if pair.key == "dim"), 4)


def fill_vectors(vectors: Dynamic, data_type: int, dim: int, rows: Sequence[int]) -> None:
    """Write the vectors of these rows into a VectorField."""
    vectors.dim = dim
    steps = range(dim)
    match _NAME[data_type]:
        case "FloatVector":
            vectors.float_vector.data.extend([row + 0.125 * step for row in rows for step in steps])
        case "BinaryVector":
            vectors.binary_vector = bytes((row + step) % 256 for row in rows for step in range(dim // 8))
        case "Float16Vector":
            vectors.float16_vector = b"".join(struct.pack("<e", row + 0.125 * step) for row in rows for step in steps)
        case "BFloat16Vector":
            # The upper half of a float32 is the bfloat16 of the same number.
            vectors.bfloat16_vector = b"".join(
                struct.pack("<f", row + 0.25 * step)[2:] for row in rows for step in steps
            )
        case "Int8Vector":
            vectors.int8_vector = b"".join(struct.pack("<b", row + step) for row in rows for step in steps)
        case "SparseFloatVector":
            vectors.dim = 16
            vectors.sparse_float_vector.dim = 16
            for row in rows:
                vectors.sparse_float_vector.contents.append(struct.pack("<IfIf", row, 0.5, row + 8, 1.5))


def field_data(field: Dynamic, rows: Sequence[int], keys: Sequence[int | str]) -> Dynamic:
    """The column of a field.

    Args:
        field: its FieldSchema.
        rows: row numbers; a nullable field is null in rows 2, 5, 8 ...
        keys: the primary keys of those rows, used when the field is the primary key.

    Returns:
        A FieldData message. Without rows it has the type's members and no cells, as a real server answers.
    """
    if not rows:
        return _emptied(field_data(field, [1], [1]))
    name = _NAME[field.data_type]
    column = facts.message("FieldData")(type=field.data_type, field_name=field.name, field_id=field.fieldID)
    if field.is_primary_key:
        if name == "VarChar":
            column.scalars.string_data.data.extend([str(key) for key in keys])
        else:
            column.scalars.long_data.data.extend([int(key) for key in keys])
        return column
    valid = [not field.nullable or row % 3 != 2 for row in rows]
    if field.nullable:
        column.valid_data.extend(valid)
    if field.data_type in VECTOR_TYPES:
        # A vector column holds the valid rows only; scalar columns hold a cell for each row.
        present = [row for row, is_valid in zip(rows, valid, strict=True) if is_valid]
        fill_vectors(column.vectors, field.data_type, dimension(field), present)
    elif name == "Array":
        _fill_array(column.scalars.array_data, field.element_type, rows, valid)
    elif name == "JSON":
        column.scalars.json_data.data.extend([json.dumps({"k": row, "list": [1, row]}).encode() for row in rows])
    else:
        for row in rows:
            add_cell(column.scalars, field.data_type, row)
    return column


def _fill_array(array: Dynamic, element_type: int, rows: Sequence[int], valid: Sequence[bool]) -> None:
    array.element_type = element_type
    for row, is_valid in zip(rows, valid, strict=True):
        cell = array.data.add()
        if is_valid:
            for element in (row, row + 1):
                add_cell(cell, element_type, element)


def struct_data(struct_field: Dynamic, rows: Sequence[int]) -> Dynamic:
    """The column of a struct array: two elements per row in each sub-field."""
    column = facts.message("FieldData")(
        type=facts.enum_value("DataType", "ArrayOfStruct"),
        field_name=struct_field.name,
        field_id=struct_field.fieldID,
    )
    for sub_field in struct_field.fields:
        data = column.struct_arrays.fields.add(
            type=sub_field.data_type, field_name=sub_field.name, field_id=sub_field.fieldID
        )
        if _NAME[sub_field.data_type] == "ArrayOfVector":
            dim = dimension(sub_field)
            data.vectors.dim = dim
            data.vectors.vector_array.dim = dim
            data.vectors.vector_array.element_type = sub_field.element_type
            for row in rows:
                fill_vectors(data.vectors.vector_array.data.add(), sub_field.element_type, dim, [row, row + 1])
        else:
            _fill_array(data.scalars.array_data, sub_field.element_type, rows, [True] * len(rows))
        if struct_field.nullable:
            data.valid_data.extend([True] * len(rows))
    return column


def dynamic_data(rows: Sequence[int]) -> Dynamic:
    """The ``$meta`` column."""
    if not rows:
        return _emptied(dynamic_data([1]))
    column = facts.message("FieldData")(type=facts.enum_value("DataType", "JSON"), field_name="$meta", is_dynamic=True)
    for row in rows:
        cell = {"color": f"c{row}", "size": row, "tags": ["a", "b"]}
        column.scalars.json_data.data.append(json.dumps(cell).encode())
    return column


def _emptied(column: Dynamic) -> Dynamic:
    """Keep the oneof members of a FieldData, and none of the cells."""
    column.ClearField("valid_data")
    part = getattr(column, column.WhichOneof("field") or "scalars")
    member = part.WhichOneof("data") if "data" in part.DESCRIPTOR.oneofs_by_name else None
    if member is not None:
        cells = getattr(part, member)
        if isinstance(cells, bytes):
            setattr(part, member, b"")
        else:
            cells.ClearField("contents" if member == "sparse_float_vector" else "data")
    return column
