"""The REST call of the transport: TLS, silent servers, servers that drip, and cancellation."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from milvusclient.config.tls import TlsConfig
from milvusclient.runtime.concurrency import async_in_thread
from milvusclient.transport.rest_call import RestAddress, RestCall, RestFailure

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def serving(answer: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port on which each connection is given to ``answer``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connected, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connected:
                if context is None:
                    answer(connected)
                else:
                    with context.wrap_socket(connected, server_side=True) as secure:
                        answer(secure)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def good(connected: socket.socket) -> None:
    connected.recv(65536)
    connected.sendall(REPLY)


def drip(connected: socket.socket) -> None:
    connected.recv(65536)
    connected.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    with contextlib.suppress(OSError):
        while True:
            connected.sendall(b"x")
            time.sleep(0.05)


def silent(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connected.recv(65536):
            pass


def call(port: int, seconds: float, tls: TlsConfig | None = None, secure: bool = False) -> RestCall:
    return RestCall(RestAddress("127.0.0.1", port, secure, tls), "/x", b"{}", {}, seconds)


def test_a_reply() -> None:
    with serving(good) as port:
        assert call(port, 20).run() == (200, b"{}")


@pytest.mark.parametrize("answer", [drip, silent])
def test_no_server_takes_longer_than_the_time_of_the_call(answer: Callable[[socket.socket], None]) -> None:
    with serving(answer) as port:
        started = time.monotonic()
        with pytest.raises(RestFailure, match="did not answer within 0.4 s") as caught:
            call(port, 0.4).run()
        assert time.monotonic() - started < 10
        assert (caught.value.sent, caught.value.is_timeout) == (True, True)


async def test_a_cancelled_call_ends_at_once() -> None:
    with serving(silent) as port:
        waiting = call(port, 60)
        task = asyncio.ensure_future(async_in_thread(waiting.run, waiting.abort))
        await asyncio.sleep(0.2)
        task.cancel()
        started = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 20


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RestFailure, match="(?i)refused") as caught:
        call(port, 5).run()
    assert not caught.value.sent


def test_what_is_not_http() -> None:
    def other(connected: socket.socket) -> None:
        connected.recv(65536)
        connected.sendall(b"SSH-2.0-OpenSSH\r\n")

    with serving(other) as port, pytest.raises(RestFailure, match="does not answer with HTTP") as caught:
        call(port, 5).run()
    assert caught.value.is_other_protocol
