"""TLS with the real Milvus 2.3.5: one-way (tls_mode 1), mutual (tls_mode 2), and what each refusal says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from milvusclient import MilvusClient
from milvusclient.exceptions import ConnectError
from tests.support.certificates import Certificates
from tests.support.servers import Config, Milvus

pytestmark = [pytest.mark.real_server, pytest.mark.exclusive_server]

StartMilvus = Callable[[Config], AbstractContextManager[Milvus]]
Pem = str | bytes | None


def settings(certificates: Certificates, mode: int) -> Config:
    return {
        "tls_mode": mode,
        "server_pem_path": str(certificates.server.certificate),
        "server_key_path": str(certificates.server.key),
        "ca_pem_path": str(certificates.authority.certificate),
    }


def call(uri: str, authority: Pem = None, chain: Pem = None, key: Pem = None, name: str = "") -> None:
    with MilvusClient(
        uri, timeout=10, server_pem_path=authority, client_pem_path=chain, client_key_path=key, server_name=name
    ) as client:
        assert client.list_collections() == []
        assert client.get_server_version().startswith("v2.3.5")


def refusal(uri: str, authority: Pem = None, chain: Pem = None, key: Pem = None, name: str = "") -> str:
    with pytest.raises(ConnectError) as raised:
        call(uri, authority, chain, key, name)
    assert raised.value.reason == "tls"
    assert "check that the server runs" not in raised.value.message
    return raised.value.message


def test_one_way(start_milvus: StartMilvus, certificates: Certificates) -> None:
    authority = certificates.authority
    with start_milvus(settings(certificates, 1)) as milvus:
        uri = f"https://{milvus.address}"
        call(uri, str(authority.certificate))
        call(uri, authority.pem)
        call(f"https://localhost:{milvus.port}", authority.pem)
        call(uri, authority.pem, name="localhost")
        call(uri, authority.pem, certificates.client.pem, certificates.client.key_pem)

        assert "not for 'milvus.example', the server_name" in refusal(uri, authority.pem, name="milvus.example")
        assert "server_pem_path (given as bytes)" in refusal(uri, certificates.stranger.pem)
        assert "an authority that gRPC knows" in refusal(uri)
        assert "the server expects TLS; use https://" in refusal(milvus.uri)


def test_mutual(start_milvus: StartMilvus, certificates: Certificates) -> None:
    authority, client, foreign = certificates.authority.pem, certificates.client, certificates.foreign_client
    with start_milvus(settings(certificates, 2)) as milvus:
        uri = f"https://{milvus.address}"
        call(uri, authority, client.pem, client.key_pem)
        call(uri, authority, str(client.certificate), str(client.key))

        assert "asks for a client certificate (mutual TLS), and none is given" in refusal(uri, authority)
        refused = refusal(uri, authority, str(foreign.certificate), str(foreign.key))
        assert f"refused the client certificate, client_pem_path {str(foreign.certificate)!r}" in refused
        assert "belong together" in refusal(uri, authority, client.pem, foreign.key_pem)
        stranger = certificates.stranger.pem
        assert "the authority in server_pem_path" in refusal(uri, stranger, client.pem, client.key_pem)
        plain = refusal(milvus.uri)
        assert "the server expects TLS" in plain
        assert "with client_pem_path and client_key_path" in plain


def test_an_expired_certificate(start_milvus: StartMilvus, certificates: Certificates) -> None:
    config = {
        **settings(certificates, 1),
        "server_pem_path": str(certificates.expired.certificate),
        "server_key_path": str(certificates.expired.key),
    }
    with start_milvus(config) as milvus:
        refused = refusal(f"https://{milvus.address}", certificates.authority.pem)
        assert "the server's certificate has expired" in refused
