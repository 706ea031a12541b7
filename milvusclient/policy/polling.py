"""Pace of polling: a server that works on something is asked soon at first, then less and less often."""

from __future__ import annotations

from milvusclient.exceptions import ErrorCode, WaitTimeoutError

__all__ = ["PACE", "Pace", "wait_timeout_error"]


class Pace:
    """The waits between two polls.

    Args:
        first: seconds before the second poll.
        growth: factor by which each wait is longer than the one before.
        longest: seconds of the longest wait.

    Example:
        >>> from milvusclient.policy.polling import Pace
        >>> [Pace(first=0.01, growth=2, longest=0.05).wait(polls) for polls in (1, 2, 3, 4, 5)]
        [0.01, 0.02, 0.04, 0.05, 0.05]
    """

    __slots__ = ("first", "growth", "longest")

    def __init__(self, first: float = 0.01, growth: float = 1.5, longest: float = 0.5) -> None:
        self.first = first
        self.growth = growth
        self.longest = longest

    def wait(self, polls: int) -> float:
        """Return the seconds to wait after that many polls, at least 1."""
        # The exponent is bounded so that a wait of days does not become an overflow.
        return min(self.longest, self.first * self.growth ** min(polls - 1, 64))


#: The pace of everything that waits for the server.
PACE = Pace()


def wait_timeout_error(waiting_for: str, timeout: float | None) -> WaitTimeoutError:
    """Build the exception for something that the server had not finished when the time was up.

    Args:
        waiting_for: the work of the server.
        timeout: seconds that the operation had.
    """
    return WaitTimeoutError(
        code=ErrorCode.RPC_DEADLINE_EXCEEDED,
        message=f"{waiting_for} was not done within {timeout or 0:g} s (deadline exceeded); "
        "the server continues with it: check again later, or pass a larger timeout",
    )
