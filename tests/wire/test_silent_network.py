"""A network that loses everything and says nothing, in a network namespace that the test may break."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.forks import ROOT
from tests.support.network import may_have_a_network_of_its_own, run_apart
from tests.support.patience import HANG, PROMPT

PROGRAM = """
import subprocess, threading, time
from milvusclient import MilvusClient
from tests.support.scripted import ScriptedServer

def loopback(state):
    subprocess.run(["ip", "link", "set", "lo", state], check=True)

loopback("up")
with ScriptedServer() as server:
    client = MilvusClient(server.uri)
    client.list_collections()
    connection = client._caller.binding.connection()
    loopback("down")
    found = []
    call = threading.Thread(target=lambda: found.append(client.list_collections()))
    started = time.monotonic()
    call.start()
    while not connection.pick().counters.retries and time.monotonic() - started < 300:
        time.sleep(0.02)
    noticed = time.monotonic() - started
    loopback("up")
    call.join(300)
    assert found == [["alpha", "beta"]], found
    assert 10 < noticed < 200, noticed
    print(f"noticed after {noticed:.1f} s")
"""


@pytest.mark.skipif(not may_have_a_network_of_its_own(), reason="no network namespaces for this user")
@pytest.mark.slow
def test_a_call_without_a_deadline_notices_and_goes_on_when_the_network_is_back() -> None:
    """TCP gives up what nobody acknowledges after the keepalive timeout (TCP_USER_TIMEOUT), 20 s by default."""
    result = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, "-c", PROGRAM],
        cwd=ROOT, capture_output=True, text=True, timeout=2 * HANG, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("noticed after")


DROPPED = """
import asyncio, threading, time
from milvusclient import AsyncMilvusClient, MilvusClient
from tests.support.network import FarServer

dropping, ended = threading.Event(), []

async def task(far):
    async with AsyncMilvusClient(far.uri) as client:
        await client.list_collections()
        ready.wait()
        await asyncio.to_thread(dropping.wait)
        assert await client.list_collections(timeout=60) == ["alpha", "beta"]
        ended.append(time.monotonic())

def thread(client):
    client.list_collections()
    ready.wait()
    dropping.wait()
    assert client.list_collections(timeout=60) == ["alpha", "beta"]
    ended.append(time.monotonic())

ready = threading.Barrier(10)
with FarServer() as far, MilvusClient(far.uri) as client:
    threads = [threading.Thread(target=thread, args=(client,)) for _ in range(8)]
    threads.append(threading.Thread(target=lambda: asyncio.run(task(far))))
    for each in threads:
        each.start()
    ready.wait()
    far.drop()
    dropping.set()
    time.sleep(4)
    accepted = far.accepted()
    far.heal()
    healed = time.monotonic()
    for each in threads:
        each.join()
    assert len(ended) == 9
    # For each of the two connections one connect that found out that packets pass, and one new connection.
    assert accepted == 2, accepted
    assert 4 <= far.accepted() <= 6, far.accepted()
    assert far.requests("Connect") == 4, far.requests("Connect")
    print(max(ended) - healed)
"""


@pytest.mark.skipif(not may_have_a_network_of_its_own(), reason="no network namespaces for this user")
def test_calls_go_on_soon_after_dropped_packets_pass_again() -> None:
    """TCP alone would be silent for 2 s more after an outage of 4 s, and for 5 s after one of 8 s."""
    assert float(run_apart(DROPPED)) < PROMPT, "about a second is promised"
