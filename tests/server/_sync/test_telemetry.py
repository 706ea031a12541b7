"""OpenTelemetry and Prometheus, told of real calls to the embedded server."""

from __future__ import annotations

import pytest
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CollectorRegistry

from milvusclient import prometheus
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import MilvusException
from tests.support.telemetry import instrumented

pytestmark = pytest.mark.lite

ROWS = [{"id": number, "vector": [float(number), 1.0], "title": f"title {number}"} for number in range(3)]


def test_the_calls_of_a_program(lite_uri: str) -> None:
    registry = CollectorRegistry()
    prometheus.register(registry)
    with instrumented() as telemetry:
        with MilvusClient(lite_uri) as client:
            with telemetry.tracer.start_as_current_span("test") as parent:
                client.create_collection("books", dimension=2, metric_type="L2")
                client.insert("books", ROWS)
                found = client.search("books", [[2.0, 1.0], [0.0, 1.0]], limit=1, output_fields=["title"])
                with pytest.raises(MilvusException):
                    client.query("books", "no such field == 7")
            labels = {"alias": client.alias, "address": lite_uri, "database": "default", "operation": "Search"}
            assert registry.get_sample_value("milvusclient_requests_total", labels) == 1

        assert [hits[0]["id"] for hits in found] == [2, 0]
        insert, search, query = (telemetry.span(name) for name in ("Insert", "Search", "Query"))
        for span in (insert, search, query):
            assert span.name == f"{span.name.split()[0]} books"
            assert span.kind is SpanKind.CLIENT
            assert span.parent == parent.get_span_context()
            assert span.attributes is not None
            assert span.attributes["server.address"] == lite_uri
            assert "server.port" not in span.attributes
        assert (insert.attributes or {})["db.operation.batch.size"] == 3
        assert (search.attributes or {})["db.operation.batch.size"] == 2
        assert query.status.status_code is StatusCode.ERROR
        assert "no such field" not in telemetry.everything()
        operations = {names["db.operation.name"] for names, _ in telemetry.points("db.client.operation.duration")}
        assert {"CreateCollection", "Insert", "Search", "Query"} <= operations
