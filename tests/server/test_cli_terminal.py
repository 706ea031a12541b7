"""The command line at a terminal: what it asks for, what Tab offers, bars and colours, Ctrl-C and Ctrl-D."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from milvusclient._version import __version__
from milvusclient.cli.framework.live_names import live_names
from milvusclient.cli.framework.session import Session
from tests.support.command_line import CommandLine
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.terminal import Screen

ROW = json.dumps({"id": 1, "vector": [1.0, 1.0], "title": "b1"})


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line without any connection."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path / "settings", monkeypatch)


@pytest.fixture
def books(cli: CommandLine, lite_uri: str) -> CommandLine:
    """The command line with a connection to a file that has a collection of one row."""
    ran = cli.piped(
        f"connect -uri {lite_uri}\ncreate collection -c books --dimension 2\ninsert row -c books -d '{ROW}'"
    )
    assert (ran.status, ran.err) == (0, "")
    return cli


@pytest.fixture
def scripted(cli: CommandLine, scripted_server: ScriptedServer) -> CommandLine:
    """The command line with a connection to the scripted server."""
    assert cli("connect", "-uri", scripted_server.uri).status == 0
    return cli


# --- questions -------------------------------------------------------------------------------------------------------
@pytest.mark.lite
def test_missing_options_are_asked_for(books: CommandLine) -> None:
    for words, typed, wanted in [
        ("create collection", "docs\nid:INT64\nt:VARCHAR:9\nv:FLOAT_VECTOR:2\n\nid\nn\n", "Created collection 'docs'"),
        ("create collection -c plain", "\n4\n", "Created collection 'plain'"),
        ("create index", "docs\nv\nIVF_FLAT\nnlist:8\nL2\n", "Created an index on 'v'"),
        ("insert row", 'docs\n7\nwords\n[1, 2]\n', "Inserted 1 row into 'docs'"),
        ("query -o csv", "docs\nid > 0\nt\n\n", "id,t\n7,words\n"),
        ("search -o csv", "docs\n[1, 2]\n\nid > 0\nt\n", "id,distance,t\n7,0.0,words\n"),
        ("get -o csv", "docs\n7\n", "7,words"),
        ("hybrid_search -l 1 -o csv", "docs\nv=[1, 2]\nv=[2, 2]\n\n", "id,distance"),
        ("create partition", "docs\np1\n", "Created partition 'p1'"),
        ("rename", "docs\npapers\n", "Renamed collection 'docs' to 'papers'"),
        ("delete ids", "papers\n7\ny\n", "Deleted 1 row of 'papers'"),
    ]:  # fmt: skip
        ran = books(*words.split(), typed=typed)
        assert (ran.status, wanted in ran.out) == (0, True), (words, ran)
    shown = books("show", "index", "-c", "papers", "-o", "json").json()
    assert (shown["index_type"], shown["metric_type"]) == ("IVF_FLAT", "L2")


@pytest.mark.lite
def test_a_vector_field_has_a_usual_metric(books: CommandLine) -> None:
    fields = ("-f", "id:INT64", "-f", "v:FLOAT_VECTOR:2", "-f", "s:SPARSE_FLOAT_VECTOR")
    assert books("create", "collection", "-c", "docs", *fields).status == 0
    for field, metric in (("v", "COSINE"), ("s", "IP")):
        assert books("create", "index", "-c", "docs", "-f", field).status == 0
        assert books("show", "index", "-c", "docs", "-in", field, "-o", "json").json()["metric_type"] == metric
    assert "choose one with -in" in books("show", "index", "-c", "docs").err


# --- completion ------------------------------------------------------------------------------------------------------
def test_completion_opens_the_connection_itself(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.forget_requests()
    session = Session()
    assert live_names(session, "collections", "")
    assert session.options == session.base
    assert live_names(session, "connections", "") == ["default"]
    assert live_names(session, "fields", "") == []
    session.close()


def test_completion_does_not_ask_for_a_secret(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.answer_hidden("s3cret")
    assert cli("connect", "-uri", scripted_server.uri, "-u", "root", typed="").status == 0
    scripted_server.forget_requests()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert live_names(Session(), "collections", "") == []
    assert scripted_server.requests == []


def test_a_server_that_is_away_is_tried_once(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    session = Session()
    scripted_server.stop()
    assert live_names(session, "collections", "") == []
    assert session.unreachable == {("default", "", "")}
    assert live_names(session, "collections", "") == []
    scripted_server.start()
    assert scripted("list", "collections", session=session).status == 0
    assert live_names(session, "collections", "")
    session.close()


# --- a real terminal -------------------------------------------------------------------------------------------------
@pytest.mark.lite
def test_the_shell_has_history_completion_and_colours(books: CommandLine) -> None:
    Path("rows.csv").write_text('id,vector\n9,"[1, 2]"\n', encoding="utf-8")
    history = books.saved.with_name("history")
    history.touch(mode=0o644)
    with Screen() as screen:
        screen.wait_for("Tab completes")
        screen.wait_for("default>")
        screen.type("show collection_stats -c b")
        screen.press("\t", "ooks")  # it may draw only what is new
        screen.type("\r")
        screen.wait_for("row_count")
        screen.wait_for("default>")
        screen.type("list collections\r")
        assert "\x1b[" in screen.wait_for("books")
        screen.wait_for("default>")
        screen.type("import -c books rows.csv\r")
        assert "Inserting into books" in screen.wait_for("Inserted 1 row ")
        screen.wait_for("default>")
        screen.type("create user -u ada -p s3cret\r")
        screen.wait_for("it is asked for")
        screen.wait_for("default>")
        screen.type("load -c nix\r")
        screen.wait_for("does not exist")
        screen.wait_for("default>")
        screen.type("hist\x03")  # Ctrl-C drops the line
        screen.wait_for("default>")
        screen.type("version\r")
        screen.wait_for(__version__)
        screen.wait_for("default>")
        screen.type("\x04")  # Ctrl-D ends
        assert screen.end()[0] == 0
    kept = history.read_text(encoding="utf-8")
    assert "+show collection_stats -c books" in kept
    assert "s3cret" not in kept
    assert history.stat().st_mode & 0o777 == 0o600
    assert books("history").out.splitlines()[-2:] == ["load -c nix", "version"]
    assert books("history", "clear", "-o", "json").json() == {"cleared": True}
    assert books("history", "-o", "json").json() == []


def test_a_secret_that_is_typed_is_not_shown(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    with Screen("connect", "-uri", scripted_server.uri, "-u", "root") as screen:
        screen.wait_for("Password of root: ")
        screen.type("s3cret\r")
        status, seen = screen.end()
    assert (status, "Connected to" in seen, "s3cret" in seen) == (0, True, False)
    assert scripted_server.calls("Connect")[-1].headers["authorization"]
    assert "s3cret" not in cli.saved.read_text(encoding="utf-8")


def test_letters_that_a_terminal_does_not_have_are_written_another_way(
    scripted: CommandLine, scripted_server: ScriptedServer
) -> None:
    scripted_server.on("ShowCollections").then({"collection_names": ["книги"]}).forever()
    with Screen("list", "collections", PYTHONIOENCODING="latin-1") as screen:
        status, seen = screen.end()
    assert (status, "\\u043a\\u043d\\u0438\\u0433\\u0438" in seen) == (0, True)
    assert "+--" in seen


def test_colours_and_bars_are_for_terminals_that_want_them(scripted: CommandLine) -> None:
    with Screen("load", "-c", "docs") as screen:
        status, seen = screen.end()
    assert (status, "Loading docs" in seen, "Loaded collection 'docs'" in seen) == (0, True, True)
    with Screen("list", "collections") as screen:
        assert "\x1b[1m" in screen.end()[1]
    with Screen("list", "nothing") as screen:
        assert screen.end()[0] == 2
    with Screen("-a", "nix", "list", "collections") as screen:
        assert "\x1b[31mError" in screen.end()[1]
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        for words in (("list", "collections"), ("-a", "nix", "list", "collections")):
            with Screen(*words, **environment) as screen:
                assert "\x1b" not in screen.end()[1], (words, environment)


def test_ctrl_c_ends_what_takes_long(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("LoadCollection").never_answer()
    with Screen("load", "-c", "docs") as screen:
        scripted_server.wait_for("LoadCollection")
        screen.wait_for("Loading docs")
        screen.type("\x03")
        status, seen = screen.end()
    assert (status, "Interrupted." in seen) == (1, True)
    assert "Traceback" not in seen


def test_a_destructive_command_in_a_pipe_does_not_wait(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.forget_requests()
    for line in (
        "delete collection -c docs", "delete database -db d", "delete partition -c docs -p p",
        "delete index -c docs -in i", "delete alias -a a", "delete user -u u", "delete role -r r",
        "delete privilege_group -n g", "delete resource_group -n g", "delete entities -c docs -e x", "truncate -c docs",
        "delete collection_properties -c docs -k k", "delete connection --name default",
    ):  # fmt: skip
        ran = scripted(*line.split())
        assert (ran.status, ran.out) == (1, ""), line
        assert "confirm with --yes" in ran.err
    looks = ("Connect", "DescribeCollection", "HasPartition", "DescribeIndex")
    assert not [each for each in scripted_server.requests if each.rpc not in looks]


def test_a_pipe_that_is_closed_is_no_error(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("ShowCollections").then({"collection_names": ["c" * 100] * 2000}).forever()
    for words in (("list", "collections"), ("list", "collections", "-o", "json")):
        command = [sys.executable, "-m", "milvusclient.cli", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
            assert ran.stdout
            assert ran.stderr
            ran.stdout.readline()
            ran.stdout.close()
            assert ran.stderr.read() == b""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["list collections", "--version"])
def test_a_full_disk_is_one_line(scripted: CommandLine, words: str, unbuffered: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "milvusclient.cli", *words.split()]
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert (ran.returncode, ran.stderr) == (1, "Error: [Errno 28] No space left on device\n")


def test_ctrl_c_in_a_file_says_how_far_it_was(scripted: CommandLine, scripted_server: ScriptedServer) -> None:
    Path("rows.jsonl").write_text('{"id": 1, "vector": [1, 2, 3, 4]}\n' * 2, encoding="utf-8")
    scripted_server.on("Insert").then().never_answer()
    command = [sys.executable, "-m", "milvusclient.cli"]
    words = ["import", "-c", "docs", "rows.jsonl", "--batch-size", "1", "--in-flight", "1"]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        try:
            scripted_server.wait_for("Insert", 2)
            os.kill(ran.pid, signal.SIGINT)
            out, err = ran.communicate(timeout=HANG)
        finally:
            ran.kill()
    assert (ran.returncode, out) == (1, "")
    assert err == "Interrupted after 1 row of rows.jsonl; 1 more may have been inserted.\n"
