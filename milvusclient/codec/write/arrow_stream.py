"""Read tables through the Arrow C stream interface, without pyarrow.

The interface consists of three C structs, which ctypes reads: importing ctypes takes 2 ms where pyarrow takes 500, and
programs that use polars, pandas or DuckDB need no other package. The buffers are not copied.
See https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from typing import Any, Final

from milvusclient.codec.write.arrow_array import BIT_WIDTHS, Array, decimal_type
from milvusclient.exceptions import ParamError

__all__ = ["read_arrays"]

_STREAM = b"arrow_array_stream"
_SCHEMA = b"arrow_schema"
_ARRAY = b"arrow_array"

#: Offsets of variable-length types: the bits of each.
_OFFSET_BITS: Final = {"u": 32, "z": 32, "U": 64, "Z": 64, "+l": 32, "+m": 32, "+L": 64}
#: Views of lists: the bits of each offset and size.
_LIST_VIEW_BITS: Final = {"+vl": 32, "+vL": 64}


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))),
    ("private_data", ctypes.c_void_p),
]


class _Owner:
    """A struct whose producer wants to be told when it is no longer used.

    Every buffer of an array refers to the owner of the array, so that a buffer cannot outlive its memory.
    """

    __slots__ = ("struct",)

    def __init__(self, struct: _Array | _Schema) -> None:
        self.struct = struct

    def __del__(self) -> None:
        if self.struct.release:
            self.struct.release(ctypes.byref(self.struct))


def read_arrays(data: Any) -> Iterator[Array]:
    """Read the arrays of a stream one after the other; those of a table are structs, whose children are the columns.

    Args:
        data: an object with ``__arrow_c_stream__`` or ``__arrow_c_array__``, such as a table of pyarrow, a frame of
            polars or pandas, or a relation of DuckDB.

    Raises:
        ParamError: the stream fails, or does not follow the interface.
    """
    if not hasattr(data, "__arrow_c_stream__"):
        yield _single_array(data)
        return
    try:
        capsule = data.__arrow_c_stream__()  # it owns the stream: its destructor releases what is left of it
    except Exception as error:  # pandas needs pyarrow for it, whose errors are of many classes
        raise ParamError(message=f"data: {type(data).__name__} cannot be read as an Arrow stream: {error}") from error
    stream = _Stream.from_address(_address(capsule, _STREAM))
    schema = _Schema()
    _check(stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)), stream, 0)
    owner = _Owner(schema)
    rows = 0
    while True:
        array = _Array()
        _check(stream.get_next(ctypes.byref(stream), ctypes.byref(array)), stream, rows)
        if not array.release:
            break
        made = _import(schema, array, _Owner(array))
        rows += made.length
        yield made
    del owner, capsule


def _single_array(data: Any) -> Array:
    schema_capsule, array_capsule = data.__arrow_c_array__()
    schema = _Schema.from_address(_address(schema_capsule, _SCHEMA))
    source = _Array.from_address(_address(array_capsule, _ARRAY))
    array = _Array()
    ctypes.memmove(ctypes.byref(array), ctypes.byref(source), ctypes.sizeof(_Array))
    # The array is moved, as the interface asks for: the capsule must not release it now.
    source.release = type(source.release)()
    return _import(schema, array, _Owner(array))


def _address(capsule: object, name: bytes) -> int:
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype = ctypes.c_void_p
    get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    try:
        address = get_pointer(capsule, name)
    except ValueError as error:
        raise ParamError(message=f"data does not follow the Arrow C interface: {error}") from None
    return int(address)


def _check(code: int, stream: _Stream, rows: int) -> None:
    if code:
        said = stream.get_last_error(ctypes.byref(stream))
        reason = said.decode(errors="replace").strip() if said else os.strerror(code)
        reason = reason.partition(" Detail: Python exception: ")[0]  # a traceback, which pyarrow adds
        raise ParamError(message=f"data: the Arrow stream failed after {rows} rows: {reason}")


def _import(schema: _Schema, array: _Array, owner: _Owner) -> Array:
    """Build the array that a pair of structs describes; its buffers keep ``owner`` alive."""
    arrow_format = schema.format.decode()
    count = array.offset + array.length
    addresses = [array.buffers[index] or 0 for index in range(array.n_buffers)]
    children = tuple(
        _import(schema.children[index].contents, array.children[index].contents, owner)
        for index in range(schema.n_children)
    )
    names = tuple((schema.children[index].contents.name or b"").decode() for index in range(schema.n_children))
    dictionary = None
    if schema.dictionary:
        dictionary = _import(schema.dictionary.contents, array.dictionary.contents, owner)
    buffers = _buffers(arrow_format, addresses, count, owner)
    return Array(arrow_format, array.length, array.offset, buffers, children, names, dictionary, array.null_count)


def _buffers(arrow_format: str, addresses: list[int], count: int, owner: _Owner) -> tuple[memoryview | None, ...]:
    """Build views of the buffers. The structs do not hold their sizes, which follow from the type and the length."""
    if not addresses or not count:
        return tuple(None for _ in addresses)
    if arrow_format[:2] in ("+u", "+r"):
        return ()
    validity = _view(addresses[0], (count + 7) // 8, owner)
    rest = addresses[1:]
    base = arrow_format.partition(":")[0]
    if base in _OFFSET_BITS:
        width = _OFFSET_BITS[base] // 8
        offsets = _view(rest[0], (count + 1) * width, owner)
        if len(rest) == 1 or offsets is None:
            return (validity, offsets)
        end = offsets.cast("i" if width == 4 else "q")[count]
        return (validity, offsets, _view(rest[1], end, owner))
    if base in _LIST_VIEW_BITS:
        size = count * _LIST_VIEW_BITS[base] // 8
        return (validity, _view(rest[0], size, owner), _view(rest[1], size, owner))
    if base in ("vu", "vz"):
        sizes = _view(rest[-1], (len(rest) - 2) * 8, owner)
        ends = sizes.cast("q") if sizes is not None else ()
        views = _view(rest[0], count * 16, owner)
        return (validity, views, *(_view(at, end, owner) for at, end in zip(rest[1:-1], ends, strict=True)))
    if not rest:
        return (validity,)
    if base == "d":
        return (validity, _view(rest[0], count * decimal_type(arrow_format)[2], owner))
    bits = int(arrow_format[2:]) * 8 if base == "w" else BIT_WIDTHS.get(arrow_format[:3], BIT_WIDTHS.get(base, 0))
    return (validity, _view(rest[0], (count * bits + 7) // 8, owner))


def _view(address: int, size: int, owner: _Owner) -> memoryview | None:
    if not address or not size:
        return None
    buffer = (ctypes.c_ubyte * size).from_address(address)
    buffer.owner = owner  # type: ignore[attr-defined]  # a view keeps the object, and this the memory
    return memoryview(buffer).cast("B").toreadonly()
