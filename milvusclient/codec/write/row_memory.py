"""Estimate the memory that rows take while a bulk write holds them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

__all__ = ["row_memory", "rows_memory"]

#: Rows that are looked at; the others are taken to be like them.
_SAMPLE = 8


def rows_memory(rows: Sequence[object]) -> float:
    """Estimate the memory that a row takes on average.

    Args:
        rows: at least one row.
    """
    step = max(1, len(rows) // _SAMPLE)
    sample = rows[::step]
    return sum(map(row_memory, sample)) / len(sample)


def row_memory(value: object) -> int:
    """Estimate the memory of a row with all that is in it; of a long list, the first element stands for all."""
    size = sys.getsizeof(value, 64)
    if isinstance(value, Mapping):
        return size + sum(row_memory(item) for item in value.values())
    if isinstance(value, list | tuple) and value:
        return size + row_memory(value[0]) * len(value)
    return size
