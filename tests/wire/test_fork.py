"""After fork(), parent and child both go on, each with channels of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from milvusclient import MilvusClient, MilvusException, connections
from milvusclient.exceptions import DeadlineExceededError
from milvusclient.transport import grpc_sync
from tests.support.forks import ROOT, in_child, run_program
from tests.support.patience import HANG, PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork() is of Unix")


FORKS = scaled(200, 15)


def test_a_child_uses_inherited_clients_and_new_ones(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()

    def child() -> None:
        client.list_collections()
        other = MilvusClient(scripted_server.uri)
        assert other.alias == client.alias
        other.list_collections()
        client.close()

    assert in_child(child) == 0

    assert client.list_collections() is not None, "the parent goes on"
    assert scripted_server.connections == 2, "the child opened one channel of its own, the parent kept its own"


def test_a_child_has_channels_of_its_own_for_a_connection_of_several(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, channels=3, max_age=600)
    client.list_collections()

    def child() -> None:
        for _ in range(6):
            client.list_collections()
        assert len(client.connection_info().channel_infos) == 3
        client.close()

    assert in_child(child) == 0

    for _ in range(6):
        assert client.list_collections() is not None, "the parent goes on"
    assert scripted_server.connections == 6
    assert client.connection_info().errors == 0


@pytest.mark.parametrize("settings", [{}, {"channels": 2}])
def test_an_insert_of_a_child_ends_with_its_timeout(scripted_server: ScriptedServer, settings: dict[str, Any]) -> None:
    client = MilvusClient(scripted_server.uri, **settings)
    client.list_collections()
    rows = [{"id": number, "vector": [0.1] * 4, "pad": "x" * 60_000} for number in range(270)]

    asked, answered = os.pipe(), os.pipe()

    def stall() -> None:
        os.read(asked[0], 1)
        scripted_server.proxy.stall()
        os.write(answered[1], b".")

    def child() -> None:
        client._collection("c")
        os.write(asked[1], b".")
        os.read(answered[0], 1)
        started = time.monotonic()
        with pytest.raises(DeadlineExceededError) as raised:
            client.insert("c", rows, timeout=4)  # enough to encode them on a busy machine
        assert 3.9 < time.monotonic() - started < PROMPT, "gRPC alone takes 20 s"
        assert raised.value.ambiguous
        started = time.monotonic()
        client.close()
        assert time.monotonic() - started < PROMPT

    staller = threading.Thread(target=stall)
    staller.start()
    status = in_child(child)
    os.write(asked[1], b".")  # in case the child did not come that far
    staller.join()
    for end in (*asked, *answered):
        os.close(end)
    assert status == 0


@pytest.mark.soak
def test_many_forks_of_an_idle_parent(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)

    def child() -> None:
        client.list_collections()
        MilvusClient(scripted_server.uri, alias="of-the-child").list_collections()

    results = [in_child(child) for _ in range(FORKS)]

    assert results == [0] * FORKS
    assert client.list_collections() is not None
    assert scripted_server.connections == 2 * FORKS + 1


@pytest.mark.soak
def test_many_forks_with_calls_in_flight_on_four_threads(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    running = True
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while running:
                client.list_collections()
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            errors.append(error)

    def child() -> None:
        client.list_collections()
        MilvusClient(scripted_server.uri, alias="of-the-child").list_collections()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        results = [in_child(child) for _ in range(FORKS)]
    finally:
        running = False
        for thread in threads:
            thread.join(HANG)

    assert not any(thread.is_alive() for thread in threads), "no call of the parent waits for ever"
    # gRPC itself ends a few children: its own threads, which the child has not, are not always at rest in a fork.
    ended_by_grpc = [result for result in results if result in (-signal.SIGABRT, -signal.SIGSEGV)]
    assert set(results) - set(ended_by_grpc) == {0}, "no child hangs, and none sees an error"
    assert len(ended_by_grpc) <= FORKS // 5
    assert errors == [], "the parent does not notice"


def test_a_fork_waits_for_calls_under_way_and_new_ones_wait_for_the_fork(scripted_server: ScriptedServer) -> None:
    """Else gRPC loses a reply now and then, and a call of the parent waits for ever."""
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").then(delay=0.1)
    under_way = threading.Thread(target=client.list_collections)
    under_way.start()
    scripted_server.wait_for("ShowCollections")

    grpc_sync._gate.before()
    try:
        inside = set(grpc_sync._gate.inside)
        later = threading.Thread(target=client.list_collections)
        later.start()
        later.join(0.2)
        waits = later.is_alive()
        arrived = len(scripted_server.calls("ShowCollections"))
    finally:
        grpc_sync._gate.after()
    later.join(HANG)
    under_way.join(HANG)

    assert inside == set()
    assert (waits, arrived) == (True, 1)
    assert len(scripted_server.calls("ShowCollections")) == 2


def test_a_fork_does_not_wait_long_for_a_long_call(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("ShowCollections").never_answer()

    def work() -> None:
        with contextlib.suppress(MilvusException):  # the alias is closed below
            client.list_collections()

    under_way = threading.Thread(target=work)
    under_way.start()
    scripted_server.wait_for("ShowCollections")

    grpc_sync._gate.before()
    grpc_sync._gate.after()

    assert len(grpc_sync._gate.inside) == 1
    client.close()
    under_way.join(HANG)
    assert grpc_sync._gate.inside == set()


def test_what_was_described_is_described_in_the_child_too(scripted_server: ScriptedServer) -> None:
    connections.add_connection(dev={"uri": scripted_server.uri})

    def child() -> None:
        assert MilvusClient(alias="dev").list_collections() is not None

    assert in_child(child) == 0
    assert not connections.has_connection("dev")


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)"])
@pytest.mark.parametrize("first", ["pass", "asyncio.run(use())", "loop.run_until_complete(use())"])
def test_event_loops_in_children(scripted_server: ScriptedServer, first: str, leave: str) -> None:
    """Whether the parent had an event loop, has one, or never did."""
    run_program(
        f"""
