"""Where a connection leads and as whom: uris, credentials, TLS settings, and the alias that is derived from them."""

from __future__ import annotations

import base64
import gc
import itertools
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

from milvusclient.config.credentials import Secret
from milvusclient.config.settings import ConnectionConfig, config_from_environment, make_config
from milvusclient.config.uri import Kind
from milvusclient.exceptions import ConnectionConfigException, MilvusException

SECRET = "hunter2-secret"
#: In no other configuration of these tests.
KEPT_SECRET = "hunter3-secret"


# --- uris ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "normal", "address", "secure"),
    [
        ("http://localhost:19530", "http://localhost:19530", "localhost:19530", False),
        ("http://localhost", "http://localhost:19530", "localhost:19530", False),
        ("http://localhost/", "http://localhost:19530", "localhost:19530", False),
        ("HTTP://LocalHost:19530", "http://localhost:19530", "localhost:19530", False),
        ("  http://localhost:19530 ", "http://localhost:19530", "localhost:19530", False),
        ("localhost", "http://localhost:19530", "localhost:19530", False),
        ("localhost:19543", "http://localhost:19543", "localhost:19543", False),
        ("10.1.2.3:19543", "http://10.1.2.3:19543", "10.1.2.3:19543", False),
        ("tcp://milvus.example:1", "http://milvus.example:1", "milvus.example:1", False),
        ("grpc://milvus.example", "http://milvus.example:19530", "milvus.example:19530", False),
        ("https://milvus.example", "https://milvus.example:443", "milvus.example:443", True),
        ("https://milvus.example:19530", "https://milvus.example:19530", "milvus.example:19530", True),
        ("http://[::1]:19530", "http://[::1]:19530", "[::1]:19530", False),
        ("http://[::1]", "http://[::1]:19530", "[::1]:19530", False),
        ("[0:0:0:0:0:0:0:1]:19543", "http://[::1]:19543", "[::1]:19543", False),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]:443", "[2001:db8::1]:443", True),
        ("http://localhost:1", "http://localhost:1", "localhost:1", False),
        ("http://localhost:65535", "http://localhost:65535", "localhost:65535", False),
    ],
)
def test_each_form_of_a_network_address_has_one_normal_form(uri: str, normal: str, address: str, secure: bool) -> None:
    target = make_config(uri).target
    assert (target.kind, target.uri, target.address, target.secure) == (Kind.NETWORK, normal, address, secure)
    assert make_config(target.uri).target == target


@pytest.mark.parametrize("uri", ["unix:/run/milvus.sock", "unix:///run/milvus.sock", "UNIX:/run/../run/milvus.sock"])
def test_unix_sockets(uri: str) -> None:
    target = make_config(uri).target
    assert (target.kind, target.address, target.uri) == (Kind.UNIX, "unix:/run/milvus.sock", "unix:/run/milvus.sock")
    assert target.is_loopback


def test_files_are_known_by_their_real_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    wanted = os.path.realpath(tmp_path / "sub" / "x.db")

    for uri in ("sub/x.db", "./sub/x.db", str(tmp_path / "sub" / "x.db"), "link/x.db", " sub/../link/x.db"):
        target = make_config(uri).target
        assert (target.kind, target.address) == (Kind.EMBEDDED, wanted), uri

    assert make_config("X.DB").target.address == os.path.realpath(tmp_path / "X.DB")
    assert make_config("a b.db").target.kind is Kind.EMBEDDED
    assert make_config("~/x.db").target.address == os.path.realpath(Path.home() / "x.db")


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("ftp://x", "scheme 'ftp' is unknown"),
        ("milvus://x:1", "scheme 'milvus' is unknown"),
        ("http://", "the host is missing"),
        ("http://:19530", "the host is missing"),
        ("http://x:abc", "port 'abc' is not a number from 1 to 65535"),
        ("http://x:0", "port '0' is not a number"),
        ("http://x:65536", "port '65536'"),
        ("http://x:999999999999999999999", "port '999999999999999999999'"),
        ("http://x:-1", "port '-1'"),
        ("http://x:1 9", "whitespace"),
        ("http://x\n:19", "whitespace"),
        ("http://::1:19530", "needs brackets"),
        ("http://[::1", "brackets"),
        ("http://[::1]19530", "brackets"),
        ("http://[:::::]:1", "is not an IPv6 address"),
        ("http://[localhost]:1", "is not an IPv6 address"),
        ("http://a_b;c:1", "is not a host name"),
        ("http://x?y=1", "a query or a fragment"),
        ("http://x#y", "a query or a fragment"),
        ("http://http://x", "'://' twice"),
        ("unix:", "path of the unix socket is missing"),
        ("x\x00.db", "control characters"),
        (":memory:", "Milvus Lite keeps its data in a file, and has no database in memory"),
        ("./demo", r"it is the path of a file whose name does not end with \.db"),
        ("/tmp/demo.sqlite", "does not end with"),
        ("~/demo.json", "does not end with"),
        ("C:\\data\\demo", "does not end with"),
    ],
)
def test_an_invalid_uri_says_why_and_how_to_write_one(uri: str, message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=message) as raised:
        make_config(uri)
    assert "http://HOST:PORT" in str(raised.value)


