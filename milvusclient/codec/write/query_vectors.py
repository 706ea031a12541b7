"""Query vectors and texts: what a search looks for, as the bytes of a PlaceholderGroup."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from milvusclient._proto import common_pb2
from milvusclient.checks import given
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.sparse import encode_sparse, is_sparse
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.codec.write.nonfinite import loaded_numpy, may_be_nonfinite
from milvusclient.codec.write.scalars import strings
from milvusclient.codec.write.single_vector import is_array
from milvusclient.codec.write.vectors import encode_vectors_joined, packer
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import DENSE_MEMBERS, FACTS

__all__ = ["encode_vectors", "needs_field", "usual_vectors"]

_TAG = "$0"
_LISTS = 200
"""What is added to the number of a vector type for a list of such vectors: 301 for FLOAT_VECTOR."""
_EXPECTED = "a vector, a str, or a list of them"

#: What arrays and other buffers are where the schema is not known.
_BY_DTYPE = {name: facts.data_type for facts in DENSE_MEMBERS.values() for name in facts.dtype_names}
_BY_FORMAT = {code: facts.data_type for facts in DENSE_MEMBERS.values() for code in facts.formats}
#: The formats of buffers of bytes, which may be vectors of any type.
_RAW_FORMATS = FACTS[DataType.BINARY_VECTOR].formats


class _Queries(Cells):
    """The vectors of a search; one that does not fit is named by its position."""

    __slots__ = ()

    def error(self, refusal: Refusal, row: int | None) -> MilvusException:
        place = "data" if row is None else f"data[{row}]"
        name = f" for field {self.name!r}" if self.name else ""
        return ParamError(message=f"{place}{refusal.inside}: expected {refusal.expected}{name}, got {refusal.got}")


def needs_field(data: object) -> bool:
    """Return whether only the schema tells what the vectors are: bytes are vectors of whatever type the field has."""
    return not _are_lists(data) and any(_is_raw(query) for query in _queries(data))


def encode_vectors(data: object, field: FieldInfo | None = None) -> tuple[bytes, int]:
    """Encode what a search looks for.

    Args:
        data: vectors or texts: a list of them, an array with one row for each, or a single one. A vector may be a
            list, a tuple, an array, ``bytes``, anything with a buffer; a sparse one a dict, a list of pairs, a scipy
            sparse row. An EmbeddingList counts as one.
        field: the field that is searched. Without it the vectors themselves tell their type: lists and float32 are
            FLOAT_VECTOR, float16, bfloat16 and int8 arrays their own, uint8 arrays and bytes BINARY_VECTOR.

    Returns:
        The serialized PlaceholderGroup and the number of queries.

    Raises:
        ParamError: there is nothing to search for, the queries are of several types, or one of them does not fit.
    """
    queries = _queries(data)
    if not queries:
        raise ParamError(message="data must have at least one vector or str, got none")
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
            message=f"data[{other}]: expected a query of the same type as data[0], got {given(queries[other])}"
        )
    return _group(number, _encode(queries, number, field)), len(queries)


def usual_vectors(data: object) -> tuple[bytes, int] | None:
    """Encode what a search looks for if it is written as in most programs: float32 arrays of numpy or lists of floats.

    This is a short way to what :func:`encode_vectors` returns for them.

    Args:
        data: what a user gave.

    Returns:
        The serialized PlaceholderGroup and the number of queries; None for anything else, and for what may be invalid.
    """
    try:
        values = _usual_values(data)
    except (struct.error, OverflowError, TypeError, IndexError):
        return None
    if not values or not values[0] or may_be_nonfinite(b"".join(values), "f"):
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
        # What begins with an integer may be a list of pairs, or meant for another type.
        return [pack(*vector) for vector in data] if {type(vector[0]) for vector in data} == {float} else None
    return _usual_arrays(data) if numpy is not None and types == {numpy.ndarray} else None


def _usual_arrays(data: list[Any]) -> list[bytes] | None:  # arrays of numpy
    layouts = {(vector.dtype.str, vector.shape) for vector in data}
    dtype, shape = layouts.pop()
    if layouts or dtype != "<f4" or len(shape) != 1:
        return None
    return [vector.tobytes() for vector in data]


def _group(number: int, values: Sequence[bytes]) -> bytes:
    """Serialize a PlaceholderGroup with one placeholder."""
    sizes = set(map(len, values))
    if len(sizes) == 1:
        before, between = _frame(number, len(values), sizes.pop())
        return before + between.join(values)
    group = common_pb2.PlaceholderGroup()
    group.placeholders.add(tag=_TAG, type=number, values=values)
    return group.SerializeToString()


@lru_cache(maxsize=256)
def _frame(number: int, count: int, size: int) -> tuple[bytes, bytes]:
    """Build the bytes around values of one size: before the first, and between two of them."""
    value = common_pb2.PlaceholderValue(tag=_TAG, type=number)  # type: ignore[arg-type]  # an enum's number
    head = value.SerializeToString()
    between = prefix(field_number(common_pb2.PlaceholderValue, "values"), size)
    length = len(head) + count * (len(between) + size)
    outer = prefix(field_number(common_pb2.PlaceholderGroup, "placeholders"), length)
    return outer + head + between, between


# --- what was given --------------------------------------------------------------------------------------------------
def _are_lists(data: object) -> bool:
    """Return whether this is a list of lists, which is what most programs give."""
    return type(data) is list and set(map(type, data)) == {list}


def _queries(data: Any) -> Sequence[Any]:  # what a user gave
    """Return the queries one by one."""
    if _are_lists(data):
        return data  # type: ignore[no-any-return]  # a list
    if hasattr(data, "tocsr"):  # first: some sparse matrices are dicts, too
        return _sparse_rows(data)
    if isinstance(data, str | bytes | bytearray | memoryview | Mapping | EmbeddingList):
        return [data]
    if is_array(data):
        if len(data.shape) not in (1, 2):
            raise ParamError(message=f"data must be an array with 1 or 2 dimensions, got the shape {tuple(data.shape)}")
        return [data] if len(data.shape) == 1 else list(data)
    if isinstance(data, list | tuple):
        return [data] if data and _is_number(data[0]) else data
    if _buffer_format(data) is not None:
        return [data]
    raise ParamError(message=f"data must be {_EXPECTED}, got {given(data)}")


def _sparse_rows(data: Any) -> list[Any]:  # a matrix of a library that is not imported
    if len(data.shape) == 1 or data.shape[0] == 1:
        return [data]
    rows = data.tocsr()
    return [rows[[index]] for index in range(data.shape[0])]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (hasattr(value, "__float__") and getattr(value, "shape", ()) == ())


def _buffer_format(value: Any) -> str | None:  # what a user gave
    """Return the format of a buffer's items; None for what has no buffer, and for arrays, which have a dtype."""
    if isinstance(value, bytes | bytearray):
        return "B"
    if is_array(value):
        return None
    try:
        with memoryview(value) as view:
            return view.format.lstrip("@=<>!")
    except TypeError:
        return None


