"""Many threads, few aliases: nobody gets another's reply, nobody waits for another's connect, nothing is left."""

from __future__ import annotations

import base64
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from milvusclient import ConnectionNotExistException, MilvusClient
from milvusclient._sync.core.pool import current_pool
from milvusclient.runtime.callsite import record_close
from tests.support import leftovers
from tests.support.patience import HANG
from tests.support.proxy import Mode
from tests.support.scripted import Received, ScriptedServer
from tests.support.soak import scaled
from tests.support.together import Running, Together

#: Seconds of the storm.
DURATION = scaled(30, 4)
THREADS = 64
ALIASES = 8


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            count += os.readlink(entry).startswith("socket:")
        except OSError:
            continue
    return count


def who_asks(request: Received) -> dict[str, Any]:
    """The database and the user of a request, as the names of collections."""
    user = base64.b64decode(request.headers["authorization"]).decode().partition(":")[0]
    return {"collection_names": [request.headers["dbname"], user]}


@pytest.mark.soak
def test_a_storm_of_threads_mixes_nothing_up_and_leaves_nothing(scripted_server: ScriptedServer) -> None:
    """Each alias has a database and a user of its own, and each reply says whose request it answers."""
    scripted_server.on("ShowCollections").reply_to(who_asks).forever()
    over = time.monotonic() + DURATION
    rounds: list[tuple[int, int]] = []

    def construct_call_close(choose: random.Random) -> None:
        number = choose.randrange(ALIASES)
        client = MilvusClient(
            scripted_server.uri, db_name=f"db{number}", user=f"user{number}", password="pa55", alias=f"storm{number}"
        )
        for _ in range(choose.randrange(4)):
            assert client.list_collections(timeout=20) == [f"db{number}", f"user{number}"]
        if not choose.randrange(4):
            client.close()

    def work() -> None:
        choose = random.Random(threading.get_ident())
        done = closed = 0
        while time.monotonic() < over:
            try:
                construct_call_close(choose)
                done += 1
            except ConnectionNotExistException:  # somebody else closed the alias
                closed += 1
        rounds.append((done, closed))

    MilvusClient(scripted_server.uri, alias="warm").close()
    threads_before, sockets_before = leftovers.threads(), sockets()
    Together.run(work, THREADS)
    for alias in current_pool().aliases():
        current_pool().close(alias, record_close("the test"))

    assert sum(done for done, _ in rounds) > THREADS
    assert sum(closed for _, closed in rounds) > 0, "the documented error was met as well"
    scripted_server.stop()  # its threads and sockets are not the clients'
    assert leftovers.wait_for_none(threads_before, timeout=30) == []
    over = time.monotonic() + HANG
    while sockets() > sockets_before and time.monotonic() < over:
        time.sleep(0.05)
    assert sockets() <= sockets_before, "the sockets of closed connections are closed"


def test_a_thousand_threads_that_ask_for_one_new_alias_open_one_connection(scripted_server: ScriptedServer) -> None:
    found = Together.run(lambda: MilvusClient(scripted_server.uri).list_collections(), 1000)

    assert found == [["alpha", "beta"]] * 1000
    assert scripted_server.connections == 1
    assert len(scripted_server.calls("Connect")) == 1


def test_a_connect_that_hangs_delays_no_other_alias(scripted_server: ScriptedServer) -> None:
    with ScriptedServer() as hanging:
        hanging.proxy.mode = Mode.BLACK_HOLE
        stuck = [
            Running(lambda: Together.failure(Running(lambda: MilvusClient(hanging.uri, timeout=HANG)))) for _ in "123"
        ]
        while not hanging.connections:
            time.sleep(0.01)
        started = time.monotonic()
        for number in range(20):
            MilvusClient(scripted_server.uri, alias=f"quick{number}").list_collections()
        took = time.monotonic() - started

        assert not any(each.done for each in stuck), f"20 others connected in {took:.2f} s, while the first one hung"
        hanging.proxy.refuse()
        hanging.proxy.cut()
        for each in stuck:
            assert hanging.address in str(each.result())


def test_who_waits_for_a_connect_that_was_interrupted_connects_himself(scripted_server: ScriptedServer) -> None:
    """As with Ctrl-C in one thread of several: it is not the failure of the others."""
    asked, others_wait = threading.Event(), threading.Event()

    def token() -> str:
        if not asked.is_set():
            asked.set()
            others_wait.wait(20)
            raise KeyboardInterrupt
        return "key"

    def connect() -> list[str]:
        return MilvusClient(scripted_server.uri, token=token).list_collections()

    interrupted = Running(connect)
    assert asked.wait(20)
    waiting = [Running(connect) for _ in range(3)]
    time.sleep(0.1)
    others_wait.set()

    with pytest.raises(KeyboardInterrupt):
        interrupted.result()
    assert all(each.result() is not None for each in waiting)
    assert scripted_server.connections == 1