@pytest.mark.parametrize(
    ("uri", "user", "message"),
    [
        ("localhost", 19530, "user must be a str, got int; if 19530 is the port, write it into the uri: "
         "MilvusClient('http://localhost:19530')"),
        ("localhost", "19530", "user is given without a password; if 19530 is the port, write it into the uri: "
         "MilvusClient('http://localhost:19530')"),
        ("https://milvus.example.com/", 443, "user must be a str, got int; if 443 is the port, write it into the uri: "
         "MilvusClient('https://milvus.example.com:443')"),
        ("http://localhost:19530", 19530, "user must be a str, got int"),
    ],
)  # fmt: skip
def test_a_port_as_the_second_argument_says_where_to_write_it(uri: str, user: Any, message: str) -> None:
    with pytest.raises(ConnectionConfigException) as raised:
        make_config(uri, user=user)
    assert raised.value.message == message
    assert make_config("localhost", user="19530", password="x").user == "19530"


@pytest.mark.parametrize("name", ["uri", "user", "password", "token", "db_name", "server_name"])
@pytest.mark.parametrize("value", [5, b"x", ["x"]])
def test_a_setting_of_a_wrong_type_is_refused_without_showing_it(name: str, value: object) -> None:
    arguments: dict[str, object] = {"uri": "http://x", name: value}
    with pytest.raises(ConnectionConfigException, match=f"{name} must be a str.*, got {type(value).__name__}"):
        make_config(**arguments)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("name", ["user", "password", "token", "db_name", "server_name"])
def test_none_means_that_a_setting_is_not_given(name: str) -> None:
    arguments: dict[str, object] = {"uri": "http://x", name: None}
    assert make_config(**arguments) == make_config("http://x")  # type: ignore[arg-type]  # one of several types


@pytest.mark.parametrize("name", ["server_pem_path", "ca_pem_path", "client_pem_path", "client_key_path"])
def test_an_empty_path_of_a_certificate_is_not_given(name: str) -> None:
    arguments: dict[str, object] = {"uri": "./a.db", name: ""}
    assert make_config(**arguments).tls is None  # type: ignore[arg-type]  # one of several types


def test_a_path_is_the_uri_of_a_file() -> None:
    assert make_config(Path("a") / "b.db").target == make_config("./a/b.db").target
    with pytest.raises(ConnectionConfigException, match=r"that of a file ending with .db, got .*Path\('localhost'"):
        make_config(Path("localhost"))


@pytest.mark.parametrize("secure", [True, False])
def test_secure_is_ignored_for_a_file(secure: bool) -> None:
    assert make_config("./a.db", secure=secure) == make_config("./a.db")


# --- credentials and database ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "token", "database"),
    [
        ("http://bob:pw@x", "bob:pw", ""),
        ("bob:pw@x:1", "bob:pw", ""),
        ("http://u%40x:p%3A1%2F%3F%23@x", "u@x:p:1/?#", ""),
        ("http://bob:p@w@x", "bob:p@w", ""),
        ("http://x/books", "", "books"),
        ("http://x/books/", "", "books"),
        ("http://x/b%20s", "", "b s"),
        ("https://bob:pw@[::1]:5/books", "bob:pw", "books"),
    ],
)
def test_a_uri_may_hold_credentials_and_a_database(uri: str, token: str, database: str) -> None:
    config = make_config(uri)
    assert (config.token.reveal(), config.db_name) == (token, database)


