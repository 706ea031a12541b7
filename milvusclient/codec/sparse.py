"""Encode and decode sparse vectors, which are pairs of an index and a value.

On the wire a sparse vector is its pairs, sorted by index: 32 bits of index and a float32, little-endian.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.codec.write.nonfinite import loaded_numpy
from milvusclient.exceptions import ParamError, ReplyError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["decode_sparse", "encode_sparse", "is_sparse", "sparse_bytes"]

_PAIR = 8
_MAX_INDEX = (1 << 32) - 2
_EXPECTED = FACTS[DataType.SPARSE_FLOAT_VECTOR].words


def is_sparse(value: object) -> bool:
    """Return whether a value can only be a sparse vector: a mapping, a list of pairs, a scipy sparse row."""
    if isinstance(value, dict) or hasattr(value, "tocsr"):
        return True
    if not isinstance(value, list | tuple):
        return isinstance(value, Mapping)
    if not value:
        return False
    return all(isinstance(pair, list | tuple) and len(pair) == 2 and not isinstance(pair[0], float) for pair in value)


@lru_cache(maxsize=512)
def _pairs(count: int) -> struct.Struct:
    return struct.Struct("<" + "If" * count)


def _refuse(got: str, inside: str = "") -> Refusal:
    return Refusal(_EXPECTED, got, inside=inside, error=ParamError)


# --- a whole column --------------------------------------------------------------------------------------------------
def encode_sparse(cells: Cells) -> list[bytes]:
    """Encode the sparse vectors of a column.

    Raises:
        ParamError: a value is not a sparse vector, an index is out of range or repeated, or a value is not finite.
    """
    if cells.types() == {dict}:
        encoded = _encode_dicts(cells.values)  # type: ignore[arg-type]  # the set says so
        if encoded is not None:
            return encoded
    return cells.each(sparse_bytes)


def _encode_dicts(rows: list[dict[int, float]]) -> list[bytes] | None:
    """Encode dicts all at once; return None if one of them is unusual."""
    numpy = loaded_numpy()
    try:
        if numpy is not None and len(rows) > 1:
            return _encode_with_numpy(rows, numpy)
        encoded = [_packed_dict(row) for row in rows]
    except (struct.error, OverflowError, TypeError, ValueError):
        return None
    joined = b"".join(encoded)
    upper = joined[7::_PAIR]  # the exponents of the values
    if b"\x7f" in upper or b"\xff" in upper or (b"\xff" in joined[3::_PAIR] and b"\xff\xff\xff\xff" in joined):
        return None
    ones_or_zeros = b"\x00\x00\x80\x3f" in joined or b"\x00" in upper  # 1.0; 0.0, or something almost as small
    return None if _has_bools(rows, among_values=ones_or_zeros) else encoded


def _packed_dict(row: dict[int, float]) -> bytes:
    """Encode one dict; sorting the indices alone costs less than sorting the pairs."""
    indices = sorted(row)
    pairs: list[float] = [0] * (2 * len(indices))
    pairs[::2] = indices
    pairs[1::2] = map(row.__getitem__, indices)
    return _pairs(len(indices)).pack(*pairs)


def _has_bools(rows: list[dict[int, float]], *, among_values: bool) -> bool:
    """Return whether an index or a value is a bool, which would pass for 1 or 0.

    Args:
        rows: the vectors.
        among_values: some value is 1 or 0, so that it may be a bool.
    """
    if any((1 in row or 0 in row) and bool in set(map(type, row)) for row in rows):
        return True
    return among_values and bool in set(map(type, chain.from_iterable(map(dict.values, rows))))


def _encode_with_numpy(rows: list[dict[int, float]], numpy: Any) -> list[bytes] | None:
    # array() checks type and range of each index; it accepts bool, and turns what is too large into infinity.
    indices = numpy.frombuffer(array("I", chain.from_iterable(rows)), "u4")
    values = numpy.frombuffer(array("f", chain.from_iterable(map(dict.values, rows))), "f4")
    if not len(indices):
        return [b""] * len(rows)
    if not (math.isfinite(values.max()) and math.isfinite(values.min())) or indices.max() > _MAX_INDEX:
        return None
    if _has_bools(rows, among_values=bool(((values == 1) | (values == 0)).any())):
        return None
    ends = numpy.fromiter(map(len, rows), "i8", len(rows)).cumsum()
    # Rows are mostly sorted already; where they are not, sort by row and index together.
    falling = indices[1:] <= indices[:-1]
    starts = ends[:-1][(ends[:-1] > 0) & (ends[:-1] < len(indices))]
    falling[starts - 1] = False
    if falling.any():
        row_of = numpy.repeat(numpy.arange(len(rows), dtype="u8"), numpy.diff(ends, prepend=0))
        order = ((row_of << 32) | indices).argsort(kind="stable")
        indices, values = indices[order], values[order]
    pairs = numpy.empty(len(indices), [("index", "<u4"), ("value", "<f4")])
    pairs["index"], pairs["value"] = indices, values
    joined = pairs.tobytes()
    offsets = [0, *(ends * _PAIR).tolist()]
    return [joined[start:end] for start, end in pairwise(offsets)]


# --- one vector ------------------------------------------------------------------------------------------------------
def sparse_bytes(value: object) -> bytes:
    """Encode one sparse vector.

    Raises:
        Refusal: the value is not a sparse vector, or an index or a value in it is invalid.
    """
    if hasattr(value, "tocsr"):  # first: some sparse matrices are dicts, too
        return _from_scipy(value)
    if isinstance(value, Mapping):
        return _from_pairs(list(value.items()), floats_only=False)
    if isinstance(value, list | tuple):
        if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
            raise Refusal.of(_EXPECTED, value, error=ParamError)
        return _from_pairs(value, floats_only=True)
    if isinstance(value, bytes | bytearray):
        return _from_bytes(bytes(value))
    raise Refusal.of(_EXPECTED, value, error=ParamError)


def _from_pairs(pairs: Sequence[Any], *, floats_only: bool) -> bytes:
    checked: dict[int, float] = {}
    for position, (index, value) in enumerate(pairs):
        number = _index(index)
        if number in checked:
            raise _refuse(f"index {number} twice", f"[{position}]")
        checked[number] = _value(value, number, floats_only=floats_only)
    return _pairs(len(checked)).pack(*chain.from_iterable(sorted(checked.items())))


def _index(index: Any) -> int:
    if isinstance(index, str) and index.isascii() and index.isdigit():
        index = int(index)  # a key of a JSON object
    kind = getattr(getattr(index, "dtype", None), "kind", "")
    if isinstance(index, bool) or kind == "b" or not hasattr(index, "__index__"):
        raise Refusal.of("an int for each index of a sparse vector", index, error=ParamError)
    number: int = index.__index__()
    if not 0 <= number <= _MAX_INDEX:
        raise Refusal(f"an index from 0 to {_MAX_INDEX} in a sparse vector", str(number), error=ParamError)
    return number


def _value(value: Any, index: int, *, floats_only: bool) -> float:
    expected = "a finite float for each value of a sparse vector"
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    is_integer = isinstance(value, int) or kind in ("i", "u")
    if isinstance(value, bool | str) or kind == "b" or not (hasattr(value, "__float__") or is_integer):
        raise Refusal.of(expected, value, inside=f"[{index}]", error=ParamError)
    if is_integer and floats_only:
        # A list of two integers may be a dense vector as well.
        raise Refusal.of(
            expected,
            value,
            hint=f"write {float(value)}, or remove one pair of brackets if the vector is dense",
            inside=f"[{index}]",
            error=ParamError,
        )
    try:
        number = float(value)
        struct.pack("<f", number)
    except (TypeError, ValueError, OverflowError):
        raise Refusal.of(expected, value, inside=f"[{index}]", error=ParamError) from None
    if not math.isfinite(number):
        raise Refusal(expected, str(number), inside=f"[{index}]", error=ParamError)
    return number


def _from_scipy(value: Any) -> bytes:
    shape = tuple(value.shape)
    if len(shape) > 1 and shape[0] != 1:
        raise _refuse(f"a sparse matrix of shape {shape}; take one row of it")
    row = value.tocsr(copy=True)  # the next line works in place
    row.sum_duplicates()
    return _from_pairs(list(zip(row.indices.tolist(), row.data.tolist(), strict=True)), floats_only=False)


def _from_bytes(data: bytes) -> bytes:
    """Check and sort pairs that are encoded already."""
    if len(data) % _PAIR:
        raise _refuse(f"{len(data)} bytes, which is not a multiple of {_PAIR}")
    return _from_pairs(list(struct.iter_unpack("<If", data)), floats_only=True)


# --- decoding --------------------------------------------------------------------------------------------------------
def decode_sparse(contents: Iterable[bytes]) -> list[dict[int, float]]:
    """Decode the sparse vectors of a reply, each as a dict of index to value.

    Raises:
        ReplyError: one of them does not consist of pairs.
    """
    try:
        return [dict(struct.iter_unpack("<If", content)) for content in contents]
    except struct.error as error:
        raise ReplyError(
            message=f"the reply cannot be read: a sparse vector does not consist of pairs ({error})"
        ) from error
