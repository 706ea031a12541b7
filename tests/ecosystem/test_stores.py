"""Each job prints the same with pymilvus and with milvusclient standing in for it.

The libraries live in a virtual environment of their own; MILVUSCLIENT_ECOSYSTEM is its interpreter. As in ``.ci/run``::

    python3 -m venv ecosystem
    ecosystem/bin/pip install --requirement tests/ecosystem/requirements.txt
    ecosystem/bin/pip install --no-deps --requirement tests/ecosystem/stores.txt
    MILVUSCLIENT_ECOSYSTEM=$PWD/ecosystem/bin/python python -m pytest tests/ecosystem
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOBS = Path(__file__).parent / "jobs"
INTERPRETER = os.environ.get("MILVUSCLIENT_ECOSYSTEM", "")
#: Lines that a job prints at least: a job that does less is not worth comparing.
LINES = {"agno": 8, "haystack": 8, "langchain": 12, "llama_index": 6, "mem0": 10, "otel": 9}

pytestmark = [
    pytest.mark.ecosystem,
    pytest.mark.slow,
    pytest.mark.skipif(not INTERPRETER, reason="MILVUSCLIENT_ECOSYSTEM names no interpreter with these libraries"),
]


def run(job: str, folder: Path, *how: str) -> str:
    """What a job prints; how it is started comes before its path."""
    folder.mkdir()
    done = subprocess.run(
        [INTERPRETER, "-W", "ignore", *how, str(JOBS / f"{job}_job.py")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(JOBS), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    return done.stdout


@pytest.mark.parametrize("job", sorted(LINES))
def test_a_store_prints_the_same_through_both_clients(job: str, tmp_path: Path) -> None:
    theirs = run(job, tmp_path / "pymilvus")
    ours = run(job, tmp_path / "milvusclient", "-m", "milvusclient.pymilvus")
    assert ours == theirs
    assert theirs.count("\n") >= LINES[job]


def test_every_job_is_run() -> None:
    assert {path.name.removesuffix("_job.py") for path in JOBS.glob("*_job.py")} == set(LINES)
