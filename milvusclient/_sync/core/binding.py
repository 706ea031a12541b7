"""What a client holds instead of a channel: a name, and how to open what it stands for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from milvusclient._sync.core.pool import Pool, closed_error, current_pool
from milvusclient.config.settings import DEFAULT_CONNECT_TIMEOUT, ConnectionConfig
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.errors import Closed, conflict_error
from milvusclient.runtime.callsite import next_sequence

if TYPE_CHECKING:
    from milvusclient._sync.core.connection import Connection

__all__ = ["Binding"]


class Binding:
    """An alias with its configuration, looked up in the pool at every call."""

    __slots__ = ("_born", "_epoch", "_generation", "alias", "config", "timeout")

    def __init__(self, alias: str, config: ConnectionConfig, timeout: float | None) -> None:
        self.alias = alias
        self.config = config
        self.timeout = DEFAULT_CONNECT_TIMEOUT if timeout is None else timeout
        if timeout is not None:
            Deadline.start(timeout, 0.0)  # refuses what is not a timeout
        self._born = next_sequence()
        self._epoch = 0
        self._generation = 0

    def known(self) -> Connection | None:
        """The connection of this alias if it is open, and is the one that this client used before."""
        connection = current_pool().lookup(self.alias)
        return connection if connection is not None and connection.generation == self._generation else None

    def connection(self, deadline: Deadline = UNBOUNDED) -> Connection:
        """The connection of this alias: open, or opened now if nobody in this world has used it yet.

        Args:
            deadline: that of the call that needs it.

        Raises:
            ConnectionNotExistException: the alias was closed after this client was made.
            ConnectionConfigException: the alias was reopened for something else.
            ConnectError: the server cannot be reached.
        """
        pool = current_pool()
        connection = pool.lookup(self.alias)
        if connection is None:
            self._check_not_closed(pool)
            return self.open(deadline)
        if connection.generation != self._generation:
            if self.config.differences(connection.config):
                raise conflict_error(self.alias, self.config, connection.config)
            self._remember(pool, connection)
        return connection

    def open(self, deadline: Deadline = UNBOUNDED) -> Connection:
        """Open the connection, or join the one that is open; within this client's timeout and the deadline."""
        pool = current_pool()
        connection = pool.lookup(self.alias)
        if connection is not None and connection.config is self.config:
            # As _remember does; the way of every client that joins others is worth two lines more.
            self._epoch = pool.epoch
            self._generation = connection.generation
            return connection
        bounded = deadline.bounded(self.timeout, time.monotonic())
        connection = pool.open(self.alias, self.config, bounded)
        self._remember(pool, connection)
        return connection

    def _remember(self, pool: Pool, connection: Connection) -> None:
        self._epoch = pool.epoch
        self._generation = connection.generation

    def _check_not_closed(self, pool: Pool) -> None:
        closed = pool.closed(self.alias)
        if closed is not None:
            if closed.sequence > self._born:
                raise closed_error(self.alias, closed)
        elif self._epoch == pool.epoch:
            # It was open here, so it was closed, so long ago that nobody remembers by whom.
            raise closed_error(self.alias, None)

    def close(self, closed: Closed) -> None:
        """Close the connection, for everybody who uses the alias."""
        current_pool().close(self.alias, closed, self._born)
