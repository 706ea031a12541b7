"""``connections``: the pool under its seven documented names."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient import (
    AsyncMilvusClient,
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    MilvusClient,
    MilvusException,
    ParamError,
    connections,
)
from tests.support.scripted import ScriptedServer


def host_and_port(server: ScriptedServer) -> tuple[str, str]:
    host, _, port = server.address.partition(":")
    return host, port


def test_the_guides_first_session(scripted_server: ScriptedServer) -> None:
    host, port = host_and_port(scripted_server)

    connection = connections.connect(alias="default", host=host, port=port)

    assert connection is not None
    assert connections.has_connection("default")
    assert connections.list_connections() == [("default", connection)]
    assert connections.get_connection_addr("default") == {
        "address": scripted_server.address, "uri": scripted_server.uri, "user": "", "db_name": "default",
    }  # fmt: skip
    connections.disconnect("default")
    assert not connections.has_connection("default")
    assert connections.list_connections() == [("default", None)], "what the name stands for stays described"
    connections.remove_connection("default")
    assert connections.list_connections() == []


def test_connect_with_user_and_password_keeps_the_password_to_itself(scripted_server: ScriptedServer) -> None:
    connection = connections.connect("a", user="username", password="hunter2", uri=scripted_server.uri)
    address = connections.get_connection_addr("a")
    assert address["user"] == "username"
    for text in (
        repr(address),
        repr(connection),
        str(vars(connection)["config"]),
        repr(connections.list_connections()),
    ):
        assert "hunter2" not in text
    assert scripted_server.calls("Connect")[0].headers["authorization"] != ""


def test_connecting_twice_joins(scripted_server: ScriptedServer) -> None:
    first = connections.connect("a", uri=scripted_server.uri)
    assert connections.connect("a", address=scripted_server.address) is first
    assert connections.connect("a") is first
    assert scripted_server.connections == 1


def test_clients_use_what_was_described(scripted_server: ScriptedServer) -> None:
    host, port = host_and_port(scripted_server)
    connections.add_connection(dev={"host": host, "port": int(port), "db_name": "books"})
    assert not connections.has_connection("dev")
    assert scripted_server.connections == 0

    client = MilvusClient(alias="dev")
    client.list_collections()

    assert connections.has_connection("dev")
    assert scripted_server.calls("ShowCollections")[0].headers["dbname"] == "books"
    assert client.alias == "dev"


def test_disconnect_closes_for_every_client_and_says_so(scripted_server: ScriptedServer) -> None:
    connections.connect("a", uri=scripted_server.uri)
    client = MilvusClient(alias="a")

    connections.disconnect("a")

    with pytest.raises(ConnectionNotExistException, match=r"connections\.disconnect\(\).*connections\.connect\('a'\)"):
        client.list_collections()
    connections.connect("a")
    assert client.list_collections() is not None


def test_disconnect_and_remove_of_an_unknown_name_do_nothing() -> None:
    connections.disconnect("nobody")
    connections.remove_connection("nobody")
    assert connections.get_connection_addr("nobody") == {}
    assert not connections.has_connection("nobody")


def test_remove_forgets_the_description(scripted_server: ScriptedServer) -> None:
    connections.connect("a", uri=scripted_server.uri)
    connections.remove_connection("a")
    assert connections.get_connection_addr("a") == {}
    assert connections.list_connections() == []


def test_several_connections_are_described_in_one_go() -> None:
    connections.add_connection(default={"address": "localhost:19530"}, dev={"host": "localhost", "port": 19543})
    assert connections.list_connections() == [("default", None), ("dev", None)]
    assert connections.get_connection_addr("dev")["address"] == "localhost:19543"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"uri": "ftp://x"}, "scheme 'ftp' is unknown"),
        ({"adress": "x:1"}, "'adress' is unknown"),
        ({"host": 5}, "host must be a str"),
        ({"port": 1.5, "host": "x"}, "port must be a str or an int"),
        ({"port": "abc"}, "port 'abc'"),
        ({"port": 70_000}, "port '70000'"),
        ({"address": "http://x:1"}, "address must be HOST:PORT"),
        ({"address": "x:1", "uri": "http://x:1"}, "ways to give one address"),
        ({"host": "http://x"}, "is invalid"),
        ({"user": "a", "password": "b"}, "has no address"),
        ({"uri": "http://x", "user": "a"}, "without a password"),
        ({"uri": "http://x", "secure": "yes"}, "secure must be a bool"),
        ({"uri": "http://x", "client_pem_path": "a.pem"}, "without client_key_path"),
        ("localhost:19530", "must be described by a dict"),
    ],
)
def test_an_invalid_description_is_refused_and_nothing_is_kept(settings: object, message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=message):
        connections.add_connection(good={"uri": "http://localhost"}, bad=settings)  # type: ignore[arg-type]  # the point
    assert connections.list_connections() == []


def test_a_description_that_contradicts_an_open_connection_is_refused(scripted_server: ScriptedServer) -> None:
    connections.connect("a", uri=scripted_server.uri)
    with pytest.raises(ConnectionConfigException, match="exists with other settings"):
        connections.add_connection(a={"uri": "http://127.0.0.1:1"})
    with pytest.raises(ConnectionConfigException, match="exists with other settings"):
        connections.connect("a", uri="http://127.0.0.1:1")
    assert connections.get_connection_addr("a")["uri"] == scripted_server.uri


def test_a_client_that_contradicts_a_description_is_refused(scripted_server: ScriptedServer) -> None:
    connections.add_connection(dev={"uri": "http://127.0.0.1:1", "token": "root:Milvus"})
    with pytest.raises(ConnectionConfigException, match="alias 'dev' exists with other settings"):
        MilvusClient(scripted_server.uri, alias="dev")
    assert scripted_server.connections == 0, "the described token went nowhere"


def test_another_handler_is_not_implemented() -> None:
    with pytest.raises(NotImplementedError, match="'HTTP'.*'GRPC'"):
        connections.connect("a", handler="HTTP")


def test_an_unknown_pool_is_a_parameter_error() -> None:
    with pytest.raises(ParamError, match="'Many' is unknown"):
        connections.connect("a", pool="Many")


@pytest.mark.parametrize("alias", ["", None, 5])
def test_an_alias_is_a_text(alias: str) -> None:
    for function in (
        connections.connect, connections.disconnect, connections.remove_connection,
        connections.get_connection_addr, connections.has_connection,
    ):  # fmt: skip
        with pytest.raises(ConnectionConfigException, match="alias must be a non-empty str"):
            function(alias)


def test_stats_tell_of_threads_and_of_event_loops(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.connect("of threads", uri=scripted_server.uri)

    async def stats_in_a_loop() -> list[str]:
        client = AsyncMilvusClient(scripted_server.uri, alias="of a loop")
        await client.list_collections()
        aliases = sorted(connections.stats())
        await client.close()
        return aliases

    assert asyncio.run(stats_in_a_loop()) == ["of a loop", "of threads"]
    monkeypatch.delitem(sys.modules, "milvusclient._async.core.pool")  # as in a program without event loops
    assert list(connections.stats()) == ["of threads"]


def test_connecting_has_a_time_limit_even_when_none_is_given(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient.registry.DEFAULT_CONNECT_TIMEOUT", 0.3)
    scripted_server.on("Connect").never_answer().forever()
    with pytest.raises(ConnectError, match=r"no answer came within 0\.3 s"):
        connections.connect("silent", uri=scripted_server.uri)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"address": "a:1,b:2"}, "address must be HOST:PORT, got 'a:1,b:2'; use uri for several addresses"),
        ({"address": "http://a:1"}, "address must be HOST:PORT, got 'http://a:1'; use uri for a uri"),
        ({"uri": 5}, "uri must be a str or a path, got int"),
        ({"address": 5}, "address must be a str, got int"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_one_wording(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=f"^{re.escape(message)}"):
        connections.connect("odd", **given)
    described = f"connection 'odd': {message}" if message.endswith("int") else message
    with pytest.raises(ConnectionConfigException, match=f"^{re.escape(described)}"):
        connections.add_connection(odd=given)


def test_an_alias_that_is_registered_has_a_name() -> None:
    with pytest.raises(ConnectionConfigException, match="alias must be a non-empty str, got ''"):
        connections.add_connection(**{"": {"uri": "http://a"}})


def test_a_server_that_is_not_ready_is_a_milvus_exception(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").status(1, "proxy is initializing").forever()
    with pytest.raises(MilvusException, match="not ready.*proxy is initializing") as raised:
        connections.connect("a", uri=scripted_server.uri)
    assert isinstance(raised.value, ConnectError)
    assert raised.value.reason == "not_ready"
    assert connections.list_connections() == []


@pytest.mark.parametrize(
    ("code", "details", "reason"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, "auth check failure", "authentication"),
        (grpc.StatusCode.UNIMPLEMENTED, "unknown service", "not_milvus"),
    ],
)
def test_a_refusal_says_why(scripted_server: ScriptedServer, code: grpc.StatusCode, details: str, reason: str) -> None:
    scripted_server.on("Connect").fail(code, details).forever()
    with pytest.raises(ConnectError, match=details) as raised:
        connections.connect("a", uri=scripted_server.uri)
    assert raised.value.reason == reason
    assert scripted_server.address in str(raised.value)


def test_what_is_no_milvus_port_is_said() -> None:
    import http.server
    import threading

    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        try:
            with pytest.raises(ConnectError) as raised:
                connections.connect("a", address=f"127.0.0.1:{web.server_port}", timeout=3)
        finally:
            web.shutdown()
            thread.join()
    assert raised.value.reason in ("not_milvus", "unavailable"), str(raised.value)


def test_without_anything_the_environment_says_where(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_URI", scripted_server.uri)
    monkeypatch.setenv("MILVUS_DB_NAME", "books")
    connections.connect()
    assert connections.get_connection_addr("default")["db_name"] == "books"
    client = MilvusClient()
    client.list_collections()
    assert scripted_server.calls("ShowCollections")[0].headers["dbname"] == "books"


def test_the_documented_functions_are_there_with_their_documented_parameters() -> None:
    first = {
        "connect": ["alias", "user", "password", "db_name", "token"], "disconnect": ["alias"],
        "remove_connection": ["alias"], "list_connections": [], "get_connection_addr": ["alias"],
        "has_connection": ["alias"],
    }  # fmt: skip
    for name, expected in first.items():
        parameters = inspect.signature(getattr(connections, name)).parameters.values()
        positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        assert positional == expected


# --- where a connection leads ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"host": "milvus"}, "milvus:19530"),
        ({"port": 5}, "localhost:5"),
        ({"port": "5"}, "localhost:5"),
        ({"host": None, "port": 5, "uri": None, "address": None}, "localhost:5"),
        ({"host": "::1"}, "[::1]:19530"),
        ({"host": "milvus", "port": 5}, "milvus:5"),
        ({"address": "milvus:5"}, "milvus:5"),
        ({"uri": "https://milvus"}, "milvus:443"),
        ({"uri": Path("/a/b.db")}, os.path.realpath("/a/b.db")),
    ],
)
def test_each_way_to_give_an_address(settings: dict[str, Any], address: str) -> None:
    connections.add_connection(dev=settings)
    assert connections.get_connection_addr("dev")["address"] == address


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"host": "a,b"}, "host must be one host name, got 'a,b'; use uri for several"),
        ({"port": 1.5}, "port must be a str or an int, got float"),
        ({"port": True}, "port must be a str or an int, got bool"),
        (
            {"uri": "http://a", "address": "a:1", "host": "a"},
            "uri and address and host and port are ways to give one address; use one of them",
        ),
        ({"address": "http://a"}, "address must be HOST:PORT, got 'http://a'; use uri for a uri"),
        ({"address": 5}, "connection 'dev': address must be a str, got int"),
        ({"host": Path("a")}, f"connection 'dev': host must be a str, got {type(Path('a')).__name__}"),
        (
            {"uris": "x"},
            "connection 'dev': setting 'uris' is unknown; use one of address, ca_pem_path, channels, client_key_path, "
            "client_pem_path, db_name, grpc_options, host, max_age, password, port, secure, server_name, "
            "server_pem_path, token, uri, user",
        ),
        (
            "http://a",
            "connection 'dev' must be described by a dict such as {'uri': './demo.db'}, got str",
        ),
    ],
)
def test_a_description_that_is_refused_says_why(settings: Any, message: str) -> None:
    with pytest.raises(ConnectionConfigException) as refused:
        connections.add_connection(dev=settings)
    assert refused.value.message == message


@pytest.mark.parametrize("name", ["address", "uri", "host"])
def test_an_address_that_is_no_text_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConnectionConfigException, match=f"^{name} must be a str( or a path)?, got int"):
        connections.connect("a", **{name: 5})  # type: ignore[arg-type]  # that is the point


def test_the_kinds_of_pools_are_listed() -> None:
    with pytest.raises(ParamError, match="^pool 'x' is unknown; use one of QueuePool, SingletonThread, Singleton "):
        connections.connect("a", pool="x")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"token": "key"}, "other credentials (an API key instead of none)"),
        ({"db_name": "books"}, "database 'books' instead of 'default'"),
        ({"secure": True}, "uri https://"),
        ({"server_pem_path": "ca.pem"}, "other TLS settings (server_pem_path)"),
        ({"ca_pem_path": "ca.pem"}, "other TLS settings (server_pem_path)"),
        (
            {"client_pem_path": "me.pem", "client_key_path": "me.key"},
            "other TLS settings (client_pem_path, client_key_path)",
        ),
        ({"server_name": "milvus"}, "other TLS settings (server_name)"),
        ({"grpc_options": {"grpc.lb_policy_name": "x"}}, "other grpc_options (grpc.lb_policy_name)"),
        ({"channels": 2}, "channels 2 instead of 1"),
        ({"max_age": 60}, "max_age 60 s instead of none"),
    ],
)
def test_no_setting_is_lost_on_the_way_to_the_connection(
    scripted_server: ScriptedServer, settings: dict[str, Any], said: str
) -> None:
    """What contradicts the open connection was understood."""
    connections.connect("a", uri=scripted_server.uri)
    with pytest.raises(ConnectionConfigException) as refused:
        connections.connect("a", uri=scripted_server.uri, **settings)
    assert refused.value.message.startswith("alias 'a' exists with other settings; asked for: ")
    assert said in refused.value.message
    with pytest.raises(ConnectionConfigException, match=r"alias 'a' exists with other settings"):
        connections.add_connection(a={"uri": scripted_server.uri, **settings})


def test_an_alias_that_a_client_opened_is_joined(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, alias="mine", db_name="books")
    client.list_collections()
    assert connections.get_connection_addr("mine")["address"] == scripted_server.address
    connection = connections.connect("mine")
    assert connection.config.database == "books"
    assert scripted_server.connections == 1


def test_another_address_has_nothing_of_the_old_description(scripted_server: ScriptedServer) -> None:
    connections.add_connection(dev={"host": "elsewhere", "db_name": "books", "token": "key"})
    config = connections.connect("dev", uri=scripted_server.uri).config
    assert (config.database, bool(config.token)) == ("default", False)


def test_an_address_that_is_given_has_nothing_of_the_environment(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILVUS_DB_NAME", "books")
    assert connections.connect("a", uri=scripted_server.uri).config.database == "default"


def test_a_server_that_is_silent_is_given_up_after_the_timeout(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Connect").never_answer()
    with pytest.raises(ConnectError, match=r"no answer came within 0\.2 s"):
        connections.connect("a", uri=scripted_server.uri, timeout=0.2)


@pytest.mark.parametrize("method", ["disconnect", "remove_connection"])
def test_who_closed_a_connection_is_named(scripted_server: ScriptedServer, method: str) -> None:
    client = MilvusClient(scripted_server.uri, alias="a")
    client.list_collections()
    getattr(connections, method)("a")
    with pytest.raises(ConnectionNotExistException, match=rf"connections\.{method}\(\) closed it .* at {__file__}:"):
        client.list_collections()
