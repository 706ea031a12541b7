"""What conditions find on real servers is what they mean in Python, whatever the values are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from milvusclient import AnnSearchRequest, CollectionSchema, DataType, FieldSchema, MilvusClient, RRFRanker
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.filters import F, FilterLike, Predicate, all_of, any_of, raw
from milvusclient.filters.literals import literal, literal_text
from tests.server.both import BOOKS, LITE, MILVUS_235, Server, flat, schema_of
from tests.support.filter_trees import META, NASTY, NUMBERS, TEXTS, found, leaves, trees

#: Data do not change, so the time of an example is that of a query; shrinking takes many of them.
thorough = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def ids(client: MilvusClient, filter_like: FilterLike, params: Any = None) -> list[int]:
    """The ids of the rows that a filter finds."""
    rows = client.query("rows", filter_like, ["id"], filter_params=params, limit=1000, consistency_level="Eventually")
    return sorted(row["id"] for row in rows)


def fill(client: MilvusClient, schema: CollectionSchema, rows: list[dict[str, Any]]) -> None:
    """Make the collection, and wait until its rows are seen."""
    client.create_collection("rows", schema=schema, index_params=flat())
    client.insert("rows", [{**row, "vector": [0.0, 0.0]} for row in rows])
    count = client.query("rows", "", ["count(*)"], consistency_level="Strong")
    assert count == [{"count(*)": len(rows)}]


# --- any text ---------------------------------------------------------------------------------------------------------
TEXT_ROWS: list[dict[str, Any]] = [
    {"id": number, "s": text, "m": {"s": text, "l": [text]}, "dynamic": text, "odd key": text, "tags": [text]}
    for number, text in enumerate([*NASTY, *(f"{text}{text}" for text in NASTY), *(f"x{text}y" for text in NASTY)])
]
TEXT_SCHEMA = schema_of(
    FieldSchema("s", DataType.VARCHAR, max_length=200),
    FieldSchema("m", DataType.JSON),
    FieldSchema("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4, max_length=200),
    dynamic=True,
)


def test_equality_finds_exactly_the_rows_that_hold_a_text(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        fill(client, TEXT_SCHEMA, TEXT_ROWS)

        @thorough
        @given(st.one_of(st.sampled_from([row["s"] for row in TEXT_ROWS]), TEXTS, st.text(max_size=4)), st.data())
        def finds(text: Any, data: st.DataObject) -> None:
            try:
                text.encode()
            except UnicodeEncodeError:
                text = "x"
            rows = [row["id"] for row in TEXT_ROWS if row["s"] == text]
            place = data.draw(st.sampled_from(PLACES))
            assert ids(client, place(text)) == rows
            assert ids(client, ~place(text)) == sorted({row["id"] for row in TEXT_ROWS} - set(rows))
            assert ids(client, "s == {t} and s in {l}", {"t": text, "l": {text, "other"}}) == rows
            assert ids(client, {"s": [text, "other"], "dynamic": text}) == rows

        finds()


PLACES: list[Callable[[str], Predicate]] = [
    F.s.__eq__,
    lambda text: F.m["s"] == text,
    lambda text: F.m["l"][0] == text,
    lambda text: F("$meta")["dynamic"] == text,
    lambda text: F("odd key") == text,
    lambda text: F.dynamic.in_([text]),
    lambda text: F.m["s"].in_([text, "no such text"]),
    F.tags.contains,
    lambda text: F.m["l"].contains_any([text]),
    lambda text: F.tags[0] == text,
    lambda text: raw("s == {t}", t=text),
    lambda text: (F.s >= text) & (F.s <= text),
    lambda text: F.s.startswith(text) & (F.s <= text),
]


def test_every_nasty_text_is_found_in_every_place(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        fill(client, TEXT_SCHEMA, TEXT_ROWS)
        for text in NASTY:
            rows = [row["id"] for row in TEXT_ROWS if row["s"] == text]
            starting = [row["id"] for row in TEXT_ROWS if str(row["s"]).startswith(text)]
            assert len(rows) >= 1
            for place in PLACES[: None if text in ("", "\\", "a") else 4]:
                assert ids(client, place(text)) == rows, repr(place(text))
            assert ids(client, F.s.startswith(text)) == starting


def test_backslashes_are_found_at_the_end_and_anywhere(lite_uri: str) -> None:
    parts = ["\\", "a\\b", "\\\\", "\\n", "a\\", "\\%", "_\\x", "\n\\b"]
    rows = [
        {"id": number, "s": f"{lead}{part}{end}"}
        for number, (lead, part, end) in enumerate(
            (lead, part, end) for lead in ("", "x", "\n") for part in parts for end in ("", "y")
        )
    ]
    with MilvusClient(lite_uri) as client:
        fill(client, schema_of(FieldSchema("s", DataType.VARCHAR, max_length=20)), rows)
        for part in parts:
            at_end = [row["id"] for row in rows if str(row["s"]).endswith(part)]
            anywhere = [row["id"] for row in rows if part in str(row["s"])]
            escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            assert ids(client, F.s.endswith(part)) == ids(client, F.s.like(f"%{escaped}")) == at_end, part
            assert ids(client, F.s.includes(part)) == ids(client, F.s.like(f"%{escaped}%")) == anywhere, part
            assert ids(client, ~F.s.includes(part)) == [row["id"] for row in rows if row["id"] not in anywhere], part


def test_any_json_key_is_found(server: Server) -> None:
    keys = [key for key in dict.fromkeys([*NASTY, "a/b", "~", "a.b", "q\"'\\", "[", "]", '"]', "0", "in"]) if key]
    rows = [{"id": number, "m": {key: 1, "deep": {key: 1}}, key: 1} for number, key in enumerate(keys)]
    with MilvusClient(server.uri) as client:
        fill(
            client,
            schema_of(FieldSchema("m", DataType.JSON), dynamic=True),
            [row for row in rows if "$meta" not in row],
        )
        for number, key in enumerate(keys):
            if key == "$meta":
                continue
            for predicate in (F.m[key] == 1, F.m["deep"][key] == 1, F("$meta")[key] == 1, F.m[key].exists()):
                assert ids(client, predicate) == [number], repr(predicate)


# --- any tree ---------------------------------------------------------------------------------------------------------
def tree_rows(nulls: bool) -> list[dict[str, Any]]:
    """Rows with each value, with and without the values that may be missing."""
    texts = ["", "a", "ab", "100%", "a_b", 'q"', "\\", "é\n", "b\0", "\U0001f600"]
    rows: list[dict[str, Any]] = []
    for number in range(30):
        row: dict[str, Any] = {
            "id": number,
            "n": number % 7 - 3,
            "s": texts[number % 10],
            "b": number % 3 == 0,
            "strs": texts[number % 4 : number % 4 + number % 3],
            "ints": [number % 5 - 2] * (number % 4),
            "m": {} if number % 4 == 0 else {"n": number % 6 - 3, "s": texts[number % 9], "strs": texts[: number % 3]},
        }
        if number % 5:
            row["n n"] = number % 4 - 2
        if nulls and number % 6 == 5:
            row.update(dict.fromkeys(("n", "s", "b")))
        rows.append(row)
    return rows


def tree_schema(nulls: bool) -> CollectionSchema:
    return schema_of(
        FieldSchema("n", DataType.INT32, nullable=nulls),
        FieldSchema("s", DataType.VARCHAR, max_length=50, nullable=nulls),
        FieldSchema("b", DataType.BOOL, nullable=nulls),
        FieldSchema("strs", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4, max_length=50),
        FieldSchema("ints", DataType.ARRAY, element_type=DataType.INT64, max_capacity=4),
        FieldSchema("m", DataType.JSON),
        dynamic=True,
    )


VALUES = {
    "int": [F.n, F.m["n"], META["n n"], F("n n"), F.ints[0]],
    "str": [F.s, F.m["s"]],
    "bool": [F.b],
    "strs": [F.strs, F.m["strs"]],
    "ints": [F.ints],
}
COMPUTED = [F.n + 1 == 2, F.n * 2 != 4, F.n - 3 == -2, F.m["n"] + 1 == 2]


def test_any_tree_finds_the_rows_that_it_means(server: Server) -> None:
    nulls = server.is_lite  # which Milvus has since 2.5
    rows = tree_rows(nulls)
    values = {**VALUES, "strs": [F.strs]} if server.is_lite else VALUES  # no length of a path
    leaf = leaves(
        values,
        nulls=[F.n, F.s, F.m["n"], META["n n"]] if nulls else [F.m["n"], META["n n"], F("n n")],
        any_affix=server.is_lite,
        any_length=server.is_lite,
        extra=COMPUTED + ([F.n * 2 > 1, F.n + F.id > 3, -F.n < 2] if server.is_lite else [F.n % 2 == 0]),
    )
    with MilvusClient(server.uri) as client:
        fill(client, tree_schema(nulls), rows)

        @thorough
        @given(trees(leaf))
        def finds(predicate: Predicate) -> None:
            assert ids(client, predicate) == found(predicate, rows)

        finds()
        client.describe_collection("rows")  # now the schema is known, and nothing may become different by it
        finds()


def test_nulls_are_neither_found_nor_missed(lite_uri: str) -> None:
    """Three-valued: of a row without the value a comparison is neither true nor false, and so is its opposite."""
    rows = tree_rows(nulls=True)
    missing = {row["id"] for row in rows if row["n"] is None}
    with MilvusClient(lite_uri) as client:
        fill(client, tree_schema(nulls=True), rows)
        for condition in (F.n == 1, F.n != 1, F.n.in_([1]), F.n.not_in([1]), F.n < 1, F.n + 1 > 1, F.s.startswith("a")):
            assert not missing & {*ids(client, condition), *ids(client, ~condition)}, condition
            assert {*ids(client, condition), *ids(client, ~condition), *missing} == {row["id"] for row in rows}
        assert set(ids(client, F.n.is_null())) == missing
        assert set(ids(client, F.n.in_([None]))) == missing
        assert ids(client, (F.n == 1) | F.n.is_null()) == ids(client, F.n.in_([1, None]))


# --- every call, every server -----------------------------------------------------------------------------------------
def test_every_call_takes_conditions_and_mappings(library: Server) -> None:
    condition = (F.color == "red") & F.year.between(2002, 2006) & ~F.id.in_([4])
    with MilvusClient(library.uri) as client:
        wanted = {"color": "red", "id": {2, 6}}
        for filter_like in (condition, wanted):
            assert sorted(row["id"] for row in client.query(BOOKS, filter_like, ["id"])) == [2, 6]
            assert client.search(BOOKS, [[0.0, 0.0]], filter_like)[0].ids == [2, 6]
            assert client.query(BOOKS, filter_like, ["count(*)"]) == [{"count(*)": 2}]
            assert sorted(client.query_columns(BOOKS, filter_like, ["id"])["id"]) == [2, 6]
            assert client.search_columns(BOOKS, [[0.0, 0.0]], filter_like)["id"] == [2, 6]
            with client.query_iterator(BOOKS, 1, filter=filter_like) as pages:
                assert [row["id"] for page in pages for row in page] == [2, 6]
            with client.search_iterator(BOOKS, [[0.0, 0.0]], 1, filter=filter_like) as hits:
                assert [hit.id for page in hits for hit in page] == [2, 6]
        assert client.query(BOOKS, F.pages > 300, ["id"]) == client.query(BOOKS, "pages > 300", ["id"])
        assert client.query(BOOKS, any_of(), ["id"]) == []
        assert len(client.query(BOOKS, all_of(), ["id"], limit=100)) == 11
        with pytest.raises(ParamError, match="no field|wanted an int"):
            client.query(BOOKS, F.year == "2002")


def test_values_of_placeholders_work_on_servers_without_placeholders(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        rows = client.query(BOOKS, "id in {ids} and color != {c}", ["id"], filter_params={"ids": {2, 3}, "c": 'r"ed'})
        assert sorted(row["id"] for row in rows) == [2, 3]
        found_ids = client.search(BOOKS, [[0.0, 0.0]], "year > {y}", filter_params={"y": 2005})[0].ids
        assert found_ids == [6, 7]


def test_delete_and_hybrid_search(server: Server) -> None:
    rows = [{"id": number, "s": text} for number, text in enumerate(NASTY)]
    with MilvusClient(server.uri) as client:
        fill(client, schema_of(FieldSchema("s", DataType.VARCHAR, max_length=99)), rows)
        if server.is_lite:
            part = AnnSearchRequest([[0.0, 0.0]], "vector", {}, 9, filter=F.s == '"')
            other = AnnSearchRequest([[0.0, 0.0]], "vector", {}, 9, "s == {t}", {"t": "\\"})
            hits = client.hybrid_search("rows", [part, other], RRFRanker(), 9)[0].ids
            assert sorted(hits) == [NASTY.index('"'), NASTY.index("\\")]
        client.delete("rows", filter=F.s.in_(['"', "\\", "a' or 1 == 1 or b == 'c"]))
        client.delete("rows", filter={"s": "100%"})
        client.delete("rows", filter=any_of())
        left = client.query("rows", "", ["count(*)"], consistency_level="Strong")
        assert left == [{"count(*)": len(NASTY) - 4}]


def test_what_a_server_does_not_have_is_what_it_does_not_read(server: Server) -> None:
    """The table of versions is not stricter than the servers that can run here."""
    refused = {
        LITE: [
            "n % 2 == 0", 'phrase_match(s, "a")', "random_sample(0.5)", "(n & 1) == 1", 's =~ "a"', 'm["n"] in [1]',
        ],
        MILVUS_235: [
            "n * 2 > 3", "array_length(ints) > 1", 's like "%a"', "n is null", 'text_match(s, "a")', "n + id == 3",
        ],
    }  # fmt: skip
    with MilvusClient(server.uri) as client:
        fill(client, tree_schema(nulls=False), tree_rows(nulls=False))
        for text in refused[server.name]:
            with pytest.raises(MilvusException):
                client.query("rows", text, ["id"])


# --- Milvus Lite's own parser -----------------------------------------------------------------------------------------
@pytest.mark.lite
@settings(deadline=None)
@given(
    st.one_of(
        TEXTS,
        NUMBERS,
        st.text(st.characters(exclude_categories=["Cs"])),
        st.integers(-(1 << 63), (1 << 63) - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.datetimes(timezones=st.timezones()).filter(lambda moment: 2 < moment.year < 9998),
    )
)
def test_any_value_comes_back_from_the_parser_of_milvus_lite_as_one_literal(value: Any) -> None:
    parser = pytest.importorskip("milvus_lite.search.filter.parser")
    timestamps = pytest.importorskip("milvus_lite.schema.timestamptz")
    parsed = parser.parse_expr(f"x == {literal_text(literal('value', value), lite=True)}")
    assert type(parsed).__name__ == "CmpOp"
    assert type(parsed.left).__name__ == "FieldRef"
    literals = ("BoolLit", "IntLit", "FloatLit", "StringLit", "TimestampLit")
    assert type(parsed.right).__name__ in literals
    wanted = value if isinstance(value, bool | int | float | str) else timestamps.datetime_to_unix_micros(value)
    assert parsed.right.value == wanted
    assert type(parsed.right.value) is type(wanted)
