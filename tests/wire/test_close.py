"""close() when it is least expected: under calls, in signal handlers, in finalizers, at the end of the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from milvusclient import ConnectionNotExistException, MilvusClient
from tests.support.forks import run_program
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.together import Running, Together

IN_FLIGHT = 50


def test_fifty_calls_in_flight_end_with_the_documented_error_and_go_on_after_reopening(
    scripted_server: ScriptedServer,
) -> None:
    clients = [MilvusClient(scripted_server.uri) for _ in range(IN_FLIGHT)]
    scripted_server.on("ShowCollections").never_answer().forever()
    calls = [Running(client.list_collections) for client in clients]
    scripted_server.wait_for("ShowCollections", IN_FLIGHT)

    started = time.monotonic()
    clients[0].close()
    errors = [Together.failure(call) for call in calls]
    took = time.monotonic() - started

    assert took < PROMPT, "200 ms on a machine that does nothing else"
    assert {type(error) for error in errors} == {ConnectionNotExistException}
    for error in errors:
        assert clients[0].alias in str(error)
        assert f"{__file__}:" in str(error)
        assert f"in thread {threading.current_thread().name!r}" in str(error)

    scripted_server.forget_scripts()
    MilvusClient(scripted_server.uri)
    assert [client.list_collections() for client in clients] == [["alpha", "beta"]] * IN_FLIGHT
    assert scripted_server.connections == 2


def close_next(clients: Iterator[MilvusClient]) -> None:
    next(clients).close()


def test_closing_from_two_threads_at_once_is_harmless(scripted_server: ScriptedServer) -> None:
    for _ in range(20):
        clients = [MilvusClient(scripted_server.uri) for _ in range(4)]
        closers = iter(clients)
        assert Together.failures(partial(close_next, closers), 4) == [None] * 4
        with pytest.raises(ConnectionNotExistException):
            clients[0].list_collections()


#: What a program does with its client before it ends; ``uri`` is the server's, and ``client`` is connected.
ENDS = {
    "unclosed": "",
    "unclosed, and alive in a cycle": "client.itself = client",
    "unclosed, with a call in flight of a daemon thread": """
threading.Thread(target=lambda: client.query("c", ids=[1]), daemon=True).start()
time.sleep(0.3)
""",
    "closed in a signal handler that interrupts a call": """
from milvusclient import ConnectionNotExistException
signal.signal(signal.SIGALRM, lambda *_: client.close())
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    client.query("c", ids=[1])
except ConnectionNotExistException as error:
    assert "MilvusClient.close()" in str(error)
else:
    raise AssertionError
""",
    "closed in a signal handler, while threads construct, call and close": """
from milvusclient import ConnectionNotExistException
hits = 0
def handler(*_):
    global hits
    hits += 1
    client.close()
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
over = time.monotonic() + 1
while time.monotonic() < over or hits <= 10:  # a busy machine may give it few signals in a second
    try:
        MilvusClient(uri).list_collections()
    except ConnectionNotExistException:
        pass
signal.setitimer(signal.ITIMER_REAL, 0)
""",
    "closed in __del__ at the end of the interpreter": """
class Owner:
    def __init__(self):
        self.client = client
    def __del__(self):
        self.client.close()
        self.client.close()
owner = Owner()
owner.cycle = owner
""",
    "closed by atexit, after the threads of the pool": """
import atexit
atexit.register(client.close)
""",
    "an event loop that was never closed, nor its client": """
loop = asyncio.new_event_loop()
asynchronous = AsyncMilvusClient(uri)
loop.run_until_complete(asynchronous.list_collections())
""",
    "a client of asyncio that was never closed, with a call in flight": """
async def main():
    asynchronous = AsyncMilvusClient(uri)
    await asynchronous.list_collections()
    asyncio.ensure_future(asynchronous.query("c", ids=[1]))
    await asyncio.sleep(0.3)
asyncio.run(main())
""",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_program_ends_in_silence(scripted_server: ScriptedServer, end: str) -> None:
    scripted_server.on("Query").never_answer().forever()
    ending = "\nloop.close()" if "new_event_loop" in end else ""
    run_program(
        f"""
import asyncio, signal, threading, time
from milvusclient import AsyncMilvusClient, MilvusClient
uri = {scripted_server.uri!r}
client = MilvusClient(uri)
client.list_collections()
client._collection("c")
{end}{ending}
"""
    )
