"""The result of ``MilvusClient._get_connection()``: as much of a handler of connections as programs use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from milvusclient.runtime import schema_cache

if TYPE_CHECKING:
    from milvusclient.runtime.schema_cache import CollectionKey

__all__ = ["Handler", "SchemaCache"]


class _Client(Protocol):
    def _key(self, collection_name: str) -> CollectionKey: ...

    def _forget(self, collection_name: str) -> None: ...


class SchemaCache:
    """Known facts about the collections of one client's database; they can be looked up and forgotten."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    def __contains__(self, collection_name: str) -> bool:
        return self.get(collection_name) is not None

    def get(self, collection_name: str, default: Any = None) -> Any:
        """Return what is known of a collection."""
        known = schema_cache.lookup(self._client._key(collection_name))
        return default if known is None else known

    def pop(self, collection_name: str, default: Any = None) -> Any:
        """Forget a collection and return what was known of it; the next call that needs it asks the server."""
        known = self.get(collection_name, default)
        self._client._forget(collection_name)
        return known


class Handler:
    """A connection as its client sees it; whatever else is asked of it, the client answers."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self.schema_cache = SchemaCache(client)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._client, name)
