"""The command line on an embedded server: each command once, as its users write it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from milvusclient.cli.framework.session import Session
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.lite


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> CommandLine:
    """The command line with a connection ``default`` to an empty file."""
    command_line = CommandLine(tmp_path / "settings", monkeypatch)
    monkeypatch.chdir(tmp_path)
    assert command_line("connect", "-uri", lite_uri).status == 0
    return command_line


@pytest.fixture
def books(cli: CommandLine) -> CommandLine:
    """The same with a collection of three rows."""
    data = json.dumps([{"id": n, "vector": [float(n), 1.0], "title": f"b{n}"} for n in (1, 2, 3)])
    ran = cli.piped(f"create collection -c books --dimension 2 -m L2\ninsert row -c books -d '{data}'\n")
    assert (ran.status, ran.err) == (0, "")
    return cli


def ok(cli: CommandLine, *words: str) -> str:
    ran = cli(*words)
    assert (ran.status, ran.err) == (0, ""), words
    return ran.out


def test_rows_come_as_table_json_and_csv(books: CommandLine) -> None:
    query = ("query", "-c", "books", "-e", "id < 3", "-f", "title")
    assert [row["title"] for row in books(*query, "--output", "json").json()] == ["b1", "b2"]
    assert ok(books, *query, "-o", "csv").splitlines()[0] in ("title,id", "id,title")
    table = ok(books, *query)
    assert "| b1 " in table.replace("|", "| ").replace("|  ", "| ")
    assert "\x1b" not in table
    found = books(
        "search", "-c", "books", "-v", "[1.0, 1.0]", "-l", "1", "--output-fields", "title", "-o", "json"
    ).json()
    assert found == [{"id": 1, "distance": 0.0, "title": "b1"}]
    assert len(books("search", "-c", "books", "-v", "[[1, 1], [2, 1]]", "-o", "json", "-m", "l2").json()) == 6
    assert [row["id"] for row in books("get", "-c", "books", "-i", "2", "-o", "json").json()] == [2]


def test_pages_are_one_result_without_a_terminal(books: CommandLine) -> None:
    words = ("-c", "books", "--batch-size", "2", "-o", "json")
    assert [row["id"] for row in books("query_iterator", *words, "-e", "id > 0").json()] == [1, 2, 3]
    assert len(books("search_iterator", *words, "-v", "[1, 1]").json()) == 3
    both = ("-r", "vector=[1, 1]", "-r", "vector=[3, 1]", "-l", "2", "-o", "json")
    for more in ((), ("--weights", "0.5,0.5")):
        assert len(books("hybrid_search", "-c", "books", *both, *more).json()) == 2


def test_errors_are_on_stderr_with_status_1(books: CommandLine) -> None:
    for words, wanted in [
        (("query", "-c", "nix", "-e", "id > 0"), "nix"),
        (("query", "-c", "books", "-e", "id >"), "expression"),
        (("list", "collections", "-a", "prod"), "there are default"),
        (("insert", "row", "-c", "books", "-d", "[1]"), "JSON object"),
        (("insert", "file", "-c", "books", "missing.csv"), "No such file"),
        (("show", "index", "-c", "books", "-in", "nix"), "nix"),
        (("show", "partition", "-c", "books", "-p", "nix"), "nix"),
        (("connect", "-D", "-a", "nix"), "no connection 'nix'"),
    ]:
        ran = books(*words)
        assert (ran.status, ran.out) == (1, ""), words
        assert wanted in ran.err
        assert "Traceback" not in ran.err


def test_destructive_commands_ask_for_confirmation(books: CommandLine) -> None:
    ran = books("delete", "ids", "-c", "books", "-i", "1")
    assert ran.status == 1
    assert "--yes" in ran.err
    assert books("delete", "ids", "-c", "books", "-i", "1", typed="n\n").status == 1
    assert books("delete", "ids", "-c", "books", "-i", "1", typed="y\n").status == 0
    assert ok(books, "delete", "entities", "-c", "books", "-e", "id == 2", "-y") == "Deleted 1 row of 'books'.\n"
    assert [row["id"] for row in books("query", "-c", "books", "-e", "id > 0", "-o", "json").json()] == [3]
    assert books("delete", "collection", "-c", "nix", "--yes").status == 1
    ok(books, "delete", "collection", "-c", "books", "--yes")
    assert books("list", "collections", "-o", "json").json() == []


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "parquet"])
def test_a_query_goes_to_a_file_and_back(books: CommandLine, tmp_path: Path, kind: str) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    path = f"out.{kind}"
    export = f"export -c books -f '*,title' -e 'id > 1' {path} --batch-size 1"
    back = f"create collection -c back --dimension 2 -m L2\nbulk_insert -c back -f {path} --batch-size 1"
    assert books.piped(f"{export}\n{back}\n").status == 0
    assert (tmp_path / path).exists()
    read = ("-e", "id > 0", "-o", "json", "-f", "id,vector,title")
    # Several requests are under way at once, so the rows may be stored in another order.
    stored = sorted(books("query", "-c", "back", *read).json(), key=lambda row: row["id"])
    assert stored == books("query", "-c", "books", *read).json()[1:]
    assert ok(books, "upsert", "file", "-c", "back", path).startswith("Upserted 2 rows")
    assert ok(books, "import", "-c", "books", path, "-o", "json").strip() == '{\n  "insert_count": 2\n}'


def test_an_export_asks_before_it_writes_over_a_file(books: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("precious", encoding="utf-8")
    ran = books("export", "-c", "books", "out.csv")
    assert (ran.status, ran.out, "--yes" in ran.err) == (1, "", True)
    assert books("export", "-c", "books", "out.csv", typed="n\n").status == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "precious"
    assert ok(books, "export", "-c", "books", "out.csv", "-y") == "Exported 3 rows to out.csv.\n"


def test_a_bad_row_of_a_file_is_named(books: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('id,vector\n7,"[1, 2]"\nx,"[1, 2]"\n', encoding="utf-8")
    ran = books("insert", "file", "-c", "books", "x.csv", "--batch-size", "1")
    assert ran.status == 1
    assert "x.csv, line 3: field 'id': expected an INT64" in ran.err
    assert "Inserted 1 row of x.csv before that" in ran.err


def test_schemas_indexes_partitions_and_aliases(cli: CommandLine, tmp_path: Path) -> None:
    ok(
        cli,
        "create",
        "collection",
        "-c",
        "a",
        "-f",
        "id:INT64",
        "-f",
        "t:VARCHAR:20",
        "-f",
        "v:FLOAT_VECTOR:2",
        "-p",
        "id",
        "-a",
    )
    shown = cli("show", "collection", "-c", "a", "-o", "json").json()
    assert shown["auto_id"] is True
    assert [field["type"] for field in shown["fields"]] == ["INT64", "VARCHAR", "FLOAT_VECTOR"]
    (tmp_path / "schema.json").write_text(json.dumps(shown), encoding="utf-8")
    ok(cli, "create", "collection", "-c", "b", "--schema-file", "schema.json", "-a", "default")
    assert "t" in ok(cli, "describe", "collection", "-c", "b")
    steps = """
        create index -c a -f v -t FLAT -m L2
        create partition -c a -p p1
        load collection -c a
        insert row -c a -p p1 -d '{"t": "x", "v": [1, 2]}'
        upsert row -c b -d '{"id": 5, "t": "x", "v": [1, 2]}'
        flush -c a
        release -c a
        create alias -c a -a other
        wait_for_index -c a -in v
        rename -old b -new c
    """
    ran = cli.piped("\n".join(line.strip() for line in steps.splitlines()))
    assert (ran.status, ran.err) == (0, "")
    assert cli("list", "indexes", "-c", "a", "-o", "json").json() == ["v"]
    assert cli("show", "index_progress", "-c", "a", "-o", "json").json()[0]["state"] == "Finished"
    assert cli("show", "index", "-c", "a", "-in", "v", "-o", "json").json()["index_type"] == "FLAT"
    assert sorted(cli("list", "partitions", "-c", "a", "-o", "json").json()) == ["_default", "p1"]
    assert cli("show", "partition_stats", "-c", "a", "-p", "p1", "-o", "json").json()["row_count"] == 1
    assert cli("list", "aliases", "-c", "a", "-o", "json").json() == ["other"]
    assert cli("show", "alias", "-a", "other", "-o", "json").json()["collection_name"] == "a"
    assert sorted(cli("list", "collections", "-o", "json").json()) == ["a", "c"]
    for words in (("index", "-c", "a", "-in", "v"), ("alias", "-a", "other"), ("partition", "-c", "a", "-p", "p1")):
        assert cli("delete", *words, "-y").status == 0


def test_connections_by_name(cli: CommandLine, tmp_path: Path) -> None:
    ok(cli, "connect", "-uri", "./other.db", "-a", "other")
    assert cli.saved.stat().st_mode & 0o777 == 0o600
    ok(cli, "create", "collection", "-c", "there", "--dimension", "2", "-a", "other")
    assert cli("list", "collections", "-o", "json").json() == []
    assert cli("-a", "other", "list", "collections", "-o", "json").json() == ["there"]
    assert cli("list", "collections", "--uri", "other.db", "-o", "json").json() == ["there"]
    used = {each["name"]: each["used"] for each in cli("list", "connections", "-o", "json").json()}
    assert used == {"default": True, "other": False}
    assert cli("show", "connection", "-a", "other", "-o", "json").json()["alias"] == "other"
    assert len(cli("show", "connection", "-a", "-o", "json").json()) == 2
    ok(cli, "connect", "-D", "-a", "other")
    ok(cli, "delete", "connection_history", "-uri", str(tmp_path / "x.db"), "-y")
    assert cli("list", "connections", "-o", "json").json() == []


def test_a_shell_keeps_what_was_chosen(books: CommandLine) -> None:
    ran = books.piped(
        "set output json\nlist collections\nconnect -uri ./y.db -a y\nlist collections\n# nothing\n\nexit\nbad\n"
    )
    assert (ran.status, ran.err) == (0, "")
    assert '"books"' in ran.out
    assert ran.out.rstrip().endswith("[]")
    ran = books.piped("list collections\nload -c nix\nlist collections\n")
    assert ran.status == 1
    assert ran.out.count("books") == 1


def test_a_session_opens_each_connection_once(books: CommandLine) -> None:
    session = Session()
    for _ in range(2):
        assert books("list", "collections", session=session).status == 0
    assert list(session.clients) == [("default", "", "")]
    session.close()


def test_the_embedded_server_is_healthy(cli: CommandLine) -> None:
    assert cli("health", "-o", "json").json()["healthy"] is True
    steps = cli("doctor", "-o", "json").json()
    assert [step["name"] for step in steps] == ["grpc", "authentication", "database", "version", "latency", "rest"]
    assert "of 50 calls" in steps[4]["detail"]


def test_where_takes_the_place_of_a_filter(cli: CommandLine, tmp_path: Path) -> None:
    """The type of the field says what a value is, and nothing in it can be taken for a part of an expression."""
    titles = ["1984", "Dune", "x' or id >= 0 or title == 'y", 'a"b']
    ok(
        cli, "create", "collection", "-c", "books", "-p", "id", "--dynamic", "-f", "id:INT64", "-f", "title:VARCHAR:64",
        "-f", "year:INT32", "-f", "v:FLOAT_VECTOR:2",
    )  # fmt: skip
    rows = [{"id": n, "title": title, "year": 1990 + n, "v": [1.0, n], "k": n % 2} for n, title in enumerate(titles)]
    ok(cli, "insert", "row", "-c", "books", "-d", json.dumps(rows))
    ok(cli, "create", "index", "-c", "books", "-f", "v", "-t", "FLAT", "-m", "L2")
    ok(cli, "load", "collection", "-c", "books")

    def ids(*words: str) -> list[int]:
        found = cli("query", "-c", "books", "-f", "id", "-o", "json", *words).json()
        return sorted(row["id"] for row in found)

    for number, title in enumerate(titles):
        assert ids("--where", f"title={title}") == [number]
    assert ids("--where", "year=1990", "--where", "year=1992") == [0, 2]
    assert ids("--where", "k=1") == [1, 3]
    assert ids("--where", "k=1", "-e", "id < 2 or id == 9") == [1]
    found = cli("search", "-c", "books", "-v", "[1.0, 0.0]", "--where", "k=0", "-o", "json").json()
    assert [row["id"] for row in found] == [0, 2]
    assert cli("query", "-c", "books", "--where", "year=old").status != 0
    assert "NAME=VALUE" in cli("query", "-c", "books", "--where", "year").err
    ok(cli, "export", "-c", "books", "-f", "title", "--where", "k=0", "out.csv")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3
    ok(cli, "delete", "entities", "-c", "books", "--where", f"title={titles[2]}", "--yes")
    assert ids("-e", "id >= 0") == [0, 1, 3]
