"""Retries: whether a failed call is sent again, and after how long (backoff with full jitter)."""

from __future__ import annotations

import math
import operator
from functools import partial
from typing import Any, NoReturn

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, require_bool
from milvusclient.exceptions import ParamError
from milvusclient.policy.failure import Failure, Safety, never_sent

__all__ = ["RetryPolicy", "Verdict", "after_connect", "after_failure", "after_status"]

#: Statuses after which the same request may succeed.
_TRANSIENT = frozenset({"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "ABORTED", "DATA_LOSS"})
#: Those of them after which it is likely to fail again: retried only a few times, even if there is time left.
_LIKELY_FINAL = frozenset({"INTERNAL", "UNKNOWN", "DATA_LOSS"})
_LIKELY_FINAL_RETRIES = 3
#: Asking a channel that is not connected costs nothing, and a restarted server is to be found within a second.
_LONGEST_WAIT_UNSENT = 0.25
#: Seconds before a deadline in which another attempt makes no sense.
_TOO_SHORT = 0.02
#: Reasons for which a connection fails while a server restarts.
_SERVER_AWAY = frozenset({"refused", "unreachable", "unavailable", "not_ready", "timeout"})
_RATE_LIMIT = 8
_LEGACY_RATE_LIMIT = 49


@suggest_keywords
class RetryPolicy:
    """The rules for retrying failed calls; immutable.

    A call with a ``timeout`` is retried until its time is up. A call without one is retried until ``max_elapsed``
    seconds after its first failure, or ``rate_limit_max_elapsed`` when the server refuses because of its rate limit.
    Waits (the backoff) grow from ``initial_backoff`` by ``multiplier`` up to ``max_backoff`` (seconds), and each is
    drawn at random between zero and that ("full jitter"), so that many clients do not return in step. A server that
    answers INTERNAL, UNKNOWN or DATA_LOSS is asked again three times at most.

    Args:
        max_retries: the largest number of retries of a call; None means that only time limits them, 0 means no retry.
        initial_backoff: longest first wait, in seconds.
        multiplier: growth of the wait from one attempt to the next.
        max_backoff: longest wait, in seconds.
        max_elapsed: seconds after its first failure, after which a call without a timeout is given up.
        rate_limit_max_elapsed: the same for calls that the server refuses because of its rate limit.
        retry_on_rate_limit: whether calls that the rate limit refuses are retried.

    Example:
        >>> from milvusclient import RetryPolicy
        >>> RetryPolicy(max_retries=0).max_retries
        0
    """

    # Written out, not a dataclass: every program loads this class, and dataclasses take longer to import than the rest.
    __slots__ = (
        "initial_backoff", "max_backoff", "max_elapsed", "max_retries", "multiplier", "rate_limit_max_elapsed",
        "retry_on_rate_limit",
    )  # fmt: skip

    max_retries: int | None
    initial_backoff: float
    multiplier: float
    max_backoff: float
    max_elapsed: float
    rate_limit_max_elapsed: float
    retry_on_rate_limit: bool

    def __init__(
        self,
        *,
        max_retries: int | None = None,
        initial_backoff: float = 0.02,
        multiplier: float = 3.0,
        max_backoff: float = 1.0,
        max_elapsed: float = 20.0,
        rate_limit_max_elapsed: float = 120.0,
        retry_on_rate_limit: bool = True,
    ) -> None:
        put = object.__setattr__
        put(self, "max_retries", max_retries)
        put(self, "initial_backoff", initial_backoff)
        put(self, "multiplier", multiplier)
        put(self, "max_backoff", max_backoff)
        put(self, "max_elapsed", max_elapsed)
        put(self, "rate_limit_max_elapsed", rate_limit_max_elapsed)
        put(self, "retry_on_rate_limit", retry_on_rate_limit)
        self._check()

    def _check(self) -> None:
        count: object = self.max_retries
        if count is not None and (
            isinstance(count, bool) or not hasattr(count, "__index__") or operator.index(count) < 0
        ):
            raise ParamError(
                message=f"max_retries (retry_times) must be an int of at least 0 or None, got {given(count)}"
            )
        for name in ("initial_backoff", "max_backoff", "max_elapsed", "rate_limit_max_elapsed"):
            if not _at_least(0, getattr(self, name)):
                raise ParamError(
                    message=f"{name} must be a number of seconds, at least 0, got {given(getattr(self, name))}"
                )
        if not _at_least(1, self.multiplier):
            raise ParamError(message=f"multiplier must be a finite number of at least 1, got {given(self.multiplier)}")
        require_bool("retry_on_rate_limit", self.retry_on_rate_limit)

    def override(self, retry_times: int | None, retry_on_rate_limit: bool | None) -> RetryPolicy:
        """Return this policy with the settings of one call.

        Args:
            retry_times: replaces ``max_retries``; None keeps it.
            retry_on_rate_limit: replaces that of the policy; None keeps it.
        """
        if retry_times is None and retry_on_rate_limit is None:
            return self
        settings = self._settings()
        if retry_times is not None:
            settings["max_retries"] = retry_times
        if retry_on_rate_limit is not None:
            settings["retry_on_rate_limit"] = retry_on_rate_limit
        return RetryPolicy(**settings)

    def backoff(self, attempt: int, jitter: float) -> float:
        """Return the wait before the next attempt.

        Args:
            attempt: number of attempts so far, at least 1.
            jitter: a random number in [0, 1).

        Returns:
            Seconds.
        """
        longest = self.initial_backoff
        for _ in range(attempt - 1):
            if longest >= self.max_backoff or self.multiplier == 1:
                break
            longest *= self.multiplier
        return min(self.max_backoff, longest) * jitter

    def _settings(self) -> dict[str, Any]:  # of several types
        return {name: getattr(self, name) for name in RetryPolicy.__annotations__}

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a RetryPolicy is immutable; make another one with {name}={value!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RetryPolicy) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(tuple(self._settings().values()))

    def __reduce__(self) -> tuple[partial[RetryPolicy], tuple[()]]:
        return partial(RetryPolicy, **self._settings()), ()

    def __repr__(self) -> str:
        return f"RetryPolicy({', '.join(f'{name}={value!r}' for name, value in self._settings().items())})"


def _at_least(least: float, value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value < math.inf


class Verdict:
    """The decision after a failed attempt: wait ``wait`` seconds and retry, or give up (``wait`` is None)."""

    __slots__ = ("wait",)

    def __init__(self, wait: float | None) -> None:
        self.wait = wait

    @property
    def again(self) -> bool:
        """True if the call is sent again."""
        return self.wait is not None


def _wait(
    policy: RetryPolicy, attempt: int, jitter: float, elapsed: float, remaining: float | None, budget: float
) -> float | None:
    if policy.max_retries is not None and attempt > policy.max_retries:
        return None
    wait = policy.backoff(attempt, jitter)
    if remaining is not None:
        # Use the time to its end: the last waits get shorter, rather than giving up early.
        wait = min(wait, remaining / 2)
        return wait if remaining > _TOO_SHORT else None
    return wait if elapsed + wait <= budget else None


def after_failure(
    policy: RetryPolicy,
    failure: Failure,
    safety: Safety,
    *,
    attempt: int,
    jitter: float,
    elapsed: float,
    remaining: float | None,
) -> Verdict:
    """Decide after a call that gRPC reports as failed.

    Args:
        policy: how calls are retried.
        failure: what gRPC said.
        safety: what happens when the request is carried out twice.
        attempt: number of requests sent so far, from 1.
        jitter: a random number in [0, 1).
        elapsed: seconds since the first failure of the call.
        remaining: seconds until its deadline, None without one.
    """
    unsent = never_sent(failure)
    if failure.status not in _TRANSIENT or (safety is Safety.UNSAFE and not unsent):
        return Verdict(None)
    if failure.status in _LIKELY_FINAL and attempt > _LIKELY_FINAL_RETRIES:
        return Verdict(None)
    wait = _wait(policy, attempt, jitter, elapsed, remaining, policy.max_elapsed)
    return Verdict(min(wait, _LONGEST_WAIT_UNSENT) if unsent and wait is not None else wait)


def after_connect(policy: RetryPolicy, reason: str, *, attempt: int, jitter: float, remaining: float | None) -> Verdict:
    """Decide after a connection could not be opened, so that the call could not be sent.

    Without a deadline the failure shows at once, as the address may be wrong. With one, the server may come in time.

    Args:
        policy: how calls are retried.
        reason: that of :class:`milvusclient.exceptions.ConnectError`.
        attempt: number of tries so far, from 1.
        jitter: a random number in [0, 1).
        remaining: seconds until the deadline of the call, None without one.
    """
    given_up = policy.max_retries is not None and attempt > policy.max_retries
    if remaining is None or reason not in _SERVER_AWAY or given_up:
        return Verdict(None)
    # Until the very end: then the call fails with the error of the deadline.
    return Verdict(min(policy.backoff(attempt, jitter), _LONGEST_WAIT_UNSENT, remaining))


def after_status(
    policy: RetryPolicy,
    code: int,
    legacy_code: int,
    retriable: bool,
    safety: Safety,
    *,
    attempt: int,
    jitter: float,
    elapsed: float,
    remaining: float | None,
) -> Verdict:
    """Decide after a reply in which the server says that the call failed; arguments as in :func:`after_failure`.

    A request that the rate limit refuses was not carried out, so any may be sent again. One that fails with a reply
    marked as retriable may have been begun, so it must be safe to carry out twice.
    """
    if code == _RATE_LIMIT or (not code and legacy_code == _LEGACY_RATE_LIMIT):
        if not policy.retry_on_rate_limit:
            return Verdict(None)
        return Verdict(_wait(policy, attempt, jitter, elapsed, remaining, policy.rate_limit_max_elapsed))
    if retriable and safety is not Safety.UNSAFE:
        return Verdict(_wait(policy, attempt, jitter, elapsed, remaining, policy.max_elapsed))
    return Verdict(None)
