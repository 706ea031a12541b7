"""Query, on a collection that is only read."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient, MilvusException, ParamError
from tests.server.both import BOOK_ROWS, BOOKS, OLD_ROWS, Server, by_id

ALL = {row["id"]: row for row in BOOK_ROWS + OLD_ROWS}


@pytest.mark.parametrize(
    ("filter_text", "keys"),
    [
        ("id < 3", [0, 1, 2]),
        ("color == 'blue'", [1, 3, 5, 7]),
        ("color in ['blue', 'green'] and year < 1990", [100, 101, 102]),
        ("color like 're%'", [0, 2, 4, 6]),
        ("year >= 2006 or id == 0", [0, 6, 7]),
        ("not (year < 2007)", [7]),
        ("pages > 500", [6, 7]),
        ("id == 12345", []),
    ],
)
def test_a_filter_says_which_rows(library: Server, filter_text: str, keys: list[int]) -> None:
    with MilvusClient(library.uri) as client:
        rows = client.query(BOOKS, filter_text, ["id"])
        assert sorted(row["id"] for row in rows) == keys
        assert client.query(BOOKS, filter_text, ["count(*)"]) == [{"count(*)": len(keys)}]


def test_rows_come_back_as_they_were_given(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        assert by_id(client.query(BOOKS, "id >= 0")) == ALL
        assert by_id(client.query(BOOKS, "id >= 0", ["*"])) == ALL
        assert by_id(client.get(BOOKS, list(ALL))) == ALL
        assert client.get(BOOKS, [1], ["year", "pages"]) == [{"id": 1, "year": 2001, "pages": 100}]


def test_pages(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        pages = [
            [row["id"] for row in client.query(BOOKS, "id < 100", ["id"], limit=3, offset=offset)]
            for offset in (0, 3, 6, 9)
        ]
        assert pages == [[0, 1, 2], [3, 4, 5], [6, 7], []]
        assert len(client.query(BOOKS, limit=4)) == 4


def test_partitions_and_keys(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        rows = client.query(BOOKS, "id >= 0", ["id"], partition_names=["old"])
        assert sorted(row["id"] for row in rows) == [100, 101, 102]
        rows = client.query(BOOKS, ids=[1, 100, 7777], output_fields=["year"])
        assert by_id(rows) == {1: {"id": 1, "year": 2001}, 100: {"id": 100, "year": 1900}}
        assert rows.extra["cost"] == 0


@pytest.mark.parametrize("level", ["Strong", "Session", "Bounded", "Eventually", 0, 3])
def test_consistency_levels(library: Server, level: str | int) -> None:
    with MilvusClient(library.uri) as client:
        assert client.query(BOOKS, "", ["count(*)"], consistency_level=level) == [{"count(*)": 11}]


def test_wrong_filters_are_refused(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        with pytest.raises(MilvusException, match="what is this"):
            client.query(BOOKS, "what is this")
        with pytest.raises(ParamError, match="ids.*filter"):
            client.query(BOOKS, "id > 0", ids=[1])
