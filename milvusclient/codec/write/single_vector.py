"""One dense vector, given in any of the ways a vector can be given, to its bytes on the wire."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.nonfinite import loaded_numpy
from milvusclient.exceptions import ParamError
from milvusclient.schema.type_facts import TypeFacts

__all__ = ["is_array", "vector_bytes"]

#: Which arrays can be converted to vectors of floats, in the words of messages.
_FITTING_DTYPES = {
    "f": "float32 or float64",
    "e": "float16 (float32 and float64 are rounded)",
    "bf": "bfloat16 (float32 and float64 are rounded)",
}


def is_array(value: object) -> bool:
    """Return whether a value is a numpy array or has the same interface, as a tensor has."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def vector_bytes(value: object, facts: TypeFacts, dim: int) -> bytes:
    """Encode one vector. NaN and infinity are not looked for.

    Args:
        value: a list, a tuple, an array, bytes, or anything else with a buffer.
        facts: the facts about its type.
        dim: its dimension.

    Raises:
        Refusal: the value is not a vector of this type and dimension.
    """
    if isinstance(value, bytes | bytearray):
        return _from_bytes(bytes(value), facts, dim)
    if isinstance(value, list | tuple):
        return _from_list(value, facts, dim)
    if isinstance(value, str | Mapping):
        raise Refusal.of(facts.vector_words(dim), value)
    if is_array(value):
        return _from_array(value, facts, dim)
    if hasattr(value, "__array__") and (numpy := loaded_numpy()) is not None:
        return _from_array(numpy.asarray(value), facts, dim)
    try:
        view = memoryview(value)  # type: ignore[arg-type]  # the except is for what has no buffer
    except TypeError:
        raise Refusal.of(facts.vector_words(dim), value) from None
    with view:  # a traceback must not keep the user's buffer locked
        return _from_view(view, facts, dim)


def _from_bytes(data: bytes, facts: TypeFacts, dim: int) -> bytes:
    """Take bytes as the vector itself, encoded already."""
    if len(data) != facts.size(dim):
        found = f"{len(data)} byte{'' if len(data) == 1 else 's'}"
        raise Refusal(f"{facts.vector_words(dim)} ({facts.size(dim)} bytes)", found)
    return data


def _check_length(length: int, facts: TypeFacts, dim: int) -> None:
    if length == facts.length(dim):
        return
    expected, found = facts.vector_words(dim), f"{length} element{'' if length == 1 else 's'}"
    if facts.bits == 1:
        hint = "; numpy.packbits packs bits into bytes" if length == dim else ""
        raise Refusal(f"{expected} (bytes, or {dim // 8} integers from 0 to 255)", f"{found}{hint}")
    raise Refusal(expected, found)


# --- lists -----------------------------------------------------------------------------------------------------------
def _from_list(value: list[Any] | tuple[Any, ...], facts: TypeFacts, dim: int) -> bytes:
    if len(value) == 1 and isinstance(value[0], bytes | bytearray):
        return _from_bytes(bytes(value[0]), facts, dim)  # what queries return for all but FLOAT_VECTOR
    if value and isinstance(value[0], list | tuple):
        raise Refusal(facts.vector_words(dim), "a list of lists; remove one pair of brackets")
    _check_length(len(value), facts, dim)
    if facts.bits == 1:
        return _from_list_of_bytes(value, facts, dim)
    code = facts.code or "f"
    try:
        packed = struct.pack(f"<{dim}{code}", *value)
    except (struct.error, OverflowError, TypeError):
        for index, item in enumerate(value):
            _check_element(item, code, f"[{index}]", facts, dim)
        raise Refusal.of(facts.vector_words(dim), value) from None
    return packed if facts.code else _to_bfloat16(packed)


def _from_list_of_bytes(value: Iterable[object], facts: TypeFacts, dim: int) -> bytes:
    for index, item in enumerate(value):
        if isinstance(item, bool) or not hasattr(item, "__index__") or not 0 <= item.__index__() <= 255:
            raise Refusal.of(f"{facts.vector_words(dim)}, as integers from 0 to 255", item, inside=f"[{index}]")
    return bytes(value)  # type: ignore[arg-type]  # checked above


