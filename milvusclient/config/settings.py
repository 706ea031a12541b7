"""Where a connection leads and as whom: uri, credentials, TLS, alias. Values only; nothing here opens anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from milvusclient.config.credentials import CallableToken, Secret, authorization, check_encodable
from milvusclient.exceptions import ConnectionConfigException

if TYPE_CHECKING:
    from milvusclient.config.tls import TlsConfig

__all__ = [
    "DEFAULT_URI",
    "ConnectionConfig",
    "Kind",
    "Secret",
    "Target",
    "TokenSource",
    "config_from_environment",
    "make_config",
]

DEFAULT_URI = "http://localhost:19530"
DEFAULT_PORT = 19530
DEFAULT_TLS_PORT = 443
DEFAULT_DATABASE = "default"
#: Seconds for opening a connection, handshake included, when no timeout is given.
DEFAULT_CONNECT_TIMEOUT = 10.0

#: A file (path) or the PEM text itself.
PemSource = str | bytes | os.PathLike[str]
OptionValue = str | int | bool
#: A token, or what gives a fresh one for each request.
TokenSource = str | Callable[[], str]

_SCHEMES = ("http", "https", "tcp", "grpc")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_FORMS = (
    "use http://HOST:PORT, https://HOST:PORT, tcp://HOST:PORT, grpc://HOST:PORT, HOST:PORT, unix:/PATH, or a local "
    "file that ends with .db"
)


class Kind(Enum):
    """What a target is."""

    NETWORK = "network"
    UNIX = "unix"
    EMBEDDED = "embedded"


class Target(NamedTuple):
    """An address after normalisation; two texts that mean the same address give equal targets.

    ``address`` is what gRPC dials (``HOST:PORT`` or ``unix:/PATH``); for an embedded server it is the absolute path of
    its file, as the server's own address is not known before it runs.
    """

    kind: Kind
    address: str
    host: str = ""
    port: int = 0
    secure: bool = False

    @property
    def uri(self) -> str:
        """The normal form, without credentials and without a database."""
        if self.kind is Kind.NETWORK:
            return f"{'https' if self.secure else 'http'}://{self.address}"
        return self.address

    @property
    def is_loopback(self) -> bool:
        """Whether the address never leaves this machine."""
        return (
            self.kind is not Kind.NETWORK
            or self.host == "localhost"
            or self.host == "::1"
            or re.match(r"^127(\.\d+){3}$", self.host) is not None
        )


class _ParsedUri(NamedTuple):
    target: Target
    user: str = ""
    password: str = ""
    database: str = ""

    def __repr__(self) -> str:  # without the password
        return f"_ParsedUri({self.target!r}, user={self.user!r}, database={self.database!r})"


def _bad_uri(uri: str, why: str) -> ConnectionConfigException:
    return ConnectionConfigException(message=f"uri {_without_credentials(uri)!r} cannot be used: {why}; {_FORMS}")


def _without_credentials(uri: str) -> str:
    """The uri as it may be shown: whatever stands before its last ``@`` may be a part of a password."""
    found = _SCHEME.match(uri)
    scheme = found.group(0) if found else ""
    _, at, rest = uri[len(scheme) :].rpartition("@")
    return f"{scheme}{'***@' if at else ''}{rest}"


def _parse_uri(uri: str) -> _ParsedUri:
    uri = uri.strip()
    if not uri:
        raise _bad_uri(uri, "it is empty")
    try:
        os.fsencode(uri)
    except UnicodeEncodeError:
        raise _bad_uri(uri, "it holds a character that cannot be encoded") from None
    if uri.lower().startswith("unix:"):
        return _parse_socket(uri)
    if uri.lower().endswith(".db") and _SCHEME.match(uri) is None:
        if re.search(r"[\x00-\x1f]", uri):
            raise _bad_uri(uri, "it holds control characters")
        return _ParsedUri(Target(kind=Kind.EMBEDDED, address=os.path.realpath(os.path.expanduser(uri))))
    return _parse_network(uri)


def _parse_socket(uri: str) -> _ParsedUri:
    path = uri[len("unix:") :].removeprefix("//")
    if not path:
        raise _bad_uri(uri, "the path of the unix socket is missing")
    if re.search(r"[\s\x00-\x1f]", path):
        raise _bad_uri(uri, "it holds white space")
    return _ParsedUri(Target(kind=Kind.UNIX, address=f"unix:{os.path.abspath(path)}"))


@lru_cache(maxsize=256)
def _parse_network(uri: str) -> _ParsedUri:
    if re.search(r"[\s\x00-\x1f]", uri):
        raise _bad_uri(uri, "it holds white space")
    found = _SCHEME.match(uri)
    scheme = found.group(1).lower() if found else "http"
    if scheme not in _SCHEMES:
        raise _bad_uri(uri, f"scheme {scheme!r} is not known")
    secure = scheme == "https"
    rest = uri[found.end() :] if found else uri
    if "?" in rest or "#" in rest:
        raise _bad_uri(uri, "a query or a fragment has no meaning here (write '?' as %3F and '#' as %23)")
    if "://" in rest:
        raise _bad_uri(uri, "it holds '://' twice")
    authority, _, path = rest.partition("/")
    if "@" in path:
        raise _bad_uri(uri, "the credentials, or the database's name, must be percent-encoded ('/' as %2F, '@' as %40)")
    credentials, _, host_port = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    host, port = _split_host_port(uri, host_port, DEFAULT_TLS_PORT if secure else DEFAULT_PORT)
    database = unquote(path.split("/", 1)[0])
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    target = Target(kind=Kind.NETWORK, address=address, host=host, port=port, secure=secure)
    return _ParsedUri(target, unquote(user), unquote(password), database)


def _split_host_port(uri: str, text: str, default_port: int) -> tuple[str, int]:
    if text.startswith("["):
        host, bracket, after = text[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise _bad_uri(uri, "the brackets of its IPv6 address do not close before the port")
        port_text = after[1:]
        host = _normal_ipv6(uri, host)
    else:
        if text.count(":") > 1:
            raise _bad_uri(uri, "an IPv6 address needs brackets, as in http://[::1]:19530")
        host, _, port_text = text.partition(":")
        if host and re.fullmatch(r"[\w.-]+", host) is None:
            raise _bad_uri(uri, f"{host!r} is not a host name")
    if not host:
        raise _bad_uri(uri, "the host is missing")
    if not port_text:
        return host.lower(), default_port
    if not (port_text.isascii() and port_text.isdigit()) or not 1 <= int(port_text[:6]) <= 65535 or len(port_text) > 5:
        raise _bad_uri(uri, f"port {port_text!r} is not a number from 1 to 65535")
    return host.lower(), int(port_text)


def _normal_ipv6(uri: str, host: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise _bad_uri(uri, f"{host!r} is not an IPv6 address") from None


class _Settings(NamedTuple):
    target: Target
    token: Secret
    db_name: str = ""
    tls: TlsConfig | None = None
    options: tuple[tuple[str, str | int], ...] = ()


class ConnectionConfig(_Settings):
    """All that decides what a connection is. ``repr`` shows no secret."""

    @property
    def user(self) -> str:
        """The user's name, empty for an API key or without credentials."""
        return self.token.user

    @property
    def authorization(self) -> str:
        """The value of the ``authorization`` header, empty without credentials."""
        return authorization(self.token)

    @cached_property
    def database(self) -> str:
        """The database's name; an empty name means the default one."""
        return self.db_name or DEFAULT_DATABASE

    @cached_property
    def alias(self) -> str:
        """The name that is derived from uri, credentials and database, the same in every process."""
        return self.token.alias(self.target.uri, self.database)

    def with_database(self, db_name: str) -> ConnectionConfig:
        """The same target and credentials with another database.

        Raises:
            ConnectionConfigException: no header can carry the name.
        """
        return self._replace(db_name=_require_header("db_name", db_name))

    def differences(self, other: ConnectionConfig) -> list[str]:
        """What ``other`` says differently, one phrase a setting, without secrets."""
        found = []
        if self.target != other.target:
            found.append(f"uri {self.target.uri} instead of {other.target.uri}")
        if self.token != other.token:
            found.append(f"other credentials ({self.token.whose} instead of {other.token.whose})")
        if self.database != other.database:
            found.append(f"database {self.database!r} instead of {other.database!r}")
        if self.tls != other.tls:
            found.append(f"other TLS settings ({', '.join(_tls_differences(self.tls, other.tls))})")
        if self.options != other.options:
            names = sorted({name for name, _ in set(self.options) ^ set(other.options)})
            found.append(f"other channel options ({', '.join(names)})")
        return found

    def __reduce__(self) -> tuple[Callable[..., ConnectionConfig], tuple[object, ...]]:
        """Pickles hold neither credentials nor keys; the credentials are found again where they are known."""
        if self.tls is not None and isinstance(self.tls.client_key, bytes):
            raise ConnectionConfigException(
                message="client_key_path holds the key itself, which is not pickled; give the path of its file"
            )
        token = self.token.portable(self.target.uri, self.database)
        return _unpickled, (self.target, token, self.db_name, self.tls, self.options)


