"""Programs of gevent and eventlet, each in a process of its own, which they patch."""

from __future__ import annotations

import importlib.util

import pytest

from tests.support.forks import run_program
from tests.support.scripted import ScriptedServer

GEVENT = """
from gevent import monkey
monkey.patch_all()
import sys, time
import gevent
from milvusclient import MilvusClient
from milvusclient.exceptions import ConnectionNotExistException, DeadlineExceededError

client = MilvusClient(sys.argv[1])
beats = []

def beat():
    while True:
        beats.append(time.monotonic())
        gevent.sleep(0.01)

heart = gevent.spawn(beat)
# The server takes a second for each of these: one after the other, they would take 20.
calls = [gevent.spawn(client.list_databases) for _ in range(20)]
gevent.joinall(calls, raise_error=True)
assert [call.value for call in calls] == [["default"]] * 20, calls[0].value
assert len(beats) > 10, "no call stops the other greenlets"

def failure(work):
    try:
        work()
    except Exception as error:
        return type(error)

# The server never answers these.
assert failure(lambda: client.list_users(timeout=0.2)) is DeadlineExceededError
waiting = gevent.spawn(failure, client.list_users)
gevent.sleep(0.2)
client.close()
waiting.join()
assert waiting.value is ConnectionNotExistException, waiting.value
heart.kill()
with MilvusClient(sys.argv[1]) as again:
    rows = [{"id": number, "vector": [0.1] * 4, "pad": "x" * 10_000} for number in range(300)]
    inserted = again.insert("c", rows)["insert_count"]  # large enough to be watched
    assert inserted == 300
print("done")
"""

EVENTLET = """
import sys, warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it is deprecated, and says so
    import eventlet
eventlet.monkey_patch()
from milvusclient import MilvusClient

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        with MilvusClient(sys.argv[1]) as client:
            assert client.list_collections() == ["alpha", "beta"]
print([str(each.message) for each in caught if "eventlet" in str(each.message)])
"""


@pytest.mark.skipif(importlib.util.find_spec("gevent") is None, reason="gevent is not installed")
def test_gevent(scripted_server: ScriptedServer) -> None:
    scripted_server.on("ListDatabases").then({"db_names": ["default"]}, delay=1).forever()
    scripted_server.on("ListCredUsers").never_answer().forever()
    assert run_program(GEVENT, scripted_server.uri).strip() == "done"


@pytest.mark.skipif(importlib.util.find_spec("eventlet") is None, reason="eventlet is not installed")
def test_eventlet_is_warned_of_once(scripted_server: ScriptedServer) -> None:
    printed = run_program(EVENTLET, scripted_server.uri)
    assert printed.count("gRPC does not support eventlet: each call of MilvusClient stops all green threads") == 1
    assert "use gevent, threads, or AsyncMilvusClient" in printed
