"""Imports by the server: what is sent, how a job is waited for, and what a failed one says."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import MilvusException, ParamError, ReplyError, WaitTimeoutError
from milvusclient.models.imports import ImportState
from tests.support.scripted import ScriptedServer


def state(name: str, rows: int = 0, **infos: str) -> dict[str, Any]:
    """A reply of GetImportState."""
    return {"state": f"Import{name}", "row_count": rows, "infos": [{"key": k, "value": v} for k, v in infos.items()]}


def test_each_file_is_an_import_and_files_that_belong_together_are_one(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Import").then({"tasks": [7]}).then({"tasks": [8]})
    client = MilvusClient(scripted_server.uri)
    job = client.import_files("c", ["rows.json", ["id.npy", "vector.npy"]], "p")
    assert job.job_ids == [7, 8]
    sent = [call.message for call in scripted_server.calls("Import")]
    assert [list(message.files) for message in sent] == [["rows.json"], ["id.npy", "vector.npy"]]
    assert {(message.collection_name, message.partition_name) for message in sent} == {("c", "p")}


def test_a_job_is_waited_for(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Import").then({"tasks": [7]})
    scripted_server.on("GetImportState").then(state("Pending")).then(
        state("Started", 5, progress_percent="40", files="rows.json")
    ).then(state("Completed", 10, progress_percent="100", files="rows.json"))
    client = MilvusClient(scripted_server.uri)
    job = client.import_files("c", ["rows.json"])
    seen: list[tuple[str, int, int | None]] = []
    (done,) = job.wait(
        timeout=20, progress=lambda states: seen.extend((each.state, each.rows, each.progress) for each in states)
    )
    assert seen == [("Pending", 0, None), ("Started", 5, 40), ("Completed", 10, 100)]
    assert done == ImportState(7, "Completed", 10, 100, "", ("rows.json",), None, "c")
    assert [call.message.task for call in scripted_server.calls("GetImportState")] == [7, 7, 7]


def test_a_failed_import_says_why(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Import").then({"tasks": [7]})
    scripted_server.on("GetImportState").then(
        state("Failed", failed_reason="the field 'id' is missing", files="rows.json")
    )
    job = MilvusClient(scripted_server.uri).import_files("c", ["rows.json"])
    with pytest.raises(MilvusException, match=r"import 7 of rows.json failed: the field 'id' is missing"):
        job.wait(timeout=20)


def test_an_import_that_takes_too_long_goes_on_at_the_server(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Import").then({"tasks": [7]})
    scripted_server.on("GetImportState").then(state("Started")).forever()
    job = MilvusClient(scripted_server.uri).import_files("c", ["rows.json"])
    with pytest.raises(WaitTimeoutError, match="the import into collection 'c'"):
        job.wait(timeout=0.3)
    (now,) = job.states()
    assert (now.state, now.is_done, now.is_failed) == ("Started", False, False)


def test_imports_are_listed(scripted_server: ScriptedServer) -> None:
    scripted_server.on("ListImportTasks").then({"tasks": [state("Completed", 3) | {"id": 7}]})
    client = MilvusClient(scripted_server.uri)
    assert client.list_imports("c", 5) == [ImportState(7, "Completed", 3, None, "", ())]
    (sent,) = scripted_server.calls("ListImportTasks")
    assert (sent.message.collection_name, sent.message.limit) == ("c", 5)


@pytest.mark.parametrize("files", ["rows.json", [], [""], [[]], [5], [["a", 5]], None])
def test_files_that_are_not_paths_are_refused(scripted_server: ScriptedServer, files: Any) -> None:
    client = MilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match="files"):
        client.import_files("c", files)
    assert not scripted_server.calls("Import")


def test_a_reply_without_an_import_is_an_error(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Import").then({"tasks": []})
    with pytest.raises(ReplyError, match="no identifier of an import"):
        MilvusClient(scripted_server.uri).import_files("c", ["rows.json"])
