"""Decide when a channel on which calls wait is silent for so long that it has to be looked at. No clock of its own."""

from __future__ import annotations

from enum import Enum

__all__ = ["Silence", "Verdict", "attempt_seconds"]

#: Seconds without any answer after which a channel is looked at: at first, and at most.
_PATIENCE, _LONGEST_PATIENCE = 1.0, 30.0
#: Looks without a call in flight after which watching ends. More than one, because calls often follow each other.
_IDLE_LOOKS = 4
#: Seconds that attempts to reach the server take, in turn. The long one is for far servers, and for kernels that repeat
#: a lost SYN after a second; the short ones find out soon that packets pass again.
_ATTEMPTS = (0.5, 0.5, 1.9)


class Verdict(Enum):
    """The outcomes of a look at a channel."""

    END = "end"  #: no calls are made, so watching ends
    WAIT = "wait"
    PROBE = "probe"  #: find out whether the other side is still there


class Silence:
    """The silence on one channel: how long no call ended although some wait."""

    def __init__(self) -> None:
        self._ended = -1
        self._since = 0.0
        self._patience = _PATIENCE
        self._idle_looks = 0

    def look(self, now: float, waiting: bool, ended: int) -> Verdict:
        """Decide after a look.

        Args:
            now: the time.
            waiting: calls, or a handshake, wait for the server.
            ended: how many have ended so far.
        """
        if ended != self._ended or not waiting:
            self._ended = ended
            self._since = now
            self._patience = _PATIENCE
        self._idle_looks = 0 if waiting else self._idle_looks + 1
        if self._idle_looks >= _IDLE_LOOKS:
            return Verdict.END
        return Verdict.PROBE if waiting and now - self._since >= self._patience else Verdict.WAIT

    def answered(self, now: float) -> None:
        """Note that the server is there and only slow: it is left alone for longer."""
        self._since = now
        self._patience = min(_LONGEST_PATIENCE, 2 * self._patience)


def attempt_seconds(number: int) -> float:
    """Return how long an attempt to reach the server may take, the first of which is number 0."""
    return _ATTEMPTS[number % len(_ATTEMPTS)]
