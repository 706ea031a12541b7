"""Calls of the ORM that no server at hand can carry out: what they send and return, beside those of pymilvus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milvusclient.exceptions import AutoIDException, MilvusException, ParamError
from milvusclient.pymilvus import BulkInsertState, UnknownKeywordWarning, connections, utility
from tests.support.processes import run_program
from tests.support.scripted import ScriptedServer

RPCS = ("LoadBalance", "TransferNode", "Import", "GetImportState", "ListImportTasks")

PROGRAM = """\
import sys
from pymilvus import BulkInsertState, connections, utility

def show(state):
    print(repr(state))
    print(type(state) is BulkInsertState, state.task_id, state.state, state.state_name, state.row_count,
          state.ids, list(state.id_ranges), state.infos, state.failed_reason, state.files, state.collection_name,
          state.partition_name, state.create_timestamp, state.create_time_str, state.progress)

print(connections.connect("default", uri=sys.argv[1]))
print(utility.load_balance("books", 3))
print(utility.load_balance("books", 3, [4, 5], [101, 102], timeout=20))
print(utility.transfer_node("here", "there", 2))
print(utility.do_bulk_insert("books", ["a.json"]))
print(utility.do_bulk_insert("books", ["a.csv", "b.csv"], "old", timeout=20, bucket="b", backup=True, sep=";",
                             nullkey="-", channel_names=["c1", "c2"]))
for task_id in (7, 8, 9):
    show(utility.get_bulk_insert_state(task_id))
for state in utility.list_bulk_insert_tasks() + utility.list_bulk_insert_tasks(5, "books", timeout=20):
    show(state)
connections.disconnect("default")
"""

INFOS = {
    "failed_reason": "no such file", "files": "a.json", "collection": "books", "partition": "old",
    "progress_percent": "40",
}  # fmt: skip
STATES: list[dict[str, Any]] = [
    {"state": "ImportPending", "create_ts": 1700000000},
    {
        "state": "ImportCompleted", "row_count": 5, "id_list": [1, 4, 10, 12], "create_ts": 1700000001,
        "infos": [{"key": key, "value": value} for key, value in INFOS.items()],
    },
    {"state": "ImportFlushed"},
]  # fmt: skip


def script(server: ScriptedServer) -> None:
    states = server.on("GetImportState")
    for state in STATES:
        states.then(state)
    server.on("ListImportTasks").then({"tasks": [{"id": 7, **STATES[0]}, {"id": 8, **STATES[1]}]}).then({"tasks": []})


def run(server: ScriptedServer, folder: Path, *how: str) -> tuple[str, list[str]]:
    """What the program printed, and what it sent."""
    folder.mkdir()
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    server.forget_requests()
    script(server)
    done = run_program(*how, "program.py", server.uri, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout, [f"{one.rpc}: {one.message}" for one in server.requests if one.rpc in RPCS]


def test_they_send_and_return_what_the_reference_client_does(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    pytest.importorskip("pymilvus")
    theirs = run(scripted_server, tmp_path / "theirs")
    ours = run(scripted_server, tmp_path / "ours", "-m", "milvusclient.pymilvus")
    assert len(theirs[1]) == 10
    assert ours[1] == theirs[1]
    assert ours[0] == theirs[0]


@pytest.fixture
def connected(scripted_server: ScriptedServer) -> ScriptedServer:
    connections.connect("default", uri=scripted_server.uri)
    return scripted_server


def test_a_bulk_insert_drops_what_it_does_not_know(connected: ScriptedServer) -> None:
    with pytest.warns(UnknownKeywordWarning, match=r"utility.do_bulk_insert\(\) does not know the keyword 'row_based'"):
        assert utility.do_bulk_insert("books", ["a.json"], row_based=True) == 4711
    assert not connected.calls("Import")[0].message.options


def test_a_server_that_names_no_job_or_half_a_range(connected: ScriptedServer) -> None:
    connected.on("Import").then({"tasks": []})
    with pytest.raises(MilvusException, match=r"accepted \['a.json'\] but named no job"):
        utility.do_bulk_insert("books", ["a.json"])
    connected.on("GetImportState").then({"state": "ImportCompleted", "id_list": [1, 4, 9]})
    state = utility.get_bulk_insert_state(7)
    assert state.state == BulkInsertState.ImportCompleted
    with pytest.raises(AutoIDException, match="3 bounds of ranges"):
        _ = state.ids
    connected.on("LoadBalance").status(1100, "no such node")
    with pytest.raises(MilvusException, match="no such node"):
        utility.load_balance("books", 3)


#: The same as programs see it that no type checker looks at.
loose: Any = utility


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: loose.load_balance("books", "3"), "src_node_id must be an int"),
        (lambda: loose.load_balance("books", 3, [4, None]), r"dst_node_ids\[1\] must be an int"),
        (lambda: loose.load_balance("", 3), "collection_name must be a non-empty str"),
        (lambda: loose.transfer_node("", "there", 1), "source_group must be a non-empty str"),
        (lambda: loose.transfer_node("here", "there", "1"), "num_nodes must be an int"),
        (lambda: loose.do_bulk_insert("books", "a.json"), r"files must be a list of str, got .*; write \['a.json'\]"),
        (lambda: loose.get_bulk_insert_state("7"), "task_id must be an int"),
        (lambda: loose.list_bulk_insert_tasks(None), "limit must be an int"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(connected: ScriptedServer, call: Callable[[], object], said: str) -> None:
    with pytest.raises(ParamError, match=said):
        call()
    assert not [one.rpc for one in connected.requests if one.rpc in RPCS]


def test_connections_of_the_orm_are_not_for_asyncio(scripted_server: ScriptedServer) -> None:
    connections.connect("a", uri=scripted_server.uri, _async=False, _unbind_with_db=True)
    assert connections.has_connection("a")
    with pytest.raises(NotImplementedError, match="make an AsyncMilvusClient for asyncio"):
        connections.connect("b", uri=scripted_server.uri, _async=True)
    assert not connections.has_connection("b")
