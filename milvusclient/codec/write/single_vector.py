"""One dense vector, given as anything that can be one, to its bytes on the wire."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from milvusclient.codec.write.cells import Refusal
from milvusclient.codec.write.nonfinite import loaded_numpy
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.schema.enums import DataType

__all__ = ["KINDS", "Kind", "is_array", "vector_bytes"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How the vectors of one data type are written.

    Attributes:
        data_type: the type.
        code: the letter of :mod:`struct` for a number of a list; None if such lists need more care.
        dtype: the numpy dtype whose memory is the wire's, in numpy's notation.
        bits: how many bits one element of ``dim`` takes.
        floats: what :func:`~milvusclient.codec.write.nonfinite.first_not_finite` calls it; empty for integers and bits.
    """

    data_type: DataType
    code: str | None
    dtype: str
    bits: int
    floats: str = ""

    def size(self, dim: int) -> int:
        """How many bytes a vector takes."""
        return dim * self.bits // 8

    def length(self, dim: int) -> int:
        """How many elements an array or list of that dtype has."""
        return dim // 8 if self.bits == 1 else dim

    def wanted(self, dim: int) -> str:
        """What a message says that a field wants."""
        unit = "bits" if self.bits == 1 else "elements"
        article = "an" if self.data_type is DataType.INT8_VECTOR else "a"
        return f"{article} {self.data_type.name} of {dim} {unit}"


KINDS: dict[DataType, Kind] = {
    DataType.FLOAT_VECTOR: Kind(DataType.FLOAT_VECTOR, "f", "<f4", 32, "f"),
    DataType.BINARY_VECTOR: Kind(DataType.BINARY_VECTOR, None, "|u1", 1),
    DataType.FLOAT16_VECTOR: Kind(DataType.FLOAT16_VECTOR, "e", "<f2", 16, "e"),
    DataType.BFLOAT16_VECTOR: Kind(DataType.BFLOAT16_VECTOR, None, "bfloat16", 16, "bf"),
    DataType.INT8_VECTOR: Kind(DataType.INT8_VECTOR, "b", "|i1", 8),
}


