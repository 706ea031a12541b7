"""Consistency levels and guarantee timestamps, as the table of the wire facts has them."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import InvalidConsistencyLevel, ParamError
from milvusclient.operations.consistency import Freshness, freshness, parse_level
from milvusclient.schema.enums import ConsistencyLevel

WRITTEN = 449_000_000_000_000_001


@pytest.mark.parametrize(
    ("level", "guarantee", "last_write", "number", "timestamp", "use_default"),
    [
        (None, None, 0, 0, 1, True),
        (None, None, WRITTEN, 0, WRITTEN, True),
        (None, 99, 0, 0, 1, True),
        ("Strong", None, WRITTEN, 0, 0, False),
        ("Strong", 99, 0, 0, 0, False),
        ("Session", None, 0, 1, 1, False),
        ("Session", None, WRITTEN, 1, WRITTEN, False),
        ("Session", 99, 0, 1, 1, False),
        ("Bounded", None, WRITTEN, 2, 2, False),
        ("Bounded", 99, 0, 2, 2, False),
        ("Eventually", None, WRITTEN, 3, 1, False),
        ("Eventually", 99, 0, 3, 99, False),
        ("Customized", None, WRITTEN, 4, 1, False),
        ("Customized", 99, 0, 4, 99, False),
        ("Customized", 0, 0, 4, 0, False),
    ],
)
def test_each_level_says_what_the_server_waits_for(
    level: str | None, guarantee: int | None, last_write: int, number: int, timestamp: int, use_default: bool
) -> None:
    assert freshness(level, guarantee, last_write) == Freshness(ConsistencyLevel(number), timestamp, use_default)


@pytest.mark.parametrize("level", [2, "Bounded", ConsistencyLevel.Bounded])
def test_a_level_is_given_by_number_by_name_or_as_member(level: int | str) -> None:
    assert parse_level(level) is ConsistencyLevel.Bounded


@pytest.mark.parametrize("level", ["bounded", "", "Weak", 5, -1, True, 2.0, [2]])
def test_unknown_levels_are_refused(level: object) -> None:
    with pytest.raises(InvalidConsistencyLevel, match=r"must be one of Strong \(0\), Session \(1\)"):
        parse_level(level)  # type: ignore[arg-type]


@pytest.mark.parametrize("timestamp", [-1, 1 << 64, True, 1.0, "1"])
def test_a_timestamp_is_an_unsigned_number(timestamp: object) -> None:
    with pytest.raises(ParamError, match="guarantee_timestamp must be"):
        freshness("Customized", timestamp, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "request_class", [milvus_pb2.SearchRequest, milvus_pb2.HybridSearchRequest, milvus_pb2.QueryRequest]
)
def test_freshness_applies_to_every_kind_of_read(
    request_class: type[milvus_pb2.SearchRequest | milvus_pb2.HybridSearchRequest | milvus_pb2.QueryRequest],
) -> None:
    request = request_class()
    freshness("Bounded", None, 0).apply(request)
    assert (request.guarantee_timestamp, request.consistency_level, request.use_default_consistency) == (2, 2, False)
