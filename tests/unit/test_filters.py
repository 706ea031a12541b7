"""Conditions: how they are written for each server, what they refuse, and how they behave as values."""

from __future__ import annotations

import copy
import datetime as dt
import doctest
import enum
import importlib
import pickle
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from milvusclient import filters
from milvusclient.exceptions import (
    DataTypeNotMatchException,
    MilvusException,
    ParamError,
    ServerVersionIncompatibleException,
)
from milvusclient.filters import Compiled, F, Predicate, Value, all_of, any_of, raw, sample
from milvusclient.filters.resolve import prepare, write
from milvusclient.filters.servers import NEWEST, server_of

LITE = "milvus_lite-3.2.2"
OLD = "v2.3.5-lite"
NEW = "2.6.4"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Color(str, enum.Enum):  # noqa: UP042 - the older way, whose str() is not the text
    RED = "red"


class Plain(enum.Enum):
    TEN = 10


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return '" or id >= 0 or "" == "'


def written(predicate: Predicate, server: str = NEW) -> str:
    compiled = predicate.compile(server_version=server, primary_field="id")
    assert compiled.filter_params == {}
    return compiled.filter


# --- how they are written ---------------------------------------------------------------------------------------------
SAME: list[tuple[Any, str]] = [
    (F.year == 1990, "year == 1990"),
    (F.year != 1990, "year != 1990"),
    (1990 <= F.year, "year >= 1990"),  # noqa: SIM300 - it is what is tested
    (np.int64(1990) > F.year, "year < 1990"),
    (F.year.between(1990, 1999), "year >= 1990 and year <= 1999"),
    (F.year == F.born, "year == born"),
    (F.flag == True, "flag == true"),  # noqa: E712 - the way to write it
    (F.flag != np.False_, "flag != false"),
    (F.price == 0.1, "price == 0.1"),
    (F.price > 1e300, "price > 1e+300"),
    (F.price < np.float32(0.5), "price < 0.5"),
    (F.price < np.array(2), "price < 2"),
    (F.color == Color.RED, 'color == "red"'),
    (F.size == Plain.TEN, "size == 10"),
    (F.name == Loud("quiet"), 'name == "quiet"'),
    (F.name == np.str_("n"), 'name == "n"'),
    (F.year.in_([1990, 1991]), "year in [1990, 1991]"),
    (F.year.in_(range(3)), "year in [0, 1, 2]"),
    (F.year.in_({3, 1, 2}), "year in [1, 2, 3]"),
    (F.year.in_(np.array([1, 2], "i2")), "year in [1, 2]"),
    (F.year.in_(y for y in (1, 2)), "year in [1, 2]"),
    (F.year.in_({1: "a"}.keys()), "year in [1]"),
    (F.year.in_([True, 1, 1.5]), "(year in [true] or year in [1] or year in [1.5])"),
    (F.color.in_([Color.RED, "b"]), 'color in ["red", "b"]'),
    (F.year.in_([]), "year in []"),
    (F.meta["a"][0]["b"] == 1, 'meta["a"][0]["b"] == 1'),
    (F.tags[0] == "x", 'tags[0] == "x"'),
    (F.tags.contains("new"), 'array_contains(tags, "new")'),
    (F.tags.contains_any(("a", "b")), 'array_contains_any(tags, ["a", "b"])'),
    (F.tags.contains_all([1, 2]), "array_contains_all(tags, [1, 2])"),
    (F.tags.contains_all([1, "a"]), '(array_contains_all(tags, [1]) and array_contains_all(tags, ["a"]))'),
    (F.meta["tags"].contains(1), 'json_contains(meta["tags"], 1)'),
    (F.meta["k"].exists(), 'exists meta["k"]'),
    (F.meta["k"].exists() & (F.a == 1), '(exists meta["k"]) and a == 1'),
    (F.meta["k"].is_null(), 'not (exists meta["k"])'),
    (F.meta["k"] == None, 'not (exists meta["k"])'),  # noqa: E711 - it is documented
    (F.title.like("Du%"), 'title like "Du%"'),
    (F.title.like("Du%%"), 'title like "Du%"'),
    (F.title.like("Dune"), 'title == "Dune"'),
    (F.title.like(r"100\%"), 'title == "100%"'),
    (F.title.like(r"100\%%"), '(title >= "100%" and title < "100&")'),
    (F.title.like(""), 'title == ""'),
    (F.title.startswith("Du"), 'title like "Du%"'),
    (F.title.startswith(""), 'title like "%"'),
    (F.title.startswith("a_b"), '(title >= "a_b" and title < "a_c")'),
    (F.title.startswith('say "'), r'(title >= "say \"" and title < "say #")'),
    (F.title.startswith("_\U0010ffff"), '(title >= "_\U0010ffff" and title < "`")'),
    (F.title.startswith("%\ud7ff"), '(title >= "%\ud7ff" and title < "%\ue000")'),
    (F.year + 1 == 1991, "year + 1 == 1991"),
    (1 + F.year == 1991, "year + 1 == 1991"),
    (-F.year == 5, "year * -1 == 5"),
    (~(F.year == 1990), "year != 1990"),
    (~~(F.year < 1990), "year < 1990"),
    (~((F.a == 1) | (F.b < 2)), "a != 1 and b >= 2"),
    (~((F.a == 1) & (F.b < 2)), "a != 1 or b >= 2"),
    ((F.a == 1) & (F.b == 2) & (F.c == 3), "a == 1 and b == 2 and c == 3"),
    ((F.a == 1) & ((F.b == 2) | (F.c == 3)), "a == 1 and (b == 2 or c == 3)"),
    ((F.a == 1) & ~((F.b == 2) & (F.c == 3)), "a == 1 and (b != 2 or c != 3)"),
    (((F.a == 1) & (F.b == 2)) | (F.c == 3), "(a == 1 and b == 2) or c == 3"),
    (all_of(), ""),
    (any_of(), "id in []"),
    (~all_of(), "id in []"),
    (all_of(F.a == 1), "a == 1"),
    (any_of(F.a == 1, any_of()), "a == 1"),
    (any_of(F.a == 1, all_of()), ""),
    (all_of(F.a == 1, any_of()), "id in []"),
    (F.tags.contains_any([]), "id in []"),
    (F.tags.contains_all([]), ""),
    (raw("year > 1990"), "year > 1990"),
    (raw("year > 1990 or year < 3") & (F.a == 1), "(year > 1990 or year < 3) and a == 1"),
    (~raw("year > 1990 or year < 3"), "not (year > 1990 or year < 3)"),
    (raw("a == {v} and b == '{v}'", v='x"'), r"""a == "x\"" and b == '{v}'"""),
    (raw("a in {ids}", ids={2, 1}), "a in [1, 2]"),
    (raw(r"a == 'it\'s (' and b[0] == {n}", n=Plain.TEN), r"a == 'it\'s (' and b[0] == 10"),
    (F("$meta")["k"] == 1, '$meta["k"] == 1'),
    (F("odd name") == 1, '$meta["odd name"] == 1'),
    (F("in") == 1, '$meta["in"] == 1'),
    (F("Like") == 1, '$meta["Like"] == 1'),
    (F("é") == 1, '$meta["é"] == 1'),
    (F("a.b")["c"] == 1, '$meta["a.b"]["c"] == 1'),
    (F("x\"] == 1 or $meta[\"y") == 1, r'$meta["x\"] == 1 or $meta[\"y"] == 1'),
    (F._private == 1, "_private == 1"),
]  # fmt: skip


