"""EmbeddingList: vectors in every form, as bytes on the wire and as arrays."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest

from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType

ONES = np.array([1, 2], dtype="float32").tobytes()


@pytest.mark.parametrize(
    "vector",
    [
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2], "float32"),
        np.array([1, 2], "float64"),
        array("f", [1, 2]),
        array("d", [1, 2]),
    ],
)
def test_float_vectors_are_taken_in_each_form(vector: Any) -> None:
    words = EmbeddingList().add(vector)
    assert (words.to_bytes(), words.data_type, words.dim) == (ONES, DataType.FLOAT_VECTOR, 2)


@pytest.mark.parametrize(
    ("dtype", "data_type", "name"),
    [
        ("float16", DataType.FLOAT16_VECTOR, "float16"),
        (np.float16, DataType.FLOAT16_VECTOR, "float16"),
        (np.dtype("int8"), DataType.INT8_VECTOR, "int8"),
        ("uint8", DataType.BINARY_VECTOR, "uint8"),
        ("bfloat16", DataType.BFLOAT16_VECTOR, "bfloat16"),
        (DataType.FLOAT_VECTOR, DataType.FLOAT_VECTOR, "float32"),
        ("float64", DataType.FLOAT_VECTOR, "float32"),
    ],
)
def test_lists_become_the_declared_type(dtype: Any, data_type: DataType, name: str) -> None:
    words = EmbeddingList([[1, 2], [3, 4]], dtype=dtype)
    assert (words.data_type, str(words.dtype), words.shape) == (data_type, name, (2, 2))
    assert words.to_numpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", ["float16", "int8", "uint8"])
def test_an_array_sets_the_type(name: str) -> None:
    rows = np.array([[1, 2, 3], [4, 5, 6]], dtype=name)
    words = EmbeddingList(rows)
    assert (words.to_bytes(), words.dtype, words.nbytes, words.total_dim) == (
        rows.tobytes(),
        np.dtype(name),
        rows.nbytes,
        6,
    )
    assert EmbeddingList(rows[0]).shape == (1, 3)


def test_bytes_are_binary_vectors_unless_declared() -> None:
    assert (EmbeddingList().add(b"abcd").data_type, EmbeddingList().add(b"abcd").dim) == (DataType.BINARY_VECTOR, 4)
    assert EmbeddingList([b"abcd"], dtype=DataType.BFLOAT16_VECTOR).dim == 2


def test_it_is_a_sequence_of_arrays() -> None:
    words = EmbeddingList().add([1, 2]).add_batch([[3, 4]])
    assert (len(words), words[1].tolist(), [row.tolist() for row in words]) == (2, [3, 4], [[1, 2], [3, 4]])
    assert repr(words) == "EmbeddingList(count=2, dim=2, dtype=float32)"
    assert words.to_flat_array().tolist() == [1, 2, 3, 4]
    with pytest.raises(IndexError):
        words[5]
    assert words.clear() is words
    assert (len(words), words.dim, words.is_empty, bool(words), list(words)) == (0, 0, True, False, [])
    assert repr(EmbeddingList()) == "EmbeddingList(count=0, dim=0)"


@pytest.mark.parametrize(
    "vector",
    [[1.0], "x", [[1.0], [2.0]], [], None, np.zeros((2, 2), "float32"), [1.0, "x"], [1.0, float("nan")], {1: 0.5}],
)
def test_a_vector_of_another_type_or_dimension_is_refused(vector: Any) -> None:
    words = EmbeddingList().add([1, 2])
    with pytest.raises(ParamError, match="vector 1 of the EmbeddingList"):
        words.add(vector)
    with pytest.raises(ParamError, match="vector 2 of the EmbeddingList"):
        words.add_batch([[3, 4], vector])
    assert len(words) == 1


@pytest.mark.parametrize("dtype", ["zz", DataType.SPARSE_FLOAT_VECTOR, DataType.INT64, 5, "int64"])
def test_unknown_types_are_refused(dtype: Any) -> None:
    with pytest.raises(ParamError, match="dtype of an EmbeddingList"):
        EmbeddingList(dtype=dtype)


def test_wrong_shapes_and_empty_lists() -> None:
    with pytest.raises(ParamError, match="must be a FLOAT_VECTOR of 2 elements"):
        EmbeddingList([[1.0]], dim=2)
    with pytest.raises(ParamError, match="of shape .count, dim."):
        EmbeddingList().add_batch(np.zeros(3))
    with pytest.raises(ParamError, match="list of vectors"):
        EmbeddingList().add_batch("x")
    with pytest.raises(ParamError, match="is empty"):
        EmbeddingList().to_numpy()
    with pytest.raises(ParamError, match="float32"):
        EmbeddingList().add(np.zeros(2, "int64"))
