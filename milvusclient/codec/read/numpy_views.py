"""Vectors of a reply as numpy arrays over the reply's own memory. Numpy is imported when the first one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from milvusclient.codec.read.packed_floats import joined_chunks
from milvusclient.exceptions import ReplyError
from milvusclient.models.columns import import_library

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["import_numpy", "matrix"]

#: What the bytes of a vector are to numpy, and how many bits one element takes.
_LAYOUTS = {
    "float_vector": ("<f4", 32),
    "float16_vector": ("<f2", 16),
    "bfloat16_vector": ("<u2", 16),
    "int8_vector": ("i1", 8),
    "binary_vector": ("u1", 1),
}


def import_numpy() -> Any:
    """The module.

    Raises:
        ParamError: it is not installed.
    """
    return import_library("numpy")


def matrix(vectors: schema_pb2.VectorField, raw: memoryview | None = None) -> Any | None:
    """The dense vectors of a column as the rows of one read-only array; None for other vectors.

    Bfloat16, which numpy does not have, becomes float32; eight bits of a binary vector are one uint8.

    Args:
        vectors: the column.
        raw: the bytes of its float vectors, if they are not in the message.

    Raises:
        ReplyError: the bytes are no whole number of vectors.
    """
    member = vectors.WhichOneof("data")
    if member not in _LAYOUTS:
        return None
    numpy = import_numpy()
    dtype, bits = _LAYOUTS[member]
    data: bytes | memoryview
    if raw is not None:
        data = raw
    elif member == "float_vector":
        data = joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    else:
        data = getattr(vectors, member)
    size = vectors.dim * bits // 8
    if len(data) % size if size > 0 else len(data):
        raise ReplyError(
            message=f"the reply cannot be read: {len(data)} bytes are no whole number of {size}-byte vectors"
        )
    if not data:
        return numpy.empty((0, 0), dtype)
    rows = numpy.frombuffer(data, dtype).reshape(len(data) // size, -1)
    if member != "bfloat16_vector":
        return rows
    widened = (rows.astype("<u4") << 16).view("<f4")
    widened.flags.writeable = False
    return widened
