"""Roaring bitmaps: large sets of integers for ``roaring_match`` in a filter, exact and compressed.

The bytes are a header of 32 (magic ``MRB1``, version 1, format 1, number of members, length of the body, 0) and a
64-bit bitmap of the members' two's complement, in the portable format of
https://github.com/RoaringBitmap/RoaringFormatSpec.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import groupby

from milvusclient.exceptions import ParamError
from milvusclient.schema.filters.members import int64_members, member_list

__all__ = ["RoaringBitmapBuilder", "build_roaring_bitmap"]

_HEADER = struct.Struct("<4sHHQQQ")
_WHAT = "roaring bitmap"
#: Servers refuse larger bitmaps, by their own estimate of the memory that the containers take.
_MAX_BITMAPS = 262_144
_MAX_DECODED_BYTES = 64 * 1024 * 1024
_MAX_BODY_BYTES = 128 * 1024 * 1024
_BITMAP_OVERHEAD, _CONTAINER_OVERHEAD = 128, 64

_COOKIE_WITH_RUNS, _COOKIE_WITHOUT_RUNS = 12347, 12346
_MAX_ARRAY = 4096
#: The size that a bitmap container counts as when it is compared with runs.
_BITMAP_COST = 8224
#: With fewer containers than this, and runs among them, the offsets are left out.
_MIN_WITH_OFFSETS = 4


def _runs(values: list[int]) -> list[tuple[int, int]]:
    """Return runs of consecutive values as pairs: the first value, and how many follow it."""
    runs: list[tuple[int, int]] = []
    first = last = values[0]
    for value in values[1:]:
        if value != last + 1:
            runs.append((first, last - first))
            first = value
        last = value
    runs.append((first, last - first))
    return runs


def _container(values: list[int]) -> tuple[bytes, bool]:
    """Encode the sorted 16-bit values of a container in the smallest of the three forms; tell whether it is runs."""
    runs = _runs(values)
    array_cost = 2 * len(values) if len(values) <= _MAX_ARRAY else _BITMAP_COST
    if 2 + 4 * len(runs) < min(array_cost, _BITMAP_COST):
        flat = [number for run in runs for number in run]
        return struct.pack(f"<H{len(flat)}H", len(runs), *flat), True
    if len(values) <= _MAX_ARRAY:
        return struct.pack(f"<{len(values)}H", *values), False
    bits = bytearray(8192)
    for value in values:
        bits[value >> 3] |= 1 << (value & 7)
    return bytes(bits), False


def _bitmap32(values: Iterable[int]) -> bytes:
    """Encode sorted 32-bit values in the portable format."""
    groups = [(key, [value & 0xFFFF for value in group]) for key, group in groupby(values, lambda value: value >> 16)]
    containers = [_container(low) for _, low in groups]
    count = len(groups)
    if any(is_run for _, is_run in containers):
        flags = sum(1 << index for index, (_, is_run) in enumerate(containers) if is_run)
        cookie = struct.pack("<I", _COOKIE_WITH_RUNS | (count - 1) << 16) + flags.to_bytes((count + 7) // 8, "little")
        with_offsets = count >= _MIN_WITH_OFFSETS
    else:
        cookie = struct.pack("<II", _COOKIE_WITHOUT_RUNS, count)
        with_offsets = True
    descriptions = b"".join(struct.pack("<HH", key, len(low) - 1) for key, low in groups)
    offsets = b""
    if with_offsets:
        position = len(cookie) + len(descriptions) + 4 * count
        starts: list[int] = []
        for body, _ in containers:
            starts.append(position)
            position += len(body)
        offsets = struct.pack(f"<{count}I", *starts)
    return b"".join([cookie, descriptions, offsets, *(body for body, _ in containers)])


def _check_size(keys: list[int]) -> None:
    bitmaps = len({key >> 32 for key in keys})
    if bitmaps > _MAX_BITMAPS:
        raise ParamError(
            message=f"the members of the {_WHAT} have {bitmaps} different upper halves, servers accept {_MAX_BITMAPS}; "
            "split the members over several filters"
        )
    memory = bitmaps * _BITMAP_OVERHEAD + len({key >> 16 for key in keys}) * _CONTAINER_OVERHEAD
    if memory > _MAX_DECODED_BYTES:
        raise ParamError(
            message=f"the {_WHAT} would take {memory} bytes of a server's memory, servers accept {_MAX_DECODED_BYTES}; "
            "split the members over several filters"
        )


class RoaringBitmapBuilder:
    """Builds a roaring bitmap batch by batch.

    Example:
        >>> from milvusclient import RoaringBitmapBuilder
        >>> builder = RoaringBitmapBuilder().add_int64_batch([3, 1]).add_int64_batch([3])
        >>> builder.cardinality, builder.build()[:4]
        (2, b'MRB1')
    """

    def __init__(self) -> None:
        self._members: set[int] = set()

    @property
    def cardinality(self) -> int:
        """Number of distinct members."""
        return len(self._members)

    def add_int64_batch(self, values: Iterable[int]) -> RoaringBitmapBuilder:
        """Add integers.

        Args:
            values: the integers. If one of them is invalid, none is added.

        Returns:
            The builder itself, for chaining.

        Raises:
            ParamError: a value is not an int, or does not fit in 64 bits.
        """
        self._members.update(int64_members(values, _WHAT))
        return self

    def build(self) -> bytes:
        """Build the bitmap. Further batches may be added, and the bitmap built again.

        Returns:
            The bitmap, to be passed in ``filter_params``.

        Raises:
            ParamError: the bitmap is larger than servers accept.
        """
        keys = sorted(member & 0xFFFFFFFFFFFFFFFF for member in self._members)
        _check_size(keys)
        groups = [(high, [key & 0xFFFFFFFF for key in group]) for high, group in groupby(keys, lambda key: key >> 32)]
        parts = [struct.pack("<Q", len(groups))]
        for high, low in groups:
            parts += [struct.pack("<I", high), _bitmap32(low)]
        body = b"".join(parts)
        if len(body) > _MAX_BODY_BYTES:
            raise ParamError(
                message=f"the {_WHAT} has {len(body)} bytes, servers accept {_MAX_BODY_BYTES}; "
                "split the members over several filters"
            )
        return _HEADER.pack(b"MRB1", 1, 1, len(keys), len(body), 0) + body


def build_roaring_bitmap(members: Sequence[int]) -> bytes:
    """Build a roaring bitmap of a set of members, for ``roaring_match`` in a filter.

    Args:
        members: the members, all int.

    Returns:
        The bitmap, to be passed in ``filter_params``.

    Raises:
        ParamError: a member is not an int or does not fit in 64 bits, or the bitmap is larger than servers accept.

    Example:
        >>> from milvusclient import build_roaring_bitmap
        >>> len(build_roaring_bitmap([1, 5, 70_000]))
        74
    """
    return RoaringBitmapBuilder().add_int64_batch(int64_members(member_list(members, _WHAT), _WHAT)).build()
