"""Bloom filters: large sets for ``bloom_match`` in a filter. Small, but with a few false matches.

The bytes are a header of 32 (magic ``MBF1``, version 1, kind 1, number of members, error rate, number of blocks,
domains) and then blocks of eight 32-bit words; one hash of a member chooses a block and one bit in each of its words.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import require_int, require_number
from milvusclient.exceptions import ParamError
from milvusclient.schema.filters.members import int64_members, member_list, string_members
from milvusclient.schema.filters.xxh64 import xxh64, xxh64_int64

__all__ = ["BloomFilterBuilder", "build_bloom_filter"]

_HEADER = struct.Struct("<4sHHQdIB3x")
_BLOCK_BYTES = 32
_MAX_BYTES = 128 * 1024 * 1024
_ERROR_RATES = (0.0001, 0.05)
_SALTS = (0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31)
_INT64, _UTF8 = 1, 2
_WHAT = "bloom filter"


def _number_of_blocks(members: int, error_rate: float) -> int:
    """Return the smallest power of two with which ``members`` members keep the error rate."""
    bits = -8 * members / math.log(1 - error_rate ** (1 / 8))
    blocks = 1
    while blocks * _BLOCK_BYTES * 8 < bits and blocks * _BLOCK_BYTES < _MAX_BYTES:
        blocks *= 2
    return blocks


@suggest_keywords
class BloomFilterBuilder:
    """Builds a Bloom filter batch by batch, without keeping the members in memory.

    Args:
        n: expected number of members; with more of them, false matches become more likely.
        fpr: false-positive rate with ``n`` members, 0.0001 to 0.05.

    Raises:
        ParamError: ``n`` is not an int of 0 or more, or ``fpr`` is out of range.

    Example:
        >>> from milvusclient import BloomFilterBuilder
        >>> builder = BloomFilterBuilder(4)
        >>> data = builder.add_int64_batch([1, 2]).add_int64_batch([3, 4]).build()
        >>> data[:4], len(data)
        (b'MBF1', 64)
    """

    def __init__(self, n: int, fpr: float = 0.005) -> None:
        low, high = _ERROR_RATES
        self._n = require_int("n", n, least=0, most=(1 << 64) - 1)
        self._fpr = float(require_number("fpr", fpr))
        if not low <= self._fpr <= high:
            raise ParamError(message=f"fpr must be from {low} to {high}, got {fpr!r}")
        self._num_blocks = _number_of_blocks(n, self._fpr)
        self._domains = 0
        self._words = array("I", bytes(self._num_blocks * _BLOCK_BYTES))

    @property
    def num_blocks(self) -> int:
        """Number of blocks of the filter; a block has 32 bytes."""
        return self._num_blocks

    @property
    def domains(self) -> int:
        """Kinds of the members: 1 for int, 2 for str, 3 for both, 0 while there are none."""
        return self._domains

    def _add_hash(self, digest: int) -> None:
        words = self._words
        first = (((digest >> 32) * self._num_blocks) >> 32) * 8
        low = digest & 0xFFFFFFFF
        for offset, salt in enumerate(_SALTS):
            words[first + offset] |= 1 << (((low * salt) & 0xFFFFFFFF) >> 27)

    def add_int64_batch(self, values: Iterable[int]) -> BloomFilterBuilder:
        """Add integers.

        Args:
            values: the integers. If one of them is invalid, none is added.

        Returns:
            The builder itself, for chaining.

        Raises:
            ParamError: a value is not an int, or does not fit in 64 bits.
        """
        for value in int64_members(values, _WHAT):
            self._add_hash(xxh64_int64(value))
            self._domains |= _INT64
        return self

    def add_string_batch(self, values: Iterable[str]) -> BloomFilterBuilder:
        """Add strings.

        Args:
            values: the strings. If one of them is invalid, none is added.

        Returns:
            The builder itself, for chaining.

        Raises:
            ParamError: a value is not a str.
        """
        for value in string_members(values, _WHAT):
            self._add_hash(xxh64(value))
            self._domains |= _UTF8
        return self

    def build(self) -> bytes:
        """Build the filter. Further batches may be added, and the filter built again.

        Returns:
            The filter, to be passed in ``filter_params``.
        """
        header = _HEADER.pack(b"MBF1", 1, 1, self._n, self._fpr, self._num_blocks, self._domains)
        words = self._words
        if sys.byteorder == "big":
            words = words[:]
            words.byteswap()
        return header + words.tobytes()


def build_bloom_filter(members: Sequence[int | str], fpr: float = 0.005) -> bytes:
    """Build a Bloom filter of a set of members, for ``bloom_match`` in a filter.

    Args:
        members: the members: either all int or all str.
        fpr: false-positive rate, 0.0001 to 0.05.

    Returns:
        The filter, to be passed in ``filter_params``.

    Raises:
        ParamError: a member is neither an int nor a str or does not fit in 64 bits, the members are of both kinds, or
            ``fpr`` is out of range.

    Example:
        >>> from milvusclient import build_bloom_filter
        >>> len(build_bloom_filter(["a", "b"]))
        64
    """
    values = member_list(members, _WHAT)
    builder = BloomFilterBuilder(len(values), fpr)
    if values and isinstance(values[0], str):
        for digest in map(xxh64, string_members(values, _WHAT)):
            builder._add_hash(digest)
        builder._domains = _UTF8
    elif values:
        builder.add_int64_batch(int64_members(values, _WHAT))
    return builder.build()
