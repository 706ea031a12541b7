"""How often the server is asked whether it is done."""

from __future__ import annotations

import pytest

from milvusclient.exceptions import ErrorCode
from milvusclient.policy.polling import Pace, wait_timeout_error


def test_looks_come_soon_at_first_and_then_less_and_less_often() -> None:
    waits = [Pace().wait(looks) for looks in range(1, 30)]
    assert waits[0] == 0.01
    assert waits[:3] == pytest.approx([0.01, 0.015, 0.0225])
    assert waits == sorted(waits)
    assert waits[-1] == 0.5


def test_a_wait_of_days_does_not_overflow() -> None:
    assert Pace(longest=5.0).wait(10**9) == 5.0


@pytest.mark.parametrize(("timeout", "shown"), [(2.5, "2.5"), (None, "0"), (0, "0")])
def test_work_that_was_not_done_in_time_goes_on(timeout: float | None, shown: str) -> None:
    error = wait_timeout_error("loading 'c'", timeout)
    assert error.code == ErrorCode.RPC_DEADLINE_EXCEEDED
    assert error.message == (
        f"loading 'c' was not done within {shown} s (deadline exceeded); the server continues with it: check again "
        "later, or pass a larger timeout"
    )
