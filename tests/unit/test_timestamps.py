"""Hybrid timestamps. The expected numbers are what the reference client gives."""

from __future__ import annotations

import doctest
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from milvusclient import (
    ParamError,
    hybridts_to_datetime,
    hybridts_to_unixtime,
    mkts_from_datetime,
    mkts_from_hybridts,
    mkts_from_unixtime,
    timestamps,
)

NOW = 449000000000000001


def test_examples_run() -> None:
    assert doctest.testmod(timestamps).failed == 0


@pytest.mark.parametrize(("hybrid", "seconds"), [(NOW, 1712799072.265), (0, 0.0), (2**18, 0.001), (323485773, 1.234)])
def test_to_unixtime(hybrid: int, seconds: float) -> None:
    assert hybridts_to_unixtime(hybrid) == seconds


def test_to_datetime() -> None:
    assert hybridts_to_datetime(NOW, UTC) == datetime(2024, 4, 11, 1, 31, 12, 265000, UTC)
    eight = timezone(timedelta(hours=8))
    assert hybridts_to_datetime(NOW, eight).utcoffset() == timedelta(hours=8)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the local timezone cannot be changed here")
def test_without_a_timezone_it_is_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert hybridts_to_datetime(NOW) == datetime(2024, 4, 11, 10, 31, 12, 265000)
        assert mkts_from_datetime(datetime(2024, 1, 2, 3, 4, 5)) == 446728043233280000
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("seconds", "milliseconds", "hybrid"),
    [
        (0, 1000.0, 262144000),
        (0, 1.5, 262144),
        (0.5, 1.5, 131334144),
        (1700000000.1234, 0.0, 445644800032243712),
        (1700000000.1234, 1.5, 445644800032505856),
        (-1, 0.0, -262144000),
    ],
)
def test_from_unixtime(seconds: float, milliseconds: float, hybrid: int) -> None:
    assert mkts_from_unixtime(seconds, milliseconds) == hybrid


def test_from_datetime() -> None:
    assert mkts_from_datetime(datetime(2024, 1, 2, 3, 4, 5, 678901, UTC)) == 446736536876613632


@pytest.mark.parametrize(
    ("hybrid", "milliseconds", "later"),
    [
        (NOW, 0.0, NOW),
        (NOW, 1000.0, 449000000262144001),
        (NOW, -1000.0, 448999999737856001),
        (0, 0.5, 0),
        (262149, 1.0, 524293),
    ],
)
def test_from_another_one(hybrid: int, milliseconds: float, later: int) -> None:
    assert mkts_from_hybridts(hybrid, milliseconds) == later


def test_a_delta_is_added() -> None:
    """The reference client forgets all of it but the microseconds."""
    second = timedelta(seconds=1)
    assert mkts_from_hybridts(NOW, delta=second) == mkts_from_hybridts(NOW, 1000.0)
    assert mkts_from_unixtime(7, 500.0, second) == mkts_from_unixtime(8.5)
    assert mkts_from_datetime(datetime(2024, 1, 1, tzinfo=UTC), delta=second) == 446710992338944000


def test_wrong_types_are_refused() -> None:
    wrong: list[tuple[object, ...]] = [
        (hybridts_to_unixtime, "1", "hybridts must be an int, got '1'"),
        (hybridts_to_unixtime, True, "hybridts must be an int, got True"),
        (mkts_from_unixtime, None, "epoch must be a number, got None"),
        (mkts_from_datetime, 5, "d_time must be a datetime.datetime, got 5"),
    ]
    for function, value, message in wrong:
        assert callable(function)
        with pytest.raises(ParamError, match=str(message)):
            function(value)
    with pytest.raises(ParamError, match=r"tz must be a datetime.tzinfo such as datetime.UTC, got 'utc'"):
        hybridts_to_datetime(NOW, "utc")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ParamError, match=r"delta must be a datetime.timedelta, got 5"):
        mkts_from_hybridts(NOW, delta=5)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ParamError, match="milliseconds must be a number, got 'x'"):
        mkts_from_hybridts(NOW, "x")  # type: ignore[arg-type]  # that is the point
