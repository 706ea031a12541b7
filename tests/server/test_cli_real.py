"""The commands that need a server, on the real Milvus 2.3.5."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, Ran
from tests.support.servers import Config, Milvus


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line without any connection."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path / "settings", monkeypatch)


def ok(ran: Ran) -> Ran:
    """The same, of a command that went well."""
    assert (ran.status, ran.err) == (0, "")
    return ran


@pytest.mark.real_server
@pytest.mark.slow
def test_collections_and_what_the_server_does_with_them(
    cli: CommandLine, milvus_235: Milvus, milvus_database: str
) -> None:
    host, _, port = milvus_235.address.partition(":")
    ok(cli("connect", "-h", host, "-p", port, "-db", milvus_database))
    assert cli("show", "connection", "-o", "json").json()["database"] == milvus_database
    rows = [{"id": number, "title": f"t{number}", "v": [float(number), 1.0]} for number in range(10)]
    Path("rows.json").write_text(json.dumps(rows), encoding="utf-8")
    steps = """
        create collection -c docs -f id:INT64 -f title:VARCHAR:20 -f v:FLOAT_VECTOR:2 -p id
        create index -c docs -f v -t FLAT -m L2
        bulk_insert -c docs -f rows.json --batch-size 4
        flush -c docs
        wait_for_index -c docs -in v -t 60
        load collection -c docs
        create partition -c docs -p p1
        load partition -c docs -p p1
        compact -c docs
        flush_all
        create alias -c docs -a other
        alter collection_properties -c docs --property collection.ttl.seconds:36000
    """
    ok(cli.piped("\n".join(line.strip() for line in steps.splitlines())))
    assert cli("list", "collections", "-l", "-o", "json").json() == ["docs"]
    assert cli("show", "loading_progress", "-c", "docs", "-o", "json").json() == {"state": "Loaded", "progress": 100}
    assert cli("show", "flush_state", "-c", "docs", "-o", "json").json()[0]["num_rows"] == 10
    assert cli("show", "query_segment_info", "-c", "docs", "-o", "json").json()[0]["num_rows"] == 10
    assert cli("show", "replicas", "-c", "docs", "-o", "json").json()[0]["nodes"]
    assert cli("show", "collection_stats", "-c", "docs", "-o", "json").json()["row_count"] == 10
    assert ok(cli("query", "-c", "other", "-e", "id < 2", "-o", "csv")).out.splitlines()[0] == "id,title,v"
    assert len(cli("query_iterator", "-c", "docs", "-e", "id >= 0", "--batch-size", "3", "-o", "json").json()) == 10
    assert ok(cli("search", "-c", "docs", "-v", "[3, 1]", "-l", "1", "-o", "csv")).out == "id,distance\n3,0.0\n"
    ok(cli("export", "-c", "docs", "-e", "id > 6", "out.csv"))
    assert len(Path("out.csv").read_text(encoding="utf-8").splitlines()) == 4
    assert "load -c docs" in cli.piped("release -c docs\nquery -c docs -e 'id < 2'\n").err
    for words in ("alias -a other", "partition -c docs -p p1", "index -c docs -in v", "collection -c docs"):
        ok(cli("delete", *words.split(), "-y"))


@pytest.mark.real_server
def test_databases_and_resource_groups(cli: CommandLine, milvus_235: Milvus) -> None:
    ok(cli("connect", "-uri", milvus_235.uri))
    name = f"cli_{os.getpid()}"
    try:
        ok(cli("create", "database", "-db", name))
        assert name in cli("list", "databases", "-o", "json").json()
        session = f"use database -db {name}\ncreate collection -c docs --dimension 2\nlist collections\n"
        assert "docs" in ok(cli.piped(session)).out
        ok(cli("delete", "collection", "-c", "docs", "-y", "--db", name))
        ok(cli("create", "resource_group", "-n", name))
        assert name in cli("list", "resource_groups", "-o", "json").json()
        assert cli("show", "resource_group", "-n", name, "-o", "json").json()["name"] == name
    finally:
        ended = [cli("delete", *words, name, "-y") for words in (("resource_group", "-n"), ("database", "-db"))]
    assert [ran.status for ran in ended] == [0, 0]


@pytest.mark.exclusive_server
def test_credentials_and_the_doctor(
    cli: CommandLine,
    start_milvus: Callable[[Config], AbstractContextManager[Milvus]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with start_milvus({"authorization_enabled": True}) as milvus:
        connect = ("connect", "-uri", milvus.uri, "-u", "root")
        assert "MILVUS_PASSWORD" in cli(*connect).err
        monkeypatch.setenv("MILVUS_PASSWORD", "wr0ng-secret")
        ran = cli(*connect)
        assert (ran.status, "refused the credentials" in ran.err) == (1, True)
        ran = cli("doctor", milvus.uri, "-u", "root", "-o", "json")
        assert [step["name"] for step in json.loads(ran.out)][-2:] == ["grpc", "authentication"]
        assert "What to do: give the user with -u USER" in ran.err
        assert "wr0ng-secret" not in ran.out + ran.err
        monkeypatch.setenv("MILVUS_PASSWORD", "Milvus")
        ok(cli(*connect))
        assert "Milvus" not in cli.saved.read_text(encoding="utf-8")
        ran = cli("doctor", f"{milvus.uri}/nix", "-u", "root", "-o", "json")
        assert [(step["name"], step["state"]) for step in json.loads(ran.out)][-1] == ("database", "failed")
        steps = cli("doctor", "-o", "json", "--rest-port", str(milvus.metrics_port)).json()
        assert {step["name"]: step["state"] for step in steps} == {
            "name": "ok", "tcp": "ok", "tls": "skipped", "grpc": "ok", "authentication": "ok", "database": "ok",
            "version": "ok", "latency": "ok", "rest": "ok",
        }  # fmt: skip
        monkeypatch.setenv("MILVUS_NEW_PASSWORD", "s3cret-one")
        steps_of_a_role = """
            create user -u ada
            create role -r reader
            grant role -r reader -u ada
            grant privilege -r reader -p Search --object-name docs
        """
        ok(cli.piped("\n".join(line.strip() for line in steps_of_a_role.splitlines())))
        assert cli("show", "user", "-u", "ada", "-o", "json").json()["roles"] == ["reader"]
        granted = cli("list", "grants", "-r", "reader", "--output", "json").json()
        assert [(each["privilege"], each["object_name"]) for each in granted] == [("Search", "docs")]
        assert cli("list", "grants", "-r", "reader", "-o", "nix", "--output", "json").json() == []
        ok(cli("revoke", "privilege", "-r", "reader", "-p", "Search", "--object-name", "docs"))
        ok(cli("delete", "user", "-u", "ada", "-y"))
        ok(cli("delete", "role", "-r", "reader", "-y"))
        monkeypatch.setenv("MILVUS_NEW_PASSWORD", "an0ther-secret")
        ok(cli("update", "password", "-u", "root"))
        assert cli("list", "users").status == 1
        monkeypatch.setenv("MILVUS_PASSWORD", "an0ther-secret")
        assert cli("list", "users", "-o", "json").json() == ["root"]
        monkeypatch.setenv("MILVUS_TOKEN", "root:an0ther-secret")
        assert ok(cli("--uri", milvus.uri, "list", "roles")).out
