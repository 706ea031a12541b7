"""Query vectors and texts: what a search looks for, as the bytes of a PlaceholderGroup."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from milvusclient._proto import common_pb2
from milvusclient.checks import given
from milvusclient.codec.sparse import encode_sparse, is_sparse
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.cells import Cells, Refusal
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.codec.write.nonfinite import loaded_numpy, suspicious
from milvusclient.codec.write.scalars import texts
from milvusclient.codec.write.single_vector import KINDS, is_array
from milvusclient.codec.write.vectors import encode_vectors_joined, packer
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

__all__ = ["encode_vectors", "needs_field", "usual_vectors"]

_TAG = "$0"
_LISTS = 200
"""What is added to the number of a vector type for a list of such vectors: 301 for FLOAT_VECTOR."""
_WANTED = "a vector, a text, or a list of them"

_BY_DTYPE = {
    "f4": DataType.FLOAT_VECTOR,
    "f8": DataType.FLOAT_VECTOR,
    "f2": DataType.FLOAT16_VECTOR,
    "u1": DataType.BINARY_VECTOR,
    "i1": DataType.INT8_VECTOR,
}
_BY_NAME = {
    "bfloat16": DataType.BFLOAT16_VECTOR,
    "torch.bfloat16": DataType.BFLOAT16_VECTOR,
    "torch.float16": DataType.FLOAT16_VECTOR,
    "torch.float32": DataType.FLOAT_VECTOR,
    "torch.float64": DataType.FLOAT_VECTOR,
    "torch.uint8": DataType.BINARY_VECTOR,
    "torch.int8": DataType.INT8_VECTOR,
}
_BY_FORMAT = {"f": DataType.FLOAT_VECTOR, "d": DataType.FLOAT_VECTOR, "e": DataType.FLOAT16_VECTOR}


class _Queries(Cells):
    """The vectors of a search; one that does not fit is named by its position."""

    __slots__ = ()

    def error(self, refusal: Refusal, row: int | None) -> MilvusException:
        place = "data" if row is None else f"data[{row}]"
        name = f" for field {self.name!r}" if self.name else ""
        return ParamError(message=f"{place}{refusal.inside}: wanted {refusal.wanted}{name}, got {refusal.got}")


def needs_field(data: object) -> bool:
    """Whether only the schema says what the vectors are: raw bytes are vectors of whatever type the field has."""
    return not _are_lists(data) and any(_is_raw(query) for query in _queries(data))


def encode_vectors(data: object, field: FieldInfo | None = None) -> tuple[bytes, int]:
    """What a search looks for.

    Args:
        data: vectors or texts: a list of them, an array with one row for each, or a single one. A vector may be a
            list, a tuple, an array, ``bytes``, anything with a buffer; a sparse one a dict, a list of pairs, a scipy
            sparse row. An EmbeddingList counts as one.
        field: the field that is searched. Without it the vectors themselves say their type: lists and float32 are
            FLOAT_VECTOR, float16, bfloat16 and int8 arrays their own, uint8 arrays and raw bytes BINARY_VECTOR.

    Returns:
        The serialized PlaceholderGroup and the number of queries.

    Raises:
        ParamError: there is nothing to search for, the queries are of several types, or one of them does not fit.
    """
    queries = _queries(data)
    if not queries:
        raise ParamError(message="data must have at least one vector or text, got none")
    plain = field is None and _are_lists(queries) and all(query and type(query[0]) is float for query in queries)
    kinds = (
        [int(DataType.FLOAT_VECTOR)] * len(queries)
        if plain
        else [_kind(query, index, field) for index, query in enumerate(queries)]
    )
    number = kinds[0]
    if kinds.count(number) != len(kinds):
        other = next(index for index, kind in enumerate(kinds) if kind != number)
        raise ParamError(
            message=f"data[{other}]: wanted a query of the same type as data[0], got {given(queries[other])}"
        )
    return _group(number, _encode(queries, number, field)), len(queries)


def usual_vectors(data: object) -> tuple[bytes, int] | None:
    """What a search looks for, if it is written as in most programs: float32 arrays of numpy, or lists of floats.

    This is a short way to what :func:`encode_vectors` returns for them.

    Args:
        data: what a user gave.

    Returns:
        The serialized PlaceholderGroup and the number of queries; None for all else, and for what cannot be right.
    """
    try:
        values = _usual_values(data)
    except (struct.error, OverflowError, TypeError, IndexError):
        return None
    if not values or not values[0] or suspicious(b"".join(values), "f"):
        return None
    before, between = _frame(int(DataType.FLOAT_VECTOR), len(values), len(values[0]))
    return before + between.join(values), len(values)


def _usual_values(data: Any) -> list[bytes] | None:  # what a user gave
    numpy = loaded_numpy()
    if numpy is not None and type(data) is numpy.ndarray and data.ndim == 2:
        data = list(data)
    if type(data) is not list or not data:
        return None
    types = set(map(type, data))
    if types == {list}:
        pack = packer("f", len(data[0])).pack
        # What begins with an integer may be a list of pairs, or have been meant for another type.
        return [pack(*vector) for vector in data] if {type(vector[0]) for vector in data} == {float} else None
    if numpy is None or types != {numpy.ndarray}:
        return None
    layouts = {(vector.dtype.str, vector.shape) for vector in data}
    dtype, shape = layouts.pop()
    if layouts or dtype != KINDS[DataType.FLOAT_VECTOR].dtype or len(shape) != 1:
        return None
    return [vector.tobytes() for vector in data]


def _group(number: int, values: Sequence[bytes]) -> bytes:
    """A serialized PlaceholderGroup with one placeholder."""
    sizes = set(map(len, values))
    if len(sizes) == 1:
        before, between = _frame(number, len(values), sizes.pop())
        return before + between.join(values)
    group = common_pb2.PlaceholderGroup()
    group.placeholders.add(tag=_TAG, type=number, values=values)
    return group.SerializeToString()


@lru_cache(maxsize=256)
def _frame(number: int, count: int, size: int) -> tuple[bytes, bytes]:
    """What stands around values of one size: before the first, and between two of them."""
    value = common_pb2.PlaceholderValue(tag=_TAG, type=number)  # type: ignore[arg-type]  # an enum's number
    head = value.SerializeToString()
    between = prefix(field_number(common_pb2.PlaceholderValue, "values"), size)
    length = len(head) + count * (len(between) + size)
    outer = prefix(field_number(common_pb2.PlaceholderGroup, "placeholders"), length)
    return outer + head + between, between


# --- what was given --------------------------------------------------------------------------------------------------
def _are_lists(data: object) -> bool:
    """Whether this is a list of lists, which is what most programs give."""
    return type(data) is list and set(map(type, data)) == {list}


def _queries(data: Any) -> Sequence[Any]:  # what a user gave
    """The queries one by one."""
    if _are_lists(data):
        return data  # type: ignore[no-any-return]  # a list
    if isinstance(data, str | bytes | bytearray | memoryview | dict | EmbeddingList):
        return [data]
    if hasattr(data, "tocsr"):
        return _sparse_rows(data)
    if is_array(data):
        if len(data.shape) not in (1, 2):
            raise ParamError(message=f"data must be an array with 1 or 2 dimensions, got the shape {tuple(data.shape)}")
        return [data] if len(data.shape) == 1 else list(data)
    if isinstance(data, list | tuple):
        return [data] if data and _is_number(data[0]) else data
    if _buffer_format(data) is not None:
        return [data]
    raise ParamError(message=f"data must be {_WANTED}, got {given(data)}")


def _sparse_rows(data: Any) -> list[Any]:  # a matrix of a library that is not imported
    if len(data.shape) == 1 or data.shape[0] == 1:
        return [data]
    rows = data.tocsr()
    return [rows[[index]] for index in range(data.shape[0])]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (hasattr(value, "__float__") and getattr(value, "shape", ()) == ())


def _buffer_format(value: Any) -> str | None:  # what a user gave
    """The format of the numbers in a buffer that is no array of numpy's kind; None if it is none."""
    if isinstance(value, bytes | bytearray):
        return "B"
    if is_array(value):
        return None
    try:
        view = memoryview(value)
    except TypeError:
        return None
    return view.format.lstrip("@=<>!")