@pytest.mark.parametrize(
    ("arguments", "token"),
    [
        ({"token": "key"}, "key"),
        ({"token": "bob:other"}, "bob:other"),
        ({"token": "key", "user": "eve", "password": "x"}, "key"),
        ({"user": "eve", "password": "x"}, "eve:x"),
        ({"password": "new"}, "bob:new"),
        ({"user": "bob"}, "bob:pw"),
        ({}, "bob:pw"),
    ],
)
def test_explicit_credentials_win_over_those_of_the_uri(arguments: dict[str, str], token: str) -> None:
    config = make_config("http://bob:pw@x/books", db_name="", **arguments)  # type: ignore[arg-type]  # all of them are str
    assert config.token.reveal() == token


def test_an_explicit_database_wins_over_that_of_the_uri() -> None:
    assert make_config("http://x/books", db_name="films").db_name == "films"


@pytest.mark.parametrize(
    ("uri", "arguments", "message"),
    [
        ("http://x", {"user": "bob"}, "user 'bob' is given without a password"),
        ("http://x", {"password": SECRET}, "password is given without a user"),
        (f"http://{SECRET}@x", {}, "contains a user without a password"),
        (f"http://:{SECRET}@x", {}, "password is given without a user"),
        (f"http://bob:{SECRET}@x", {"user": "eve"}, "user 'eve' is given without a password"),
        ("http://x", {"token": SECRET + "\ud800"}, "cannot be encoded"),
        ("http://x", {"db_name": "bücher"}, "printable ASCII"),
        ("http://x/b%0Ad", {}, "printable ASCII"),
    ],
)
def test_incomplete_or_unencodable_credentials_are_refused(uri: str, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=message) as raised:
        make_config(uri, **arguments)  # type: ignore[arg-type]  # all of them are str
    assert SECRET not in str(raised.value)


def test_user_and_password_and_token_give_the_same_settings() -> None:
    one = make_config("http://x", user="bob", password="pw")
    other = make_config("http://x", token="bob:pw")
    third = make_config("http://bob:pw@x")
    assert one == other == third
    assert one.alias == other.alias == third.alias
    assert one.user == "bob"
    assert make_config("http://x", token="an-api-key").user == ""


def test_the_authorization_header_is_the_bare_base64_of_the_token() -> None:
    assert base64.b64decode(make_config("http://x", token="bob:pä").authorization).decode() == "bob:pä"
    assert make_config("http://x").authorization == ""


# --- TLS and options -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "arguments", "secure"),
    [
        ("http://x", {}, False),
        ("http://x", {"secure": True}, True),
        ("http://x", {"server_pem_path": "ca.pem"}, True),
        ("http://x", {"ca_pem_path": "ca.pem"}, True),
        ("http://x", {"client_pem_path": "c.pem", "client_key_path": "k.pem"}, True),
        ("http://x", {"server_name": "milvus"}, True),
        ("https://x", {"secure": False}, True),
    ],
)
def test_when_tls_is_used(uri: str, arguments: dict[str, object], secure: bool) -> None:
    assert make_config(uri, **arguments).target.secure is secure  # type: ignore[arg-type]  # as users write them


@pytest.mark.parametrize(
    ("uri", "arguments", "message"),
    [
        ("http://x", {"client_pem_path": "c.pem"}, "client_pem_path is given without client_key_path"),
        ("http://x", {"client_key_path": "k.pem"}, "client_key_path is given without client_pem_path"),
        ("http://x", {"secure": False, "server_pem_path": "ca.pem"}, "secure=False contradicts"),
        ("http://x", {"secure": 1}, "secure must be a bool"),
        ("http://x", {"server_pem_path": "a", "ca_pem_path": "b"}, "two names of one setting"),
        ("http://x", {"server_pem_path": 5}, "server_pem_path must be the path"),
        ("unix:/x", {"secure": True}, "TLS settings do not apply"),
        ("x.db", {"server_pem_path": "a"}, "TLS settings do not apply"),
        ("http://x", {"grpc_options": [("a", 1)]}, "must be a mapping"),
        ("http://x", {"grpc_options": {"a": 1.5}}, r"grpc_options\['a'\] must be"),
        ("http://x", {"grpc_options": {5: 1}}, r"grpc_options\[5\] must be"),
        ("http://x", {"grpc_options": {"a": 2**31}}, "fit into 32 bits"),
    ],
)
def test_settings_that_contradict_each_other_or_are_of_the_wrong_kind(
    uri: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ConnectionConfigException, match=message):
        make_config(uri, **arguments)  # type: ignore[arg-type]  # as users write them


def test_equal_settings_are_equal_however_they_are_written() -> None:
    one = make_config("https://x", server_pem_path="ca.pem", grpc_options={"a": True, "b": 1})
    other = make_config("https://x:443/default", ca_pem_path=Path("ca.pem"), grpc_options={"b": 1, "a": 1})
    assert one.differences(other) == []


