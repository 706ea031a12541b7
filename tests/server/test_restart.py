"""The real server goes away under its clients and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from milvusclient import MilvusClient, MilvusException
from tests.support.patience import PROMPT
from tests.support.proxy import Proxy
from tests.support.servers import Config, Milvus
from tests.support.together import Running

pytestmark = [pytest.mark.exclusive_server, pytest.mark.slow]


def test_calls_wait_for_a_server_that_is_started_again(
    start_milvus: Callable[[Config], AbstractContextManager[Milvus]],
) -> None:
    """The proxy keeps the address over the restart; it refuses as long as there is no server."""
    with Proxy(("127.0.0.1", 1)) as proxy:
        with start_milvus({}) as first:
            proxy.target = ("127.0.0.1", first.port)
            client = MilvusClient(f"http://{proxy.address}", dedicated=True)
            assert client.list_collections() == []
        proxy.refuse()
        proxy.cut()
        started = time.monotonic()
        with pytest.raises(MilvusException, match=proxy.address):
            client.list_collections(timeout=1)
        assert time.monotonic() - started < PROMPT
        calls = [Running(lambda: client.list_collections(timeout=300)) for _ in range(8)]
        with start_milvus({}) as second:
            proxy.target = ("127.0.0.1", second.port)
            proxy.reset_count()
            back = time.monotonic()
            proxy.listen()
            assert [call.result() for call in calls] == [[]] * 8
            took = time.monotonic() - back
            accepted = proxy.accepted
            client.close()
        assert accepted == 1, "one connection, however many wait"
        assert took < PROMPT, f"{took:.2f} s after the port accepts again"
