"""EmbeddingList: several vectors as one query, for the vectors of a struct array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, require_int
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.nonfinite import first_nonfinite
from milvusclient.codec.write.single_vector import vector_bytes
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import DENSE_MEMBERS, FACTS, TypeFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EmbeddingList"]

_BY_NAME = {name: facts.data_type for facts in DENSE_MEMBERS.values() for name in facts.dtype_names}
_BY_FORMAT = {code: facts.data_type for facts in DENSE_MEMBERS.values() for code in facts.formats}


@suggest_keywords
class EmbeddingList:
    """Vectors of one type and dimension. A search compares the whole list with the vectors of a row.

    Args:
        embeddings: the first vectors: a list of vectors, or an array of shape (dim,) or (count, dim).
        dim: number of elements of each vector (bytes for binary vectors); by default that of the first vector.
        dtype: type of the vectors: a vector type of DataType, a name such as ``"float16"``, or a numpy dtype. By
            default it is that of the first vector, where lists are float32 and bytes are binary vectors.

    Raises:
        ParamError: ``dtype`` is not a type of dense vectors, or a vector does not have this type and dimension.

    Example:
        >>> from milvusclient import EmbeddingList
        >>> words = EmbeddingList().add([0.1, 0.2]).add([0.3, 0.4])
        >>> len(words), words.dim, words.shape, words.nbytes
        (2, 2, (2, 2), 16)
    """

    def __init__(
        self,
        embeddings: Sequence[object] | NDArray[Any] | None = None,
        dim: int | None = None,
        dtype: DataType | str | np.dtype[Any] | None = None,
    ) -> None:
        self._data_type = None if dtype is None else _declared(dtype)
        self._dim = None if dim is None else require_int("dim of an EmbeddingList", dim, least=1)
        self._rows: list[bytes] = []
        if embeddings is None:
            return
        if len(getattr(embeddings, "shape", ())) == 1:
            self.add(embeddings)
        else:
            self.add_batch(embeddings)

    def add(self, embedding: object) -> EmbeddingList:
        """Add a vector.

        Args:
            embedding: a list of numbers, an array of shape (dim,), ``bytes`` in the wire format, or any buffer.

        Returns:
            The list itself, for chaining.

        Raises:
            ParamError: ``embedding`` is not a vector, or does not have the type and dimension of the others.
        """
        where = f"vector {len(self._rows)} of the EmbeddingList"
        data_type = self._data_type or _inferred(embedding, where)
        facts = FACTS[data_type]
        dim = _length(embedding, facts, where) if self._dim is None else self._dim
        try:
            row = vector_bytes(embedding, facts, dim * 8 if facts.bits == 1 else dim)
        except Refusal as refusal:
            raise ParamError(message=f"{where} must be {refusal.expected}, got {refusal.got}") from refusal
        bad = first_nonfinite(row, facts.floats) if facts.floats else None
        if bad is not None:
            raise ParamError(
                message=f"{where} holds NaN or an infinity at [{bad}]; vectors must consist of finite numbers"
            )
        self._data_type, self._dim = data_type, dim
        self._rows.append(row)
        return self

    def add_batch(self, embeddings: Sequence[object] | NDArray[Any]) -> EmbeddingList:
        """Add vectors.

        Args:
            embeddings: a list of vectors, or an array of shape (count, dim). If one of them is invalid, none is added.

        Returns:
            The list itself, for chaining.

        Raises:
            ParamError: ``embeddings`` is neither, or a vector does not have the type and dimension of the others.
        """
        shape = getattr(embeddings, "shape", None)
        if isinstance(embeddings, str | bytes) or not hasattr(embeddings, "__iter__"):
            raise ParamError(message=f"embeddings must be a list of vectors or an array, got {given(embeddings)}")
        if shape is not None and len(shape) != 2:
            raise ParamError(message=f"embeddings must be an array of shape (count, dim), got shape {tuple(shape)}")
        before = (self._data_type, self._dim, len(self._rows))
        try:
            for embedding in embeddings:
                self.add(embedding)
        except ParamError:
            self._data_type, self._dim = before[:2]
            del self._rows[before[2] :]
            raise
        return self

    def clear(self) -> EmbeddingList:
        """Remove all vectors.

        Returns:
            The list itself, for chaining.
        """
        self._rows.clear()
        self._dim = None
        return self

    @property
    def data_type(self) -> DataType | None:
        """Type of the vectors; None while it is not known."""
        return self._data_type

    @property
    def dim(self) -> int:
        """Number of elements of each vector (bytes for binary vectors); 0 while it is not known."""
        return self._dim or 0

    @property
    def dtype(self) -> np.dtype[Any] | str | None:
        """Type of the elements as a numpy dtype, or "bfloat16", which numpy lacks; None while it is not known."""
        if self._data_type is None or self._data_type is DataType.BFLOAT16_VECTOR:
            return None if self._data_type is None else _name(self._data_type)
        import numpy as np

        return np.dtype(_name(self._data_type))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of vectors, and number of elements of each."""
        return len(self._rows), self.dim

    @property
    def total_dim(self) -> int:
        """Number of elements of all vectors together."""
        return len(self._rows) * self.dim

    @property
    def nbytes(self) -> int:
        """Size of all vectors together, in bytes."""
        return sum(map(len, self._rows))

    @property
    def is_empty(self) -> bool:
        """Whether the list has no vectors."""
        return not self._rows

    def to_bytes(self) -> bytes:
        """Return all vectors joined, in the wire format.

        Raises:
            ParamError: the list has no vectors.
        """
        if not self._rows:
            raise ParamError(message="the EmbeddingList is empty; add a vector to it")
        return b"".join(self._rows)

    def to_flat_array(self) -> NDArray[Any]:
        """Return the elements of all vectors as a numpy array of shape (count * dim,); bfloat16 becomes float32.

        Raises:
            ParamError: the list has no vectors.
        """
        import numpy as np

        data = self.to_bytes()
        if self._data_type is DataType.BFLOAT16_VECTOR:
            return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
        return np.frombuffer(data, np.dtype(_name(self._data_type or DataType.FLOAT_VECTOR)))

    def to_numpy(self) -> NDArray[Any]:
        """Return all vectors as a numpy array of shape (count, dim); bfloat16 becomes float32.

        Raises:
            ParamError: the list has no vectors.
        """
        return self.to_flat_array().reshape(self.shape)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return iter(self.to_numpy() if self._rows else ())

    def __getitem__(self, index: int) -> NDArray[Any]:
        if not self._rows:
            raise IndexError("the EmbeddingList is empty")
        row: NDArray[Any] = self.to_numpy()[index]
        return row

    def __repr__(self) -> str:
        kind = f", dtype={_name(self._data_type)}" if self._data_type is not None else ""
        return f"EmbeddingList(count={len(self._rows)}, dim={self.dim}{kind})"


