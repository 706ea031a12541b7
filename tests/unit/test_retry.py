"""Which failed calls are sent again, and after how long: one table for what gRPC says, one for what Milvus says."""

from __future__ import annotations

import copy
import math
import pickle

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.policy.failure import Failure, Safety
from milvusclient.policy.retry import RetryPolicy, after_connect, after_failure, after_status

REFUSED = Failure("UNAVAILABLE", "failed to connect to all addresses; last error: Connection refused")
LOST = Failure("UNAVAILABLE", "Socket closed")
UNSENT = Failure("DEADLINE_EXCEEDED", "before it was sent", sent=False)
ALL_STATUSES = (
    "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip
AGAIN = {"CANCELLED", "UNKNOWN", "ABORTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}


def wait_after(
    failure: Failure,
    safety: Safety = Safety.READ,
    *,
    policy: RetryPolicy | None = None,
    attempt: int = 1,
    jitter: float = 0.5,
    elapsed: float = 0.0,
    remaining: float | None = None,
) -> float | None:
    return after_failure(
        policy or RetryPolicy(), failure, safety, attempt=attempt, jitter=jitter, elapsed=elapsed, remaining=remaining
    ).wait


@pytest.mark.parametrize("status", ALL_STATUSES)
@pytest.mark.parametrize("safety", list(Safety))
def test_which_grpc_statuses_are_sent_again(status: str, safety: Safety) -> None:
    again = wait_after(Failure(status, "details"), safety) is not None
    assert again == (status in AGAIN and safety is not Safety.UNSAFE)


@pytest.mark.parametrize(
    ("failure", "safety", "again"),
    [
        (REFUSED, Safety.READ, True),
        (REFUSED, Safety.IDEMPOTENT, True),
        (REFUSED, Safety.UNSAFE, True),
        (LOST, Safety.READ, True),
        (LOST, Safety.IDEMPOTENT, True),
        (LOST, Safety.UNSAFE, False),
        (Failure("UNAVAILABLE", "anything", sent=False), Safety.UNSAFE, True),
        (UNSENT, Safety.READ, False),
        (UNSENT, Safety.UNSAFE, False),
    ],
)
def test_an_insert_is_sent_again_only_if_it_never_left(failure: Failure, safety: Safety, again: bool) -> None:
    assert (wait_after(failure, safety) is not None) is again


@pytest.mark.parametrize(
    ("code", "legacy", "retriable", "safety", "again"),
    [
        (8, 0, False, Safety.READ, True),
        (8, 0, False, Safety.UNSAFE, True),
        (0, 49, False, Safety.UNSAFE, True),
        (1, 49, False, Safety.READ, False),
        (1, 0, True, Safety.READ, True),
        (1, 0, True, Safety.IDEMPOTENT, True),
        (1, 0, True, Safety.UNSAFE, False),
        (1100, 5, False, Safety.READ, False),
        (100, 4, False, Safety.READ, False),
    ],
)
def test_which_milvus_codes_are_sent_again(
    code: int, legacy: int, retriable: bool, safety: Safety, again: bool
) -> None:
    verdict = after_status(
        RetryPolicy(), code, legacy, retriable, safety, attempt=1, jitter=0.5, elapsed=0.0, remaining=None
    )
    assert verdict.again is again


def test_a_rate_limit_has_a_budget_and_a_switch_of_its_own() -> None:
    def verdict(policy: RetryPolicy, elapsed: float) -> bool:
        return after_status(
            policy, 8, 0, False, Safety.UNSAFE, attempt=9, jitter=0.0, elapsed=elapsed, remaining=None
        ).again

    policy = RetryPolicy(max_elapsed=5, rate_limit_max_elapsed=60)
    assert verdict(policy, 30)
    assert not verdict(policy, 61)
    assert not verdict(policy.override(None, False), 0)
    assert not verdict(policy.override(0, None), 0)
    assert verdict(RetryPolicy(), 120)
    assert not verdict(RetryPolicy(), 120.5), "two minutes are its own budget"


@pytest.mark.parametrize(("code", "retriable"), [(8, False), (1, True)])
def test_what_milvus_refuses_for_now_is_asked_again_until_the_deadline(code: int, retriable: bool) -> None:
    def wait(remaining: float) -> float | None:
        return after_status(
            RetryPolicy(), code, 0, retriable, Safety.READ, attempt=9, jitter=1.0, elapsed=1e6, remaining=remaining
        ).wait

    assert (wait(100.0), wait(1.0), wait(0.02)) == (1.0, 0.5, None)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.02), (2, 0.06), (3, 0.18), (4, 0.54), (5, 1.0), (50, 1.0), (10**6, 1.0)]
)
def test_waits_grow_up_to_a_limit_and_are_drawn_from_zero(attempt: int, longest: float) -> None:
    policy = RetryPolicy()
    assert policy.backoff(attempt, 1.0) == pytest.approx(longest)
    assert policy.backoff(attempt, 0.5) == pytest.approx(longest / 2)
    assert policy.backoff(attempt, 0.0) == 0.0


def test_backoff_is_defined_for_every_policy() -> None:
    assert RetryPolicy(multiplier=1e308).backoff(1000, 1.0) == 1.0
    assert RetryPolicy(multiplier=1).backoff(10**9, 1.0) == 0.02
    assert RetryPolicy(initial_backoff=5, max_backoff=1).backoff(1, 1.0) == 1.0
    assert RetryPolicy(initial_backoff=0).backoff(1000, 1.0) == 0.0


