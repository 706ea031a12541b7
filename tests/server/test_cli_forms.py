"""What every command prints can be read by a program, whatever the data: as JSON, and as CSV."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.patience import HANG

pytestmark = pytest.mark.lite

BIG = 2**53 + 1
ROWS: list[dict[str, Any]] = [
    {"id": BIG, "t": 'ünï\n,"q"; =1+1', "j": {"a": [1, None], "ключ": True}, "n": None, "v": [0.1, 2.0], "more": None},
    {"id": -1, "t": "", "j": [], "n": 5, "v": [0.5, 1e-7], "more": {"k": "\x1b[31m"}},
]
#: Commands that print something, on the embedded server.
LINES = (
    "query -c docs -e 'id != 0' -f *,more", "query -c docs -e 'id == 0'", "query -c docs -e '' -f count(*)",
    "query_iterator -c docs -e 'id != 0'", "query_iterator -c docs -e 'id == 0'",
    "get -c docs -i 0", "get -c docs -i -1",
    "search -c docs -v '[1, 2]' --output-fields t,j", "search -c docs -v '[1, 2]' -e 'id == 0'",
    "search_iterator -c docs -v '[1, 2]'", "hybrid_search -c docs -r 'v=[1, 2]' -r 'v=[2, 1]'",
    "list collections", "list collections -l", "list databases", "list partitions -c docs", "list indexes -c docs",
    "list aliases", "list connections", "list connection_history", "show connection", "show connection -a",
    "show collection -c docs", "show collection_stats -c docs", "show partition -c docs -p _default",
    "show index -c docs", "show index_progress -c docs", "show load_state -c docs", "show loading_progress -c docs",
    "show database", "show output", "version", "server_version", "health", "doctor", "history",
    "calc mkts_from_unixtime 1.5", "load -c docs", "flush -c docs", "insert row -c docs -d []",
)  # fmt: skip


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> CommandLine:
    """The command line with a connection to a file that has rows of all kinds."""
    monkeypatch.chdir(tmp_path)
    cli = CommandLine(tmp_path / "settings", monkeypatch)
    field = {"name": "n", "type": "INT64", "nullable": True}
    (tmp_path / "more.json").write_text(json.dumps(ROWS), encoding="utf-8")
    schema = {
        "enable_dynamic_field": True,
        "fields": [
            {"name": "id", "type": "INT64", "is_primary": True},
            {"name": "t", "type": "VARCHAR", "params": {"max_length": 99}},
            {"name": "j", "type": "JSON"},
            field,
            {"name": "v", "type": "FLOAT_VECTOR", "params": {"dim": 2}},
        ],
    }
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    ran = cli.piped(
        f"connect -uri {lite_uri}\ncreate collection -c docs --schema-file schema.json --dynamic\n"
        "create index -c docs -f v -m L2\ninsert file -c docs more.json\n"
    )
    assert (ran.status, ran.err) == (0, "")
    return cli


def shell(cli: CommandLine, form: str) -> Iterator[tuple[str, str]]:
    """Each line and what it prints, all in one session: to open the file once is enough."""
    # The help of a command, which is the same in all forms, stands between the results.
    ran = cli.piped(f"set output {form}\n" + "".join(f"{line}\nhelp quit\n" for line in LINES))
    assert (ran.status, ran.err) == (0, "")
    *printed, end = ran.out.split(cli("help", "quit").out)
    assert end == ""
    yield from zip(LINES, printed, strict=True)


def test_everything_is_json_that_can_be_read(docs: CommandLine) -> None:
    found = {line: json.loads(printed) for line, printed in shell(docs, "json")}
    assert len(found) == len(LINES)
    rows = sorted(found[LINES[0]], key=lambda row: -int(row["id"]))
    assert [{**row, "v": None} for row in rows] == [{**row, "v": None} for row in ROWS]
    assert rows[0]["v"] == pytest.approx(ROWS[0]["v"])
    assert found["query -c docs -e 'id == 0'"] == found["get -c docs -i 0"] == []
    assert found["search -c docs -v '[1, 2]' -e 'id == 0'"] == []
    assert found["list aliases"] == found["history"] == []
    assert found["version"] == {"version": docs("version").out.strip()}


def test_everything_is_csv_that_can_be_read(docs: CommandLine) -> None:
    for line, printed in shell(docs, "csv"):
        header, *rows = csv.reader(io.StringIO(printed))
        assert header, line
        assert len(set(header)) == len(header), line
        assert all(len(row) == len(header) for row in rows), line
        if line == LINES[0]:
            assert header == ["id", "t", "j", "n", "v", "more"]
            first = next(dict(zip(header, row, strict=True)) for row in rows if row[0] == str(BIG))
            assert first["t"] == ROWS[0]["t"]
            assert json.loads(first["j"]) == ROWS[0]["j"]
            assert (first["n"], first["more"]) == ("", "")
        if line == LINES[1]:
            assert (header, rows) == (["id", "t", "j", "n", "v"], [])


def test_a_table_shows_what_there_is_and_obeys_nothing(docs: CommandLine) -> None:
    shown = docs("query", "-c", "docs", "-e", "id != 0", "-f", "*,more").out
    assert str(BIG) in shown
    assert "\x1b" not in shown
    assert "id" in docs("query", "-c", "docs", "-e", "id == 0").out


def test_a_refusal_of_the_embedded_server_is_one_line(docs: CommandLine) -> None:
    for line in ("list users", "flush_all", "show replicas -c docs", "load -c docs -p nix"):
        ran = docs(*line.split())
        assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1), line


@pytest.mark.usefixtures("docs")
def test_the_log_of_the_embedded_server_is_not_shown() -> None:
    # In a process of its own: here pytest takes what is logged.
    command = [sys.executable, "-m", "milvusclient.cli", "use", "-db", "nix"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "Error: database 'nix' does not exist\n")
