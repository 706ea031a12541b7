"""``timeout`` ends every method, whatever the server does: one that is silent, and one that is never done."""

from __future__ import annotations

import inspect
import time
from functools import partial
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient._sync.session import MilvusClientSession
from milvusclient.exceptions import ErrorCode, MilvusException
from tests.support import minimal
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer
from tests.support.together import Running

#: Seconds over the timeout after which a method is taken to ignore it; a machine that is busy with tests is slow.
LATE = PROMPT
METHODS: list[tuple[type, str]] = [(MilvusClient, name) for name in minimal.methods(MilvusClient)] + [
    (MilvusClientSession, name) for name in minimal.methods(MilvusClientSession)
]
#: What asks no server, or has no reason to give up.
WITHOUT = {
    "close", "connection_info", "create_field_schema", "create_schema", "create_struct_field_schema", "get_server_type",
    "prepare_index_params", "session", "with_options",
}  # fmt: skip
#: What a server says that is never done, and the methods that wait until it is.
NEVER_DONE: dict[str, dict[str, Any]] = {
    "GetLoadingProgress": {"progress": 10, "refresh_progress": 10},
    "DescribeIndex": {
        "index_descriptions": [
            {"index_name": "vector", "field_name": "vector", "state": "InProgress", "pending_index_rows": 9}
        ]
    },
    "GetFlushState": {"flushed": False},
    "GetFlushAllState": {"flushed": False},
    "GetCompactionState": {"state": "Executing"},
}
WAITING = (
    "load_collection", "load_partitions", "refresh_load", "create_index", "create_collection", "flush", "flush_all",
    "optimize",
)  # fmt: skip


def outcome(target: Any, name: str, timeout: float) -> tuple[float, BaseException | None]:
    """How long a method took, and what it raised."""
    started = time.monotonic()
    try:
        call(target, name, timeout)
    except MilvusException as error:
        return time.monotonic() - started, error
    return time.monotonic() - started, None


def call(target: Any, name: str, timeout: float) -> None:
    """Call a method with the fewest arguments, and a timeout."""
    keywords = minimal.arguments(type(target), name)
    if name == "dump_messages":
        for _ in target.dump_messages(**keywords, timeout=timeout):
            pass
    elif name == "bulk_writer":
        with target.bulk_writer(**keywords, timeout=timeout) as writer:
            writer.add(minimal.ROW)
    else:
        getattr(target, name)(**keywords, timeout=timeout)


def complaint(error: BaseException | None, seconds: float, timeout: float) -> str:
    """What is wrong with how a method ended."""
    if not isinstance(error, MilvusException):
        return f"ended without an error after {seconds:.2f} s"
    if "deadline" not in str(error) or error.code != ErrorCode.RPC_DEADLINE_EXCEEDED:
        return f"said {error!r}"
    return "" if timeout - 0.1 < seconds < timeout + LATE else f"took {seconds:.2f} s"


def test_every_method_that_asks_the_server_takes_a_timeout() -> None:
    public = {name for name, _ in inspect.getmembers(MilvusClient, callable) if not name.startswith("_")}
    assert public - {name for _, name in METHODS} == WITHOUT
    for cls, name in METHODS:
        assert minimal.arguments(cls, name) is not None


@pytest.mark.parametrize("timeout", [0.5, 1])
def test_a_silent_server_ends_no_method_later_than_its_timeout(
    scripted_server: ScriptedServer, timeout: float
) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    session = client.session("cluster-1")
    scripted_server.proxy.stall()
    targets: dict[type, Any] = {MilvusClient: client, MilvusClientSession: session}
    running = {
        f"{cls.__name__}.{name}": Running(partial(outcome, targets[cls], name, timeout)) for cls, name in METHODS
    }

    wrong = {}
    for name, method in running.items():
        seconds, error = method.result()
        if words := complaint(error, seconds, timeout):
            wrong[name] = words

    assert wrong == {}


@pytest.mark.parametrize("timeout", [0.5, 1])
def test_a_server_that_is_never_done_ends_no_method_later_than_its_timeout(
    scripted_server: ScriptedServer, timeout: float
) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    for rpc, answer in NEVER_DONE.items():
        scripted_server.on(rpc).then(answer).forever()
    running = {name: Running(partial(outcome, client, name, timeout)) for name in WAITING}

    wrong = {}
    for name, method in running.items():
        seconds, error = method.result()
        if words := complaint(error, seconds, timeout):
            wrong[name] = words

    assert wrong == {}
