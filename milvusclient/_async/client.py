"""The client: every operation of Milvus as a method, over a connection that is shared by name."""

from __future__ import annotations

import contextlib
import os
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from milvusclient import _registrations, rpc
from milvusclient._async.aliases import AsyncAliases
from milvusclient._async.analyzers import AsyncAnalyzers
from milvusclient._async.binding import AsyncBinding
from milvusclient._async.caller import AsyncCaller
from milvusclient._async.collections import AsyncCollections
from milvusclient._async.columnar import AsyncColumnar
from milvusclient._async.databases import AsyncDatabases
from milvusclient._async.external import AsyncExternal
from milvusclient._async.fields import AsyncFields
from milvusclient._async.health import AsyncHealth
from milvusclient._async.indexes import AsyncIndexes
from milvusclient._async.iterators import AsyncIterators
from milvusclient._async.loading import AsyncLoading
from milvusclient._async.maintenance import AsyncMaintenance
from milvusclient._async.mutations import AsyncMutations
from milvusclient._async.optimize import AsyncOptimize
from milvusclient._async.partitions import AsyncPartitions
from milvusclient._async.pool import known_pool
from milvusclient._async.privileges import AsyncPrivileges
from milvusclient._async.queries import AsyncQueries
from milvusclient._async.replication import AsyncReplication
from milvusclient._async.resource_groups import AsyncResourceGroups
from milvusclient._async.searches import AsyncSearches
from milvusclient._async.segments import AsyncSegments
from milvusclient._async.server import AsyncServer
from milvusclient._async.session import AsyncSessions
from milvusclient._async.snapshots import AsyncSnapshots
from milvusclient._async.users import AsyncUsers
from milvusclient._callsite import closed_here
from milvusclient._concurrency import async_open_now
from milvusclient._keywords import suggest_keywords
from milvusclient.config import (
    ConnectionConfig,
    OptionValue,
    PemSource,
    TokenSource,
    config_from_environment,
    make_config,
)
from milvusclient.exceptions import ConnectionConfigException, UnimplementedError
from milvusclient.models.connection import ConnectionInfo
from milvusclient.operations import databases
from milvusclient.policy.errors import conflict_error
from milvusclient.policy.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["AsyncMilvusClient"]


