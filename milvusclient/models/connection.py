"""Counters of a connection, as ``client.connection_info()`` returns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import accumulate

from milvusclient.display import ShownInNotebooks
from milvusclient.models.short_text import Printer, print_lines
from milvusclient.policy.latency import LATENCY_BOUNDS

__all__ = ["ChannelInfo", "ConnectionInfo", "OperationStats", "merged"]


@dataclass(frozen=True, slots=True)
class OperationStats:
    """Counters of the requests of one kind over a connection.

    Attributes:
        calls: number of finished requests, including retries and failures.
        errors: number of failed requests.
        seconds: total duration of the requests.
        longest: duration of the longest request, in seconds.
        buckets: histogram of the durations, with 24 intervals for each power of ten from 10 microseconds to 1000
            seconds: the number of requests in each, and the number of those above the last.

    Example:
        >>> from milvusclient.models.connection import OperationStats
        >>> OperationStats().p99 is None
        True
    """

    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    buckets: tuple[int, ...] = field(default=(0,) * (len(LATENCY_BOUNDS) + 1), repr=False)

    @property
    def p50(self) -> float | None:
        """Median duration in seconds; None if there is no request."""
        return self.quantile(0.5)

    @property
    def p99(self) -> float | None:
        """Duration in seconds that 99% of the requests did not exceed; None if there is no request."""
        return self.quantile(0.99)

    @property
    def mean(self) -> float | None:
        """Average duration in seconds; None if there is no request."""
        return self.seconds / self.calls if self.calls else None

    def quantile(self, share: float) -> float | None:
        """Return the duration that a share of the requests did not exceed, with an error of at most 5%.

        Args:
            share: share of the requests, between 0 and 1, such as 0.95.

        Returns:
            The duration in seconds; None if there is no request.

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
        """Return the sum of both counters."""
        return OperationStats(
            self.calls + other.calls,
            self.errors + other.errors,
            self.seconds + other.seconds,
            max(self.longest, other.longest),
            tuple(map(int.__add__, self.buckets, other.buckets)),
        )


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """The state of one channel of a connection, which is one TCP connection.

    Attributes:
        address: address of its server.
        state: ``"ready"``; ``"unavailable"`` while its server does not answer; ``"draining"`` when another channel took
            its place and its last calls go on.
        in_flight: number of requests that are waiting for their reply.
        age: seconds since it was opened.
        calls: number of requests, including retries.
    """

    address: str
    state: str
    in_flight: int = 0
    age: float = 0.0
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo(ShownInNotebooks):
    """The state and the counters of one connection at one moment.

    Attributes:
        alias: name of the connection.
        address: address of the server: ``HOST:PORT``, ``unix:/PATH`` or the path of an embedded file; several are
            separated by commas, and a name with all its addresses is ``dns:///NAME:PORT``.
        database: database of the client that asked, or of the connection.
        user: name of the user; empty for an API key or without credentials.
        server_version: version of the server, from the handshake.
        connected_since: when the connection was made, in seconds since the epoch.
        calls: number of requests, including retries.
        errors: number of failed requests.
        retries: number of requests that were sent again.
        in_flight: number of requests that are waiting for their reply.
        bytes_sent: total size of the requests, in bytes.
        bytes_received: total size of the replies, in bytes.
        channels: number of channels; also more than one if the alias is open for threads and event loops at the same
            time.
        channel_infos: each channel: its address, state, age, calls, and calls in flight.
        operations: counters by kind of request, such as ``"Search"``, with ``p50`` and ``p99``.
        host: host of the server, or the name of ``dns:///``; the path for a unix socket or an embedded file; all
            addresses if there are several.
        port: port of the server; 0 for a unix socket, an embedded file or several addresses.
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
    channel_infos: tuple[ChannelInfo, ...] = ()
    operations: Mapping[str, OperationStats] = field(default_factory=dict)
    host: str = ""
    port: int = 0

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:  # noqa: ARG002 - IPython passes it
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "operations"}
        lines = [f"    {name}={value!r}," for name, value in values.items()]
        operations = [f"        {name!r}: {stats!r}," for name, stats in self.operations.items()]
        shown = ["    operations={", *operations, "    },"] if operations else ["    operations={},"]
        print_lines(printer, ["ConnectionInfo(", *lines, *shown, ")"])

    def plus(self, other: ConnectionInfo) -> ConnectionInfo:
        """Return the sum of this connection and another one of the same alias."""
        none = OperationStats()
        names = sorted({*self.operations, *other.operations})
        return ConnectionInfo(
            alias=self.alias,
            address=self.address,
            host=self.host,
            port=self.port,
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
            channel_infos=self.channel_infos + other.channel_infos,
            operations={name: self.operations.get(name, none).plus(other.operations.get(name, none)) for name in names},
        )


def merged(infos: Iterable[ConnectionInfo]) -> dict[str, ConnectionInfo]:
    """Return the counters by alias, sorted; those of several channels of one alias are added up."""
    by_alias: dict[str, ConnectionInfo] = {}
    for info in infos:
        known = by_alias.get(info.alias)
        by_alias[info.alias] = info if known is None else known.plus(info)
    return dict(sorted(by_alias.items()))
