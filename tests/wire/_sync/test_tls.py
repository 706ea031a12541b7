"""TLS: what connects, and that what does not says which file or setting is wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypedDict

import grpc
import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import ConnectError, ConnectionConfigException
from tests.support.certificates import Certificate, Certificates
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer


class Tls(TypedDict, total=False):
    """The settings of TLS."""

    secure: bool
    server_pem_path: str | bytes | Path
    ca_pem_path: str | bytes | Path
    client_pem_path: str | bytes | Path
    client_key_path: str | bytes | Path
    server_name: str


@contextmanager
def serving(own: Certificate, clients_of: Certificate | None = None) -> Iterator[ScriptedServer]:
    """A server with this certificate; it lets in only clients of that authority, if one is given."""
    credentials = grpc.ssl_server_credentials(
        [(own.key_pem, own.pem)],
        root_certificates=None if clients_of is None else clients_of.pem,
        require_client_auth=clients_of is not None,
    )
    with ScriptedServer(credentials=credentials) as server:
        yield server


def call(uri: str, tls: Tls | None = None, timeout: float = 5) -> None:
    """Connect and call."""
    client = MilvusClient(uri, timeout=timeout, **(tls or {}))
    try:
        assert client.list_collections() == ["alpha", "beta"]
    finally:
        client.close()


def refusal(uri: str, tls: Tls | None = None, timeout: float = 5) -> ConnectError:
    """How connecting fails; always with TLS as the reason, and with the address."""
    with pytest.raises(ConnectError) as raised:
        call(uri, tls, timeout)
    error = raised.value
    assert error.reason == "tls"
    assert error.address in uri
    assert error.address in error.message
    assert "unavailable;" not in error.message.lower()
    assert "check that the server runs" not in error.message
    return error


# --- what connects ---------------------------------------------------------------------------------------------------
def test_one_way_with_an_authority_as_path_or_bytes(certificates: Certificates) -> None:
    authority = certificates.authority
    with serving(certificates.server) as server:
        call(server.uri, {"server_pem_path": authority.certificate})
        call(server.uri, {"server_pem_path": str(authority.certificate)})
        call(server.uri, {"server_pem_path": authority.pem})
        call(server.uri, {"ca_pem_path": authority.pem})
        call(server.address, {"secure": True, "server_pem_path": authority.pem})


def test_mutual(certificates: Certificates) -> None:
    client = certificates.client
    with serving(certificates.server, certificates.authority) as server:
        for chain, key in ((client.certificate, client.key), (client.pem, client.key_pem)):
            call(
                server.uri,
                {"ca_pem_path": certificates.authority.pem, "client_pem_path": chain, "client_key_path": key},
            )


def test_a_server_that_does_not_ask_ignores_the_client_certificate(certificates: Certificates) -> None:
    client = certificates.foreign_client
    with serving(certificates.server) as server:
        call(
            server.uri,
            {
                "ca_pem_path": certificates.authority.pem,
                "client_pem_path": client.pem,
                "client_key_path": client.key_pem,
            },
        )


def test_the_name_in_the_certificate_may_be_given(certificates: Certificates) -> None:
    with serving(certificates.elsewhere) as server:
        call(server.uri, {"server_pem_path": certificates.authority.pem, "server_name": "milvus.example"})


# --- what the server's certificate fails at --------------------------------------------------------------------------
def test_a_certificate_for_another_name(certificates: Certificates) -> None:
    with serving(certificates.elsewhere) as server:
        error = refusal(server.uri, {"server_pem_path": certificates.authority.pem})
        assert "not for '127.0.0.1', the host of the uri" in error.message
        assert "server_name" in error.message

        error = refusal(
            server.uri, {"server_pem_path": certificates.authority.pem, "server_name": "milvus.other"}
        )
        assert "not for 'milvus.other', the server_name that is given" in error.message


def test_an_expired_certificate(certificates: Certificates) -> None:
    with serving(certificates.expired) as server:
        error = refusal(server.uri, {"server_pem_path": certificates.authority.pem})
    assert "the server's certificate has expired" in error.message


def test_the_wrong_authority(certificates: Certificates) -> None:
    stranger = certificates.stranger
    with serving(certificates.server) as server:
        error = refusal(server.uri, {"server_pem_path": stranger.certificate})
        assert f"was not issued by the authority in server_pem_path {str(stranger.certificate)!r}" in error.message

        error = refusal(server.uri, {"ca_pem_path": stranger.pem})
        assert "was not issued by the authority in server_pem_path (given as bytes)" in error.message


def test_no_authority_for_a_certificate_of_ones_own(certificates: Certificates) -> None:
    with serving(certificates.server) as server:
        error = refusal(server.uri)
    assert "was not issued by an authority that gRPC knows" in error.message
    assert "server_pem_path" in error.message


# --- what the client's certificate fails at --------------------------------------------------------------------------
def test_a_client_without_a_certificate(certificates: Certificates) -> None:
    with serving(certificates.server, certificates.authority) as server:
        error = refusal(server.uri, {"server_pem_path": certificates.authority.pem})
    assert "asks for a client certificate (mutual TLS), and none is given" in error.message
    assert "client_pem_path and client_key_path" in error.message


def test_a_client_certificate_of_another_authority(certificates: Certificates) -> None:
    client = certificates.foreign_client
    with serving(certificates.server, certificates.authority) as server:
        error = refusal(
            server.uri,
            {
                "server_pem_path": certificates.authority.pem,
                "client_pem_path": client.certificate,
                "client_key_path": client.key,
            },
        )
    assert f"refused the client certificate, client_pem_path {str(client.certificate)!r}" in error.message


def test_a_key_of_another_certificate(certificates: Certificates) -> None:
    with serving(certificates.server) as server:
        error = refusal(
            server.uri,
            {
                "server_pem_path": certificates.authority.pem,
                "client_pem_path": certificates.client.certificate,
                "client_key_path": certificates.foreign_client.key,
            },
        )
    assert str(certificates.client.certificate) in error.message
    assert str(certificates.foreign_client.key) in error.message
    assert "belong together" in error.message


# --- plain and TLS mixed up ------------------------------------------------------------------------------------------
def test_a_plain_client_at_a_tls_port(certificates: Certificates) -> None:
    with serving(certificates.server) as server:
        error = refusal(f"http://{server.address}")
    assert "the server expects TLS; use https://" in error.message
    assert "client_pem_path" not in error.message


def test_a_plain_client_at_a_mutual_tls_port(certificates: Certificates) -> None:
    with serving(certificates.server, certificates.authority) as server:
        error = refusal(f"http://{server.address}")
    assert "the server expects TLS" in error.message
    assert "client_pem_path and client_key_path" in error.message


def test_a_tls_client_at_a_plain_port(scripted_server: ScriptedServer, certificates: Certificates) -> None:
    for tls in (Tls(), Tls(server_pem_path=certificates.authority.pem)):
        error = refusal(f"https://{scripted_server.address}", tls)
        assert "the server does not speak TLS at this port; use http://" in error.message


def test_a_server_that_hangs_up_on_everyone_is_not_taken_for_a_tls_server(
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.proxy.mode = Mode.RESET
    with pytest.raises(ConnectError) as raised:
        call(scripted_server.uri)
    assert raised.value.reason == "unavailable"
    assert "TLS" not in raised.value.message
    assert "the connection was reset" in raised.value.message


def test_a_server_that_answers_only_grpc_delays_the_error_by_little() -> None:
    """A second look at a server that hangs up on gRPC, and says nothing to TLS, ends after a second."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        held: list[socket.socket] = []

        def accept() -> None:
            first, _ = listener.accept()
            first.close()
            while True:
                try:
                    held.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            with pytest.raises(ConnectError) as raised:
                call(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in held:
                each.close()
    assert raised.value.reason == "unavailable"


# --- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["server_pem_path", "ca_pem_path", "client_pem_path", "client_key_path"])
def test_a_file_that_is_missing(name: str, certificates: Certificates, tmp_path: Path) -> None:
    client = certificates.client
    tls = Tls(client_pem_path=client.pem, client_key_path=client.key_pem)
    tls[name] = tmp_path / "none.pem"  # type: ignore[literal-required]  # one of its keys
    with pytest.raises(ConnectionConfigException) as raised:
        call("https://127.0.0.1:1", tls)
    assert str(tmp_path / "none.pem") in raised.value.message
    assert name.replace("ca_pem", "server_pem") in raised.value.message
    assert "No such file" in raised.value.message


def test_a_folder_and_a_path_that_cannot_be(tmp_path: Path) -> None:
    for path, why in ((str(tmp_path), "Is a directory"), ("/a\0b", "null")):
        with pytest.raises(ConnectionConfigException, match=why):
            call("https://127.0.0.1:1", {"server_pem_path": path})


def test_half_a_set(certificates: Certificates) -> None:
    client = certificates.client
    halves: list[tuple[Tls, str]] = [
        ({"client_pem_path": client.certificate}, "client_pem_path is given without client_key_path"),
        ({"client_key_path": client.key}, "client_key_path is given without client_pem_path"),
    ]
    for tls, message in halves:
        for authority in (Tls(), Tls(server_pem_path=certificates.authority.pem)):
            with pytest.raises(ConnectionConfigException, match=message):
                call("https://127.0.0.1:1", {**authority, **tls})


def test_two_authorities_and_tls_switched_off(certificates: Certificates) -> None:
    with pytest.raises(ConnectionConfigException, match="server_pem_path and ca_pem_path"):
        call(
            "https://127.0.0.1:1",
            {"server_pem_path": certificates.authority.pem, "ca_pem_path": certificates.stranger.pem},
        )
    with pytest.raises(ConnectionConfigException, match="secure=False contradicts the TLS settings"):
        call("http://127.0.0.1:1", {"secure": False, "server_pem_path": certificates.authority.pem})


def test_a_file_that_holds_something_else(certificates: Certificates) -> None:
    client = certificates.client
    wrong: list[tuple[Tls, str]] = [
        ({"server_pem_path": client.key}, "server_pem_path.*does not contain a CERTIFICATE, but PRIVATE KEY"),
        ({"server_pem_path": b""}, "server_pem_path, given as bytes.*not in PEM form"),
        ({"server_pem_path": client.pem[:-60]}, "server_pem_path.*an unfinished block"),
        ({"server_pem_path": client.pem.replace(client.pem[100:140], b"")}, "server_pem_path.*damaged or cut off"),
        (
            {"client_pem_path": client.key, "client_key_path": client.certificate},
            "client_key_path.*does not contain a PRIVATE KEY, but CERTIFICATE",
        ),
        (
            {
                "client_pem_path": client.pem,
                "client_key_path": client.key_pem.replace(b"PRIVATE KEY", b"ENCRYPTED PRIVATE KEY"),
            },
            "client_key_path.*encrypted",
        ),
    ]
    for tls, message in wrong:
        with pytest.raises(ConnectionConfigException, match=message) as raised:
            call("https://127.0.0.1:1", tls)
        assert "BEGIN" not in raised.value.message.replace("'-----BEGIN' line", "")


# --- sharing ---------------------------------------------------------------------------------------------------------
def test_other_certificates_contradict_an_alias(certificates: Certificates) -> None:
    with serving(certificates.server) as server:
        first = MilvusClient(server.uri, alias="tls", server_pem_path=certificates.authority.pem)
        first.list_collections()
        with pytest.raises(ConnectionConfigException, match=r"other TLS settings \(server_pem_path\)"):
            MilvusClient(server.uri, alias="tls", server_pem_path=certificates.stranger.pem)
        first.close()
