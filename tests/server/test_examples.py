"""The programs in ``examples/`` run as their users run them, and print what they are there to show."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import http.client
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient import MilvusClient, MilvusException
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

Run = Callable[..., str]

pytestmark = pytest.mark.lite


@pytest.fixture
def run(tmp_path: Path, lite_uri: str) -> Run:
    """Run an example in a folder of its own, with its default uri, and return what it prints."""
    del lite_uri  # asked for because it skips where there is no embedded server
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run_example(name: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=2 * HANG,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    return run_example


def test_each_example_has_a_test() -> None:
    """A new example comes with a test of what it prints."""
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tests


def test_the_cookbook_names_each_example() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\((\w+\.py)\)", page)) == sorted(path.name for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("program", sorted(EXAMPLES.glob("*.py")), ids=lambda program: program.stem)
def test_each_example_says_with_help_what_it_shows_and_how_it_is_run(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = (ast.get_docstring(ast.parse(program.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    monkeypatch.setattr(sys, "argv", [str(program), "--help"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(program), run_name="__main__")
    assert end.value.code == 0
    output = capsys.readouterr().out
    assert summary in output
    assert f"python examples/{program.name}" in output


#: What is asked for, and enough beside it. Some seconds of computing for all modules become one.
SOME_MODULES = ("--modules", "difflib", "json", "queue", "random", "statistics", "tempfile", "threading", "unittest")


@pytest.mark.slow
@pytest.mark.soak
def test_hello_milvus(run: Run, tmp_path: Path) -> None:
    """Many texts are found by words, by meaning and by both; what an earlier run left does not disturb."""
    with MilvusClient(str(tmp_path / "hello.db")) as client:
        client.create_collection("standard_library", dimension=4)
    output = run("hello_milvus.py", *scaled((), SOME_MODULES))

    inserted = re.search(r"^insert ([\d,]+) rows", output, re.MULTILINE)
    assert inserted is not None
    assert int(inserted.group(1).replace(",", "")) > scaled(2_000, 200)
    answers = {text.partition("?")[0]: text for text in output.split("\n\n") if "?" in text}
    assert len(answers) == 4
    for answer in answers.values():
        found = [len(re.findall(r"^ +-?\d+\.\d{4}  \S+: ", part, re.MULTILINE)) for part in answer.split(" ms\n")[1:]]
        assert found == [3, 3, 3], answer
    assert "random.Random.choice" in answers["pick a random item from a list"]
    # Which of these are the best three depends on the texts of this version of Python.
    assert re.search(r" (difflib|doctest|unittest)\.", answers["compare two texts and show the differences"])


def test_sharing(run: Run) -> None:
    """The session of the guide: who shares, who does not, and what closing does."""
    output = run("sharing.py")
    assert "11 clients, 1 alias" in output
    assert "one was closed, and 10 others are refused, too" in output
    assert re.search(r"sharing\.py:\d+ in thread 'MainThread'", output)
    assert "20 threads, 1 alias" in output
    assert "the second is closed, the first goes on: []" in output
    assert "two connections: c1-alias, c2-alias" in output
    assert re.search(r"registered, connected and used: dev .*sharing\.db", output)
    aliases = [line.strip() for line in output.splitlines() if line.startswith("    ") and "sharing.db" in line]
    assert len(set(aliases)) == len(aliases)


def test_threads(run: Run) -> None:
    """Every thread gets its own answers, all over one connection."""
    output = run("threads.py")
    assert [line.split(",")[0] for line in output.splitlines() if "threads:" in line] == [
        f"{workers:2} threads: 64 of 64 right" for workers in (1, 4, 16)
    ]
    calls = re.search(r"over one connection: (\d+) calls", output)
    assert calls is not None
    assert int(calls.group(1)) >= 3 * 64


def test_async_client(run: Run) -> None:
    """Searches at the same time, each with its own answer; a second run replaces what the first left."""
    for _ in range(2):
        output = run("async_client.py")
        assert "inserted 4 cities" in output
        for line in ("Naples is nearest to Rome", "Bergen is nearest to Oslo", "Cusco is nearest to Lima"):
            assert line in output
        assert "4 rows in cities" in output


def test_hybrid_search(run: Run) -> None:
    """The merged results begin with what both searches found, in the order that the ranker's weights give."""
    lines = dict(re.split(r" {2,}", line, maxsplit=1) for line in run("hybrid_search.py").splitlines())
    assert lines["by words"].startswith("apple pie, pancakes")
    assert lines["by taste"].startswith("pancakes, apple pie")
    assert lines["both, words count more"].startswith("apple pie, pancakes")
    assert lines["both, taste counts more"].startswith("pancakes, apple pie")
    assert set(lines["both, by rank"].split(", ")[:2]) == {"apple pie", "pancakes"}