def _name(data_type: DataType) -> str:
    """Return the name of the dtype of a vector's elements."""
    return FACTS[data_type].dtype_names[0]


def _declared(dtype: object) -> DataType:
    if isinstance(dtype, DataType):
        if FACTS[dtype].family == "dense":
            return dtype
    else:
        name = dtype if isinstance(dtype, str) else str(getattr(dtype, "name", getattr(dtype, "__name__", "")))
        if name in _BY_NAME:
            return _BY_NAME[name]
    wanted = ", ".join(_BY_NAME)
    raise ParamError(
        message=f"dtype of an EmbeddingList must be a dense vector type or one of {wanted}; got {given(dtype)}"
    )


def _inferred(embedding: object, where: str) -> DataType:
    """Return the type that the first vector implies."""
    if isinstance(embedding, list | tuple):
        return DataType.FLOAT_VECTOR
    if isinstance(embedding, bytes | bytearray):
        return DataType.BINARY_VECTOR
    found: DataType | None = None
    if hasattr(embedding, "dtype"):
        found = _BY_NAME.get(str(getattr(embedding.dtype, "name", embedding.dtype)).removeprefix("torch."))
    else:
        try:
            with memoryview(embedding) as view:  # type: ignore[arg-type]  # the except is for what has no buffer
                found = _BY_FORMAT.get(view.format)
        except TypeError:
            pass
    if found is not None:
        return found
    raise ParamError(
        message=f"{where} must be a list of numbers, bytes or an array of {', '.join(_BY_NAME)}; got {given(embedding)}"
    )


def _length(embedding: object, facts: TypeFacts, where: str) -> int:
    """Return the number of elements of the first vector."""
    if isinstance(embedding, bytes | bytearray):
        length = len(embedding) * 8 // max(facts.bits, 8)
    else:
        shape = getattr(embedding, "shape", None)
        length = int(shape[0]) if shape else len(embedding) if isinstance(embedding, Sequence) else 0
        if not shape and hasattr(embedding, "__len__"):
            length = len(embedding)
    if length < 1:
        raise ParamError(message=f"{where} must have at least one element, got {given(embedding)}")
    return length
