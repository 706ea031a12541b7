"""A process without free file descriptors or memory: an error that says so, nothing leaks, and later all is well."""

from __future__ import annotations

import errno
import json
import re
import sys

import pytest

from milvusclient.exceptions import OutOfResourcesError, out_of_resources
from tests.support.forks import run_program
from tests.support.scripted import ScriptedServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")

#: What all programs below begin with.
HEAD = """
import asyncio, gc, json, os, resource, sys, time
import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient
from milvusclient.exceptions import OutOfResourcesError
uri, folder = sys.argv[1:]
rows = [{"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

def count():
    return len(os.listdir("/proc/self/fd"))

def settled(expected):
    over = time.monotonic() + 20  # gRPC closes its sockets in threads of its own
    while count() > expected and time.monotonic() < over:
        gc.collect()
        time.sleep(0.02)
    return count()

class Exhausted:
    def __init__(self, free=0):
        self.free = free

    def __enter__(self):
        self.held = []
        try:
            while True:
                self.held.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            pass
        for _ in range(self.free):
            os.close(self.held.pop())

    def __exit__(self, *_):
        for descriptor in self.held:
            os.close(descriptor)

def refusal(work):
    try:
        work()
    except OutOfResourcesError as error:
        return str(error)
    return "no error"
"""


def outcome(program: str, server: ScriptedServer, folder: object) -> dict[str, str]:
    printed = run_program(HEAD + program, server.uri, str(folder))
    found: dict[str, str] = json.loads(printed)
    return found


def test_the_first_use_of_each_operation_imports_what_it_needs(
    scripted_server: ScriptedServer, tmp_path: object
) -> None:
    program = """
client = MilvusClient(uri)
before = count()
with open("/dev/null"):  # one more than is used below
    pass
operations = {
    "insert": lambda: client.insert("c", rows),
    "search": lambda: client.search("c", [[0.1, 0.2, 0.3, 0.4]], limit=3),
    "query": lambda: client.query("c", filter="id > 0", limit=3),
    "iterate": lambda: client.query_iterator("c", batch_size=2).next(),
    "columns": lambda: client.search_columns("c", [[0.1, 0.2, 0.3, 0.4]], limit=3),
    "insert_many": lambda: client.insert_many("c", rows),
    "tls": lambda: MilvusClient("https://127.0.0.1:1", server_pem_path=folder + "/ca.pem"),
}
with Exhausted():
    found = {name: refusal(work) for name, work in operations.items()}
del operations["tls"]
for work in operations.values():
    work()
client.close()
print(json.dumps(found | {"leaked": str(max(0, settled(before) - before))}))
"""
    found = outcome(program, scripted_server, tmp_path)
    assert found.pop("leaked") == "0"
    for name, said in found.items():
        assert "too few file descriptors are free; close files and connections" in said, (name, said)
        assert "raise the limit (ulimit -n)" in said


def test_connecting_does_not_abort_the_process(scripted_server: ScriptedServer, tmp_path: object) -> None:
    """gRPC's core aborts it, if a few descriptors are free, but fewer than it takes to start."""
    program = """
async def call():
    client = AsyncMilvusClient(uri, alias="a")
    try:
        return await client.list_collections()
    finally:
        await client.close()

def connect():
    with MilvusClient(uri, dedicated=True) as client:
        return client.list_collections()

def embedded():
    with MilvusClient(folder + "/x.db") as client:
        return client.list_collections()

found = {}
before = count()
for free in (0, 1, 2, 4, 7):
    with Exhausted(free):
        found[f"sync {free}"] = refusal(connect)
        found[f"embedded {free}"] = refusal(embedded)
connect()
embedded()
before = settled(before)
with Exhausted(2):
    found["sync again"] = refusal(connect)
connect()
with asyncio.Runner() as runner:
    runner.get_loop()
    for free in (0, 3, 6):
        with Exhausted(free):
            found[f"async {free}"] = refusal(lambda: runner.run(call()))
    assert runner.run(call()) == ["alpha", "beta"]
print(json.dumps(found | {"leaked": str(max(0, settled(before) - before))}))
"""
    found = outcome(program, scripted_server, tmp_path)
    assert found.pop("leaked") == "0"
    for name, said in found.items():
        assert "too few file descriptors are free" in said, (name, said)


def test_memory(scripted_server: ScriptedServer, tmp_path: object) -> None:
    program = """
client = MilvusClient(uri)
client.insert("c", rows)
large = [{"id": number, "vector": [0.1, 0.2, 0.3, 0.4], "pad": "x" * 50_000} for number in range(1_500)]
used = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
most = resource.getrlimit(resource.RLIMIT_AS)[1]
resource.setrlimit(resource.RLIMIT_AS, (used + 40_000_000, most))
found = {"insert": refusal(lambda: client.insert("c", large))}
resource.setrlimit(resource.RLIMIT_AS, (most, most))
found["later"] = str(client.insert("c", large)["insert_count"])
print(json.dumps(found))
"""
    found = outcome(program, scripted_server, tmp_path)
    assert "there is not enough memory; ask for less or send less in one call" in found["insert"]
    assert found["later"] == "1500"


class EncodeError(Exception):
    """Named like protobuf's."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "x"), "too few file descriptors"),
        (OSError(errno.ENFILE, "x"), "too few file descriptors"),
        (OSError(errno.ENOMEM, "x"), "not enough memory"),
        (MemoryError(), "not enough memory"),
        (EncodeError("Failed to serialize proto"), "not enough memory"),
        (ImportError("x.so: cannot open shared object file: Too many open files"), "too few file descriptors"),
    ],
)
def test_what_ran_out(error: Exception, words: str) -> None:
    made = out_of_resources(error, "MilvusClient.insert")
    assert isinstance(made, OutOfResourcesError)
    assert f"MilvusClient.insert() failed: {words}" in made.message or f"failed: there is {words}" in made.message


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "x"), OSError("x"), ImportError("no module"), ValueError("x")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    assert out_of_resources(error, "x") is None


def test_many_channels_leave_the_program_some_descriptors(scripted_server: ScriptedServer, tmp_path: object) -> None:
    program = """
found = {"channels": refusal(lambda: MilvusClient(uri, channels=100, dedicated=True))}
with open("/dev/null"):
    pass
async def connect():
    await AsyncMilvusClient(uri, channels=100, dedicated=True).list_collections()
found["async"] = refusal(lambda: asyncio.run(connect()))
with MilvusClient(uri, channels=3, max_age=0.05, dedicated=True) as client:
    client.list_collections()
    with Exhausted(free=6):
        over = time.monotonic() + 0.5
        while time.monotonic() < over:
            client.list_collections()
        found["kept"] = str(len(client.connection_info().channel_infos))
    found["free"] = str(len(client.list_collections()))
print(json.dumps(found))
"""
    found = outcome(program, scripted_server, tmp_path)
    assert (found.pop("kept"), found.pop("free")) == ("3", "2")
    for said in found.values():
        assert re.search(r"too few file descriptors.* \(channels=100 takes .* needs \d+; \d+ are free\)", said), said
