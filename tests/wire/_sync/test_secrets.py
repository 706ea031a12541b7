"""No password, token or key shows anywhere: errors, tracebacks, logs, names, descriptions, pickles."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import grpc
import pytest

from milvusclient import connections
from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.pool import current_pool
from milvusclient.exceptions import ConnectionConfigException, MilvusException
from tests.support.certificates import Certificates
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.together import Clock, Running

PASSWORD = "hunter2/sésame:ouvre@toi"
NEW_PASSWORD = "swordfish%20and more"
API_KEY = "db_1234567890abcdef-topsecret"


def spellings(secret: str) -> Iterator[str]:
    """The secret as it might show: in clear, percent-encoded, and in base64 at each of the three alignments."""
    yield secret
    yield quote(secret, safe="")
    yield secret.encode("unicode_escape").decode()
    data = secret.encode()
    for shift in range(3):
        inner = base64.b64encode(b"x" * shift + data).decode().rstrip("=")
        yield inner[4 if shift else 0 : -2]
    yield base64.b64encode(secret.encode()).decode()


FORBIDDEN = tuple({each for secret in (PASSWORD, NEW_PASSWORD, API_KEY) for each in spellings(secret)})


def check(what: str, text: str | bytes, also: tuple[str, ...] = ()) -> None:
    data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    for secret in (*FORBIDDEN, *also):
        assert secret.encode() not in data, f"{what} shows {secret!r}:\n{data!r}"


def check_error(error: BaseException, also: tuple[str, ...] = ()) -> None:
    """An exception with all that hangs on it."""
    check("the traceback", "".join(traceback.format_exception(error)), also)
    seen: BaseException | None = error
    while seen is not None:
        for text in (str(seen), repr(seen), repr(seen.args), repr(vars(seen)) if hasattr(seen, "__dict__") else ""):
            check(f"{type(seen).__name__}", text, also)
        seen = seen.__cause__ or seen.__context__
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        check("the pickled error", pickle.dumps(error, protocol), also)


def check_client(client: MilvusClient) -> None:
    """What a client says of itself."""
    for text in (repr(client), str(client), client.alias, repr(client._caller.binding.config), repr(vars(client))):
        check("the client", text)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        check("the pickled client", pickle.dumps(client, protocol))


Failure = Callable[[ScriptedServer], Any]  # a coroutine, or nothing


def _refused(server: ScriptedServer) -> None:
    server.proxy.refuse()
    MilvusClient(server.uri, user="bob", password=PASSWORD).list_collections()


def _silent(server: ScriptedServer) -> None:
    server.proxy.mode = Mode.BLACK_HOLE
    MilvusClient(server.uri, token=API_KEY, timeout=0.2).list_collections()


def _hung_up(server: ScriptedServer) -> None:
    server.proxy.mode = Mode.RESET
    MilvusClient(server.uri, token=API_KEY).list_collections()


def _wrong_password(server: ScriptedServer) -> None:
    server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")
    MilvusClient(server.uri, user="bob", password=PASSWORD).list_collections()


def _not_ready(server: ScriptedServer) -> None:
    server.on("Connect").status(5, "not ready")
    MilvusClient(server.uri, user="bob", password=PASSWORD).list_collections()


def _not_permitted(server: ScriptedServer) -> None:
    server.on("*").fail(grpc.StatusCode.PERMISSION_DENIED)
    server.on("Connect").then()
    MilvusClient(server.uri, user="bob", password=PASSWORD).create_user("eve", NEW_PASSWORD)


def _server_refuses_a_password(server: ScriptedServer) -> None:
    server.on("UpdateCredential").status(1100, "invalid password length")
    client = MilvusClient(server.uri, user="bob", password=PASSWORD)
    client.update_password("bob", PASSWORD, NEW_PASSWORD, reset_connection=True)


def _moved_to_a_refused_password(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri, user="bob", password=PASSWORD)
    client.list_collections()
    server.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED)
    client.update_password("bob", PASSWORD, NEW_PASSWORD, reset_connection=True)


def _late(server: ScriptedServer) -> None:
    server.on("ShowCollections").never_answer()
    MilvusClient(server.uri, user="bob", password=PASSWORD).list_collections(timeout=0.2)


def _lost_reply(server: ScriptedServer) -> None:
    server.on("CreateCredential").fail(grpc.StatusCode.UNAVAILABLE).forever()
    client = MilvusClient(server.uri, token=API_KEY)
    client.create_user("eve", PASSWORD, timeout=0.3)


def _closed(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri, user="bob", password=PASSWORD)
    client.close()
    client.list_collections()


def _closed_in_flight(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri, user="bob", password=PASSWORD)
    client.list_collections()
    server.on("ShowCollections").never_answer()
    call = Running(client.list_collections)
    while len(server.calls("ShowCollections")) < 2:
        Clock.sleep(0.01)
    client.close()
    call.result()


def _conflict(server: ScriptedServer) -> None:
    first = MilvusClient(server.uri, user="bob", password=PASSWORD, alias="work")
    first.list_collections()
    MilvusClient(server.uri, token=API_KEY, alias="work")


def _conflict_after_reopening(server: ScriptedServer) -> None:
    first = MilvusClient(server.uri, user="bob", password=PASSWORD, alias="work")
    first.close()
    second = MilvusClient(server.uri, user="bob", password=NEW_PASSWORD, alias="work")
    second.list_collections()
    first.list_collections()


def _plain_to_tls(server: ScriptedServer) -> None:
    MilvusClient(f"https://{server.address}", token=API_KEY).list_collections()


def _function_that_raises(server: ScriptedServer) -> None:
    def ask() -> str:
        raise LookupError("the vault is closed")

    MilvusClient(server.uri, token=ask).list_collections()


def _password_that_is_no_text(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri, user="bob", password=PASSWORD)
    client.create_user("eve", PASSWORD.encode())  # type: ignore[arg-type]  # that is the point


def _password_that_cannot_be_sent(server: ScriptedServer) -> None:
    MilvusClient(server.uri, user="bob", password=PASSWORD + "\ud800")


def _password_without_user(server: ScriptedServer) -> None:
    MilvusClient(server.uri, password=PASSWORD)


def _bytes_as_token(server: ScriptedServer) -> None:
    MilvusClient(server.uri, token=API_KEY.encode())  # type: ignore[arg-type]  # that is the point


def _uri_that_cannot_be(server: ScriptedServer) -> None:
    MilvusClient(f"http://bob:{PASSWORD}@{server.address}")


def _uri_with_a_bad_port(server: ScriptedServer) -> None:
    MilvusClient(f"http://bob:{quote(PASSWORD, safe='')}@host:123456")


def _uri_with_a_key_only(server: ScriptedServer) -> None:
    MilvusClient(f"http://{API_KEY}@{server.address}")


def _uri_of_another_scheme(server: ScriptedServer) -> None:
    MilvusClient(f"postgres://bob:{quote(PASSWORD, safe='')}@{server.address}")


def _bad_description(server: ScriptedServer) -> None:
    connections.add_connection(work={"uri": server.uri, "token": API_KEY.encode()})


def _unknown_setting(server: ScriptedServer) -> None:
    connections.add_connection(work={"uri": server.uri, "passwort": PASSWORD})


def _pickled_secret(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri, token=API_KEY)
    pickle.dumps(client._caller.binding.config.token)


FAILURES: list[Failure] = [
    _refused, _silent, _hung_up, _wrong_password, _not_ready, _not_permitted, _server_refuses_a_password,
    _moved_to_a_refused_password, _late, _lost_reply, _closed, _closed_in_flight, _conflict, _conflict_after_reopening,
    _plain_to_tls, _function_that_raises, _password_that_is_no_text, _password_that_cannot_be_sent,
    _password_without_user, _bytes_as_token, _uri_that_cannot_be, _uri_with_a_bad_port, _uri_with_a_key_only,
    _uri_of_another_scheme, _bad_description, _unknown_setting, _pickled_secret,
]  # fmt: skip


@pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__.strip("_"))
def test_a_failure_shows_no_secret(
    fail: Failure, scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MilvusException) as raised:
        fail(scripted_server)
    check_error(raised.value)
    for record in caplog.records:
        check("a log record", f"{record.getMessage()} {record.args!r} {record.exc_text}")
    check("what was logged", caplog.text)
    for alias in current_pool().aliases():
        connection = current_pool().lookup(alias)
        check("an alias", alias)
        check("a connection", pprint.pformat(vars(connection)))


def test_what_a_client_says_of_itself_shows_no_secret(scripted_server: ScriptedServer) -> None:
    uri = f"http://bob:{quote(PASSWORD, safe='')}@{scripted_server.address}"
    clients = [
        MilvusClient(uri),
        MilvusClient(uri, alias="named"),
        MilvusClient(uri, dedicated=True),
        MilvusClient(scripted_server.uri, token=API_KEY, db_name="films"),
    ]
    for client in clients:
        client.list_collections()
        check_client(client)
        check("connection_info", repr(client.connection_info()))
        connection = current_pool().lookup(client.alias)
        assert connection is not None
        check("the connection", pprint.pformat(vars(connection)))
        check("its headers", repr(connection.pick().metadata))
    sent = scripted_server.calls("ShowCollections")[-1].headers["authorization"]
    assert base64.b64decode(sent).decode() == API_KEY, "it is sent all the same"


def test_the_check_finds_what_it_looks_for() -> None:
    for text in (PASSWORD, f"x{API_KEY}x", quote(NEW_PASSWORD), base64.b64encode(f"bob:{PASSWORD}".encode()).decode()):
        with pytest.raises(AssertionError, match="shows"):
            check("a text", text)


def test_the_registry_shows_no_secret(scripted_server: ScriptedServer) -> None:
    connections.add_connection(work={"uri": scripted_server.uri, "user": "bob", "password": PASSWORD})
    client = MilvusClient(alias="work")
    client.list_collections()
    check("the address", repr(connections.get_connection_addr("work")))
    check("the list", repr(connections.list_connections()))
    connections.remove_connection("work")


def _with_key(server: ScriptedServer, chain: bytes, key: bytes) -> None:
    uri = f"https://{server.address}"
    MilvusClient(uri, client_pem_path=chain, client_key_path=key).list_collections()


def test_a_key_given_as_bytes_is_not_shown(scripted_server: ScriptedServer, certificates: Certificates) -> None:
    chain, key = certificates.client.pem, certificates.client.key_pem
    lines = tuple(line for line in key.decode().splitlines() if not line.startswith("-----"))
    for one, other in ((chain, key), (chain, key[:-40]), (chain, key.replace(lines[0].encode(), b"")), (key, chain)):
        with pytest.raises(MilvusException) as raised:
            _with_key(scripted_server, one, other)
        check_error(raised.value, lines)


def test_a_key_given_as_bytes_is_not_pickled(certificates: Certificates) -> None:
    client = certificates.client
    credentials = grpc.ssl_server_credentials(
        [(certificates.server.key_pem, certificates.server.pem)],
        root_certificates=certificates.authority.pem,
        require_client_auth=True,
    )
    with ScriptedServer(credentials=credentials) as server:
        by_path, by_bytes = (
            MilvusClient(
                server.uri, server_pem_path=certificates.authority.pem, client_pem_path=client.pem,
                client_key_path=key, dedicated=True,
            )
            for key in (client.key, client.key_pem)
        )  # fmt: skip
        with pytest.raises(ConnectionConfigException, match="client_key_path holds the key itself"):
            pickle.dumps(by_bytes)
        pickle.loads(pickle.dumps(by_path)).list_collections()


# --- pickles ---------------------------------------------------------------------------------------------------------
class Vault:
    """Gives a token; pickled by its name."""

    @staticmethod
    def token() -> str:
        return API_KEY


def test_a_pickle_in_the_same_process_has_its_credentials_again(scripted_server: ScriptedServer) -> None:
    clients = [
        MilvusClient(scripted_server.uri, user="bob", password=PASSWORD),
        MilvusClient(scripted_server.uri, token=API_KEY, alias="work"),
        MilvusClient(scripted_server.uri, token=API_KEY, dedicated=True, db_name="films"),
        MilvusClient(scripted_server.uri, token=Vault.token, db_name="films"),
    ]
    for client in clients:
        client.list_collections()
        for again in (pickle.loads(pickle.dumps(client)), copy.copy(client), copy.deepcopy(client)):
            assert again.alias == client.alias
            scripted_server.forget_requests()
            again.list_collections()
            client.list_collections()
            first, second = scripted_server.calls("ShowCollections")
            assert first.headers["authorization"] == second.headers["authorization"]
            assert scripted_server.calls("Connect") == []
