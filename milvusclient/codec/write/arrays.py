"""ARRAY columns: each cell is a list of scalars of one type."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from milvusclient.checks import is_time_array
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.scalars import bools, integers, pack_floats, strings
from milvusclient.exceptions import DataTypeNotSupportException
from milvusclient.schema.type_facts import FACTS, TypeFacts

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["fill_arrays"]

_SEQUENCES = {list, tuple}


def fill_arrays(target: schema_pb2.ScalarField, cells: Cells) -> None:
    """Encode a column of arrays: one ScalarField per cell, with the member of the element type even if it is empty.

    Raises:
        DataNotMatchException: a cell is not an array, has too many elements, or an element does not fit.
        DataTypeNotSupportException: this client cannot write arrays of that element type.
    """
    element = FACTS.get(cells.field.element_type) if cells.field.element_type is not None else None
    if element is None or not element.is_element:
        named = element.data_type.name if element is not None else "no type"
        raise DataTypeNotSupportException(
            message=f"field {cells.name!r} is an array of {named}, which this version of the client cannot write"
        )
    target.array_data.SetInParent()
    arrays = _checked(cells, element)
    add = target.array_data.data.add
    for array in arrays:
        member = getattr(add(), element.member)
        member.SetInParent()
        if element.family != "float":
            member.data.extend(array)
        elif array:
            member.data.append(pack_floats(list(array), element))


def _checked(cells: Cells, element: TypeFacts) -> list[Sequence[object]]:
    """Return every cell as a list or tuple whose elements fit."""
    capacity = cells.field.max_capacity
    if cells.types() <= _SEQUENCES:
        arrays: list[Sequence[object]] = cells.values  # type: ignore[assignment]  # the set says so
        if capacity is None or max(map(len, arrays), default=0) <= capacity:
            elements = list(chain.from_iterable(arrays))
            try:
                checked = _elements(elements, element, cells) if elements else elements
            except Refusal:
                pass
            else:
                if checked is elements:
                    return arrays
    return cells.each(lambda value: _array(value, element, cells))


def _array(value: object, element: TypeFacts, cells: Cells) -> Sequence[object]:
    expected = f"{cells.facts.words} of {element.data_type.name}"
    if is_time_array(value):
        raise Refusal.of(expected, value)
    if hasattr(value, "tolist") and getattr(value, "ndim", 1) == 1:  # a numpy array, array.array, a memoryview
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise Refusal.of(expected, value)
    capacity = cells.field.max_capacity
    if capacity is not None and len(value) > capacity:
        raise Refusal(f"{expected} with at most {capacity} elements (max_capacity)", f"{len(value)} elements")
    checked: list[object] = []
    for index, item in enumerate(value):
        try:
            checked += _elements([item], element, cells)
        except Refusal as refusal:
            raise refusal.within(f"[{index}]") from None
    return checked


def _elements(elements: list[object], element: TypeFacts, cells: Cells) -> Sequence[object]:
    """Return the elements as they are written; the same list if nothing had to change."""
    if element.family == "integer":
        return integers(elements, element)
    if element.family == "string":
        return strings(elements, element.words, cells.field.max_length)
    if element.family == "float":
        pack_floats(elements, element)  # for its checks
        return elements
    return bools(elements, element)
