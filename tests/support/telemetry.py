"""What OpenTelemetry was told: the SDK's exporters in memory, for the time of one test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.trace import Tracer

from milvusclient import otel

Point = tuple[Mapping[str, Any], Any]


class Telemetry:
    """Providers of spans and metrics that keep what they get."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracer_provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meter_provider = MeterProvider([self._reader], shutdown_on_exit=False)
        self.tracer: Tracer = self.tracer_provider.get_tracer("tests")

    def instrument(self, *, error_messages: bool = False) -> None:
        """Have the clients tell these providers."""
        otel.instrument(
            tracer_provider=self.tracer_provider, meter_provider=self.meter_provider, error_messages=error_messages
        )

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that ended, in that order, without those of the test itself."""
        return [span for span in self._exporter.get_finished_spans() if span.name != "test"]

    def span(self, operation: str) -> ReadableSpan:
        """The one span of the calls of this name."""
        (span,) = [span for span in self.spans if span.name.partition(" ")[0] == operation]
        return span

    def points(self, metric: str) -> list[Point]:
        """What a metric has now: the attributes of each point, and the point."""
        return [
            (dict(point.attributes), point)
            for each in self._metrics()
            if each.name == metric
            for point in each.data.data_points
        ]

    def _metrics(self) -> Iterator[Any]:
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                yield from scope.metrics

    def everything(self) -> str:
        """All that was told, as text."""
        data = self._reader.get_metrics_data()
        return json.dumps([span.to_json() for span in self.spans]) + (data.to_json() if data is not None else "")


@contextmanager
def instrumented(sampler: Sampler | None = None, *, error_messages: bool = False) -> Iterator[Telemetry]:
    """Clients tell of their calls until the end of the block."""
    telemetry = Telemetry(sampler)
    telemetry.instrument(error_messages=error_messages)
    try:
        yield telemetry
    finally:
        otel.uninstrument()
        telemetry.tracer_provider.shutdown()
        telemetry.meter_provider.shutdown()
