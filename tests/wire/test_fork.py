"""After fork(), parent and child both go on, each with channels of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from milvusclient import MilvusClient, connections
from tests.support.scripted import ScriptedServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork() is of Unix")


def in_child(work: Callable[[], object], timeout: float = 20.0) -> int:
    """Run it in a forked child; the exit status, 0 if it did not raise, -9 if it hung."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks with threads
        pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must not return into the tests
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    over = time.monotonic() + timeout
    while time.monotonic() < over:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return -9


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


def test_calls_in_flight_on_other_threads_do_not_stop_a_child(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    running = True
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while running:
                client.list_collections()
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        results = [in_child(client.list_collections) for _ in range(5)]
    finally:
        running = False
        for thread in threads:
            thread.join()

    assert results == [0] * 5
    assert errors == []


def test_what_was_described_is_described_in_the_child_too(scripted_server: ScriptedServer) -> None:
    connections.add_connection(dev={"uri": scripted_server.uri})

    def child() -> None:
        assert MilvusClient(alias="dev").list_collections() is not None

    assert in_child(child) == 0
    assert not connections.has_connection("dev")


def test_an_event_loop_in_the_child_of_a_parent_without_one(scripted_server: ScriptedServer) -> None:
    """In a process of its own: gRPC's asyncio part does not survive a fork once it has run."""
    program = f"""
import asyncio, os
from milvusclient import AsyncMilvusClient, MilvusClient
parent = MilvusClient({scripted_server.uri!r})
client = AsyncMilvusClient({scripted_server.uri!r})
pid = os.fork()
if pid == 0:
    asyncio.run(client.list_collections())
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
parent.list_collections()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_childs_locks_are_free_whatever_the_parents_threads_did() -> None:
    from milvusclient import _registrations, _schema_cache, embedded
    from milvusclient._sync import pool

    locks: list[Any] = [_registrations._lock, _schema_cache._lock, embedded._lock, pool.current_pool()._lock]
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
        modules = (_registrations, _schema_cache, embedded)
        assert not any(module._lock.locked() for module in modules)
        assert pool.current_pool()._lock.acquire(timeout=5)
        assert _schema_cache.last_write(_schema_cache.CollectionKey("a", "b", "c")) == 0

    try:
        assert in_child(child) == 0
    finally:
        release.set()
        thread.join()
