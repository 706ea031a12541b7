"""Parse the uri of a server into a normalized :class:`Target`, credentials and a database."""

from __future__ import annotations

import os
import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

from milvusclient.exceptions import ConnectionConfigException

__all__ = ["DEFAULT_URI", "Kind", "ParsedUri", "Target", "hide_credentials", "parse_uri"]

DEFAULT_URI = "http://localhost:19530"
DEFAULT_PORT = 19530
DEFAULT_TLS_PORT = 443
#: The most addresses of one uri.
MOST_ADDRESSES = 256

_SCHEMES = ("http", "https", "tcp", "grpc", "dns", "dns+https")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f]")
_SPACE_OR_CONTROL_CHARACTER = re.compile(r"[\s\x00-\x1f]")
_FORMS = (
    "use http://HOST:PORT, https://HOST:PORT, tcp://HOST:PORT, grpc://HOST:PORT, HOST:PORT, unix:/PATH, or the path "
    "of a local file that ends with .db; several servers of a cluster are http://HOST:PORT,HOST:PORT, or "
    "dns:///NAME:PORT for all addresses of a name"
)


class Kind(Enum):
    """The kinds of targets."""

    NETWORK = "network"
    UNIX = "unix"
    EMBEDDED = "embedded"


class Target(NamedTuple):
    """A normalized address; two uris that mean the same address give equal targets.

    ``address`` is what gRPC dials (``HOST:PORT`` or ``unix:/PATH``). For an embedded server it is the absolute path of
    its file, because the server's own address is unknown until it runs. For several servers it is their addresses,
    separated by commas, and for ``dns:///`` the uri.

    ``members`` are the targets of several servers. ``authority`` is what a server is called, in its certificate, too,
    when it is not its address: the name under which the address was looked up.
    """

    kind: Kind
    address: str
    host: str = ""
    port: int = 0
    secure: bool = False
    members: tuple[Target, ...] = ()
    authority: str = ""

    @property
    def uri(self) -> str:
        """The normalized uri, without credentials and without a database."""
        if self.is_name:
            return self.address.replace("dns:", "dns+https:", 1) if self.secure else self.address
        if self.kind is Kind.NETWORK:
            return f"{'https' if self.secure else 'http'}://{self.address}"
        return self.address

    @property
    def is_name(self) -> bool:
        """True for ``dns:///``: the addresses are those of the name ``host``."""
        return self.address.startswith("dns:///")

    def with_tls(self) -> Target:
        """Return the same address with TLS."""
        return self._replace(secure=True, members=tuple(member._replace(secure=True) for member in self.members))

    def found_at(self, ip: str) -> Target:
        """Return the target of one address of the name of this ``dns:///`` target."""
        address = _join(ip, self.port)
        return Target(self.kind, address, ip, self.port, self.secure, authority=_join(self.host, self.port))

    @property
    def peer(self) -> str:
        """The host, or the path of a unix socket or file: the address without the port. All addresses if several."""
        return self.host or self.address.removeprefix("unix:")

    @property
    def is_loopback(self) -> bool:
        """True if the address never leaves this machine."""
        if self.members:
            return all(member.is_loopback for member in self.members)
        return (
            self.kind is not Kind.NETWORK
            or self.host == "localhost"
            or self.host == "::1"
            or re.match(r"^127(\.\d+){3}$", self.host) is not None
        )


class ParsedUri(NamedTuple):
    """A uri taken apart; user, password and database are empty where the uri has none."""

    target: Target
    user: str = ""
    password: str = ""
    database: str = ""

    def __repr__(self) -> str:  # without the password
        return f"ParsedUri({self.target!r}, user={self.user!r}, database={self.database!r})"


def parse_uri(uri: str) -> ParsedUri:
    """Parse a uri.

    Nothing is cached here: a uri may hold a password, which must not outlive the clients that use it.

    Raises:
        ConnectionConfigException: the uri is invalid; the message does not show its credentials.
    """
    uri = uri.strip()
    if not uri:
        raise _invalid(uri, "it is empty")
    try:
        os.fsencode(uri)
    except UnicodeEncodeError:
        raise _invalid(uri, "it contains a character that cannot be encoded") from None
    _refuse_local_among_several(uri)
    if uri.lower().startswith("unix:"):
        return _parse_unix_socket(uri)
    if uri.lower().endswith(".db") and _SCHEME.match(uri) is None:
        if _CONTROL_CHARACTER.search(uri):
            raise _invalid(uri, "it contains control characters")
        return ParsedUri(Target(kind=Kind.EMBEDDED, address=os.path.realpath(os.path.expanduser(uri))))
    if uri.lower().strip("/:") == "memory":
        raise _invalid(uri, "Milvus Lite keeps its data in a file, and has no database in memory")
    if re.match(r"(\.{0,2}|~|[A-Za-z]:)[/\\]", uri):  # ./data, /data, ~/data, C:\data
        raise _invalid(uri, "it is the path of a file whose name does not end with .db")
    return _parse_network(uri)


def hide_credentials(uri: str) -> str:
    """Return a uri as messages may show it: everything before its last ``@`` may be part of a password."""
    found = _SCHEME.match(uri)
    scheme = found.group(0) if found else ""
    if uri[len(scheme) :].startswith("/"):  # dns:///
        scheme += "/"
    _, at, rest = uri[len(scheme) :].rpartition("@")
    return f"{scheme}{'***@' if at else ''}{rest}"


def _invalid(uri: str, why: str) -> ConnectionConfigException:
    return ConnectionConfigException(message=f"uri {hide_credentials(uri)!r} is invalid: {why}; {_FORMS}")


