"""What OpenTelemetry is told of calls, and what goes to the server with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from opentelemetry import baggage, context, propagate, trace
from opentelemetry.propagators.textmap import TextMapPropagator, default_setter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler, SamplingResult
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, TraceFlags, TraceState

from milvusclient import AnnSearchRequest, RetryPolicy, RRFRanker
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import (
    ConnectionNotExistException,
    DeadlineExceededError,
    MilvusException,
    MilvusUnavailableException,
)
from tests.support.scripted import ScriptedServer
from tests.support.telemetry import Telemetry, instrumented
from tests.support.together import Together

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}
VECTOR = [0.1, 0.2, 0.3, 0.4]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """Clients tell of their calls until the end of the test."""
    with instrumented() as told:
        yield told


def opened(server: ScriptedServer, *, retry: RetryPolicy | None = None) -> MilvusClient:
    """A client whose connection is open."""
    client = MilvusClient(server.uri, db_name="shop", retry=retry)
    client.list_databases()
    return client


def trace_id(server: ScriptedServer, rpc: str) -> str:
    """The trace id in the header of the last call."""
    return server.calls(rpc)[-1].headers["traceparent"].split("-")[1]


# --- one span for each call ------------------------------------------------------------------------------------------
def test_a_span_says_what_was_called_and_where(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    client.query("c", ids=[1])

    span = telemetry.span("Query")
    host, port = scripted_server.address.split(":")
    assert span.name == "Query c"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes == {
        "db.system.name": "milvus",
        "db.operation.name": "Query",
        "db.namespace": "shop",
        "db.collection.name": "c",
        "server.address": host,
        "server.port": int(port),
        "milvusclient.request_id": trace_id(scripted_server, "Query"),
    }
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "milvusclient"


def test_a_call_about_no_collection_is_named_after_the_database(
    scripted_server: ScriptedServer, telemetry: Telemetry
) -> None:
    client = opened(scripted_server)
    client.list_collections()
    client.use_database("library")
    client.list_collections()
    MilvusClient(scripted_server.uri, alias="other").list_collections()

    client.create_database("archive")

    assert telemetry.span("CreateDatabase").name == "CreateDatabase archive"
    listed = [span for span in telemetry.spans if span.name.startswith("ShowCollections")]
    assert [span.name for span in listed] == [f"ShowCollections {name}" for name in ("shop", "library", "default")]
    assert [span.attributes["db.namespace"] for span in listed if span.attributes] == ["shop", "library", "default"]
    assert not any("db.collection.name" in (span.attributes or {}) for span in listed)


def test_how_much_it_is_at_once(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    client.insert("c", [ROW, {**ROW, "id": 2}, {**ROW, "id": 3}])
    client.upsert("c", ROW)
    client.search("c", [VECTOR, VECTOR], limit=1)
    parts = [AnnSearchRequest([VECTOR] * 4, "vector", {}, limit=1) for _ in range(2)]
    client.hybrid_search("c", parts, RRFRanker(), limit=1)

    batches = {span.name: (span.attributes or {}).get("db.operation.batch.size") for span in telemetry.spans}
    assert batches["Insert c"] == 3
    assert batches["Upsert c"] is None, "a batch of one is none"
    assert batches["Search c"] == 2
    assert batches["HybridSearch c"] == 4


class Remembering(Sampler):
    """Samples all, and remembers what it could decide by."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, Any]] = {}

    def should_sample(self, parent_context: Any, trace_id: int, name: str, *more: Any, **named: Any) -> SamplingResult:
        attributes = named.get("attributes") or (more[1] if len(more) > 1 else None)
        self.seen[name] = dict(attributes or {})
        return ALWAYS_ON.should_sample(parent_context, trace_id, name, *more, **named)

    def get_description(self) -> str:
        return "Remembering"


def test_a_sampler_knows_what_the_convention_wants_it_to_know(scripted_server: ScriptedServer) -> None:
    sampler = Remembering()
    with instrumented(sampler):
        (opened(scripted_server)).query("c", ids=[1])
    assert set(sampler.seen["Query c"]) == {
        "db.system.name", "db.operation.name", "db.namespace", "db.collection.name", "server.address", "server.port",
    }  # fmt: skip