def is_array(value: object) -> bool:
    """Whether a value is a numpy array, or something that speaks like one (a tensor, a column's cell)."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def vector_bytes(value: object, kind: Kind, dim: int) -> bytes:
    """One vector as it goes on the wire. NaN and infinity are not looked for.

    Raises:
        Refusal: it is no vector of this type and dimension.
    """
    if isinstance(value, bytes | bytearray):
        return _raw(bytes(value), kind, dim)
    if isinstance(value, list | tuple):
        return _from_list(value, kind, dim)
    if isinstance(value, str | dict):
        raise Refusal.of(kind.wanted(dim), value)
    if is_array(value):
        return _from_array(value, kind, dim)
    if hasattr(value, "__array__") and (numpy := loaded_numpy()) is not None:
        return _from_array(numpy.asarray(value), kind, dim)
    try:
        view = memoryview(value)  # type: ignore[arg-type]  # the except is for what has no buffer
    except TypeError:
        raise Refusal.of(kind.wanted(dim), value) from None
    return _from_view(view, kind, dim)


def _raw(data: bytes, kind: Kind, dim: int) -> bytes:
    """Bytes are the vector as it goes on the wire."""
    if len(data) != kind.size(dim):
        raise Refusal(f"{kind.wanted(dim)} ({kind.size(dim)} bytes)", f"{len(data)} bytes")
    return data


def _check_length(length: int, kind: Kind, dim: int) -> None:
    if length == kind.length(dim):
        return
    if kind.bits == 1:
        hint = "; numpy.packbits packs bits into bytes" if length == dim else ""
        raise Refusal(f"{kind.wanted(dim)} (bytes, or {dim // 8} integers from 0 to 255)", f"{length} elements{hint}")
    raise Refusal(kind.wanted(dim), f"{length} elements")


# --- lists -----------------------------------------------------------------------------------------------------------
def _from_list(value: list[Any] | tuple[Any, ...], kind: Kind, dim: int) -> bytes:
    _check_length(len(value), kind, dim)
    if kind.bits == 1:
        return _from_bytes_list(value, kind, dim)
    code = kind.code or "f"
    try:
        packed = struct.pack(f"<{dim}{code}", *value)
    except (struct.error, OverflowError, TypeError):
        for index, item in enumerate(value):
            _check_element(item, code, f"[{index}]", kind, dim)
        raise Refusal.of(kind.wanted(dim), value) from None
    return packed if kind.code else _to_bfloat16(packed)


def _from_bytes_list(value: Iterable[object], kind: Kind, dim: int) -> bytes:
    for index, item in enumerate(value):
        if isinstance(item, bool) or not hasattr(item, "__index__") or not 0 <= item.__index__() <= 255:
            raise Refusal.of(f"{kind.wanted(dim)}, as integers from 0 to 255", item, inside=f"[{index}]")
    return bytes(value)  # type: ignore[arg-type]  # checked above


def _check_element(item: object, code: str, inside: str, kind: Kind, dim: int) -> None:
    try:
        struct.pack(f"<{code}", item)
    except OverflowError:
        raise Refusal(f"{kind.wanted(dim)}", f"{item}, which is too large for it", inside=inside) from None
    except (struct.error, TypeError):
        what = f"{kind.wanted(dim)} (integers from -128 to 127)" if code == "b" else f"{kind.wanted(dim)} (numbers)"
        raise Refusal.of(what, item, inside=inside) from None


def _to_bfloat16(floats: bytes) -> bytes:
    """Little-endian float32 to bfloat16, rounded to the nearest, ties to even."""
    words = struct.unpack(f"<{len(floats) // 4}I", floats)
    # A NaN must stay one: its payload may be all in the lower half.
    halves = [
        (word >> 16) | 0x40 if word & 0x7FFFFFFF > 0x7F800000 else (word + 0x7FFF + (word >> 16 & 1)) >> 16
        for word in words
    ]
    return struct.pack(f"<{len(halves)}H", *halves)


# --- arrays and buffers ----------------------------------------------------------------------------------------------
def _from_array(value: Any, kind: Kind, dim: int) -> bytes:
    if hasattr(value, "detach"):
        value = _from_tensor(value, kind, dim)
    elif not hasattr(value, "tobytes") and (numpy := loaded_numpy()) is not None:
        value = numpy.asarray(value)
    if len(value.shape) != 1:
        raise Refusal(kind.wanted(dim), f"an array of shape {tuple(value.shape)}")
    _check_length(value.shape[0], kind, dim)
    dtype = value.dtype
    notation, name = getattr(dtype, "str", ""), getattr(dtype, "name", str(dtype))
    if kind.dtype in (notation, name):
        data: bytes = value.tobytes()
        return data
    if notation == "|i1" and kind.bits == 1:
        return bytes(value.tobytes())
    roundable = ("f2", "f4", "f8") if kind.floats == "e" else ("f4", "f8")
    if kind.floats and notation[1:] in roundable:
        return _from_list(value.tolist(), kind, dim)
    dtypes = {"e": "float16 (float32 and float64 are rounded)", "f": "float32 or float64"}
    fitting = dtypes.get(kind.floats, "bfloat16 (float32 and float64 are rounded)" if kind.floats else kind.dtype[1:])
    fitting = {"u1": "uint8", "i1": "int8"}.get(fitting, fitting)
    raise Refusal(
        f"{kind.wanted(dim)}, as an array of dtype {fitting}",
        f"an array of dtype {name}; use .astype(...)",
        error=ParamError,
    )


def _from_tensor(value: Any, kind: Kind, dim: int) -> Any:
    """A torch tensor as a numpy array over the same memory."""
    if str(getattr(value, "device", "cpu")) != "cpu":
        raise Refusal(kind.wanted(dim), f"a tensor on device {value.device}; use .cpu()", error=DataNotMatchException)
    tensor = value.detach()
    if str(tensor.dtype) != "torch.bfloat16":
        return tensor.numpy()
    if kind.dtype != "bfloat16":
        return tensor.float().numpy()
    # numpy has no bfloat16: the same bits as half-wide integers. bytes() of them is what goes on the wire.
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


def _from_view(view: memoryview, kind: Kind, dim: int) -> bytes:
    """Any other object with a buffer: bytes are raw, numbers are converted as those of a list."""
    if view.ndim != 1:
        raise Refusal(kind.wanted(dim), f"a buffer of shape {view.shape}")
    code = view.format.lstrip("@=<>!")
    if view.itemsize == 1 and (code in ("B", "c", "") or (code == "b" and kind.code == "b")):
        return _raw(view.tobytes(), kind, dim)
    if kind.floats and code in ("f", "d", "e"):
        if code == "e" and kind.floats != "e":
            raise Refusal(kind.wanted(dim), "a buffer of float16 numbers", error=ParamError)
        return _from_list(_unpacked(view, code), kind, dim)
    raise Refusal(kind.wanted(dim), f"a buffer of format {view.format!r}", error=ParamError)


def _unpacked(view: memoryview, code: str) -> list[float]:
    """The numbers of a buffer in any byte order."""
    order = view.format[0] if view.format[0] in "<>!=" else "="
    return list(struct.unpack(f"{order}{len(view)}{code}", view.tobytes()))
