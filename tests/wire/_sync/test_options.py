"""``with_options``: a clone of a client whose calls have other settings, on the same connection."""

from __future__ import annotations

import pickle
import time
import uuid
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import (
    ConnectionNotExistException,
    DeadlineExceededError,
    MilvusUnavailableException,
    ParamError,
    WaitTimeoutError,
)
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer


def test_a_clone_shares_the_connection(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()

    clone = client.with_options(timeout=5)
    clone.list_collections()

    assert type(clone) is MilvusClient
    assert (clone.alias, scripted_server.connections) == (client.alias, 1)
    assert len(scripted_server.calls("Connect")) == 1


def test_its_timeout_is_for_operations_that_have_none(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    clone = client.with_options(timeout=30)

    client.list_collections()
    clone.list_collections()
    clone.list_collections(timeout=7)

    unlimited, default, own = (call.deadline for call in scripted_server.calls("ShowCollections"))
    assert unlimited is None
    assert default is not None and 7 < default <= 31  # noqa: PT018 - gRPC rounds up
    assert own is not None and own <= 8  # noqa: PT018


def test_its_timeout_bounds_an_operation_of_many_calls(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri).with_options(timeout=2)
    scripted_server.on("GetLoadingProgress").then({"progress": 10}).forever()

    started = time.monotonic()
    with pytest.raises((WaitTimeoutError, DeadlineExceededError)):
        client.load_collection("c")

    assert time.monotonic() - started < PROMPT
    assert len(scripted_server.calls("GetLoadingProgress")) > 1


def test_its_request_id_rides_on_calls_that_have_none(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    trace = uuid.uuid4().hex
    clone = client.with_options(request_id=trace)

    clone.query("c", ids=[1])
    clone.query("c", ids=[1], client_request_id="own")
    client.query("c", ids=[1])

    assert [call.headers["client-request-id"] for call in scripted_server.calls("Query")] == [trace, "own", ""]
    assert scripted_server.calls("DescribeCollection")[0].headers["client-request-id"] == trace


def test_an_error_tells_its_request_id(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri).with_options(request_id="abc", retry=RetryPolicy(max_retries=0))
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE)

    with pytest.raises(MilvusUnavailableException) as raised:
        client.list_collections()

    assert raised.value.request_id == "abc"


def test_its_retry_policy_is_its_own(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE).then().fail(grpc.StatusCode.UNAVAILABLE)

    client.list_collections()
    with pytest.raises(MilvusUnavailableException) as raised:
        client.with_options(retry=RetryPolicy(max_retries=0)).list_collections()

    assert raised.value.attempts == 1


def test_options_add_up_and_none_takes_one_back(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri).with_options(timeout=20)

    client.with_options(request_id="both").list_collections()
    client.with_options(timeout=None).list_collections()

    both, unlimited = scripted_server.calls("ShowCollections")
    assert (both.headers["client-request-id"], both.deadline is None) == ("both", False)
    assert (unlimited.headers["client-request-id"], unlimited.deadline) == ("", None)


def test_sessions_iterators_and_pickles_keep_the_options(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri).with_options(timeout=20, request_id="kept")

    with client.session("cluster-1") as session:
        session.query("c", ids=[1])
    pickle.loads(pickle.dumps(client)).list_collections()

    for call in (*scripted_server.calls("Query"), *scripted_server.calls("ShowCollections")):
        assert (call.headers["client-request-id"], call.deadline is None) == ("kept", False)


def test_another_database_is_for_the_one_that_moves(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    clone = client.with_options(request_id="moved")

    clone.use_database("books")
    clone.list_collections()
    client.list_collections()

    moved, stayed = scripted_server.calls("ShowCollections")
    assert (moved.headers["dbname"], moved.headers["client-request-id"]) == ("books", "moved")
    assert (stayed.headers["dbname"], stayed.headers["client-request-id"]) == ("", "")


def test_closing_either_closes_both(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    clone = client.with_options(timeout=5)
    clone.list_collections()

    clone.close()

    for each in (client, clone):
        with pytest.raises(ConnectionNotExistException):
            each.list_collections()


def test_a_setting_that_cannot_be_is_refused(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)

    with pytest.raises(ParamError, match="timeout must be above 0"):
        client.with_options(timeout=-1)
    with pytest.raises(ParamError, match="request_id must consist of printable ASCII"):
        client.with_options(request_id="grüße")
    with pytest.raises(ParamError, match="slow_call_threshold must be a number of seconds"):
        client.with_options(slow_call_threshold=-0.5)
    with pytest.raises(ParamError, match="slow_call_threshold must be a number of seconds"):
        MilvusClient(scripted_server.uri, slow_call_threshold=True)
    with pytest.raises(ParamError, match="retry must be a RetryPolicy such as .*, got 3"):
        MilvusClient(scripted_server.uri, retry=3)  # type: ignore[arg-type]  # a number of retries is not meant
    with pytest.raises(TypeError, match="slow_call_threshold"):
        client.with_options(slow_call_treshold=1)  # type: ignore[call-arg]  # misspelt
    assert scripted_server.calls("ShowCollections") == []


@pytest.mark.parametrize("options", [{"retry_times": -1}, {"retry_times": "2"}, {"retry_on_rate_limit": 1}])
def test_how_a_call_is_retried_is_checked_before_it_is_sent(
    scripted_server: ScriptedServer, options: dict[str, Any]
) -> None:
    client = MilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match=next(iter(options))):
        client.query("c", ids=[1], **options)
    assert not scripted_server.calls("Query")
