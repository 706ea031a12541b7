"""Exports that end half way go on from their checkpoint, and write the file that they would have written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from milvusclient.cli.framework.read_ahead import read_ahead
from tests.support.command_line import CommandLine
from tests.support.scripted import Received, ScriptedServer


@pytest.fixture
def cli(tmp_path: Path, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILVUS_URI", scripted_server.uri)
    return CommandLine(tmp_path, monkeypatch)


def pages(call: Received) -> dict[str, Any]:
    """The next ten of a hundred rows."""
    after = re.search(r"id > (\d+)", call.message.expr)
    first = int(after[1]) + 1 if after else 0
    numbers = list(range(first, min(first + 10, 100)))
    return {
        "fields_data": [
            {"field_name": "id", "type": "Int64", "scalars": {"long_data": {"data": numbers}}},
            {
                "field_name": "vector",
                "type": "FloatVector",
                "vectors": {"dim": 4, "float_vector": {"data": [0.5] * 4 * len(numbers)}},
            },
        ],
        "output_fields": ["id", "vector"],
    }


def whole(cli: CommandLine, server: ScriptedServer, name: str) -> str:
    """The file of an export without a fault."""
    server.forget_scripts()
    server.on("Query").reply_to(pages).forever()
    assert cli("export", "-c", "docs", name, "-y", "--batch-size", "10").out == f"Exported 100 rows to {name}.\n"
    text = Path(name).read_text(encoding="utf-8")
    Path(name).unlink()
    return text


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.jsonl"])
def test_an_export_goes_on_from_its_checkpoint(cli: CommandLine, scripted_server: ScriptedServer, name: str) -> None:
    wanted = whole(cli, scripted_server, name)
    words = ("export", "-c", "docs", name, "--batch-size", "10", "--checkpoint", "place")
    scripted_server.forget_scripts()
    scripted_server.on("Query").reply_to(pages).times(5).status(1, "the server is down").forever()
    ran = cli(*words)
    assert ran.status == 1
    assert re.search(r"Exported \d+ rows before that; out\.\w+ is not written\.\nThe same command", ran.err)
    part = Path(f".{name}.part")
    with part.open("a", encoding="utf-8") as file:
        file.write("what a crash left behind the last page")
    scripted_server.forget_scripts()
    scripted_server.on("Query").reply_to(pages).forever()
    scripted_server.forget_requests()
    ran = cli(*words)
    assert (ran.status, ran.out) == (0, f"Exported 100 rows to {name}.\n")
    assert Path(name).read_text(encoding="utf-8") == wanted
    assert len(scripted_server.calls("Query")) < 10, "what is written is not read again"
    assert {path.name for path in Path().iterdir() if path.is_file()} == {name}


def test_a_checkpoint_of_another_export_or_another_file_is_refused(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    words = ("export", "-c", "docs", "out.jsonl", "--batch-size", "10", "--checkpoint", "place")
    scripted_server.on("Query").reply_to(pages).times(4).status(1, "the server is down").forever()
    assert cli(*words).status == 1
    assert "place is the checkpoint of another export" in cli(*words, "-e", "id < 5").err
    part = Path(".out.jsonl.part")
    text = part.read_text(encoding="utf-8")
    part.write_text(text.replace("0.5", "0.6"), encoding="utf-8")
    assert ".out.jsonl.part is not the file that place tells of" in cli(*words).err
    part.unlink()
    assert ".out.jsonl.part is not the file that place tells of" in cli(*words).err
    Path("place").write_text("{}", encoding="utf-8")
    assert "place is not a checkpoint of an export" in cli(*words).err
    assert cli("export", "-c", "docs", "out.parquet", "--checkpoint", "place").status == 2


def test_results_are_read_ahead_and_an_error_comes_after_those_before_it() -> None:
    called: list[int] = []

    def fetch() -> int | None:
        called.append(len(called))
        if len(called) == 4:
            raise ZeroDivisionError
        return called[-1]

    found: list[int] = []
    with pytest.raises(ZeroDivisionError):
        found.extend(read_ahead(fetch, 2))
    assert found == [0, 1, 2]
    assert list(read_ahead(iter([5, 6, None]).__next__, 1)) == [5, 6]
