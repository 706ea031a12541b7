"""A peer that stopped reading does not hold a call beyond its timeout, its close() or its cancellation."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import ConnectionNotExistException, DeadlineExceededError
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.together import Clock, Running, Together

#: About 16 MB, more than the buffers of sockets take.
ROWS: list[dict[str, Any]] = [
    {"id": number, "vector": [0.1, 0.2, 0.3, 0.4], "pad": "x" * 60_000} for number in range(270)
]


def stuck(server: ScriptedServer) -> MilvusClient:
    """A client whose connection is open and whose server does not read any more."""
    client = MilvusClient(server.uri)
    client._collection("c")
    server.proxy.stall()
    return client


def test_a_large_insert_ends_with_its_timeout(scripted_server: ScriptedServer) -> None:
    client = stuck(scripted_server)
    started = time.monotonic()
    with pytest.raises(DeadlineExceededError, match="the deadline of 2 s passed") as raised:
        client.insert("c", ROWS, timeout=2)
    assert 1.9 < time.monotonic() - started < PROMPT, "gRPC alone takes 20 s"
    assert raised.value.ambiguous, "a part of it was sent"


def test_close_ends_a_large_insert(scripted_server: ScriptedServer) -> None:
    client = stuck(scripted_server)
    insert = Running(lambda: client.insert("c", ROWS))
    Clock.sleep(1)
    started = time.monotonic()
    client.close()
    error = Together.failure(insert)
    assert isinstance(error, ConnectionNotExistException)
    assert time.monotonic() - started < PROMPT
    assert "outcome is unknown" in str(error)


def test_what_is_left_of_the_write_does_no_harm(scripted_server: ScriptedServer) -> None:
    client = stuck(scripted_server)
    with pytest.raises(DeadlineExceededError):
        client.insert("c", ROWS, timeout=1)
    late = threading.Timer(0.5, scripted_server.proxy.resume)
    late.start()
    assert client.list_collections(timeout=30) == ["alpha", "beta"]
    late.join()


def test_many_smaller_requests_are_watched_too(scripted_server: ScriptedServer) -> None:
    """Each fits into the buffers of sockets, all together do not."""
    client = stuck(scripted_server)
    rows = ROWS[:31]
    started = time.monotonic()
    inserts = [Running(lambda: client.insert("c", rows, timeout=2)) for _ in range(8)]
    for insert in inserts:
        error = Together.failure(insert)
        assert isinstance(error, DeadlineExceededError)
    assert time.monotonic() - started < 15, "gRPC alone takes 20 s"
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 5
