"""Watchers of calls: what they are told, that they cannot break a call, and that nobody pays for none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

import grpc
import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.runtime import instrumentation
from milvusclient.runtime.instrumentation import ObservedCall
from tests.support.notes import Notes
from tests.support.scripted import ScriptedServer

MESSAGE_ID = {"id": "m0", "wal_name": "Pulsar"}


class Failing:
    """Cannot do anything."""

    def call_started(self, call: ObservedCall) -> object:
        return call.operation

    def call_retried(self, call: ObservedCall, token: object) -> None:
        raise LookupError(f"repeated {call.operation}, {token}")

    def call_ended(self, call: ObservedCall, token: object) -> None:
        raise LookupError(f"ended {call.operation}, {token}")


class FailingAtOnce(Failing):
    """Fails already when a call begins."""

    def call_started(self, call: ObservedCall) -> object:
        raise LookupError(f"began {call.operation}")


@pytest.fixture
def notes() -> Iterator[Notes]:
    """A observer, until the end of the test."""
    observer = Notes()
    instrumentation.add_observer(observer)
    yield observer
    instrumentation.remove_observer(observer)


@pytest.fixture
def failing() -> Iterator[None]:
    """Watchers that fail, until the end of the test."""
    observers = [FailingAtOnce(), Failing()]
    for observer in observers:
        instrumentation.add_observer(observer)
    yield
    for observer in observers:
        instrumentation.remove_observer(observer)


def test_a_observer_is_told_of_a_call_and_sends_headers(scripted_server: ScriptedServer, notes: Notes) -> None:
    client = MilvusClient(scripted_server.uri, db_name="shop")
    scripted_server.on("Insert").rate_limit()
    client.insert("c", [{"id": 1, "vector": [0.1] * 4}] * 2)

    call = notes.ended_calls[-1]
    began = len(notes.steps) - 2
    assert notes.steps[-3:] == ["began", f"repeated {began}: {call.causes[0]}", f"ended {began}"]
    assert call.causes[0].startswith("code 8: ")
    assert (call.operation, call.collection, call.database, call.batch) == ("Insert", "c", "shop", 2)
    assert f"{call.host}:{call.port}" == call.address == scripted_server.address
    assert (call.attempts, call.status, call.error) == (2, 0, None)
    assert call.bytes_sent > 0
    assert call.bytes_received > 0
    assert [received.headers["x-note"] for received in scripted_server.calls("Insert")] == ["insert"] * 2


def test_a_observer_is_told_of_a_stream(scripted_server: ScriptedServer, notes: Notes) -> None:
    client = MilvusClient(scripted_server.uri)
    found = [message for message in client.dump_messages("p0", MESSAGE_ID)]

    call = notes.ended_calls[-1]
    assert len(found) == 2
    assert (call.operation, call.attempts, call.error) == ("DumpMessages", 1, None)
    assert call.bytes_received > 2 * len(b"payload0")
    assert scripted_server.calls("DumpMessages")[0].headers["x-note"] == "dumpmessages"


def test_a_stream_is_not_slow_because_its_reader_is(
    scripted_server: ScriptedServer, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri, slow_call_threshold=0)
    for _ in client.dump_messages("p0", MESSAGE_ID):
        pass
    assert "slow call: DumpMessages" not in caplog.text


def test_a_failing_observer_breaks_no_call(
    scripted_server: ScriptedServer, failing: None, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)

    assert client.list_collections() is not None
    for _ in client.dump_messages("p0", MESSAGE_ID):
        pass

    assert [call.operation for call in notes.ended_calls] == ["ShowCollections", "DumpMessages"], "others go on"
    for step in ("began", "repeated", "ended"):
        assert f"LookupError: {step}" in caplog.text


def test_calls_that_nobody_watches_cost_nothing(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    made: list[str] = []

    def profile(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_globals.get("__name__", "").startswith(
            ("milvusclient.runtime.instrumentation", "milvusclient.otel", "opentelemetry")
        ):
            made.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        client.list_collections()
        for _ in client.dump_messages("p0", MESSAGE_ID):
            pass
    finally:
        sys.setprofile(before)

    assert instrumentation.observers == []
    assert made == []
