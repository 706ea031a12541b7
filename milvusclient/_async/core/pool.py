"""The connections of one world (a process, or an event loop), by name. It counts no references."""

from __future__ import annotations

import copy
import itertools
import os
import threading
import time
from typing import TYPE_CHECKING

from milvusclient._async.core.connection import AsyncConnection
from milvusclient.exceptions import ConnectError, ConnectionNotExistException, MilvusException
from milvusclient.policy.errors import Closed, conflict_error, connect_error, limit_error, not_connected_error
from milvusclient.policy.failure import Failure
from milvusclient.runtime import named_configs
from milvusclient.runtime.concurrency import Abandoned, AsyncFlight, AsyncScope

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.policy.deadline import Deadline

__all__ = ["MAX_CONNECTIONS", "AsyncPool", "all_infos", "closed_error", "current_pool", "known_pool"]

MAX_CONNECTIONS = 65_536
#: How many closed aliases are remembered, so that a client can be told who closed its alias.
_REMEMBERED = 4_096

_epochs = itertools.count(1)


class _Opening(AsyncFlight[AsyncConnection]):
    """A connection that somebody is opening."""

    def __init__(self, config: ConnectionConfig) -> None:
        super().__init__()
        self.config = config
        #: The channel, as soon as there is one: whoever closes the alias meanwhile closes it.
        self.connection: AsyncConnection | None = None
        self.closed: Closed | None = None


class AsyncPool:
    """Connections by alias.

    The lock is held for a few dictionary operations, never while a connection is opened or closed: whoever asks for an
    alias first leaves a placeholder, opens outside of the lock, and everyone else who asks for that alias waits for it.
    """

    def __init__(self) -> None:
        #: Distinguishes this pool from one before it (a fork, another event loop).
        self.epoch = next(_epochs)
        # Reentrant: a signal handler, or a finalizer, may close a client while its thread is in here.
        self._lock = threading.RLock()
        self._connections: dict[str, AsyncConnection] = {}
        #: The open connection of a name, or None. Every call asks, so this is the look into the dictionary itself.
        self.lookup: Callable[[str], AsyncConnection | None] = self._connections.get
        self._opening: dict[str, _Opening] = {}
        self._closed: dict[str, Closed] = {}

    def closed(self, alias: str) -> Closed | None:
        """Who closed this alias, if it is closed and that is still known."""
        return self._closed.get(alias)

    def _remember(self, alias: str, closed: Closed) -> None:
        self._closed.pop(alias, None)
        if len(self._closed) >= _REMEMBERED:
            self._closed.pop(next(iter(self._closed)), None)  # the oldest
        self._closed[alias] = closed

    def aliases(self) -> list[str]:
        """The names of the open connections, sorted."""
        with self._lock:
            return sorted(self._connections)

    def infos(self) -> list[ConnectionInfo]:
        """The figures of the open connections."""
        with self._lock:
            connections = list(self._connections.values())
        return [connection.info() for connection in connections]

    async def open(self, alias: str, config: ConnectionConfig, deadline: Deadline) -> AsyncConnection:
        """The connection of this name; opened if there is none.

        Raises:
            ConnectionConfigException: the name is in use for something else.
            ConnectionLimitException: one more than the limit.
            ConnectionNotExistException: the alias was closed meanwhile.
            ConnectError: the server cannot be reached.
        """
        while True:
            found, mine = self._find_or_claim(alias, config)
            _check_conflict(alias, config, found.config)
            if isinstance(found, AsyncConnection):
                return found
            if mine:
                return await self._open(alias, found, deadline)
            try:
                return await found.wait(deadline.remaining(time.monotonic()))
            except Abandoned:
                continue
            except TimeoutError:
                waited = Failure("DEADLINE_EXCEEDED", "another client of this alias was still connecting")
                raise connect_error(waited, config, alias, timeout=deadline.timeout or 0.0) from None
            except MilvusException as error:
                if _was_impatient(error) and not deadline.expired(time.monotonic()):
                    continue
                # One exception object raised by many threads would collect the traceback of each.
                raise copy.copy(error) from error.__cause__

    def _find_or_claim(self, alias: str, config: ConnectionConfig) -> tuple[AsyncConnection | _Opening, bool]:
        """What stands under the name; if nothing does, a placeholder is left, and it is the caller's to open it."""
        with self._lock:
            found = self._connections.get(alias) or self._opening.get(alias)
            if found is not None:
                return found, False
            if len(self._connections) + len(self._opening) >= MAX_CONNECTIONS:
                raise limit_error(MAX_CONNECTIONS)
            opening = self._opening[alias] = _Opening(config)
            return opening, True

    async def _open(self, alias: str, opening: _Opening, deadline: Deadline) -> AsyncConnection:
        connection: AsyncConnection | None = None
        try:
            connection = opening.connection = await AsyncConnection.dial(alias, opening.config)
            if opening.closed is None:
                await connection.handshake(deadline)
            self._enter(alias, opening, connection)
        except BaseException as error:
            with self._lock:
                if self._opening.get(alias) is opening:
                    del self._opening[alias]
            try:
                if connection is not None:
                    await connection.shut()
            finally:
                # A cancelled task, or a KeyboardInterrupt, is nobody else's failure.
                opening.fail(error if isinstance(error, Exception) else Abandoned())
            if opening.closed is not None and isinstance(error, MilvusException):
                raise closed_error(alias, opening.closed) from None
            raise
        opening.land(connection)
        return connection

    def _enter(self, alias: str, opening: _Opening, connection: AsyncConnection) -> None:
        """From here on the connection is found by its name, unless somebody closed the name meanwhile."""
        with self._lock:
            if opening.closed is not None:
                raise closed_error(alias, opening.closed)
            del self._opening[alias]
            self._connections[alias] = connection
            self._closed.pop(alias, None)

    async def close(self, alias: str, closed: Closed, born: int = 0) -> bool:
        """Take the alias out and shut its channel; whether there was one.

        Calls in flight end at once, and so does whoever is just opening the connection, or waits for that.

        Args:
            alias: name of the connection.
            closed: who closes it.
            born: when the client that closes it was made; an alias that was closed after that stays as it is.
        """
        with self._lock:
            connection = self._connections.pop(alias, None)
            opening = self._opening.pop(alias, None)
            if connection is None and opening is None:
                known = self._closed.get(alias)
                if known is None or known.sequence < born:
                    self._remember(alias, closed)
                return False
            self._remember(alias, closed)
            if opening is not None:
                opening.closed = closed
                connection = opening.connection
        if opening is not None:
            opening.fail(closed_error(alias, closed))
        if connection is not None:
            await connection.close(closed)
        return True

    def abandon(self) -> None:
        """The event loop of these connections is closed."""
        for connection in self._connections.values():
            connection.abandon()


