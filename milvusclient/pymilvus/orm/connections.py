"""The registry of connections, and the clients that the ORM speaks through: one for each alias."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from milvusclient import registry
from milvusclient._sync.core.pool import current_pool
from milvusclient.config.settings import ConnectionConfig
from milvusclient.exceptions import ConnectionNotExistException
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.milvus_client.milvus_client import MilvusClient
from milvusclient.pymilvus.tolerance import Tolerant, tolerant

__all__ = ["Connections", "OrmClient", "connections"]

__getattr__, __dir__ = module_names(__name__)

_written = threading.local()


class OrmClient(MilvusClient):
    """The client of an alias. It remembers when this thread last wrote, which results of the ORM tell."""

    def _note_write(self, collection_name: str, timestamp: int) -> None:
        _written.timestamp = timestamp
        super()._note_write(collection_name, timestamp)

    def take_timestamp(self) -> int:
        """Return the timestamp of the last write of this thread, once."""
        timestamp: int = getattr(_written, "timestamp", 0)
        _written.timestamp = 0
        return timestamp


@tolerant
class Connections(registry.Connections, metaclass=Tolerant):
    """Named connections of this process; see :class:`milvusclient.Connections`, of which this is the same registry."""

    _strict: ClassVar[type] = registry.Connections

    def __init__(self) -> None:
        #: For each alias the settings that its client was made for, and the client.
        self._clients: dict[str, tuple[ConnectionConfig, OrmClient]] = {}

    def connect(  # type: ignore[override]  # as pymilvus has it
        self, *args: Any, _async: bool = False, _unbind_with_db: bool = False, **kwargs: Any
    ) -> None:
        """Open a connection under an alias, or join the open one; see :meth:`milvusclient.Connections.connect`.

        Args:
            *args: alias, user, password, db_name and token.
            _async: refused: the objects of the ORM wait for their results.
            _unbind_with_db: changes nothing: each client has its own database here.
            **kwargs: as for the strict registry.

        Raises:
            NotImplementedError: ``_async`` is true.
            ConnectionConfigException: a setting is invalid, or contradicts the open connection.
            ConnectError: the server cannot be reached, or is not ready; a MilvusException.
        """
        if _async:
            raise NotImplementedError(
                "connections.connect(_async=True) makes a connection that no object of the ORM can use; make an "
                "AsyncMilvusClient for asyncio, or pass _async=True to methods such as Collection.search for futures"
            )
        super().connect(*args, **kwargs)

    def disconnect(self, alias: str) -> None:
        """Close the connection of this name, for all its users.

        Args:
            alias: the name; nothing happens when it is not connected.
        """
        self._close_moved(alias)
        super().disconnect(alias)

    def remove_connection(self, alias: str) -> None:
        """Close the connection of this name if it is open, and forget what the name stands for.

        Args:
            alias: the name; nothing happens when it is not known.
        """
        self._close_moved(alias)
        super().remove_connection(alias)
        self._clients.pop(alias, None)

    async def async_disconnect(self, alias: str) -> None:
        """Close the connection of this name; the same as :meth:`disconnect`.

        Args:
            alias: the name.
        """
        self.disconnect(alias)

    async def async_remove_connection(self, alias: str) -> None:
        """Close and forget the connection of this name; the same as :meth:`remove_connection`.

        Args:
            alias: the name.
        """
        self.remove_connection(alias)

    def _close_moved(self, alias: str) -> None:
        """Close the connection to another database that ``db.using_database`` led to."""
        known = self._clients.get(alias)
        if known is not None and known[1].alias != alias:
            known[1].close()
            del self._clients[alias]

    def _update_db_name(self, alias: str, db_name: str) -> None:
        self._fetch_handler(alias).use_database(db_name)

    def _fetch_handler(self, alias: str = registry.DEFAULT_ALIAS) -> OrmClient:
        """Return the client that the ORM uses for a name.

        Raises:
            ConnectionNotExistException: the name was never connected.
        """
        connection = current_pool().lookup(alias)
        config, client = self._clients.get(alias, (None, None))
        if connection is None:
            if client is None:
                raise ConnectionNotExistException(
                    message=f"there is no connection {alias!r}; call connections.connect({alias!r}, uri=...) first"
                )
            return client  # opens it again in a child process, and says who closed it otherwise
        if client is None or config is None or config.differences(connection.config):
            client = OrmClient(alias=alias)
            self._clients[alias] = (connection.config, client)
        return client


#: The registry of this process.
connections = Connections()
