"""The programs in ``examples/`` run as their users run them, and print what they are there to show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from milvusclient import MilvusClient
from tests.support.patience import HANG

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

Run = Callable[[str], str]

pytestmark = pytest.mark.lite


@pytest.fixture
def run(tmp_path: Path, lite_uri: str) -> Run:
    """Run an example in a folder of its own, with its default uri, and return what it prints."""
    del lite_uri  # asked for because it skips where there is no embedded server
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run_example(name: str) -> str:
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name)],
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


@pytest.mark.slow
def test_hello_milvus(run: Run, tmp_path: Path) -> None:
    """Some thousands of texts are found by words, by meaning and by both; what an earlier run left does not disturb."""
    with MilvusClient(str(tmp_path / "hello.db")) as client:
        client.create_collection("standard_library", dimension=4)
    output = run("hello_milvus.py")

    inserted = re.search(r"^insert ([\d,]+) rows", output, re.MULTILINE)
    assert inserted is not None
    assert int(inserted.group(1).replace(",", "")) > 2_000
    answers = {text.partition("?")[0]: text for text in output.split("\n\n") if "?" in text}
    assert len(answers) == 4
    for answer in answers.values():
        found = [len(re.findall(r"^ +-?\d+\.\d{4}  \S+: ", part, re.MULTILINE)) for part in answer.split(" ms\n")[1:]]
        assert found == [3, 3, 3], answer
    assert "random.Random.choice" in answers["pick a random item from a list"]
    assert "difflib" in answers["compare two texts and show the differences"]


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
