"""Views of a reply's vectors as numpy arrays over the reply's own memory. Numpy is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from milvusclient.codec.read.packed_floats import joined_chunks
from milvusclient.exceptions import ReplyError
from milvusclient.models.columns import import_library
from milvusclient.schema.type_facts import DENSE_MEMBERS

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["import_numpy", "matrix"]


def import_numpy() -> Any:
    """Import numpy.

    Raises:
        ParamError: it is not installed.
    """
    return import_library("numpy")


def matrix(vectors: schema_pb2.VectorField, raw: memoryview | None = None) -> Any | None:
    """Return the dense vectors of a column as the rows of one read-only array; None for other vectors.

    Bfloat16, which numpy does not have, becomes float32; eight bits of a binary vector are one uint8.

    Args:
        vectors: the column.
        raw: the bytes of its float vectors, if they are not in the message.

    Raises:
        ReplyError: the size is not a multiple of the size of a vector.
    """
    member = vectors.WhichOneof("data")
    facts = DENSE_MEMBERS.get(member or "")
    if facts is None:
        return None
    numpy = import_numpy()
    dtype = "<u2" if facts.floats == "bf" else facts.dtype
    data: bytes | memoryview
    if raw is not None:
        data = raw
    elif member == "float_vector":
        data = joined_chunks(vectors.float_vector, vectors.float_vector.data, 4)
    else:
        data = getattr(vectors, facts.member)
    size = facts.size(vectors.dim)
    if len(data) % size if size > 0 else len(data):
        raise ReplyError(
            message=f"the reply cannot be read: {len(data)} bytes is not a multiple of the size of a {size}-byte vector"
        )
    if not data:
        return numpy.empty((0, 0), dtype)
    rows = numpy.frombuffer(data, dtype).reshape(len(data) // size, -1)
    if facts.floats != "bf":
        return rows
    widened = (rows.astype("<u4") << 16).view("<f4")
    widened.flags.writeable = False
    return widened
