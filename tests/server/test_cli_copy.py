"""The command that copies collections: between files, servers and databases."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest

from milvusclient import MilvusClient, ParamError
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.places import Place, parse_place
from tests.support.command_line import CommandLine
from tests.support.scripted import ScriptedServer
from tests.support.servers import Milvus

ROWS = [{"id": number, "vector": [number / 2, 0.5], "title": f"t{number}"} for number in range(30)]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> CommandLine:
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    for name in ("MILVUS_URI", "MILVUS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(tmp_path, monkeypatch)


def fill(uri: str, db_name: str = "") -> None:
    with MilvusClient(uri, db_name=db_name, dedicated=True) as client:
        client.create_collection("books", dimension=2, metric_type="L2")
        client.create_partition("books", "old")
        client.insert("books", ROWS[:20])
        client.insert("books", ROWS[20:], partition_name="old")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("books", Place("", "", "", "books")),
        ("archive/books", Place("", "", "archive", "books")),
        ("archive/", Place("", "", "archive", "")),
        ("./demo.db/books", Place("", "./demo.db", "", "books")),
        ("/tmp/a.b/demo.db", Place("", "/tmp/a.b/demo.db", "", "")),
        ("http://host:19530", Place("", "http://host:19530", "", "")),
        ("http://host:19530/books", Place("", "http://host:19530", "", "books")),
        ("https://host/sales/books", Place("", "https://host", "sales", "books")),
        ("http://host/sales/", Place("", "http://host", "sales", "")),
        ("host:19530/books", Place("", "http://host:19530", "", "books")),
        ("prod:books", Place("prod", "", "", "books")),
        ("prod:sales/books", Place("prod", "", "sales", "books")),
        ("prod:", Place("prod", "", "", "")),
    ],
)
def test_a_place_is_read_as_it_is_meant(text: str, place: Place) -> None:
    assert parse_place(text, ["prod"]) == place


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("test:books", "there is no connection 'test'; there are prod"),
        ("a/b/c", "expected [CONNECTION:]"),
        ("/b", "exp"),
    ],
)
def test_what_is_no_place_is_refused(text: str, wanted: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_place(text, ["prod"])
    assert wanted in caught.value.message


@pytest.mark.lite
def test_a_collection_is_copied_from_file_to_file(cli: CommandLine) -> None:
    fill("./a.db")
    ran = cli("copy", "./a.db/books", "./b.db", "--quiet")
    assert ran.out == "Copied 30 rows of 'books' to 'books' (./b.db), with 2 partitions, 1 index.\n"
    assert (ran.status, ran.err) == (0, "")
    found = cli(
        "query", "-c", "books", "-e", "id >= 0", "-p", "old", "--uri", "./b.db", "-f", "id,title", "-o", "json"
    ).json()
    assert [row["id"] for row in found] == list(range(20, 30))
    assert found[0]["title"] == "t20"
    ran = cli("copy", "books", "few", "-e", "id < 7", "--uri", "./a.db", "-o", "json")
    assert ran.json() == {"written": 7, "skipped": 0, "source_rows": 7, "target_rows": 7}
    again = cli("copy", "./a.db/books", "./b.db")
    assert again.status == 1
    assert "collection 'books' exists, and has 30 rows; drop it" in again.err
    assert cli("copy", "./a.db", "./b.db").status == 2
    assert "'nix'" in cli("copy", "./a.db/nix", "./b.db/other").err


@pytest.mark.lite
def test_a_copy_has_a_checkpoint_and_the_variable_of_a_token_is_looked_for(cli: CommandLine) -> None:
    fill("./a.db")
    words = ("copy", "./a.db/books", "./b.db", "--checkpoint", "place", "--quiet")
    assert cli(*words).status == 0
    assert cli(*words).out.endswith("1 index; 30 were there already.\n")
    ran = cli("copy", "./a.db/books", "http://127.0.0.1:1", "--target-token-env", "NO_SUCH_VARIABLE")
    assert ran.err == "Error: the variable NO_SUCH_VARIABLE with the token for http://127.0.0.1:1 is not set\n"
    assert cli("copy", "books", "x", "--source-token-env", "HOME").status == 2


@pytest.mark.lite
def test_a_copy_that_cannot_go_on_says_what_to_do(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    with MilvusClient("./a.db", dedicated=True) as client:
        client.create_collection("made", dimension=2, auto_id=True)
        client.insert("made", [{"vector": [0.5, 0.5]}])
    scripted_server.on("DescribeCollection").status(100, "can't find it", error_code="CollectionNotExists")
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    ran = cli("copy", "./a.db/made", scripted_server.uri, "--checkpoint", "place", "--quiet")
    assert ran.status == 1
    assert "1 uncertain" in ran.err
    assert "drop 'made', delete place* and copy again" in ran.err
    assert "The same command" not in ran.err


@pytest.mark.real_server
def test_a_collection_goes_from_a_file_to_a_server_and_back(
    cli: CommandLine, milvus_235: Milvus, milvus_database: str
) -> None:
    fill("./a.db")
    database = f"{milvus_235.uri}/{milvus_database}"
    # Quiet, because a copy that takes long shows its progress.
    ran = cli("copy", "./a.db/books", f"{database}/", "--quiet")
    assert (ran.status, ran.err) == (0, "")
    assert "Copied 30 rows of 'books' to 'books'" in ran.out
    there = MilvusClient(milvus_235.uri, db_name=milvus_database, dedicated=True)
    assert there.query("books", "", ["count(*)"], partition_names=["old"]) == [{"count(*)": 10}]
    ran = cli("copy", "books", "books2", "--uri", database, "-o", "json")
    assert ran.json()["target_rows"] == 30
    ran = cli("copy", f"{database}/books2", "./back.db/books", "--quiet")
    assert (ran.status, ran.err) == (0, "")
    assert len(cli("query", "-c", "books", "--uri", "./back.db", "-e", "id >= 0", "-o", "json").json()) == 30
    other = f"{milvus_database}_other"
    there.create_database(other)
    try:
        ran = cli("copy", f"{database}/books", f"{milvus_235.uri}/{other}/", "--quiet")
        assert (ran.status, ran.err) == (0, "")
        with MilvusClient(milvus_235.uri, db_name=other, dedicated=True) as client:
            assert client.query("books", "", ["count(*)"]) == [{"count(*)": 30}]
            client.drop_collection("books")
    finally:
        there.drop_database(other)
        there.close()


@pytest.mark.parametrize(
    "words", [("copy", "./miss.db/books", "./y.db"), ("query", "--uri", "./miss.db", "-c", "books", "-e", "id > 0")]
)
def test_a_file_that_does_not_exist_is_no_source(cli: CommandLine, tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = cli(*words)
    assert (ran.status, "there is no file ./miss.db" in ran.err) == (1, True), ran.err
    assert not (tmp_path / "miss.db").exists()


def test_a_name_is_no_target(lite_uri: str) -> None:
    wanted = r"target must be a client, got 'copy' \(str\); a name is given as target_name="
    with MilvusClient(lite_uri) as client, pytest.raises(ParamError, match=wanted):
        client.copy_collection("books", "copy")  # type: ignore[arg-type]  # what the check is for
