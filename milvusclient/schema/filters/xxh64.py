"""The 64-bit xxHash with seed 0, the hash of Milvus's Bloom filters."""

from __future__ import annotations

import struct

__all__ = ["xxh64", "xxh64_int64"]

_MASK = 0xFFFFFFFFFFFFFFFF
_P1 = 0x9E3779B185EBCA87
_P2 = 0xC2B2AE3D27D4EB4F
_P3 = 0x165667B19E3779F9
_P4 = 0x85EBCA77C2B2AE63
_P5 = 0x27D4EB2F165667C5


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _lane(state: int, word: int) -> int:
    return (_rotate((state + word * _P2) & _MASK, 31) * _P1) & _MASK


def _mixed(value: int) -> int:
    value = ((value ^ (value >> 33)) * _P2) & _MASK
    value = ((value ^ (value >> 29)) * _P3) & _MASK
    return value ^ (value >> 32)


def xxh64_int64(value: int) -> int:
    """Return the hash of a signed 64-bit integer, hashed as eight little-endian bytes."""
    state = (_P5 + 8) ^ _lane(0, value & _MASK)
    return _mixed((_rotate(state, 27) * _P1 + _P4) & _MASK)


def xxh64(data: bytes) -> int:
    """Return the hash of ``data``."""
    size = len(data)
    whole = size - size % 32
    if size >= 32:
        lanes = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
        for words in struct.iter_unpack("<4Q", data[:whole]):
            lanes = [_lane(state, word) for state, word in zip(lanes, words, strict=True)]
        state = sum(_rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
        for lane in lanes:
            state = ((state ^ _lane(0, lane)) * _P1 + _P4) & _MASK
    else:
        state = _P5
    return _mixed(_tail((state + size) & _MASK, data[whole:]))


def _tail(state: int, rest: bytes) -> int:
    """Mix in the last bytes, fewer than 32."""
    position = 0
    while position + 8 <= len(rest):
        state ^= _lane(0, int.from_bytes(rest[position : position + 8], "little"))
        state = (_rotate(state, 27) * _P1 + _P4) & _MASK
        position += 8
    if position + 4 <= len(rest):
        state ^= (int.from_bytes(rest[position : position + 4], "little") * _P1) & _MASK
        state = (_rotate(state, 23) * _P2 + _P3) & _MASK
        position += 4
    for byte in rest[position:]:
        state = (_rotate(state ^ ((byte * _P5) & _MASK), 11) * _P1) & _MASK
    return state