def _check_element(item: object, code: str, inside: str, facts: TypeFacts, dim: int) -> None:
    expected = facts.vector_words(dim)
    try:
        struct.pack(f"<{code}", item)
    except OverflowError:
        raise Refusal(expected, f"{item}, which is too large for it", inside=inside) from None
    except (struct.error, TypeError):
        what = f"{expected} (integers from -128 to 127)" if code == "b" else f"{expected} (numbers)"
        raise Refusal.of(what, item, inside=inside) from None


def _to_bfloat16(floats: bytes) -> bytes:
    """Convert little-endian float32 to bfloat16, rounded to the nearest, ties to even."""
    words = struct.unpack(f"<{len(floats) // 4}I", floats)
    # A NaN must stay one: its payload may be all in the lower half.
    halves = [
        (word >> 16) | 0x40 if word & 0x7FFFFFFF > 0x7F800000 else (word + 0x7FFF + (word >> 16 & 1)) >> 16
        for word in words
    ]
    return struct.pack(f"<{len(halves)}H", *halves)


# --- arrays and buffers ----------------------------------------------------------------------------------------------
def _from_array(value: Any, facts: TypeFacts, dim: int) -> bytes:
    if hasattr(value, "detach"):
        value = _from_tensor(value, facts, dim)
    elif not hasattr(value, "tobytes") and (numpy := loaded_numpy()) is not None:
        value = numpy.asarray(value)
    if len(value.shape) != 1:
        raise Refusal(facts.vector_words(dim), f"an array of shape {tuple(value.shape)}")
    _check_length(value.shape[0], facts, dim)
    dtype = value.dtype
    notation, name = getattr(dtype, "str", ""), getattr(dtype, "name", str(dtype))
    if facts.dtype in (notation, name):
        data: bytes = value.tobytes()
        return data
    if notation == "|i1" and facts.bits == 1:
        return bytes(value.tobytes())
    roundable = ("f2", "f4", "f8") if facts.floats == "e" else ("f4", "f8")
    if facts.floats and notation[1:] in roundable:
        return _from_list(value.tolist(), facts, dim)
    fitting = _FITTING_DTYPES.get(facts.floats, facts.dtype_names[0])
    raise Refusal(
        f"{facts.vector_words(dim)}, as an array of dtype {fitting}",
        f"an array of dtype {name}; use .astype(...)",
        error=ParamError,
    )


def _from_tensor(value: Any, facts: TypeFacts, dim: int) -> Any:
    """Return a torch tensor as a numpy array over the same memory."""
    if str(getattr(value, "device", "cpu")) != "cpu":
        raise Refusal(facts.vector_words(dim), f"a tensor on device {value.device}; use .cpu()")
    tensor = value.detach()
    if str(tensor.dtype) != "torch.bfloat16":
        return tensor.numpy()
    if facts.floats != "bf":
        return tensor.float().numpy()
    # numpy has no bfloat16: the same bits as integers of 16 bits. Their bytes are what goes on the wire.
    return _Bits(tensor.view(sys.modules["torch"].int16).numpy())


class _Bits:
    """An array of 16-bit integers that stands for bfloat16."""

    __slots__ = ("_array", "dtype", "shape")

    def __init__(self, bits: Any) -> None:
        self._array = bits
        self.dtype = "bfloat16"
        self.shape = bits.shape

    def tobytes(self) -> bytes:
        data: bytes = self._array.astype("<i2").tobytes()
        return data


def _from_view(view: memoryview, facts: TypeFacts, dim: int) -> bytes:
    """Encode any other object with a buffer: bytes are the vector itself, numbers are converted as those of a list."""
    if view.ndim != 1:
        raise Refusal(facts.vector_words(dim), f"a buffer of shape {view.shape}")
    code = view.format.lstrip("@=<>!")
    if view.itemsize == 1 and (code in ("B", "c", "") or (code == "b" and facts.code == "b")):
        return _from_bytes(view.tobytes(), facts, dim)
    if facts.floats and code in ("f", "d", "e"):
        if code == "e" and facts.floats != "e":
            raise Refusal(facts.vector_words(dim), "a buffer of float16 numbers", error=ParamError)
        return _from_list(_unpacked(view, code), facts, dim)
    raise Refusal(facts.vector_words(dim), f"a buffer of format {view.format!r}", error=ParamError)


def _unpacked(view: memoryview, code: str) -> list[float]:
    """Return the numbers of a buffer in any byte order."""
    order = view.format[0] if view.format[0] in "<>!=" else "="
    return list(struct.unpack(f"{order}{len(view)}{code}", view.tobytes()))
