"""What is said when a server ends the connection, answers with garbage, or with an error that is very long."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import ConnectError, ReplyError, RpcError
from tests.support.scripted import ScriptedServer

_SETTINGS = b"\0\0\0\4\0\0\0\0\0"


def _goaway(code: int, text: bytes) -> bytes:
    return struct.pack(">I", 8 + len(text))[1:] + b"\7\0\0\0\0\0" + struct.pack(">II", 0, code) + text


def _end(peer: socket.socket, words: tuple[bytes, ...], *, reset: bool = False) -> None:
    """Answer with these bytes, each after what the client says next, and hang up."""
    with contextlib.suppress(OSError), peer:
        peer.settimeout(0.3)
        for part in words:
            with contextlib.suppress(TimeoutError):
                while peer.recv(1 << 16):
                    pass
            peer.sendall(part)
        if reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def _server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    answer(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((_SETTINGS, _goaway(11, b"too_many_pings")), "because of too many keepalive pings; raise grpc_options"),
        ((_SETTINGS, _goaway(0, b"max_age")), "the server ended the connection .GOAWAY.; connect again"),
        ((_SETTINGS, b""), "the (server closed the connection|connection was reset); check that Milvus serves gRPC"),
        ((), "the (server closed the connection|connection was reset); check that Milvus serves gRPC"),
    ],
)
async def test_a_connection_that_ends_is_not_blamed_on_tls(answer: tuple[bytes, ...], words: str) -> None:
    for reset in (False, True):

        def end(peer: socket.socket, reset: bool = reset) -> None:
            _end(peer, answer, reset=reset)

        with _server(end) as uri:
            with pytest.raises(ConnectError, match=words) as raised:
                await AsyncMilvusClient(uri, timeout=10).list_collections()
            assert "TLS" not in raised.value.message
            assert "https" not in raised.value.message


async def test_a_handshake_answered_by_garbage_says_where() -> None:
    handlers = {"Connect": grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"\x0a\xff\xff\xff")}
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("milvus.proto.milvus.MilvusService", handlers),)
    )
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        with pytest.raises(
            ReplyError, match=f"cannot connect to http://{address}: the server's reply to Con"
        ) as raised:
            await AsyncMilvusClient(f"http://u:hunter2@{address}", alias="garbage").list_collections()
    finally:
        server.stop(0).wait()
    error = raised.value
    assert (error.address, error.alias, error.database) == (address, "garbage", "")
    assert error.operation in ("Connect", "ShowCollections"), "the call that needed the connection"
    assert error.__cause__ is not None
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("size", [15_000, 64_000, 1_000_000])
async def test_a_long_message_does_not_hide_the_status(scripted_server: ScriptedServer, size: int) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await client.list_collections()
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.INVALID_ARGUMENT, "why " + "x" * size)
    with pytest.raises(RpcError, match="the server refused the request .INVALID_ARGUMENT: why xxx") as raised:
        await client.list_collections()
    assert raised.value.status == "INVALID_ARGUMENT"
    assert len(raised.value.message) < 5_000
    cause = raised.value.__cause__
    assert isinstance(cause, grpc.RpcError)
    assert len(cause.details() or "") == size + 4, "nothing is lost"
