"""Programs of users under mypy --strict: those in tests/typing, whose assertions and comments say what is right."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = sorted((ROOT / "tests" / "typing").rglob("*_program.py"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("mypy"),  # they share a cache
    pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed (the extra dev has it)"),
]


def check(*arguments: str, cwd: Path) -> tuple[str, int]:
    """What mypy says about a program, without the configuration of this project, as it is for users."""
    # fmt: off
    command = [
        sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "--no-error-summary",
        "--cache-dir", str(ROOT / ".mypy_cache" / "programs"), *arguments,
    ]
    # fmt: on
    environment = {**os.environ, "MYPYPATH": str(ROOT), "COLUMNS": "200"}
    result = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
    return result.stdout + result.stderr, result.returncode


def test_programs_are_typed_as_they_say(tmp_path: Path) -> None:
    assert len(PROGRAMS) == 4
    copies = []
    for program in PROGRAMS:  # outside of the project, where nothing of its tests can be imported
        copy = tmp_path / f"{program.parent.name.strip('_')}_{program.name}"
        copy.write_text(program.read_text())
        copies.append(copy.name)
    assert check(*copies, cwd=tmp_path) == ("", 0)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("reveal_type(client.list_collections())", 'Revealed type is "list[str]"'),
        ("reveal_type(client.search('books', [[0.1]])[0])", 'Revealed type is "milvusclient.models.results.Hits"'),
        ("reveal_type(client.get_server_version(detail=True)['version'])", 'Revealed type is "str"'),
        ("client.search('books', limt=3)", 'Unexpected keyword argument "limt" for "search"'),
        ("FieldSchema('age', DataType.INT8, nulable=True)", 'Unexpected keyword argument "nulable" for "FieldSchema"'),
        ("client.has_colection('books')", '"MilvusClient" has no attribute "has_colection"'),
    ],
)
def test_mypy_really_looks(line: str, found: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"from milvusclient import DataType, FieldSchema, MilvusClient\nclient = MilvusClient()\n{line}\n"
    )
    said, _ = check(program.name, cwd=tmp_path)
    assert found in said.replace("builtins.", "")
