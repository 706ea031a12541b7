"""The figures of connections, as Prometheus reads them."""

from __future__ import annotations

import doctest
import threading
import urllib.request
from itertools import pairwise

import grpc
import pytest
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from milvusclient import AsyncMilvusClient, MilvusClient, prometheus
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.policy.latency import LATENCY_BOUNDS
from tests.support.forks import run_program
from tests.support.scripted import ScriptedServer

Labels = dict[str, str]


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry that tells of the connections."""
    registry = CollectorRegistry()
    prometheus.register(registry)
    return registry


def scraped(text: str) -> dict[str, list[tuple[Labels, float]]]:
    """The samples of a scrape, by name."""
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in parse(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
    return found


def scrape(registry: CollectorRegistry) -> dict[str, list[tuple[Labels, float]]]:
    return scraped(generate_latest(registry).decode())


def test_requests_by_connection_and_operation(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    client = MilvusClient(scripted_server.uri, db_name="shop", alias="orders")
    scripted_server.on("ShowCollections").then().fail(grpc.StatusCode.UNAVAILABLE)
    scripted_server.on("DropCollection").status(1100)
    for _ in range(2):
        client.list_collections()
    with pytest.raises(MilvusException):
        client.drop_collection("c")

    place = {"alias": "orders", "address": scripted_server.address, "database": "shop"}
    found = scrape(registry)
    listing, dropping = {**place, "operation": "ShowCollections"}, {**place, "operation": "DropCollection"}
    assert found["milvusclient_requests_total"] == [(dropping, 1), (listing, 3)]
    assert found["milvusclient_request_errors_total"] == [(dropping, 1), (listing, 1)]
    assert found["milvusclient_retries_total"] == [(place, 1)]
    assert found["milvusclient_requests_in_flight"] == [(place, 0)]
    assert found["milvusclient_connections"] == [(place, 1)]
    info = client.connection_info()
    assert found["milvusclient_sent_bytes_total"] == [(place, info.bytes_sent)]
    assert found["milvusclient_received_bytes_total"] == [(place, info.bytes_received)]
    assert found["milvusclient_connection_start_time_seconds"] == [(place, info.connected_since)]
    assert found["milvusclient_connection_info"] == [({**place, "server_version": info.server_version}, 1)]
    assert info.server_version


def test_durations(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").then().then(delay=0.25).then(delay=0.5)
    for _ in range(3):
        client.list_collections()

    found = scrape(registry)
    buckets = [(float(names["le"]), count) for names, count in found["milvusclient_request_duration_seconds_bucket"]]
    assert [bound for bound, _ in buckets[:-1]] == [LATENCY_BOUNDS[step] for step in range(24, 169, 8)]
    assert buckets[0][0] == 0.0001
    assert buckets[-2:] == [(100.0, 3), (float("inf"), 3)]
    assert all(low[1] <= high[1] for low, high in pairwise(buckets))
    stats = client.connection_info().operations["ShowCollections"]
    for bound, count in buckets[:-1]:
        assert count == sum(stats.buckets[: LATENCY_BOUNDS.index(bound) + 1])
    assert found["milvusclient_request_duration_seconds_count"][0][1] == 3
    assert found["milvusclient_request_duration_seconds_sum"][0][1] == stats.seconds > 0.7


def test_requests_under_way(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_databases()
    scripted_server.on("ShowCollections").then(delay=1.5)
    call = threading.Thread(target=client.list_collections)
    call.start()
    scripted_server.wait_for("ShowCollections")
    assert [value for _, value in scrape(registry)["milvusclient_requests_in_flight"]] == [1]
    call.join()
    assert [value for _, value in scrape(registry)["milvusclient_requests_in_flight"]] == [0]


async def test_connections_of_event_loops_are_told_of_as_well(
    scripted_server: ScriptedServer, registry: CollectorRegistry
) -> None:
    MilvusClient(scripted_server.uri, alias="both").list_collections()
    async with AsyncMilvusClient(scripted_server.uri, alias="both") as client:
        await client.list_collections()
        found = scrape(registry)
    assert [value for _, value in found["milvusclient_connections"]] == [2]
    assert [value for _, value in found["milvusclient_requests_total"]] == [2]


def test_a_closed_connection_is_gone(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    with MilvusClient(scripted_server.uri) as client:
        client.list_collections()
    assert scrape(registry) == {}


def test_open_metrics(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    """The strict format, whose parser checks names, units, buckets and counters."""
    MilvusClient(scripted_server.uri).list_collections()
    text = generate_openmetrics(registry).decode()  # type: ignore[no-untyped-call]  # it has no types
    families = {family.name: family.type for family in parse_openmetrics(text)}  # type: ignore[no-untyped-call]  # nor this
    assert families == {
        "milvusclient_requests": "counter",
        "milvusclient_request_errors": "counter",
        "milvusclient_request_duration_seconds": "histogram",
        "milvusclient_retries": "counter",
        "milvusclient_sent_bytes": "counter",
        "milvusclient_received_bytes": "counter",
        "milvusclient_requests_in_flight": "gauge",
        "milvusclient_connections": "gauge",
        "milvusclient_connection_start_time_seconds": "gauge",
        "milvusclient_connection_info": "gauge",
    }


def test_over_http(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    MilvusClient(scripted_server.uri).list_collections()
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as reply:
            found = scraped(reply.read().decode())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert [value for _, value in found["milvusclient_requests_total"]] == [1]


def test_no_secret_is_told(scripted_server: ScriptedServer, registry: CollectorRegistry) -> None:
    clients = [
        MilvusClient(f"http://bob:hunter2-ouvre@{scripted_server.address}"),
        MilvusClient(scripted_server.uri, token="db_1234567890abcdef-topsecret"),
        MilvusClient(scripted_server.uri, token=lambda: "db_1234567890abcdef-topsecret"),
    ]
    for client in clients:
        client.list_collections()
    text = generate_latest(registry).decode()
    assert clients[0].alias in text
    for secret in ("hunter2", "topsecret", *(call.headers["authorization"] for call in scripted_server.requests)):
        assert secret not in text


# --- registries ------------------------------------------------------------------------------------------------------
def test_twice_is_an_error(registry: CollectorRegistry) -> None:
    with pytest.raises(ParamError, match="has the metrics of milvusclient already"):
        prometheus.register(registry)


def test_it_can_be_taken_out() -> None:
    registry = CollectorRegistry()
    registry.unregister(prometheus.register(registry))
    assert list(registry.collect()) == []
    prometheus.register(registry)
    assert list(registry.collect()) != []


def test_the_default_registry(scripted_server: ScriptedServer) -> None:
    from prometheus_client import REGISTRY

    collector = prometheus.register()
    try:
        MilvusClient(scripted_server.uri).list_collections()
        assert "milvusclient_requests_total" in scraped(generate_latest().decode())
    finally:
        REGISTRY.unregister(collector)


def test_the_examples_run() -> None:
    assert doctest.testmod(prometheus).failed == 0


def test_without_the_package_an_error_names_the_extra() -> None:
    program = """
import sys
sys.modules["prometheus_client"] = None
from milvusclient import prometheus
from milvusclient.exceptions import ParamError
try:
    prometheus.register()
except ParamError as error:
    print(error.message)
"""
    assert "pip install 'milvusclient[prometheus]'" in run_program(program)
