"""Numbers and strings in the encoding of protobuf, made by numpy for whole columns.

The ways through Python objects take three times as long for integers, and seven times for strings.
"""

from __future__ import annotations

from typing import Any, Final

from milvusclient.codec.wire import prefix

__all__ = ["packed_integers", "packed_strings"]

#: Values that are encoded at a time, so that the steps find them in the processor's cache: twice as many cost strings
#: half as much again.
_PIECE: Final = 1 << 14
#: Words that hold varints of up to 1, 2, 4 and 8 bytes.
_WORDS: Final = ((1, "<u1"), (2, "<u2"), (4, "<u4"), (8, "<u8"))
_WORD_BYTES: Final = 8
#: The tag of ``repeated string data = 1``.
_STRING_TAG: Final = 0x0A
#: Bytes up to which copying too much of a string takes less than looking where it ends.
_SHORT: Final = 64
#: The largest number in a varint of one byte.
_ONE_BYTE: Final = 0x7F


def packed_integers(numpy: Any, numbers: Any) -> list[Any]:
    """Encode integers as varints, one after the other; negative ones take ten bytes, as protobuf wants them.

    Args:
        numpy: the module.
        numbers: an array of integers that an int64 holds.

    Returns:
        Arrays of bytes, to be joined.
    """
    return [_varints(numpy, numbers[start : start + _PIECE]) for start in range(0, len(numbers), _PIECE)]


def _varints(numpy: Any, numbers: Any) -> Any:
    low, high = int(numbers.min()), int(numbers.max())
    most = _varint_size(low if low < 0 else high)
    least = 1 if low < 0 <= high else _varint_size(low)
    in_word = min(most, _WORD_BYTES)
    width, dtype = next(word for word in _WORDS if in_word <= word[0])
    words = numbers.astype(dtype)
    spread = words & ((1 << 7 * in_word) - 1)
    for place in range(1, in_word):
        # Moves this group of seven bits and those above it one bit up, since each byte has a bit that says "goes on".
        spread += spread & ((1 << 8 * width) - (1 << (8 * place - 1)))
    if most != least:
        return _joined_varints(numpy, words, spread, most)
    spread |= _going_on(most)
    if most == width:
        return spread.view("u1")
    # Whole words are written from the first to the last, each over those bytes of the one before that are not needed.
    made = numpy.empty(len(words) * most + width, "u1")
    numpy.ndarray(words.shape, dtype, made, 0, (most,))[...] = spread
    for place in range(width, most):
        group = (words >> (7 * place)).astype("u1")
        made[place : len(words) * most : most] = group | 0x80 if place < most - 1 else group
    return made[: len(words) * most]


def _joined_varints(numpy: Any, words: Any, spread: Any, most: int) -> Any:
    """Join varints of several sizes; ``spread`` has their groups of seven bits, as far as they fit into a word."""
    width = spread.itemsize
    sizes = _varint_sizes(words, most)
    ends = numpy.cumsum(sizes, dtype="i8")
    starts = ends - sizes
    spread |= numpy.array([_going_on(size) for size in range(most + 1)], spread.dtype)[sizes]
    total = int(ends[-1])
    made = numpy.empty(total + width, "u1")
    numpy.ndarray((total + 1,), spread.dtype, made, 0, (1,))[starts] = spread
    for place in range(width, most):
        longer = sizes > place
        group = (words[longer] >> (7 * place)).astype("u1")
        made[starts[longer] + place] = group | ((sizes[longer] > place + 1).astype("u1") << 7)
    return made[:total]


