"""The REST API of a server, scripted, on one port with the scripted server's gRPC as real servers have both.

Example:
    >>> with ScriptedServer() as grpc_server, RestServer(grpc_server) as rest:
    ...     rest.reply("/v2/vectordb/jobs/import/create", {"code": 0, "data": {"jobId": "7"}})
    ...     # a client of rest.uri calls gRPC and REST
    ...     rest.requests
"""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.support.scripted import ScriptedServer

#: The first bytes of HTTP/2, and so of gRPC.
_HTTP2 = b"PRI"


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One request that arrived.

    Attributes:
        path: its path.
        headers: its headers, with names in lower case.
        body: its JSON.
    """

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class RestServer:
    """Gives each path its replies, the last one again and again; knows no other path.

    Args:
        grpc_server: gets the connections that speak HTTP/2.
        version: what its handshake says.

    Attributes:
        uri: the address of both protocols.
        requests: the requests so far.
        raw: what any request gets instead of a reply.
    """

    def __init__(self, grpc_server: ScriptedServer, version: str = "v2.5.4") -> None:
        grpc_server.on("Connect").then({"server_info": {"build_tags": version}, "identifier": 7}).forever()
        self.requests: list[RestRequest] = []
        self._grpc_port = int(grpc_server.uri.rpartition(":")[2])
        self._replies: dict[str, deque[tuple[int, bytes, float, bool]]] = {}
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}),
            threading.Thread(target=self._accept),
        ]
        self._open: list[socket.socket] = []
        self.raw: bytes | None = None

    def reply(self, path: str, body: Any, status: int = 200, *, delay: float = 0.0, drop: bool = False) -> Self:
        """Add a reply: JSON or bytes; ``drop`` ends the connection instead, after the request was read."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._replies.setdefault(path, deque()).append((status, data, delay, drop))
        return self

    def next_reply(self, path: str) -> tuple[int, bytes, float, bool]:
        """The reply to a request."""
        replies = self._replies.get(path)
        if not replies:
            return 404, b"404 page not found", 0.0, False
        return replies.popleft() if len(replies) > 1 else replies[0]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._http.shutdown()
        self._http.server_close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            self._open.append(client)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            first = client.recv(3, socket.MSG_PEEK)
            if first != _HTTP2 and self.raw is not None:
                client.recv(65536)
                client.sendall(self.raw)
                client.shutdown(socket.SHUT_RDWR)
                return
            port = self._grpc_port if first == _HTTP2 else self._http.server_port
            backend = socket.create_connection(("127.0.0.1", port))
            self._open.append(backend)
            back = threading.Thread(target=_pipe, args=(backend, client))
            back.start()
            _pipe(client, backend)
            back.join()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class _Http(http.server.ThreadingHTTPServer):
    owner: RestServer
    daemon_threads = False


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Http

    def do_POST(self) -> None:
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        owner.requests.append(RestRequest(self.path, headers, json.loads(body)))
        status, data, delay, drop = owner.next_reply(self.path)
        time.sleep(delay)
        if drop:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        pass