@pytest.mark.parametrize("server", [NEW, OLD, LITE])
@pytest.mark.parametrize(("predicate", "text"), SAME, ids=[text for _, text in SAME])
def test_what_every_server_reads_alike(predicate: Predicate, text: str, server: str) -> None:
    assert written(predicate, server) == text


DIFFERENT: list[tuple[Any, ...]] = [
    # Milvus 3.0, Milvus 2.3.5, Milvus Lite; None is refused.
    (F.note.is_null(), "note is null", None, "note is null"),
    (F.note != None, "note is not null", None, "note is not null"),  # noqa: E711 - it is documented
    (F.year.in_([1, None]), "year in [1] or year is null", None, "year in [1] or year is null"),
    (F.year.in_([None]), "year is null", None, "year is null"),
    (F.year.not_in([1]), "year not in [1]", "year not in [1]", "(year not in [1] and year is not null)"),
    (~F.year.in_([1]), "year not in [1]", "year not in [1]", "(year not in [1] and year is not null)"),
    (F.m["k"] != 1, '(m["k"] != 1 and exists m["k"])', '(m["k"] != 1 and exists m["k"])', 'm["k"] != 1'),
    (F.m["k"].in_([1, 2]), 'm["k"] in [1, 2]', 'm["k"] in [1, 2]', '(m["k"] == 1 or m["k"] == 2)'),
    (
        F.m["k"].not_in([1, "a"]),
        *['(m["k"] not in [1] and m["k"] not in ["a"] and exists m["k"])'] * 2,
        '(m["k"] != 1 and m["k"] != "a" and m["k"] is not null)',
    ),
    (F.m["k"].in_([]), "id in []", "id in []", "id in []"),
    (F.m["k"].not_in([]), 'exists m["k"]', 'exists m["k"]', 'm["k"] is not null'),
    (F("odd name") != 1, *['($meta["odd name"] != 1 and exists $meta["odd name"])'] * 2, '$meta["odd name"] != 1'),
    (F("a b").in_([1, 2]), *['$meta["a b"] in [1, 2]'] * 2, '($meta["a b"] == 1 or $meta["a b"] == 2)'),
    (F("threshold") > 1, '$meta["threshold"] > 1', "threshold > 1", "threshold > 1"),
    (F("null") > 1, "null > 1", "null > 1", '$meta["null"] > 1'),
    (F.m["a][b"] == 1, None, None, 'm["a][b"] == 1'),
    (F.m["tab\t"] == 1, r'm["tab\t"] == 1', r'm["tab\t"] == 1', 'm["tab\t"] == 1'),
    (F.m["nul\0"] == 1, r'm["nul\u0000"] == 1', r'm["nul\u0000"] == 1', 'm["nul\0"] == 1'),
    (F.x == -(1 << 63), *["x == (-9223372036854775807 - 1)"] * 2, "x == -9223372036854775808"),
    (F.x.in_([-(1 << 63), 1]), *["x in [-9223372036854775807 - 1, 1]"] * 2, "x in [-9223372036854775808, 1]"),
    (F.tags.length() == 2, *["array_length(tags) == 2"] * 2, "(array_length(tags) == 2 and tags is not null)"),
    (F.tags.length() > 2, "array_length(tags) > 2", None, "(array_length(tags) > 2 and tags is not null)"),
    (F.m["t"].length() == 2, 'array_length(m["t"]) == 2', 'array_length(m["t"]) == 2', None),
    # A path that is not there has the length 0 on Milvus 2.3.
    (F.m["t"].length() == 0, *['(array_length(m["t"]) == 0 and exists m["t"])'] * 2, None),
    (
        F.tags.length().in_([1, 2]),
        *["(array_length(tags) == 1 or array_length(tags) == 2)"] * 2,
        "((array_length(tags) == 1 and tags is not null) or (array_length(tags) == 2 and tags is not null))",
    ),
    (
        ~F.tags.contains(1),
        *["not (array_contains(tags, 1))"] * 2,
        "(not (array_contains(tags, 1)) and tags is not null)",
    ),
    (
        ~F.m["t"].contains_any([1, "a"]),
        *['(not (json_contains_any(m["t"], [1]) or json_contains_any(m["t"], ["a"])) and exists m["t"])'] * 2,
        '(not (json_contains_any(m["t"], [1]) or json_contains_any(m["t"], ["a"])) and m["t"] is not null)',
    ),
    (F.tags.contains(-1), *["array_contains(tags, -1)"] * 2, "array_contains_any(tags, [-1])"),
    (F("$meta")["l"].contains(1), *['json_contains($meta["l"], 1)'] * 2, "json_contains(l, 1)"),
    (F("$meta")["l"]["m"].contains(1), *['json_contains($meta["l"]["m"], 1)'] * 2, 'json_contains(l["m"], 1)'),
    (
        F("$meta")["l"].length() == 1,
        *['array_length($meta["l"]) == 1'] * 2,
        '(array_length(l) == 1 and $meta["l"] is not null)',
    ),
    (F("$meta")["odd key"].contains(1), *['json_contains($meta["odd key"], 1)'] * 2, None),
    (
        F.tags[0].not_in([1, 2]),
        *["(tags[0] != 1 and tags[0] != 2)"] * 2,
        "(tags[0] != 1 and tags[0] != 2 and tags[0] is not null)",
    ),
    (F.title.like("D_n%"), 'title like "D_n%"', None, 'title like "D_n%"'),
    (F.title.endswith("e"), 'title like "%e"', None, 'title like "%e"'),
    (F.title.includes("100%"), r'title like "%100\\%%"', None, r'title like "%100\\%%"'),
    (F.title.includes("\\"), r'title like "%\\\\%"', None,
        r'((title >= "\\" and title < "]") or title like "_%\\\\%")'),
    (F.title.includes('"'), r'title like "%\"%"', None, r'title like "%\"%"'),
    (F.title.includes("a\\b"), r'title like "%a\\\\b%"', None,
        r'((title >= "a\\b" and title < "a\\c") or title like "_%a\\\\b%")'),
    (F.title.endswith("a\\b"), r'title like "%a\\\\b"', None, r'(title == "a\\b" or title like "_%a\\\\b")'),
    (F.title.includes("%") & (F.m["k"] == 1), r'title like "%\\%%" and m["k"] == 1', None, None),
    (~F.title.startswith("D"), *['not (title like "D%")'] * 2, '(not (title like "D%") and title is not null)'),
    (~F.title.startswith("%"), *['(title < "%" or title >= "&")'] * 3),
    (F.code.matches(r"^E\d{4}$"), r'code =~ "^E\\d{4}$"', None, None),
    (~F.code.matches("E"), 'code !~ "E"', None, None),
    (F.body.text_match("a 'b'"), "text_match(body, \"a 'b'\")", None, "text_match(body, \"a 'b'\")"),
    (F.body.text_match("a b", minimum_should_match=2), 'text_match(body, "a b", minimum_should_match=2)', None, None),
    (F.body.phrase_match("a b"), 'phrase_match(body, "a b")', None, None),
    (F.body.phrase_match("a b", slop=2), 'phrase_match(body, "a b", 2)', None, None),
    (F.year % 2 == 0, "year % 2 == 0", "year % 2 == 0", None),
    (F.year * 2 > 3, "year * 2 > 3", None, "year * 2 > 3"),
    (F.year * 2 + 1 == 3, "(year * 2) + 1 == 3", None, "(year * 2) + 1 == 3"),
    (5 - F.year == 3, "5 - year == 3", None, "5 - year == 3"),
    (F.a + F.b == 3, "a + b == 3", None, "a + b == 3"),
    (F.a * 2 < F.b, "a * 2 < b", None, "a * 2 < b"),
    ((F.flags & 4) == 4, "(flags & 4) == 4", None, None),
    ((F.flags | 4 ^ F.x) == 4, "(flags | (x ^ 4)) == 4", None, None),
    (F.place.within("POINT(1 2)"), 'st_within(place, "POINT(1 2)")', None, 'st_within(place, "POINT(1 2)")'),
    (F.place.encloses("POINT(1 2)"), 'st_contains(place, "POINT(1 2)")', None, 'st_contains(place, "POINT(1 2)")'),
    (F.place.near("POINT(1 2)", 5), 'st_dwithin(place, "POINT(1 2)", 5)', None, 'st_dwithin(place, "POINT(1 2)", 5)'),
    (F.place.is_valid_shape(), "st_isvalid(place)", None, "st_isvalid(place)"),
    (F.place.touches("POINT(1 2)"), 'st_touches(place, "POINT(1 2)")', None, None),
    (F.place.same_shape("POINT(1 2)"), 'st_equals(place, "POINT(1 2)")', None, None),
    (F.place.overlaps("POINT(1 2)"), 'st_overlaps(place, "POINT(1 2)")', None, None),
    (F.place.crosses("POINT(1 2)"), 'st_crosses(place, "POINT(1 2)")', None, None),
    (
        ~F.place.intersects("POINT(1 2)"),
        'not (st_intersects(place, "POINT(1 2)"))',
        None,
        '(not (st_intersects(place, "POINT(1 2)")) and place is not null)',
    ),
    (F.at > NOON, "at > ISO '2026-01-02T12:00:00Z'", None, "at > ISO '2026-01-02T12:00:00Z'"),
    (F.at < NOON, "at < ISO '2026-01-02T12:00:00Z'", None, "at < ISO '2026-01-02T12:00:00Z'"),
    (F.at + timedelta(days=1) > NOON, "at > ISO '2026-01-01T12:00:00Z'", None, "at > ISO '2026-01-01T12:00:00Z'"),
    (
        F.at - timedelta(hours=1) + timedelta(microseconds=5) > NOON,
        *["at > ISO '2026-01-02T12:59:59.999995Z'", None, "at > ISO '2026-01-02T12:59:59.999995Z'"],
    ),
    (
        F.at == datetime(2026, 1, 2, 12, tzinfo=timezone(timedelta(hours=2))),
        *["at == ISO '2026-01-02T10:00:00Z'", None, "at == ISO '2026-01-02T10:00:00Z'"],
    ),
    (F.at.in_([NOON]), "at == ISO '2026-01-02T12:00:00Z'", None, "at == ISO '2026-01-02T12:00:00Z'"),
    (F.chunks.any(lambda c: c.text.like("Red%")), 'match_any(chunks, $[text] like "Red%")', None, None),
    (F.chunks.all(lambda c: c["n"].in_([1])), "match_all(chunks, $[n] in [1])", None, None),
    (
        F.chunks.at_least(3, lambda c: (c.score > 0.5) & (c.n != 1)),
        "match_least(chunks, $[score] > 0.5 and $[n] != 1, threshold=3)",
        None,
        None,
    ),
    (F.chunks.at_most(3, lambda c: c.n == 1), "match_most(chunks, $[n] == 1, threshold=3)", None, None),
    (~F.chunks.exactly(3, lambda c: c.n == 1), "not (match_exact(chunks, $[n] == 1, threshold=3))", None, None),
    (
        F.chunks.elements(lambda c: c.n == 1) & sample(0.5) & ((F.a == 1) | (F.b == 2)),
        "(a == 1 or b == 2) and random_sample(0.5) and element_filter(chunks, $[n] == 1)",
        None,
        None,
    ),
    (sample(0.01), "random_sample(0.01)", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("predicate", "new", "old", "lite"), DIFFERENT, ids=[repr(row[0]) for row in DIFFERENT])
def test_what_servers_read_differently(
    predicate: Predicate, new: str | None, old: str | None, lite: str | None
) -> None:
    for server, text in (("3.0.0", new), (OLD, old), (LITE, lite)):
        if text is None:
            with pytest.raises(MilvusException, match="^filter: .*"):
                written(predicate, server)
        else:
            assert written(predicate, server) == text, server


def test_a_construct_that_is_too_new_is_refused_with_the_version_that_has_it() -> None:
    with pytest.raises(ServerVersionIncompatibleException) as refused:
        written(F.body.text_match("a"), "v2.4.9")
    assert refused.value.message == (
        "filter: text_match needs Milvus 2.5 or newer or Milvus Lite, and the server is Milvus 2.4.9"
    )
    with pytest.raises(ServerVersionIncompatibleException, match=r"needs Milvus 2\.6\.4 or newer .* is Milvus 2\.6\.3"):
        written(F.at > NOON, "2.6.3")


def test_long_lists_are_sent_beside_the_expression_where_the_server_can() -> None:
    short, long = list(range(64)), list(range(65))
    assert F.id.in_(short).compile(server_version=NEW) == (f"id in {short}", {})
    both = F.id.in_(long) & F.m["k"].not_in(map(str, long)) & F.tags.contains_any(long)
    assert both.compile(server_version=NEW) == Compiled(
        'id in {in_0} and (m["k"] not in {in_1} and exists m["k"]) and array_contains_any(tags, {in_2})',
        {"in_0": long, "in_1": [str(number) for number in long], "in_2": long},
    )
    for server in (OLD, "v2.5.1-lite", "2.4.23"):
        assert F.id.in_(long).compile(server_version=server) == (f"id in {long}", {})
    assert str(F.id.in_(long)) == f"id in {long}"


@pytest.mark.parametrize(
    ("build", "version", "lite", "templates"),
    [
        ("v2.5.4", (2, 5, 4), False, True),
        ("2.6-20260101-abc", (2, 6, 0), False, True),
        ("v2.3.5-lite", (2, 3, 5), False, False),
        ("2.5.1-lite", (2, 5, 1), False, False),
        ("milvus_lite-3.2.2", (3, 2, 2), True, False),
        ("milvus_lite", (0, 0, 0), True, False),
        ("Zilliz Cloud Vector Database(Compatible with Milvus 2.5)", (2, 5, 0), False, True),
        ("master-nightly", NEWEST.version, False, True),
        ("", NEWEST.version, False, True),
    ],
)  # fmt: skip
def test_what_a_version_says(build: str, version: tuple[int, ...], lite: bool, templates: bool) -> None:
    server = server_of(build)
    assert (server.version, server.lite, server.templates) == (version, lite, templates)


# --- what they refuse -------------------------------------------------------------------------------------------------
MISTAKES: list[tuple[str, Callable[[], object], str]] = [
    ("and", lambda: F.a == 1 and F.b == 2, "write & for 'and'"),
    ("or", lambda: F.a == 1 or F.b == 2, r"\| for 'or'"),
    ("not", lambda: not F.a == 1, "~ for 'not'"),  # noqa: SIM201 - the mistake
    ("chain", lambda: 1 < F.a < 3, "between"),
    ("if", lambda: 1 if F.a > 1 else 2, "write & for 'and'"),
    ("in", lambda: F.a in [1, 2], r"in_\(\[\.\.\.\]\) for 'in'"),
    ("contained", lambda: 1 in F.tags, r"F\.tags\.contains\(1\)"),
    ("len", lambda: len(F.tags), r"F\.tags\.length\(\)"),
    ("parentheses", lambda: F.a == 1 & F.b == 2, "write & for 'and'"),
    ("parentheses after", lambda: (F.a == 1) & F.b == 2, "put each comparison in parentheses"),  # type: ignore[operator]  # a mistake
    ("value of bool", lambda: F.a & (F.b == 1), r"\(F\.a == True\)"),
    ("value beside", lambda: (F.b == 1) | F.a, r"\(F\.a == True\)"),  # type: ignore[operator]  # a mistake
    ("bool beside", lambda: (F.b == 1) & True, "must be a condition, got True"),  # type: ignore[operator]  # a mistake
    ("bool before", lambda: "x" & (F.b == 1), "must be a condition, got 'x'"),
    ("compared with a condition", lambda: F.a == (F.b == 1), "compares a value with a condition"),
    ("opposite of a value", lambda: ~F.flag, r"F\.flag == False"),
    ("bool of a value", lambda: bool(F.flag), r"F\.flag == True"),
    ("power", lambda: F.a**2, "no server has powers"),
    ("nan", lambda: F.a == float("nan"), "finite number, got nan"),  # noqa: PLW0177 - the mistake
    ("infinity", lambda: F.a < np.float32("inf"), "finite number, got inf"),
    ("nan in a list", lambda: F.a.in_([1.0, float("nan")]), r"F\.a\.in_\[1\] must be a finite number"),
    ("too large", lambda: F.a == 1 << 63, "integer of 64 bits"),
    ("far too large", lambda: F.a == 1 << 100_000, "one with many more digits"),
    ("too large in a list", lambda: F.a.in_([0, 1 << 63]), r"F\.a\.in_\[1\] must be an integer of 64 bits"),
    ("unsigned", lambda: F.a.in_(np.array([1 << 63], "u8")), "integer of 64 bits"),
    ("naive", lambda: F.at > datetime(2026, 1, 1), "with a time zone"),
    ("naive of numpy", lambda: F.at > np.datetime64("2026-01-01T00:00:00"), "with a time zone"),
    ("date", lambda: F.at > dt.date(2026, 1, 1), "must be a bool, int"),  # type: ignore[operator]  # a mistake
    ("year 0", lambda: F.at > datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "years 1 to 9999"),
    ("year 0 by a duration", lambda: written(F.at + timedelta(400) > datetime.min.replace(tzinfo=UTC)), "years 1"),
    ("endless duration", lambda: F.at - timedelta.max - timedelta.max, "too long"),
    ("moment of numpy", lambda: F.a == np.datetime64(7, "ns"), "must be a bool, int.* pandas.to_datetime"),
    ("moments of numpy", lambda: F.a.in_(np.array([7], "M8[ns]")), "must be a bool, int.* pandas.to_datetime"),
    ("NaT", lambda: F.a == pytest.importorskip("pandas").NaT, "must be a bool, int.*NaT.*is_null"),
    ("half a pair", lambda: F.a == "x\ud800", "half of a surrogate pair at index 1"),
    ("half a pair in a list", lambda: F.a.in_(["x", "\udc00"]), r"F\.a\.in_\[1\] has half of a surrogate pair"),
    ("half a pair in a name", lambda: F("\ud800"), "the name of a field has half of a surrogate pair"),
    ("empty name", lambda: F(""), "must not be empty"),
    ("no name", lambda: F(1), "must be a str, got 1"),  # type: ignore[arg-type]  # a mistake
    ("empty key", lambda: F.m[""], "must not be empty"),
    ("negative index", lambda: F.m[-1], "at least 0"),
    ("bool as an index", lambda: F.m[True], "at least 0"),
    ("slice", lambda: F.m[1:2], "must be"),  # type: ignore[index]  # a mistake
    ("meta without a key", lambda: written(F("$meta") == 1), r"F\('\$meta'\)\['key'\]"),
    ("list", lambda: F.a == [1], r"use in_\(\.\.\.\)"),
    ("array", lambda: F.a == np.array([1]), r"use in_\(\.\.\.\)"),
    ("bytes", lambda: F.a == b"x", r"use \.decode\(\)"),
    ("none in order", lambda: F.a > None, "compare with == None"),  # type: ignore[operator]  # a mistake
    ("object", lambda: F.a == object(), "must be a bool, int"),
    ("one text as a list", lambda: F.a.in_("abc"), r"write \['abc'\]"),
    ("one number as a list", lambda: F.a.in_(3), "must be a list of values"),  # type: ignore[arg-type]  # a mistake
    ("mapping as a list", lambda: F.a.in_({"a": 1}), "list"),
    ("nested list", lambda: F.a.in_([[1]]), r"F\.a\.in_\[0\] must be"),
    ("none in an array", lambda: F.a.contains_any([None]), "no None"),
    ("pattern", lambda: F.a.like("a\\"), "backslash at index 1"),
    ("escape in a pattern", lambda: F.a.like(r"\d%"), "backslash at index 0"),
    ("pattern that is no text", lambda: F.a.like(1), "must be a str"),  # type: ignore[arg-type]  # a mistake
    ("words of a path", lambda: F.m["a"].text_match("x"), "is for fields"),
    ("no words", lambda: F.m.text_match("x", minimum_should_match=0), "at least 1"),
    ("slop", lambda: F.m.phrase_match("x", slop=-1), "at least 0"),
    ("shape", lambda: F.m.within(" "), "WKT"),
    ("distance", lambda: F.m.near("POINT(1 2)", -1), "at least 0"),
    ("elements", lambda: F.c.any(F.x == 1), "needs a function"),  # type: ignore[arg-type]  # a mistake
    ("elements without a condition", lambda: F.c.any(lambda c: c.x), "must return a condition"),  # type: ignore[arg-type,return-value]  # a mistake
    ("field among elements", lambda: written(F.c.any(lambda _: F.x == 1), "3.0"), "can only be about their"),
    ("elements of others", lambda: written(F.c.any(lambda _: F.d.any(lambda d: d.x == 1)), "3.0"), "can only be about"),
    ("element outside", lambda: written(element_outside(), "3.0"), "sub-field of 'c'"),
    ("constant of elements", lambda: written(F.c.any(lambda _: any_of()), "3.0"), "false of every element"),
    ("name of an element", lambda: F.c.any(lambda c: c["a b"] == 1), "identifier"),
    ("sample", lambda: sample(1.0), "between 0 and 1"),
    ("sample of all", lambda: sample(1), "between 0 and 1"),
    ("sample in or", lambda: written(sample(0.5) | (F.a == 1)), "can only be joined to the whole"),
    ("not sample", lambda: written(~sample(0.5)), "can only be joined to the whole"),
    ("element_filter in or", lambda: written(~F.c.elements(lambda c: c.n == 1), "3.0"), "can only be joined"),
    ("raw is empty", lambda: raw(" "), "must not be empty"),
    ("raw is no text", lambda: raw(1), "must be a str"),  # type: ignore[arg-type]  # a mistake
    ("raw breaks out", lambda: raw("a == 1) or (b == 2"), "has no partner"),
    ("raw is open", lambda: raw("(a == 1"), r"'\(' has no partner"),
    ("raw is crossed", lambda: raw("([a)]"), r"'\)' has no partner"),
    ("raw quote", lambda: raw("a == 'x"), "quote is not closed"),
    ("raw value", lambda: raw("a == {b}"), r"no value for the placeholder \{b\}"),
    ("raw misspelt", lambda: raw("a == {yaer}", year=1), "did you mean 'year'"),
    ("raw unused", lambda: raw("a == 1", b=1), r"no placeholder \{b\}"),
    ("raw nan", lambda: raw("a == {b}", b=float("nan")), "finite"),
    ("raw object", lambda: raw("a == {b}", b=object()), r"raw\['b'\]"),
    ("zero", lambda: F.a / 0 == 1, "divides by zero"),
    ("text arithmetic", lambda: F.a + "x" == 1, "must be int or float"),  # type: ignore[operator]  # a mistake
    ("float bits", lambda: (F.a & 1.5) == 1, "must be int, got"),
    ("duration", lambda: written(F.a + timedelta(1) > F.b), "TIMESTAMPTZ"),
    ("duration and number", lambda: written(F.a + timedelta(1) > 1), "TIMESTAMPTZ"),
    ("moment at a path", lambda: written(F.m["a"] > NOON), "TIMESTAMPTZ"),
    ("moment in an array", lambda: written(F.m.contains(NOON)), "no datetimes"),
    ("null of a length", lambda: written(F.m.length().is_null()), "only fields"),
    ("exists of a length", lambda: F.m.length().exists(), "is for keys"),
    ("length of a length", lambda: F.m.length().length(), "is for arrays"),
    ("key of a length", lambda: F.m.length()["a"], "has no places"),
    ("hash", lambda: {F.a: 1}, "cannot be hashed"),
    ("all_of a list", lambda: all_of([F.a == 1]), r"write all_of\(\*conditions\)"),  # type: ignore[arg-type]  # a mistake
    ("nothing without a key", lambda: str(any_of()), "name of the primary key"),
]  # fmt: skip


def element_outside() -> Predicate:
    """A condition of an element that got out of its function."""
    kept: list[Predicate] = []

    def keep(c: Any) -> Predicate:
        kept.append(c.x == 1)
        return kept[0]

    F.c.any(keep)
    return kept[0]


@pytest.mark.parametrize(("make", "words"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_mistakes_are_errors_that_say_what_to_write(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ParamError, match=words):
        make()


def test_a_value_is_no_iterable_and_has_no_other_methods() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        list(F.tags)  # type: ignore[call-overload]  # the mistake
    with pytest.raises(AttributeError, match=r"F\.meta\['author'\]"):
        _ = F.meta.author
    assert not hasattr(F, "__wrapped__")
    assert not hasattr(F.year, "__fspath__")


# --- as values --------------------------------------------------------------------------------------------------------
ALL = [predicate for predicate, _ in SAME] + [row[0] for row in DIFFERENT]


@pytest.mark.parametrize("predicate", ALL, ids=map(repr, ALL))
def test_they_can_be_copied_pickled_compared_and_hashed(predicate: Predicate) -> None:
    for twin in (copy.copy(predicate), copy.deepcopy(predicate), pickle.loads(pickle.dumps(predicate))):
        assert twin == predicate
        assert hash(twin) == hash(predicate)
        assert repr(twin) == repr(predicate)
    assert predicate != (~predicate)
    assert predicate != repr(predicate)


@pytest.mark.parametrize("predicate", ALL, ids=map(repr, ALL))
def test_their_repr_makes_them_again(predicate: Predicate) -> None:
    again = eval(repr(predicate), {**vars(filters), "datetime": dt})
    assert again == predicate


def test_equal_means_of_the_same_type_too() -> None:
    assert (F.a == 1) == (F.a == np.int8(1))
    different = [F.a == 1, F.a == 1.0, F.a == True, F.a == "1", F.a.in_([1]), F.b == 1, F.a >= 1]  # noqa: E712
    assert len({repr(one) for one in different}) == len(different)
    assert all((one == other) is (one is other) for one in different for other in different)
    assert len(set(different)) == len(different)
    assert pickle.loads(pickle.dumps(F)) is F
    assert repr(pickle.loads(pickle.dumps(F.m["a"] + 1))) == "(F.m['a'] + 1)"


def test_long_lists_have_a_short_repr() -> None:
    assert repr(F.a.in_(range(12))) == "F.a.in_([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more])"
    assert F.a.in_(range(12)) != F.a.in_([*range(11), 12])


def test_what_was_given_can_change_afterwards() -> None:
    given = [1, 2]
    predicate = F.a.in_(given)
    given.append(3)
    assert str(predicate) == "a in [1, 2]"


# --- large and deep ---------------------------------------------------------------------------------------------------
def test_many_conditions_are_one_level() -> None:
    many = any_of()
    for number in range(2_000):
        many = many | (F.a == number) if number else F.a == number
    assert str(many).count(" or ") == 1_999
    assert str(~many).count(" and ") == 1_999
    assert pickle.loads(pickle.dumps(many)) == many
    assert many == any_of(*(F.a == number for number in range(2_000)))


def deeper_still(start: Any, step: Callable[[Any], Any]) -> None:
    for _ in range(100):
        start = step(start)


def test_too_deep_is_refused_when_it_is_made() -> None:
    deep = F.a == 0
    for number in range(29):
        deep = (deep & (F.a != number)) | (F.a == number)
    with pytest.raises(ParamError, match="more than 60 levels deep"):
        deeper_still(deep, lambda deep: (deep & (F.a != 1)) | (F.a == 1))
    for server in (NEW, OLD, LITE):
        assert written(deep, server).count("(") == 57
    with pytest.raises(ParamError, match="more than 60 levels deep"):
        deeper_still(F.a, lambda value: value + 1)
    for _ in range(200):
        deep = ~deep
    assert repr(deep)


# --- the whole module -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["words", "servers", "nodes", "literals", "predicates", "methods", "values", "patterns", "templates", "render"],
)
def test_the_examples_run(name: str) -> None:
    module = importlib.import_module(f"milvusclient.filters.{name}")
    assert doctest.testmod(module).failed == 0


def test_everything_public_is_described() -> None:
    for owner in (Value, Predicate):
        for name in dir(owner):
            if not name.startswith("_"):
                text = getattr(owner, name).__doc__
                assert text
                assert re.match(r"(Return|Write) .*\.", text), name


def test_a_mapping_is_a_filter(resolve: Any) -> None:
    assert resolve({"author": "Ada", "year": [1990, 1991]}) == 'author == "Ada" and year in [1990, 1991]'
    assert resolve({"year": {2, 1}, "note": None}) == "year in [1, 2] and note is null"
    assert (
        resolve({"year": np.array([1, 2]), "n": np.int8(3), "color": Color.RED})
        == 'year in [1, 2] and n == 3 and color == "red"'
    )
    assert resolve({'x" or "1" == "1': 1}) == r'$meta["x\" or \"1\" == \"1"] == 1'
    assert resolve({}) == ""
    for wrong in ({"a": {"b": 1}}, {"a": F.b}, {"a": F.b == 1}, {1: 2}, {"a": b"x"}, {"a": object()}, {"": 1}):
        with pytest.raises(ParamError):
            resolve(wrong)


@pytest.fixture
def resolve() -> Callable[[object], str]:
    return lambda filter_like: write(prepare("filter", filter_like), NEW, None, strict=False).filter


@pytest.mark.parametrize("wrong", [1, True, [F.a == 1], F.flag, b"a", object()])
def test_what_is_no_filter_is_refused(wrong: object, resolve: Any) -> None:
    with pytest.raises(DataTypeNotMatchException, match="filter must be a str such as"):
        resolve(wrong)


def test_names_of_a_str_enum_are_its_text() -> None:
    for filter_like in ({Color.RED: 1}, F(Color.RED) == 1):
        assert write(prepare("filter", filter_like), "3.0.0", None, strict=False).filter == f"{Color.RED.value} == 1"
    keys = F.m[Color.RED] == 1
    assert write(prepare("filter", keys), "3.0.0", None, strict=False).filter == f'm["{Color.RED.value}"] == 1'
