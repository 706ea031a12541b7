"""The order of tests that run in parallel: those that wait lie between those that compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["spread"]

T = TypeVar("T")


def spread(waiting: Sequence[T], computing: Sequence[T]) -> list[T]:
    """Put some items evenly between others, none into the last sixth, so that no long one is left for the end.

    Example:
        >>> spread(["a", "b"], list(range(12)))
        ['a', 0, 1, 2, 3, 4, 'b', 5, 6, 7, 8, 9, 10, 11]
    """
    if not waiting:
        return list(computing)
    step = max(1, len(computing) * 5 // 6 // len(waiting))
    result: list[T] = []
    for number, item in enumerate(waiting):
        result.append(item)
        result.extend(computing[number * step : (number + 1) * step])
    return result + list(computing[len(waiting) * step :])
