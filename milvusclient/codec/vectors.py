"""Dense vectors: lists, arrays and buffers to the bytes that go on the wire.

A column of vectors becomes one buffer, made at one go where the rows allow it: numpy rows of the right dtype are
joined as they are, lists are packed into one buffer. Anything else, and anything that does not fit, goes value by
value through :func:`vector_bytes`, which knows what is wrong with it.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from operator import attrgetter
from typing import Any

from milvusclient.codec.cells import Cells, Refusal
from milvusclient.codec.finite import first_not_finite, loaded_numpy
from milvusclient.codec.one_vector import KINDS, Kind, vector_bytes
from milvusclient.exceptions import MilvusException

__all__ = ["encode_vectors_joined", "member_name"]

_MEMBERS = {
    100: "binary_vector",
    101: "float_vector",
    102: "float16_vector",
    103: "bfloat16_vector",
    105: "int8_vector",
}
_SHAPE = attrgetter("dtype", "shape")


def member_name(data_type: int) -> str:
    """The member of VectorField that holds dense vectors of a type."""
    return _MEMBERS[data_type]


def encode_vectors_joined(cells: Cells) -> bytes | bytearray:
    """All vectors of a column, one after the other, as they go on the wire.

    This is the buffer alone: whoever assembles a request puts it into a message or beside one.

    Raises:
        DataNotMatchException: a vector has another dimension, is not made of numbers, or has a NaN or an infinity.
        ParamError: a vector is an array of another dtype than the field's.
    """
    kind = KINDS[cells.field.data_type]
    if not cells.values:
        return b""
    joined = _joined(cells, kind)
    if joined is None:
        joined = b"".join(cells.each(lambda value: vector_bytes(value, kind, cells.field.dim)))
    if kind.floats:
        position = first_not_finite(joined, kind.floats)
        if position is not None:
            cells.each(lambda value: vector_bytes(value, kind, cells.field.dim))  # a number too large says so itself
            raise _not_finite(cells, kind, position)
    return joined


def _not_finite(cells: Cells, kind: Kind, position: int) -> MilvusException:
    row, element = divmod(position, cells.field.dim)
    refusal = Refusal(f"{kind.wanted(cells.field.dim)} of finite numbers", "NaN or infinity", inside=f"[{element}]")
    return cells.error(refusal, cells.rows[row])


def _joined(cells: Cells, kind: Kind) -> bytes | bytearray | None:
    """The buffer made at one go, or None if the rows are too mixed, too unusual, or do not fit."""
    values: list[Any] = cells.values
    types = cells.types()
    dim = cells.field.dim
    if types <= {list, tuple}:
        return _packed_lists(values, kind, dim)
    if types <= {bytes, bytearray}:
        return b"".join(values) if set(map(len, values)) == {kind.size(dim)} else None
    if len(types) == 1 and hasattr(values[0], "dtype") and hasattr(values[0], "tobytes"):
        return _joined_arrays(values, kind, dim)
    return None


@lru_cache(maxsize=64)
def _packer(code: str, dim: int) -> struct.Struct:
    return struct.Struct(f"<{dim}{code}")


def _packed_lists(values: list[Any], kind: Kind, dim: int) -> bytearray | None:
    """Lists of numbers packed into one buffer, which is the fastest way without numpy and with it."""
    if kind.code is None or set(map(len, values)) != {dim}:
        return None
    packer = _packer(kind.code, dim)
    size, pack_into = packer.size, packer.pack_into
    buffer = bytearray(size * len(values))
    offset = 0
    try:
        for value in values:
            pack_into(buffer, offset, *value)
            offset += size
    except (struct.error, OverflowError, TypeError):
        return None
    return buffer


def _joined_arrays(values: list[Any], kind: Kind, dim: int) -> bytes | None:
    """Arrays of one dtype and one shape: joined as they are, or converted together."""
    try:
        shapes = set(map(_SHAPE, values))
    except (AttributeError, TypeError):
        return None
    if len(shapes) != 1:
        return None
    dtype, shape = shapes.pop()
    if shape != (kind.length(dim),):
        return None
    if getattr(dtype, "str", None) == kind.dtype:
        try:
            return b"".join(values)
        except (BufferError, TypeError, ValueError):  # not contiguous
            return b"".join([value.tobytes() for value in values])
    numpy = loaded_numpy()
    if numpy is None or not kind.floats or getattr(dtype, "str", "")[1:] not in ("f4", "f8"):
        return None
    with numpy.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as that
        if kind.floats != "bf":
            converted: bytes = numpy.array(values).astype(kind.dtype).tobytes()
            return converted
        words = numpy.array(values).astype("<f4").view("<u4")
    nans = (words & 0x7FFFFFFF) > 0x7F800000  # one of these is refused later; rounding must not hide it
    rounded = (words + 0x7FFF + (words >> 16 & 1)) >> 16
    halves: bytes = numpy.where(nans, 0x7FC0, rounded).astype("<u2").tobytes()
    return halves
