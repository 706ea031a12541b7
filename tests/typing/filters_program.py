"""What a type checker makes of filters; what is wrong has to be found, for an unused ignore is an error."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_type

from milvusclient import AnnSearchRequest, MilvusClient
from milvusclient.filters import Compiled, F, FilterLike, Predicate, Value, all_of, any_of, raw, sample

client = MilvusClient()


def makes_conditions(now: datetime) -> None:
    assert_type(F.year, Value)
    assert_type(F("any name")["key"][0], Value)
    assert_type(F.year >= 1990, Predicate)
    assert_type(F.year == 1990, Predicate)
    assert_type(F.year != None, Predicate)  # noqa: E711 - it is documented
    assert_type(1990 < F.year, Predicate)  # noqa: SIM300 - it is what is tested
    assert_type(F.year + 1 < 2 * F.born, Predicate)
    assert_type((F.flags & 4) == 4, Predicate)
    assert_type(F.year.between(1990, 1999) & ~F.title.startswith("a") | F.tags.contains(1), Predicate)
    assert_type(F.at + timedelta(days=1) > now, Predicate)
    assert_type(F.tags.length() > 2, Predicate)
    assert_type(F.chunks.any(lambda c: (c.score > 0.5) & (c["text"] == "x")), Predicate)
    assert_type(F.chunks.at_least(3, lambda c: c.score > 0.5), Predicate)
    assert_type(all_of(F.a == 1, any_of(), sample(0.5), raw("b == {b}", b=1)), Predicate)
    assert_type((F.a == 1).compile(server_version="2.6.0"), Compiled)


def is_taken_by(condition: Predicate) -> None:
    filters: list[FilterLike] = ["a == 1", condition, {"a": [1, 2], "b": "x"}]
    for one in filters:
        client.query("books", one)
        client.search("books", [[0.1]], filter=one)
        client.delete("books", filter=one)
        AnnSearchRequest([[0.1]], "vector", {}, 3, filter=one)


def is_wrong() -> None:
    client.query("books", F.flag)  # type: ignore[arg-type]
    client.query("books", 5)  # type: ignore[arg-type]
    client.query("books", F.year > [1])  # type: ignore[operator]
    client.query("books", (F.a == 1) & F.flag)  # type: ignore[operator]
    all_of([F.a == 1])  # type: ignore[arg-type]
    F.chunks.any(lambda c: c.score)  # type: ignore[arg-type,return-value]
    F.title.like(5)  # type: ignore[arg-type]
