"""A network that loses everything and says nothing, in a network namespace that the test may break."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.support.forks import ROOT
from tests.support.patience import HANG

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


def may_have_a_network_of_its_own() -> bool:
    """Whether this machine lets its users make network namespaces."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    command = ["unshare", "--map-root-user", "--net", "ip", "link", "set", "lo", "up"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_have_a_network_of_its_own(), reason="no network namespaces for this user")
def test_a_call_without_a_deadline_notices_and_goes_on_when_the_network_is_back() -> None:
    """TCP gives up what nobody acknowledges after the keepalive timeout (TCP_USER_TIMEOUT), 20 s by default."""
    result = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, "-c", PROGRAM],
        cwd=ROOT, capture_output=True, text=True, timeout=2 * HANG, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("noticed after")
