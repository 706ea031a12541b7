"""One deadline for a whole operation."""

from __future__ import annotations

import math

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.policy.deadline import UNBOUNDED, Deadline


@pytest.mark.parametrize("timeout", [2, 2.0])
def test_ints_and_floats_mean_the_same(timeout: float) -> None:
    deadline = Deadline.start(timeout, now=10.0)
    assert (deadline.at, deadline.timeout) == (12.0, 2.0)
    assert deadline.remaining(10.5) == 1.5
    assert deadline.remaining(13.0) == 0.0
    assert not deadline.expired(11.999)
    assert deadline.expired(12.0)


@pytest.mark.parametrize("timeout", [None, math.inf, 1e300, 86_400 * 365])
def test_nothing_or_more_than_a_year_is_no_limit(timeout: float | None) -> None:
    deadline = Deadline.start(timeout, now=10.0)
    assert deadline == UNBOUNDED
    assert deadline.remaining(1e9) is None
    assert not deadline.expired(1e9)
    assert deadline.clip(5.0, 1e9) == 5.0


@pytest.mark.parametrize("timeout", [0, -1, -0.5, True, False, "5", [], math.nan])
def test_what_is_no_timeout_is_refused_with_what_was_given(timeout: float) -> None:
    with pytest.raises(ParamError, match="timeout must be"):
        Deadline.start(timeout, now=0.0)


def test_a_deadline_can_be_moved_later() -> None:
    assert Deadline.start(2, now=10.0).extended(5.5) == Deadline(17.5, 2.0)
    assert UNBOUNDED.extended(5.5) == UNBOUNDED


@pytest.mark.parametrize(("delay", "now", "wait"), [(1.0, 10.0, 1.0), (5.0, 10.0, 2.0), (5.0, 12.5, 0.0)])
def test_a_delay_is_cut_to_what_is_left(delay: float, now: float, wait: float) -> None:
    assert Deadline.start(2, now=10.0).clip(delay, now) == wait


@pytest.mark.parametrize(
    ("timeout", "seconds", "at"),
    [(None, 3.0, 13.0), (2, 3.0, 12.0), (5, 3.0, 13.0), (5, math.inf, 15.0), (None, math.inf, None)],
)
def test_the_earlier_of_two_deadlines(timeout: float | None, seconds: float, at: float | None) -> None:
    assert Deadline.start(timeout, now=10.0).bounded(seconds, now=10.0).at == at


def test_of_two_deadlines_at_the_same_moment_a_call_keeps_its_own_which_its_error_names() -> None:
    assert Deadline.start(5, now=7.0).bounded(2, now=10.0) == Deadline(12.0, 5.0)
    assert Deadline.start(5, now=7.0).bounded(1, now=10.0) == Deadline(11.0, 1.0)
