"""A real server behind TLS that asks who is there: one server for all of this file, as its start takes seconds."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, ConnectError, MilvusClient
from tests.support.servers import Config, Milvus

pytestmark = pytest.mark.exclusive_server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for ``milvus.test``; its key lies beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=milvus.test", "-addext", "subjectAltName=DNS:milvus.test",
         "-keyout", str(tmp_path / "server.key"), "-out", str(tmp_path / "server.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return tmp_path / "server.pem"


@pytest.fixture
def milvus(certificate: Path, start_milvus: Callable[[Config], AbstractContextManager[Milvus]]) -> Iterator[Milvus]:
    """Milvus 2.3.5 with TLS, one way, and with its users switched on."""
    config: Config = {
        "authorization_enabled": True,
        "tls_mode": 1,
        "server_pem_path": str(certificate),
        "server_key_path": str(certificate.with_suffix(".key")),
        "ca_pem_path": str(certificate),
    }
    with start_milvus(config) as running:
        yield running


def test_both_sides_prove_who_they_are(milvus: Milvus, certificate: Path) -> None:
    who_the_server_is(milvus, certificate)
    who_the_client_is(milvus, certificate)


def who_the_server_is(milvus: Milvus, certificate: Path) -> None:
    uri = f"https://{milvus.address}"
    tls: dict[str, Any] = {"server_pem_path": str(certificate), "server_name": "milvus.test", "token": "root:Milvus"}
    with MilvusClient(uri, **tls) as client:
        assert client.get_server_version() == "v2.3.5-lite"
    with MilvusClient(milvus.address, **{**tls, "server_pem_path": certificate.read_bytes()}) as client:
        assert client.list_collections() == []

    async def version() -> str:
        async with AsyncMilvusClient(uri, **tls) as client:
            return await client.get_server_version()

    assert asyncio.run(version()) == "v2.3.5-lite"

    with pytest.raises(ConnectError) as raised:  # the certificate is for another name
        MilvusClient(uri, server_pem_path=str(certificate), timeout=5)
    assert raised.value.reason == "tls"
    with pytest.raises(ConnectError) as raised:  # no authority that is known has signed it
        MilvusClient(uri, server_name="milvus.test", timeout=5)
    assert raised.value.reason == "tls"
    with pytest.raises(ConnectError) as raised:  # no TLS at all
        MilvusClient(milvus.uri, timeout=5)
    assert milvus.address in str(raised.value)


def who_the_client_is(milvus: Milvus, certificate: Path) -> None:
    host = milvus.address
    tls: dict[str, Any] = {"server_pem_path": str(certificate), "server_name": "milvus.test"}
    ways_in = [
        MilvusClient(f"https://{host}", "root", "Milvus", **tls),
        MilvusClient(f"https://{host}", token="root:Milvus", **tls),
        MilvusClient(f"https://root:Milvus@{host}", **tls),
    ]
    assert len({client.alias for client in ways_in}) == 1, "three ways to say the same"

    refused: list[dict[str, Any]] = [
        {"token": "root:wrong"}, {"user": "root", "password": "wrong"}, {"token": "nobody:Milvus"}, {},
    ]  # fmt: skip
    for credentials in refused:
        with pytest.raises(ConnectError, match=host) as raised:
            MilvusClient(f"https://{host}", **tls, **credentials)
        assert raised.value.reason == "authentication"
        assert "wrong" not in str(raised.value), "no password is shown"

    async def connect(token: str) -> list[str]:
        async with AsyncMilvusClient(f"https://{host}", token=token, **tls) as client:
            return await client.list_collections()

    assert asyncio.run(connect("root:Milvus")) == []
    with pytest.raises(ConnectError) as raised:
        asyncio.run(connect("root:wrong"))
    assert raised.value.reason == "authentication"

    for client in ways_in:
        assert client.list_collections() == [], "those who are in stay in"
        assert client.connection_info().user == "root"
    ways_in[0].close()
