"""What a connection tells of itself: latencies from counts, and figures of several channels together."""

from __future__ import annotations

import itertools
import math
import statistics
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusclient.models.connection import ConnectionInfo, OperationStats, merged
from milvusclient.policy.latency import LATENCY_BOUNDS


def counted(seconds: list[float], errors: int = 0) -> OperationStats:
    """The statistics of requests that took so long."""
    buckets = [0] * (len(LATENCY_BOUNDS) + 1)
    for each in seconds:
        buckets[bisect_left(LATENCY_BOUNDS, each)] += 1
    return OperationStats(len(seconds), errors, sum(seconds), max(seconds, default=0.0), tuple(buckets))


def info(alias: str, **changes: float | str | dict[str, OperationStats]) -> ConnectionInfo:
    figures = {
        "address": "localhost:19530", "database": "default", "user": "", "server_version": "2.6",
        "connected_since": 10.0, "calls": 1, "errors": 0, "retries": 0, "in_flight": 0, "bytes_sent": 5,
        "bytes_received": 7,
    }  # fmt: skip
    return ConnectionInfo(alias=alias, **{**figures, **changes})  # type: ignore[arg-type]  # one dict for all types


def test_bounds_grow_evenly_and_hold_every_power_of_ten() -> None:
    assert all(math.isclose(high / low, 10 ** (1 / 24)) for low, high in itertools.pairwise(LATENCY_BOUNDS))
    for power in range(-5, 4):
        assert min(abs(bound / 10**power - 1) for bound in LATENCY_BOUNDS) < 1e-9


@given(st.lists(st.floats(1e-5, 900), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_is_that_of_the_measured_times_within_five_percent(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[max(0, math.ceil(share * len(seconds)) - 1)]

    found = counted(seconds).quantile(share)

    assert found is not None
    assert 0.95 <= found / exact <= 1.05


def test_what_is_shorter_or_longer_than_all_bounds_is_still_counted() -> None:
    short, long = counted([1e-7]), counted([5000.0, 7000.0])

    assert short.p50 == 1e-7  # never more than the longest
    assert long.p99 == 7000.0
    assert long.mean == 6000.0


def test_nothing_was_asked_yet() -> None:
    nothing = OperationStats()

    assert (nothing.p50, nothing.p99, nothing.mean, nothing.quantile(0.1)) == (None, None, None, None)


@given(st.lists(st.floats(1e-5, 900), max_size=30), st.lists(st.floats(1e-5, 900), max_size=30))
def test_the_sum_of_statistics_is_the_statistics_of_all(one: list[float], other: list[float]) -> None:
    together = counted(one, errors=1).plus(counted(other, errors=2))

    everything = counted(one + other, errors=3)
    assert together.buckets == everything.buckets
    assert (together.calls, together.errors, together.longest) == (everything.calls, 3, everything.longest)
    assert together.seconds == pytest.approx(everything.seconds)


def test_channels_of_one_alias_are_added_up_and_others_stay_apart() -> None:
    search = counted([0.1, 0.2])
    threads = info("b", calls=4, connected_since=20.0, operations={"Search": search})
    loop = info("b", calls=3, errors=1, connected_since=15.0, operations={"Search": search, "Insert": search})
    other = info("a")

    both = merged([threads, other, loop])

    assert list(both) == ["a", "b"]
    assert both["a"] is other
    assert (both["b"].channels, both["b"].calls, both["b"].errors, both["b"].connected_since) == (2, 7, 1, 15.0)
    assert {name: stats.calls for name, stats in both["b"].operations.items()} == {"Insert": 2, "Search": 4}
    assert (both["b"].bytes_sent, both["b"].bytes_received) == (10, 14)


def test_the_median_is_near_that_of_many_times() -> None:
    seconds = [0.001 * (1 + step / 1000) ** 3 for step in range(1001)]

    assert counted(seconds).p50 == pytest.approx(statistics.median(seconds), rel=0.05)
