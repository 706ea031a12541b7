"""The rows that are inserted. Plain Python unless numpy is asked for, since one variant runs without it."""

from __future__ import annotations

from typing import Any

__all__ = ["dynamic_rows", "list_rows", "numpy_rows", "scalar_rows", "sparse_rows"]

Rows = list[dict[str, Any]]

_MANY = 10_000
_DIM = 768


def numpy_rows(dtype: str) -> Rows:
    """10,000 vectors as numpy arrays, views of one matrix as embedding models return them."""
    import numpy as np

    numbers = np.random.default_rng(7).random((_MANY, _DIM), dtype="f4")
    matrix = (numbers * 100).astype(dtype) if dtype == "i1" else numbers.astype(dtype)
    return [{"id": row, "vector": vector} for row, vector in enumerate(matrix)]


def list_rows() -> Rows:
    """The same as lists of floats."""
    import numpy as np

    matrix = np.random.default_rng(7).random((_MANY, _DIM), dtype="f4")
    return [{"id": row, "vector": vector.tolist()} for row, vector in enumerate(matrix)]


def scalar_rows() -> Rows:
    """100,000 rows with short vectors and six scalars."""
    return [
        {
            "id": row, "vector": [row + element / 8 for element in range(8)], "year": row % 3000, "views": row * 7,
            "price": row / 4, "weight": row / 3, "title": f"title number {row}", "sold": row % 2 == 0,
        }
        for row in range(100_000)
    ]  # fmt: skip


def sparse_rows() -> Rows:
    """10,000 sparse vectors with 100 elements each, their indices in no order."""
    return [
        {"id": row, "vector": {(row + element * 7919) % 100_003: element / 100 + 0.5 for element in range(100)}}
        for row in range(_MANY)
    ]


def dynamic_rows() -> Rows:
    """10,000 rows with five fields that are not in the schema."""
    return [
        {
            "id": row, "vector": [row + element / 8 for element in range(8)], "user": f"user_{row}", "age": row,
            "tags": ["a", "b", str(row)], "score": 0.25, "geo": {"lat": 1.5, "lon": row},
        }
        for row in range(_MANY)
    ]  # fmt: skip
