"""The alias that a client holds instead of a channel, and the way to open the connection that it names."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from milvusclient._sync.core.pool import Pool, closed_error, current_pool
from milvusclient.config.settings import DEFAULT_CONNECT_TIMEOUT, ConnectionConfig
from milvusclient.exceptions import MilvusException
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.errors import CloseRecord, conflict_error
from milvusclient.runtime.callsite import next_sequence

if TYPE_CHECKING:
    from milvusclient._sync.core.connection import Connection

__all__ = ["Binding"]


class Binding:
    """An alias with its settings, looked up in the pool at every call.

    Args:
        alias: the name of the connection.
        config: what to open if the alias is not connected.
        timeout: seconds for opening the connection; None means the default.

    Raises:
        ParamError: the timeout is not a number of seconds.
    """

    # A binding holds no connection, so a closed one is freed at once, however many clients still name it.
    __slots__ = ("_created", "_epoch", "_generation", "alias", "config", "timeout")

    def __init__(self, alias: str, config: ConnectionConfig, timeout: float | None) -> None:
        self.alias = alias
        self.config = config
        self.timeout = DEFAULT_CONNECT_TIMEOUT if timeout is None else timeout
        if timeout is not None:
            Deadline.start(timeout, 0.0)  # refuses what is not a timeout
        # Compared with the time of a close: only a close after the client was made is news to it.
        self._created = next_sequence()
        # The pool and the connection that were used last. Zero stands for none: both counters begin at 1.
        self._epoch = 0
        self._generation = 0

    def current(self) -> Connection | None:
        """Return the open connection of this alias if it is the one that this client used before."""
        connection = current_pool().lookup(self.alias)
        return connection if connection is not None and connection.generation == self._generation else None

    def connection(self, deadline: Deadline = UNBOUNDED) -> Connection:
        """Return the open connection of this alias, or open it if the alias was not closed.

        Args:
            deadline: that of the call that needs the connection.

        Raises:
            ConnectionNotExistException: the alias was closed after this client was made.
            ConnectionConfigException: the alias was opened again with other settings.
            ConnectError: the server cannot be reached.
        """
        pool = current_pool()
        connection = pool.lookup(self.alias)
        if connection is None:
            self._check_not_closed(pool)
            return self.open(deadline)
        if connection.generation != self._generation:
            # Closed and opened again since: go on only if it still leads to the same server, as the same user.
            if self.config.differences(connection.config):
                raise self._placed(conflict_error(self.alias, self.config, connection.config))
            self._remember(pool, connection)
        return connection

    def open(self, deadline: Deadline = UNBOUNDED) -> Connection:
        """Open the connection, or join the open one, within this client's timeout and the deadline.

        Args:
            deadline: that of the call that needs the connection.

        Raises:
            ConnectionConfigException: the alias is in use with other settings.
            ConnectError: the server cannot be reached.
        """
        pool = current_pool()
        connection = pool.lookup(self.alias)
        # The same object when the arguments of the clients were the same: then nothing needs to be compared.
        if connection is not None and connection.config is self.config:
            # What _remember does, without a call: most clients are made for a connection that is open already.
            self._epoch = pool.epoch
            self._generation = connection.generation
            return connection
        bounded = deadline.bounded(self.timeout, time.monotonic())
        try:
            connection = pool.open(self.alias, self.config, bounded)
        except MilvusException as error:
            self._placed(error)
            raise
        self._remember(pool, connection)
        return connection

    def _remember(self, pool: Pool, connection: Connection) -> None:
        self._epoch = pool.epoch
        self._generation = connection.generation

    def _check_not_closed(self, pool: Pool) -> None:
        closed = pool.closed(self.alias)
        if closed is not None:
            if closed.sequence > self._created:
                raise self._placed(closed_error(self.alias, closed))
        elif self._epoch == pool.epoch:
            # It was open in this pool and is not any more, and its record has made room for newer ones.
            raise self._placed(closed_error(self.alias, None))
        # Otherwise it was open in the parent process, or in another event loop: here it may be opened.

    def _placed(self, error: MilvusException) -> MilvusException:
        """Say in an error which connection it is about, if it does not say so itself."""
        error.alias = error.alias or self.alias
        error.address = error.address or self.config.target.address
        return error

    def close(self, closed: CloseRecord) -> None:
        """Close the connection, for every client that uses the alias.

        Args:
            closed: who closes it.
        """
        current_pool().close(self.alias, closed, self._created)
