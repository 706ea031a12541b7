"""What the README says is true: its programs run and print what it says, and its commands are commands."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pages
from tests.support.patience import HANG

README = pages.ROOT / "README.md"
#: How many lines a section of the README may have, heading and blocks included.
LENGTHS = {
    "The five things people do": 40,
    "Connections": 20,
    "Timeouts and errors": 15,
    "From a file to a cluster, and over from pymilvus": 12,
    "Speed": 15,
    "Command line": 12,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> Iterator[Path]:
    """A folder of its own as the current one, and no connection left after the test."""
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    pages.close_connections()


@pytest.mark.lite
def test_the_programs_run_one_after_the_other_and_print_what_their_comments_say(folder: Path) -> None:
    """All Python of the README, in one namespace; ``print(...)  # text`` prints the text."""
    outputs = pages.run_python(README)

    assert (folder / "demo.db").exists()
    first, twin, *_ = outputs
    assert [line.split()[0::2] for line in first.splitlines()] == [["1", "Dune"], ["2", "Emma"]]
    assert twin == first
    refused = next(output for output in outputs if "DataNotMatchException" in output)
    assert all(word in refused for word in ("vector", "3", "2"))


def test_it_begins_with_a_short_program() -> None:
    """At most 12 lines, by line 20, that connect, create, insert, search and print."""
    line, code, _ = pages.blocks(README, "python")[0]
    assert code.count("\n") <= 12
    assert line + code.count("\n") <= 20
    for step in ("MilvusClient(", ".create_collection(", ".insert(", ".search(", "print("):
        assert step in code


@pytest.mark.parametrize(("number", "end"), [(0, "examples/hello_milvus.py"), (1, "-m pytest -n auto")])
def test_the_first_two_commands_set_up_and_run(number: int, end: str) -> None:
    """Each stands alone in its block, is one command line, and leaves the place of the environment to VENV."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    block = pages.blocks(README, "sh|bash|shell")[number]
    command = block.code.strip().replace("\\\n", "")
    assert "\n" not in command
    assert command.startswith('python3 -m venv "${VENV:-.venv}" && ')
    assert command.endswith(end)
    subprocess.run([bash, "-n", "-c", command], check=True, timeout=HANG)


def test_it_is_short_and_its_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count("\n") <= 160
    lengths = {part.partition("\n")[0]: part.rstrip().count("\n") + 1 for part in text.split("\n## ")[1:]}
    assert {title: lengths[title] for title in LENGTHS if lengths[title] > LENGTHS[title]} == {}
    for target in re.findall(r"\]\((?!https://)([^)]*)\)", text):
        assert (pages.ROOT / target.partition("#")[0]).is_file(), target
