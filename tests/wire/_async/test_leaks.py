"""Connecting and closing, or failing to connect, leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient._async.core.pool import current_pool
from milvusclient.exceptions import ConnectError, ConnectionConfigException, MilvusException
from tests.support.certificates import Certificates
from tests.support.proxy import Mode
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled
from tests.support.usage import Usage, needs_proc

pytestmark = [needs_proc, pytest.mark.slow, pytest.mark.soak]

ROUNDS = scaled(10_000, 200)
FAILURES = scaled(1_000, 70)


async def _rounds(server: ScriptedServer, count: int) -> None:
    for number in range(count):
        # Every second one has a name that never comes again.
        client = AsyncMilvusClient(server.direct_uri, token="bob:pw", dedicated=number % 2 == 1)
        await client.list_collections()
        await client.close()
        if number % 500 == 0:
            server.forget_requests()
    server.forget_requests()


async def test_many_rounds_of_connect_call_and_close() -> None:
    with ScriptedServer(workers=4) as server:
        await _rounds(server, ROUNDS // 10)
        before = Usage.now()

        await _rounds(server, ROUNDS)

        # gRPC may keep a few more of its own threads than at the first reading; a leak would be thousands.
        before.check(before.settled(more_threads=12), more_threads=12)
        assert current_pool().aliases() == []
        assert current_pool()._opening == {}


async def test_many_failed_connects(certificates: Certificates) -> None:
    server_certificate = certificates.server
    credentials = grpc.ssl_server_credentials([(server_certificate.key_pem, server_certificate.pem)])
    with (
        ScriptedServer(workers=4) as refusing,
        ScriptedServer(workers=4) as resetting,
        ScriptedServer(workers=4) as locked,
        ScriptedServer(workers=4, credentials=credentials) as secure,
    ):
        refusing.proxy.refuse()
        resetting.proxy.mode = Mode.RESET
        locked.on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED).forever()

        async def connect(uri: str, authority: bytes | None = None) -> None:
            await AsyncMilvusClient(uri, token="bob:pw", server_pem_path=authority).list_collections()

        ways: list[Callable[[], Any]] = [
            lambda: connect(refusing.uri),
            lambda: connect(resetting.uri),
            lambda: connect(locked.uri),
            lambda: connect(secure.uri, certificates.stranger.pem),
            lambda: connect(f"http://{secure.address}"),
            lambda: connect(f"https://{refusing.address}"),
            lambda: connect("https://localhost:1", b"no certificate"),
        ]

        async def fail(count: int) -> set[str]:
            reasons = set()
            for number in range(count):
                with pytest.raises((ConnectError, ConnectionConfigException)) as raised:
                    await ways[number % len(ways)]()
                reasons.add(_reason(raised.value))
            locked.forget_requests()
            return reasons

        await fail(FAILURES // 5)
        before = Usage.now()

        reasons = await fail(FAILURES)

        assert reasons == {"refused", "unavailable", "authentication", "tls", "config"}
        before.check(before.settled())
        assert current_pool().aliases() == []
        assert current_pool()._opening == {}


def _reason(error: MilvusException) -> str:
    return error.reason if isinstance(error, ConnectError) else "config"
