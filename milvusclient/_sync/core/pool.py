"""The connections of one world (a process, or an event loop) by alias. It counts no references."""

from __future__ import annotations

import copy
import itertools
import os
import threading
import time
from typing import TYPE_CHECKING

from milvusclient._sync.core.connection import Connection
from milvusclient.config.settings import DEFAULT_CONNECT_TIMEOUT
from milvusclient.exceptions import ConnectError, ConnectionNotExistException, MilvusException
from milvusclient.policy.errors import (
    CloseRecord,
    conflict_error,
    connect_error,
    is_embedded,
    limit_error,
    not_connected_error,
)
from milvusclient.policy.failure import Failure
from milvusclient.runtime import named_configs
from milvusclient.runtime.concurrency import Abandoned, Scope, SharedResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.policy.deadline import Deadline

__all__ = ["MAX_CONNECTIONS", "Pool", "all_infos", "closed_error", "current_pool", "known_pool"]

MAX_CONNECTIONS = 65_536
#: How many closed aliases are remembered, so that the errors of their other clients say who closed them.
_MOST_CLOSE_RECORDS = 4_096
#: Seconds after which a client looks again whether another one still starts the embedded server.
_STARTING_LOOK = 1.0

_epochs = itertools.count(1)


class _Opening(SharedResult[Connection]):
    """A connection that is being opened by one client, while others may wait for it."""

    def __init__(self, config: ConnectionConfig) -> None:
        super().__init__()
        self.config = config
        #: The connection as soon as it has a channel, so that closing the alias meanwhile closes the channel, too.
        self.connection: Connection | None = None
        self.closed: CloseRecord | None = None

    @property
    def is_starting(self) -> bool:
        """True while the embedded server starts: local work, which takes none of the time for connecting."""
        return self.connection is None and is_embedded(self.config)