# --- the alias -------------------------------------------------------------------------------------------------------
VARIANTS = [
    make_config("http://x"),
    make_config("http://x:1"),
    make_config("https://x:19530"),
    make_config("http://y"),
    make_config("http://x", db_name="books"),
    make_config("http://x", token="bob:pw"),
    make_config("http://x", token="bob:wrong"),
    make_config("http://x", token="eve:pw"),
    make_config("http://x", token="key"),
    make_config("http://x", token="bob:pw", db_name="books"),
    make_config("unix:/x"),
    make_config("unix:/y/x"),
    make_config("/a/x.db"),
    make_config("/b/x.db"),
]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(VARIANTS, 2)))
def test_aliases_differ_when_uri_credentials_or_database_differ(one: ConnectionConfig, other: ConnectionConfig) -> None:
    assert one.alias != other.alias
    assert one.differences(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (make_config("http://x"), make_config("x:19530")),
        (make_config("http://x"), make_config("tcp://X/default")),
        (make_config("http://x"), make_config("http://x", db_name="default")),
        (make_config("http://[::1]"), make_config("http://[0::1]:19530")),
        (make_config("/a/x.db"), make_config("/a/../a/x.db")),
        (make_config("http://x/books"), make_config("http://x", db_name="books")),
    ],
)
def test_aliases_are_equal_for_equal_targets(one: ConnectionConfig, other: ConnectionConfig) -> None:
    assert one.alias == other.alias
    assert one.differences(other) == []


def test_an_alias_is_readable() -> None:
    assert make_config("http://bob:pw@milvus.example/books").alias.startswith("bob@milvus.example:19530/books#")
    assert make_config("/a/demo.db").alias.startswith("demo.db/default#")


def test_an_alias_is_the_same_in_every_process() -> None:
    program = (
        "from milvusclient.config.settings import make_config;"
        "print(make_config('http://bob:pw@x/books').alias, make_config('/a/x.db').alias)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {f"{make_config('http://bob:pw@x/books').alias} {make_config('/a/x.db').alias}\n".encode()}


# --- secrets ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "config",
    [
        make_config(f"http://bob:{SECRET}@x"),
        make_config("http://x", user="bob", password=SECRET),
        make_config("http://x", token=SECRET),
    ],
)
def test_neither_repr_nor_alias_nor_differences_show_a_secret(config: ConnectionConfig) -> None:
    for text in (repr(config), str(config), f"{config}", config.alias, config.target.uri, repr(config.token)):
        assert SECRET not in text
        assert "hunter2" not in text
        assert config.authorization not in text
    assert config.differences(make_config("http://x", token="eve:" + SECRET)) != []
    assert SECRET not in str(config.differences(make_config("http://x", token="eve:" + SECRET)))


@pytest.mark.parametrize(
    "uri",
    [
        f"http://bob:{SECRET}@x:port",
        f"http://bob:{SECRET}/more@x",
        f"http://bob:one://{SECRET}@x",
        f"http://bob:{SECRET}?@x",
        f"http://bob:{SECRET}#@x",
        f"http://bob:{SECRET} @x",
        f"http://bob:{SECRET}@{SECRET}@x:0",
        f"http://bob:{SECRET}@x/d@b",
        f"ftp://bob:{SECRET}@x",
        f"bob:{SECRET}@x:0",
        f"no scheme://bob:{SECRET}@x",
        f"http://{SECRET}@x",
    ],
)
def test_the_refusal_of_a_uri_does_not_show_its_password(uri: str) -> None:
    with pytest.raises(ConnectionConfigException) as raised:
        make_config(uri)
    error: MilvusException = raised.value
    for text in (str(error), repr(error), str(pickle.dumps(error)), str(error.args)):
        assert "hunter2" not in text


def test_a_secret_is_equal_by_its_value_and_false_when_empty() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert not Secret("")
    with pytest.raises(ConnectionConfigException, match="not pickled"):
        pickle.dumps(Secret("a"))
    assert len({Secret("a"), Secret("a")}) == 1


# --- environment, base and differences -------------------------------------------------------------------------------
def test_the_environment() -> None:
    assert config_from_environment({}).target.uri == "http://localhost:19530"
    config = config_from_environment({"MILVUS_URI": "x:1/books", "MILVUS_TOKEN": "bob:pw", "MILVUS_DB_NAME": "films"})
    assert (config.target.uri, config.token.reveal(), config.db_name) == ("http://x:1", "bob:pw", "films")


