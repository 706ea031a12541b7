"""A look at a server that hung up on gRPC: does it speak TLS, and does it want a client certificate?

gRPC cannot tell: all that it sees of a plain connection to a TLS port, or of a missing client certificate, is that the
connection ends.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from milvusclient.config.uri import Target
from milvusclient.policy.tls_diagnosis import Seen

if TYPE_CHECKING:
    import ssl

__all__ = ["look"]

#: How an HTTP/2 client begins: the preface and empty settings. Servers that read first answer only then.
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
_CHUNK = 1 << 14

T = TypeVar("T")


def look(target: Target, seconds: float) -> Seen:
    """Connect with TLS, without checking anything and without a certificate; about that many seconds at most."""
    try:
        import ssl  # some builds of Python have none
    except ImportError:
        return Seen.NOTHING
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    over = time.monotonic() + seconds
    try:
        with socket.create_connection((target.host, target.port), timeout=max(0.01, seconds)) as plain:
            talk = _Talk(context, plain, over)
            talk.until_done(talk.secure.do_handshake)
            return _look_closer(talk)
    except ssl.SSLError as error:
        # TLS 1.2 refuses a client without a certificate in the handshake itself.
        return Seen.WANTS_CERTIFICATE if _is_about_certificate(error) else Seen.NOTHING
    except (OSError, ValueError):
        return Seen.NOTHING


class _Talk:
    """TLS over a socket. SSLContext.wrap_socket() does not close the socket when the other side was faster to."""

    def __init__(self, context: ssl.SSLContext, plain: socket.socket, over: float) -> None:
        import ssl

        self._plain = plain
        self._over = over
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secure = context.wrap_bio(self._incoming, self._outgoing)

    def until_done(self, step: Callable[[], T]) -> T:
        """Repeat a step of TLS, with what the server sends, until it has what it needs."""
        import ssl

        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._send()
                self._receive()
            else:
                self._send()
                return result

    def _send(self) -> None:
        data = self._outgoing.read()
        if data:
            self._plain.sendall(data)

    def _receive(self) -> None:
        self._plain.settimeout(max(0.01, self._over - time.monotonic()))
        data = self._plain.recv(_CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


def _look_closer(talk: _Talk) -> Seen:
    """TLS 1.3 refuses it after the handshake."""
    try:
        talk.until_done(lambda: talk.secure.write(_GREETING))
        return Seen.TLS if talk.until_done(lambda: talk.secure.read(1)) else Seen.WANTS_CERTIFICATE
    except TimeoutError:
        return Seen.TLS
    except OSError:
        return Seen.WANTS_CERTIFICATE


def _is_about_certificate(error: OSError) -> bool:
    reason = str(getattr(error, "reason", "") or "").upper()
    return "ALERT" in reason and ("CERTIFICATE" in reason or "HANDSHAKE_FAILURE" in reason)
