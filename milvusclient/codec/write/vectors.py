"""Dense vectors: lists, arrays and buffers to the bytes that go on the wire.

A column of vectors is prepared at once where the rows allow it: numpy rows of the right dtype are taken as they are,
lists are packed as they are read. Anything else, and anything that does not fit, goes vector by vector through
:func:`~milvusclient.codec.write.single_vector.vector_bytes`, which knows what is wrong with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from itertools import starmap
from typing import Any

from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.nonfinite import first_nonfinite, loaded_numpy
from milvusclient.codec.write.single_vector import vector_bytes
from milvusclient.exceptions import DataTypeNotSupportException, MilvusException
from milvusclient.schema.type_facts import TypeFacts

__all__ = ["check_finite", "encode_vectors", "encode_vectors_joined", "one_by_one", "packer"]


def encode_vectors(cells: Cells) -> tuple[Iterable[Any], int]:
    """Encode all vectors of a column.

    Returns:
        Buffers that make one vector after the other when joined, such as the user's own arrays; and their total size.
        Lists are packed when the buffers are read: if that fails, :func:`one_by_one` knows why. NaN and infinity are
        found by :func:`check_finite` only.

    Raises:
        DataNotMatchException: a vector has another dimension, or is not made of numbers.
        ParamError: a vector is an array of another dtype than the field's.
    """
    _check_dense(cells)
    parts = _parts(cells, cells.facts)
    if parts is None:
        parts = one_by_one(cells)
    return parts, cells.facts.size(cells.field.dim) * len(cells.values)


def _check_dense(cells: Cells) -> None:
    if cells.facts.family != "dense":
        raise DataTypeNotSupportException(
            message=f"field {cells.field.name!r} has vectors of a type that is not known here; a newer client may"
        )


def one_by_one(cells: Cells) -> list[bytes]:
    """Encode each vector of a column by itself; raises as :func:`encode_vectors` does."""
    _check_dense(cells)
    return cells.each(lambda value: vector_bytes(value, cells.facts, cells.field.dim))


def check_finite(cells: Cells, joined: bytes | memoryview) -> None:
    """Check that there is no NaN and no infinity among the joined vectors of a column.

    Raises:
        DataNotMatchException: there is one, or a number is too large for the type.
    """
    facts = cells.facts
    position = first_nonfinite(joined, facts.floats) if facts.floats else None
    if position is not None:
        one_by_one(cells)  # a number that is too large has a message of its own
        raise _not_finite(cells, position)


def encode_vectors_joined(cells: Cells) -> bytes:
    """Encode all vectors of a column, one after the other, and check them.

    Raises:
        DataNotMatchException: as :func:`encode_vectors` and :func:`check_finite`.
        ParamError: as :func:`encode_vectors`.
    """
    if not cells.values:
        return b""
    parts, _ = encode_vectors(cells)
    try:
        joined = b"".join(parts)
    except Exception:  # noqa: BLE001 - a number that cannot be packed may raise anything
        joined = b"".join(one_by_one(cells))
    check_finite(cells, joined)
    return joined


def _not_finite(cells: Cells, position: int) -> MilvusException:
    row, element = divmod(position, cells.field.dim)
    expected = f"{cells.facts.vector_words(cells.field.dim)} of finite numbers"
    return cells.error(Refusal(expected, "NaN or infinity", inside=f"[{element}]"), cells.rows[row])


def _parts(cells: Cells, facts: TypeFacts) -> Iterable[Any] | None:
    """Return all vectors prepared at once, or None if they are too mixed, too unusual, or do not fit."""
    values: list[Any] = cells.values
    types = cells.types()
    dim = cells.field.dim
    if types <= {list, tuple}:
        return _packed_lists(values, facts, dim)
    if types <= {bytes, bytearray}:
        return values if set(map(len, values)) == {facts.size(dim)} else None
    if len(types) == 1 and hasattr(values[0], "dtype") and hasattr(values[0], "tobytes"):
        return _arrays(values, facts, dim)
    return None


@lru_cache(maxsize=64)
def packer(code: str, dim: int) -> struct.Struct:
    """Return what packs a list of this many numbers."""
    return struct.Struct(f"<{dim}{code}")


def _packed_lists(values: list[Any], facts: TypeFacts, dim: int) -> Iterable[bytes] | None:
    """Pack lists of numbers one after the other as they are read: the fastest way, with numpy and without."""
    if not facts.code or set(map(len, values)) != {dim}:
        return None
    return starmap(packer(facts.code, dim).pack, values)


def _arrays(values: list[Any], facts: TypeFacts, dim: int) -> Iterable[Any] | None:
    """Take arrays of one dtype and one length as they are, or convert them together."""
    try:
        # Three sets of plain attributes take half as long as one set of tuples.
        dtypes = {value.dtype for value in values}
        fitting = {value.ndim for value in values} == {1} and {len(value) for value in values} == {facts.length(dim)}
        if len(dtypes) != 1 or not fitting:
            return None
        dtype = dtypes.pop()
        if getattr(dtype, "str", None) == facts.dtype:
            # Of rows of one matrix the first stands for all; should another have gaps, joining them fails.
            contiguous = values[0].strides == (dtype.itemsize,)
            return values if contiguous else [value.tobytes() for value in values]
    except (AttributeError, TypeError):
        return None
    numpy = loaded_numpy()
    if numpy is None or not facts.floats or getattr(dtype, "str", "")[1:] not in ("f4", "f8"):
        return None
    return [_converted(values, facts, numpy)]


def _converted(values: list[Any], facts: TypeFacts, numpy: Any) -> bytes:
    """Convert arrays of float32 or float64 to the floats of a vector type, rounded to the nearest."""
    with numpy.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as that
        if facts.floats != "bf":
            converted: bytes = numpy.array(values).astype(facts.dtype).tobytes()
            return converted
        words = numpy.array(values).astype("<f4").view("<u4")
    nans = (words & 0x7FFFFFFF) > 0x7F800000  # a NaN is refused later; rounding must not hide it
    rounded = (words + 0x7FFF + (words >> 16 & 1)) >> 16
    halves: bytes = numpy.where(nans, 0x7FC0, rounded).astype("<u2").tobytes()
    return halves
