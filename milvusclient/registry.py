"""``connections``: the pool under the names that Milvus documents."""

from __future__ import annotations

import operator
import os
import re
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from milvusclient._keywords import suggest_keywords
from milvusclient._sync.core.connection import Connection
from milvusclient._sync.core.pool import all_infos, current_pool
from milvusclient.config.settings import (
    DEFAULT_CONNECT_TIMEOUT,
    ConnectionConfig,
    OptionValue,
    config_from_environment,
    make_config,
)
from milvusclient.exceptions import ConnectionConfigException, ParamError
from milvusclient.policy.deadline import Deadline
from milvusclient.policy.errors import conflict_error
from milvusclient.runtime import named_configs
from milvusclient.runtime.callsite import record_close

if TYPE_CHECKING:
    from milvusclient.config.credentials import TokenSource
    from milvusclient.config.tls import PemSource
    from milvusclient.models.connection import ConnectionInfo

__all__ = ["ConnectionAddress", "Connections", "connections"]

DEFAULT_ALIAS = "default"
#: What an address may be: a name, an IPv4 address or an IPv6 address in brackets, and a port.
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:/@\[\]?#,]+):\d{1,5}")
_POOLS = ("QueuePool", "SingletonThread", "Singleton")
_TEXT_SETTINGS = frozenset({"address", "uri", "host", "user", "password", "db_name", "server_name"})
_SETTINGS = _TEXT_SETTINGS | {
    "port", "token", "secure", "server_pem_path", "ca_pem_path", "client_pem_path", "client_key_path", "grpc_options",
    "channels", "max_age",
}  # fmt: skip


class ConnectionAddress(TypedDict, total=False):
    """The result of ``get_connection_addr``; it contains no secret."""

    address: str
    uri: str
    user: str
    db_name: str