class Pool:
    """Connections by alias; thread-safe.

    The lock is held for a few dictionary operations, never while a connection is opened or closed. The first client
    that asks for an alias leaves a placeholder and opens the connection without the lock. All others that ask for this
    alias wait for it, but never for the connection of another alias.
    """

    def __init__(self) -> None:
        #: Distinguishes this pool from an earlier one: that of the parent process, or of another event loop.
        self.epoch = next(_epochs)
        # Reentrant: a signal handler or a finalizer may close a client while its own thread holds the lock.
        self._lock = threading.RLock()
        self._connections: dict[str, Connection] = {}
        #: Return the open connection of an alias, or None. Every call asks, so this is the look-up of the dictionary
        #: itself: one step of the interpreter, which needs no lock.
        self.lookup: Callable[[str], Connection | None] = self._connections.get
        self._opening: dict[str, _Opening] = {}
        # A dictionary keeps its order, so the first record is the oldest.
        self._closed: dict[str, CloseRecord] = {}

    def closed(self, alias: str) -> CloseRecord | None:
        """Return who closed this alias, if it is closed and that is still known."""
        return self._closed.get(alias)

    def _remember(self, alias: str, closed: CloseRecord) -> None:
        self._closed.pop(alias, None)  # so that the record becomes the newest
        if len(self._closed) >= _MOST_CLOSE_RECORDS:
            self._closed.pop(next(iter(self._closed)), None)
        self._closed[alias] = closed

    def aliases(self) -> list[str]:
        """Return the aliases of the open connections, sorted."""
        with self._lock:
            return sorted(self._connections)

    def infos(self) -> list[ConnectionInfo]:
        """Return the counters of the open connections."""
        with self._lock:
            connections = list(self._connections.values())
        return [connection.info() for connection in connections]

    def open(self, alias: str, config: ConnectionConfig, deadline: Deadline) -> Connection:
        """Return the open connection of an alias, or open it.

        Raises:
            ConnectionConfigException: the alias is in use with other settings.
            ConnectionLimitException: one more than the limit.
            ConnectionNotExistException: the alias was closed meanwhile.
            ConnectError: the server cannot be reached.
        """
        while True:
            found, is_mine = self._find_or_claim(alias, config)
            # Before any waiting: settings that contradict each other are refused, however the opening ends.
            _check_conflict(alias, config, found.config)
            if isinstance(found, Connection):
                return found
            if is_mine:
                return self._open(alias, found, deadline)
            try:
                return found.wait(deadline.remaining(time.monotonic()))
            except Abandoned:
                continue  # the client that was opening it was cancelled; this one tries next
            except TimeoutError:
                if found.is_starting:
                    deadline = deadline.extended(_STARTING_LOOK)
                    continue
                waited = Failure("DEADLINE_EXCEEDED", "another client of this alias was still connecting")
                raise connect_error(waited, config, alias, timeout=deadline.timeout or 0.0) from None
            except MilvusException as error:
                if _had_too_little_time(error) and not deadline.expired(time.monotonic()):
                    continue
                # A copy: one exception object raised in many threads would collect the traceback of each.
                raise copy.copy(error) from error.__cause__

    def _find_or_claim(self, alias: str, config: ConnectionConfig) -> tuple[Connection | _Opening, bool]:
        """Return the open or opening connection of an alias; else register a placeholder that the caller must open."""
        with self._lock:
            found = self._connections.get(alias) or self._opening.get(alias)
            if found is not None:
                return found, False
            if len(self._connections) + len(self._opening) >= MAX_CONNECTIONS:
                raise limit_error(MAX_CONNECTIONS)
            opening = self._opening[alias] = _Opening(config)
            return opening, True

    def _open(self, alias: str, opening: _Opening, deadline: Deadline) -> Connection:
        connection: Connection | None = None
        try:
            connection = opening.connection = Connection.dial(
                alias, opening.config, deadline.timeout or DEFAULT_CONNECT_TIMEOUT
            )
            if opening.closed is None:
                # A cold start of the embedded server takes many seconds: counted, it would leave none for connecting,
                # the server would be stopped again, and the next call would start it again.
                connection.connect(deadline.extended(connection.start_seconds))
            self._enter(alias, opening, connection)
        except BaseException as error:
            # A failed attempt leaves nothing behind: no placeholder, no channel, no embedded server.
            with self._lock:
                if self._opening.get(alias) is opening:
                    del self._opening[alias]
            try:
                if connection is not None:
                    connection.release()
            finally:
                # A cancellation or a KeyboardInterrupt is not a failure of the others: one of them takes over.
                opening.set_error(error if isinstance(error, Exception) else Abandoned())
            if opening.closed is not None and isinstance(error, MilvusException):
                # The channel was closed under it, so what gRPC says is not the reason.
                raise closed_error(alias, opening.closed) from None
            raise
        opening.set_result(connection)
        return connection

    def _enter(self, alias: str, opening: _Opening, connection: Connection) -> None:
        """Make the connection known by its alias, unless the alias was closed while it was opened."""
        with self._lock:
            if opening.closed is not None:
                raise closed_error(alias, opening.closed)
            del self._opening[alias]
            self._connections[alias] = connection
            self._closed.pop(alias, None)

    def close(self, alias: str, closed: CloseRecord, created: int = 0) -> bool:
        """Take the alias out and close its channel; return whether it was open or opening.

        Calls in flight end at once, and so do clients that are opening the connection or wait for that.

        Args:
            alias: name of the connection.
            closed: who closes it.
            created: when the client was made that closes it. A record of a close after that stays: it is the one that
                took the connection away.
        """
        with self._lock:
            connection = self._connections.pop(alias, None)
            opening = self._opening.pop(alias, None)
            if connection is None and opening is None:
                known = self._closed.get(alias)
                if known is None or known.sequence < created:
                    self._remember(alias, closed)
                return False
            self._remember(alias, closed)
            if opening is not None:
                opening.closed = closed
                connection = opening.connection
        # Without the lock: closing a channel takes time, and wakes others that may want the lock.
        if opening is not None:
            opening.set_error(closed_error(alias, closed))
        if connection is not None:
            connection.close(closed)
        return True

    def abandon(self) -> None:
        """Give back what outlives the event loop of these connections, which is closed."""
        for connection in self._connections.values():
            connection.abandon()


def closed_error(alias: str, closed: CloseRecord | None, doubt: str = "") -> ConnectionNotExistException:
    """Build the exception for a call on an alias that is not connected, or no longer.

    Args:
        alias: name of the connection.
        closed: who closed it, if that is known.
        doubt: what :func:`~milvusclient.policy.errors.ambiguity` says, if the request may have been carried out.
    """
    # The advice to call connections.connect() helps where the registry speaks of the same pool.
    registered = Scope.has_registry and named_configs.registered(alias) is not None
    return not_connected_error(alias, closed, time.monotonic(), registered=registered, doubt=doubt)


def _had_too_little_time(error: MilvusException) -> bool:
    """Return whether the client that opened the connection ran out of time: others may have more."""
    return isinstance(error, ConnectError) and error.reason == "timeout"


def _check_conflict(alias: str, asked: ConnectionConfig, existing: ConnectionConfig) -> None:
    if asked is not existing and asked.differences(existing):
        raise conflict_error(alias, asked, existing)


_scope: Scope[Pool] = Scope(Pool, drop=Pool.abandon)


#: Return the pool of this world. Every call asks, so this is the method itself.
current_pool = _scope.get
#: Return the pool of this world, or None if nothing used it yet.
known_pool = _scope.peek


def all_infos() -> list[ConnectionInfo]:
    """Return the counters of the connections of this process, or of all its event loops."""
    return [info for pool in _scope.all() for info in pool.infos()]


#: Pools of the parent process. The child neither uses nor closes their channels: to close one would say goodbye to the
#: server on the parent's socket. They are kept, because freeing a channel closes it.
_inherited: list[Pool] = []


def _after_fork() -> None:
    _inherited.extend(_scope.reset())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