def test_from_file_to_server(run: Run) -> None:
    """Without arguments it runs on a file."""
    output = run("from_file_to_server.py")
    assert output.startswith("./demo.db: ")
    assert output.endswith("nearest: green\n")


def test_observability(run: Run) -> None:
    """One trace for all, in which every call is a span, and counters for Prometheus."""
    output = run("observability.py")
    request_id = re.search(r"its request id is the trace id: ([0-9a-f]{32})$", output, re.MULTILINE)
    assert request_id is not None
    spans = re.findall(r"^( *)(\w+ \w+) +trace ([0-9a-f]{32})(?:  (.*))?$", output, re.MULTILINE)
    assert {trace for _, _, trace, _ in spans} == {request_id.group(1)}
    more = {name: rest for _, name, _, rest in spans}
    assert more["Insert observed"] == "10 at once"
    assert more["Search observed"] == "2 at once"
    assert more["Query observed"].startswith("error.type ")
    assert [indent for indent, name, _, _ in spans if name == "nightly job"] == [""]
    assert re.search(r'^milvusclient_requests_total\{.*operation="Insert"\} 1\.0$', output, re.MULTILINE)


def test_load_parquet(run: Run) -> None:
    """The whole file is loaded, piece by piece; a second run finds that nothing is left to do."""
    output = run("load_parquet.py")
    shares = [int(share) for share in re.findall(r"of 10,000 rows, (\d+)%$", output, re.MULTILINE)]
    assert len(shares) >= 4
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert output.endswith("10,000 rows written, 0 were there, 0 refused\nwords has 10,000 rows\n")
    assert run("load_parquet.py").endswith("0 rows written, 10,000 were there, 0 refused\nwords has 10,000 rows\n")


def test_user_filters(run: Run) -> None:
    """A value that tries to end the filter is a value, but not where the filter is put together from text."""
    output = run("user_filters.py", "--author", 'x" or year > 0 or author == "x')
    lines = dict(re.split(r": {2,}", line, maxsplit=1) for line in output.splitlines())
    assert lines["filter"] == r'author == "x\" or year > 0 or author == \"x"'
    assert lines["with F"] == lines["with a parameter"] == "nothing"
    assert lines["never do this"].count(",") == 5
    output = run("user_filters.py", "--author", "Austen", "--since", "1815", "--word", "mm")
    assert "with F:            Emma\n" in output


def test_migrate_to_server(run: Run, tmp_path: Path) -> None:
    """All collections of a file are in the other one afterwards; what is there already is left alone."""
    output = run("migrate_to_server.py")
    assert "books: 300 of 300 rows, indexes vector\n" in output
    assert "films: 200 of 200 rows, indexes vector\n" in output
    assert output.endswith("all is there\n")
    with MilvusClient(str(tmp_path / "migrated.db")) as client:
        client.load_collection("films")
        assert client.query("films", "id == 7", output_fields=["year"]) == [{"id": 7, "year": 1907}]
    again = run("migrate_to_server.py", "./shelf.db", "./migrated.db")
    assert again == "books: is there already\nfilms: is there already\nall is there\n"


def test_search_quality(run: Run, tmp_path: Path) -> None:
    """Recall rises with the parameter of each index, and the plot has a dot for each measurement."""
    output = run("search_quality.py", "--rows", "5000", "--queries", "10", "--turns", "1")
    points = re.findall(r"^(\w+) +\w+=(\d+) +([\d.]+) +([\d.]+)$", output, re.MULTILINE)
    assert [index for index, *_ in points] == ["HNSW"] * 6 + ["IVF_FLAT"] * 7 + ["IVF_SQ8"] * 7
    recalls = {(index, int(value)): float(recall) for index, value, recall, _ in points}
    assert recalls["HNSW", 256] > 0.98
    assert recalls["IVF_FLAT", 64] > 0.95
    assert recalls["HNSW", 10] < recalls["HNSW", 256]
    assert recalls["IVF_FLAT", 1] < recalls["IVF_FLAT", 16] < recalls["IVF_FLAT", 64]
    plot = ET.fromstring((tmp_path / "recall.svg").read_text(encoding="utf-8"))
    dots = [
        (dot.findtext("{*}title") or "").partition(":")[0] for dot in plot.iter("{http://www.w3.org/2000/svg}circle")
    ]
    assert len(dots) == len(points)
    assert "HNSW ef=64" in dots