@suggest_keywords
class Connections:
    """Named connections of this process: registered, opened, looked up and closed by alias.

    The connections are those of :class:`~milvusclient.MilvusClient`: ``MilvusClient(alias="dev")`` uses what
    ``connections.add_connection(dev={...})`` registers. There is one instance, ``milvusclient.connections``.
    """

    def connect(
        self,
        alias: str = DEFAULT_ALIAS,
        user: str | None = "",
        password: str | None = "",
        db_name: str | None = "",
        token: TokenSource | None = "",
        *,
        address: str | None = "",
        uri: str | os.PathLike[str] | None = "",
        host: str | None = "",
        port: str | int | None = "",
        timeout: float | None = None,
        handler: str = "GRPC",
        pool: str = "SingletonThread",
        secure: bool | None = None,
        server_pem_path: PemSource | None = None,
        ca_pem_path: PemSource | None = None,
        client_pem_path: PemSource | None = None,
        client_key_path: PemSource | None = None,
        server_name: str | None = "",
        grpc_options: Mapping[str, OptionValue] | None = None,
        channels: int | None = None,
        max_age: float | None = None,
    ) -> Connection:
        """Open a connection under an alias, or join the open one.

        Args:
            alias: name of the connection.
            user: user name, together with ``password``.
            password: password of the user.
            db_name: name of the database; empty means the default one.
            token: an API key, or ``USER:PASSWORD``, or a function that returns one and is asked for each request; wins
                over user and password.
            address: ``HOST:PORT``.
            uri: as for MilvusClient. Give one of address, uri, host and port; without any, the settings that
                the alias was registered with, else the environment, else ``http://localhost:19530``.
            host: host name; ``localhost`` when only a port is given.
            port: port; 19530 when only a host is given.
            timeout: seconds for opening the connection; None means 10.
            handler: must be ``GRPC``.
            pool: ``QueuePool``, ``SingletonThread`` or ``Singleton``, which all mean the shared connection.
            secure: use TLS; None means: with https, or when any TLS setting is given.
            server_pem_path: certificates that the server's is checked against; path of a PEM file, or its bytes.
            ca_pem_path: the same, as it is called for mutual TLS.
            client_pem_path: certificate of this client, for mutual TLS.
            client_key_path: key of that certificate.
            server_name: name that the server's certificate must carry.
            grpc_options: channel arguments of gRPC, over the defaults.
            channels: number of TCP connections. A call takes the one with the fewest calls in flight. None means one,
                or one for each address of the uri.
            max_age: seconds after which a TCP connection is replaced by a new one, so that load balancers can
                distribute them again; no call fails because of it. None means never.

        Returns:
            The connection.

        Raises:
            NotImplementedError: the handler is not GRPC.
            ParamError: the kind of pool is unknown.
            ConnectionConfigException: a setting is invalid, or contradicts the open connection.
            ConnectError: the server cannot be reached, or is not ready; a MilvusException.

        Example:
            >>> from milvusclient import connections
            >>> connections.connect("default", host="localhost", port="19530")  # doctest: +SKIP
            >>> connections.disconnect("default")
        """
        _check_alias(alias)
        if handler != "GRPC":
            raise NotImplementedError(f"handler {handler!r} is not supported; use 'GRPC'")
        if pool not in _POOLS:
            raise ParamError(message=f"pool {pool!r} is unknown; use one of {', '.join(_POOLS)}")
        where = _uri_of(address=address, uri=uri, host=host, port=port)
        open_connection = current_pool().lookup(alias)
        known = open_connection.config if open_connection is not None else named_configs.registered(alias)
        base = known if known is not None and (open_connection is not None or not where) else None
        fallback = base or (config_from_environment(_environment()) if not where else None)
        config = make_config(
            where or (fallback.target.uri if fallback is not None else ""),
            user=user,
            password=password,
            token=token,
            db_name=db_name,
            secure=secure,
            server_pem_path=server_pem_path,
            ca_pem_path=ca_pem_path,
            client_pem_path=client_pem_path,
            client_key_path=client_key_path,
            server_name=server_name,
            grpc_options=grpc_options,
            channels=channels,
            max_age=max_age,
            base=fallback,
        )
        seconds = DEFAULT_CONNECT_TIMEOUT if timeout is None else timeout
        connection = current_pool().open(alias, config, Deadline.start(seconds, time.monotonic()))
        named_configs.register(alias, config)
        return connection

    def disconnect(self, alias: str) -> None:
        """Close the connection of an alias, for all clients that use it; its settings stay registered.

        Args:
            alias: name of the connection. Nothing happens if it is not connected.

        Raises:
            ConnectionConfigException: the alias is not a str.

        Example:
            >>> from milvusclient import connections
            >>> connections.disconnect("default")
        """
        _check_alias(alias)
        current_pool().close(alias, record_close("connections.disconnect()"))

    def stats(self) -> dict[str, ConnectionInfo]:
        """Return the counters of every open connection of this process, by alias.

        Those of AsyncMilvusClient, which belong to event loops, are included. If an alias is open more than once that
        way, the counters are added up, and ``channels`` is their number.

        Returns:
            For each alias the result of ``connection_info()``: address, database, server version, the time of
            connecting, calls, errors, retries, bytes, calls in flight, and in ``operations`` the latency (``p50`` and
            ``p99``, in seconds) of each kind of request. Closed connections are not included.

        Example:
            >>> from milvusclient import connections
            >>> for alias, info in connections.stats().items():
            ...     print(alias, info.calls, {name: stats.p99 for name, stats in info.operations.items()})
        """
        from milvusclient.models.connection import merged

        asynchronous = sys.modules.get("milvusclient._async.core.pool")  # not loaded: it has no connections
        others = asynchronous.all_infos() if asynchronous is not None else []
        return merged([*all_infos(), *others])

    def add_connection(self, **connections: Mapping[str, object]) -> None:
        """Register the settings of connections, one keyword argument each: its name is the alias. Nothing is opened.

        Args:
            **connections: a mapping with some of ``address``, ``uri``, ``host``, ``port``, ``user``, ``password``,
                ``token``, ``db_name``, ``secure``, the TLS settings, ``grpc_options``, ``channels`` and ``max_age`` of
                :meth:`connect`.

        Raises:
            ConnectionConfigException: a setting is invalid, or contradicts an open connection.

        Example:
            >>> from milvusclient import connections
            >>> connections.add_connection(dev={"host": "localhost", "port": 19543})
            >>> connections.get_connection_addr("dev")["address"]
            'localhost:19543'
            >>> connections.remove_connection("dev")
        """
        described = {alias: _describe(alias, settings) for alias, settings in connections.items()}
        for alias, config in described.items():
            open_connection = current_pool().lookup(alias)
            if open_connection is not None and config.differences(open_connection.config):
                raise conflict_error(alias, config, open_connection.config)
        for alias, config in described.items():
            named_configs.register(alias, config)

    def remove_connection(self, alias: str) -> None:
        """Close the connection of an alias if it is open, and forget its settings.

        Args:
            alias: name of the connection. Nothing happens if it is unknown.

        Raises:
            ConnectionConfigException: the alias is not a str.

        Example:
            >>> from milvusclient import connections
            >>> connections.remove_connection("dev")
        """
        _check_alias(alias)
        current_pool().close(alias, record_close("connections.remove_connection()"))
        named_configs.unregister(alias)

    def list_connections(self) -> list[tuple[str, Connection | None]]:
        """List every alias that is registered or connected.

        Returns:
            Pairs of alias and connection, sorted by alias; the connection is None for an alias that is not connected.

        Example:
            >>> from milvusclient import connections
            >>> connections.add_connection(dev={"host": "localhost"})
            >>> [alias for alias, connection in connections.list_connections() if connection is None]
            ['dev']
            >>> connections.remove_connection("dev")
        """
        pool = current_pool()
        return [(alias, pool.lookup(alias)) for alias in sorted({*named_configs.names(), *pool.aliases()})]

    def get_connection_addr(self, alias: str) -> ConnectionAddress:
        """Return the address of an alias, without secrets.

        Args:
            alias: name of the connection.

        Returns:
            ``address``, ``uri``, ``user`` and ``db_name``; empty if the alias is unknown.

        Raises:
            ConnectionConfigException: the alias is not a str.

        Example:
            >>> from milvusclient import connections
            >>> connections.get_connection_addr("unknown")
            {}
        """
        _check_alias(alias)
        connection = current_pool().lookup(alias)
        config = connection.config if connection is not None else named_configs.registered(alias)
        if config is None:
            return {}
        return {
            "address": config.target.address,
            "uri": config.target.uri,
            "user": config.user,
            "db_name": config.database,
        }

    def has_connection(self, alias: str) -> bool:
        """Return whether an alias is connected.

        Args:
            alias: name of the connection.

        Raises:
            ConnectionConfigException: the alias is not a str.

        Example:
            >>> from milvusclient import connections
            >>> connections.has_connection("unknown")
            False
        """
        _check_alias(alias)
        return current_pool().lookup(alias) is not None


