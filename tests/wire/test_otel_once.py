"""OpenTelemetry: turning it on and off, and what only one of the two clients, or only a process, can show."""

from __future__ import annotations

import asyncio
import doctest
import os
from collections.abc import Iterator

import pytest
from opentelemetry import trace

from milvusclient import AsyncMilvusClient, MilvusClient, otel
from milvusclient.exceptions import ParamError
from milvusclient.runtime import instrumentation
from tests.support.forks import in_child, run_program
from tests.support.scripted import ScriptedServer
from tests.support.telemetry import Telemetry, instrumented


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """Clients tell of their calls until the end of the test."""
    with instrumented() as told:
        yield told


# --- on and off ------------------------------------------------------------------------------------------------------
def test_twice_is_an_error(telemetry: Telemetry) -> None:
    with pytest.raises(ParamError, match=r"already instrumented; call uninstrument\(\) first"):
        otel.instrument()
    assert len(instrumentation.observers) == 1


def test_afterwards_nothing_is_told(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    spans = len(telemetry.spans)
    otel.uninstrument()
    otel.uninstrument()
    client.list_collections()

    assert len(telemetry.spans) == spans > 0
    assert telemetry.points("milvusclient.connection.count") == []
    assert scripted_server.calls("ShowCollections")[-1].headers["client-request-id"] == ""
    assert "traceparent" not in scripted_server.calls("ShowCollections")[-1].headers


def test_it_can_be_turned_on_again(
    scripted_server: ScriptedServer, telemetry: Telemetry, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri)
    for _ in range(3):
        otel.uninstrument()
        telemetry.instrument()
    client.list_collections()

    assert telemetry.span("ShowCollections").name == "ShowCollections default"
    assert len(telemetry.points("milvusclient.connection.count")) == 1
    (point,) = telemetry.points("db.client.operation.duration")
    assert point[1].count == 1
    assert caplog.text == ""


def test_with_other_providers_the_former_get_nothing(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = MilvusClient(scripted_server.uri)
    otel.uninstrument()
    with instrumented() as other:
        client.list_collections()
        assert telemetry.points("milvusclient.connection.count") == []
        assert other.points("milvusclient.connection.count") != []
    assert telemetry.spans == []
    assert len(other.spans) == 1


def test_without_the_sdk_nothing_is_added_to_a_request(scripted_server: ScriptedServer) -> None:
    otel.instrument()
    try:
        MilvusClient(scripted_server.uri).list_collections()
    finally:
        otel.uninstrument()
    headers = scripted_server.calls("ShowCollections")[0].headers
    assert headers["client-request-id"] == ""
    assert "traceparent" not in headers


def test_global_providers_may_be_set_later(scripted_server: ScriptedServer) -> None:
    """In a process of its own, since they can be set only once."""
    program = """
import sys
from milvusclient import MilvusClient, otel
otel.instrument()
from opentelemetry import metrics, trace
from tests.support.telemetry import Telemetry
telemetry = Telemetry()
trace.set_tracer_provider(telemetry.tracer_provider)
metrics.set_meter_provider(telemetry.meter_provider)
with MilvusClient(sys.argv[1]) as client:
    client.list_collections()
    otel.uninstrument()
    otel.instrument()
    client.list_collections()
    print([span.name for span in telemetry.spans], len(telemetry.points("milvusclient.connection.count")))
"""
    printed = run_program(program, scripted_server.uri)
    assert printed.strip() == "['ShowCollections default', 'ShowCollections default'] 1"


def test_headers_of_grpc_itself_are_left_to_it() -> None:
    """The scripted server does not see them, and a timeout that a propagator made up would be one."""
    assert otel._carried({"grpc-timeout": "1S", "GRPC-Trace-Bin": "x", "traceparent": "00"}) == (("traceparent", "00"),)


# --- the package -----------------------------------------------------------------------------------------------------
def test_without_the_package_an_error_names_the_extra() -> None:
    program = """
import sys
sys.modules["opentelemetry"] = None
from milvusclient import otel
from milvusclient.exceptions import ParamError
otel.uninstrument()
try:
    otel.instrument()
except ParamError as error:
    print(error.message)
"""
    assert "pip install 'milvusclient[otel]'" in run_program(program)


def test_the_examples_run() -> None:
    assert doctest.testmod(otel) == doctest.TestResults(failed=0, attempted=5)
    assert instrumentation.observers == []


# --- asyncio ---------------------------------------------------------------------------------------------------------
async def test_a_call_that_is_cancelled(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client.list_databases()
        scripted_server.on("ShowCollections").never_answer()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.list_collections()
    span = telemetry.span("ShowCollections")
    assert (span.attributes or {})["error.type"] == "asyncio.exceptions.CancelledError"
    assert span.status.status_code is trace.StatusCode.ERROR


async def test_gathered_calls_are_children_of_the_task_that_gathers(
    scripted_server: ScriptedServer, telemetry: Telemetry
) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client.list_databases()
        with telemetry.tracer.start_as_current_span("test") as parent:
            await asyncio.gather(*(client.list_collections() for _ in range(8)))
    parents = [span.parent for span in telemetry.spans if span.name.startswith("ShowCollections")]
    assert parents == [parent.get_span_context()] * 8


async def test_a_coroutine_that_nobody_finishes_harms_no_context(
    scripted_server: ScriptedServer, telemetry: Telemetry, caplog: pytest.LogCaptureFixture
) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        await client.list_databases()
        scripted_server.on("ShowCollections").never_answer()
        call = client.list_collections()
        await asyncio.create_task(_first_step(call))
        with telemetry.tracer.start_as_current_span("test") as parent:
            call.close()
            assert trace.get_current_span() is parent
    assert caplog.text == ""


async def _first_step(call: object) -> None:
    call.send(None)  # type: ignore[attr-defined]  # a coroutine, which is typed as what can be awaited


# --- streams ---------------------------------------------------------------------------------------------------------
def test_a_stream_that_nobody_reads_to_its_end_is_no_failure(
    scripted_server: ScriptedServer, telemetry: Telemetry
) -> None:
    client = MilvusClient(scripted_server.uri)
    messages = client.dump_messages("p0", {"id": "m0", "wal_name": "Pulsar"})
    next(messages)
    del messages
    span = telemetry.span("DumpMessages")
    assert span.status.status_code is trace.StatusCode.UNSET
    assert "error.type" not in (span.attributes or {})


# --- processes -------------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork() is of Unix")
def test_a_child_goes_on_telling(scripted_server: ScriptedServer, telemetry: Telemetry) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    with telemetry.tracer.start_as_current_span("test") as parent:

        def child() -> None:
            client.list_collections()
            inherited, own = telemetry.spans
            assert own.parent == parent.get_span_context()
            assert own.context is not None
            assert inherited.context is not None
            assert own.context.trace_id != inherited.context.trace_id
            otel.uninstrument()
            telemetry.instrument()

        assert in_child(child) == 0
    assert len(telemetry.spans) == 1
    assert len({call.headers["traceparent"] for call in scripted_server.calls("ShowCollections")}) == 2
