"""Decide which channel a call takes, when a channel is renewed, and which address it dials. No clock of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from milvusclient.config.uri import Target

__all__ = ["LARGE", "AddressBook", "casts_doubt", "choose_channel", "extra_load", "renewal_time", "retry_pause"]

#: A request of this many bytes or more counts as several calls, because small calls on its channel wait for its bytes.
LARGE = 1 << 16
#: Seconds until a dead address is tried again: at first, and at most.
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
#: The part of ``max_age`` over which the renewals of channels that were opened together are spread.
_SPREAD = 0.25


class Candidate(Protocol):
    """A channel as :func:`choose_channel` sees it."""

    @property
    def valid_handshake(self) -> int:
        """0 while its server is not known to answer."""

    @property
    def load(self) -> int:
        """The calls in flight on it, large requests counted as several."""


C = TypeVar("C", bound=Candidate)


def extra_load(size: int) -> int:
    """Return for how many calls a request of ``size`` bytes counts beside itself."""
    return size // LARGE


def choose_channel(channels: Sequence[C], turn: int) -> C:
    """Return the channel with the least load among those whose server answers; if none does, each in turn.

    Args:
        channels: at least one.
        turn: a number that grows by one with each call. It decides between channels of equal load, so that calls one
            after another are not all sent over the first.
    """
    start = turn % len(channels)
    best, least = channels[start], -1
    for channel in (*channels[start:], *channels[:start]):
        if channel.valid_handshake:
            load = channel.load
            if least < 0 or load < least:
                best, least = channel, load
                if not load:
                    break
    return best


def casts_doubt(status: str) -> bool:
    """Return whether a call that failed with this status may mean that the server of its channel is gone.

    A call that ran out of time may have been slow, or its packets vanish. While that is found out, which takes one
    handshake, calls take other channels.
    """
    return status in ("UNAVAILABLE", "DEADLINE_EXCEEDED")


def renewal_time(now: float, max_age: float, jitter: float) -> float:
    """Return when a channel that is opened now is renewed, at random, so that channels do not renew together.

    Args:
        now: the time.
        max_age: seconds after which a channel is too old; 0 for never.
        jitter: a random number in [0, 1).
    """
    return now + max_age * (1 - _SPREAD * jitter) if max_age else float("inf")


def retry_pause(failures: int, jitter: float) -> float:
    """Return the seconds until an address that failed so many times in a row is tried again."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 10)) * (1 - 0.5 * jitter)


class AddressBook:
    """The addresses of a cluster, and which of them failed lately.

    Args:
        targets: the addresses.
        start: where to begin, so that clients with fewer channels than addresses do not all choose the first.
    """

    def __init__(self, targets: Sequence[Target], start: int = 0) -> None:
        self.targets: tuple[Target, ...] = ()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self.update(targets)
        first = start % max(1, len(self.targets))
        self.targets = self.targets[first:] + self.targets[:first]

    def update(self, targets: Sequence[Target]) -> bool:
        """Replace the addresses by those that a name has now; return whether they differ."""
        new = {target.address: target for target in targets}
        kept = tuple(target for target in self.targets if target.address in new)
        known = {target.address for target in kept}
        added = tuple(target for address, target in new.items() if address not in known)
        changed = bool(added) or len(kept) < len(self.targets)
        self.targets = kept + added
        for address in set(self._failures) - set(new):
            self.answered(address)
        return changed

    def failed(self, address: str, now: float, jitter: float) -> None:
        """Note that an address did not answer."""
        failures = self._failures[address] = self._failures.get(address, 0) + 1
        self._not_before[address] = now + retry_pause(failures, jitter)

    def answered(self, address: str) -> None:
        """Note that an address answered."""
        self._failures.pop(address, None)
        self._not_before.pop(address, None)

    def not_before(self, address: str) -> float:
        """Return when an address may be tried; 0 for one that did not fail."""
        return self._not_before.get(address, 0.0)

    def choose(self, current: str, others: Iterable[str], now: float) -> Target:
        """Return the address that a channel should have: one of those with the fewest channels.

        Among those it is the one that failed least, and the current one if nothing speaks against it.

        Args:
            current: address of the channel; empty for a new one.
            others: addresses of the other channels.
            now: the time.
        """
        used = Counter(others)

        def rank(target: Target) -> tuple[int, int, float, bool]:
            address = target.address
            wait = max(0.0, self.not_before(address) - now)
            return used[address], self._failures.get(address, 0), wait, address != current

        return min(self.targets, key=rank)
