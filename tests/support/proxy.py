"""A TCP forwarder in front of a server: it counts the connections it accepts, and can spoil them.

Example:
    >>> with Proxy(("127.0.0.1", 19530)) as proxy:
    ...     # a client connects to proxy.address
    ...     proxy.cut()  # every connection ends now; new ones are forwarded as before
    ...     proxy.accepted
    0
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

_CHUNK = 1 << 16


class Mode(Enum):
    """What happens to a connection that is accepted from now on."""

    FORWARD = "forward"
    BLACK_HOLE = "black hole"
    """It is accepted, and nothing that it sends gets an answer."""
    RESET = "reset"
    """It is accepted and reset at once."""


@dataclass(eq=False, slots=True)
class _Connection:
    client: socket.socket
    upstream: socket.socket | None = None
    threads: list[threading.Thread] = field(default_factory=list)
    ended: bool = False
    frozen: bool = False
    resetting: bool = False

    def end(self, *, reset: bool = False) -> None:
        """End both sides; the pumping threads see it, stop and close the sockets."""
        self.ended = True
        self.resetting = self.resetting or reset
        with contextlib.suppress(OSError):
            if self.resetting:
                # Linger with time 0: close() sends RST. Only the reading half is shut down here, which wakes up its
                # thread; to shut down the writing half would send FIN first.
                self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.client.shutdown(socket.SHUT_RD)
            else:
                self.client.shutdown(socket.SHUT_RDWR)
        if self.upstream is not None:
            with contextlib.suppress(OSError):
                self.upstream.shutdown(socket.SHUT_RDWR)


class Proxy:
    """Forwards TCP connections to one address, from a port that stays the same over ``refuse`` and ``listen``.

    Args:
        target: host and port of the server behind it.
        host: address that it listens at.

    Attributes:
        accepted: how many TCP connections were accepted since the start or the last ``reset_count``.
        delay: seconds by which each chunk is held back, in both directions.
        mode: what happens to new connections.
    """

    def __init__(self, target: tuple[str, int], host: str = "127.0.0.1") -> None:
        self.target = target
        self._host = host
        self._lock = threading.Lock()
        self._connections: set[_Connection] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._replies_flowing = threading.Event()
        self._replies_flowing.set()
        self._allowance = 0
        self._listener: socket.socket | None = None
        #: Has the port, and does not listen: while connections are refused, no other program may get it.
        self._holder: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self.accepted = 0
        self.delay = 0.0
        self.mode = Mode.FORWARD
        self.port = 0
        self.listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """``host:port`` that clients connect to."""
        return f"{self._host}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections are open now."""
        with self._lock:
            return sum(not connection.ended for connection in self._connections)

    def reset_count(self) -> None:
        """Count accepted connections from 0 again."""
        self.accepted = 0

    # --- listening ---------------------------------------------------------------------------------------------------
    def listen(self) -> None:
        """Accept connections (again), always on the same port; nothing happens when it listens already."""
        if self._listener is not None:
            return
        if self._holder is None:
            self._holder = socket.socket()
            self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._holder.bind((self._host, self.port))
            self.port = self._holder.getsockname()[1]
        self._listener = socket.create_server((self._host, self.port), backlog=512, reuse_port=True)
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener,), name="tests-proxy-accept", daemon=True
        )
        self._acceptor.start()

    def refuse(self) -> None:
        """Refuse new connections, as a machine does where no server listens; open ones go on."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes up accept()
        listener.close()
        if self._acceptor is not None:
            self._acceptor.join()

    def stop(self) -> None:
        """Refuse, end all connections, wait for the threads and give the port back."""
        self.refuse()
        if self._holder is not None:
            self._holder.close()
            self._holder = None
        self.resume()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.end()
        for connection in connections:
            for thread in connection.threads:
                thread.join()

    # --- spoiling ----------------------------------------------------------------------------------------------------
    def cut(self) -> int:
        """End all open connections in the orderly way (FIN); returns how many there were."""
        return self._end_all(reset=False)

    def reset(self) -> int:
        """End all open connections with a RST, as after a crash; returns how many there were."""
        return self._end_all(reset=True)

    def stall(self) -> None:
        """Keep the connections open and pass nothing on, in either direction, until ``resume``."""
        self._flowing.clear()

    def freeze(self) -> None:
        """Pass nothing on over the connections that are open now, for ever; new ones are forwarded."""
        with self._lock:
            for connection in self._connections:
                connection.frozen = True

    def hold_replies(self) -> None:
        """Pass requests on and keep the server's answers back, until ``resume`` (or lose them with ``cut``)."""
        self._replies_flowing.clear()

    def pass_replies(self, count: int) -> None:
        """Pass on that many more bytes of the server's answers, then hold them back, as a stall within a message."""
        self._replies_flowing.clear()
        self._allowance = count

    def resume(self) -> None:
        """Pass on what was held back, and everything that follows."""
        self._allowance = 0
        self._flowing.set()
        self._replies_flowing.set()

    def restart(self, downtime: float = 0.0) -> None:
        """Refuse, end all connections, and listen again on the same port after that many seconds."""
        self.refuse()
        self.cut()
        if downtime:
            time.sleep(downtime)
        self.listen()

    def _end_all(self, *, reset: bool) -> int:
        with self._lock:
            connections = [connection for connection in self._connections if not connection.ended]
        for connection in connections:
            connection.end(reset=reset)
        return len(connections)

    # --- the threads -------------------------------------------------------------------------------------------------
    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # closed by refuse()
                return
            self.accepted += 1
            connection = _Connection(client)
            with self._lock:
                self._connections.add(connection)
            if self.mode is Mode.RESET:
                connection.end(reset=True)
                self._forget(connection)
            else:
                self._start(connection, self._swallow if self.mode is Mode.BLACK_HOLE else self._serve)

    def _start(self, connection: _Connection, work: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=(connection,), name="tests-proxy-pump", daemon=True)
        connection.threads.append(thread)
        thread.start()

    def _swallow(self, connection: _Connection) -> None:
        with contextlib.suppress(OSError):
            while connection.client.recv(_CHUNK):
                pass
        self._forget(connection)

    def _serve(self, connection: _Connection) -> None:
        """Pump requests here and replies in a second thread, until one side ends."""
        try:
            upstream = socket.create_connection(self.target, timeout=5)
        except OSError:  # the server behind is down: to the client that looks like a server that hung up
            connection.end()
            self._forget(connection)
            return
        upstream.settimeout(None)
        connection.upstream = upstream
        for side in (connection.client, upstream):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if connection.ended:  # cut while it was dialling
            connection.end()
        replies = threading.Thread(
            target=self._pump, args=(connection, upstream, connection.client), name="tests-proxy-pump", daemon=True
        )
        connection.threads.append(replies)
        replies.start()
        self._pump(connection, connection.client, upstream)
        replies.join()
        self._forget(connection)

    def _pump(self, connection: _Connection, source: socket.socket, sink: socket.socket) -> None:
        is_reply = sink is connection.client
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if self.delay:
                    time.sleep(self.delay)
                if is_reply and self._allowance:
                    passed = min(self._allowance, len(chunk))
                    self._allowance -= passed
                    sink.sendall(chunk[:passed])
                    chunk = chunk[passed:]
                self._wait_for_flow(connection, is_reply=is_reply)
                if connection.ended:
                    break
                sink.sendall(chunk)
        connection.end()

    def _wait_for_flow(self, connection: _Connection, *, is_reply: bool) -> None:
        gates = (self._flowing, self._replies_flowing) if is_reply else (self._flowing,)
        for gate in gates:
            # In slices: a connection that is cut must not wait for the gate to open.
            while not connection.ended and not gate.wait(0.02):
                pass
        while connection.frozen and not connection.ended:
            time.sleep(0.02)

    def _forget(self, connection: _Connection) -> None:
        connection.ended = True
        for side in (connection.client, connection.upstream):
            if side is not None:
                side.close()
        with self._lock:
            self._connections.discard(connection)
