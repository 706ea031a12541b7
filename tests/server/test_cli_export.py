"""Exports that end half way go on from their checkpoint, and write the file that they would have written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.key_pages import Together, bounds, key_pages
from tests.support.scripted import Received, ScriptedServer


@pytest.fixture
def cli(tmp_path: Path, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILVUS_URI", scripted_server.uri)
    return CommandLine(tmp_path, monkeypatch)


pages = key_pages(range(100))


def fails_behind(key: int) -> Callable[[Received], dict[str, Any]]:
    """Answers of a server that fails behind a key, when pages are requested."""

    def answer(call: Received) -> dict[str, Any]:
        after = bounds(call.message.expr)[0]
        if list(call.message.output_fields) != ["id"] and isinstance(after, int) and after >= key:
            return {"status": {"code": 1, "error_code": "UnexpectedError", "reason": "the server is down"}}
        return pages(call)

    return answer


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
    scripted_server.on("Query").reply_to(fails_behind(49)).forever()
    ran = cli(*words)
    assert ran.status == 1
    assert re.search(r"Exported 50 rows before that; out\.\w+ is not written\.\nThe same command", ran.err)
    part = Path(f".{name}.part")
    with part.open("a", encoding="utf-8") as file:
        file.write("what a crash left behind the last page")
    scripted_server.forget_scripts()
    scripted_server.on("Query").reply_to(pages).forever()
    scripted_server.forget_requests()
    ran = cli(*words)
    assert (ran.status, ran.out) == (0, f"Exported 100 rows to {name}.\n")
    assert Path(name).read_text(encoding="utf-8") == wanted
    read = scripted_server.calls("Query")[1:]  # what is written is not read again
    assert {int(str(bounds(call.message.expr)[0])) >= 49 for call in read} == {True}, (
        "what is written is not read again"
    )
    assert {path.name for path in Path().iterdir() if path.is_file()} == {name}


def test_a_checkpoint_of_another_export_or_another_file_is_refused(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    words = ("export", "-c", "docs", "out.jsonl", "--batch-size", "10", "--checkpoint", "place")
    scripted_server.on("Query").reply_to(fails_behind(49)).forever()
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


def test_a_checkpoint_that_cannot_be_written_is_refused_at_once(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    ran = cli("export", "-c", "docs", "o.csv", "--checkpoint", "nowhere/place")
    assert (ran.status, ran.err) == (
        1, "Error: --checkpoint: the folder of nowhere/place does not exist; create it first\n"
    )  # fmt: skip
    ran = cli("export", "-c", "docs", "o.csv", "--checkpoint", ".")
    assert ran.status == 2
    assert "Invalid value for '--checkpoint': File '.' is a directory." in ran.err
    assert not scripted_server.calls("Query")
    assert not [path for path in Path().iterdir() if path.is_file()]


def test_pages_are_read_side_by_side_into_the_same_file(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    together = Together()
    scripted_server.on("Query").reply_to(lambda call: together.answer(pages, call)).forever()
    texts = {}
    for in_flight in ("1", "4"):
        together.most = 0
        name = f"{in_flight}.csv"
        assert cli("export", "-c", "docs", name, "--batch-size", "10", "--in-flight", in_flight).status == 0
        texts[in_flight] = Path(name).read_text(encoding="utf-8")
        assert together.most == int(in_flight)
    assert texts["1"] == texts["4"]


def test_a_limit_is_kept_by_pages_side_by_side(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(pages).forever()
    for limit in (0, 1, 25, 40, 200):
        assert cli("export", "-c", "docs", "o.csv", "-y", "--batch-size", "10", "-l", str(limit)).status == 0
        keys = [int(line.split(",")[0]) for line in Path("o.csv").read_text(encoding="utf-8").splitlines()[1:]]
        assert keys == list(range(min(limit, 100)))