def _unpickled(
    target: Target, token: Secret, db_name: str, tls: TlsConfig | None, options: tuple[tuple[str, str | int], ...]
) -> ConnectionConfig:
    return ConnectionConfig(target=target, token=token, db_name=db_name, tls=tls, options=options)


def _tls_differences(one: TlsConfig | None, other: TlsConfig | None) -> list[str]:
    """The settings of TLS that are not the same."""
    from milvusclient.config.tls import TlsConfig

    first, second = one or TlsConfig(), other or TlsConfig()
    return [
        setting
        for setting, name in (
            ("server_pem_path", "ca"), ("client_pem_path", "client_certificate"), ("client_key_path", "client_key"),
            ("server_name", "server_name"),
        )
        if getattr(first, name) != getattr(second, name)
    ]  # fmt: skip


def make_token(user: str, password: str, token: str) -> Secret:
    """The canonical token: an API key as given, or ``user:password``. A token wins over user and password.

    Raises:
        ConnectionConfigException: a user without a password, or a password without a user.
    """
    text = token or (f"{user}:{password}" if user and password else "")
    if text:
        return Secret(check_encodable(text))
    if user:
        raise ConnectionConfigException(message=f"user {user!r} is given without a password; give both, or a token")
    if password:
        raise ConnectionConfigException(message="a password is given without a user; give both, or a token")
    return Secret("")