def _varint_size(number: int) -> int:
    """Return the number of bytes of a varint."""
    return 10 if number < 0 else max(1, (number.bit_length() + 6) // 7)


def _varint_sizes(words: Any, most: int) -> Any:
    sizes = (words > _ONE_BYTE).astype("i8")
    sizes += 1
    for place in range(2, most):
        sizes += words >= 1 << 7 * place
    return sizes


def _going_on(size: int) -> int:
    """Return the word with the bits that say that another byte follows, of a varint with this number of bytes."""
    return sum(0x80 << 8 * place for place in range(min(size - 1, _WORD_BYTES)))


def packed_strings(
    numpy: Any, offsets: Any, data: memoryview, max_length: int | None, bits: bytes | None
) -> list[Any] | None:
    """Encode strings as ``repeated string data = 1``.

    Args:
        numpy: the module.
        offsets: where each string begins in ``data``, and where the last one ends; an array of integers.
        data: the strings in UTF-8, one directly after the other.
        max_length: the number of bytes that a string may have; None for any number.
        bits: a byte for each string, 0 for a null; None without nulls.

    Returns:
        Arrays of bytes, to be joined; None if a string is too long or not in UTF-8, or a null has bytes.
    """
    used = data[int(offsets[0]) : int(offsets[-1])]
    text = numpy.frombuffer(used, "u1")
    if len(text) and int(text.max()) > 0x7F:
        try:
            str(used, "utf-8")
        except UnicodeDecodeError:
            return None
    parts = []
    for start in range(0, len(offsets) - 1, _PIECE):
        bounds = offsets[start : start + _PIECE + 1].astype("i8")
        begins, lengths = bounds[:-1] - bounds[0], bounds[1:] - bounds[:-1]
        if bits is not None:
            valid = numpy.frombuffer(bits[start : start + _PIECE], "?")
            if lengths[~valid].any():
                return None
            begins, lengths = begins[valid], lengths[valid]
        if not len(lengths):
            continue
        longest = int(lengths.max())
        if max_length is not None and longest > max_length:
            return None
        parts.append(_prefixed(numpy, text[bounds[0] - offsets[0] :], begins, lengths, longest))
    return parts


def _prefixed(numpy: Any, text: Any, begins: Any, lengths: Any, longest: int) -> Any:
    """Put a tag and a length before each string.

    Args:
        numpy: the module.
        text: the bytes of all strings, one directly after the other; more may follow.
        begins: where each string begins.
        lengths: the length of each; at least one.
        longest: the largest of these.
    """
    size = int(begins[-1] + lengths[-1])
    if longest == int(lengths.min()):
        before = prefix(1, longest)
        table = numpy.empty((len(lengths), len(before) + longest), "u1")
        table[:, : len(before)] = numpy.frombuffer(before, "u1")
        table[:, len(before) :] = text[:size].reshape(len(lengths), longest)
        return table.reshape(-1)
    if longest <= _SHORT:
        return _prefixed_short(numpy, text, begins, lengths, longest)
    text = text[:size]
    sizes = _varint_sizes(lengths, _varint_size(longest))
    starts = begins + numpy.cumsum(sizes + 1) - sizes - 1
    made = numpy.empty(len(text) + len(lengths) + int(sizes.sum()), "u1")
    of_string = numpy.ones(len(made), "?")
    of_string[starts] = False
    made[starts] = _STRING_TAG
    for place in range(int(sizes.max())):
        rows = slice(None) if place == 0 else sizes > place
        at = starts[rows] + 1 + place
        of_string[at] = False
        made[at] = (lengths[rows] >> 7 * place) & 0x7F | (sizes[rows] > place + 1).astype("u1") << 7
    made[of_string] = text
    return made


def _prefixed_short(numpy: Any, text: Any, begins: Any, lengths: Any, longest: int) -> Any:
    """Do the same for strings whose tag and length are two bytes, and which differ little in length.

    For each string as many bytes are copied as the longest has. That is done from the first to the last, each string
    over what was too much of the one before.
    """
    starts = begins + numpy.arange(0, 2 * len(lengths), 2)
    total = int(starts[-1] + lengths[-1]) + 2
    if begins[-1] + longest > len(text):
        text = numpy.concatenate((text, numpy.empty(longest, "u1")))
    made = numpy.empty(total + longest, "u1")
    # Elements of these arrays begin at each byte.
    sources = numpy.ndarray(len(text) - longest + 1, f"V{longest}", text, 0, 1)
    targets = numpy.ndarray(total - 1, f"V{longest}", made, 2, 1)
    targets[starts] = sources[begins]
    made[starts] = _STRING_TAG
    made[1:][starts] = lengths.astype("u1")
    return made[:total]
