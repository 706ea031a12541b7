"""The order of tests in parallel runs."""

from __future__ import annotations

import pytest

from tests.support.order import spread


@pytest.mark.parametrize(("waiting", "computing"), [(0, 0), (0, 5), (5, 0), (3, 2), (7, 100), (100, 7), (10, 12)])
def test_each_item_comes_once_and_in_its_order(waiting: int, computing: int) -> None:
    long, short = [-1 - number for number in range(waiting)], list(range(computing))

    result = spread(long, short)

    assert [item for item in result if item < 0] == long
    assert [item for item in result if item >= 0] == short


def test_the_last_items_do_not_wait() -> None:
    result = spread([-1] * 10, list(range(600)))
    assert result.count(-1) == 10
    assert -1 not in result[-100:]
    assert result[0] == -1
