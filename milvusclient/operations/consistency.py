"""The consistency of reads: a level becomes three fields of a request."""

from __future__ import annotations

import contextlib
import operator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from milvusclient.checks import given, require_int
from milvusclient.exceptions import InvalidConsistencyLevel
from milvusclient.schema.enums import ConsistencyLevel

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2, milvus_pb2

__all__ = ["Freshness", "freshness", "parse_level", "snapshot_freshness"]

#: Timestamps with a special meaning: the server waits for nothing ...
_ANYTHING = 1
#: ... or for what it had a bounded time ago.
_BOUNDED = 2
_LAST_TIMESTAMP = 2**64 - 1


class Freshness(NamedTuple):
    """The fields of a request that say how fresh its data must be.

    Args:
        level: consistency level.
        guarantee_timestamp: timestamp up to which the server must have seen all writes; 0 means now.
        use_default: use the collection's level instead of ``level``.
    """

    level: ConsistencyLevel
    guarantee_timestamp: int
    use_default: bool = False

    def apply(
        self, request: milvus_pb2.SearchRequest | milvus_pb2.HybridSearchRequest | milvus_pb2.QueryRequest
    ) -> None:
        """Set the fields of a request."""
        request.guarantee_timestamp = self.guarantee_timestamp
        request.use_default_consistency = self.use_default
        request.consistency_level = cast("common_pb2.ConsistencyLevel.ValueType", int(self.level))


@lru_cache(maxsize=256)  # programs read more often than they write
def _after(timestamp: int) -> Freshness:
    return Freshness(ConsistencyLevel.Strong, timestamp, use_default=True)


#: What most reads ask for: the collection's level, and this process has written nothing to it.
_UNDEMANDING = _after(_ANYTHING)


def freshness(
    consistency_level: ConsistencyLevel | int | str | None, guarantee_timestamp: int | None, last_write: int
) -> Freshness:
    """Return how fresh the data of a read must be.

    ===========  ==============================================================
    given        the server waits until it has seen
    ===========  ==============================================================
    nothing      what the collection's level asks for, and this process's last write
    Strong       everything written before the request
    Session      this process's last write to the collection
    Bounded      everything but the last moments
    Eventually   ``guarantee_timestamp`` if given, else nothing in particular
    Customized   ``guarantee_timestamp`` if given, else nothing in particular
    ===========  ==============================================================

    Args:
        consistency_level: a level, its number or its name; None means the collection's.
        guarantee_timestamp: timestamp for the levels Eventually and Customized; the other levels ignore it.
        last_write: timestamp of this process's last write to the collection; 0 without one.

    Raises:
        InvalidConsistencyLevel: the level does not exist.
        ParamError: ``guarantee_timestamp`` is not a timestamp.

    Example:
        >>> from milvusclient.operations.consistency import freshness
        >>> freshness("Bounded", None, 0).guarantee_timestamp
        2
    """
    if consistency_level is guarantee_timestamp is None:
        return _after(last_write) if last_write else _UNDEMANDING
    wanted = _ANYTHING
    if guarantee_timestamp is not None:
        wanted = require_int("guarantee_timestamp", guarantee_timestamp, least=0, most=_LAST_TIMESTAMP)
    if consistency_level is None:
        return _after(last_write or _ANYTHING)
    level = parse_level(consistency_level)
    if level is ConsistencyLevel.Strong:
        return Freshness(level, 0)
    if level is ConsistencyLevel.Session:
        return Freshness(level, last_write or _ANYTHING)
    if level is ConsistencyLevel.Bounded:
        return Freshness(level, _BOUNDED)
    return Freshness(level, wanted)


def snapshot_freshness(
    consistency_level: ConsistencyLevel | int | str | None, guarantee_timestamp: int | None, last_write: int
) -> Freshness:
    """Return how fresh the data of an iterator's first request must be; later requests read the same snapshot.

    The server does not only wait for a timestamp in this request: it is the moment that the iterator reads at. So the
    request has none unless the caller gives one, or the level Session needs it.

    Args:
        consistency_level: a level, its number or its name; None means the collection's.
        guarantee_timestamp: timestamp for the levels Eventually and Customized, and without a level.
        last_write: timestamp of this process's last write to the collection; 0 without one.

    Raises:
        InvalidConsistencyLevel: the level does not exist.
        ParamError: ``guarantee_timestamp`` is not a timestamp.
    """
    wanted = 0
    if guarantee_timestamp is not None:
        wanted = require_int("guarantee_timestamp", guarantee_timestamp, least=0, most=_LAST_TIMESTAMP)
    if consistency_level is None:
        return Freshness(ConsistencyLevel.Strong, wanted, use_default=True)
    level = parse_level(consistency_level)
    if level is ConsistencyLevel.Session:
        return Freshness(level, last_write)
    return Freshness(level, 0 if level in (ConsistencyLevel.Strong, ConsistencyLevel.Bounded) else wanted)


def parse_level(level: ConsistencyLevel | int | str) -> ConsistencyLevel:
    """Return the consistency level with this number or name.

    Raises:
        InvalidConsistencyLevel: the level does not exist.

    Example:
        >>> from milvusclient.operations.consistency import parse_level
        >>> parse_level("Session").value
        1
    """
    if isinstance(level, str) and level in ConsistencyLevel.__members__:
        return ConsistencyLevel[level]
    if not isinstance(level, bool) and hasattr(level, "__index__"):  # integers of numpy, too
        with contextlib.suppress(ValueError, TypeError):
            return ConsistencyLevel(operator.index(level))
    names = ", ".join(f"{member.name} ({member.value})" for member in ConsistencyLevel)
    raise InvalidConsistencyLevel(message=f"consistency_level must be one of {names}, got {given(level)}")
