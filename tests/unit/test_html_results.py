"""What notebooks show of results: tables, read back by a parser."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from milvusclient import DataType
from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.reply import QueryReply, SearchReply
from milvusclient.codec.read.table import query_columns, search_columns
from milvusclient.models.results import (
    AggregationBucket,
    AggregationHit,
    Hit,
    Hits,
    QueryResult,
    SearchResult,
    hit_class,
)
from tests.support.notebook import Table, read

Keyed = hit_class("pk")
HIT = Keyed({"pk": 7, "distance": 0.5, "entity": {"pk": 7, "title": "a", "distance": "far"}})
BUCKET = AggregationBucket(
    [{"field_name": "color", "field_id": 1, "value": "red"}],
    5,
    {"avg_price": 3.25, "count": 9},
    [AggregationHit(number, 0.5, {"title": "x"}) for number in range(7)],
    [AggregationBucket([{"field_name": "size", "field_id": 2, "value": 3}], 2)],
)


class Untouchable(dict[str, object]):
    """A row that must not be looked into."""

    def _refuse(self, *_: object) -> object:
        raise AssertionError("this row is not shown")

    __iter__ = __getitem__ = items = keys = values = get = __len__ = _refuse  # type: ignore[assignment]  # on purpose


def shown(rows: list[dict[str, object]]) -> Table:
    return read(QueryResult(rows)._repr_html_()).table


def cell(value: object) -> str:
    return shown([{"x": value}]).column("x")[0]


# --- rows ------------------------------------------------------------------------------------------------------------
def test_rows_are_a_table_with_a_column_for_each_field() -> None:
    rows = QueryResult([{"id": 1, "title": "a"}, {"id": 2, "title": "b"}], extra={"cost": 6, "iterator_session_ts": 9})
    table = read(rows._repr_html_()).table
    assert table.caption == "QueryResult 2 rows · cost 6"
    assert table.head == ["", "id", "title"]
    assert table.rows == [["0", "1", "a"], ["1", "2", "b"]]


def test_fields_that_only_some_rows_have_come_in_the_order_in_which_they_appear() -> None:
    table = shown([{"id": 1, "b": 2}, {"a": 3, "id": 4}, {"c": None}])
    assert table.head == ["", "id", "b", "a", "c"]
    assert table.rows == [["0", "1", "2", "", ""], ["1", "4", "", "3", ""], ["2", "", "", "", "None"]]


def test_no_rows_are_one_line() -> None:
    page = read(QueryResult()._repr_html_())
    assert (page.tables, page.lines) == ([], ["QueryResult 0 rows"])
    assert read(QueryResult([{}])._repr_html_()).lines == ["QueryResult 1 row"]


@pytest.mark.parametrize(
    ("count", "rows", "lines"),
    [
        (20, [*range(20)], []),
        (21, [*range(7), "⋮", 18, 19, 20], ["… and 11 more rows"]),
        (10_000, [*range(7), "⋮", 9_997, 9_998, 9_999], ["… and 9,990 more rows"]),
    ],
)
def test_of_many_rows_the_first_and_the_last_are_shown(count: int, rows: list[int | str], lines: list[str]) -> None:
    page = read(QueryResult({"id": number} for number in range(count))._repr_html_())
    assert page.table.column("id") == page.table.column("") == [str(number) for number in rows]
    assert page.lines == lines


def test_rows_that_are_not_shown_are_not_looked_at() -> None:
    rows = QueryResult([{"id": 1}] * 7 + [Untouchable()] * 100 + [{"id": 2}] * 3)
    assert read(rows._repr_html_()).lines == ["… and 100 more rows"]


@pytest.mark.parametrize(
    ("count", "lines"), [(20, []), (21, ["… and 1 more column"]), (300, ["… and 280 more columns"])]
)
def test_of_many_columns_the_first_are_shown(count: int, lines: list[str]) -> None:
    page = read(QueryResult([{f"f{number}": number for number in range(count)}])._repr_html_())
    assert page.table.head[1:] == [f"f{number}" for number in range(20)]
    assert page.lines == lines


def test_items_that_are_not_rows_are_shown_too() -> None:
    rows = QueryResult([{"id": 1}])
    rows.append(5)  # type: ignore[arg-type]  # a list takes anything
    assert read(rows._repr_html_()).table.rows == [["0", "1", ""], ["1", "", "5"]]


def test_the_size_of_a_table_has_a_bound() -> None:
    rows = QueryResult([{f"field_{number}": "<" * 10_000 for number in range(100)}] * 1_000)
    assert len(rows._repr_html_()) < 200_000


# --- values ----------------------------------------------------------------------------------------------------------
VALUES: list[tuple[object, str]] = [
    (None, "None"),
    (True, "True"),
    (-7, "-7"),
    (2**63, "9223372036854775808"),
    (0.1, "0.1"),
    (0.123456789, "0.123457"),
    (1234567.891, "1234567.89"),
    (123456789.0, "123456789"),
    (-1e300, "-1e+300"),
    (1.23456789e-9, "1.23457e-09"),
    (float("nan"), "nan"),
    (float("-inf"), "-inf"),
    (np.float32(0.1), "0.1"),
    (np.int8(-3), "-3"),
    (np.bool_(True), "True"),
    (np.array(2.5), "2.5"),
    (np.datetime64("2026-01-02"), "2026-01-02"),
    (np.longdouble("1.5"), "1.5"),
    ("", "''"),
    ("two  spaces", "two  spaces"),
    ("a\nb\tc\x00\x85", r"a\nb\tc\x00\x85"),
    ("\ud800", r"\ud800"),
    ("a\u2028b", r"a\u2028b"),
    ("Zürich 🚀 \u202e", "Zürich 🚀 \u202e"),
    ("x" * 120, "x" * 120),
    ("x" * 121, "x" * 119 + "…"),
    (b"", "b''"),
    (b"\x00a", r"b'\x00a'"),
    (bytearray(b"ab"), "b'ab'"),
    (memoryview(b"abcdefgh"), "b'abcdef…' (8 bytes)"),
    (b"\x01" * 2_000, r"b'\x01\x01\x01\x01\x01\x01…' (2,000 bytes)"),
    ([], "[]"),
    ([1, 2.5, None, "a"], "[1, 2.5, None, 'a']"),
    ([0.1, 0.2, 0.3, 0.4, 0.5], "[0.1, 0.2, 0.3, …] (5)"),
    ([0.25] * 1_536, "[0.25, 0.25, 0.25, …] (1,536)"),
    ((1, 2), "(1, 2)"),
    ({3}, "{3}"),
    ([b"\xf0" * 16], r"[b'\xf0\xf0\xf0\xf0\xf0\xf0…' (16 bytes)]"),
    (["x" * 50], f"['{'x' * 39}…']"),
    (["a\n<"], r"['a\n<']"),
    (np.arange(768, dtype="f4"), "[0.0, 1.0, 2.0, …] (768)"),
    (np.zeros((2, 3), "i1"), "[[0, 0, 0], [0, 0, 0]]"),
    (np.empty((0, 3)), "[]"),
    ({}, "{}"),
    ({"a": 1, "b": [1]}, "{'a': 1, 'b': [1]}"),
    (dict.fromkeys(range(120), 0.5), "{0: 0.5, 1: 0.5, 2: 0.5, …} (120)"),
    ({"a": {"b": {"c": {"d": 1}, "e": [1, 2], "f": {}}}}, "{'a': {'b': {'c': {…} (1), 'e': […] (2), 'f': {}}}}"),
    (DataType.INT64, "INT64"),
    (Decimal("1.50"), "1.50"),
    (np.ndarray, "<class 'numpy.ndarray'>"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), VALUES, ids=[type(value).__name__ for value, _ in VALUES])
def test_values_are_short_texts(value: object, text: str) -> None:
    assert cell(value) == text
    assert cell([value]) != "(cannot be shown)"


def test_a_number_that_python_refuses_to_write_does_not_spoil_the_table() -> None:
    assert shown([{"a": 10**5000, "b": 1}]).rows == [["0", "(cannot be shown)", "1"]]


def test_only_the_start_of_a_vector_is_looked_at() -> None:
    class Vector(list[float]):
        def __iter__(self) -> Iterator[float]:
            for place in range(len(self)):
                assert place < 4
                yield self[place]

    assert cell(Vector([0.5] * 9)) == "[0.5, 0.5, 0.5, …] (9)"


def test_numbers_are_aligned_right_and_other_values_left() -> None:
    rows: list[dict[str, object]] = [
        {"number": 1, "decimal": np.float32(1), "gaps": 1.5, "text": "1", "mixed": 1, "flag": True, "vector": [1]},
        {"number": 2, "decimal": 2.0, "gaps": None, "text": "2", "mixed": "a", "flag": False, "vector": [2]},
        {"number": 3, "decimal": 2.0, "text": "", "mixed": None, "flag": None, "vector": None},
    ]
    table = shown(rows)
    assert [name for name in table.head[1:] if table.side(name) == "right"] == ["number", "decimal", "gaps"]


def test_the_types_of_the_values_stand_below_the_names() -> None:
    rows: list[dict[str, object]] = [
        {"n": 1, "x": 1.5, "s": "a", "b": True, "v": [0.5], "a": np.zeros(2, "f2"), "m": 1, "o": None, "i": 1, "j": {}},
        {"n": None, "x": 2.5, "s": "b", "b": False, "v": [0.5], "a": None, "m": "a", "o": None, "i": 1.5, "e": []},
    ]
    types = dict(zip(shown(rows).head, shown(rows).types, strict=True))
    assert types == {
        "": "", "n": "int", "x": "float", "s": "str", "b": "bool", "v": "list of float", "a": "array of float16",
        "m": "mixed", "o": "", "i": "float", "j": "dict", "e": "list",
    }  # fmt: skip


# --- hits ------------------------------------------------------------------------------------------------------------
def test_hits_have_their_fields_beside_the_key_and_the_distance() -> None:
    table = read(Hits([HIT, Keyed({"pk": 8, "distance": 1.0, "entity": None, "offset": 2})])._repr_html_()).table
    assert table.caption == "Hits 2 hits"
    assert table.head == ["", "pk", "distance", "title", "entity.distance", "offset"]
    assert table.rows == [["0", "7", "0.5", "a", "far", ""], ["1", "8", "1.0", "", "", "2"]]


def test_a_field_named_as_something_of_the_hit_says_so_and_nothing_is_lost() -> None:
    found = Hit({"id": 1, "distance": 0.5, "entity": {"id": 1, "offset": "o", "entity.offset": "e"}, "offset": 3})
    assert read(found._repr_html_()).table.rows == [
        ["id", "1"],
        ["distance", "0.5"],
        ["offset", "3"],
        ["entity.offset", "o"],
        ["entity.entity.offset", "e"],
    ]


def test_one_hit_and_its_entity_have_a_line_for_each_value() -> None:
    page = read(HIT._repr_html_())
    assert page.table.caption == "Hit"
    assert page.table.rows == [["pk", "7"], ["distance", "0.5"], ["title", "a"], ["entity.distance", "far"]]
    assert read(HIT.entity._repr_html_()).table.rows == [["pk", "7"], ["title", "a"], ["distance", "far"]]
    assert read(Hit({"id": 1, "entity": {}}).entity._repr_html_()).lines == ["Entity"]
    long = Hit({"id": "x" * 700, "distance": 0.5, "entity": {}})
    assert read(long._repr_html_()).table.rows[0] == ["id", "x" * 599 + "…"]


def test_a_search_has_a_table_for_each_query_vector() -> None:
    page = read(SearchResult([Hits([HIT]), Hits()], extra={"cost": 3}, recalls=[0.98765, 1.0])._repr_html_())
    assert page.table.caption == "query 0 1 hit · recall 0.9877"
    assert page.table.column("title") == ["a"]
    assert page.lines == ["SearchResult 2 query vectors · cost 3", "query 1 0 hits · recall 1"]


def test_a_search_says_its_metric_if_it_named_it() -> None:
    found = SearchResult([Hits([HIT])])
    found.metric_type = "COSINE"
    assert read(found._repr_html_()).table.caption == "query 0 1 hit · COSINE"


def test_of_many_query_vectors_and_hits_the_first_are_shown() -> None:
    page = read(SearchResult([Hits([HIT] * 1_000)] * 100)._repr_html_())
    assert [table.caption for table in page.tables] == [f"query {query} 1,000 hits" for query in range(5)]
    assert page.lines == ["SearchResult 100 query vectors", *["… and 990 more rows"] * 5, "… and 95 more query vectors"]


def test_buckets_have_those_inside_them_below() -> None:
    page = read(SearchResult([Hits()], agg_buckets=[[BUCKET, BUCKET]])._repr_html_())
    assert page.lines == ["SearchResult 1 query vector"], "a search for buckets has no other hits"
    assert page.table.caption == "query 0 4 buckets"
    assert page.table.head == ["bucket", "count", "avg_price", "metrics.count", "best hits"]
    best = "0 (0.5), 1 (0.5), 2 (0.5), 3 (0.5), 4 (0.5), …"
    assert page.table.rows == [["color = red", "5", "3.25", "9", best], ["→ size = 3", "2", "", "", ""]] * 2


def test_one_bucket_has_its_best_hits_too() -> None:
    inner, best = read(BUCKET._repr_html_()).tables
    assert inner.column("bucket") == ["color = red", "→ size = 3"]
    assert best.head == ["", "pk", "score", "title"]
    assert best.rows[0] == ["0", "0", "0.5", "x"]
    assert len(best.rows) == 7
    hit = AggregationHit(1, 0.5, {"pk": "other"})
    assert read(hit._repr_html_()).table.rows == [["pk", "1"], ["score", "0.5"], ["fields.pk", "other"]]


# --- columns ---------------------------------------------------------------------------------------------------------
def column(name: str, count: int) -> schema_pb2.FieldData:
    data = schema_pb2.FieldData(field_name=name, type=schema_pb2.VarChar)
    data.scalars.string_data.data.extend(f"t{row}" for row in range(count))
    return data


@pytest.mark.parametrize(("count", "rows"), [(0, []), (3, [0, 1, 2]), (500, [*range(7), "⋮", 497, 498, 499])])
def test_columns_are_a_table_of_the_first_and_the_last_rows(count: int, rows: list[int | str]) -> None:
    columns = query_columns(QueryReply(milvus_pb2.QueryResults(fields_data=[column("title", count)])))
    page = read(columns._repr_html_())
    caption = f"Columns {count} rows of 1 column"
    if not count:
        assert page.lines == [caption]
        return
    assert page.table.caption == caption
    assert page.table.rows == [[str(row), f"t{row}" if row != "⋮" else "⋮"] for row in rows]
    assert page.table.types == ["", "str"]
    assert columns._lists == {}, "a column that nobody asked for is not decoded"
    assert columns["title"][-1] == f"t{count - 1}"
    assert read(columns._repr_html_()).table.rows == page.table.rows, "and one that was is not decoded again"


def test_columns_of_a_search_say_which_query_found_them() -> None:
    reply = milvus_pb2.SearchResults()
    reply.results.topks.extend([1, 2])
    reply.results.ids.int_id.data.extend([7, 8, 9])
    reply.results.scores.append(np.array([1, 2, 3], "<f4").tobytes())
    reply.results.fields_data.append(column("title", 3))
    table = read(search_columns(SearchReply(reply))._repr_html_()).table
    assert table.caption == "SearchColumns 3 rows of 4 columns"
    assert table.head == ["", "query", "id", "distance", "title"]
    assert table.rows == [["0", "0", "7", "1.0", "t0"], ["1", "1", "8", "2.0", "t1"], ["2", "1", "9", "3.0", "t2"]]


def test_of_many_columns_those_that_are_not_shown_are_not_decoded() -> None:
    many = [column(f"f{number}", 2) for number in range(20)]
    broken = schema_pb2.FieldData(field_name="broken", type=schema_pb2.FloatVector)
    broken.vectors.dim = 3
    broken.vectors.float_vector.data.append(b"1234")
    page = read(query_columns(QueryReply(milvus_pb2.QueryResults(fields_data=[*many, broken])))._repr_html_())
    assert page.lines == ["… and 1 more column"]
