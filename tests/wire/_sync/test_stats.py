"""Seeing what connections do: figures by alias and by kind of request, and calls that are slow."""

from __future__ import annotations

import logging

import grpc
import pytest

from milvusclient import RetryPolicy, connections
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import MilvusException, MilvusUnavailableException, UnimplementedError
from tests.support.scripted import ScriptedServer
from tests.support.together import Running, Together


# --- figures ---------------------------------------------------------------------------------------------------------
def test_every_kind_of_request_has_its_figures(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, retry=RetryPolicy(max_retries=0))
    scripted_server.on("ShowCollections").then(delay=0.2).then().fail(grpc.StatusCode.UNAVAILABLE)
    scripted_server.on("DropCollection").status(65535, "no")

    client.list_collections()
    client.list_collections()
    with pytest.raises(MilvusUnavailableException):
        client.list_collections()
    with pytest.raises(MilvusException, match="no"):
        client.drop_collection("c")

    info = client.connection_info()
    listing, dropping = info.operations["ShowCollections"], info.operations["DropCollection"]
    assert sorted(info.operations) == ["DropCollection", "ShowCollections"]
    assert (listing.calls, listing.errors, dropping.calls, dropping.errors) == (3, 1, 1, 1)
    assert (info.calls, info.errors) == (4, 2)
    assert listing.p50 is not None
    assert listing.p99 is not None
    assert listing.p50 <= listing.p99 <= listing.longest
    assert listing.p99 >= 0.19, "the slowest of three"
    assert listing.seconds > 0.2


def test_a_call_that_an_older_server_lacks_is_an_error_only_if_it_was_asked_for(
    scripted_server: ScriptedServer,
) -> None:
    client = MilvusClient(scripted_server.uri)
    for call in ("AllocTimestamp", "DescribeDatabase"):
        scripted_server.on(call).fail(grpc.StatusCode.UNIMPLEMENTED, "unknown method").forever()
    indexes = client.prepare_index_params("v", "FLAT", metric_type="L2")

    client.create_index("c", indexes)
    client.use_database("default")
    info = client.connection_info()
    assert (info.operations["AllocTimestamp"].calls, info.operations["DescribeDatabase"].calls) == (1, 1)
    assert (info.errors, info.operations["AllocTimestamp"].errors) == (0, 0)

    with pytest.raises(UnimplementedError):
        client.describe_database("default")
    info = client.connection_info()
    assert (info.errors, info.operations["DescribeDatabase"].errors) == (1, 1)


def test_repeated_requests_are_counted_one_by_one(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).then()

    client.list_collections()

    info = client.connection_info()
    assert (info.operations["ShowCollections"].calls, info.retries, info.errors) == (2, 1, 1)


def test_a_request_without_its_reply_yet_is_in_flight(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    scripted_server.on("ShowCollections").never_answer()

    waiting = Running(client.list_collections)
    scripted_server_has(scripted_server, "ShowCollections", 2)
    info = client.connection_info()
    client.close()
    Together.failure(waiting)

    assert (info.in_flight, info.operations["ShowCollections"].calls) == (1, 1)


def scripted_server_has(server: ScriptedServer, rpc: str, count: int) -> None:
    """Until so many requests have arrived, without keeping an event loop from sending them."""
    from milvusclient.runtime.concurrency import in_thread

    in_thread(lambda: server.wait_for(rpc, count))


def test_stats_tell_of_every_open_alias(scripted_server: ScriptedServer) -> None:
    one = MilvusClient(scripted_server.uri, alias="stats-one")
    other = MilvusClient(scripted_server.uri, alias="stats-other", db_name="books")
    one.list_collections()
    other.list_collections()
    other.list_collections()

    stats = connections.stats()
    other.close()

    assert stats["stats-one"].calls == 1
    assert (stats["stats-other"].calls, stats["stats-other"].database) == (2, "books")
    assert stats["stats-other"].operations["ShowCollections"].calls == 2
    assert stats["stats-one"].address == scripted_server.address
    assert "stats-other" not in connections.stats()
    assert "stats-one" in connections.stats()
    one.close()


def test_a_new_connection_begins_at_nothing(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    client.close()

    info = MilvusClient(scripted_server.uri).connection_info()

    assert (info.calls, dict(info.operations)) == (0, {})


# --- slow calls ------------------------------------------------------------------------------------------------------
def slow_calls(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("slow call")]


def test_a_call_over_the_threshold_is_told_with_all_that_is_known(
    scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri, token="root:hush-hush", slow_call_threshold=0.1)
    scripted_server.on("DescribeCollection").then(delay=0.3)

    client.list_collections()
    client.with_options(request_id="trace-7").describe_collection("books")

    told = [record for record in caplog.records if record.getMessage().startswith("slow call")]
    (record,) = [record for record in told if "ShowCollections" not in record.getMessage()]  # if that was slow
    message = record.getMessage()
    assert (record.name, record.levelno) == ("milvusclient", logging.WARNING)
    assert message.startswith(f"slow call: DescribeCollection on 'books' at {scripted_server.address} took ")
    for part in ("more than 0.1 s", "answered", repr(client.alias), "'trace-7'", "attempts=1", "bytes sent"):
        assert part in message
    assert "hush-hush" not in message


def test_the_time_of_all_attempts_counts(
    scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri, slow_call_threshold=0.35)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE, "away", delay=0.2).then(delay=0.2)

    client.list_collections()

    (message,) = slow_calls(caplog)
    assert "attempts=2" in message
    assert "sent again because of: UNAVAILABLE: away" in message


def test_a_slow_failure_is_a_slow_call_and_not_logged_as_an_error(
    scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri, slow_call_threshold=0.1)
    client.list_collections()
    caplog.clear()  # on a busy machine it was slow, too
    scripted_server.on("ShowCollections").never_answer()

    with pytest.raises(MilvusException) as raised:
        client.list_collections(timeout=0.3)

    (message,) = slow_calls(caplog)
    assert f"DeadlineExceededError with code {raised.value.code}" in message
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_nothing_is_told_without_a_threshold_or_below_it(
    scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    scripted_server.on("ShowCollections").then(delay=0.05).forever()
    client = MilvusClient(scripted_server.uri)

    client.list_collections()
    client.with_options(slow_call_threshold=30).list_collections()
    assert slow_calls(caplog) == []

    client.with_options(slow_call_threshold=0).list_collections()
    assert len(slow_calls(caplog)) == 1
