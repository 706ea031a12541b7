"""The command line on terminals of several widths, with colours and without, and the same in a pipe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.patience import HANG
from tests.support.scripted import Received, ScriptedServer
from tests.support.soak import scaled
from tests.support.terminal import Screen

WIDTHS = (60, 100, 200)
#: Each width, with and without colours: all pairs, or as many as show each of them.
PAIRS = [(width, no_color) for width in WIDTHS for no_color in (False, True)]
SCREENS = scaled(PAIRS, [(60, True), (100, False), (200, True)])
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripted_server: ScriptedServer) -> CommandLine:
    """The command line with a saved connection ``demo`` to the scripted server."""
    monkeypatch.chdir(tmp_path)
    found = CommandLine(tmp_path / "settings", monkeypatch)
    assert found("connect", "-uri", scripted_server.uri, "-a", "demo").status == 0
    scripted_server.forget_requests()
    return found


def seen(*words: str, **environment: str) -> tuple[int, str]:
    """Run one command on a terminal; its exit status and what is on the screen."""
    with Screen("-a", "demo", *words, **environment) as screen:
        status, text = screen.end()
    return status, text.replace("\r\n", "\n")


def plain_lines(text: str) -> list[str]:
    return STYLE.sub("", text).splitlines()


# --- results ---------------------------------------------------------------------------------------------------------
@pytest.mark.soak
@pytest.mark.parametrize(("width", "no_color"), SCREENS)
def test_results_fit_the_terminal(cli: CommandLine, width: int, no_color: bool) -> None:
    environment = {"COLUMNS": str(width), "PAGER": ""} | ({"NO_COLOR": "1"} if no_color else {})
    for words in (
        ("query", "-c", "docs", "-e", "id > 0", "-l", "2"),
        ("search", "-c", "docs", "-v", "[1, 2, 3, 4]"),
        ("show", "collection", "-c", "docs", "--all"),
        ("list", "connections"),
        ("query", "-c", "docs", "-e", "id > 0", "-l", "2", "-o", "vertical"),
    ):
        status, text = seen(*words, **environment)
        assert status == 0, text
        assert max(map(len, plain_lines(text))) <= width, words
        assert ("\x1b[1m" in text) is not no_color, words
        if words[0] in ("query", "search", "list"):
            assert re.fullmatch(r"\d+ rows? \(\d+\.\d{3} s\)(; there are more: .*)?", plain_lines(text)[-1]), words
    # The same in a pipe has all of it, without colours and without the time.
    ran = cli("-a", "demo", "query", "-c", "docs", "-e", "id > 0", "-l", "2")
    assert (ran.status, "\x1b" in ran.out, "[1.0, 1.125, 1.25, 1.375]" in ran.out) == (0, False, True)
    assert ran.out.endswith("\n2 rows; there are more: use --limit or --offset\n")


def test_a_row_that_does_not_fit_stands_below_by_itself(cli: CommandLine) -> None:
    status, text = seen("list", "connections", COLUMNS="40", NO_COLOR="1")
    assert status == 0
    lines = plain_lines(text)
    assert lines[0].startswith("--- row 1 ---")
    assert lines[1].split() == ["name", "demo"]
    assert cli("list", "connections").out.startswith("+----")


def test_a_terminal_shows_a_hundred_rows_and_says_that_there_are_more(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    def limit() -> str:
        [pair] = [each for each in scripted_server.calls("Query")[-1].message.query_params if each.key == "limit"]
        return str(pair.value)

    status, _ = seen("query", "-c", "docs", "-e", "id > 0", PAGER="")
    assert (status, limit()) == (0, "101")
    status, text = seen("query", "-c", "docs", "-e", "id > 0", "-l", "2", "-o", "jsonl", PAGER="")
    assert (status, limit(), len(text.splitlines())) == (0, "3", 3)
    assert "There are more rows: use --limit or --offset." in text
    for words, asked in [(("-l", "16384"), "16384"), (("-l", "16383"), "16384"), (("-l", "7", "-o", "json"), "7")]:
        assert cli("-a", "demo", "query", "-c", "docs", "-e", "id > 0", *words).status == 0
        assert limit() == asked
    scripted_server.forget_requests()
    assert cli("-a", "demo", "query", "-c", "docs", "-e", "id > 0").status == 0
    [query] = scripted_server.calls("Query")
    assert "limit" not in {each.key for each in query.message.query_params}


def test_a_result_longer_than_the_terminal_goes_through_a_pager(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    assert cli.saved.exists()
    pager = "sed s/^/paged:/"
    scripted_server.on("ShowCollections").then({"collection_names": [f"c{n}" for n in range(40)]}).forever()
    for environment, paged in [({}, True), ({"LINES": "100"}, False), ({"MILVUSCLIENT_PAGER": ""}, False)]:
        status, text = seen("list", "collections", **{"COLUMNS": "80", "PAGER": pager, **environment})
        assert status == 0
        assert ("paged:" in text) is paged, environment
        assert "40 rows (" in text
    assert "paged:" not in cli("-a", "demo", "list", "collections").out


def test_an_empty_result_says_so(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("ShowCollections").then({"collection_names": []}).forever()
    assert cli("-a", "demo", "list", "collections").out.splitlines()[-1] == "0 rows"
    assert seen("list", "collections")[1].splitlines()[-1].startswith("0 rows (")
    assert cli("-a", "demo", "list", "collections", "-o", "json").out == "[]\n"


def test_control_characters_of_a_server_do_not_reach_the_terminal(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    evil = "x\x1b]0;title\x07\x9b2J\r\u202eabc"
    scripted_server.on("ShowCollections").then({"collection_names": [evil]}).forever()
    scripted_server.on("Query").status(65535, evil).forever()
    for words in (
        *(("list", "collections", "-o", form) for form in ("table", "vertical", "json", "jsonl", "csv")),
        ("query", "-c", "docs", "-e", "id > 0"),
    ):
        text = seen(*words, NO_COLOR="1")[1]
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text), (words, text)
        assert "abc" in text
    assert json.loads(cli("-a", "demo", "list", "collections", "-o", "json").out) == [evil]


# --- errors ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", WIDTHS)
def test_an_error_breaks_between_words(cli: CommandLine, scripted_server: ScriptedServer, width: int) -> None:
    reason = " ".join(f"word{number}" for number in range(60))
    scripted_server.on("Query").status(65535, reason).forever()
    status, text = seen("query", "-c", "docs", "-e", "id > 0", COLUMNS=str(width), NO_COLOR="1")
    assert status == 1
    assert max(map(len, text.splitlines())) <= width
    assert reason in " ".join(text.split())
    assert cli("-a", "demo", "query", "-c", "docs", "-e", "x").err.count("\n") == 1


def test_the_words_of_grpc_are_for_those_who_ask_for_them(cli: CommandLine) -> None:
    words = ("list", "collections", "--uri", "127.0.0.1:1", "-t", "1")
    ran = cli(*words)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "nothing listens" in ran.err
    assert "UNAVAILABLE" not in ran.err
    ran = cli(*words, "--verbose")
    assert "[UNAVAILABLE: " in ran.err
    assert "\n  error: ConnectError, code" in ran.err


def test_an_error_without_a_reason_says_what_is_known(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").status(1100, "").forever()
    ran = cli("-a", "demo", "query", "-c", "docs", "-e", "id > 0")
    assert ran.err == "Error: the server failed with code 1100 and gave no reason\n"


def test_a_vector_of_another_length_is_refused_before_sending(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    for words in (
        ("search", "-v", "[1, 2, 3]"),
        ("search_iterator", "-v", "[1, 2, 3]"),
        ("hybrid_search", "-r", "vector=[1, 2, 3]", "-r", "vector=[1, 2, 3, 4]"),
    ):
        ran = cli("-a", "demo", words[0], "-c", "docs", *words[1:])
        assert ran.err == "Error: the vector has 3 numbers, but field 'vector' has dimension 4\n"
    assert {each.rpc for each in scripted_server.requests} <= {"Connect", "DescribeCollection"}


def test_a_row_that_only_the_server_refuses_is_named_by_its_line(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    def insert(received: Received) -> dict[str, Any]:
        [column] = [each for each in received.message.fields_data if each.field_name == "id"]
        ids = list(column.scalars.long_data.data)
        if 7 in ids:
            return {"status": {"code": 1100, "error_code": 1, "reason": "row 3: id 7 is too unlucky"}}
        return {"IDs": {"int_id": {"data": ids}}, "insert_cnt": len(ids)}

    rows = "".join(f'{number},"[1, 2, 3, 4]"\n' for number in range(20))
    Path("rows.csv").write_text(f"id,vector\n{rows}", encoding="utf-8")
    scripted_server.on("Insert").reply_to(insert).forever()
    ran = cli("-a", "demo", "insert", "file", "-c", "docs", "rows.csv", "--batch-size", "16", "--in-flight", "1")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "Error: rows.csv, line 9: id 7 is too unlucky\nInserted 7 rows of rows.csv before that.\n"
    assert len(scripted_server.calls("Insert")) < 10


# --- questions -------------------------------------------------------------------------------------------------------
def test_a_line_that_was_typed_before_a_question_does_not_answer_it(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    assert cli.saved.exists()
    scripted_server.on("DescribeCollection").then(None, delay=1.0)
    with Screen("-a", "demo", COLUMNS="80") as screen:
        screen.wait_for("demo/default>")
        screen.type("truncate -c docs\r")
        scripted_server.wait_for("DescribeCollection")
        screen.type("y\rlist aliases -c docs\r")
        screen.wait_for("Delete all rows of collection 'docs'? [y/N]: ")
        screen.type("n\r")
        screen.wait_for("Cancelled; nothing was changed.")
        screen.wait_for("No such command 'y'")
        scripted_server.wait_for("ListAliases")
        screen.wait_for("demo/default>")
        screen.type("exit\r")
        assert screen.end()[0] == 0
    assert not scripted_server.calls("TruncateCollection")


def test_an_answer_that_is_refused_is_asked_for_again(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    assert cli.saved.exists()
    with Screen("-a", "demo", COLUMNS="100") as screen:
        screen.wait_for("demo/default>")
        for line, answers in [
            ("create collection -c docs", [("or Enter for a key and a vector: ", "id:INT46", "'INT46' is not a type")]),
            (
                "create index -c docs -f dense",
                [("Index type [AUTOINDEX]: ", "HNSW", ""), ("or Enter: ", "COSINE", "'COSINE' is not NAME:VALUE")],
            ),
        ]:
            screen.type(f"{line}\r")
            for question, answer, complaint in answers:
                screen.wait_for(question)
                screen.type(f"{answer}\r")
                screen.wait_for(complaint)
            screen.wait_for(answers[-1][0])
            screen.interrupt("demo/default>")
        screen.type("exit\r")
        assert screen.end()[0] == 0
    assert not scripted_server.calls("CreateCollection")


def test_arguments_are_checked_before_anything_is_asked(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    for line, wanted in [
        ("create index --param bad", "'bad' is not NAME:VALUE"),
        ("create collection --property bad", "'bad' is not NAME:VALUE"),
        ("create collection -c x -f id:WORDS", "'WORDS' is not a type"),
        ("search -l 0", "must be at least 1, got 0"),
        ("search -c docs extra", "unexpected extra argument"),
        ("hybrid_search -r nothing", "'nothing' is not FIELD=VECTOR"),
        ("insert row -d {", "'--data': the row must be JSON; line 1, column 2: "),
        ("insert file x.txt", "unknown kind of file"),
        ("use one two", "unexpected extra argument"),
        ("-t 0 query", "greater than 0"),
    ]:
        ran = cli("-a", "demo", *line.split(), typed="docs\n")
        assert ran.status in (1, 2), line
        assert wanted in ran.err, line
        assert "Collection:" not in ran.err
        assert "Database:" not in ran.err
    scripted_server.on("DescribeCollection").status(100, "collection not found[collection=nix]").forever()
    for line in ("delete collection -c nix", "truncate -c nix", "delete entities -c nix -e x"):
        ran = cli("-a", "demo", *line.split(), typed="y\n")
        assert (ran.status, "[y/N]" in ran.err) == (1, False), line


def test_answering_no_changes_nothing(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    for typed in ("n\n", ""):
        ran = cli("-a", "demo", "delete", "collection", "-c", "docs", typed=typed)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.endswith("Cancelled; nothing was changed.\n")
    assert not scripted_server.calls("DropCollection")


# --- connections -----------------------------------------------------------------------------------------------------
def test_connect_with_the_name_of_a_saved_connection_goes_there(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_URI", "http://127.0.0.1:1")
    ran = cli("connect", "-a", "demo", "-o", "json")
    assert (ran.json()["address"], ran.json()["connection"]) == (scripted_server.address, "demo")
    assert json.loads(cli.saved.read_text(encoding="utf-8"))["connections"]["demo"]["uri"] == scripted_server.uri
    monkeypatch.setenv("MILVUS_PASSWORD", "s3cret")
    assert cli("connect", "-a", "demo", "-u", "root").status == 0
    saved = json.loads(cli.saved.read_text(encoding="utf-8"))["connections"]["demo"]
    assert (saved["uri"], saved["user"]) == (scripted_server.uri, "root")


def test_the_shell_says_where_it_is_and_starts_without_a_server(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    assert cli("connect", "-uri", scripted_server.uri).status == 0
    scripted_server.stop()
    with Screen("-a", "demo", COLUMNS="80") as screen:
        screen.wait_for(f"Connection: demo, {scripted_server.uri}. Saved: default, demo")
        screen.wait_for("demo/default>")
        screen.type("list collections -t 1\r")
        screen.wait_for("Error: ")
        screen.wait_for("demo/default>")
        scripted_server.start()
        screen.type("use lib\r")
        screen.wait_for("Using database 'lib'")
        screen.wait_for("demo/lib>")
        screen.type("connect -a default\r")
        screen.wait_for("as 'default'")
        screen.wait_for("default/default>")
        screen.type("\x04")
        assert screen.end()[0] == 0


def test_a_shell_without_connections_says_how_to_save_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with Screen(COLUMNS="100") as screen:
        screen.wait_for("Connection: http://localhost:19530. None is saved; save one with: connect -uri URI -a NAME")
        screen.wait_for("localhost:19530/default>")
        screen.type("\x04")
        assert screen.end()[0] == 0


def test_a_connection_is_shown_without_its_histograms(cli: CommandLine) -> None:
    ran = cli.piped("connect -a demo\nlist aliases\nshow connection\n")
    assert (ran.status, "buckets" in ran.out) == (0, False)
    [row] = [line for line in ran.out.splitlines() if line.startswith("| ListAliases ")]
    assert row.split("|")[2:4] == ["     1 ", "      0 "]
    assert max(map(len, ran.out.splitlines())) < 100
    assert "| ready" not in ran.out


def test_several_channels_of_a_connection_are_a_table(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    port = scripted_server.address.rpartition(":")[2]
    uri = f"http://127.0.0.1:{port},localhost:{port}"
    ran = cli.piped(f"connect -uri {uri} -a two\nlist aliases\nshow connection\n")
    assert ran.out.count("| ready | ") == 2, ran
    assert max(map(len, ran.out.splitlines())) < 100


def test_use_takes_a_database_and_knows_a_connection_by_its_name(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    ran = cli.piped("connect -a demo\nuse lib\nlist collections\n")
    assert (ran.status, ran.err) == (0, "")
    assert scripted_server.calls("ShowCollections")[-1].headers["dbname"] == "lib"
    scripted_server.on("ShowCollections").status(800, "database not found[database=demo]").forever()
    ran = cli("-a", "demo", "use", "demo")
    assert ran.err.endswith("'demo' is the name of a saved connection: connect -a demo\n")


def test_get_takes_keys_as_arguments(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    assert cli("-a", "demo", "get", "-c", "docs", "1", "2,3").status == 0
    assert scripted_server.calls("Query")[-1].message.expr == "id in [1,2,3]"
    ran = cli("-a", "demo", "get", "-c", "docs", "1_000")
    assert ran.err == "Error: a key of this collection must be an integer, got '1_000'\n"


# --- completion in other shells --------------------------------------------------------------------------------------
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_other_shells_complete_commands_options_and_names(cli: CommandLine, shell: str) -> None:
    script = cli("completion", shell).out
    assert "_MILVUSCLIENT_COMPLETE" in script

    def offered(line: str) -> list[str]:
        words = line.split(" ")
        begun = words.pop()
        environment = {
            "_MILVUSCLIENT_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": " ".join(words) if shell == "fish" else line,
            "COMP_CWORD": begun if shell == "fish" else str(len(words)),
        }
        ran = subprocess.run(
            [sys.executable, "-m", "milvusclient.cli"],
            env={**os.environ, **environment}, capture_output=True, text=True, timeout=HANG, check=False,
        )  # fmt: skip
        assert ran.stderr == ""
        lines = ran.stdout.splitlines()
        if shell == "zsh":  # kind, value, help
            return lines[1::3]
        return [each.split(",", 1)[1].split("\t")[0] for each in lines]

    assert "query" in offered("milvusclient qu")
    assert "collection" in offered("milvusclient show coll")
    assert "--limit" in offered("milvusclient query --l")
    assert offered("milvusclient load -a demo -c al") == ["alpha"]
    assert offered("milvusclient query -a de") == ["demo"]


def test_bash_itself_completes(cli: CommandLine, tmp_path: Path) -> None:
    command = tmp_path / "milvusclient"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m milvusclient.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    program = (
        'eval "$(milvusclient completion bash)"; COMP_WORDS=(milvusclient list co); COMP_CWORD=2; '
        '_milvusclient_completion milvusclient; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "collections connections\n"
    assert cli.saved.exists()