def _make_tls(
    ca: PemSource | None, client_certificate: PemSource | None, client_key: PemSource | None, server_name: str
) -> TlsConfig | None:
    if (client_certificate is None) != (client_key is None):
        given, missing = (
            ("client_pem_path", "client_key_path") if client_key is None else ("client_key_path", "client_pem_path")
        )
        raise ConnectionConfigException(
            message=f"{given} is given without {missing}; mutual TLS needs the client's certificate and its key"
        )
    if ca is None and client_certificate is None and not server_name:
        return None
    from milvusclient.config.tls import TlsConfig

    return TlsConfig(ca=ca, client_certificate=client_certificate, client_key=client_key, server_name=server_name)


def _token_of(parsed: _ParsedUri, user: str, password: str, token: TokenSource) -> Secret:
    """What is given wins over what the uri holds, also when only one half of it is given."""
    if not isinstance(token, str):
        return CallableToken(token)
    if token:
        return make_token("", "", token)
    if user or password:
        same_user = user in ("", parsed.user)
        return make_token(user or parsed.user, password or (parsed.password if same_user else ""), "")
    if parsed.user and not parsed.password:
        # Not shown: it may be an API key.
        raise ConnectionConfigException(
            message="the uri holds a user without a password; use http://USER:PASSWORD@HOST, or give the token apart"
        )
    return make_token(parsed.user, parsed.password, "")


def _require_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ConnectionConfigException(message=f"{name} must be a str, got {type(value).__name__}")