def _refuse_local_among_several(uri: str) -> None:
    """Refuse several addresses of which one is a file or a unix socket. One path may contain commas."""
    parts = uri.lower().split(",") if "," in uri and _SCHEME.match(uri) is None else []
    local = [part for part in parts if part.endswith(".db") or part.startswith("unix:")]
    if local and len(local) + sum(re.fullmatch(r"[^/]+:\d+", part) is not None for part in parts) > 1:
        raise _invalid(uri, "only servers on a network can be several; a file or a unix socket stands alone")


def _parse_unix_socket(uri: str) -> ParsedUri:
    path = uri[len("unix:") :].removeprefix("//")
    if not path:
        raise _invalid(uri, "the path of the unix socket is missing")
    if _SPACE_OR_CONTROL_CHARACTER.search(path):
        raise _invalid(uri, "it contains whitespace")
    return ParsedUri(Target(kind=Kind.UNIX, address=f"unix:{os.path.abspath(path)}"))


def _parse_network(uri: str) -> ParsedUri:
    if _SPACE_OR_CONTROL_CHARACTER.search(uri):
        raise _invalid(uri, "it contains whitespace")
    found = _SCHEME.match(uri)
    scheme = found.group(1).lower() if found else "http"
    if scheme not in _SCHEMES:
        raise _invalid(uri, f"scheme {scheme!r} is unknown")
    secure = scheme.endswith("https")
    rest = uri[found.end() :] if found else uri
    _check_form(uri, rest)
    if not found and re.match(r"dns:(?!\d+(,|/|$))", rest, re.IGNORECASE):
        raise _invalid(uri, "a name is written with three slashes, as in dns:///NAME:PORT")
    is_name = scheme.startswith("dns")
    if is_name:
        if not rest.startswith("/"):
            raise _invalid(uri, "a name is written with three slashes, as in dns:///NAME:PORT")
        rest = rest[1:]
    authority, _, path = rest.partition("/")
    if "@" in path:
        raise _invalid(uri, "the credentials, or the database name, must be percent-encoded ('/' as %2F, '@' as %40)")
    credentials, _, host_port = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    if "," in path or _hides_addresses(user, password):
        raise _invalid(
            uri,
            "credentials and the database stand once, before the first and behind the last address (in them, write "
            "',' as %2C and '@' as %40)",
        )
    target = _parse_addresses(uri, host_port, secure)
    if is_name:
        if target.members:
            raise _invalid(uri, "dns:/// takes one name")
        target = target._replace(address=f"dns:///{target.address}")
    return ParsedUri(target, unquote(user), unquote(password), unquote(path.split("/", 1)[0]))


def _hides_addresses(user: str, password: str) -> bool:
    """Return whether a comma in the credentials may as well be the one behind an address, as in ``a:1,bob:pw@b``."""
    before, comma, _ = password.partition(",")
    return "," in user or (bool(comma) and (before.isdigit() or not before or "@" in before or user.startswith("[")))


def _check_form(uri: str, rest: str) -> None:
    """Refuse what the part behind the scheme must not contain."""
    if "?" in rest or "#" in rest:
        raise _invalid(uri, "a query or a fragment has no meaning here (write '?' as %3F and '#' as %23)")
    before, again, _ = rest.partition("://")
    if again:
        raise _invalid(
            uri, "the scheme stands once, before the first address" if "," in before else "it contains '://' twice"
        )
    if re.search(r"@[^@,]*,[^@/]*:[^@/]*@", rest):
        raise _invalid(
            uri, "the credentials stand once, before the first address (in them, write '@' as %40 and ',' as %2C)"
        )


def _parse_addresses(uri: str, text: str, secure: bool) -> Target:
    """Return the target of one address, or of several that are separated by commas, whatever their order."""
    parts = text.split(",")
    if len(parts) > 1 and not all(parts):
        raise _invalid(uri, "an address beside one of its commas is missing")
    default_port = DEFAULT_TLS_PORT if secure else DEFAULT_PORT
    found = sorted({_split_host_port(uri, part, default_port) for part in parts})
    if len(found) > MOST_ADDRESSES:
        raise _invalid(uri, f"it has {len(found)} addresses, more than {MOST_ADDRESSES}")
    members = tuple(Target(Kind.NETWORK, _join(host, port), host, port, secure) for host, port in found)
    if len(members) == 1:
        return members[0]
    address = ",".join(member.address for member in members)
    return Target(Kind.NETWORK, address, secure=secure, members=members)


def _join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _split_host_port(uri: str, host_port: str, default_port: int) -> tuple[str, int]:
    if host_port.startswith("["):
        host, port = _split_ipv6(uri, host_port)
    else:
        if host_port.count(":") > 1:
            raise _invalid(uri, "an IPv6 address needs brackets, as in http://[::1]:19530")
        host, _, port = host_port.partition(":")
        if host and re.fullmatch(r"[\w.-]+", host) is None:
            raise _invalid(uri, f"{host!r} is not a host name")
    if not host:
        raise _invalid(uri, "the host is missing")
    if not port:
        return host.lower(), default_port
    # At most 5 digits: Python refuses to convert thousands of them.
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise _invalid(uri, f"port {port!r} is not a number from 1 to 65535")
    return host.lower(), int(port)


def _split_ipv6(uri: str, host_port: str) -> tuple[str, str]:
    import ipaddress

    host, bracket, after = host_port[1:].partition("]")
    if not bracket or (after and not after.startswith(":")):
        raise _invalid(uri, "the brackets of its IPv6 address do not close before the port")
    try:
        return str(ipaddress.IPv6Address(host)), after[1:]
    except ValueError:
        raise _invalid(uri, f"{host!r} is not an IPv6 address") from None