def _environment() -> Mapping[str, str]:
    return os.environ


def _check_alias(alias: object) -> None:
    if not isinstance(alias, str) or not alias:
        raise ConnectionConfigException(message=f"alias must be a non-empty str, got {alias!r}")


def _wanted(name: str) -> str:
    return "a str or a path" if name == "uri" else "a str"


def _uri_of(*, address: object, uri: object, host: object, port: object) -> str:
    """Return one uri from the three ways to give an address; empty if none is used."""
    address, host, port = ("" if value is None else value for value in (address, host, port))
    uri = os.fspath(uri) if isinstance(uri, os.PathLike) else "" if uri is None else uri
    for name, value in (("address", address), ("uri", uri), ("host", host)):
        if not isinstance(value, str):
            raise ConnectionConfigException(message=f"{name} must be {_wanted(name)}, got {type(value).__name__}")
    if not isinstance(port, str):
        port = _port_number(port)
    ways = [
        name for name, given in (("uri", uri), ("address", address), ("host and port", host or port != "")) if given
    ]
    if len(ways) > 1:
        raise ConnectionConfigException(message=f"{' and '.join(ways)} are ways to give one address; use one of them")
    if host or port != "":
        return f"http://{_one_host(str(host) or 'localhost')}:{port if port != '' else 19530}"
    if address and not _ADDRESS.fullmatch(str(address)):
        how_on = "use uri for several addresses" if "," in str(address) else "use uri for a uri"
        raise ConnectionConfigException(message=f"address must be HOST:PORT, got {address!r}; {how_on}")
    return str(uri or address)


def _one_host(name: str) -> str:
    if "," in name:
        raise ConnectionConfigException(message=f"host must be one host name, got {name!r}; use uri for several")
    return f"[{name}]" if ":" in name else name


def _port_number(port: object) -> int:
    if not isinstance(port, bool):
        try:
            return operator.index(port)  # type: ignore[arg-type]  # the except is for what has no __index__
        except TypeError:
            pass
    raise ConnectionConfigException(message=f"port must be a str or an int, got {type(port).__name__}")


def _describe(alias: str, settings: object) -> ConnectionConfig:
    _check_alias(alias)
    if not isinstance(settings, Mapping):
        raise ConnectionConfigException(
            message=f"connection {alias!r} must be described by a dict such as {{'uri': './demo.db'}}, "
            f"got {type(settings).__name__}"
        )
    for name, value in settings.items():
        if name not in _SETTINGS:
            raise ConnectionConfigException(
                message=f"connection {alias!r}: setting {name!r} is unknown; use one of {', '.join(sorted(_SETTINGS))}"
            )
        is_path = name == "uri" and isinstance(value, os.PathLike)
        if name in _TEXT_SETTINGS and value is not None and not isinstance(value, str) and not is_path:
            raise ConnectionConfigException(
                message=f"connection {alias!r}: {name} must be {_wanted(name)}, got {type(value).__name__}"
            )
    rest = dict(settings)
    place = {name: rest.pop(name, "") for name in ("address", "uri", "host", "port")}
    where = _uri_of(**place)
    if not where:
        raise ConnectionConfigException(message=f"connection {alias!r} has no address; give address, uri, host or port")
    return make_config(where, **rest)


#: The registry of this process.
connections = Connections()
