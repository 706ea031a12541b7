"""Search packed floats for a NaN or an infinity, without looking at each in Python."""

from __future__ import annotations

import math
import struct
import sys
from typing import Any

__all__ = ["first_nonfinite", "loaded_numpy", "may_be_nonfinite"]

#: Below this many bytes numpy's calls cost more than they save.
_SMALL = 1 << 14
#: As many bytes as fit into a processor's second-level cache.
_PIECE = 1 << 18
_ALL_BYTES = bytes(range(256))
# Half precision: the exponent is all ones exactly where the upper byte has these bits.
_HALF_FINITE = bytes(byte for byte in _ALL_BYTES if byte & 0x7C != 0x7C)


def loaded_numpy() -> Any | None:
    """Return numpy if the program has imported it; this package never does so by itself to encode."""
    return sys.modules.get("numpy")


def first_nonfinite(buffer: bytes | memoryview, floats: str) -> int | None:
    """Return the index of the first NaN or infinity, or None if all numbers are finite.

    Args:
        buffer: little-endian numbers.
        floats: ``"f"`` for float32, ``"e"`` for float16, ``"bf"`` for bfloat16.
    """
    if not buffer or not may_be_nonfinite(buffer, floats):
        return None
    for index, number in enumerate(_numbers(buffer, floats)):
        if not math.isfinite(number):
            return index
    return None


def may_be_nonfinite(buffer: bytes | memoryview, floats: str) -> bool:
    """Return whether some number is so large that it may not be finite; almost always False, and quick to tell."""
    numpy = loaded_numpy() if len(buffer) > _SMALL else None
    if floats == "f":
        if numpy is not None:
            numbers = numpy.frombuffer(buffer, "<f4")
            with numpy.errstate(over="ignore", invalid="ignore"):
                # One pass: a number that is not finite makes the sum so, and very large numbers may, too.
                if math.isfinite(numbers.sum() if numbers.flags.aligned else _sum_unaligned(memoryview(buffer), numpy)):
                    return False
            # A NaN makes both of them NaN.
            return not (math.isfinite(numbers.max()) and math.isfinite(numbers.min()))
        upper = bytes(buffer)[3::4]  # slicing a view takes three times as long
        return b"\x7f" in upper or b"\xff" in upper
    if numpy is not None:
        return _any_large_half(memoryview(buffer), 0x7C00 if floats == "e" else 0x7F80, numpy)
    upper = bytes(buffer)[1::2]
    if floats == "bf":
        return b"\x7f" in upper or b"\xff" in upper
    return bool(upper.translate(None, _HALF_FINITE))


def _sum_unaligned(buffer: memoryview, numpy: Any) -> float:
    """Add up float32 at an odd address, which takes numpy up to ten times as long as copying them first."""
    pieces = (bytes(buffer[start : start + _PIECE]) for start in range(0, len(buffer), _PIECE))
    return float(sum(numpy.frombuffer(piece, "<f4").sum() for piece in pieces))


def _any_large_half(buffer: memoryview, limit: int, numpy: Any) -> bool:
    """Do the same for numbers of 16 bits, piece by piece, so that the second pass over a piece finds it in a cache."""
    aligned = numpy.frombuffer(buffer, "<u2").flags.aligned
    for start in range(0, len(buffer), _PIECE):
        piece: bytes | memoryview = buffer[start : start + _PIECE]
        if not aligned:
            piece = bytes(piece)  # numpy takes six times as long for halves at an odd address
        # With its sign bit set, a number is among the largest of the unsigned and below all others of the signed ones.
        negative = int(numpy.frombuffer(piece, "<u2").max()) >= limit | 0x8000
        if negative or int(numpy.frombuffer(piece, "<i2").max()) >= limit:
            return True
    return False


def _numbers(buffer: bytes | memoryview, floats: str) -> tuple[float, ...]:
    if floats == "bf":
        # A bfloat16 is the upper half of the float32 of the same number.
        halves = struct.unpack(f"<{len(buffer) // 2}H", buffer)
        return struct.unpack(f"<{len(halves)}f", struct.pack(f"<{len(halves)}I", *[half << 16 for half in halves]))
    return struct.unpack(f"<{len(buffer) // struct.calcsize(floats)}{floats}", buffer)
