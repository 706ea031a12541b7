"""The command line and health against servers that refuse: what it says, what it never prints, where it stops."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient, ParamError
from milvusclient.exceptions import UnimplementedError
from tests.support.certificates import Authority
from tests.support.command_line import CommandLine
from tests.support.scripted import ScriptedServer
from tests.support.servers import Milvus


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line without any connection."""
    return CommandLine(tmp_path, monkeypatch)


@contextmanager
def rest_server(answers: dict[str, tuple[int, str]]) -> Iterator[int]:
    """A server of HTTP that answers these paths; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, text = answers.get(self.path, (404, "404 page not found"))
            self.send_response(code)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


# --- secrets ---------------------------------------------------------------------------------------------------------
def test_no_secret_is_shown_or_kept(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, _, port = scripted_server.address.partition(":")
    cli.answer_hidden("s3cret")
    ran = cli("connect", "-h", host, "-p", port, "-u", "root", "-a", "prod", typed="")
    assert ran.status == 0, ran.err
    sent = scripted_server.calls("Connect")[-1].headers["authorization"]
    shown = cli("list", "connections", "-o", "json").out + cli.saved.read_text(encoding="utf-8") + ran.out + ran.err
    assert "s3cret" not in shown
    assert sent not in shown
    # Without a terminal the variable is named, and used.
    assert "MILVUS_SECRET_PROD" in cli("list", "collections", "-a", "prod").err
    monkeypatch.setenv("MILVUS_SECRET_PROD", "s3cret")
    assert cli("list", "collections", "-a", "prod").status == 0
    assert scripted_server.calls("Connect")[-1].headers["authorization"] == sent


def test_a_token_from_the_environment_is_not_copied(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_TOKEN", "t0ken")
    assert cli("connect", "-uri", scripted_server.uri, "-t").status == 0
    saved = json.loads(cli.saved.read_text(encoding="utf-8"))["connections"]["default"]
    assert saved == {"uri": scripted_server.uri, "secret": "environment", "variable": "MILVUS_TOKEN"}
    assert cli("list", "collections").status == 0


def test_credentials_in_a_uri_are_not_kept(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    uri = f"http://root:s3cret@{scripted_server.address}/lib"
    assert cli("connect", "-uri", uri).status == 0
    saved = json.loads(cli.saved.read_text(encoding="utf-8"))["connections"]["default"]
    assert saved == {"uri": scripted_server.uri, "user": "root", "db_name": "lib", "secret": "ask"}
    assert "other users" in cli("connect", "-uri", uri).err


def test_the_address_of_the_environment_comes_with_its_token(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_URI", scripted_server.uri)
    monkeypatch.setenv("MILVUS_TOKEN", "t0ken")
    ran = cli("connect", "-a", "there")
    assert (ran.status, ran.err) == (0, "")
    saved = json.loads(cli.saved.read_text(encoding="utf-8"))["connections"]["there"]
    assert saved == {"uri": scripted_server.uri, "secret": "environment", "variable": "MILVUS_TOKEN"}
    assert "authorization" in scripted_server.calls("Connect")[-1].headers
    monkeypatch.setenv("MILVUS_URI", f"http://root:s3cret@{scripted_server.address}")
    assert cli("connect", "-a", "there").err == ""
    assert "s3cret" not in cli.saved.read_text(encoding="utf-8")


def test_a_connection_that_fails_is_not_kept(cli: CommandLine) -> None:
    ran = cli("connect", "-h", "127.0.0.1", "-p", "1")
    assert (ran.status, ran.out) == (1, "")
    assert "127.0.0.1:1" in ran.err
    assert not cli.saved.exists()


# --- commands that the embedded server does not have -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "rpc"),
    [
        ("create database -db lib --property a:1", "CreateDatabase"),
        ("list databases", "ListDatabases"),
        ("show database -db lib", "DescribeDatabase"),
        ("alter database -db lib --property a:1 -k b", "AlterDatabase"),
        ("use -db lib", "ShowCollections"),
        ("delete database -db lib -y", "DropDatabase"),
        ("create user -u ada", "CreateCredential"),
        ("list users", "ListCredUsers"),
        ("show user -u ada", "SelectUser"),
        ("update password -u ada", "UpdateCredential"),
        ("delete user -u ada -y", "DeleteCredential"),
        ("create role -r r", "CreateRole"),
        ("list roles", "SelectRole"),
        ("show role -r r", "SelectGrant"),
        ("list grants -r r -o docs -t Collection", "SelectGrant"),
        ("grant role -r r -u ada", "OperateUserRole"),
        ("revoke role -r r -u ada", "OperateUserRole"),
        ("grant privilege -r r -p Search --object-name docs", "OperatePrivilege"),
        ("revoke privilege -r r -p Search", "OperatePrivilege"),
        ("grant privilege_v2 -r r -p Search -c docs", "OperatePrivilegeV2"),
        ("revoke privilege_v2 -r r -p Search", "OperatePrivilegeV2"),
        ("delete role -r r -y", "DropRole"),
        ("create privilege_group -n g", "CreatePrivilegeGroup"),
        ("list privilege_groups", "ListPrivilegeGroups"),
        ("grant privilege_group -n g -p Search,Query", "OperatePrivilegeGroup"),
        ("revoke privilege_group -n g -p Search", "OperatePrivilegeGroup"),
        ("delete privilege_group -n g -y", "DropPrivilegeGroup"),
        ("create resource_group -n g --requests 1", "CreateResourceGroup"),
        ("list resource_groups", "ListResourceGroups"),
        ("show resource_group -n g", "DescribeResourceGroup"),
        ("update resource_group -n g --requests 2", "UpdateResourceGroups"),
        ("transfer replica --source a --target b -c docs", "TransferReplica"),
        ("delete resource_group -n g -y", "DropResourceGroup"),
        ("compact -c docs", "ManualCompaction"),
        ("show compaction_state -id 7", "GetCompactionState"),
        ("show compaction_plans -id 7", "GetCompactionStateWithPlans"),
        ("show replicas -c docs", "GetReplicas"),
        ("show query_segment_info -c docs", "GetQuerySegmentInfo"),
        ("show flush_state -c docs", "GetPersistentSegmentInfo"),
        ("flush_all", "FlushAll"),
        ("truncate -c docs -y", "TruncateCollection"),
        ("load partition -c docs -p p", "LoadPartitions"),
        ("release partition -c docs -p p", "ReleasePartitions"),
        ("alter collection_properties -c docs --property collection.ttl.seconds:60", "AlterCollection"),
        ("delete collection_properties -c docs -k a -y", "AlterCollection"),
        ("alter collection_field -c docs -f title --param max_length:9", "AlterCollectionField"),
        ("server_version", "GetVersion"),
    ],
)
def test_each_command_asks_the_server(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, line: str, rpc: str
) -> None:
    monkeypatch.setenv("MILVUS_PASSWORD", "0ld-secret")
    monkeypatch.setenv("MILVUS_NEW_PASSWORD", "n3w-secret")
    ran = cli("--uri", scripted_server.uri, *line.split())
    note = "Note: outside of a shell this ends with the command; give --db lib to others.\n"
    assert (ran.status, ran.err) == (0, note if line.startswith("use") else "")
    assert scripted_server.calls(rpc)
    assert "secret" not in ran.out


# --- health ----------------------------------------------------------------------------------------------------------
def test_health_reports_what_check_health_returns(scripted_server: ScriptedServer, cli: CommandLine) -> None:
    scripted_server.on("CheckHealth").then().then(
        {"isHealthy": False, "reasons": ["querynode 3 is down"], "quota_states": ["DenyToWrite"]}
    )
    with MilvusClient(scripted_server.uri, dedicated=True) as client:
        assert client.check_health()
        found = client.check_health()
    assert not found
    assert (found.healthy, found.reasons, found.quota_states) == (False, ("querynode 3 is down",), ("DenyToWrite",))
    scripted_server.on("CheckHealth").then({"isHealthy": False, "reasons": ["rootcoord"]})
    ran = cli("health", "--uri", scripted_server.uri, "-o", "json")
    assert ran.status == 1
    assert json.loads(ran.out)["reasons"] == ["rootcoord"]


async def test_the_same_with_asyncio(scripted_server: ScriptedServer) -> None:
    async with AsyncMilvusClient(scripted_server.uri) as client:
        assert (await client.check_health(timeout=5)).healthy
        scripted_server.on("CheckHealth").fail(grpc.StatusCode.UNIMPLEMENTED)
        with pytest.raises(UnimplementedError):
            await client.check_health()


@pytest.mark.parametrize(
    ("answers", "healthy", "reason"),
    [
        ({"/api/v1/health": (200, '{"status":"ok"}')}, True, ""),
        ({"/healthz": (200, "OK")}, True, ""),
        ({"/healthz": (200, '{"state":"OK"}'), "/api/v1/health": (200, '{"status":"ok"}')}, True, ""),
        ({"/healthz": (500, "component proxy is abnormal")}, False, "500: component proxy is abnormal"),
        ({"/healthz": (200, '{"state":"querynode abnormal"}')}, False, "querynode abnormal"),
        ({"/healthz": (200, "component querynode state is Abnormal")}, False, "Abnormal"),
        ({}, False, "neither /api/v1/health nor /healthz"),
    ],
)
def test_health_reads_the_rest_port(answers: dict[str, tuple[int, str]], healthy: bool, reason: str) -> None:
    with rest_server(answers) as port:
        found = milvusclient.health(f"http://127.0.0.1:{port}", timeout=5)
    assert found.healthy is healthy
    assert bool(found) is healthy
    assert reason in found.reason


def test_a_rest_port_that_does_not_answer(scripted_server: ScriptedServer) -> None:
    assert "refused" in milvusclient.health("http://127.0.0.1:1", timeout=2).reason
    assert milvusclient.health(scripted_server.uri, timeout=2).healthy is False  # it speaks HTTP/2
    assert milvusclient.health("127.0.0.1:19530", timeout=2).url == "http://127.0.0.1:9091"
    with pytest.raises(ParamError, match="REST port"):
        milvusclient.health("./x.db")


@pytest.mark.real_server
def test_the_real_server_is_healthy(milvus_235: Milvus, cli: CommandLine) -> None:
    found = milvusclient.health(f"http://localhost:{milvus_235.metrics_port}")
    assert found, found
    assert found.healthz or found.api
    with MilvusClient(milvus_235.uri, dedicated=True) as client:
        assert client.check_health()
    ran = cli("doctor", milvus_235.uri, "--rest-port", str(milvus_235.metrics_port), "-o", "json")
    assert [step["state"] for step in ran.json()] == ["ok", "ok", "skipped", "ok", "ok", "ok", "ok", "ok", "ok"]


# --- doctor ----------------------------------------------------------------------------------------------------------
def steps(cli: CommandLine, *words: str) -> tuple[list[tuple[str, str]], str]:
    """The steps that were done and how they went, and what is said of the one that failed."""
    ran = cli("doctor", "-o", "json", "-t", "60", *words)
    found = [(step["name"], step["state"]) for step in json.loads(ran.out)]
    assert ran.status == int(found[-1][1] == "failed")
    return found, ran.err


def test_a_name_that_is_not_known(cli: CommandLine) -> None:
    found, words = steps(cli, "http://no-such-host.invalid:19530")
    assert found == [("name", "failed")]
    assert "What to do: check its spelling" in words


def test_nothing_listens(cli: CommandLine) -> None:
    found, words = steps(cli, "127.0.0.1:1")
    assert found == [("name", "ok"), ("tcp", "failed")]
    assert "start Milvus" in words


def test_of_several_addresses_each_is_looked_at(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    uri = f"http://127.0.0.1:1,{scripted_server.address}"
    ran = cli("doctor", "-o", "json", "-t", "60", uri)
    found = json.loads(ran.out)
    network = [("name", "ok"), ("tcp", "failed"), ("name", "ok"), ("tcp", "ok"), ("tls", "skipped")]
    assert [(step["name"], step["state"]) for step in found][:7] == [*network, ("addresses", "ok"), ("grpc", "ok")]
    assert found[5]["detail"] == f"1 of 2: {scripted_server.address}"
    assert found[6]["detail"] == f"the server answers at {scripted_server.address}"
    assert ran.status == 1
    assert "start Milvus" in ran.err


def test_of_several_addresses_none_answers(cli: CommandLine) -> None:
    ran = cli("doctor", "-o", "json", "-t", "60", "http://127.0.0.1:1,127.0.0.1:2")
    found = [(step["name"], step["state"]) for step in json.loads(ran.out)]
    assert found == [*[("name", "ok"), ("tcp", "failed")] * 2, ("addresses", "failed")]
    assert ran.status == 1


def test_a_name_to_connect_to_that_is_not_saved(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILVUS_URI", "http://127.0.0.1:1")
    ran = cli("connect", "-a", "nope")
    assert ran.status == 1
    assert ran.err.startswith("Error: no connection is saved as 'nope'; give its address with -uri, or -h and -p; ")
    assert "nothing listens at this address" in ran.err


def test_tls_where_there_is_none(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    found, words = steps(cli, f"https://{scripted_server.address}")
    assert found[-1] == ("tls", "failed")
    assert "http:// for one without" in words


def test_a_certificate_that_is_not_trusted(cli: CommandLine, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ours")
    server = authority.issue("server", hosts=("localhost", "127.0.0.1"))
    other = Authority(tmp_path, "another")
    with ScriptedServer(credentials=grpc.ssl_server_credentials([(server.key_pem, server.pem)])) as secure:
        uri = f"https://{secure.address}"
        found, words = steps(cli, uri)
        assert found[-1] == ("tls", "failed")
        assert "with --ca" in words
        assert steps(cli, uri, "--ca", str(other.own.certificate))[0][-1] == ("tls", "failed")
        found, words = steps(cli, uri, "--ca", str(authority.own.certificate), "--rest-port", "1")
        assert found[2] == ("tls", "ok")
        assert found[-2:] == [("latency", "ok"), ("rest", "skipped")]
        assert cli("connect", "-uri", uri, "-cert", "ours.pem").status == 1
        assert cli("connect", "-uri", uri, "-tls", "1", "-cert", str(authority.own.certificate)).status == 0
        assert cli("list", "collections", "-o", "json").json() == ["alpha", "beta"]
        found, words = steps(cli, f"http://{secure.address}")
        assert found[-1][1] == "failed"
        assert "https://" in words


def test_a_port_that_is_not_milvus(cli: CommandLine) -> None:
    with rest_server({}) as port:
        found, words = steps(cli, f"127.0.0.1:{port}")
    assert found[-1] == ("grpc", "failed")
    assert "gRPC port" in words


def test_credentials_that_are_refused(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "auth check failure").forever()
    found, words = steps(cli, f"http://root:s3cret@{scripted_server.address}")
    assert found[-2:] == [("grpc", "ok"), ("authentication", "failed")]
    assert "-u USER" in words
    assert "s3cret" not in words


def test_the_doctor_takes_a_user_and_a_token(
    cli: CommandLine, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rest_server({"/healthz": (200, "OK")}) as port:
        words = (scripted_server.uri, "--rest-port", str(port))
        monkeypatch.setenv("MILVUS_PASSWORD", "s3cret")
        found, _ = steps(cli, *words, "-u", "root")
        by_user = scripted_server.calls("Connect")[-1].headers["authorization"]
        assert found[4] == ("authentication", "ok")
        monkeypatch.delenv("MILVUS_PASSWORD")
        assert "MILVUS_PASSWORD" in cli("doctor", *words, "-u", "root").err
        monkeypatch.setenv("MILVUS_TOKEN", "root:s3cret")
        steps(cli, *words)
        assert scripted_server.calls("Connect")[-1].headers["authorization"] == by_user
    ran = cli("doctor", scripted_server.uri, "-tls", "1", "-t", "3")
    assert "tls" in ran.err


def test_an_unloaded_collection_says_how_to_load_it(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").status(101, "collection not loaded[collection=7]").forever()
    ran = cli("query", "-c", "docs", "-e", "id > 0", "--uri", scripted_server.uri)
    assert (ran.status, ran.out) == (1, "")
    assert "load -c docs" in ran.err


def test_a_database_that_is_not_there(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("ShowCollections").status(800, "database not found").forever()
    found, words = steps(cli, f"{scripted_server.uri}/lib")
    assert found[-1] == ("database", "failed")
    assert "'lib'" in words


def test_a_server_that_is_well(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    with rest_server({"/healthz": (200, "OK")}) as port:
        found, words = steps(cli, scripted_server.uri, "--rest-port", str(port))
    assert words == ""
    assert [name for name, _ in found] == [
        "name", "tcp", "tls", "grpc", "authentication", "database", "version", "latency", "rest",
    ]  # fmt: skip
    assert {state for name, state in found if name != "tls"} == {"ok"}
    with rest_server({"/healthz": (500, "proxy is abnormal")}) as port:
        found, words = steps(cli, scripted_server.uri, "--rest-port", str(port))
    assert found[-1] == ("rest", "failed")
    assert "not healthy" in words