def closed_error(alias: str, closed: Closed | None, doubt: str = "") -> ConnectionNotExistException:
    """The exception for a call on an alias that is not connected (any more)."""
    registered = AsyncScope.has_registry and named_configs.registered(alias) is not None
    return not_connected_error(alias, closed, time.monotonic(), registered=registered, doubt=doubt)


def _was_impatient(error: MilvusException) -> bool:
    """Whether the one who opened the connection had too little time, which says nothing to those who have more."""
    return isinstance(error, ConnectError) and error.reason == "timeout"


def _check_conflict(alias: str, asked: ConnectionConfig, existing: ConnectionConfig) -> None:
    if asked is not existing and asked.differences(existing):
        raise conflict_error(alias, asked, existing)


_scope: AsyncScope[AsyncPool] = AsyncScope(AsyncPool, drop=AsyncPool.abandon)


#: The pool of this world. Every call asks.
current_pool = _scope.get
#: The pool of this world if anything ever used it.
known_pool = _scope.peek


def all_infos() -> list[ConnectionInfo]:
    """The figures of the connections of this process, or of all its event loops."""
    return [info for pool in _scope.all() for info in pool.infos()]


#: Pools of the parent process. Their channels are neither used nor closed in the child: closing would say goodbye to
#: the server on the parent's socket.
_inherited: list[AsyncPool] = []


def _after_fork() -> None:
    _inherited.extend(_scope.reset())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
