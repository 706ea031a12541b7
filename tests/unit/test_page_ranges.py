"""Pages that are requested several at a time: no row is lost, doubled or out of order, whatever happens meanwhile."""

from __future__ import annotations

import random
from typing import Any

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError, ReplyError
from milvusclient.models.collection import FieldInfo
from milvusclient.models.results import QueryResult
from milvusclient.operations import iterators
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.page_ranges import KeyRange, RangedPages, ranged_expression
from milvusclient.policy.paging import LARGEST_PAGE, Allowance
from milvusclient.schema.enums import DataType
from tests.support.key_pages import page_of
from tests.support.soak import scaled

NUMBER = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
TEXT = FieldInfo("id", data_type=DataType.VARCHAR, is_primary=True, max_length=20)


def ranged(
    primary: FieldInfo = NUMBER, size: int = 3, limit: int | None = None, after: Any = None, in_flight: int = 3
) -> RangedPages:
    base = milvus_pb2.QueryRequest(
        collection_name="c", output_fields=["id", "title"], query_params=key_value_pairs({"iterator": "True"})
    )
    return RangedPages(base, primary, Allowance(size, limit), after, in_flight)


def reply(pages: RangedPages, part: KeyRange, keys: list[Any], most: int = LARGEST_PAGE) -> QueryResult:
    """What a server with these keys says, if it returns at most so many rows."""
    request = pages.request(part)
    limit = int({pair.key: pair.value for pair in request.query_params}["limit"])
    return QueryResult([{"id": key} for key in page_of(keys, request.expr, min(limit, most))])


