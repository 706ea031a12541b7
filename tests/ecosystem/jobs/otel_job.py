"""OpenTelemetry's instrumentation of pymilvus: the spans of some calls, and what they say."""

from opentelemetry import trace
from opentelemetry.instrumentation.milvus import MilvusInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
MilvusInstrumentor().instrument()

from pymilvus import MilvusClient  # noqa: E402 - as programs do: after the instrumentation

client = MilvusClient("./otel.db")
client.create_collection("books", dimension=2)
client.insert("books", [{"id": 1, "vector": [1.0, 0.0]}, {"id": 2, "vector": [0.0, 1.0]}])
client.search("books", [[1.0, 0.1]], limit=1)
client.query("books", "id > 0")
client.get("books", [1])
client.upsert("books", {"id": 1, "vector": [0.5, 0.5]})
client.delete("books", ids=[1])
try:
    client.query("nothing", "id > 0")
except Exception as error:  # noqa: BLE001 - which class it is, is printed
    print(type(error).__mro__[-4].__name__)
for span in exporter.get_finished_spans():
    print(span.name, span.status.status_code.name, sorted(span.attributes))
