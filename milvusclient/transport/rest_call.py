"""One request to the REST API of a server: the standard library's HTTP, with a limit for all of its time."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import tempfile
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    from milvusclient.config.tls import PemSource, TlsConfig

__all__ = ["RestAddress", "RestCall", "RestFailure", "RestReply"]

#: The largest reply that is read; the state of a job with thousands of files takes a few megabytes.
_MOST_BYTES = 64 << 20
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_CUT = "the connection ended within its reply"


class RestAddress(NamedTuple):
    """The place of a REST API; ``name`` is that of its certificate, if it is not its host."""

    host: str
    port: int
    secure: bool
    tls: TlsConfig | None = None
    name: str = ""

    @property
    def url(self) -> str:
        """The address as a url, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"


class RestReply(NamedTuple):
    """The reply to a request."""

    status: int
    body: bytes


class RestFailure(Exception):
    """A request without a reply.

    Args:
        reason: why, in words.
        sent: whether the server may have received the request.
        is_other_protocol: whether the server answered with something other than HTTP.
        is_timeout: whether the time was up.
    """

    def __init__(self, reason: str, *, sent: bool, is_other_protocol: bool = False, is_timeout: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.is_other_protocol = is_other_protocol
        self.is_timeout = is_timeout


class RestCall:
    """A POST of JSON, for one use.

    Args:
        address: the server.
        path: the path of the url.
        body: the JSON.
        headers: headers of the request; empty ones are left out.
        seconds: the longest time that all of it may take.
    """

    def __init__(
        self, address: RestAddress, path: str, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> None:
        self._address = address
        self._path = path
        self._body = body
        # As bytes: a password may have any characters.
        self._headers = {name: value.encode() for name, value in (_JSON | dict(headers)).items() if value}
        self._seconds = seconds
        self._ends = 0.0
        self._socket: socket.socket | None = None
        self._is_sent = False
        self._is_aborted = False

    def run(self) -> RestReply:
        """Send the request and return the reply; blocks.

        Raises:
            RestFailure: there is no reply.
        """
        self._ends = time.monotonic() + self._seconds
        # The timeout of a socket is for each read. A server that sends a byte now and then would never end a call.
        watchdog = threading.Timer(self._seconds, self.abort)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._exchange()
        except RestFailure:
            raise
        except Exception as error:
            raise self._failure(error) from error
        finally:
            watchdog.cancel()
            watchdog.join()

    def abort(self) -> None:
        """End the call from another thread."""
        self._is_aborted = True
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def _exchange(self) -> RestReply:
        address = self._address
        context = _tls_context(address.tls) if address.secure else None
        connection = http.client.HTTPConnection(address.host, address.port)
        try:
            plain = self._connect()
            connection.sock = plain
            if context is not None:
                name = (address.tls.server_name if address.tls is not None else "") or address.name or address.host
                # Kept before the handshake, which may be what takes too long.
                secure = context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)
                connection.sock = self._socket = secure
                secure.do_handshake()
            self._is_sent = True
            connection.request("POST", self._path, self._body, self._headers)
            with connection.getresponse() as reply:  # which holds the socket, too
                wanted = reply.length
                body = reply.read(_MOST_BYTES + 1)
            if self._is_aborted:  # for http.client, the end of a connection may be that of a reply
                raise TimeoutError
            if len(body) > _MOST_BYTES:
                raise RestFailure(f"its reply has more than {_MOST_BYTES:,} bytes", sent=True)
            if wanted is not None and len(body) < wanted:
                raise RestFailure(_CUT, sent=True)
            return RestReply(reply.status, body)
        finally:
            connection.close()

    def _connect(self) -> socket.socket:
        """Connect to the first address of the host that answers, within the time of the call."""
        last: OSError | None = None
        for family, kind, protocol, _, place in socket.getaddrinfo(
            self._address.host, self._address.port, type=socket.SOCK_STREAM
        ):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(max(0.001, self._ends - time.monotonic()))
                made.connect(place)
            except OSError as error:
                made.close()
                last = error
                continue
            self._socket = made
            if self._is_aborted:
                made.close()
                raise TimeoutError
            return made
        raise last or OSError("its name has no address")

    def _failure(self, error: Exception) -> RestFailure:
        if self._is_aborted or isinstance(error, TimeoutError):
            return RestFailure(f"it did not answer within {self._seconds:g} s", sent=self._is_sent, is_timeout=True)
        if isinstance(error, http.client.HTTPException) and not isinstance(error, OSError):
            # RemoteDisconnected is an OSError, too: a connection that ended says nothing about what was done.
            incomplete = isinstance(error, http.client.IncompleteRead)
            reason = _CUT if incomplete else "it does not answer with HTTP"
            return RestFailure(reason, sent=True, is_other_protocol=not incomplete)
        # The words of other errors may show the value of a header, which is a secret.
        words = (error.strerror or str(error)) if isinstance(error, OSError) else ""
        return RestFailure(words or type(error).__name__, sent=self._is_sent)


# --- TLS -------------------------------------------------------------------------------------------------------------
def _tls_context(tls: TlsConfig | None) -> ssl.SSLContext:
    import ssl  # imported here, because most servers are asked without TLS

    context = ssl.create_default_context()
    # Python 3.13 refuses certificates without some extensions, which gRPC takes: one server, one answer.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls is None:
        return context
    if tls.ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if isinstance(tls.ca, bytes):
            context.load_verify_locations(cadata=tls.ca.decode("ascii", "replace"))
        else:
            context.load_verify_locations(tls.ca)
    if tls.client_certificate is not None and tls.client_key is not None:
        with _as_file(tls.client_certificate) as certificate, _as_file(tls.client_key) as key:
            context.load_cert_chain(certificate, key)
    return context


@contextlib.contextmanager
def _as_file(source: PemSource) -> Iterator[str | os.PathLike[str]]:
    """Give bytes the path of a file, which only this user can read, for as long as the block takes."""
    if not isinstance(source, bytes):
        yield source
        return
    number, path = tempfile.mkstemp()
    try:
        with open(number, "wb") as file:
            file.write(source)
        yield path
    finally:
        os.unlink(path)
