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
from tests.support.certificates import Certificates
from tests.support.patience import HANG

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


def read_request(connected: socket.socket) -> bytes:
    """Read all of a request; a server that leaves some of it would end the connection with an error."""
    data = b""
    while not data.endswith(b"{}"):
        received = connected.recv(65536)
        if not received:
            break
        data += received
    return data


def good(connected: socket.socket) -> None:
    read_request(connected)
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


def test_a_call_that_fails_within_its_reply_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milvusclient.transport.rest_call._MOST_BYTES", 9)
    is_closed = threading.Event()

    def spoil(connected: socket.socket) -> None:
        read_request(connected)
        connected.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 10)
        connected.settimeout(HANG)
        if connected.recv(1) == b"":
            is_closed.set()

    with serving(spoil) as port:
        with pytest.raises(RestFailure, match="more than 9 bytes") as raised:
            call(port, HANG).run()
        assert is_closed.wait(HANG), "while the error is kept"
        assert raised.value.sent


def test_what_is_not_http() -> None:
    def other(connected: socket.socket) -> None:
        read_request(connected)
        connected.sendall(b"SSH-2.0-OpenSSH\r\n")

    with serving(other) as port, pytest.raises(RestFailure, match="does not answer with HTTP") as caught:
        call(port, 5).run()
    assert caught.value.is_other_protocol


def test_a_failure_does_not_show_headers() -> None:
    with serving(good) as port, pytest.raises(RestFailure) as caught:
        RestCall(RestAddress("127.0.0.1", port, False), "/x", b"{}", {"Authorization": "Bearer geheim\n"}, 5).run()
    assert "geheim" not in str(caught.value)


def test_a_password_of_any_characters_is_sent() -> None:
    seen: list[bytes] = []

    def note(connected: socket.socket) -> None:
        seen.append(read_request(connected))
        connected.sendall(REPLY)

    with serving(note) as port:
        RestCall(RestAddress("127.0.0.1", port, False), "/x", b"{}", {"Authorization": "Bearer root:\u20ac"}, 5).run()
    assert "Authorization: Bearer root:\u20ac\r\n".encode() in seen[0]


# --- TLS -------------------------------------------------------------------------------------------------------------
def context_of(certificates: Certificates, *, mutual: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server.certificate, certificates.server.key)
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates.authority.certificate)
    return context


@pytest.mark.parametrize("in_memory", [False, True], ids=["paths", "bytes"])
@pytest.mark.parametrize("mutual", [False, True])
def test_tls(certificates: Certificates, in_memory: bool, mutual: bool) -> None:
    files = (certificates.authority.certificate, certificates.client.certificate, certificates.client.key)
    ca, certificate, key = [each.read_bytes() for each in files] if in_memory else map(str, files)
    tls = TlsConfig(ca=ca) if not mutual else TlsConfig(ca=ca, client_certificate=certificate, client_key=key)
    with serving(good, context_of(certificates, mutual=mutual)) as port:
        assert call(port, 20, tls, secure=True).run() == (200, b"{}")


@pytest.mark.parametrize("server_name", ["", "another.example"])
def test_a_certificate_that_is_not_trusted(certificates: Certificates, server_name: str) -> None:
    trusted = certificates.authority if server_name else certificates.stranger
    tls = TlsConfig(ca=trusted.pem, server_name=server_name)
    with serving(good, context_of(certificates)) as port, pytest.raises(RestFailure, match="(?i)certificate") as caught:
        call(port, 20, tls, secure=True).run()
    assert not caught.value.sent


def test_tls_with_a_server_that_falls_silent(certificates: Certificates) -> None:
    words = "did not answer within 0.5 s"
    with serving(silent, context_of(certificates)) as port, pytest.raises(RestFailure, match=words):
        call(port, 0.5, TlsConfig(ca=certificates.authority.pem), secure=True).run()
    with serving(silent) as port, pytest.raises(RestFailure, match=words) as caught:
        call(port, 0.5, TlsConfig(ca=certificates.authority.pem), secure=True).run()
    assert not caught.value.sent
