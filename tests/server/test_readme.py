"""What the README says is true: its programs run and print what it says, and its commands are commands."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from milvusclient import connections

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[tuple[int, str]]:
    """The code blocks in a language: the number of the first line, and the text."""
    found = re.finditer(rf"^```(?:{language})\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [(README.count("\n", 0, block.start(1)) + 1, block.group(1)) for block in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> Iterator[Path]:
    """A folder of its own as the current one, and no connection left after the test."""
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for alias, _ in connections.list_connections():
        connections.remove_connection(alias)


@pytest.mark.lite
def test_the_programs_run_one_after_the_other_and_print_what_their_comments_say(folder: Path) -> None:
    """All Python of the README, in one namespace; ``print(...)  # text`` prints the text."""
    namespace: dict[str, object] = {"__name__": "readme"}
    outputs = []
    for line, code in blocks("python"):
        # Tracebacks show the lines of the README.
        program = compile("\n" * (line - 1) + code, str(ROOT / "README.md"), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(program, namespace)
        outputs.append(output.getvalue())
        printed = output.getvalue().splitlines()
        for wanted in re.findall(r"^ *print\(.*\)  # (.+)$", code, re.MULTILINE):
            assert wanted in printed, f"the block at line {line} of the README says that it prints {wanted!r}"

    assert (folder / "demo.db").exists()
    first, twin, *_ = outputs
    assert [line.split()[0::2] for line in first.splitlines()] == [["1", "Dune"], ["2", "Emma"]]
    assert twin == first
    refused = next(output for output in outputs if "DataNotMatchException" in output)
    assert all(word in refused for word in ("vector", "3", "2"))


def test_it_begins_with_a_short_program() -> None:
    """At most 12 lines, by line 20, that connect, create, insert, search and print."""
    line, code = blocks("python")[0]
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
    _, block = blocks("sh|bash|shell")[number]
    command = block.strip().replace("\\\n", "")
    assert "\n" not in command
    assert command.startswith('python3 -m venv "${VENV:-.venv}" && ')
    assert command.endswith(end)
    subprocess.run([bash, "-n", "-c", command], check=True, timeout=30)


def test_it_also_reads_well_as_the_description_of_a_package() -> None:
    """There, no file lies beside it: links are absolute, but for the chart, whose table stands below it."""
    assert re.findall(r"\]\((?!https://)[^)]*\)", README) == ["](tests/benchmarks/chart.svg)"]
    assert (Path(__file__).parents[2] / "tests/benchmarks/chart.svg").is_file()
