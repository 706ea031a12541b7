"""Dense vectors: lists, arrays and buffers to the bytes that go on the wire.

A column of vectors is made ready at one go where the rows allow it: numpy rows of the right dtype are taken as they
are, lists are packed as they are read. Anything else, and anything that does not fit, goes value by value through
:func:`vector_bytes`, which knows what is wrong with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from itertools import starmap
from typing import Any

from milvusclient.codec.write.cells import Cells, Refusal
from milvusclient.codec.write.nonfinite import first_not_finite, loaded_numpy
from milvusclient.codec.write.single_vector import KINDS, Kind, vector_bytes
from milvusclient.exceptions import DataTypeNotSupportException, MilvusException

__all__ = ["check_finite", "encode_vectors", "encode_vectors_joined", "member_name", "one_by_one", "packer"]

_MEMBERS = {
    100: "binary_vector",
    101: "float_vector",
    102: "float16_vector",
    103: "bfloat16_vector",
    105: "int8_vector",
}


def member_name(data_type: int) -> str:
    """The member of VectorField that holds dense vectors of a type."""
    return _MEMBERS[data_type]


def encode_vectors(cells: Cells) -> tuple[Iterable[Any], int]:
    """All vectors of a column as they go on the wire.

    Returns:
        Buffers that are one vector after the other when joined, such as the user's own arrays; and how many bytes they
        have. Lists are packed when the buffers are read: if that fails, :func:`one_by_one` knows why. What
        :func:`check_finite` finds is not looked for here.

    Raises:
        DataNotMatchException: a vector has another dimension, or is not made of numbers.
        ParamError: a vector is an array of another dtype than the field's.
    """
    kind = _kind_of(cells)
    parts = _parts(cells, kind)
    if parts is None:
        parts = one_by_one(cells)
    return parts, kind.size(cells.field.dim) * len(cells.values)


def _kind_of(cells: Cells) -> Kind:
    kind = KINDS.get(cells.field.data_type)
    if kind is None:
        raise DataTypeNotSupportException(
            message=f"field {cells.field.name!r} has vectors of a type that is not known here; a newer client may"
        )
    return kind


def one_by_one(cells: Cells) -> list[bytes]:
    """Each vector of a column by itself; raises as :func:`encode_vectors` does."""
    kind = _kind_of(cells)
    return cells.each(lambda value: vector_bytes(value, kind, cells.field.dim))


def check_finite(cells: Cells, joined: bytes | memoryview) -> None:
    """Look for a NaN or an infinity among the joined vectors of a column.

    Raises:
        DataNotMatchException: there is one; or a number is too large for the type.
    """
    kind = _kind_of(cells)
    position = first_not_finite(joined, kind.floats) if kind.floats else None
    if position is not None:
        one_by_one(cells)  # a number too large says so itself
        raise _not_finite(cells, kind, position)


def encode_vectors_joined(cells: Cells) -> bytes:
    """All vectors of a column, one after the other, checked; see :func:`encode_vectors` and :func:`check_finite`."""
    if not cells.values:
        return b""
    parts, _ = encode_vectors(cells)
    try:
        joined = b"".join(parts)
    except Exception:  # noqa: BLE001 - a number that cannot be packed may raise anything
        joined = b"".join(one_by_one(cells))
    check_finite(cells, joined)
    return joined


def _not_finite(cells: Cells, kind: Kind, position: int) -> MilvusException:
    row, element = divmod(position, cells.field.dim)
    refusal = Refusal(f"{kind.wanted(cells.field.dim)} of finite numbers", "NaN or infinity", inside=f"[{element}]")
    return cells.error(refusal, cells.rows[row])


def _parts(cells: Cells, kind: Kind) -> Iterable[Any] | None:
    """The vectors made ready at one go, or None if the rows are too mixed, too unusual, or do not fit."""
    values: list[Any] = cells.values
    types = cells.types()
    dim = cells.field.dim
    if types <= {list, tuple}:
        return _packed_lists(values, kind, dim)
    if types <= {bytes, bytearray}:
        return values if set(map(len, values)) == {kind.size(dim)} else None
    if len(types) == 1 and hasattr(values[0], "dtype") and hasattr(values[0], "tobytes"):
        return _arrays(values, kind, dim)
    return None


@lru_cache(maxsize=64)
def packer(code: str, dim: int) -> struct.Struct:
    """What packs a list of this many numbers."""
    return struct.Struct(f"<{dim}{code}")


def _packed_lists(values: list[Any], kind: Kind, dim: int) -> Iterable[bytes] | None:
    """Lists of numbers, packed one after the other as they are read: the fastest way without numpy and with it."""
    if kind.code is None or set(map(len, values)) != {dim}:
        return None
    return starmap(packer(kind.code, dim).pack, values)


def _arrays(values: list[Any], kind: Kind, dim: int) -> Iterable[Any] | None:
    """Arrays of one dtype and one length: taken as they are, or converted together."""
    try:
        # Three sets of plain attributes take half as long as one set of tuples.
        dtypes = {value.dtype for value in values}
        fitting = {value.ndim for value in values} == {1} and {len(value) for value in values} == {kind.length(dim)}
        if len(dtypes) != 1 or not fitting:
            return None
        dtype = dtypes.pop()
        if getattr(dtype, "str", None) == kind.dtype:
            # Of rows of one matrix the first stands for all; should another have gaps, joining them fails.
            contiguous = values[0].strides == (dtype.itemsize,)
            return values if contiguous else [value.tobytes() for value in values]
    except (AttributeError, TypeError):
        return None
    numpy = loaded_numpy()
    if numpy is None or not kind.floats or getattr(dtype, "str", "")[1:] not in ("f4", "f8"):
        return None
    with numpy.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as that
        if kind.floats != "bf":
            return [numpy.array(values).astype(kind.dtype).tobytes()]
        words = numpy.array(values).astype("<f4").view("<u4")
    nans = (words & 0x7FFFFFFF) > 0x7F800000  # one of these is refused later; rounding must not hide it
    rounded = (words + 0x7FFF + (words >> 16 & 1)) >> 16
    return [numpy.where(nans, 0x7FC0, rounded).astype("<u2").tobytes()]
