"""How often the server is asked whether it is done: soon at first, then less and less often."""

from __future__ import annotations

from milvusclient.exceptions import ErrorCode, WaitTimeoutError

__all__ = ["PACE", "Pace", "not_done"]


class Pace:
    """Waits between two looks.

    Args:
        first: seconds before the second look.
        growth: how much longer each wait is than the one before.
        longest: seconds that no wait exceeds.

    Example:
        >>> from milvusclient.policy.polling import Pace
        >>> [Pace(first=0.01, growth=2, longest=0.05).wait(looks) for looks in (1, 2, 3, 4, 5)]
        [0.01, 0.02, 0.04, 0.05, 0.05]
    """

    __slots__ = ("first", "growth", "longest")

    def __init__(self, first: float = 0.01, growth: float = 1.5, longest: float = 0.5) -> None:
        self.first = first
        self.growth = growth
        self.longest = longest

    def wait(self, looks: int) -> float:
        """Seconds to wait after that many looks, from 1."""
        # The exponent is bounded so that a wait of days does not become an overflow.
        return min(self.longest, self.first * self.growth ** min(looks - 1, 64))


#: The pace of everything that waits for the server.
PACE = Pace()


def not_done(waiting_for: str, timeout: float | None) -> WaitTimeoutError:
    """The exception for something that the server had not done when the time was up.

    Args:
        waiting_for: what was waited for.
        timeout: seconds that were given.
    """
    return WaitTimeoutError(
        code=ErrorCode.RPC_DEADLINE_EXCEEDED,
        message=f"{waiting_for} was not done within {timeout or 0:g} s (deadline exceeded); "
        "the server goes on with it: look again later, or give a larger timeout",
    )