def _is_raw(query: object) -> bool:
    return _buffer_format(query) in _RAW_FORMATS


def _kind(query: Any, index: int, field: FieldInfo | None) -> int:  # what a user gave
    """Return the number of the placeholder's type for one query."""
    if isinstance(query, str):
        return int(DataType.VARCHAR)
    if isinstance(query, EmbeddingList):
        if query.data_type is None:
            raise ParamError(message=f"data[{index}]: expected an EmbeddingList with a vector in it, got an empty one")
        return int(query.data_type) + _LISTS
    known = _field_type(field)
    if known is not None:
        return int(known)
    inferred = _inferred(query)
    if inferred is None:
        if _is_list_of_lists(query):
            raise ParamError(
                message=f"data[{index}]: expected a vector or a str, got a list of lists; remove one pair of brackets"
            )
        got = f"an array of dtype {query.dtype}" if is_array(query) else given(query)
        expected = "an array of float32, float64, float16, int8 or uint8" if is_array(query) else "a vector or a str"
        raise ParamError(message=f"data[{index}]: expected {expected}, got {got}")
    return int(inferred)


def _is_list_of_lists(query: object) -> bool:
    return isinstance(query, list | tuple) and len(query) > 0 and all(isinstance(item, list | tuple) for item in query)


def _field_type(field: FieldInfo | None) -> DataType | None:
    """Return the type of the vectors of a field; None if the field is not known."""
    if field is None:
        return None
    if FACTS[field.data_type].family == "vector_array":
        return field.element_type
    return field.data_type if field.data_type.is_vector else None


def _inferred(query: Any) -> DataType | None:  # what a user gave
    if is_sparse(query) or (isinstance(query, list | tuple) and not query):
        return DataType.SPARSE_FLOAT_VECTOR
    if isinstance(query, list | tuple):
        return DataType.FLOAT_VECTOR if _is_number(query[0]) else None
    if is_array(query):
        name = str(getattr(query.dtype, "name", query.dtype))
        return _BY_DTYPE.get(name.removeprefix("torch."))
    code = _buffer_format(query)
    return None if code is None else _BY_FORMAT.get(code)


# --- to bytes --------------------------------------------------------------------------------------------------------
def _encode(queries: Sequence[Any], number: int, field: FieldInfo | None) -> list[bytes]:
    rows = range(len(queries))
    name = "" if field is None else field.name
    if number == DataType.VARCHAR:
        cells = _Queries(FieldInfo(name), list(queries), rows, name)
        return [text.encode() for text in cells.each(lambda text: strings([text], "a str", None)[0])]
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
    """Return the dimension of the first query, which the others must have too."""
    bits = FACTS[data_type].bits
    if _is_raw(query):
        return len(bytes(query)) * 8 // bits
    elements = query.shape[0] if is_array(query) else len(query)
    return int(elements) * (8 if bits == 1 else 1)
