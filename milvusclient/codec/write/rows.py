"""Encode rows as the columns of an insert or upsert request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any

from milvusclient._proto import schema_pb2
from milvusclient.checks import given
from milvusclient.codec.dynamic import META, encode_dynamic
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.columns import encode_column
from milvusclient.codec.write.request import Column
from milvusclient.codec.write.structs import fill_structs
from milvusclient.exceptions import DataNotMatchException
from milvusclient.exceptions import TypeError as MilvusTypeError
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["check_rows", "encode_rows", "encode_struct", "is_arrow", "may_skip"]

Rows = Sequence[Mapping[str, Any]]
Named = FieldInfo | StructFieldInfo

#: From this many rows on, a row has left the processor's caches before its next column is gathered ...
_MANY = 20_000
#: ... so the columns of this many rows are gathered before the next rows are touched.
_SOME = 500


def is_arrow(value: object) -> bool:
    """Return whether a value offers its data through the Arrow C interface."""
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def check_rows(data: object, first_row: int = 0) -> Rows:
    """Return the rows that a user gave: one dict, or a list, a tuple or another sequence of them.

    Other mappings are copied into dicts: what some of them make up for a key that is not there must not be stored, and
    asking them for such a key may change them.

    Args:
        data: what the user gave.
        first_row: index of the first of the rows, for messages.

    Raises:
        TypeError: ``data`` is neither.
        DataNotMatchException: an element of the sequence is not a dict.
    """
    if isinstance(data, Mapping):
        data = [data]
    if isinstance(data, str | bytes | bytearray | memoryview) or not isinstance(data, Sequence):
        raise MilvusTypeError(
            message=f"data must be a dict, a list of dicts or a table, got {given(data)}{_table_hint(data)}"
        )
    if set(map(type, data)) <= {dict}:
        return data
    for index, row in enumerate(data, first_row):
        if not isinstance(row, Mapping):
            raise DataNotMatchException(
                message=f"row {index}: expected a dict of field name to value, got {given(row)}"
            )
    return [row if type(row) is dict else dict(row) for row in data]


def _table_hint(data: object) -> str:
    """Return how a table of another library becomes rows."""
    if hasattr(data, "to_pylist"):  # pyarrow
        return "; use data.to_pylist()"
    if hasattr(data, "to_dicts"):  # polars
        return "; use data.to_dicts()"
    if hasattr(data, "to_dict") and hasattr(data, "columns"):  # pandas
        return '; use data.to_dict("records")'
    return ""


def encode_rows(
    rows: Rows,
    collection: CollectionInfo,
    *,
    upsert: bool = False,
    partial: bool = False,
    left_out: frozenset[str] | None = None,
    first_row: int = 0,
) -> list[Column]:
    """Encode rows as columns, in the order of the schema.

    The rows are only read, and nothing in them is dropped: a row that does not fit is refused with its index.

    Args:
        rows: at least one row.
        collection: what the server says about the collection.
        upsert: rows must give the primary key even where the server makes it.
        partial: rows give some of the fields only, each row the same ones.
        left_out: fields that no row gives and that may be left out, if that is known.
        first_row: index of the first of these rows, for messages.

    Raises:
        DataNotMatchException: a row does not fit the schema. (NaN and infinity in vectors show when the request is
            assembled.)
        ParamError: a vector is an array of another dtype than the field's.
    """
    # All columns are gathered before the first is encoded: the rows are in the processor's cache then.
    ready = _gather_many(rows, collection) if len(rows) >= _MANY else {}
    gathered: list[tuple[FieldInfo, list[object]]] = []
    given_count = 0
    uneven = False
    for field in collection.fields:
        if field.is_dynamic:
            continue
        if field.is_function_output:
            _refuse_output(rows, field, first_row)
            continue
        skip = (
            may_skip(field, upsert=upsert, partial=partial) and not _any_has(rows, field.name)
            if left_out is None
            else field.name in left_out
        )
        values, missing = _gather(rows, field, ready, first_row, skip=skip, upsert=upsert, partial=partial)
        uneven = uneven or missing
        if values is None:
            continue
        given_count += 1
        gathered.append((field, values))
    columns = [encode_column(field, values, first_row) for field, values in gathered]
    for struct in collection.struct_fields:
        skip = partial and not _any_has(rows, struct.name) if left_out is None else struct.name in left_out
        values, missing = _gather(rows, struct, ready, first_row, skip=skip, upsert=upsert, partial=partial)
        uneven = uneven or missing
        if values is None:
            continue
        given_count += 1
        columns.append(encode_struct(struct, values, first_row))
    columns += _encode_rest(rows, collection, first_row, given_count=None if uneven else given_count)
    return columns


def _any_has(rows: Rows, name: str) -> bool:
    return any(name in row for row in rows)


def may_skip(field: FieldInfo, *, upsert: bool, partial: bool) -> bool:
    """Return whether the column is left out if no row gives it."""
    if field.is_primary and (upsert or partial or not field.auto_id):
        return False
    return partial or (field.is_primary and field.auto_id)


def _gather_many(rows: Rows, collection: CollectionInfo) -> dict[str, list[object]]:
    """Gather the columns of many rows in passes over some rows at a time, so that each row is fetched once.

    Returns:
        The columns that the first row has, by name; none if another row leaves one of them out.
    """
    named: list[Named] = [*collection.fields, *collection.struct_fields]
    columns: dict[str, list[object]] = {intern(field.name): [] for field in named if field.name in rows[0]}
    try:
        for start in range(0, len(rows), _SOME):
            some = rows[start : start + _SOME]
            for name, column in columns.items():
                column += [row[name] for row in some]
    except KeyError:
        return {}
    return columns


def _gather(
    rows: Rows,
    field: Named,
    ready: Mapping[str, list[object]],
    first_row: int,
    *,
    skip: bool,
    upsert: bool,
    partial: bool,
) -> tuple[list[object] | None, bool]:
    """Gather the values of a column, unless ``ready`` has them.

    Returns:
        A value for each row, None if no row gives the column; and whether some row leaves it out.

    Raises:
        DataNotMatchException: a row leaves out a field that it must give.
    """
    if skip:
        return None, False
    if field.name in ready:
        return ready[field.name], False
    name = intern(field.name)  # as keys of dict literals are: a dict finds an identical key in half the time
    try:
        return [row[name] for row in rows], False
    except KeyError:
        _check_left_out(rows, field, first_row, upsert=upsert, partial=partial)
    return [row.get(name) for row in rows], True


def _check_left_out(rows: Rows, field: Named, first_row: int, *, upsert: bool, partial: bool) -> None:
    """Refuse rows that leave out a field, unless the field may be missing."""
    missing = next(index for index, row in enumerate(rows) if field.name not in row)
    is_key, is_made, may_be_missing = False, False, field.nullable
    if isinstance(field, FieldInfo):
        is_key, is_made, may_be_missing = field.is_primary, field.auto_id, field.may_be_missing
    if is_key and (upsert or partial):
        got = "none; an upsert finds the rows to replace by their keys, so give it in every row"
    elif partial or (is_key and is_made):
        # In a partial update a null would overwrite what is stored. A key that the server makes is in no row.
        got = "none; give it in every row or in none"
    elif may_be_missing:
        return
    else:
        got = f"none; the row has {', '.join(map(repr, rows[missing])) or 'no keys'}"
    raise Refusal(_expected(field), got).at(first_row + missing, field.name)


def _expected(field: Named) -> str:
    if isinstance(field, FieldInfo):
        return f"a value ({field.data_type.name})"
    return f"a value ({FACTS[DataType._ARRAY_OF_STRUCT].words})"


def _refuse_output(rows: Rows, field: FieldInfo, first_row: int) -> None:
    row = next((index for index, row in enumerate(rows, first_row) if field.name in row), None)
    if row is not None:
        raise Refusal("no value, as a function of the collection computes it", "one; leave it out").at(row, field.name)


def encode_struct(struct: StructFieldInfo, values: list[object], first_row: int = 0) -> Column:
    """Encode a column of struct arrays.

    Args:
        struct: what the schema says.
        values: a list of structs for each row; None where a row has none.
        first_row: index of the row of the first value, for messages.

    Raises:
        DataNotMatchException: a value does not fit, or is missing where it is required.
    """
    target = schema_pb2.FieldData(field_name=struct.name)
    target.type = int(DataType._ARRAY_OF_STRUCT)  # type: ignore[assignment]  # the same numbers
    rows = [row for row, value in enumerate(values, first_row) if value is not None]
    if len(rows) < len(values) and not struct.nullable:
        row = next(row for row, value in enumerate(values, first_row) if value is None)
        raise Refusal(_expected(struct), "None; the field is not nullable").at(row, struct.name)
    present = [value for value in values if value is not None]
    fill_structs(target, struct, present, rows, [value is not None for value in values])
    return Column(target.SerializeToString())


def _encode_rest(rows: Rows, collection: CollectionInfo, first_row: int, *, given_count: int | None) -> list[Column]:
    """Encode the dynamic column, where there is one; refuse keys that are not fields otherwise.

    Args:
        rows: the rows.
        collection: what the server says about the collection.
        first_row: index of the first of these rows, for messages.
        given_count: how many fields every row gives; None if that differs from row to row.
    """
    nothing_else = given_count is not None and set(map(len, rows)) == {given_count}
    if nothing_else and not collection.enable_dynamic_field:
        return []
    known = {field.name for field in collection.fields if not field.is_dynamic}
    known.update(struct.name for struct in collection.struct_fields)
    if not collection.enable_dynamic_field:
        _refuse_unknown(rows, known, first_row)
        return []
    column = schema_pb2.FieldData(field_name=META, is_dynamic=True)
    column.type = int(DataType.JSON)  # type: ignore[assignment]  # the same numbers
    cells = [b"{}"] * len(rows) if nothing_else else encode_dynamic(rows, known, first_row)
    column.scalars.json_data.data.extend(cells)
    return [Column(column.SerializeToString())]


def _refuse_unknown(rows: Rows, known: set[str], first_row: int) -> None:
    for index, row in enumerate(rows, first_row):
        for key in row:
            if key not in known:
                expected = f"only fields of the schema ({', '.join(sorted(known))})"
                raise Refusal(expected, "a key that is not a field; dynamic fields are disabled").at(index, str(key))