@contextlib.contextmanager
def _service(uri: str, log: Path) -> Iterator[int]:
    """Run the web service for a server or a file, and yield its port; afterwards it has ended by itself."""
    command = [
        sys.executable,
        str(EXAMPLES / "fastapi_service.py"),
        "--uri",
        uri,
        "--port",
        "0",
        "--timeout",
        str(HANG),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with (
        log.open("w") as file,
        subprocess.Popen(
            command, cwd=log.parent, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process,
    ):
        try:
            assert process.stderr is not None
            port = None
            for line in process.stderr:
                file.write(line)
                if started := re.search(r"running on http://127\.0\.0\.1:(\d+)", line):
                    port = int(started[1])
                    break
            assert port is not None, log.read_text()
            yield port
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=HANG)[1]
            file.write(rest)
            assert "Application shutdown complete" in rest
        finally:
            process.kill()


def _get(port: int, path: str) -> tuple[int, Any, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, json.load(reply), reply.headers
    finally:
        connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="ends the service by a signal")
def test_fastapi_service(tmp_path: Path, lite_uri: str) -> None:
    """The service answers from one connection, is healthy, and says what a caller got wrong."""
    with _service(lite_uri, tmp_path / "log") as port:
        status, found, _ = _get(port, "/search?x=0.9&y=0.1")
        assert status == 200
        assert [hit["name"] for hit in found] == ["red", "olive"]
        assert _get(port, "/health")[:2] == (200, {"healthy": True, "reasons": []})
        assert _get(port, "/search?x=1&y=0&limit=0")[:2] == (400, {"detail": "limit must be at least 1, got 0"})
        assert _get(port, "/search?x=one&y=0")[0] == 422


@pytest.mark.skipif(sys.platform == "win32", reason="ends the service by a signal")
def test_fastapi_service_whose_server_fails_or_whose_caller_hangs_up(tmp_path: Path) -> None:
    """A failure of Milvus is a 503 without its inner details, and a search for nobody ends on the server, too."""
    with ScriptedServer() as milvus, _service(milvus.uri, tmp_path / "log") as port:
        milvus.on("Search").status(65535, "a secret of the inside").never_answer()
        status, answer, headers = _get(port, "/search?x=1&y=0")
        assert (status, answer) == (503, {"detail": "the search service cannot answer now"})
        assert headers["Retry-After"] == "1"

        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"GET /search?x=1&y=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            milvus.wait_for("Search", 2, timeout=HANG)
        milvus.wait_for_cancelled("Search", timeout=HANG)

        milvus.on("CheckHealth").reply({"status": {}, "isHealthy": False, "reasons": ["no query node"]})
        assert _get(port, "/health")[:2] == (503, {"healthy": False, "reasons": ["no query node"]})
        assert len({request.peer for request in milvus.requests}) == 1
    log = (tmp_path / "log").read_text()
    assert "a secret of the inside" in log
    assert "/search: cancelled, the caller hung up" in log


@pytest.mark.parametrize(
    ("failure", "status", "retry_after"),
    [("collection", 404, None), ("rate limit", 429, "1"), ("silence", 504, None), ("lost", 503, "1")],
)
def test_fastapi_service_says_with_the_status_what_kind_of_failure_it_was(
    failure: str, status: int, retry_after: str | None
) -> None:
    """What the service answers for errors of a real client; its inner details are for the log only."""
    service = runpy.run_path(str(EXAMPLES / "fastapi_service.py"))
    with ScriptedServer() as milvus:
        search = milvus.on("Search")
        timeout = 0.1 if failure == "silence" else None
        match failure:
            case "collection":
                search.status(100, "collection not found[collection=service]")
            case "rate limit":
                search.rate_limit().forever()
            case "silence":
                search.never_answer()
            case "lost":
                search.fail(grpc.StatusCode.UNAVAILABLE).forever()
        with MilvusClient(milvus.uri) as client, pytest.raises(MilvusException) as raised:
            client.search("service", [[1.0, 0.0]], timeout=timeout, retry_times=1, retry_on_rate_limit=False)
    request = service["Request"]({"type": "http", "path": "/search", "headers": [], "query_string": b""})
    answer = asyncio.run(service["failed"](request, raised.value))
    assert answer.status_code == status
    assert json.loads(answer.body) == {"detail": "the search service cannot answer now"}
    assert answer.headers.get("Retry-After") == retry_after
