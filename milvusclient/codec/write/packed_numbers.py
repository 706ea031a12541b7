"""Numbers and strings in the encoding of protobuf, made by numpy for whole columns.

The ways through Python objects take three times as long for integers, and seven times for strings.
"""

from __future__ import annotations

from typing import Any

__all__ = ["packed_integers", "packed_strings"]

#: Numbers that are encoded at a time, so that the steps find them in the processor's cache.
_PIECE = 1 << 14
#: Groups of seven bits that a word of 32 bits holds.
_GROUPS_OF_U4 = 4
#: The tag of ``repeated string data = 1``.
_STRING_TAG = 0x0A


def packed_integers(numpy: Any, numbers: Any) -> Any:
    """Encode integers as varints, one after the other; negative ones take ten bytes, as protobuf wants them.

    Args:
        numpy: the module.
        numbers: an array of integers that an int64 holds.

    Returns:
        An array of bytes.
    """
    parts = [_varints(numpy, numbers[start : start + _PIECE]) for start in range(0, len(numbers), _PIECE)]
    return numpy.concatenate(parts) if parts else numpy.empty(0, "u1")


def _varints(numpy: Any, numbers: Any) -> Any:
    words = numbers.astype("<i8", copy=False).view("<u8")
    most, least = (max(1, (int(word).bit_length() + 6) // 7) for word in (words.max(), words.min()))
    if most <= _GROUPS_OF_U4:
        words = words.astype("<u4")
    if most != least:
        return _mixed_varints(numpy, words, most)
    if _GROUPS_OF_U4 // 2 < most <= _GROUPS_OF_U4:
        # Moving the groups of seven bits apart in a word takes half as long as writing them byte by byte.
        spread = words & 0x7F
        for place in range(1, most):
            spread |= (words << place) & (0x7F << (8 * place))
        spread |= sum(0x80 << (8 * place) for place in range(most - 1))
        return spread.view("u1").reshape(-1, 4)[:, :most].reshape(-1)
    made = numpy.empty((len(words), most), "u1")
    for place in range(most):
        made[:, place] = words >> (7 * place)
    made[:, :-1] |= 0x80
    made[:, -1] &= 0x7F
    return made.reshape(-1)


def _mixed_varints(numpy: Any, words: Any, most: int) -> Any:
    """Encode words of several sizes: all with the largest one, of which the bytes that are needed are kept."""
    made = numpy.empty((len(words), most), "u1")
    is_needed = numpy.ones((len(words), most), "?")
    for place in range(most - 1):
        made[:, place] = words
        made[:, place] &= 0x7F
        words = words >> 7
        is_needed[:, place + 1] = goes_on = words != 0
        made[:, place] |= goes_on.view("u1") << 7
    made[:, most - 1] = words
    return made[is_needed]


def packed_strings(
    numpy: Any, offsets: Any, data: memoryview, max_length: int | None, bits: bytes | None
) -> Any | None:
    """Encode strings as ``repeated string data = 1``.

    Args:
        numpy: the module.
        offsets: where each string begins in ``data``, and where the last one ends; an array of int64.
        data: the strings in UTF-8, one directly after the other.
        max_length: the number of bytes that a string may have; None for any number.
        bits: a byte for each string, 0 for a null; None without nulls.

    Returns:
        An array of bytes; None if a string is too long or not in UTF-8, or a null has bytes.
    """
    lengths = numpy.diff(offsets)
    used = data[int(offsets[0]) : int(offsets[-1])]
    if len(used) and int(numpy.frombuffer(used, "u1").max()) > 0x7F:
        try:
            str(used, "utf-8")
        except UnicodeDecodeError:
            return None
    if bits is not None:
        valid = numpy.frombuffer(bits, "?")
        if lengths[~valid].any():
            return None
        lengths = lengths[valid]
    if not len(lengths):
        return numpy.empty(0, "u1")
    if max_length is not None and int(lengths.max()) > max_length:
        return None
    words = lengths.astype("<u8")
    sizes = _varint_sizes(numpy, words)
    ends = numpy.cumsum(lengths + sizes + 1)
    starts = ends - lengths - sizes - 1
    made = numpy.empty(int(ends[-1]), "u1")
    of_string = numpy.ones(len(made), "?")
    made[starts] = _STRING_TAG
    of_string[starts] = False
    for place in range(int(sizes.max())):
        of_string[starts[sizes > place] + 1 + place] = False
    _write_varints(numpy, made, starts + 1, words, sizes)
    made[of_string] = numpy.frombuffer(used, "u1")
    return made


def _varint_sizes(numpy: Any, words: Any) -> Any:
    sizes = numpy.ones(len(words), "i8")
    limit, top = 1 << 7, int(words.max())
    while limit <= top:
        sizes += words >= numpy.uint64(limit)
        limit <<= 7
    return sizes


def _write_varints(numpy: Any, made: Any, starts: Any, words: Any, sizes: Any) -> None:
    """Write varints into ``made`` where ``starts`` says, all first bytes first."""
    for place in range(int(sizes.max())):
        rows = slice(None) if place == 0 else sizes > place
        piece = (words[rows] >> numpy.uint64(7 * place)).astype("u1") & 0x7F
        piece |= (sizes[rows] > place + 1).astype("u1") << 7
        made[starts[rows] + place] = piece
