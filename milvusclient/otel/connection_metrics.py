"""Metrics of the open connections, read whenever OpenTelemetry collects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opentelemetry.metrics import CallbackOptions, Meter, Observation

    from milvusclient.models.connection import ConnectionInfo

__all__ = ["Switch", "observe_connections"]

Attributes = dict[str, str | int]


class Switch:
    """A switch that silences instruments, because OpenTelemetry cannot remove them."""

    __slots__ = ("__weakref__", "is_on")

    def __init__(self) -> None:
        self.is_on = False


def observe_connections(meter: Meter, switch: Switch) -> None:
    """Create the instruments.

    Args:
        meter: the meter that creates them.
        switch: silences them while it is off.
    """
    meter.create_observable_up_down_counter(
        "milvusclient.connection.count",
        [_callback(switch, lambda info: [(info.channels, {})])],
        "{connection}",
        "Open connections.",
    )
    meter.create_observable_counter(
        "milvusclient.connection.io",
        [
            _callback(
                switch,
                lambda info: [
                    (info.bytes_sent, {"network.io.direction": "transmit"}),
                    (info.bytes_received, {"network.io.direction": "receive"}),
                ],
            )
        ],
        "By",
        "Bytes of requests and replies that went over the connections that are open.",
    )
    meter.create_observable_up_down_counter(
        "milvusclient.request.active",
        [_callback(switch, lambda info: [(info.in_flight, {})])],
        "{request}",
        "Requests that wait for their reply.",
    )
    meter.create_observable_counter(
        "milvusclient.request.retries",
        [_callback(switch, lambda info: [(info.retries, {})])],
        "{request}",
        "Requests that were sent again, over the connections that are open.",
    )


def _callback(
    switch: Switch, read: Callable[[ConnectionInfo], Iterable[tuple[int, Attributes]]]
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(options: CallbackOptions) -> Iterable[Observation]:
        from opentelemetry.metrics import Observation

        from milvusclient.registry import connections

        del options
        infos = connections.stats().values() if switch.is_on else ()
        return [Observation(number, _place(info) | more) for info in infos for number, more in read(info)]

    return observe


def _place(info: ConnectionInfo) -> Attributes:
    """Return the attributes that identify a connection, without secrets: an alias contains a digest at most."""
    attributes: Attributes = {
        "db.system.name": "milvus",
        "db.namespace": info.database,
        "milvusclient.alias": info.alias,
        "server.address": info.host,
    }
    return attributes | {"server.port": info.port} if info.port else attributes
