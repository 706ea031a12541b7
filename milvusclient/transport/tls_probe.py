"""Probe a server that closed the connection on gRPC: does it speak TLS, and does it require a client certificate?

gRPC cannot tell: all that it sees of a plain connection to a TLS port, or of a missing client certificate, is that the
connection ends.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from milvusclient.config.uri import Target
from milvusclient.policy.tls_diagnosis import ProbeResult

if TYPE_CHECKING:
    import ssl

__all__ = ["probe"]

#: The first bytes of an HTTP/2 client: preface and empty settings. Servers that read first answer only then.
_HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
_CHUNK = 1 << 14

T = TypeVar("T")


def probe(target: Target, seconds: float) -> ProbeResult:
    """Connect with TLS, without verifying the server and without a client certificate.

    Args:
        target: the server.
        seconds: about the longest time that it takes.
    """
    try:
        import ssl  # some builds of Python have none
    except ImportError:
        return ProbeResult.NOTHING
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    deadline = time.monotonic() + seconds
    try:
        with socket.create_connection((target.host, target.port), timeout=max(0.01, seconds)) as plain:
            session = _TlsSession(context, plain, deadline)
            session.until_done(session.secure.do_handshake)
            return _probe_after_handshake(session)
    except ssl.SSLError as error:
        # TLS 1.2 refuses a client without a certificate in the handshake itself.
        return ProbeResult.WANTS_CERTIFICATE if _is_about_certificate(error) else ProbeResult.NOTHING
    except (OSError, ValueError):
        return ProbeResult.NOTHING


class _TlsSession:
    """TLS over a socket. SSLContext.wrap_socket() would not close the socket when the server closes it first."""

    def __init__(self, context: ssl.SSLContext, plain: socket.socket, deadline: float) -> None:
        import ssl

        self._plain = plain
        self._deadline = deadline
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secure = context.wrap_bio(self._incoming, self._outgoing)

    def until_done(self, step: Callable[[], T]) -> T:
        """Repeat a step of TLS until the server has sent what the step needs."""
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
        self._plain.settimeout(max(0.01, self._deadline - time.monotonic()))
        data = self._plain.recv(_CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


def _probe_after_handshake(session: _TlsSession) -> ProbeResult:
    """Find out whether the server refuses the missing certificate after the handshake, as TLS 1.3 does."""
    try:
        session.until_done(lambda: session.secure.write(_HTTP2_PREFACE))
        return ProbeResult.TLS if session.until_done(lambda: session.secure.read(1)) else ProbeResult.WANTS_CERTIFICATE
    except TimeoutError:
        return ProbeResult.TLS
    except OSError:
        return ProbeResult.WANTS_CERTIFICATE


def _is_about_certificate(error: OSError) -> bool:
    reason = str(getattr(error, "reason", "") or "").upper()
    return "ALERT" in reason and ("CERTIFICATE" in reason or "HANDSHAKE_FAILURE" in reason)