@suggest_keywords
class AsyncMilvusClient(
    AsyncAliases,
    AsyncAnalyzers,
    AsyncCollections,
    AsyncColumnar,
    AsyncDatabases,
    AsyncExternal,
    AsyncFields,
    AsyncOptimize,  # before the families that it builds on
    AsyncHealth,
    AsyncIndexes,
    AsyncIterators,
    AsyncLoading,
    AsyncMaintenance,
    AsyncMutations,
    AsyncPartitions,
    AsyncPrivileges,
    AsyncQueries,
    AsyncReplication,
    AsyncResourceGroups,
    AsyncSearches,
    AsyncSegments,
    AsyncServer,
    AsyncSessions,
    AsyncSnapshots,
    AsyncUsers,
):
    """A client of a Milvus server, of a cluster, or of a local file.

    A client is a name for a connection, its ``alias``. Clients with the same uri, credentials and database have the
    same alias and share one connection; ``close()`` on one of them closes it for all of them. Another ``alias``, or
    ``dedicated=True``, gives a connection of its own. Clients may be shared by threads and made in any number.

    Args:
        uri: ``http://HOST:PORT``, ``https://HOST:PORT``, ``HOST:PORT``, ``unix:/PATH``, or a local file that ends with
            ``.db``; may hold ``USER:PASSWORD@`` and a database as its path. Not given: what the alias was registered
            for, else the environment (MILVUS_URI, MILVUS_TOKEN, MILVUS_DB_NAME), else ``http://localhost:19530``.
        user: user name, together with ``password``.
        password: the user's password.
        db_name: the database; empty means the uri's, else the default one.
        token: an API key, or ``USER:PASSWORD``; wins over user and password. Or a function that returns one: it is
            asked for each request, so it must be quick. Clients with the same function share a connection.
        timeout: seconds for opening the connection; None means 10.
        alias: name of the connection; None derives it from uri, credentials and database.
        dedicated: give this client a connection that nobody else gets.
        secure: use TLS; None means: with https, or when any TLS setting is given.
        server_pem_path: certificates that the server's is checked against; the path of a PEM file, or its bytes.
        ca_pem_path: the same, as it is called for mutual TLS.
        client_pem_path: certificate of this client, for mutual TLS.
        client_key_path: key of that certificate.
        server_name: name that the server's certificate must carry when it is not the host of the uri.
        grpc_options: channel arguments of gRPC, over the defaults.
        retry: how failed calls are repeated; None means ``RetryPolicy()``.

    Raises:
        ConnectionConfigException: a setting cannot be used, or contradicts the connection that the alias names.
        ConnectError: the server cannot be reached, or refuses (an AsyncMilvusClient connects at its first call).

    Example:
        >>> from milvusclient import AsyncMilvusClient
        >>> async with AsyncMilvusClient("./demo.db") as client:
        ...     await client.list_collections()
        []
    """

    def __init__(
        self,
        uri: str | None = None,
        user: str = "",
        password: str = "",
        db_name: str = "",
        token: TokenSource = "",
        timeout: float | None = None,
        *,
        alias: str | None = None,
        dedicated: bool = False,
        secure: bool | None = None,
        server_pem_path: PemSource | None = None,
        ca_pem_path: PemSource | None = None,
        client_pem_path: PemSource | None = None,
        client_key_path: PemSource | None = None,
        server_name: str = "",
        grpc_options: Mapping[str, OptionValue] | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        plain = (
            alias is None and not dedicated and secure is None and server_pem_path is None and ca_pem_path is None
            and client_pem_path is None and client_key_path is None and not server_name and grpc_options is None
            and type(uri) is type(user) is type(password) is type(db_name) is type(token) is str and "://" in uri
        )  # fmt: skip
        if not plain:
            _check_alias(alias, dedicated)
        base = None if plain else _known_config(alias)
        config = (
            _plain_config(uri, user, password, db_name, token)
            if plain
            else make_config(
                uri if uri is not None else _implied(base).target.uri,
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
                base=base if base is not None or uri is not None else _implied(None),
            )
        )
        if alias is not None and base is not None and config.differences(base):
            raise conflict_error(alias, config, base)
        #: The name that was given, which aliases of other databases are derived from; empty when it was derived.
        self._given_alias = f"{config.alias}+{uuid.uuid4().hex[:12]}" if dedicated else (alias or "")
        self._dedicated = dedicated
        self._home = config.database
        self._policy = retry or _DEFAULT_POLICY
        self._caller = self._make_caller(config, timeout)
        async_open_now(self._caller.binding.open)

    def _make_caller(self, config: ConnectionConfig, timeout: float | None) -> AsyncCaller:
        alias = self._given_alias or config.alias
        if self._given_alias and config.database != self._home:
            alias = f"{alias}/{config.database}"
        return AsyncCaller(AsyncBinding(alias, config, timeout), config.db_name, self._policy)

    @property
    def alias(self) -> str:
        """The name of the connection that this client uses now."""
        return self._caller.binding.alias

    @property
    def _using(self) -> str:
        """The alias, under the name that the public guide prints."""
        return self._caller.binding.alias

    async def use_database(self, db_name: str, *, timeout: float | None = None) -> None:
        """Go on with another database; nobody else who shares the connection notices.

        Args:
            db_name: an existing database.
            timeout: seconds for the whole operation; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            ConnectionConfigException: the name has characters that no header can carry.
            MilvusException: the database does not exist.

        Example:
            >>> await client.use_database("default")
        """
        request = databases.build_describe_database(db_name)
        binding = self._caller.binding
        config = binding.config.with_database(db_name)
        deadline = self._deadline(timeout)
        # Servers before 2.4 have databases but cannot describe one; a wrong name shows at the next call.
        with contextlib.suppress(UnimplementedError):
            await self._call(rpc.DESCRIBE_DATABASE, request, deadline)
        caller = self._make_caller(config, binding.timeout)
        await caller.binding.open(deadline)
        self._caller = caller
        if self._dedicated and caller.binding.alias != binding.alias:
            # Nobody else knows its name.
            await binding.close(closed_here(f"{type(self).__name__}.use_database()"))

    async def using_database(self, db_name: str, *, timeout: float | None = None) -> None:
        """The same as :meth:`use_database`.

        Args:
            db_name: an existing database.
            timeout: seconds for the whole operation; None means no limit.

        Raises:
            MilvusException: the database does not exist.

        Example:
            >>> await client.using_database("default")
        """
        await self.use_database(db_name, timeout=timeout)

    async def connection_info(self) -> ConnectionInfo:
        """The figures of the connection that this client uses, which others may use too.

        Returns:
            Address, database, user, server version, since when, and what went over the connection.

        Raises:
            ConnectionNotExistException: the alias was closed.

        Example:
            >>> info = await client.connection_info()
            >>> info.calls >= 0, info.database
            (True, 'default')
        """
        connection = await self._caller.binding.connection()
        figures = connection.figures
        return ConnectionInfo(
            alias=connection.alias,
            address=connection.config.target.address,
            database=self._caller.binding.config.database,
            user=connection.config.user,
            server_version=connection.server_info.build_tags,
            connected_since=connection.connected_since,
            calls=figures.calls,
            errors=figures.errors,
            retries=figures.retries,
            in_flight=figures.in_flight,
            bytes_sent=figures.bytes_sent,
            bytes_received=figures.bytes_received,
        )

    async def close(self) -> None:
        """Close the connection, for every client that shares its alias. Closing twice is harmless.

        The others fail from then on with ConnectionNotExistException. A new client for the same target opens the
        connection again, for all of them.

        Example:
            >>> await client.close()
        """
        await self._caller.binding.close(closed_here(f"{type(self).__name__}.close()"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        binding = self._caller.binding
        return f"{type(self).__name__}(uri={binding.config.target.uri!r}, alias={binding.alias!r})"

    def __getstate__(self) -> tuple[str, bool, str, RetryPolicy, ConnectionConfig, float]:
        binding = self._caller.binding
        return self._given_alias, self._dedicated, self._home, self._policy, binding.config, binding.timeout

    def __setstate__(self, state: tuple[str, bool, str, RetryPolicy, ConnectionConfig, float]) -> None:
        self._given_alias, self._dedicated, self._home, self._policy, config, timeout = state
        self._caller = self._make_caller(config, timeout)


_DEFAULT_POLICY = RetryPolicy()


@lru_cache(maxsize=256)
def _plain_config(uri: str, user: str, password: str, db_name: str, token: str) -> ConnectionConfig:
    """The configuration of most clients; programs make them with the same arguments over and over."""
    return make_config(uri, user=user, password=password, db_name=db_name, token=token)


def _check_alias(alias: object, dedicated: bool) -> None:
    if alias is None:
        return
    if not isinstance(alias, str) or not alias:
        raise ConnectionConfigException(message=f"alias must be a non-empty str, got {alias!r}")
    if dedicated:
        raise ConnectionConfigException(
            message=f"alias={alias!r} and dedicated=True contradict each other: an alias is what others share"
        )


def _known_config(alias: str | None) -> ConnectionConfig | None:
    """What the name stands for already: the open connection, else what was registered."""
    if alias is None:
        return None
    pool = known_pool()
    connection = pool.lookup(alias) if pool is not None else None
    return connection.config if connection is not None else _registrations.registered(alias)


def _implied(base: ConnectionConfig | None) -> ConnectionConfig:
    return base if base is not None else config_from_environment(os.environ)