class _Table:
    """A collection from which rows are read while others are deleted and inserted, by a server that may fail."""

    def __init__(self, keys: list[Any], chance: random.Random) -> None:
        self.keys = keys
        self.chance = chance
        self.gone: set[Any] = set()
        self.flying: list[tuple[KeyRange, Any]] = []
        self.most = 0

    def read(self, pages: RangedPages, *, deletes: bool) -> list[Any]:
        found: list[Any] = []
        while True:
            self.flying += [(part, pages.request(part)) for part in pages.next_ranges()]
            self.most = max(self.most, len(self.flying))
            if pages.is_ready and self.chance.random() < 0.7:
                page = pages.take()
                assert len(page) <= 5
                if not page:
                    return found
                found += [row["id"] for row in page]
                assert pages.last_taken == found[-1]
            elif pages.error is not None:
                pages.begin()
            elif self.flying:
                self._answer(pages)
            if deletes and self.keys and self.chance.random() < 0.1:
                self.gone.add(self.keys.pop(self.chance.randrange(len(self.keys))))

    def _answer(self, pages: RangedPages) -> None:
        part, _ = self.flying.pop(self.chance.randrange(len(self.flying)))
        if self.chance.random() < 0.2:
            pages.failed(part, ZeroDivisionError())
        else:  # a server may return fewer rows than it has
            pages.receive(part, reply(pages, part, self.keys, self.chance.choice([1, 2, LARGEST_PAGE])))


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["numbers", "texts", "one side"])
@pytest.mark.parametrize("deletes", [False, True])
def test_each_row_is_returned_once_in_order(kind: str, deletes: bool) -> None:
    for seed in range(scaled(3_000, 60)):
        chance = random.Random(seed)
        numbers = chance.sample(range(-60, 60) if kind == "numbers" else range(120), chance.randrange(60))
        keys: list[Any] = sorted(numbers)
        if kind == "texts":
            keys = sorted(chance.choice(['a"', "b\\", "ü", ""]) + str(number) for number in numbers)
        before = list(keys)
        limit = chance.choice([None, None, 0, 1, 7, 200])
        after = chance.choice([None, before[len(before) // 2] if before else None])
        table = _Table(keys, chance)
        in_flight = chance.randrange(2, 6)
        pages = ranged(TEXT if kind == "texts" else NUMBER, chance.randrange(1, 6), limit, after, in_flight)
        found = table.read(pages, deletes=deletes)
        wanted = [key for key in before if after is None or key > after]
        assert found == sorted(set(found)), (seed, "each once, in order")
        assert table.most <= in_flight
        if limit is not None:
            assert len(found) <= limit
        if not deletes:
            assert found == wanted[:limit], seed
        elif limit is None:
            assert set(wanted) - table.gone <= set(found) <= set(wanted), seed


def test_keys_are_read_ahead_and_end_pages() -> None:
    pages = ranged()
    (scan,) = pages.next_ranges()
    request = pages.request(scan)
    assert (list(request.output_fields), request.expr) == (["id"], "")
    pages.receive(scan, reply(pages, scan, list(range(8))))
    requested = [pages.request(part) for part in pages.next_ranges()]
    assert [request.expr for request in requested] == ["id > 7", "id <= 2", "id > 2 and id <= 5"]
    assert [list(request.output_fields) for request in requested] == [["id"], ["id", "title"], ["id", "title"]]


def test_a_range_ends_with_its_last_key_or_without_rows() -> None:
    pages = ranged(in_flight=2)
    (scan,) = pages.next_ranges()
    pages.receive(scan, reply(pages, scan, [1, 2, 3]))
    more, part = pages.next_ranges()
    assert not pages.is_ready
    pages.receive(part, QueryResult([{"id": 1}]))  # the server cut the reply short, or the others were deleted
    assert [row["id"] for row in pages.take()] == [1]
    assert [pages.request(each).expr for each in pages.next_ranges()] == ["id > 1 and id <= 3"]
    pages.receive(part, QueryResult())
    ready = [pages.is_ready]  # an empty range is not the end
    pages.receive(more, QueryResult())
    assert [*ready, pages.is_ready] == [False, True]
    assert pages.take() == []


def test_few_long_keys_are_read_at_a_time() -> None:
    long = FieldInfo("id", data_type=DataType.VARCHAR, is_primary=True, max_length=65_535)
    pages = ranged(long, size=10)
    (scan,) = pages.next_ranges()
    sizes = [{pair.key: pair.value for pair in pages.request(scan).query_params}["limit"]]
    pages.receive(scan, reply(pages, scan, [f"{number:03}" for number in range(200)]))
    sizes += [{pair.key: pair.value for pair in pages.request(scan).query_params}["limit"]]
    assert sizes == ["64", str(LARGEST_PAGE)], "what they may take, then what they do take"


def test_pages_before_a_failure_come_first() -> None:
    pages = ranged(in_flight=4)
    (scan,) = pages.next_ranges()
    pages.receive(scan, reply(pages, scan, list(range(9))))
    more, *parts = pages.next_ranges()
    for part in (more, *parts[1:]):
        pages.failed(part, ZeroDivisionError())
    errors = [pages.error]
    assert pages.next_ranges() == []
    pages.receive(parts[0], reply(pages, parts[0], list(range(9))))
    assert [row["id"] for row in pages.take()] == [0, 1, 2]
    errors.append(pages.error)
    pages.begin()
    assert [type(error) for error in (*errors, pages.error)] == [type(None), ZeroDivisionError, type(None)]
    assert pages.next_ranges() == [more, *parts[1:]], "all that failed is requested again"


def test_what_failed_during_an_earlier_page_is_requested_again_first() -> None:
    pages = ranged()
    (scan,) = pages.next_ranges()
    pages.begin()
    pages.failed(scan, ZeroDivisionError())
    errors = [pages.error]
    assert pages.next_ranges() == [scan]
    pages.failed(scan, ZeroDivisionError())
    errors.append(pages.error)
    assert [type(error) for error in errors] == [type(None), ZeroDivisionError]
    assert pages.next_ranges() == []


def test_rows_without_a_key_are_an_error() -> None:
    pages = ranged()
    (scan,) = pages.next_ranges()
    pages.receive(scan, QueryResult([{"title": "a"}]))
    assert isinstance(pages.error, ReplyError)
    assert "its rows lack the primary key 'id'" in str(pages.error)


@pytest.mark.parametrize(
    ("expression", "after", "until", "wanted"),
    [
        ("", None, None, ""),
        ("a or b", None, None, "a or b"),
        ("a or b", -1, None, "id > -1 and (a or b)"),
        ("", None, -(2**63), "id < -9223372036854775807"),
        ("a or b", -(2**63), 5, "id >= -9223372036854775807 and id <= 5 and (a or b)"),
        ("a or b", 1, 2, "id > 1 and id <= 2 and (a or b)"),
    ],
)
def test_expressions_of_ranges(expression: str, after: int | None, until: int | None, wanted: str) -> None:
    assert ranged_expression(NUMBER, expression, after, until) == wanted


@pytest.mark.parametrize("keys", [[""], ["", "a", "b", "c"]])
@pytest.mark.parametrize("limit", [None, 1])
def test_a_key_may_be_the_empty_string(keys: list[str], limit: int | None) -> None:
    table = _Table(list(keys), random.Random(1))
    assert table.read(ranged(TEXT, 2, limit), deletes=False) == keys[:limit]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_key_may_be_the_smallest_integer(size: int) -> None:
    keys = [-(2**63), 1 - 2**63, 0, 2**63 - 1]
    table = _Table(list(keys), random.Random(1))
    assert table.read(ranged(NUMBER, size), deletes=False) == keys


@pytest.mark.parametrize("in_flight", [0, 257, "2", True, None])
def test_the_number_of_requests_is_checked(in_flight: Any) -> None:
    with pytest.raises(ParamError, match="in_flight must be"):
        iterators.require_in_flight(in_flight)
