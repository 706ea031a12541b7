"""What is known of collections on the servers: their schemas, and when this process last wrote to them.

One cache for the process, shared by both worlds; its entries are immutable.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from cachetools import LRUCache

    from milvusclient.models.collection import CollectionInfo

__all__ = [
    "CollectionKey",
    "edition",
    "forget",
    "forget_database",
    "has_writes",
    "last_write",
    "lookup",
    "note_write",
    "remember",
]

_CAPACITY = 4_096

T = TypeVar("T")


class CollectionKey(NamedTuple):
    """A collection, or an alias of one, on one server."""

    address: str
    database: str
    name: str


_lock = threading.Lock()
#: Bounded from their first entries on.
_schemas: MutableMapping[CollectionKey, CollectionInfo] = {}
_writes: MutableMapping[CollectionKey, int] = {}
_edition = 0


def _bounded() -> LRUCache[CollectionKey, T]:
    # Its import takes as long as those of ten modules of this package, and many a program remembers nothing.
    from cachetools import LRUCache

    return LRUCache(_CAPACITY)


def lookup(key: CollectionKey) -> CollectionInfo | None:
    """The schema if it is known."""
    with _lock:
        return _schemas.get(key)


def edition() -> int:
    """A number that changes whenever something is forgotten; take it before asking the server."""
    return _edition


def remember(key: CollectionKey, info: CollectionInfo, asked_in: int) -> None:
    """Keep a schema that the server told, unless something was forgotten since it was asked in that edition."""
    global _schemas  # noqa: PLW0603 - the module is the one instance
    with _lock:
        if asked_in == _edition:
            if not _schemas:
                _schemas = _bounded()
            _schemas[key] = info


def forget(key: CollectionKey) -> None:
    """Something may have changed the collection: drop it, under this name and under every alias that led to it."""
    global _edition  # noqa: PLW0603 - the module is the one instance
    with _lock:
        _edition += 1
        known = _schemas.pop(key, None)
        if known is None:
            # The key may be another name of what is cached.
            stale = [
                k for k, v in _schemas.items() if k[:2] == key[:2] and (v.name == key.name or key.name in v.aliases)
            ]
        else:
            stale = [k for k, v in _schemas.items() if k[:2] == key[:2] and v.collection_id == known.collection_id]
        for other in stale:
            del _schemas[other]


def forget_database(address: str, database: str) -> None:
    """A database is gone: drop all that was known of it."""
    global _edition  # noqa: PLW0603 - the module is the one instance
    with _lock:
        _edition += 1
        for key in [k for k in _schemas if k[:2] == (address, database)]:
            del _schemas[key]
        for key in [k for k in _writes if k[:2] == (address, database)]:
            del _writes[key]


def note_write(key: CollectionKey, timestamp: int) -> None:
    """Remember the timestamp of a write, for reads of this process that must see it."""
    global _writes  # noqa: PLW0603 - the module is the one instance
    with _lock:
        if timestamp > _writes.get(key, 0):
            if not _writes:
                _writes = _bounded()
            _writes[key] = timestamp


def has_writes() -> bool:
    """Return whether this process has written anything."""
    return bool(_writes)


def last_write(key: CollectionKey) -> int:
    """Return the timestamp of this process's last write to the collection; 0 without one."""
    with _lock:
        return _writes.get(key, 0)


def _after_fork() -> None:
    global _lock, _schemas, _writes  # noqa: PLW0603
    if _lock.locked():
        # Another thread of the parent was in the middle of a change.
        _schemas, _writes = {}, {}
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