def _require_header(name: str, value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ConnectionConfigException(message=f"{name} must consist of printable ASCII characters, got {value!r}")
    return value


def _normal_pem(name: str, source: object) -> str | bytes | None:
    """A path as text, so that equal paths are equal settings."""
    if isinstance(source, os.PathLike):
        source = os.fspath(source)
    if source is None or isinstance(source, (str, bytes)):
        return source
    raise ConnectionConfigException(
        message=f"{name} must be the path of a PEM file (str or path) or its bytes, got {type(source).__name__}"
    )


def make_config(
    uri: str,
    *,
    user: str = "",
    password: str = "",
    token: TokenSource = "",
    db_name: str = "",
    secure: bool | None = None,
    server_pem_path: PemSource | None = None,
    ca_pem_path: PemSource | None = None,
    client_pem_path: PemSource | None = None,
    client_key_path: PemSource | None = None,
    server_name: str = "",
    grpc_options: Mapping[str, OptionValue] | None = None,
    base: ConnectionConfig | None = None,
) -> ConnectionConfig:
    """Check and normalise what a user says about a connection.

    Args:
        uri: where the server is; may hold credentials and a database, which the explicit arguments override.
        user: user name, together with ``password``.
        password: the user's password.
        token: an API key, or ``user:password``, or a function that returns one; wins over user and password.
        db_name: database; empty means the uri's, else the default one.
        secure: use TLS; None means: with https or when any TLS setting is given.
        server_pem_path: certificates to check the server against (one-way TLS); path or PEM bytes.
        ca_pem_path: the same, as it is called for mutual TLS.
        client_pem_path: the client's certificate for mutual TLS.
        client_key_path: the key of that certificate.
        server_name: name that the server's certificate must carry.
        grpc_options: channel arguments of gRPC, merged over the defaults.
        base: what holds where nothing is given.

    Raises:
        ConnectionConfigException: something cannot be used; the message says what and how it should be.
    """
    for name, value in (
        ("uri", uri), ("user", user), ("password", password), ("db_name", db_name), ("server_name", server_name)
    ):  # fmt: skip
        _require_text(name, value)
    if not callable(token):
        _require_text("token", token)
    if secure is not None and not isinstance(secure, bool):
        raise ConnectionConfigException(message=f"secure must be a bool, got {type(secure).__name__}")
    parsed = _parse_uri(uri)
    server_ca = _normal_pem("server_pem_path", server_pem_path)
    ca = _normal_pem("ca_pem_path", ca_pem_path)
    client_certificate = _normal_pem("client_pem_path", client_pem_path)
    client_key = _normal_pem("client_key_path", client_key_path)
    if server_ca is not None and ca is not None and server_ca != ca:
        raise ConnectionConfigException(
            message="server_pem_path and ca_pem_path name different files for the same use; give one of them"
        )
    ca = server_ca if ca is None else ca
    tls = _make_tls(ca, client_certificate, client_key, server_name)
    target = _with_tls(parsed.target, uri, secure, tls)
    given = ConnectionConfig(
        target=target,
        token=_token_of(parsed, user, password, token),
        db_name=_require_header("db_name", db_name or parsed.database),
        tls=tls,
        options=_normal_options(grpc_options),
    )
    if base is None:
        return given
    return given._replace(
        token=given.token or base.token,
        db_name=given.db_name or base.db_name,
        tls=base.tls if tls is None else tls,
        options=given.options or base.options,
    )


def config_from_environment(environment: Mapping[str, str]) -> ConnectionConfig:
    """What holds when no uri is given anywhere: MILVUS_URI, MILVUS_TOKEN and MILVUS_DB_NAME, else the local default."""
    return make_config(
        environment.get("MILVUS_URI") or DEFAULT_URI,
        token=environment.get("MILVUS_TOKEN", ""),
        db_name=environment.get("MILVUS_DB_NAME", ""),
    )


def _with_tls(target: Target, uri: str, secure: bool | None, tls: TlsConfig | None) -> Target:
    if target.kind is not Kind.NETWORK:
        if secure or tls is not None:
            raise ConnectionConfigException(message=f"TLS settings have no meaning for {target.uri!r}")
        return target
    if target.secure or secure or (tls is not None and secure is None):
        return target._replace(secure=True)
    if tls is not None:
        raise ConnectionConfigException(
            message=f"secure=False contradicts the TLS settings given for {_without_credentials(uri)!r}; leave one out"
        )
    return target


def _normal_options(options: object) -> tuple[tuple[str, str | int], ...]:
    if options is None:
        return ()
    if not isinstance(options, Mapping):
        raise ConnectionConfigException(
            message=f"grpc_options must be a mapping from names to values, got {type(options).__name__}"
        )
    for name, value in options.items():
        if not isinstance(name, str) or not isinstance(value, (str, int)):
            raise ConnectionConfigException(
                message=f"grpc_options[{name!r}] must be a str, an int or a bool, got {type(value).__name__}"
            )
        if isinstance(value, int) and not -(2**31) <= value < 2**31:
            raise ConnectionConfigException(message=f"grpc_options[{name!r}] must fit into 32 bits, got {value}")
    return tuple(sorted((name, int(value) if isinstance(value, bool) else value) for name, value in options.items()))