def _is_raw(query: object) -> bool:
    return _buffer_format(query) in ("B", "c", "")


def _kind(query: Any, index: int, field: FieldInfo | None) -> int:  # what a user gave
    """The number of the placeholder's type for one query."""
    if isinstance(query, str):
        return int(DataType.VARCHAR)
    if isinstance(query, EmbeddingList):
        if query.data_type is None:
            raise ParamError(message=f"data[{index}]: wanted an EmbeddingList with a vector in it, got an empty one")
        return int(query.data_type) + _LISTS
    expected = _field_type(field)
    if expected is not None:
        return int(expected)
    inferred = _inferred(query)
    if inferred is None:
        what = f"an array of dtype {query.dtype}" if is_array(query) else given(query)
        wanted = "a vector or a text" if not is_array(query) else "an array of float32, float64, float16, int8 or uint8"
        raise ParamError(message=f"data[{index}]: wanted {wanted}, got {what}")
    return int(inferred)


def _field_type(field: FieldInfo | None) -> DataType | None:
    """The type of the vectors of a field; None if the field is not known."""
    if field is None:
        return None
    if field.data_type == DataType._ARRAY_OF_VECTOR:
        return field.element_type
    return field.data_type if field.data_type.is_vector else None


def _inferred(query: Any) -> DataType | None:  # what a user gave
    if is_sparse(query) or (isinstance(query, list | tuple) and not query):
        return DataType.SPARSE_FLOAT_VECTOR
    if isinstance(query, list | tuple):
        return DataType.FLOAT_VECTOR if _is_number(query[0]) else None
    if is_array(query):
        dtype = query.dtype
        by_name = _BY_NAME.get(getattr(dtype, "name", str(dtype)))
        return by_name or _BY_DTYPE.get(getattr(dtype, "str", "")[1:])
    code = _buffer_format(query)
    if code is None:
        return None
    if code == "b":
        return DataType.INT8_VECTOR
    return _BY_FORMAT.get(code, DataType.BINARY_VECTOR if code in ("B", "c", "") else None)


