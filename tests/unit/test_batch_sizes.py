"""How many rows make a batch: as many as fit into the memory that it may take, learnt from the batches before it."""

from __future__ import annotations

import pytest

from milvusclient.policy.bulk import BatchSizer


def test_the_first_batch_is_an_estimate_and_the_next_ones_are_measured() -> None:
    sizer = BatchSizer(3_000_000, None, 10)
    assert sizer.rows == 1_000
    sizer.learn(1_000, 50_000)
    assert sizer.rows == 20_000
    sizer.learn(10, 10_000)
    assert sizer.rows == 1_000, "larger rows count at once"
    sizer.learn(1_000, 100_000)
    assert sizer.rows == 1_369, "smaller ones gradually: 0.7 of the 1,000 bytes so far and 0.3 of 100 are 730"


def test_batch_rows_is_a_bound_and_a_row_is_the_least() -> None:
    assert BatchSizer(1_000_000, 7, 10).rows == 7
    assert BatchSizer(100, None, 1_000).rows == 1


def test_few_objects_are_alive_at_a_time() -> None:
    sizer = BatchSizer(3_000_000, None, 10)
    sizer.learn(1_000, 10_000)
    assert (sizer.rows, sizer.rows_of_objects) == (100_000, 6_000)
    chosen = BatchSizer(3_000_000, 50_000, 10)
    chosen.learn(1_000, 10_000)
    assert chosen.rows_of_objects == 50_000, "who gives a number of rows gets it"


def test_rows_that_only_the_batch_holds_count() -> None:
    sizer = BatchSizer(3_000_000, None, 100, 700)
    sizer.learn(1_000, 100_000)
    assert sizer.rows == 3_000, "three times 100 bytes as a request, and 700 as a row"
    sizer.hold(2_700)
    assert sizer.rows == 1_000, "larger rows count at once"
    sizer.hold(700)
    assert 1_000 < sizer.rows < 3_000, "smaller ones gradually"


@pytest.mark.parametrize(("limit", "expected"), [(1_000, 900), (None, 4_000)])
def test_a_limit_is_learnt(limit: int | None, expected: int) -> None:
    sizer = BatchSizer(30_000, None, 100)
    sizer.too_large(8_000, limit)
    assert [sizer.is_too_large(size) for size in (expected, limit or 6_000, (limit or 6_000) + 1)] == [
        False,
        False,
        True,
    ]
    assert sizer.rows == expected // 100


@pytest.mark.parametrize(("batch_bytes", "largest"), [(6_000, 3_000), (8, 3), (1, 1)])
def test_a_request_is_cut_when_it_is_half_as_large_again_as_it_should_be(batch_bytes: int, largest: int) -> None:
    sizer = BatchSizer(batch_bytes, None, 1)
    assert [sizer.is_too_large(size) for size in (largest, largest + 1)] == [False, True]


@pytest.mark.parametrize(("refused", "largest"), [(7, 4), (1, 1)])
def test_after_a_refusal_without_a_limit_half_of_the_size_is_tried(refused: int, largest: int) -> None:
    sizer = BatchSizer(30_000, None, 1)
    sizer.too_large(refused, None)
    assert [sizer.is_too_large(size) for size in (largest, largest + 1)] == [False, True]


def test_a_limit_that_the_server_named_is_not_forgotten_when_it_names_none() -> None:
    sizer = BatchSizer(30_000, None, 100)
    sizer.too_large(8_000, 1_000)
    sizer.too_large(8_000, None)
    assert [sizer.is_too_large(size) for size in (1_000, 1_001)] == [False, True]


@pytest.mark.parametrize("row_bytes", [0, 1])
def test_the_smallest_row_has_one_byte(row_bytes: int) -> None:
    assert BatchSizer(300, None, row_bytes).rows == 100
    sizer = BatchSizer(30_000, None, 100)
    sizer.learn(1_000, 1_000 * row_bytes)
    assert sizer.rows == 10_000


def test_what_is_measured_takes_the_place_of_the_estimate_at_once() -> None:
    sizer = BatchSizer(3_000_000, None, 10_000, 70_000)
    assert sizer.rows == 30
    sizer.hold(700)
    sizer.learn(10, 1_000)
    assert sizer.rows == 3_000
