"""The schema cache: schemas of collections, and when this process last wrote to them.

One cache for the process, shared by threads and event loops; its entries are immutable.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from cachetools import LRUCache

    from milvusclient.models.collection import CollectionInfo

__all__ = [
    "CollectionKey",
    "collection_key",
    "edition",
    "forget",
    "forget_database",
    "has_schemas",
    "has_writes",
    "last_write",
    "lookup",
    "note_write",
    "remember",
]

_CAPACITY = 4_096
#: How many look-ups are remembered between two changes.
_MOST_FOUND = 1_024

T = TypeVar("T")


class CollectionKey(NamedTuple):
    """A collection, or an alias of one, on one server."""

    address: str
    database: str
    name: str


#: Return the key with these parts. Every operation needs one, and finding it again takes half of what making it takes.
collection_key = lru_cache(_CAPACITY)(CollectionKey)

_lock = threading.Lock()
#: Bounded from their first entries on.
_schemas: MutableMapping[CollectionKey, CollectionInfo] = {}
_writes: MutableMapping[CollectionKey, int] = {}
_edition = 0
#: What was found since the last change, nothing included. The lock and the bookkeeping of an LRUCache take ten times as
#: long as this look-up, which needs neither. A change empties these, so that each entry in use counts as used again
#: before the next one is evicted, and none outlives its eviction.
_found_schemas: dict[CollectionKey, CollectionInfo | None] = {}
_found_writes: dict[CollectionKey, int] = {}


def _bounded() -> LRUCache[CollectionKey, T]:
    # Importing it takes as long as ten modules of this package, and many programs cache nothing.
    from cachetools import LRUCache

    return LRUCache(_CAPACITY)


def has_schemas() -> bool:
    """Return whether any schema is known."""
    return bool(_schemas)


def lookup(key: CollectionKey) -> CollectionInfo | None:
    """Return the schema of a collection, or None if it is not cached."""
    try:
        return _found_schemas[key]
    except KeyError:
        with _lock:
            return _note_found(_found_schemas, key, _schemas.get(key))


def _note_found(found: dict[CollectionKey, T], key: CollectionKey, value: T) -> T:
    """Remember the outcome of a look-up; the caller holds the lock."""
    if len(found) >= _MOST_FOUND:
        found.clear()
    found[key] = value
    return value


def edition() -> int:
    """Return a number that changes whenever an entry is dropped; read it before asking the server."""
    return _edition


def remember(key: CollectionKey, info: CollectionInfo, asked_in: int) -> None:
    """Cache a schema from the server, unless an entry was dropped since the edition in which the server was asked."""
    global _schemas  # noqa: PLW0603 - the module is the one instance
    with _lock:
        if asked_in == _edition:
            if not _schemas:
                _schemas = _bounded()
            _schemas[key] = info
            _found_schemas.clear()


def forget(key: CollectionKey) -> None:
    """Drop a collection that may have changed, under this name and all of its aliases."""
    global _edition  # noqa: PLW0603 - the module is the one instance
    with _lock:
        _edition += 1
        known = _schemas.pop(key, None)
        if known is None:
            # The name may be an alias of a cached collection, or a collection that is cached under an alias.
            stale = [
                k for k, v in _schemas.items() if k[:2] == key[:2] and (v.name == key.name or key.name in v.aliases)
            ]
        else:
            stale = [k for k, v in _schemas.items() if k[:2] == key[:2] and v.collection_id == known.collection_id]
        for other in stale:
            del _schemas[other]
        _found_schemas.clear()


def forget_database(address: str, database: str) -> None:
    """Drop everything about a database that no longer exists."""
    global _edition  # noqa: PLW0603 - the module is the one instance
    with _lock:
        _edition += 1
        for key in [k for k in _schemas if k[:2] == (address, database)]:
            del _schemas[key]
        for key in [k for k in _writes if k[:2] == (address, database)]:
            del _writes[key]
        _found_schemas.clear()
        _found_writes.clear()


def note_write(key: CollectionKey, timestamp: int) -> None:
    """Remember the timestamp of a write, for later reads of this process that must see it."""
    global _writes  # noqa: PLW0603 - the module is the one instance
    with _lock:
        if timestamp > _writes.get(key, 0):
            if not _writes:
                _writes = _bounded()
            _writes[key] = timestamp
            _found_writes.clear()


def has_writes() -> bool:
    """Return whether this process has written anything."""
    return bool(_writes)


def last_write(key: CollectionKey) -> int:
    """Return the timestamp of this process's last write to the collection; 0 without one."""
    try:
        return _found_writes[key]
    except KeyError:
        with _lock:
            return _note_found(_found_writes, key, _writes.get(key, 0))


def _after_fork() -> None:
    global _lock, _schemas, _writes, _found_schemas, _found_writes  # noqa: PLW0603
    if _lock.locked():
        # Another thread of the parent was changing them, and may have left them half changed.
        _schemas, _writes, _found_schemas, _found_writes = {}, {}, {}, {}
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
