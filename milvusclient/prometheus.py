"""Metrics of the open connections for Prometheus; needs the extra ``prometheus``.

Requests cost nothing more: the counters of ``connections.stats()`` are read when Prometheus scrapes. The metrics, by
``alias``, ``address`` and ``database``, and where the kind of request matters, by ``operation`` (such as ``Search``):

- ``milvusclient_requests_total``: requests that ended, repeated ones included.
- ``milvusclient_request_errors_total``: those of them that failed.
- ``milvusclient_request_duration_seconds``: a histogram of how long they took.
- ``milvusclient_retries_total``, ``milvusclient_sent_bytes_total``, ``milvusclient_received_bytes_total`` and
  ``milvusclient_requests_in_flight``.
- ``milvusclient_connections``: open channels; more than one where threads and event loops use the same alias.
- ``milvusclient_connection_start_time_seconds``: since when, in seconds since the epoch.
- ``milvusclient_connection_info``: 1, with the ``server_version``.

The counters of a connection start at zero when it is opened and disappear when it is closed; ``rate()`` handles that.
Users and credentials are not exported.

Every process has connections of its own, and this tells of those of the process that is asked. The mode of
``prometheus_client`` for several processes (``PROMETHEUS_MULTIPROC_DIR``) collects files that its own metrics write,
and leaves out collectors such as this one: with several workers behind one port, such as those of gunicorn, let each
worker listen at a port of its own, or use :mod:`milvusclient.otel`.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError
from milvusclient.policy.latency import LATENCY_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import CollectorRegistry
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

    from milvusclient.models.connection import ConnectionInfo, OperationStats

__all__ = ["MilvusCollector", "register"]

_PLACE = ("alias", "address", "database")
_KIND = (*_PLACE, "operation")
#: Every eighth bound: three intervals in each power of ten, from 0.1 ms to 100 s. The counts at these are exact.
_BOUNDS = range(24, 169, 8)


class MilvusCollector:
    """Collects the counters of all open connections of this process, whenever a registry asks.

    :func:`register` makes one and registers it.

    Raises:
        ParamError: ``prometheus_client`` is not installed.

    Example:
        >>> from prometheus_client import CollectorRegistry
        >>> from milvusclient.prometheus import MilvusCollector
        >>> registry = CollectorRegistry()
        >>> registry.register(MilvusCollector())
    """

    def __init__(self) -> None:
        try:
            import prometheus_client  # noqa: F401 - fails here, not at the first scrape
        except ImportError as error:
            raise ParamError(
                message="metrics for Prometheus need prometheus-client: pip install 'milvusclient[prometheus]' "
                f"({error})"
            ) from error

    def collect(self) -> Iterator[Metric]:
        """Return the current metrics.

        Returns:
            An iterator over the metrics.
        """
        from milvusclient.registry import connections

        return _metrics(connections.stats().values())

    def describe(self) -> Iterator[Metric]:
        """Return the same metrics without values, by which a registry finds duplicates.

        Returns:
            An iterator over the metrics.
        """
        return _metrics(())


def register(registry: CollectorRegistry | None = None) -> MilvusCollector:
    """Register the metrics of the open connections of this process.

    Args:
        registry: the registry; None means the default one of ``prometheus_client``, which ``start_http_server`` and
            ``generate_latest`` use.

    Returns:
        The collector, for ``registry.unregister``.

    Raises:
        ParamError: ``prometheus_client`` is not installed, or the registry has these metrics already.

    Example:
        >>> from prometheus_client import CollectorRegistry
        >>> from milvusclient.prometheus import register
        >>> registry = CollectorRegistry()
        >>> collector = register(registry)
        >>> registry.unregister(collector)
    """
    collector = MilvusCollector()
    from prometheus_client import REGISTRY

    try:
        (REGISTRY if registry is None else registry).register(collector)
    except ValueError as error:
        raise ParamError(
            message=f"this registry has the metrics of milvusclient already; register once for each registry ({error})"
        ) from error
    return collector


def _metrics(infos: Iterable[ConnectionInfo]) -> Iterator[Metric]:
    infos = list(infos)
    yield from _by_operation(infos)
    yield from _by_connection(infos)


def _by_operation(infos: list[ConnectionInfo]) -> Iterator[Metric]:
    from prometheus_client.core import HistogramMetricFamily

    requests = _counter("milvusclient_requests", "Requests that ended, repeated ones and failures included.", _KIND)
    errors = _counter("milvusclient_request_errors", "Requests that failed.", _KIND)
    seconds = HistogramMetricFamily(
        "milvusclient_request_duration_seconds", "How long requests took until their reply.", labels=_KIND
    )
    for info in infos:
        for name, stats in info.operations.items():
            labels = (*_place(info), name)
            requests.add_metric(labels, stats.calls)
            errors.add_metric(labels, stats.errors)
            _add_histogram(seconds, labels, stats)
    yield from (requests, errors, seconds)


def _by_connection(infos: list[ConnectionInfo]) -> Iterator[Metric]:
    retries = _counter("milvusclient_retries", "Requests that were sent again.", _PLACE)
    sent = _counter("milvusclient_sent_bytes", "Bytes of the requests.", _PLACE)
    received = _counter("milvusclient_received_bytes", "Bytes of the replies.", _PLACE)
    in_flight = _gauge("milvusclient_requests_in_flight", "Requests that wait for their reply.", _PLACE)
    channels = _gauge("milvusclient_connections", "Open channels.", _PLACE)
    since = _gauge(
        "milvusclient_connection_start_time_seconds", "When the connection was opened, since the epoch.", _PLACE
    )
    versions = _gauge("milvusclient_connection_info", "What the server said of itself.", (*_PLACE, "server_version"))
    for info in infos:
        labels = _place(info)
        retries.add_metric(labels, info.retries)
        sent.add_metric(labels, info.bytes_sent)
        received.add_metric(labels, info.bytes_received)
        in_flight.add_metric(labels, info.in_flight)
        channels.add_metric(labels, info.channels)
        since.add_metric(labels, info.connected_since)
        versions.add_metric((*labels, info.server_version), 1)
    yield from (retries, sent, received, in_flight, channels, since, versions)


def _counter(name: str, about: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    from prometheus_client.core import CounterMetricFamily

    return CounterMetricFamily(name, about, labels=labels)


def _gauge(name: str, about: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, about, labels=labels)


def _place(info: ConnectionInfo) -> tuple[str, str, str]:
    return info.alias, info.address, info.database or "default"


def _add_histogram(family: HistogramMetricFamily, labels: tuple[str, ...], stats: OperationStats) -> None:
    below = list(accumulate(stats.buckets))
    buckets = [(repr(LATENCY_BOUNDS[bound]), float(below[bound])) for bound in _BOUNDS]
    family.add_metric(labels, [*buckets, ("+Inf", float(stats.calls))], stats.seconds)
