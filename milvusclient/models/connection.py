"""What a connection tells about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from milvusclient.display import ShownInNotebooks
from milvusclient.policy.latency import LATENCY_BOUNDS

__all__ = ["ConnectionInfo", "OperationStats", "merged"]


@dataclass(frozen=True, slots=True)
class OperationStats:
    """How requests of one kind went over a connection.

    Attributes:
        calls: requests that ended, repeated ones and failures included.
        errors: those of them that failed.
        seconds: how long they took together.
        longest: the longest of them, in seconds.
        buckets: how many took how long: one number for each interval that ends with one of ``LATENCY_BOUNDS`` of
            :mod:`milvusclient.policy.latency`, and one for what took longer than the last.

    Example:
        >>> from milvusclient.models.connection import OperationStats
        >>> OperationStats().p99 is None
        True
    """

    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    buckets: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)

    @property
    def p50(self) -> float | None:
        """The median, in seconds; None without any request."""
        return self.quantile(0.5)

    @property
    def p99(self) -> float | None:
        """The time in seconds that 99 of 100 requests did not exceed; None without any request."""
        return self.quantile(0.99)

    @property
    def mean(self) -> float | None:
        """The average, in seconds; None without any request."""
        return self.seconds / self.calls if self.calls else None

    def quantile(self, share: float) -> float | None:
        """The time that this share of the requests did not exceed, at most 5% off.

        Args:
            share: between 0 and 1, such as 0.95.

        Returns:
            Seconds; None without any request.

        Example:
            >>> from milvusclient.models.connection import OperationStats
            >>> OperationStats().quantile(0.95) is None
            True
        """
        wanted = max(1.0, share * self.calls)
        for index, seen in enumerate(accumulate(self.buckets)):
            if seen >= wanted:
                upper = LATENCY_BOUNDS[min(index, len(LATENCY_BOUNDS) - 1)]
                lower = LATENCY_BOUNDS[index - 1] if index else upper**2 / LATENCY_BOUNDS[1]
                middle = (lower * upper) ** 0.5 if index < len(LATENCY_BOUNDS) else self.longest
                return min(middle, self.longest)
        return None

    def plus(self, other: OperationStats) -> OperationStats:
        """Both together."""
        return OperationStats(
            self.calls + other.calls,
            self.errors + other.errors,
            self.seconds + other.seconds,
            max(self.longest, other.longest),
            tuple(map(int.__add__, self.buckets, other.buckets)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo(ShownInNotebooks):
    """The figures of one connection at one moment.

    Attributes:
        alias: its name.
        address: where it leads, ``HOST:PORT``, ``unix:/PATH`` or the path of an embedded file.
        database: the database of the client that asked, or of the connection.
        user: the user's name, empty for an API key or without credentials.
        server_version: what the server said of itself in the handshake.
        connected_since: seconds since the epoch.
        calls: requests sent, repeated ones included.
        errors: requests that failed.
        retries: requests that were sent again.
        in_flight: requests that wait for their reply now.
        bytes_sent: bytes of the requests.
        bytes_received: bytes of the replies.
        channels: how many channels these are the figures of: more than one when an alias is open for threads and for
            event loops at once, and somebody asked for all of them.
        operations: the same by the kind of request, such as ``"Search"``, with ``p50`` and ``p99``.
    """

    alias: str
    address: str
    database: str
    user: str
    server_version: str
    connected_since: float
    calls: int
    errors: int
    retries: int
    in_flight: int
    bytes_sent: int
    bytes_received: int
    channels: int = 1
    operations: Mapping[str, OperationStats] = field(default_factory=dict)

    def plus(self, other: ConnectionInfo) -> ConnectionInfo:
        """This connection and another one of the same alias together."""
        none = OperationStats()
        names = sorted({*self.operations, *other.operations})
        return ConnectionInfo(
            alias=self.alias,
            address=self.address,
            database=self.database,
            user=self.user,
            server_version=self.server_version or other.server_version,
            connected_since=min(self.connected_since, other.connected_since),
            calls=self.calls + other.calls,
            errors=self.errors + other.errors,
            retries=self.retries + other.retries,
            in_flight=self.in_flight + other.in_flight,
            bytes_sent=self.bytes_sent + other.bytes_sent,
            bytes_received=self.bytes_received + other.bytes_received,
            channels=self.channels + other.channels,
            operations={name: self.operations.get(name, none).plus(other.operations.get(name, none)) for name in names},
        )


def merged(infos: Iterable[ConnectionInfo]) -> dict[str, ConnectionInfo]:
    """The figures by alias, sorted; those of channels of one alias are added up."""
    by_alias: dict[str, ConnectionInfo] = {}
    for info in infos:
        known = by_alias.get(info.alias)
        by_alias[info.alias] = info if known is None else known.plus(info)
    return dict(sorted(by_alias.items()))
