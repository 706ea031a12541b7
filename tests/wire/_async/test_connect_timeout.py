"""The timeout for connecting is what it says, also above the 5 s that gRPC would give an attempt by itself."""

from __future__ import annotations

import threading
import time

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.config.settings import make_config
from milvusclient.exceptions import ConnectError
from milvusclient.transport.settings import channel_options
from tests.support.patience import PROMPT
from tests.support.scripted import ScriptedServer


async def test_a_server_that_answers_late_is_waited_for(scripted_server: ScriptedServer) -> None:
    scripted_server.proxy.stall()
    late = threading.Timer(6, scripted_server.proxy.resume)
    late.start()
    started = time.monotonic()
    client = AsyncMilvusClient(scripted_server.uri, timeout=60)
    assert await client.list_collections() == ["alpha", "beta"]
    assert time.monotonic() - started > 5.5
    assert scripted_server.proxy.accepted == 1, "in one attempt"
    late.join()


async def test_a_silent_server_is_given_up_after_the_timeout_and_not_before(scripted_server: ScriptedServer) -> None:
    scripted_server.proxy.stall()
    started = time.monotonic()
    with pytest.raises(ConnectError, match=r"no answer came within 6\.5 s") as raised:
        await AsyncMilvusClient(scripted_server.uri, timeout=6.5).list_collections()
    assert raised.value.reason == "timeout"
    assert 6.4 < time.monotonic() - started < PROMPT


@pytest.mark.parametrize(("timeout", "milliseconds"), [(0.3, 5_000), (10.0, 11_000), (1e9, 2**31 - 1)])
async def test_an_attempt_to_connect_has_the_time_of_the_timeout(timeout: float, milliseconds: int) -> None:
    options = dict(channel_options(make_config("http://x"), timeout))
    assert options["grpc.min_reconnect_backoff_ms"] == milliseconds
    own = make_config("http://x", grpc_options={"grpc.min_reconnect_backoff_ms": 700})
    assert dict(channel_options(own, timeout))["grpc.min_reconnect_backoff_ms"] == 700