def test_a_server_that_is_away_is_asked_often() -> None:
    assert wait_after(REFUSED, attempt=20, jitter=1.0) == 0.25


def test_a_deadline_is_used_to_its_end_and_not_overrun() -> None:
    assert wait_after(LOST, attempt=20, jitter=1.0, remaining=0.5) == 0.25
    assert wait_after(LOST, attempt=20, jitter=1.0, remaining=0.02) is None
    assert wait_after(LOST, attempt=20, jitter=1.0, elapsed=1000, remaining=100) == 1.0


def test_without_a_deadline_a_call_is_given_up_in_the_end() -> None:
    assert wait_after(LOST, elapsed=19) is not None
    assert wait_after(LOST, elapsed=20) is None


@pytest.mark.parametrize(
    ("retries", "attempt", "again"), [(0, 1, False), (2, 2, True), (2, 3, False), (None, 99, True)]
)
def test_the_number_of_retries_is_a_limit(retries: int | None, attempt: int, again: bool) -> None:
    assert (wait_after(LOST, policy=RetryPolicy(max_retries=retries), attempt=attempt) is not None) is again
    assert (wait_after(LOST, policy=RetryPolicy().override(retries, None), attempt=attempt) is not None) is again


def test_an_override_of_nothing_is_the_policy_itself() -> None:
    policy = RetryPolicy()
    assert policy.override(None, None) is policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_retries", -1), ("max_retries", 1.5), ("max_retries", "3"), ("max_retries", True),
        ("initial_backoff", -0.1), ("initial_backoff", "1"), ("max_backoff", math.nan), ("max_elapsed", None),
        ("max_elapsed", math.inf), ("rate_limit_max_elapsed", -1), ("multiplier", 0.5), ("multiplier", math.inf),
        ("retry_on_rate_limit", 1),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_is_refused_by_name_with_what_was_given(name: str, value: object) -> None:
    with pytest.raises(ParamError, match=f"^{name}.* got {value!r}") as refused:
        RetryPolicy(**{name: value})  # type: ignore[arg-type]  # that is the point
    assert type(value).__name__ in refused.value.message or isinstance(value, float)


@pytest.mark.parametrize("status", ["INTERNAL", "UNKNOWN", "DATA_LOSS"])
def test_an_answer_that_is_likely_to_stay_the_same_is_asked_for_three_times_more(status: str) -> None:
    """A bug of the server answers INTERNAL for ever; waiting out all of the time would only hide it."""
    verdicts = [
        after_failure(
            RetryPolicy(), Failure(status, "x"), Safety.READ, attempt=attempt, jitter=0.0, elapsed=0.0, remaining=60.0
        ).again
        for attempt in range(1, 6)
    ]
    assert verdicts == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("reason", "remaining", "retries", "attempt", "again"),
    [
        ("refused", 5.0, None, 1, True),
        ("not_ready", 5.0, None, 99, True),
        ("unavailable", 5.0, 2, 2, True),
        ("unavailable", 5.0, 2, 3, False),
        ("refused", 5.0, 0, 1, False),
        ("refused", None, None, 1, False),
        ("tls", 5.0, None, 1, False),
        ("authentication", 5.0, None, 1, False),
        ("name_not_resolved", 5.0, None, 1, False),
        ("", 5.0, None, 1, False),
    ],
)
def test_a_call_with_a_deadline_waits_for_a_server_to_connect_to(
    reason: str, remaining: float | None, retries: int | None, attempt: int, again: bool
) -> None:
    verdict = after_connect(RetryPolicy(max_retries=retries), reason, attempt=attempt, jitter=0.99, remaining=remaining)
    assert verdict.again is again
    assert (verdict.wait or 0.0) <= 0.25


def test_waits_for_a_server_to_connect_to_grow_and_end_with_the_deadline() -> None:
    def wait(attempt: int, remaining: float) -> float | None:
        return after_connect(RetryPolicy(), "refused", attempt=attempt, jitter=1.0, remaining=remaining).wait

    assert [wait(attempt, 5.0) for attempt in (1, 3, 9)] == pytest.approx([0.02, 0.18, 0.25])
    assert wait(9, 0.1) == 0.1


def test_a_policy_is_a_value() -> None:
    policy = RetryPolicy(max_retries=3, max_elapsed=60)
    assert policy == RetryPolicy(max_elapsed=60, max_retries=3) != RetryPolicy()
    assert hash(policy) != hash(RetryPolicy())
    assert len({policy, RetryPolicy(max_retries=3, max_elapsed=60)}) == 1
    assert pickle.loads(pickle.dumps(policy)) == copy.deepcopy(policy) == policy
    assert repr(policy).startswith("RetryPolicy(max_retries=3, initial_backoff=0.02, multiplier=3.0, ")
    with pytest.raises(AttributeError, match="is immutable; make another one with max_elapsed=1"):
        policy.max_elapsed = 1
    assert policy.override(0, None) == RetryPolicy(max_retries=0, max_elapsed=60)


def test_what_a_call_does_not_set_stays_as_the_policy_has_it() -> None:
    policy = RetryPolicy(max_retries=3, retry_on_rate_limit=False)
    assert policy.override(None, True) == RetryPolicy(max_retries=3)
    assert policy.override(1, None) == RetryPolicy(max_retries=1, retry_on_rate_limit=False)
