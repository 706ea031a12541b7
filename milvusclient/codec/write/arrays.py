"""ARRAY columns: each cell is a list of scalars of one type."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from milvusclient.codec.write.cells import Cells, Refusal
from milvusclient.codec.write.scalars import INT_RANGES, pack_floats, texts, truths, whole_numbers
from milvusclient.exceptions import DataTypeNotSupportException
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["fill_arrays"]

_TEXTS = (DataType.VARCHAR, DataType.STRING)
_FLOATS = (DataType.FLOAT, DataType.DOUBLE)
_SEQUENCES = {list, tuple}


def fill_arrays(target: schema_pb2.ScalarField, cells: Cells) -> None:
    """Encode a column of arrays: one ScalarField per cell, with the member of the element type even if it is empty.

    Raises:
        DataNotMatchException: a cell is no array, has too many elements, or an element does not fit.
        DataTypeNotSupportException: this client cannot write arrays of that element type.
    """
    element = cells.field.element_type
    if element is None or not (element in INT_RANGES or element in _TEXTS or element in _FLOATS or element == 1):
        named = element.name if element is not None else "no type"
        raise DataTypeNotSupportException(
            message=f"field {cells.name!r} is an array of {named}, which this version of the client cannot write"
        )
    target.array_data.SetInParent()
    arrays = _checked(cells, element)
    add = target.array_data.data.add
    for array in arrays:
        _fill_array(add(), array, element)


def _checked(cells: Cells, element: DataType) -> list[Sequence[object]]:
    """Every cell as a list or tuple whose elements fit."""
    capacity = cells.field.max_capacity
    if cells.types() <= _SEQUENCES:
        arrays: list[Sequence[object]] = cells.values  # type: ignore[assignment]  # the set says so
        if capacity is None or max(map(len, arrays), default=0) <= capacity:
            elements = list(chain.from_iterable(arrays))
            try:
                checked = _elements(elements, element, cells) if elements else []
            except Refusal:
                pass
            else:
                if checked is elements or element in _FLOATS:
                    return arrays
    return cells.each(lambda value: _array(value, element, cells))


def _array(value: object, element: DataType, cells: Cells) -> Sequence[object]:
    wanted = f"an ARRAY of {element.name}"
    if hasattr(value, "tolist") and getattr(value, "ndim", 1) == 1:  # a numpy array, array.array, a memoryview
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise Refusal.of(wanted, value)
    capacity = cells.field.max_capacity
    if capacity is not None and len(value) > capacity:
        raise Refusal(f"{wanted} with at most {capacity} elements (max_capacity)", f"{len(value)} elements")
    for index, item in enumerate(value):
        try:
            _elements([item], element, cells)
        except Refusal as refusal:
            raise refusal.within(f"[{index}]") from None
    return _elements(list(value), element, cells) if element not in _FLOATS else value


def _elements(elements: list[object], element: DataType, cells: Cells) -> Sequence[object]:
    """The elements as they are written; the same list if nothing had to change."""
    if element in INT_RANGES:
        return whole_numbers(elements, element)
    if element in _TEXTS:
        return texts(elements, f"a {element.name} (str)", cells.field.max_length)
    if element in _FLOATS:
        pack_floats(elements, element)
        return elements
    return truths(elements)


def _fill_array(cell: schema_pb2.ScalarField, array: Sequence[object], element: DataType) -> None:
    # The elements were checked; what mypy cannot see is that they have the type of the member.
    if element == DataType.INT64:
        cell.long_data.SetInParent()
        cell.long_data.data.extend(array)  # type: ignore[arg-type]
    elif element in INT_RANGES:
        cell.int_data.SetInParent()
        cell.int_data.data.extend(array)  # type: ignore[arg-type]
    elif element in _TEXTS:
        cell.string_data.SetInParent()
        cell.string_data.data.extend(array)  # type: ignore[arg-type]
    elif element in _FLOATS:
        floats = cell.float_data if element == DataType.FLOAT else cell.double_data
        floats.SetInParent()
        if array:
            floats.data.append(pack_floats(list(array), element))
    else:
        cell.bool_data.SetInParent()
        cell.bool_data.data.extend(array)  # type: ignore[arg-type]