def test_a_base_fills_what_is_not_given() -> None:
    base = make_config("https://x", token="bob:pw", db_name="books", server_name="milvus", grpc_options={"a": 1})
    assert make_config(base.target.uri, base=base) == base
    assert make_config(base.target.uri, token="eve:pw", base=base).differences(base) == [
        "other credentials (user 'eve' instead of user 'bob')"
    ]


def test_differences_are_named() -> None:
    one = make_config("http://x", token="key", db_name="books", grpc_options={"a": 1, "b": 1})
    other = make_config("https://y", server_name="milvus", grpc_options={"a": 1, "b": 2})
    assert one.differences(other) == [
        "uri http://x:19530 instead of https://y:443",
        "other credentials (an API key instead of none)",
        "database 'books' instead of 'default'",
        "other TLS settings (server_name)",
        "other grpc_options (b)",
    ]


@pytest.mark.parametrize(
    ("uri", "loopback"),
    [
        ("http://localhost", True), ("http://127.0.0.1", True), ("http://127.9.9.9", True), ("http://[::1]", True),
        ("unix:/x", True), ("x.db", True), ("http://127.0.0.1.example", False), ("http://10.0.0.1", False),
    ],
)  # fmt: skip
def test_loopback(uri: str, loopback: bool) -> None:
    assert make_config(uri).target.is_loopback is loopback


# --- reuse -----------------------------------------------------------------------------------------------------------
class _Watched(str):
    """A str that can be referred to weakly, so that a test sees when the last reference to it is gone."""

    __slots__ = ("__weakref__",)


def test_the_same_arguments_give_the_same_settings_while_they_are_in_use() -> None:
    arguments: dict[str, Any] = {"user": "bob", "password": "pw", "db_name": "books", "server_pem_path": "ca.pem"}
    assert make_config("http://x", **arguments) is make_config("http://x", **arguments)
    assert make_config("http://x", **arguments) is not make_config("http://x", **arguments | {"password": "other"})


@pytest.mark.parametrize("uri", ["x.db", "./sub/x.db"])
def test_the_settings_of_a_file_follow_the_working_directory(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_config(uri)
    monkeypatch.chdir(tmp_path)
    assert make_config(uri).target != kept.target


def test_settings_in_use_do_not_let_invalid_arguments_pass() -> None:
    kept = make_config("http://x", secure=True)
    assert kept.target.secure
    with pytest.raises(ConnectionConfigException, match="secure must be a bool, got int"):
        make_config("http://x", secure=1)  # type: ignore[arg-type]  # it equals True


def test_functions_that_compare_equal_are_told_apart() -> None:
    class Token:
        def __init__(self, token: str) -> None:
            self.token = token

        def __call__(self) -> str:
            return self.token

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

    one, other = make_config("http://x", token=Token("a")), make_config("http://x", token=Token("b"))
    assert (one.token.reveal(), other.token.reveal()) == ("a", "b")


@pytest.mark.parametrize("place", ["uri", "password", "token"])
def test_no_password_outlives_the_last_use_of_its_settings(place: str) -> None:
    values = {"uri": f"http://bob:{KEPT_SECRET}@x", "password": KEPT_SECRET, "token": f"bob:{KEPT_SECRET}"}
    secret = _Watched(values[place])
    arguments: dict[str, Any] = {"uri": "http://x", place: secret}
    if place == "password":
        arguments["user"] = "bob"
    config = make_config(**arguments)
    assert make_config(**arguments) is config
    assert config.alias
    assert config.authorization
    watched = weakref.ref(secret)

    del config, arguments, secret
    gc.collect()

    assert watched() is None
    assert _containers_of(KEPT_SECRET) == []


def _containers_of(secret: str) -> list[object]:
    """The tuples, lists and dicts of milvusclient's modules, caches included, that hold a str with the secret."""
    found: list[object] = []
    todo: list[object] = [
        value
        for name, module in sys.modules.items()
        if name.startswith("milvusclient.config")
        for value in vars(module).values()
    ]
    seen: set[int] = set()
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, str) and secret in value:
            found.append(value)
        elif isinstance(value, dict):
            todo += [*value, *value.values()]
        elif isinstance(value, tuple | list | set | frozenset):
            todo += value
        elif hasattr(value, "cache_info"):
            assert value.cache_info().currsize == 0, f"{value} may keep secrets"
    return found