def test_a_span_is_a_child_of_what_is_current(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    with telemetry.tracer.start_as_current_span("test") as parent:
        client.query("c", ids=[1])
        assert trace.get_current_span() is parent, "what was current is current again"
    span = telemetry.span("Query")
    assert span.parent == parent.get_span_context()
    assert trace_id(scripted_server, "Query") == trace.format_trace_id(parent.get_span_context().trace_id)


def test_many_at_once_have_the_right_parents(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").then(delay=0.05).forever()

    def work() -> SpanContext:
        with telemetry.tracer.start_as_current_span("test") as parent:
            client.list_collections()
            assert trace.get_current_span() is parent
            return parent.get_span_context()

    parents = Together.run(work, 12)

    listed = [span.parent for span in telemetry.spans if span.name.startswith("ShowCollections")]
    assert {parent.span_id for parent in listed if parent} == {parent.span_id for parent in parents}
    assert len(listed) == len({parent.span_id for parent in parents}) == 12


def test_a_span_is_current_while_its_call_is_under_way(
    scripted_server: ScriptedServer, telemetry: Telemetry
) -> None:
    """So that spans of what is below, such as those of gRPC, are its children."""
    seen = []

    def ask() -> str:
        seen.append(trace.get_current_span().get_span_context())
        return "root:Milvus"

    client = MilvusClient(scripted_server.uri, token=ask)
    client.list_databases()
    client.list_collections()
    assert seen[-1] == telemetry.span("ShowCollections").context


# --- failures --------------------------------------------------------------------------------------------------------
def test_a_refusal_of_the_server(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("Query").status(1100, "cannot parse expression: name == 'Dune'")
    with pytest.raises(MilvusException) as raised:
        client.query("c", "name == 'Dune'")

    span = telemetry.span("Query")
    assert span.attributes is not None
    assert span.attributes["db.response.status_code"] == "1100"
    assert span.attributes["error.type"] == "1100"
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "Milvus refused the request with code 1100"
    assert raised.value.request_id == trace_id(scripted_server, "Query")
    assert not span.events
    assert "Dune" not in telemetry.everything()


def test_an_old_server_says_it_in_another_field(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("DropCollection").status(0, "no", error_code="IllegalArgument")
    with pytest.raises(MilvusException):
        client.drop_collection("c")
    attributes = telemetry.span("DropCollection").attributes or {}
    assert attributes["db.response.status_code"] == attributes["error.type"] == "5"


def test_the_words_of_the_server_on_request(scripted_server: ScriptedServer) -> None:
    with instrumented(error_messages=True) as telemetry:
        client = opened(scripted_server)
        scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE, "no proxy").status(1100, "no such field: age")
        with pytest.raises(MilvusException):
            client.query("c", "age > 3")

    span = telemetry.span("Query")
    assert span.status.description == "no such field: age"
    (event,) = span.events
    assert event.attributes == {"milvusclient.retry.cause": "UNAVAILABLE: no proxy"}


def test_a_deadline_that_passes(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer()
    with pytest.raises(DeadlineExceededError):
        client.list_collections(timeout=0.2)

    span = telemetry.span("ShowCollections")
    assert span.attributes is not None
    assert span.attributes["error.type"] == "DEADLINE_EXCEEDED"
    assert "db.response.status_code" not in span.attributes
    assert span.status.description == (
        f"ShowCollections at {scripted_server.address}: the deadline of 0.2 s passed before the server answered"
    )


def test_a_server_that_is_away(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server, retry=RetryPolicy(max_retries=0))
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE, "words of a stranger")
    with pytest.raises(MilvusUnavailableException):
        client.list_collections()
    span = telemetry.span("ShowCollections")
    assert (span.attributes or {})["error.type"] == "UNAVAILABLE"
    assert span.status.description == f"ShowCollections at {scripted_server.address}: the server did not answer"


def test_an_alias_that_is_closed(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    client.close()
    with pytest.raises(ConnectionNotExistException):
        client.list_collections()
    span = telemetry.span("ShowCollections")
    assert (span.attributes or {})["error.type"] == "milvusclient.exceptions.ConnectionNotExistException"
    assert "is not connected" in (span.status.description or "")


# --- attempts --------------------------------------------------------------------------------------------------------
def test_attempts_are_events_of_one_span(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE, "name == 'Dune'").rate_limit()
    client.query("c", ids=[1])

    span = telemetry.span("Query")
    assert [(event.name, dict(event.attributes or {})) for event in span.events] == [
        ("milvusclient.retry", {"milvusclient.retry.cause": "UNAVAILABLE"}),
        ("milvusclient.retry", {"milvusclient.retry.cause": "code 8"}),
    ]
    assert (span.attributes or {})["milvusclient.attempts"] == 3
    assert span.status.status_code is StatusCode.UNSET
    assert len({call.headers["traceparent"] for call in scripted_server.calls("Query")}) == 1


# --- what goes to the server -----------------------------------------------------------------------------------------
def test_the_context_goes_along(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    state = TraceState([("vendor", "t61rcWkgMzE")])
    remote = SpanContext(0xAF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, True, TraceFlags(1), state)
    outer = trace.set_span_in_context(trace.NonRecordingSpan(remote), baggage.set_baggage("tenant", "grüße, ok"))
    token = context.attach(outer)
    try:
        client.query("c", ids=[1])
    finally:
        context.detach(token)

    headers = scripted_server.calls("Query")[0].headers
    span = telemetry.span("Query").context
    assert span is not None
    assert headers["traceparent"] == f"00-0af7651916cd43dd8448eb211c80319c-{trace.format_span_id(span.span_id)}-01"
    assert headers["tracestate"] == "vendor=t61rcWkgMzE"
    assert headers["baggage"] == "tenant=gr%C3%BC%C3%9Fe%2C+ok"
    assert headers["client-request-id"] == "0af7651916cd43dd8448eb211c80319c"


def test_a_request_id_that_is_given_stays(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    client.query("c", ids=[1], client_request_id="mine")
    client.with_options(request_id="ours").query("c", ids=[1])
    client.query("c", ids=[1])

    mine, ours, none = (call.headers for call in scripted_server.calls("Query"))
    assert (mine["client-request-id"], ours["client-request-id"]) == ("mine", "ours")
    assert none["client-request-id"] == none["traceparent"].split("-")[1]
    told = [
        span.attributes["milvusclient.request_id"]
        for span in telemetry.spans
        if span.name == "Query c" and span.attributes
    ]
    assert told == ["mine", "ours", none["client-request-id"]]


def test_what_is_not_sampled_gives_no_request_id(scripted_server: ScriptedServer) -> None:
    with instrumented(ALWAYS_OFF) as telemetry:
        (opened(scripted_server)).query("c", ids=[1])
    headers = scripted_server.calls("Query")[0].headers
    assert headers["client-request-id"] == ""
    assert int(headers["traceparent"].split("-")[3], 16) & TraceFlags.SAMPLED == 0, "the server need not trace it"
    assert telemetry.spans == []
    assert telemetry.points("db.client.operation.duration") != []


class Propagator(TextMapPropagator):
    """Writes what it was made with."""

    def __init__(self, headers: dict[str, Any]) -> None:
        self._headers = headers

    def inject(self, carrier: Any, context: Any = None, setter: Any = default_setter) -> None:  # noqa: ARG002 - the shape of the base
        if not self._headers:
            raise LookupError("a broken propagator")
        for name, value in self._headers.items():
            setter.set(carrier, name, value)

    def extract(self, carrier: Any, context: Any = None, getter: Any = None) -> Any:
        raise NotImplementedError

    @property
    def fields(self) -> set[str]:
        return set(self._headers)


@pytest.fixture
def propagator(request: pytest.FixtureRequest) -> Iterator[None]:
    """Another global propagator."""
    before = propagate.get_global_textmap()
    propagate.set_global_textmap(Propagator(request.param))
    yield
    propagate.set_global_textmap(before)


@pytest.mark.parametrize(
    "propagator",
    [
        {
            "X-B3-TraceId": "80f198ee", "x-umlaut": "grüße", "x-lines": "a\r\nb", "a b": "1", "": "1",
            "x-data-bin": "x", "grpc-trace": "1", "Authorization": "Basic 123", "dbname": "other",
            "client-request-id": "other", "n": 5,
        }
    ],
    indirect=True,
)  # fmt: skip
def test_what_grpc_cannot_carry_is_left_out(
    scripted_server: ScriptedServer, telemetry: Telemetry, propagator: None
) -> None:
    client = opened(scripted_server)
    client.query("c", ids=[1])
    headers = scripted_server.calls("Query")[0].headers
    assert headers["x-b3-traceid"] == "80f198ee"
    assert set(headers) == {"x-b3-traceid", "client-request-id", "client-request-unixmsec", "dbname", "identifier"}
    assert headers["dbname"] == "shop"
    assert re.fullmatch("[0-9a-f]{32}", headers["client-request-id"])


@pytest.mark.parametrize("propagator", [{}], indirect=True)
def test_a_broken_propagator_breaks_neither_the_call_nor_its_span(
    scripted_server: ScriptedServer, telemetry: Telemetry, propagator: None, caplog: pytest.LogCaptureFixture
) -> None:
    client = opened(scripted_server)
    client.query("c", ids=[1])
    assert telemetry.span("Query").status.status_code is StatusCode.UNSET
    assert "the propagator of OpenTelemetry failed" in caplog.text


# --- metrics ---------------------------------------------------------------------------------------------------------
def test_durations(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    scripted_server.on("Query").then(delay=0.2).fail(grpc.StatusCode.UNAVAILABLE).then().status(1100)
    for _ in range(2):
        client.query("c", ids=[1])
    with pytest.raises(MilvusException):
        client.query("c", ids=[1])

    points = telemetry.points("db.client.operation.duration")
    good, bad = (point for point in points if point[0]["db.operation.name"] == "Query")
    host, port = scripted_server.address.split(":")
    common = {
        "db.system.name": "milvus", "db.operation.name": "Query", "db.namespace": "shop", "db.collection.name": "c",
        "server.address": host, "server.port": int(port),
    }  # fmt: skip
    assert good[0] == common
    assert bad[0] == {**common, "db.response.status_code": "1100", "error.type": "1100"}
    assert (good[1].count, bad[1].count) == (2, 1), "calls, not attempts"
    assert good[1].explicit_bounds == (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
    assert good[1].sum > 0.2


def test_open_connections(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = MilvusClient(scripted_server.uri, alias="watched")
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)
    client.list_collections()
    info = client.connection_info()

    host, port = scripted_server.address.split(":")
    place = {
        "db.system.name": "milvus", "db.namespace": "default", "milvusclient.alias": "watched",
        "server.address": host, "server.port": int(port),
    }  # fmt: skip

    def told(metric: str) -> list[tuple[dict[str, Any], int]]:
        points = telemetry.points(f"milvusclient.{metric}")
        return [(dict(names), point.value) for names, point in points if names["milvusclient.alias"] == "watched"]

    assert told("connection.count") == [(place, 1)]
    assert told("request.retries") == [(place, 1)]
    assert told("request.active") == [(place, 0)]
    assert told("connection.io") == [
        ({**place, "network.io.direction": "transmit"}, info.bytes_sent),
        ({**place, "network.io.direction": "receive"}, info.bytes_received),
    ]
    assert info.bytes_received > 0
    client.close()
    assert told("connection.count") == []


# --- streams ---------------------------------------------------------------------------------------------------------
MESSAGE_ID = {"id": "m0", "wal_name": "Pulsar"}


def test_a_stream_is_one_span(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    with telemetry.tracer.start_as_current_span("test") as parent:
        for _ in client.dump_messages("p0", MESSAGE_ID):
            assert trace.get_current_span() is parent, "what is done between two messages is not a part of it"
    span = telemetry.span("DumpMessages")
    assert span.name == "DumpMessages shop"
    assert span.parent == parent.get_span_context()
    assert trace_id(scripted_server, "DumpMessages") == trace.format_trace_id(parent.get_span_context().trace_id)
    headers = scripted_server.calls("DumpMessages")[0].headers
    assert headers["client-request-id"] == trace_id(scripted_server, "DumpMessages")


def test_a_stream_that_ends_badly(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = opened(scripted_server)
    with pytest.raises(MilvusException) as raised:
        for _ in client.dump_messages("bad", MESSAGE_ID):
            pass
    span = telemetry.span("DumpMessages")
    assert (span.attributes or {})["error.type"] == "65535"
    assert raised.value.request_id == trace_id(scripted_server, "DumpMessages")


# --- secrets ---------------------------------------------------------------------------------------------------------
PASSWORD = "hunter2/ouvre@toi"
NEW_PASSWORD = "swordfish and more"
KEY = "db_1234567890abcdef-topsecret"


def _with_secrets(server: ScriptedServer) -> Sequence[MilvusClient]:
    """Calls with credentials of every kind, some of which fail."""
    server.on("CreateCredential").status(1100, f"invalid password {NEW_PASSWORD}")
    server.on("Query").fail(grpc.StatusCode.UNAVAILABLE, KEY).fail(grpc.StatusCode.INVALID_ARGUMENT, PASSWORD)
    clients = [
        MilvusClient(f"http://bob:{quote(PASSWORD, safe='')}@{server.address}"),
        MilvusClient(server.uri, user="bob", password=PASSWORD, db_name="shop"),
        MilvusClient(server.uri, token=KEY),
        MilvusClient(server.uri, token=lambda: KEY),
    ]
    for client in clients:
        client.insert("c", {"id": 77777, "vector": [0.125] * 4})
        client.search("c", [[0.375] * 4], filter="name == 'Dune'", limit=1)
    with pytest.raises(MilvusException):
        clients[0].create_user("evelyn", NEW_PASSWORD)
    with pytest.raises(MilvusException):
        clients[1].query("c", "name == 'Dune'")
    return clients


def test_neither_secrets_nor_data_are_told(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    clients = _with_secrets(scripted_server)
    told = telemetry.everything()
    assert len(telemetry.spans) >= 10
    assert clients[0].alias in told, "the text is complete"
    for secret in (PASSWORD, quote(PASSWORD, safe=""), NEW_PASSWORD, KEY, "Dune", "77777", "0.125", "0.375", "evelyn"):
        assert secret not in told, secret
    for call in scripted_server.requests:
        credentials = call.headers.get("authorization", "")
        assert credentials
        assert credentials not in told
