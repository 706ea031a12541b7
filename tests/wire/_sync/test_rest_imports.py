"""Imports through the REST API of servers since Milvus 2.4, and of Zilliz Cloud."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from milvusclient import CloudImport, ImportState, RetryPolicy
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import (
    AuthenticationError,
    CollectionNotExistException,
    DeadlineExceededError,
    MilvusException,
    MilvusUnavailableException,
    ParamError,
    PermissionDeniedError,
    ReplyError,
    WaitTimeoutError,
)
from milvusclient.runtime import instrumentation
from tests.support.notes import Notes
from tests.support.rest_server import RestServer
from tests.support.scripted import ScriptedServer

CREATE = "/v2/vectordb/jobs/import/create"
PROGRESS = "/v2/vectordb/jobs/import/get_progress"
LIST = "/v2/vectordb/jobs/import/list"
CREATED = {"code": 0, "data": {"jobId": "448761313698322011"}}
JOB = 448761313698322011
ONCE = RetryPolicy(max_retries=0)


def progress(state: str, **more: Any) -> dict[str, Any]:
    return {"code": 0, "data": {"jobId": str(JOB), "collectionName": "c", "state": state, **more}}


@pytest.fixture
def rest(scripted_server: ScriptedServer) -> Iterator[RestServer]:
    with RestServer(scripted_server) as server:
        yield server


def test_a_newer_server_is_asked_by_rest(scripted_server: ScriptedServer, rest: RestServer) -> None:
    rest.reply(CREATE, CREATED)
    details = [
        {"fileName": "a.parquet", "state": "Importing", "progress": 40, "importedRows": 4},
        {"fileName": "b.parquet", "state": "Importing", "progress": 40, "importedRows": 0},
    ]
    rest.reply(PROGRESS, progress("Pending"))
    rest.reply(PROGRESS, progress("Importing", progress=40, importedRows=4, totalRows=10, details=details))
    rest.reply(PROGRESS, progress("Completed", progress=100, importedRows=10, totalRows=10, details=details))
    client = MilvusClient(rest.uri, token="root:Milvus", db_name="books").with_options(request_id="abc")
    job = client.import_files("c", ["a.parquet", ["b.parquet"]], "p", options={"timeout": "300s", "x": True})
    assert (job.job_ids, job.state, job.progress) == ([JOB], "Pending", 0)
    seen: list[tuple[str, int | None, int]] = []
    (done,) = job.wait(
        timeout=20, progress=lambda states: seen.extend((each.state, each.progress, each.rows) for each in states)
    )
    assert seen == [("Pending", None, 0), ("Importing", 40, 4), ("Completed", 100, 10)]
    assert done == ImportState(JOB, "Completed", 10, 100, "", ("a.parquet", "b.parquet"), 10, "c")
    assert (job.state, job.progress) == ("Completed", 100)
    created, *asked = rest.requests
    assert created.body == {
        "collectionName": "c", "dbName": "books", "partitionName": "p", "files": [["a.parquet"], ["b.parquet"]],
        "options": {"timeout": "300s", "x": "true"},
    }  # fmt: skip
    assert [request.body for request in asked] == [{"jobId": str(JOB), "dbName": "books"}] * 3
    for request in rest.requests:
        assert request.headers["authorization"] == "Bearer root:Milvus"
        assert request.headers["db-name"] == "books"
        assert request.headers["client-request-id"] == "abc"
        assert request.headers["content-type"] == "application/json"
    assert not scripted_server.calls("Import")


@pytest.mark.parametrize("version", ["v2.3.5", "milvus_lite-3.2.2"])
def test_an_older_server_is_asked_by_grpc(scripted_server: ScriptedServer, version: str) -> None:
    scripted_server.on("Import").then({"tasks": [7]})
    with RestServer(scripted_server, version) as rest:
        job = MilvusClient(rest.uri).import_files("c", ["rows.json"], options={"bucket": "b"})
        MilvusClient(rest.uri).list_imports()
    assert job.job_ids == [7]
    assert [(pair.key, pair.value) for pair in scripted_server.calls("Import")[0].message.options] == [("bucket", "b")]
    assert rest.requests == []


@pytest.mark.parametrize("raw", [None, b"\0\0\0\4\0\0\0\0\0"], ids=["not this path", "not HTTP/1"])
def test_a_server_whose_rest_api_is_off_is_asked_by_grpc(
    scripted_server: ScriptedServer, rest: RestServer, raw: bytes | None
) -> None:
    rest.raw = raw
    scripted_server.on("Import").then({"tasks": [7]}).then({"tasks": [8]})
    scripted_server.on("GetImportState").then({"state": "ImportCompleted", "row_count": 1}).forever()
    scripted_server.on("ListImportTasks").then({"tasks": [{"id": 7, "state": "ImportCompleted"}]})
    client = MilvusClient(rest.uri)
    job = client.import_files("c", ["a.json", "b.json"])
    assert [state.state for state in job.wait(timeout=20)] == ["Completed", "Completed"]
    assert [state.job_id for state in client.list_imports("c")] == [7]


def test_imports_are_listed(rest: RestServer) -> None:
    records = [
        {"jobId": "7", "collectionName": "c", "state": "Completed", "progress": 100},
        {"jobId": "9", "collectionName": "c", "state": "Failed", "progress": 0, "reason": "no such file"},
        {"jobId": "8", "collectionName": "c", "state": "Importing", "progress": 40},
    ]
    rest.reply(LIST, {"code": 0, "data": {"records": records}})
    client = MilvusClient(rest.uri)
    listed = client.list_imports("c")
    assert [(each.job_id, each.state, each.progress, each.reason) for each in listed] == [
        (9, "Failed", 0, "no such file"), (8, "Importing", 40, ""), (7, "Completed", 100, ""),
    ]  # fmt: skip
    assert [each.job_id for each in client.list_imports(None, 1)] == [9]
    assert [request.body for request in rest.requests] == [
        {"collectionName": "c", "dbName": ""},
        {"collectionName": "", "dbName": ""},
    ]


def test_a_failed_import_says_why(rest: RestServer) -> None:
    rest.reply(CREATE, CREATED)
    details = [{"fileName": "a.parquet", "state": "Failed", "reason": "column 'v' is missing"}]
    rest.reply(PROGRESS, progress("Failed", progress=0, reason="1 file failed", details=details))
    job = MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    words = rf"import {JOB} of a.parquet failed: 1 file failed; a.parquet: column 'v' is missing"
    with pytest.raises(MilvusException, match=words):
        job.wait(timeout=20)
    assert job.state == "Failed"


# --- faults ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, {"code": 100, "message": "collection not found[collection=c]"}, CollectionNotExistException, "not found"),
        (200, {"code": 1100, "message": "the file does not exist"}, MilvusException, "the file does not exist"),
        (401, {"code": 1800, "message": "user hasn't authenticated"}, AuthenticationError, "check user and password"),
        (403, {"code": 65535, "message": "denied"}, PermissionDeniedError, "denied; .*privilege Import"),
        (401, b"", AuthenticationError, "HTTP status 401"),
        (200, b"<html>", ReplyError, "cannot be read: HTTP status 200, <html>"),
        (500, b"oops", ReplyError, "HTTP status 500, oops"),
        (200, {"code": 0, "data": {}}, ReplyError, "no identifier of an import"),
        (200, [1], ReplyError, "cannot be read"),
        (200, {"code": 7, "message": "root:geheimnis and geheimnis"}, MilvusException, r"\*\*\* and \*\*\*"),
    ],
)
def test_a_refusal_is_an_error_of_its_kind(
    rest: RestServer, status: int, body: Any, kind: type[MilvusException], words: str
) -> None:
    rest.reply(CREATE, body, status)
    with pytest.raises(kind, match=words) as caught:
        MilvusClient(rest.uri, token="root:geheimnis").import_files("c", ["a.parquet"])
    assert "geheim" not in repr(caught.value) + str(caught.value)
    if words != "no identifier of an import":
        assert (caught.value.operation, caught.value.address) == (f"POST {CREATE}", rest.uri)
    assert len(rest.requests) == 1


def test_a_lost_reply_is_ambiguous_and_the_import_not_sent_again(rest: RestServer) -> None:
    rest.reply(CREATE, b"", drop=True)
    with pytest.raises(
        MilvusUnavailableException, match=rf"POST {CREATE} at {rest.uri}: .*the outcome is unknown"
    ) as e:
        MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    assert (e.value.ambiguous, e.value.attempts, len(rest.requests)) == (True, 1, 1)


def test_a_busy_server_is_asked_again(rest: RestServer) -> None:
    rest.reply(CREATE, b"slow down", 429).reply(CREATE, CREATED)
    rest.reply(PROGRESS, b"", drop=True).reply(PROGRESS, b"gateway", 503).reply(PROGRESS, progress("Completed"))
    job = MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    (done,) = job.wait(timeout=20)
    assert done.state == "Completed"
    assert [request.path for request in rest.requests] == [CREATE] * 2 + [PROGRESS] * 3


def test_a_gateway_that_lost_the_server_leaves_the_outcome_open(rest: RestServer) -> None:
    rest.reply(CREATE, b"bad gateway", 502)
    with pytest.raises(MilvusUnavailableException, match="HTTP status 502.*the outcome is unknown") as caught:
        MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    assert (caught.value.ambiguous, len(rest.requests)) == (True, 1)


def test_a_deadline_ends_a_request_without_an_answer(rest: RestServer) -> None:
    rest.reply(CREATE, CREATED, delay=1.5)
    client = MilvusClient(rest.uri)
    client.list_collections()
    started = time.monotonic()
    with pytest.raises(DeadlineExceededError, match="deadline of 0.3 s passed") as caught:
        client.import_files("c", ["a.parquet"], timeout=0.3)
    assert time.monotonic() - started < 1.4
    assert caught.value.ambiguous


def test_a_reply_that_is_cut_short(rest: RestServer) -> None:
    rest.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx"
    client = MilvusClient(rest.uri, retry=ONCE)
    client.list_collections()
    with pytest.raises(MilvusException, match="the connection ended within its reply"):
        client.list_imports(timeout=5)


def test_waiting_ends_with_the_timeout_and_the_server_goes_on(rest: RestServer) -> None:
    rest.reply(CREATE, CREATED).reply(PROGRESS, progress("Importing", progress=10))
    job = MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    with pytest.raises(WaitTimeoutError, match="the import into collection 'c'"):
        job.wait(timeout=0.3)
    (now,) = job.states()
    assert (now.state, job.state, job.progress) == ("Importing", "Importing", 10)


def test_a_server_that_is_gone(rest: RestServer) -> None:
    client = MilvusClient(rest.uri, retry=ONCE)
    rest.reply(LIST, {"code": 0, "data": {"records": []}})
    assert client.list_imports() == []
    rest.__exit__(None, None, None)
    with pytest.raises(MilvusUnavailableException, match=f"POST {LIST} at {rest.uri}") as caught:
        client.list_imports(timeout=5)
    assert not caught.value.ambiguous


def test_another_server_of_the_cluster_answers(scripted_server: ScriptedServer, rest: RestServer) -> None:
    rest.reply(LIST, {"code": 0, "data": {"records": [{"jobId": "7", "state": "Completed"}]}})
    with RestServer(scripted_server) as other:
        client = MilvusClient(f"{other.uri},{rest.uri.removeprefix('http://')}")
        client.list_collections()
        other.reply(LIST, b"", drop=True)
        assert [state.job_id for state in client.list_imports(timeout=20)] == [7]
    client.close()


# --- arguments -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"options": ["a"]}, "options must be a dict"),
        ({"options": {1: "a"}}, "options must be a dict"),
        ({"cloud": "in01"}, "cloud must be a CloudImport or None, got 'in01'"),
        ({"partition_name": 5}, "partition_name"),
        ({"timeout": -1}, "timeout must be above 0"),
    ],
)
def test_arguments_that_cannot_be(rest: RestServer, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ParamError, match=words):
        MilvusClient(rest.uri).import_files("c", ["a.parquet"], **arguments)
    assert rest.requests == []


def test_progress_is_a_bool_or_a_function(
    rest: RestServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest.reply(CREATE, CREATED).reply(PROGRESS, progress("Completed", progress=100, importedRows=10, totalRows=10))
    job = MilvusClient(rest.uri).import_files("c", ["a.parquet"])
    with pytest.raises(ParamError, match="progress must be True or a function"):
        job.wait(progress=5)  # type: ignore[arg-type]  # what a user may try
    with caplog.at_level("INFO", "milvusclient"):
        job.wait(progress=True)
    assert "import: 100%  10 of 10 rows, Completed" in caplog.text


# --- Zilliz Cloud ----------------------------------------------------------------------------------------------------
def test_zilliz_cloud_gets_urls_and_keys_that_no_message_shows(
    scripted_server: ScriptedServer, rest: RestServer
) -> None:
    describe = "/v2/vectordb/jobs/import/describe"
    cloud = CloudImport(cluster_id="in01", access_key="open", secret_key="sesame", api_uri=rest.uri)
    assert "sesame" not in repr(cloud)
    rest.reply(CREATE, {"code": 200, "data": {"jobId": "job-1x"}}).reply(CREATE, {"code": 1, "message": "sesame no"})
    rest.reply(describe, progress("Completed", progress="100", totalRows="10"))
    client = MilvusClient(scripted_server.uri, token="apikey")
    job = client.import_files("c", [["s3://bucket/a.parquet"]], cloud=cloud)
    (done,) = job.wait(timeout=20)
    assert (job.job_ids, done.progress, done.rows) == (["job-1x"], 100, 10)
    created, asked = rest.requests
    assert created.body == {
        "collectionName": "c", "dbName": "", "clusterId": "in01", "objectUrls": [["s3://bucket/a.parquet"]],
        "accessKey": "open", "secretKey": "sesame",
    }  # fmt: skip
    assert asked.body == {"jobId": "job-1x", "dbName": "", "clusterId": "in01"}
    assert created.headers["authorization"] == "Bearer apikey"
    with pytest.raises(MilvusException, match=r"\*\*\* no") as caught:
        client.import_files("c", ["s3://bucket/a.parquet"], cloud=cloud)
    assert "sesame" not in repr(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cluster_id": ""}, "cluster_id"),
        ({"cluster_id": "in01", "secret_key": 5}, "secret_key must be a str"),
    ],
)
def test_a_place_in_the_cloud_that_cannot_be(arguments: Any, words: str) -> None:
    with pytest.raises(ParamError, match=words):
        CloudImport(**arguments)


def test_keys_are_only_sent_with_tls(scripted_server: ScriptedServer) -> None:
    cloud = CloudImport(cluster_id="in01", api_uri="http://cloud.example.com")
    with pytest.raises(ParamError, match="api_uri must begin with https://"):
        MilvusClient(scripted_server.uri).import_files("c", ["s3://bucket/a"], cloud=cloud)


def test_observers_are_told_of_requests_and_retries(rest: RestServer) -> None:
    notes = Notes()
    rest.reply(CREATE, CREATED).reply(PROGRESS, {}, 503).reply(PROGRESS, progress("Pending"))
    rest.reply(PROGRESS, {"code": 1100, "message": "no such job"})
    client = MilvusClient(rest.uri, db_name="shop").with_options(request_id="abc")
    instrumentation.add_observer(notes)
    try:
        job = client.import_files("c", ["a.parquet"])
        with pytest.raises(MilvusException, match="no such job"):
            job.wait(timeout=20)
    finally:
        instrumentation.remove_observer(notes)
    created, repeated, failed = (call for call in notes.ended_calls if call.operation.startswith("POST "))
    assert (created.operation, created.collection, created.database) == (f"POST {CREATE}", "c", "shop")
    assert (created.attempts, created.request_id, created.error) == (1, "abc", None)
    assert created.address in rest.uri
    assert created.bytes_sent > 0
    assert created.bytes_received > 0
    assert (repeated.operation, repeated.attempts) == (f"POST {PROGRESS}", 2)
    assert repeated.causes == ["UNAVAILABLE: HTTP status 503"]
    assert isinstance(failed.error, MilvusException)
    assert rest.requests[0].headers["x-note"] == f"post {CREATE}"
