"""The settings of a connection: :class:`ConnectionConfig`, and how it is made from what a user says."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn
from weakref import ref

from milvusclient.checks import require_int, require_seconds
from milvusclient.config import tls as tls_settings
from milvusclient.config.credentials import CallableToken, Secret, TokenSource, authorization_header, make_token
from milvusclient.config.uri import DEFAULT_URI, Kind, ParsedUri, Target, parse_uri
from milvusclient.exceptions import ConnectionConfigException

if TYPE_CHECKING:
    from milvusclient.config.tls import PemSource, TlsConfig

__all__ = [
    "DEFAULT_CONNECT_TIMEOUT",
    "DEFAULT_DATABASE",
    "ConnectionConfig",
    "OptionValue",
    "config_from_environment",
    "make_config",
]

DEFAULT_DATABASE = "default"
#: Seconds for opening a connection, handshake included, when no timeout is given.
DEFAULT_CONNECT_TIMEOUT = 10.0

#: The value of a channel argument of gRPC.
OptionValue = str | int | bool
#: The most channels of one connection.
MOST_CHANNELS = 256
_GrpcOptions = tuple[tuple[str, str | int], ...]


class ConnectionConfig:
    """Everything that determines a connection; immutable, and its ``repr`` shows no secret.

    Args:
        target: the address.
        token: the credentials.
        db_name: the database; empty for the default one, as servers want it.
        tls: TLS settings; None for those of gRPC, or for no TLS, as the target says.
        grpc_options: channel arguments of gRPC, sorted.
        channels: number of TCP connections; 0 if it is not given.
        max_age: seconds after which a channel is replaced by a new one; 0 for never.
    """

    target: Target
    token: Secret
    db_name: str
    tls: TlsConfig | None
    grpc_options: _GrpcOptions
    channels: int
    max_age: float

    # Not a NamedTuple, because the cache below refers to configurations weakly, which tuples do not support.
    def __init__(
        self,
        target: Target,
        token: Secret,
        db_name: str = "",
        tls: TlsConfig | None = None,
        grpc_options: _GrpcOptions = (),
        channels: int = 0,
        max_age: float = 0.0,
    ) -> None:
        self.__dict__.update(
            target=target, token=token, db_name=db_name, tls=tls, grpc_options=grpc_options, channels=channels,
            max_age=max_age,
        )  # fmt: skip

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a ConnectionConfig is immutable; make another one with {name}={value!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConnectionConfig) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def __repr__(self) -> str:
        return (
            f"ConnectionConfig(target={self.target!r}, token={self.token!r}, db_name={self.db_name!r}, "
            f"tls={self.tls!r}, grpc_options={self.grpc_options!r}, channels={self.channels!r}, "
            f"max_age={self.max_age!r})"
        )

    def _settings(self) -> tuple[object, ...]:
        return self.target, self.token, self.db_name, self.tls, self.grpc_options, self.channels, self.max_age

    @property
    def user(self) -> str:
        """The user name; empty for an API key or without credentials."""
        return self.token.user

    @property
    def authorization(self) -> str:
        """The value of the ``authorization`` header; empty without credentials."""
        return authorization_header(self.token)

    @cached_property
    def database(self) -> str:
        """The name of the database, also of the default one."""
        return self.db_name or DEFAULT_DATABASE

    @cached_property
    def alias(self) -> str:
        """The alias derived from uri, credentials and database, the same in every process."""
        return self.token.alias(self.target.uri, self.database)

    @cached_property
    def channel_count(self) -> int:
        """The number of channels: as given, else one for each address; 0 while the addresses are not looked up."""
        return self.channels or (0 if self.target.is_name else max(1, len(self.target.members)))

    @property
    def has_one_lasting_channel(self) -> bool:
        """True for what most connections are: one channel to one address that stays."""
        return self.channel_count == 1 and not self.max_age and not self.target.members and not self.target.is_name

    def with_target(self, target: Target) -> ConnectionConfig:
        """Return the same settings with another address."""
        return self._but(target=target)

    def _but(self, **changes: Target | Secret | str) -> ConnectionConfig:
        changed = ConnectionConfig(self.target, self.token)
        changed.__dict__.update(zip(_SETTINGS, self._settings(), strict=True))
        changed.__dict__.update(changes)
        return changed

    def with_database(self, db_name: str) -> ConnectionConfig:
        """Return the same settings with another database.

        Raises:
            ConnectionConfigException: a header cannot carry the name.
        """
        return self._but(db_name=_require_header("db_name", db_name))

    def with_token(self, token: Secret) -> ConnectionConfig:
        """Return the same settings with other credentials."""
        return self._but(token=token)

    def with_defaults(self, base: ConnectionConfig) -> ConnectionConfig:
        """Return these settings, completed by those of ``base``."""
        return ConnectionConfig(
            target=self.target,
            token=self.token or base.token,
            db_name=self.db_name or base.db_name,
            tls=self.tls or base.tls,
            grpc_options=self.grpc_options or base.grpc_options,
            channels=self.channels or base.channels,
            max_age=self.max_age or base.max_age,
        )

    def differences(self, other: ConnectionConfig) -> list[str]:
        """Return the settings in which ``other`` differs, one phrase each, without secrets."""
        found = []
        if self.target != other.target:
            found.append(f"uri {self.target.uri} instead of {other.target.uri}")
        if self.token != other.token:
            found.append(f"other credentials ({self.token.description} instead of {other.token.description})")
        if self.database != other.database:
            found.append(f"database {self.database!r} instead of {other.database!r}")
        if self.tls != other.tls:
            found.append(f"other TLS settings ({', '.join(tls_settings.tls_differences(self.tls, other.tls))})")
        if self.grpc_options != other.grpc_options:
            names = sorted({name for name, _ in set(self.grpc_options) ^ set(other.grpc_options)})
            found.append(f"other grpc_options ({', '.join(names)})")
        if self.channel_count != other.channel_count:
            found.append(f"channels {_count_phrase(self)} instead of {_count_phrase(other)}")
        if self.max_age != other.max_age:
            found.append(f"max_age {_age_phrase(self)} instead of {_age_phrase(other)}")
        return found

    def __reduce__(self) -> tuple[Callable[..., ConnectionConfig], tuple[object, ...]]:
        """Pickle the settings without credentials and keys; the other process finds the credentials if it has them."""
        if self.tls is not None and isinstance(self.tls.client_key, bytes):
            raise ConnectionConfigException(
                message="client_key_path holds the key itself, which is not pickled; give the path of its file"
            )
        token = self.token.for_pickle(self.target.uri, self.database)
        return ConnectionConfig, (
            self.target, token, self.db_name, self.tls, self.grpc_options, self.channels, self.max_age,
        )  # fmt: skip


_SETTINGS = ("target", "token", "db_name", "tls", "grpc_options", "channels", "max_age")


def _count_phrase(config: ConnectionConfig) -> str:
    return str(config.channel_count or "as many as addresses")


def _age_phrase(config: ConnectionConfig) -> str:
    return f"{config.max_age:g} s" if config.max_age else "none"


def make_config(
    uri: str | os.PathLike[str] | None,
    user: str | None = "",
    password: str | None = "",
    token: TokenSource | None = "",
    db_name: str | None = "",
    secure: bool | None = None,
    server_pem_path: PemSource | None = None,
    ca_pem_path: PemSource | None = None,
    client_pem_path: PemSource | None = None,
    client_key_path: PemSource | None = None,
    server_name: str | None = "",
    grpc_options: Mapping[str, OptionValue] | None = None,
    channels: int | None = None,
    max_age: float | None = None,
    base: ConnectionConfig | None = None,
) -> ConnectionConfig:
    """Check and normalize what a user says about a connection.

    Programs make clients with the same arguments over and over, so configurations that are in use are found again by
    their arguments.

    None means that a setting is not given, and so does "" for the settings that are a str, paths included.

    Args:
        uri: where the server is; may contain credentials and a database, which the explicit arguments override. A
            ``pathlib.Path`` is the path of a local file. None means the uri of ``base``.
        user: user name, together with ``password``.
        password: password of the user.
        token: an API key, or ``user:password``, or a function that returns one; wins over user and password.
        db_name: database; empty means the uri's, else the default one.
        secure: use TLS; None means: with https or when any TLS setting is given.
        server_pem_path: certificates that the server's is verified against (one-way TLS); path or PEM bytes.
        ca_pem_path: the same, under its name for mutual TLS.
        client_pem_path: the client's certificate for mutual TLS.
        client_key_path: the key of that certificate.
        server_name: name that the server's certificate must carry.
        grpc_options: channel arguments of gRPC, merged over the defaults.
        channels: number of TCP connections; None means one, or one for each address.
        max_age: seconds after which a channel is replaced by a new one; None means never.
        base: settings for everything that is not given.

    Raises:
        ConnectionConfigException: a setting is invalid; the message says which, and what it should be.
    """
    if secure is not None and not isinstance(secure, bool):  # before the look-up, as 1 equals True
        raise ConnectionConfigException(message=f"secure must be a bool, got {type(secure).__name__}")
    if channels is not None:
        channels = require_int("channels", channels, least=1, most=MOST_CHANNELS, error=ConnectionConfigException)
    if max_age is not None:
        max_age = require_seconds("max_age", max_age, error=ConnectionConfigException)
    if uri is None and base is not None:
        uri = base.target.uri
    key = (
        uri, user, password, token, db_name, secure, server_pem_path, ca_pem_path, client_pem_path, client_key_path,
        server_name, grpc_options, channels, max_age,
    )  # fmt: skip
    try:
        found = _in_use.get(key)
    except TypeError:  # an argument that is not hashable, such as grpc_options
        found = None
    config = None if found is None else found()
    if config is None:
        # Not before the look-up, which is the way of most clients.
        user, password, db_name, server_name = (
            "" if given is None else given for given in (user, password, db_name, server_name)
        )
        token = "" if token is None else token
        parsed = _parse(_uri_text(uri), token, user=user, password=password, db_name=db_name, server_name=server_name)
        tls = _make_tls(server_pem_path, ca_pem_path, client_pem_path, client_key_path, server_name)
        config = ConnectionConfig(
            target=_choose_tls(parsed.target, secure, tls),
            token=_choose_token(parsed, user, password, token),
            db_name=_require_header("db_name", db_name or parsed.database),
            tls=tls,
            grpc_options=_normalize_grpc_options(grpc_options),
            channels=channels or 0,
            max_age=max_age or 0.0,
        )
        if _is_reusable(config, token):
            _remember_in_use(key, config)
    return config if base is None else config.with_defaults(base)


def config_from_environment(environment: Mapping[str, str]) -> ConnectionConfig:
    """Build the settings for clients without a uri: from MILVUS_URI, MILVUS_TOKEN and MILVUS_DB_NAME, or the default.

    Args:
        environment: environment variables by name.

    Raises:
        ConnectionConfigException: a variable is invalid.
    """
    return make_config(
        environment.get("MILVUS_URI") or DEFAULT_URI,
        token=environment.get("MILVUS_TOKEN", ""),
        db_name=environment.get("MILVUS_DB_NAME", ""),
    )


_Key = tuple[object, ...]
#: Configurations by the arguments that they were made from. They are referred to weakly: an entry goes with the last
#: client and the last connection that use its configuration, and so do the passwords among its arguments.
_in_use: dict[_Key, ref[ConnectionConfig]] = {}


def _is_reusable(config: ConnectionConfig, token: TokenSource) -> bool:
    # The path of a file depends on the working directory. How a function compares with others is its own business.
    return config.target.kind is Kind.NETWORK and isinstance(token, str)


def _remember_in_use(key: _Key, config: ConnectionConfig) -> None:
    with contextlib.suppress(TypeError):  # not hashable
        _in_use[key] = ref(config, lambda _: _in_use.pop(key, None))


def _parse(uri: object, token: TokenSource, **others: str) -> ParsedUri:
    """Parse the uri, after a check of the types of all settings that are a str."""
    _refuse_port(uri, others["user"], others["password"] or token)
    for name, value in others.items():
        _require_str(name, value)
    if not callable(token):
        _require_str("token", token)
    return parse_uri(_require_str("uri", uri, "a str or a path"))


def _refuse_port(uri: object, user: object, password: object) -> None:
    """Refuse a port as the second argument, where other clients have it and this one has the user."""
    port = str(user)
    if not user or password or not (port.isascii() and port.isdigit()) or not isinstance(uri, str):
        return
    if re.fullmatch(r"(\w+://)?[\w.-]+/?", uri):  # a host without a port and without credentials
        what = "is given without a password" if isinstance(user, str) else f"must be a str, got {type(user).__name__}"
        address = uri.rstrip("/") if "://" in uri else f"http://{uri}"
        raise ConnectionConfigException(
            message=f"user {what}; if {port} is the port, write it into the uri: MilvusClient('{address}:{port}')"
        )


def _uri_text(uri: str | os.PathLike[str] | None) -> str | None:
    """Return a path as the uri of a local file; anything else, which is checked later, as it is."""
    if not isinstance(uri, os.PathLike):
        return uri
    text = os.fspath(uri)
    if not text.endswith(".db"):
        raise ConnectionConfigException(
            message=f"a path as the uri must be that of a file ending with .db, got {uri!r}"
        )
    return text


def _require_str(name: str, value: object, wanted: str = "a str") -> str:
    # Unlike those of checks.py, this message does not show the value, which may be a password.
    if not isinstance(value, str):
        raise ConnectionConfigException(message=f"{name} must be {wanted}, got {type(value).__name__}")
    return value


def _require_header(name: str, value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ConnectionConfigException(message=f"{name} must consist of printable ASCII characters, got {value!r}")
    return value


def _make_tls(
    server_pem_path: PemSource | None,
    ca_pem_path: PemSource | None,
    client_pem_path: PemSource | None,
    client_key_path: PemSource | None,
    server_name: str,
) -> TlsConfig | None:
    # An empty path is not given. Empty bytes are: they were read from a file that should not be empty.
    ca, mutual_ca, certificate, key = (
        None if isinstance(path, str) and not path else path
        for path in (server_pem_path, ca_pem_path, client_pem_path, client_key_path)
    )
    if not server_name and ca is None and mutual_ca is None and certificate is None and key is None:
        return None  # without loading the module for TLS
    return tls_settings.make_tls(ca, mutual_ca, certificate, key, server_name)


def _choose_tls(target: Target, secure: bool | None, tls: TlsConfig | None) -> Target:
    """Return the target with TLS switched on if the scheme, ``secure`` or a TLS setting asks for it."""
    if target.kind is not Kind.NETWORK:
        if (secure and target.kind is not Kind.EMBEDDED) or tls is not None:
            raise ConnectionConfigException(
                message=f"{target.uri!r} is not reached over a network, so TLS settings do not apply; leave them out"
            )
        return target
    if target.secure or secure or (tls is not None and secure is None):
        return target.with_tls()
    if tls is not None:
        raise ConnectionConfigException(
            message=f"secure=False contradicts the TLS settings given for {target.uri!r}; leave one out"
        )
    return target


def _choose_token(parsed: ParsedUri, user: str, password: str, token: TokenSource) -> Secret:
    """Return the credentials that are given, else those of the uri; a half that is given completes the uri's."""
    if not isinstance(token, str):
        return CallableToken(token)
    if token:
        return make_token("", "", token)
    if user or password:
        same_user = user in ("", parsed.user)
        return make_token(user or parsed.user, password or (parsed.password if same_user else ""), "")
    if parsed.user and not parsed.password:
        # The message does not show the user, which may be an API key.
        raise ConnectionConfigException(
            message="the uri contains a user without a password; use http://USER:PASSWORD@HOST, or pass the token "
            "as an argument of its own"
        )
    return make_token(parsed.user, parsed.password, "")


def _normalize_grpc_options(options: object) -> _GrpcOptions:
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
