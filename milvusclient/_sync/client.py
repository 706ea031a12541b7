"""The client: every operation of Milvus as a method, over a connection that is shared by its alias."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Self

from milvusclient import rpc
from milvusclient._sync.aliases import Aliases
from milvusclient._sync.analyzers import Analyzers
from milvusclient._sync.bulk import Bulk
from milvusclient._sync.collections import Collections
from milvusclient._sync.columnar import Columnar
from milvusclient._sync.copies import Copies
from milvusclient._sync.core.binding import Binding
from milvusclient._sync.core.caller import Caller
from milvusclient._sync.core.pool import known_pool
from milvusclient._sync.databases import Databases
from milvusclient._sync.external import External
from milvusclient._sync.fields import Fields
from milvusclient._sync.health import Health
from milvusclient._sync.imports import Imports
from milvusclient._sync.indexes import Indexes
from milvusclient._sync.iterators import Iterators
from milvusclient._sync.loading import Loading
from milvusclient._sync.maintenance import Maintenance
from milvusclient._sync.mutations import Mutations
from milvusclient._sync.optimize import Optimize
from milvusclient._sync.partitions import Partitions
from milvusclient._sync.privileges import Privileges
from milvusclient._sync.queries import Queries
from milvusclient._sync.replication import Replication
from milvusclient._sync.resource_groups import ResourceGroups
from milvusclient._sync.searches import Searches
from milvusclient._sync.segments import Segments
from milvusclient._sync.server import Server
from milvusclient._sync.session import Sessions
from milvusclient._sync.snapshots import Snapshots
from milvusclient._sync.users import Users
from milvusclient._keywords import suggest_keywords
from milvusclient.checks import UNSET, Unset
from milvusclient.config.settings import ConnectionConfig, OptionValue, config_from_environment, make_config
from milvusclient.exceptions import ConnectionConfigException, UnimplementedError
from milvusclient.operations import common, databases
from milvusclient.policy.errors import conflict_error
from milvusclient.policy.options import OPTIONAL_CALL, ClientOptions
from milvusclient.policy.retry import RetryPolicy
from milvusclient.runtime import named_configs
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import open_now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from milvusclient.config.credentials import TokenSource
    from milvusclient.config.tls import PemSource
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.operations.common import VectorsAs

__all__ = ["MilvusClient"]

#: ``retry``, ``slow_call_threshold`` and ``vectors_as`` of most clients.
_USUAL_OPTIONS = (None, None, "list")


@suggest_keywords
class MilvusClient(
    Aliases,
    Analyzers,
    Bulk,  # before the families that it builds on
    Collections,
    Columnar,
    Copies,
    Databases,
    External,
    Fields,
    Optimize,  # before the families that it builds on
    Health,
    Imports,
    Indexes,
    Iterators,
    Loading,
    Maintenance,
    Mutations,
    Partitions,
    Privileges,
    Queries,
    Replication,
    ResourceGroups,
    Searches,
    Segments,
    Server,
    Sessions,
    Snapshots,
    Users,
):
    """A client of a Milvus server, of a cluster, or of a local file.

    A client is a name for a connection, its ``alias``. Clients with the same uri, credentials and database have the
    same alias and share one connection; ``close()`` on one of them closes it for all of them. Another ``alias``, or
    ``dedicated=True``, gives a connection of its own. Clients may be shared by threads and made in any number.

    Args:
        uri: ``http://HOST:PORT``, ``https://HOST:PORT``, ``HOST:PORT``, ``unix:/PATH``, or a local file that ends with
            ``.db``; may hold ``USER:PASSWORD@`` and a database as its path. Several servers of one cluster are
            ``http://HOST:PORT,HOST:PORT``, or ``dns:///NAME:PORT`` for every address of a name (``dns+https:///`` with
            TLS). Not given: what the alias was registered for, else the environment (MILVUS_URI, MILVUS_TOKEN,
            MILVUS_DB_NAME), else ``http://localhost:19530``.
        user: user name, together with ``password``.
        password: password of the user.
        db_name: name of the database; empty means the uri's, else the default one.
        token: an API key, or ``USER:PASSWORD``; wins over user and password. Or a function that returns one: it is
            called for each request, so it must be fast. Clients with the same function share a connection.
        timeout: seconds for opening the connection; None means 10.
        alias: name of the connection; None derives it from uri, credentials and database.
        dedicated: give this client a connection of its own, under a unique alias.
        secure: use TLS; None means: with https, or when any TLS setting is given.
        server_pem_path: certificates that the server's is checked against; the path of a PEM file, or its bytes.
        ca_pem_path: the same, as it is called for mutual TLS.
        client_pem_path: certificate of this client, for mutual TLS.
        client_key_path: key of that certificate.
        server_name: name that the server's certificate must carry when it is not the host of the uri.
        grpc_options: channel arguments of gRPC, over the defaults.
        channels: number of TCP connections. A call takes the one with the fewest calls in flight. None means one,
            or one for each address of the uri.
        max_age: seconds after which a TCP connection is replaced by a new one, so that load balancers can distribute
            them again; no call fails because of it. None means never.
        retry: how failed calls are retried; None means ``RetryPolicy()``.
        slow_call_threshold: seconds after which a call is logged as slow, as a warning; None logs none. The logger is
            ``milvusclient``. :meth:`with_options` sets it, and more, for some calls.
        vectors_as: form of dense vectors in results, unless a call says it: ``"list"``, or ``"numpy"`` for read-only
            arrays over the memory of the reply; for programs that always want arrays.

    Raises:
        ParamError: ``timeout`` or ``slow_call_threshold`` is not a number of seconds; or ``vectors_as`` is unknown, or
            needs numpy, which is not installed.
        ConnectionConfigException: a setting is invalid, or contradicts the connection that the alias names.
        ConnectError: the server cannot be reached, or refuses (an MilvusClient connects at its first call).

    Example:
        >>> from milvusclient import MilvusClient
        >>> with MilvusClient("./demo.db") as client:
        ...     client.list_collections()
        []
    """

    #: The alias that was given, from which those of other databases are derived; empty if the alias itself is derived.
    _given_alias = ""
    #: Whether no other client knows the alias.
    _dedicated = False
    #: The database that the given alias belongs to.
    _home = ""
    _client_options = ClientOptions()

    def __init__(
        self,
        uri: str | os.PathLike[str] | None = None,
        user: str | None = "",
        password: str | None = "",
        db_name: str | None = "",
        token: TokenSource | None = "",
        timeout: float | None = None,
        *,
        alias: str | None = None,
        dedicated: bool = False,
        secure: bool | None = None,
        server_pem_path: PemSource | None = None,
        ca_pem_path: PemSource | None = None,
        client_pem_path: PemSource | None = None,
        client_key_path: PemSource | None = None,
        server_name: str | None = "",
        grpc_options: Mapping[str, OptionValue] | None = None,
        channels: int | None = None,
        max_age: float | None = None,
        retry: RetryPolicy | None = None,
        slow_call_threshold: float | None = None,
        vectors_as: VectorsAs = "list",
    ) -> None:
        known = None if alias is None else _known_config(alias, dedicated)
        base = known if uri is not None else _implied_config(known)
        config = make_config(
            uri, user, password, token, db_name, secure, server_pem_path, ca_pem_path, client_pem_path, client_key_path,
            server_name, grpc_options, channels, max_age, base,
        )  # fmt: skip
        if alias is not None or dedicated:
            self._name_connection(alias, dedicated, config, known)
        if (retry, slow_call_threshold, vectors_as) != _USUAL_OPTIONS:
            form = common.require_vectors_as(vectors_as)
            self._client_options = ClientOptions(retry, slow_call_threshold=slow_call_threshold, vectors_as=form)
        binding = Binding(self._given_alias or config.alias, config, timeout)
        self._caller = Caller(binding, self._client_options)
        open_now(binding)

    def _name_connection(
        self, alias: str | None, dedicated: bool, config: ConnectionConfig, known: ConnectionConfig | None
    ) -> None:
        """Use an alias that is not derived from the settings.

        Raises:
            ConnectionConfigException: the alias stands for other settings.
        """
        self._given_alias = alias or f"{config.alias}+{os.urandom(6).hex()}"
        self._dedicated = dedicated
        self._home = config.database
        if known is not None and config.differences(known):
            raise conflict_error(self._given_alias, config, known)

    def _make_caller(self, config: ConnectionConfig, timeout: float | None) -> Caller:
        alias = self._given_alias or config.alias
        if self._given_alias and config.database != self._home:
            alias = f"{alias}/{config.database}"
        return Caller(Binding(alias, config, timeout), self._client_options)

    @property
    def alias(self) -> str:
        """The name of the connection that this client uses."""
        return self._caller.binding.alias

    @property
    def _using(self) -> str:
        """The alias, under the name that the public guide prints."""
        return self._caller.binding.alias

    def use_database(self, db_name: str, *, timeout: float | None = None) -> None:
        """Switch this client to another database; other clients that share the connection are not affected.

        Args:
            db_name: name of the database.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            ConnectionConfigException: the name has characters that a header cannot carry.
            MilvusException: the database does not exist.

        Example:
            >>> client.use_database("default")
        """
        request = databases.build_describe_database(db_name)
        binding = self._caller.binding
        config = binding.config.with_database(db_name)
        deadline = self._deadline(timeout)
        # Servers before 2.4 have databases but cannot describe one; a wrong name shows at the next call.
        with contextlib.suppress(UnimplementedError):
            self._call(rpc.DESCRIBE_DATABASE, request, deadline, OPTIONAL_CALL)
        caller = self._make_caller(config, binding.timeout)
        caller.binding.open(deadline)
        self._caller = caller
        if self._dedicated and caller.binding.alias != binding.alias:
            # No other client knows its alias.
            binding.close(record_close(f"{type(self).__name__}.use_database()"))

    def using_database(self, db_name: str, *, timeout: float | None = None) -> None:
        """Switch to another database, as :meth:`use_database` does.

        Args:
            db_name: name of the database.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            MilvusException: the database does not exist.

        Example:
            >>> client.using_database("default")
        """
        self.use_database(db_name, timeout=timeout)

    def with_options(
        self,
        *,
        timeout: float | Unset | None = UNSET,
        request_id: str | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        slow_call_threshold: float | Unset | None = UNSET,
        vectors_as: VectorsAs | Unset = UNSET,
    ) -> Self:
        """Return a client on the same connection whose calls have other settings; cheap enough to be made for one call.

        Settings that are not given stay the same. The connection is shared: ``close()`` on either client closes it for
        both, while ``use_database()`` moves only the one that it is called on.

        Args:
            timeout: seconds for each call that has no timeout of its own; None means no limit.
            request_id: a text that appears in the server's logs and traces, for calls that have no
                ``client_request_id`` of their own; 32 lower-case hex digits (``uuid.uuid4().hex``) become the trace id.
            retry: how failed calls are retried.
            slow_call_threshold: seconds after which a call is logged as slow, as a warning; None logs none.
            vectors_as: form of dense vectors in results: ``"list"``, or ``"numpy"`` for read-only arrays over the
                memory of the reply.

        Returns:
            Another client; this one does not change.

        Raises:
            ParamError: a setting is invalid.

        Example:
            >>> hurried = client.with_options(timeout=2.5, request_id="0af7651916cd43dd8448eb211c80319c")
            >>> hurried.has_collection("books")
            True
        """
        options = self._client_options
        clone = type(self).__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone._client_options = ClientOptions(
            options.retry if retry is UNSET else retry,
            timeout=options.timeout if timeout is UNSET else timeout,
            request_id=options.request_id if request_id is UNSET else request_id,
            slow_call_threshold=options.slow_call_threshold if slow_call_threshold is UNSET else slow_call_threshold,
            vectors_as=options.vectors_as if vectors_as is UNSET else common.require_vectors_as(vectors_as),
        )
        clone._caller = Caller(self._caller.binding, clone._client_options)
        return clone

    def connection_info(self) -> ConnectionInfo:
        """Return the counters of the connection that this client uses, which other clients may use, too.

        Returns:
            Address, database, user, server version, the time of connecting, and counters, with ``p50`` and ``p99``
            (seconds) of each kind of request in ``operations``, and the state of each channel in ``channel_infos``.

        Raises:
            ConnectionNotExistException: the alias was closed.

        Example:
            >>> info = client.connection_info()
            >>> info.calls >= 0, info.database
            (True, 'default')
        """
        binding = self._caller.binding
        return (binding.connection()).info(binding.config.database)

    def close(self) -> None:
        """Close the connection, for every client that shares its alias. Closing twice is harmless.

        The others fail from then on with ConnectionNotExistException. A new client for the same target opens the
        connection again, for all of them.

        Example:
            >>> client.close()
        """
        self._caller.binding.close(record_close(f"{type(self).__name__}.close()"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        binding = self._caller.binding
        return f"{type(self).__name__}(uri={binding.config.target.uri!r}, alias={binding.alias!r})"

    def __getstate__(self) -> tuple[str, bool, str, ClientOptions, ConnectionConfig, float]:
        binding = self._caller.binding
        return self._given_alias, self._dedicated, self._home, self._client_options, binding.config, binding.timeout

    def __setstate__(self, state: tuple[str, bool, str, ClientOptions, ConnectionConfig, float]) -> None:
        self._given_alias, self._dedicated, self._home, self._client_options, config, timeout = state
        self._caller = self._make_caller(config, timeout)


def _known_config(alias: str, dedicated: bool) -> ConnectionConfig | None:
    """Return the settings that an alias already has: those of its open connection, else the registered ones.

    Raises:
        ConnectionConfigException: the alias is invalid.
    """
    given: object = alias
    if not isinstance(given, str) or not given:
        raise ConnectionConfigException(message=f"alias must be a non-empty str, got {given!r}")
    if dedicated:
        raise ConnectionConfigException(
            message=f"alias={alias!r} and dedicated=True contradict each other: clients that name an alias share it; "
            "leave one out"
        )
    pool = known_pool()
    connection = pool.lookup(alias) if pool is not None else None
    return connection.config if connection is not None else named_configs.registered(alias)


def _implied_config(known: ConnectionConfig | None) -> ConnectionConfig:
    """Return the settings of a client without a uri: those that its alias has, else those of the environment."""
    return config_from_environment(os.environ) if known is None else known
