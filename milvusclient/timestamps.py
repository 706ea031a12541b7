"""Hybrid timestamps of Milvus: milliseconds since 1970, with a counter in the low 18 bits.

Guarantee timestamps, flush timestamps and session timestamps are such numbers.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from milvusclient.checks import given, require_int, require_number
from milvusclient.exceptions import ParamError

__all__ = [
    "hybridts_to_datetime",
    "hybridts_to_unixtime",
    "mkts_from_datetime",
    "mkts_from_hybridts",
    "mkts_from_unixtime",
]

_COUNTER_BITS = 18
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1


def hybridts_to_unixtime(hybridts: int) -> float:
    """Convert a hybrid timestamp to seconds since 1970.

    Args:
        hybridts: the hybrid timestamp.

    Returns:
        Seconds, exact to the millisecond.

    Raises:
        ParamError: it is not an int.

    Example:
        >>> from milvusclient import hybridts_to_unixtime
        >>> hybridts_to_unixtime(449000000000000001)
        1712799072.265
    """
    return (require_int("hybridts", hybridts) >> _COUNTER_BITS) / 1000


def hybridts_to_datetime(hybridts: int, tz: tzinfo | None = None) -> datetime:
    """Convert a hybrid timestamp to a date and time.

    Args:
        hybridts: the hybrid timestamp.
        tz: the timezone of the result; None means local time, and a result without timezone.

    Returns:
        The time, exact to the millisecond.

    Raises:
        ParamError: an argument has the wrong type.

    Example:
        >>> from datetime import UTC
        >>> from milvusclient import hybridts_to_datetime
        >>> str(hybridts_to_datetime(449000000000000001, UTC))
        '2024-04-11 01:31:12.265000+00:00'
    """
    if tz is not None and not isinstance(tz, tzinfo):
        raise ParamError(message=f"tz must be a datetime.tzinfo such as datetime.UTC, got {given(tz)}")
    return datetime.fromtimestamp(hybridts_to_unixtime(hybridts), tz)


def mkts_from_hybridts(hybridts: int, milliseconds: float = 0.0, delta: timedelta | None = None) -> int:
    """Return a hybrid timestamp that is later than another one by an interval, with the same counter.

    Args:
        hybridts: the hybrid timestamp to start from.
        milliseconds: how much later; negative for earlier.
        delta: how much later, in addition.

    Returns:
        The hybrid timestamp.

    Raises:
        ParamError: an argument has the wrong type.

    Example:
        >>> from milvusclient import hybridts_to_unixtime, mkts_from_hybridts
        >>> hybridts_to_unixtime(mkts_from_hybridts(449000000000000001, milliseconds=500))
        1712799072.765
    """
    start = require_int("hybridts", hybridts)
    return _hybrid((start >> _COUNTER_BITS) + _later(milliseconds, delta)) | start & _COUNTER_MASK


def mkts_from_unixtime(epoch: float, milliseconds: float = 0.0, delta: timedelta | None = None) -> int:
    """Convert seconds since 1970 to a hybrid timestamp.

    Args:
        epoch: seconds since 1970, as ``time.time()`` gives them.
        milliseconds: how much later; negative for earlier.
        delta: how much later, in addition.

    Returns:
        The hybrid timestamp, with 0 as its counter.

    Raises:
        ParamError: an argument has the wrong type.

    Example:
        >>> from milvusclient import mkts_from_unixtime
        >>> mkts_from_unixtime(1700000000)
        445644800000000000
    """
    return _hybrid(require_number("epoch", epoch) * 1000 + _later(milliseconds, delta))


def mkts_from_datetime(d_time: datetime, milliseconds: float = 0.0, delta: timedelta | None = None) -> int:
    """Convert a date and time to a hybrid timestamp.

    Args:
        d_time: the time; without a timezone it is local time.
        milliseconds: how much later; negative for earlier.
        delta: how much later, in addition.

    Returns:
        The hybrid timestamp, with 0 as its counter.

    Raises:
        ParamError: an argument has the wrong type.

    Example:
        >>> from datetime import UTC, datetime
        >>> from milvusclient import mkts_from_datetime
        >>> mkts_from_datetime(datetime(2024, 1, 1, tzinfo=UTC))
        446710992076800000
    """
    if not isinstance(d_time, datetime):
        raise ParamError(message=f"d_time must be a datetime.datetime, got {given(d_time)}")
    return mkts_from_unixtime(d_time.timestamp(), milliseconds, delta)


def _later(milliseconds: object, delta: object) -> float:
    if delta is not None and not isinstance(delta, timedelta):
        raise ParamError(message=f"delta must be a datetime.timedelta, got {given(delta)}")
    return require_number("milliseconds", milliseconds) + (delta or timedelta()) / timedelta(milliseconds=1)


def _hybrid(milliseconds: float) -> int:
    return int(milliseconds) << _COUNTER_BITS
