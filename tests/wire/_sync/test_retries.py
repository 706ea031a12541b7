"""Which failures are answered by sending again, how often, and after which waits; seen from the server's end."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import MilvusException
from tests.support.scripted import ScriptedServer

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}
#: One call of each kind: a read, a write that may be done twice, and one that must not.
CALLS: dict[str, Callable[[MilvusClient], Any]] = {
    "Query": lambda client: client.query("c", ids=[1]),
    "Upsert": lambda client: client.upsert("c", ROW),
    "Delete": lambda client: client.delete("c", ids=[1]),
    "Insert": lambda client: client.insert("c", ROW),
}
REPEATED = {"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "ABORTED", "DATA_LOSS"}
#: What says nothing of whether the request was carried out.
UNCLEAR = {"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "DATA_LOSS", "DEADLINE_EXCEEDED"}
CODES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


def opened(server: ScriptedServer, retry: RetryPolicy | None = None) -> MilvusClient:
    """A client whose connection is open, and whose schema of "c" is known."""
    client = MilvusClient(server.uri, retry=retry)
    client._collection("c")
    return client


class Same:
    """Draws the same number each time."""

    def __init__(self, number: float) -> None:
        self._number = number

    def random(self) -> float:
        return self._number


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_codes_of_grpc(scripted_server: ScriptedServer, code: grpc.StatusCode) -> None:
    client = opened(scripted_server)
    for rpc, call in CALLS.items():
        scripted_server.on(rpc).fail(code)
        again = code.name in REPEATED and rpc != "Insert"
        if again:
            call(client)
        else:
            with pytest.raises(MilvusException) as raised:
                call(client)
            assert raised.value.ambiguous == (rpc != "Query" and code.name in UNCLEAR)
            assert ("ambiguous" in str(raised.value)) == raised.value.ambiguous
        assert len(scripted_server.calls(rpc)) == 1 + again, rpc


@pytest.mark.parametrize(
    ("failure", "sent"),
    [
        ({"code": 8, "error_code": "RateLimit"}, {"Query": 2, "Upsert": 2, "Delete": 2, "Insert": 2}),
        ({"code": 0, "error_code": "RateLimit"}, {"Query": 2, "Upsert": 2, "Delete": 2, "Insert": 2}),
        ({"code": 1, "retriable": True}, {"Query": 2, "Upsert": 2, "Delete": 2, "Insert": 1}),
        ({"code": 9, "error_code": "ForceDeny"}, {"Query": 1, "Upsert": 1, "Delete": 1, "Insert": 1}),
        ({"code": 1100}, {"Query": 1, "Upsert": 1, "Delete": 1, "Insert": 1}),
    ],
    ids=["rate limit", "rate limit of an old server", "marked as retriable", "denied", "bad parameter"],
)
def test_codes_of_milvus(scripted_server: ScriptedServer, failure: dict[str, Any], sent: dict[str, int]) -> None:
    client = opened(scripted_server)
    for rpc, call in CALLS.items():
        scripted_server.on(rpc).status(reason="the words of the server", **failure)
        if sent[rpc] == 2:
            call(client)
        else:
            with pytest.raises(MilvusException, match="the words of the server") as raised:
                call(client)
            assert not raised.value.ambiguous, "the server said what happened"
        assert len(scripted_server.calls(rpc)) == sent[rpc], rpc


def test_waits_grow_as_the_policy_says(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient._sync.core.caller._random", lambda: Same(1.0))
    client = opened(scripted_server, RetryPolicy(initial_backoff=0.05, multiplier=2, max_backoff=0.2))
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE).times(4)

    client.query("c", ids=[1])

    arrivals = [call.at for call in scripted_server.calls("Query")]
    waits = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    assert len(waits) == 4
    for wait, least in zip(waits, (0.05, 0.1, 0.2, 0.2), strict=True):
        assert least - 0.01 <= wait < least + 2


def test_waits_are_drawn_at_random(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full jitter: each wait is a random part of the longest one, so many clients do not return in step."""
    monkeypatch.setattr("milvusclient._sync.core.caller._random", lambda: Same(0.0))
    client = opened(scripted_server, RetryPolicy(initial_backoff=30, max_backoff=30, max_elapsed=100))
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE).times(3)
    client.query("c", ids=[1])
    assert len(scripted_server.calls("Query")) == 4


def test_the_time_for_retries_counts_from_the_first_failure(scripted_server: ScriptedServer) -> None:
    """A call may wait long for a connection that died in silence; then it goes on over a new one."""
    client = opened(scripted_server, RetryPolicy(initial_backoff=0.01, max_elapsed=0.7))
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE, delay=1.0)
    client.query("c", ids=[1])
    assert len(scripted_server.calls("Query")) == 2


def test_a_rate_limit_is_waited_for_until_the_deadline_and_longer_without_one(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server, RetryPolicy(max_elapsed=0.0, rate_limit_max_elapsed=30))
    scripted_server.on("Insert").rate_limit().times(6)
    assert (client.insert("c", ROW))["insert_count"] == 1
    scripted_server.on("Insert").rate_limit().forever()
    with pytest.raises(MilvusException, match="rate limiter") as raised:
        client.insert("c", ROW, timeout=0.5)
    assert raised.value.attempts > 2


@pytest.mark.parametrize(
    ("retry", "retry_times", "sent"),
    [
        (None, 0, 1),
        (RetryPolicy(max_retries=0), None, 1),
        (RetryPolicy(max_retries=0), 2, 3),
        (RetryPolicy(max_retries=5), 1, 2),
        (RetryPolicy(max_retries=2), None, 3),
    ],
)
def test_how_often_is_set_for_a_client_and_for_a_call(
    scripted_server: ScriptedServer, retry: RetryPolicy | None, retry_times: int | None, sent: int
) -> None:
    client = opened(scripted_server, retry)
    scripted_server.on("Query").fail(grpc.StatusCode.UNAVAILABLE).forever()
    with pytest.raises(MilvusException) as raised:
        client.query("c", ids=[1], timeout=20, retry_times=retry_times)
    assert raised.value.attempts == len(scripted_server.calls("Query")) == sent