# --- to bytes --------------------------------------------------------------------------------------------------------
def _encode(queries: Sequence[Any], number: int, field: FieldInfo | None) -> list[bytes]:
    rows = range(len(queries))
    name = "" if field is None else field.name
    if number == DataType.VARCHAR:
        cells = _Queries(FieldInfo(name), list(queries), rows, name)
        return [text.encode() for text in cells.each(lambda text: texts([text], "a text", None)[0])]
    if number > _LISTS:
        return [query.to_bytes() for query in queries]
    data_type = DataType(number)
    if data_type == DataType.SPARSE_FLOAT_VECTOR:
        return encode_sparse(_Queries(FieldInfo(name, data_type=data_type), list(queries), rows, name))
    dim = field.dim if field is not None and field.dim else _dimension(queries[0], data_type)
    info = FieldInfo(name, data_type=data_type, dim=dim)
    joined = encode_vectors_joined(_Queries(info, list(queries), rows, name))
    size = len(joined) // len(queries)
    return [joined[start : start + size] for start in range(0, len(joined), size)] if size else [b""] * len(queries)


def _dimension(query: Any, data_type: DataType) -> int:  # what a user gave
    """The dimension of the first query, which the others must have too."""
    kind = KINDS[data_type]
    if _is_raw(query):
        return len(bytes(query)) * 8 // kind.bits
    elements = query.shape[0] if is_array(query) else len(query)
    return int(elements) * (8 if kind.bits == 1 else 1)