import asyncio, os, sys
from milvusclient import AsyncMilvusClient, MilvusClient
parent = MilvusClient({scripted_server.uri!r})
client = AsyncMilvusClient({scripted_server.uri!r})
async def use():
    await asyncio.gather(*(client.list_collections() for _ in range(20)))
loop = asyncio.new_event_loop()
{first}
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        asyncio.run(use())
        asyncio.run(use())
        parent.list_collections()
        {leave}
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    {first}
parent.list_collections()
"""
    )


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(scripted_server: ScriptedServer, tmp_path: Path, method: str) -> None:
    """Workers get a client as a global, as an argument, and make one; they call with threads and with tasks."""
    program = tmp_path / "program.py"
    program.write_text(
        f"""
import asyncio, multiprocessing, warnings
warnings.simplefilter("ignore")
from milvusclient import AsyncMilvusClient, MilvusClient
uri = {scripted_server.uri!r}
of_the_module = MilvusClient(uri)
asynchronous = AsyncMilvusClient(uri)
async def use():
    return await asynchronous.list_collections()
def work(given):
    return [given.list_collections(), of_the_module.list_collections(), MilvusClient(uri).list_collections(),
            asyncio.run(use())]
if __name__ == "__main__":
    asyncio.run(use())
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        for found in pool.map(work, [of_the_module] * 8):
            assert found == [of_the_module.list_collections()] * 4
        pool.close()
        pool.join()
"""
    )
    run_program(None, str(program))


def test_gunicorn_with_preload(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    """The application, with its clients, is loaded before the workers are forked."""
    pytest.importorskip("gunicorn", reason="the web server gunicorn is not installed")
    (tmp_path / "application.py").write_text(
        f"""
import asyncio, os
from milvusclient import AsyncMilvusClient, MilvusClient
client = MilvusClient({scripted_server.uri!r})
asynchronous = AsyncMilvusClient({scripted_server.uri!r})
async def use():
    return await asynchronous.list_collections()
asyncio.run(use())
def application(environment, start_response):
    assert client.list_collections() == asyncio.run(use())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""
    )
    with socket.create_server(("127.0.0.1", 0)) as listener, (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--preload",
                "--workers",
                "2",
                "--threads",
                "2",
                "--bind",
                f"fd://{listener.fileno()}",
                "application",
            ],
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
            pass_fds=[listener.fileno()],
            cwd=tmp_path,
            stderr=log,
        )
        port = listener.getsockname()[1]
        try:
            pids = {fetch(port) for _ in range(40)}
        finally:
            server.terminate()
            status = server.wait(HANG)

    said = (tmp_path / "log").read_text()
    assert pids, said
    assert status == 0, said
    assert "Traceback" not in said


def fetch(port: int) -> bytes:
    """The body of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


def test_the_childs_locks_are_free_whatever_the_parents_threads_did() -> None:
    from milvusclient._sync.core import pool
    from milvusclient.runtime import embedded, named_configs, schema_cache

    locks: list[Any] = [named_configs._lock, schema_cache._lock, embedded._lock, pool.current_pool()._lock]
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        for lock in locks:
            lock.acquire()
        held.set()
        release.wait()
        for lock in locks:
            lock.release()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()

    def child() -> None:
        modules = (named_configs, schema_cache, embedded)
        assert not any(module._lock.locked() for module in modules)
        assert pool.current_pool()._lock.acquire(timeout=HANG)
        assert schema_cache.last_write(schema_cache.CollectionKey("a", "b", "c")) == 0

    try:
        assert in_child(child) == 0
    finally:
        release.set()
        thread.join()
