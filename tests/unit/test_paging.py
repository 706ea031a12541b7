"""Where the next page of an iterator begins."""

from __future__ import annotations

import random

import pytest

from milvusclient.policy.paging import LARGEST_PAGE, Allowance, Band, BandWalk

FARTHEST = 3.4028234663852886e38


def test_an_allowance_is_spent() -> None:
    allowance = Allowance(4, 6)
    assert allowance.next_page == 4
    allowance.spend(4)
    assert allowance.next_page == 2
    allowance.spend(2)
    assert allowance.next_page == 0


def test_without_a_limit_every_page_is_full() -> None:
    allowance = Allowance(4, None)
    allowance.spend(1_000)
    assert allowance.next_page == 4


def walk_after(distances: list[float], **options: object) -> BandWalk:
    walk = BandWalk(4, False, **options)  # type: ignore[arg-type]
    walk.receive(list(range(1, len(distances) + 1)), distances, None)
    return walk


def test_a_band_is_as_wide_as_the_last_page() -> None:
    walk = walk_after([0.25, 0.5, 0.75, 1.0])
    assert walk.next_band() == Band(1.0, 1.75, 40, is_last=False)
    assert walk.tail_keys == [4]


def test_a_likeness_goes_down() -> None:
    walk = BandWalk(4, True)
    walk.receive([1, 2], [0.9, 0.5], None)
    band = walk.next_band()
    assert band.near == 0.5
    assert band.far == pytest.approx(0.1)


@pytest.mark.parametrize(("larger_is_nearer", "far"), [(False, 1.05), (True, 0.95)])
def test_equal_distances_make_a_narrow_band(larger_is_nearer: bool, far: float) -> None:
    walk = BandWalk(4, larger_is_nearer)
    walk.receive([1, 2], [1.0, 1.0], None)
    assert walk.next_band().far == pytest.approx(far)
    assert walk.tail_keys == [1, 2]


def test_keys_at_the_last_distance_add_up() -> None:
    walk = walk_after([0.5, 1.0, 1.0])
    walk.receive([7, 8], [1.0, 1.0], walk.next_band())
    assert walk.tail_keys == [2, 3, 7, 8]
    walk.receive([9], [2.0], walk.next_band())
    assert walk.tail_keys == [9]


def test_an_empty_band_grows_and_at_last_all_beyond_is_asked_for() -> None:
    walk = walk_after([0.0, 1.0])
    seen = []
    while not walk.is_done:
        seen.append(band := walk.next_band())
        walk.receive([], [], band)
    assert [band.far for band in seen] == [2.0, 3.0, 5.0, 9.0, 17.0, FARTHEST]
    assert [band.is_last for band in seen] == [False] * 5 + [True]
    assert seen[-1].limit == LARGEST_PAGE


def test_a_gap_is_not_the_end() -> None:
    walk = walk_after([0.0, 1.0])
    for _ in range(5):
        walk.receive([], [], walk.next_band())
    band = walk.next_band()
    walk.receive([9] * band.limit, [1e6] * band.limit, band)
    assert not walk.is_done
    assert walk.next_band().near == 1e6


def test_the_last_band_ends_it_when_it_is_not_full() -> None:
    walk = walk_after([0.0, 1.0])
    for _ in range(5):
        walk.receive([], [], walk.next_band())
    walk.receive([9], [1e6], walk.next_band())
    assert walk.is_done


def test_a_walk_begins_with_everything_to_come() -> None:
    walk = BandWalk(4, False)
    assert walk.next_band() == Band(0.0, 0.0, 40, is_last=False)
    assert (walk.tail, walk.tail_keys, walk.is_done) == (0.0, [], False)


def test_nothing_on_the_first_page_is_the_end() -> None:
    walk = BandWalk(4, False)
    walk.receive([], [], None)
    assert walk.is_done


def test_the_callers_end_is_kept() -> None:
    walk = walk_after([0.0, 1.0], end=1.5)
    band = walk.next_band()
    assert (band.far, band.is_last) == (1.5, False)
    walk.receive([], [], band)
    assert walk.next_band() == Band(1.0, 1.5, LARGEST_PAGE, is_last=True)


def test_a_reply_has_at_most_so_many_hits() -> None:
    assert walk_after([0.0, 1.0], most=5).next_band().limit == 5
    assert BandWalk(LARGEST_PAGE, False).next_band().limit == LARGEST_PAGE


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("larger_is_nearer", [False, True])
def test_every_hit_comes_once_and_in_order(seed: int, larger_is_nearer: bool) -> None:
    """Clusters, equal distances and gaps: whatever the server holds, all of it comes."""
    chance = random.Random(seed)
    sign = -1 if larger_is_nearer else 1
    held = [sign * chance.choice([0.0, 5.0, 1e4 * chance.random(), 1e-3 * chance.random()]) for _ in range(500)]
    rows = sorted(enumerate(held), key=lambda row: sign * row[1])

    walk = BandWalk(7, larger_is_nearer)
    found = rows[:7]
    walk.receive([key for key, _ in found], [distance for _, distance in found], None)
    while not walk.is_done:
        band = walk.next_band()
        ends = sorted((band.near, band.far))
        page = [row for row in rows if ends[0] <= row[1] <= ends[1] and row[0] not in walk.tail_keys][: band.limit]
        found += page
        walk.receive([key for key, _ in page], [distance for _, distance in page], band)
    assert found == rows


def test_a_page_of_equal_distances_keeps_the_width_of_the_band() -> None:
    walk = walk_after([0.0, 1.0])
    walk.receive([3, 4], [2.0, 2.0], walk.next_band())
    assert walk.next_band().far == 3.0
