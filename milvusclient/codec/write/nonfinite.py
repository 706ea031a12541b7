"""Whether packed floats hold a NaN or an infinity, without looking at each in Python."""

from __future__ import annotations

import math
import struct
import sys
from typing import Any

__all__ = ["first_not_finite", "loaded_numpy", "suspicious"]

#: Below this many bytes numpy's calls cost more than they save.
_SMALL = 1 << 14
#: So many bytes fit into a processor's second cache.
_PIECE = 1 << 18
_ALL_BYTES = bytes(range(256))
# Half precision: the exponent is all ones exactly where the upper byte has these bits.
_HALF_FINITE = bytes(byte for byte in _ALL_BYTES if byte & 0x7C != 0x7C)


def loaded_numpy() -> Any | None:
    """Numpy if the program has imported it; this package never does so by itself to encode."""
    return sys.modules.get("numpy")


def first_not_finite(buffer: bytes | memoryview, kind: str) -> int | None:
    """The position of the first NaN or infinity.

    Args:
        buffer: little-endian numbers.
        kind: ``"f"`` for float32, ``"e"`` for float16, ``"bf"`` for bfloat16.

    Returns:
        The index of the number, or None if all are finite.
    """
    if not buffer or not suspicious(buffer, kind):
        return None
    for index, number in enumerate(_numbers(buffer, kind)):
        if not math.isfinite(number):
            return index
    return None


def suspicious(buffer: bytes | memoryview, kind: str) -> bool:
    """Whether some number is so large that it may not be finite; almost always False, and quick to say."""
    numpy = loaded_numpy() if len(buffer) > _SMALL else None
    if kind == "f":
        if numpy is not None:
            numbers = numpy.frombuffer(buffer, "<f4")
            with numpy.errstate(over="ignore", invalid="ignore"):
                # One pass; whatever is not finite makes the sum so, and so may numbers that are very large.
                if math.isfinite(numbers.sum()):
                    return False
            # A NaN makes both of them NaN.
            return not (math.isfinite(numbers.max()) and math.isfinite(numbers.min()))
        upper = bytes(buffer)[3::4]  # slicing a view takes three times as long
        return b"\x7f" in upper or b"\xff" in upper
    if numpy is not None:
        return _any_large_half(memoryview(buffer), 0x7C00 if kind == "e" else 0x7F80, numpy)
    upper = bytes(buffer)[1::2]
    if kind == "bf":
        return b"\x7f" in upper or b"\xff" in upper
    return bool(upper.translate(None, _HALF_FINITE))


def _any_large_half(buffer: memoryview, limit: int, numpy: Any) -> bool:
    """The same for numbers of 16 bits, piece by piece, so that the second look at a piece finds it in a cache."""
    aligned = numpy.frombuffer(buffer, "<u2").flags.aligned
    for start in range(0, len(buffer), _PIECE):
        piece: bytes | memoryview = buffer[start : start + _PIECE]
        if not aligned:
            piece = bytes(piece)  # numpy takes six times as long for halves at an odd place
        # With its sign bit set a number is among the largest without sign, and below all of the others with one.
        negative = int(numpy.frombuffer(piece, "<u2").max()) >= limit | 0x8000
        if negative or int(numpy.frombuffer(piece, "<i2").max()) >= limit:
            return True
    return False


def _numbers(buffer: bytes | memoryview, kind: str) -> tuple[float, ...]:
    if kind == "bf":
        # A bfloat16 is the upper half of the float32 of the same number.
        halves = struct.unpack(f"<{len(buffer) // 2}H", buffer)
        return struct.unpack(f"<{len(halves)}f", struct.pack(f"<{len(halves)}I", *[half << 16 for half in halves]))
    return struct.unpack(f"<{len(buffer) // struct.calcsize(kind)}{kind}", buffer)
