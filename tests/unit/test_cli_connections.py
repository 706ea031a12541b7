"""Connections by name: what is kept, what never is, and where secrets come from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest
from filelock import FileLock

from milvusclient.cli import main
from milvusclient.cli.framework.completion import candidates
from milvusclient.cli.framework.connection_file import ConnectionFile, SavedConnection, variable_of
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.history_file import may_hold_secret
from milvusclient.cli.framework.secrets import drop_from_keyring, keep_in_keyring, secret_of
from milvusclient.cli.framework.session import Options, Session, token_for
from tests.support.command_line import CommandLine
from tests.support.patience import HANG


class _Memory(keyring.backend.KeyringBackend):
    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


@pytest.fixture
def vault() -> Iterator[_Memory]:
    before = keyring.get_keyring()
    keyring.set_keyring(memory := _Memory())
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def no_vault() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's, not ours
    yield
    keyring.set_keyring(before)


def test_connections_are_kept_in_a_file_for_their_owner(tmp_path: Path) -> None:
    store = ConnectionFile(tmp_path / "new" / "folder")
    assert store.read() == {}
    store.save("prod", SavedConnection(uri="https://x:443", user="root", secret="ask"))
    before = os.umask(0)
    try:
        store.save("dev", SavedConnection(uri="http://x:1"))
    finally:
        os.umask(before)
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert list(ConnectionFile(tmp_path / "new" / "folder").read()) == ["dev", "prod"]
    assert store.forget("dev") == SavedConnection(uri="http://x:1")
    assert store.forget("dev") is None
    assert sorted(path.name for path in store.path.parent.iterdir()) == ["connections.json", "connections.lock"]


def test_connections_that_are_saved_at_once_are_all_kept(tmp_path: Path) -> None:
    """Each run reads the file, changes it and writes it; another run in between would be forgotten."""
    names = [f"c{number:02}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda name: ConnectionFile(tmp_path).save(name, SavedConnection(uri="http://localhost:19530")), names
            )
        )

    assert list(ConnectionFile(tmp_path).read()) == names
    assert (tmp_path / "connections.lock").stat().st_mode & 0o077 == 0


def test_a_file_that_another_run_has_locked_for_too_long_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient.cli.framework.connection_file._LOCK_TIMEOUT", 0.1)
    with FileLock(tmp_path / "connections.lock"), pytest.raises(Failure, match="another run has locked"):
        ConnectionFile(tmp_path).save("dev", SavedConnection(uri="http://localhost:19530"))


@pytest.mark.parametrize("text", ["", "[]", '{"connections": {"a": {"uri": "x", "password": "y"}}}'])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "connections.json").write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match=r"connections\.json"):
        ConnectionFile(tmp_path).read()


def test_the_variable_of_a_connection() -> None:
    assert variable_of("my-prod.1") == "MILVUS_SECRET_MY_PROD_1"


def test_secrets_come_from_where_they_were_said_to_be(monkeypatch: pytest.MonkeyPatch, vault: _Memory) -> None:
    assert secret_of("a", SavedConnection(uri="x")) == ""
    named = SavedConnection(uri="x", secret="environment", variable="MY_TOKEN")
    with pytest.raises(Failure, match="MY_TOKEN"):
        secret_of("a", named)
    monkeypatch.setenv("MY_TOKEN", "t0ken")
    assert secret_of("a", named) == "t0ken"
    kept = SavedConnection(uri="x", secret="keyring")
    with pytest.raises(Failure, match="MILVUS_SECRET_A"):
        secret_of("a", kept)
    keep_in_keyring("a", "s3cret")
    assert secret_of("a", kept) == "s3cret"
    drop_from_keyring("a")
    drop_from_keyring("a")
    assert vault.kept == {}
    asked = SavedConnection(uri="x", user="root", secret="ask")
    monkeypatch.setattr("sys.stdin", open("/dev/null", encoding="utf-8"))  # noqa: SIM115 - the test ends soon
    with pytest.raises(Failure, match="Password of root.*MILVUS_SECRET_A"):
        secret_of("a", asked)
    monkeypatch.setenv("MILVUS_SECRET_A", "once")
    assert secret_of("a", asked) == "once"
    sys.stdin.close()


@pytest.mark.usefixtures("no_vault")
def test_without_a_keyring_storing_is_refused() -> None:
    with pytest.raises(Failure, match="MILVUS_SECRET_A instead"):
        keep_in_keyring("a", "s3cret")


def test_a_command_uses_the_connection_that_is_named_nearest_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(ConnectionFile(tmp_path))
    assert session.chosen() == ("", None)
    default, prod = SavedConnection(uri="http://x:1"), SavedConnection(uri="http://y:1")
    session.connection_file.save("default", default)
    session.connection_file.save("prod", prod)
    assert session.chosen() == ("default", default)
    with session.using(Options(connection="prod"), "json"):
        assert session.chosen() == ("prod", prod)
        assert session.options.output == "json"
        with session.using(Options(uri="http://z:1", db_name="d"), None):
            assert session.chosen() == ("", None)
            assert (session.options.output, session.options.db_name) == ("json", "d")
    with session.using(Options(connection="prd"), None), pytest.raises(Failure, match="there are default, prod"):
        session.chosen()
    monkeypatch.setenv("MILVUS_URI", "http://w:1")
    assert session.chosen() == ("", None)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("connect -uri http://root:x@h:1", False),
        ("list collections --uri root:x/y@h:1", False),
        ("connect -t root:secret", False),
        ("connect -u root --password x", False),
        ("connect -uri http://h:1 -t abc123", False),
        ("connect -tabc123", False),
        ("create user -u ada -p s3cret", False),
        ("connect -t", True),
        ("connect -t -a prod", True),
        ("connect -uri https://h:1 -tls 1", True),
        ("create partition -c docs -p p1", True),
        ("create index -c docs -t HNSW", True),
        ("flush -c docs -t 5", True),
    ],
)
def test_the_history_leaves_out_lines_with_secrets(line: str, kept: bool) -> None:
    assert may_hold_secret(line) is not kept


def test_a_token_of_the_environment_goes_only_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert token_for("http://h:1") == ""
    monkeypatch.setenv("MILVUS_TOKEN", "t0ken")
    assert token_for("http://h:1") == "t0ken"
    assert token_for("http://root:pass@h:1") == ""
    monkeypatch.setenv("MILVUS_URI", "http://h:1")
    assert token_for("h:1") == "t0ken"
    assert token_for("http://other:1") == ""


def offered(line: list[str], begun: str = "") -> list[str]:
    def ask(family: str, collection: str) -> list[str]:
        return [f"{family}:{collection}"]

    return [text for text, _ in candidates(root, line, begun, ask)]


def test_completion_offers_commands_options_and_names() -> None:
    assert offered([], "conn") == ["connect"]
    assert "collection" in offered(["show"])
    assert offered(["describe"], "coll") == offered(["show"], "coll") == ["collection", "collection_stats"]
    assert offered(["show", "collection", "-c"]) == ["collections:"]
    assert offered(["load", "-c", "docs", "-p"]) == ["partitions:docs"]
    assert offered(["show", "index", "-c", "docs", "-in"]) == ["indexes:docs"]
    assert offered(["query", "-a"]) == ["connections:"]
    assert offered(["query", "--output"]) == ["table", "vertical", "json", "jsonl", "csv"]
    assert "--limit" in offered(["query", "-c", "docs"], "--l")
    assert offered(["query", "-e"]) == []
    assert offered(["delete", "index", "-y"], "--c")
    assert offered(["set", "output"], "j") == ["json", "jsonl"]
    assert offered(["help", "create"], "ind") == ["index"]
    assert offered(["grant", "privilege_group", "-n"]) == ["privilege_groups:"]
    assert offered(["nothing", "here"]) == offered([])


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")


@pytest.mark.parametrize(
    ("name", "command"), list(commands(root)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_explains_itself(
    name: str, command: click.Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = CommandLine(tmp_path, monkeypatch)(*name.split(), "--help")
    assert ran.status == 0
    assert command.help
    letters = [text for each in command.params if isinstance(each, click.Option) for text in each.opts]
    assert len(letters) == len(set(letters)), "two options have one name"
    for each in command.params:
        assert not isinstance(each, click.Option) or each.help, each.name


def test_mistakes_are_on_stderr_with_status_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    for words, wanted in [
        (["shw"], "did you mean 'show'?"),
        (["show", "colection"], "did you mean 'collection'?"),
        (["query"], "'--collection-name'"),
        (["query", "-c", "x"], "'--expr'"),
        (["connect", "-uri", "x:1", "-p", "2"], "either -uri"),
        (["connect", "-tls", "2"], "--client-cert"),
        (["help", "nothing"], "No such command 'nothing'"),
    ]:
        ran = cli(*words)
        assert (ran.status, ran.out) == (2, ""), words
        assert wanted in ran.err


@pytest.mark.parametrize("line", ["connect -uri x:1 -t s3cret", "create user -u ada -p s3cret"])
def test_a_secret_in_the_command_line_is_refused_and_not_repeated(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = CommandLine(tmp_path, monkeypatch)(*line.split())
    assert (ran.status, ran.out) == (2, "")
    assert "it is asked for" in ran.err
    assert "s3cret" not in ran.err


def test_commands_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    assert cli("--version").out.startswith("milvusclient ")
    assert "create index" in cli("help", "create", "index").out
    assert cli("calc", "hybridts_to_unixtime", "434324324324233").out == "1656815.812\n"
    assert cli("-o", "json", "calc", "mkts_from_unixtime", "1.5").json() == {"hybridts": 393216000}
    for line in ("calc distance", "load_balance -s 1 -d 2"):
        ran = cli(*line.split())
        assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert cli("list", "connections", "-o", "csv").out == "name,uri,user,database,secret,used\n"
    assert cli("show", "output").out == "table\n"


def test_set_output_says_that_it_ends_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    ran = cli("set", "output", "json")
    assert (ran.status, ran.out, "--output json" in ran.err) == (0, "", True)
    assert cli.piped("milvusclient version\n").out == cli("version").out
    ran = cli.piped("set output json\nversion\nshow output\nexit\nno command\n")
    assert (ran.status, ran.err) == (0, "")
    assert '"output": "json"' in ran.out


def test_a_mistake_of_ours_is_one_message_and_a_shell_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)

    def fail(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("milvusclient.timestamps.mkts_from_unixtime", fail)
    ran = cli("calc", "mkts_from_unixtime", "1")
    assert (ran.status, ran.out) == (1, "")
    assert "KeyError: 'surprise'" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("MILVUSCLIENT_DEBUG", "1")
    with pytest.raises(KeyError):
        cli("calc", "mkts_from_unixtime", "1")


def test_every_command_with_a_result_has_the_option_output() -> None:
    without = [
        name
        for name, command in commands(root)
        if not isinstance(command, click.Group) and not any("--output" in each.opts for each in command.params)
    ]
    silent = ["set output", "set pager", "exit", "quit", "clear", "help", "completion"]
    gone = ["load_balance", "calc distance"]
    assert {name.replace("describe ", "show ") for name in without} == {*silent, *gone}


def test_a_file_of_connections_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    cli.saved.parent.mkdir()
    cli.saved.write_text("no", encoding="utf-8")
    ran = cli("list", "connections")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1


def test_without_the_extra_it_says_what_to_install() -> None:
    program = (
        "import importlib.util, sys; real = importlib.util.find_spec; sys.modules['click'] = None;"
        "importlib.util.find_spec = lambda name: None if name in ('click', 'rich') else real(name);"
        "from milvusclient.cli import main; sys.exit(main(['--version']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=HANG, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "click, rich" in ran.stderr
    assert "pip install 'milvusclient[cli]'" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_the_entry_imports_only_the_standard_library() -> None:
    program = (
        "import sys, milvusclient; before = set(sys.modules); import milvusclient.cli;"
        "print({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=HANG, check=True)
    assert ran.stdout.strip() == "{'milvusclient'}"
    assert main.__doc__
