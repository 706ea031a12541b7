"""What a program's calls do, seen from outside: traces and metrics of OpenTelemetry, and a page for Prometheus.

    python -m pip install '.[lite,otel,prometheus]' opentelemetry-sdk
    python examples/observability.py                          # the embedded server, in ./observed.db
    python examples/observability.py http://localhost:19530   # a server

A real program sends its spans to a collector (``OTLPSpanExporter``), and lets Prometheus read its metrics from a port
(``prometheus_client.start_http_server(8000)``); this one keeps both and prints them. An AllocTimestamp
that ends with UNIMPLEMENTED is normal on the embedded server: it has no such call, and the client goes on without it.
"""

from __future__ import annotations

import argparse

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest

from milvusclient import MilvusClient, MilvusException, otel, prometheus

COLLECTION = "observed"


def work(client: MilvusClient) -> None:
    """Make a few calls, the last of which is refused."""
    if client.has_collection(COLLECTION):
        client.drop_collection(COLLECTION)
    client.create_collection(COLLECTION, dimension=2)
    client.insert(COLLECTION, [{"id": number, "vector": [float(number), 1.0]} for number in range(10)])
    client.search(COLLECTION, [[3.0, 1.0], [7.0, 1.0]], limit=1)
    try:
        client.query(COLLECTION, "secret ==")
    except MilvusException as error:
        print(f"refused; its request id is the trace id: {error.request_id}")


def print_trace(exporter: InMemorySpanExporter) -> None:
    """Print the spans, with what is special about each."""
    for span in exporter.get_finished_spans():
        attributes = span.attributes or {}
        parent = "  " if span.parent else ""
        batch, failure = attributes.get("db.operation.batch.size"), attributes.get("error.type")
        more = [f"{batch} at once"] * bool(batch) + [f"error.type {failure}"] * bool(failure)
        print(f"{parent}{span.name:28} trace {span.context.trace_id:032x}  {', '.join(more)}".rstrip())


def main(uri: str) -> None:
    """Watch a few calls."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    otel.instrument(tracer_provider=provider)
    registry = CollectorRegistry()
    prometheus.register(registry)

    with MilvusClient(uri) as client:
        with provider.get_tracer("examples").start_as_current_span("nightly job"):
            work(client)
        print_trace(exporter)
        for line in generate_latest(registry).decode().splitlines():
            if line.startswith("milvusclient_requests_total"):
                print(line)
    otel.uninstrument()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./observed.db", help="server or file to use")
    main(parser.parse_args().uri)
