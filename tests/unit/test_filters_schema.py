"""Conditions beside the schema of their collection, and placeholders beside the server's version."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusclient.exceptions import MilvusException, ParamError, ServerVersionIncompatibleException
from milvusclient.filters import Compiled, F, Predicate, any_of, raw
from milvusclient.filters.literals import quoted
from milvusclient.filters.resolve import SchemaNeededError, prepare, write
from milvusclient.filters.templates import expand
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.schema.enums import DataType
from tests.support.filter_grammar import reads

LITE = "milvus_lite-3.2.2"
OLD = "v2.3.5-lite"
NEW = "v3.0.0"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

FIELDS = (
    FieldInfo("id", data_type=DataType.INT64, is_primary=True),
    FieldInfo("year", data_type=DataType.INT32),
    FieldInfo("price", data_type=DataType.DOUBLE),
    FieldInfo("title", data_type=DataType.VARCHAR),
    FieldInfo("flag", data_type=DataType.BOOL),
    FieldInfo("meta", data_type=DataType.JSON),
    FieldInfo("tags", data_type=DataType.ARRAY, element_type=DataType.VARCHAR),
    FieldInfo("at", data_type=DataType.TIMESTAMPTZ),
    FieldInfo("place", data_type=DataType.GEOMETRY),
    FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=2),
    FieldInfo("threshold", data_type=DataType.INT64),
    FieldInfo("newest", data_type=DataType.UNKNOWN),
)
STRUCT = StructFieldInfo(
    "chunks",
    fields=(
        FieldInfo("text", data_type=DataType.ARRAY, element_type=DataType.VARCHAR),
        FieldInfo("score", data_type=DataType.ARRAY, element_type=DataType.FLOAT),
    ),
)
BOOKS = CollectionInfo("books", fields=FIELDS, struct_fields=(STRUCT,))
DYNAMIC = CollectionInfo("books", fields=FIELDS, struct_fields=(STRUCT,), enable_dynamic_field=True)


def sent(
    filter_like: object, server: str = NEW, collection: CollectionInfo | None = BOOKS, params: Any = None
) -> Compiled:
    return write(prepare("filter", filter_like, params), server, collection, strict=True)


UNFIT: list[tuple[Predicate, str]] = [
    (F.yaer == 1990, "no field 'yaer' in 'books'; did you mean 'year'?"),
    (F.zzzzzz == 1990, "no field 'zzzzzz' in 'books'; it has at, chunks, flag, id, "),
    ((F.year == 1) | ~(F.price.in_([1]) & F.titel.like("a%")), "did you mean 'title'?"),
    (F.year == "1990", "F.year is INT32 and cannot be compared with '1990' (str); wanted an int"),
    (F.year == 1990.0, "with 1990.0 (float); wanted an int; write 1990"),
    (F.year < 1990.5, "with 1990.5 (float); wanted an int"),
    (F.year.in_([1, "a"]), "F.year is INT32 and cannot be compared with 'a' (str)"),
    (F.year == True, "with True (bool); wanted an int"),  # noqa: E712 - the mistake
    (F.flag == 1, "F.flag is BOOL and cannot be compared with 1 (int); wanted a bool"),
    (F.price == "1", "wanted a float or an int"),
    (F.title > 5, "F.title is VARCHAR"),
    (F.at == "2026-01-01", "wanted a datetime"),
    (F.title == NOON, "F.title is VARCHAR"),
    (F.title == F.year, "compares VARCHAR with INT32"),
    (F.year.startswith("19"), "is for texts, and F.year is INT32"),
    (F.tags.includes("a"), "F.tags is ARRAY"),
    (F.meta == 1, "F.meta is JSON and cannot be compared; compare one of its keys: F.meta['key']"),
    (F.tags == "a", "F.tags is ARRAY and cannot be compared; use F.tags.contains(...)"),
    (F.tags.in_([]), "F.tags is ARRAY"),
    (F.vector == 1, "F.vector is FLOAT_VECTOR; vectors are searched"),
    (F.place == "POINT(1 2)", "use F.place.within(...)"),
    (F.title.contains("a"), "is for arrays, and 'title' is VARCHAR; for a str in a str use F.title.includes(...)"),
    (F.year.contains_any([1]), "is for arrays, and 'year' is INT32"),
    (F.year.length() == 1, "F.year.length() is for arrays, and 'year' is INT32"),
    (F.tags.length() == "1", "cannot be compared with '1' (str)"),
    (F.tags.contains(1), "the elements of F.tags are VARCHAR and cannot be compared with 1 (int)"),
    (F.tags[0] == 1, "F.tags[0] is VARCHAR"),
    (F.tags["a"] == 1, "a place in the ARRAY field 'tags' is one int"),
    (F.year["a"] == 1, "only JSON and ARRAY fields have places, and 'year' is INT32"),
    (F.title + 1 == 2, "+ is for numbers, and F.title is VARCHAR"),
    ((F.price & 1) == 2, "& is for integers, and F.price is DOUBLE"),
    (F.year.text_match("a"), "is for fields of type VARCHAR, and 'year' is INT32"),
    (F.year.within("POINT(1 2)"), "is for fields of type GEOMETRY, and 'year' is INT32"),
    (F("$meta")["k"] == 1, "'books' has no dynamic field"),
    (F("odd name") == 1, "no field 'odd name'"),
    (F.chunks == 1, "'chunks' is a struct array; use F.chunks.any("),
    (F.year.any(lambda c: c.text == "a"), "is for struct arrays, and 'year' is INT32"),
    (F.chunk.any(lambda c: c.text == "a"), "did you mean 'chunks'?"),
    (F.chunks.any(lambda c: c.txt == "a"), "no field 'txt' in 'books'; did you mean 'text'?"),
    (F.chunks.any(lambda c: c.score == "a"), "c['score'] is FLOAT"),
    (F.yaer.is_null(), "no field 'yaer'"),
    (F.yaer["a"].exists(), "no field 'yaer'"),
]  # fmt: skip


@pytest.mark.parametrize(("predicate", "words"), UNFIT, ids=[repr(row[0]) for row in UNFIT])
def test_what_does_not_fit_the_collection_is_refused(predicate: Predicate, words: str) -> None:
    with pytest.raises(ParamError) as refused:
        sent(predicate)
    assert words in refused.value.message
    assert refused.value.message.startswith("filter: ")


FIT: list[Predicate] = [
    F.year >= 1990, F.year.in_([]), F.price == 1, F.price.in_([1, 1.5]), F.title.like("a%"), F.title == F.title,
    F.price > F.year, F.meta["a"] == "x", F.meta["a"][0].in_([1, "a"]), F.meta.contains(1), F.meta["l"].contains("a"),
    F.tags.contains("a"), F.tags[0] == "a", F.tags.length() > 1, F.year + 1 == 2, F.year / 2 == 0.5, F.at > NOON,
    F.at.in_([NOON]), F.place.near("POINT(1 2)", 3), F.title.text_match("a"), F.vector.is_null(), F.newest == "any",
    F.chunks.any(lambda c: (c.text == "a") & (c.score > 1)), F.flag == False, (F.year & 3) == 1,  # noqa: E712 - so written
    raw("nothing is known of this"),
]  # fmt: skip


@pytest.mark.parametrize("predicate", FIT, ids=map(repr, FIT))
def test_what_fits_is_written(predicate: Predicate) -> None:
    assert sent(predicate).filter == predicate.compile(server_version=NEW).filter


def test_a_dynamic_field_takes_any_name_and_any_type() -> None:
    assert sent(F.yaer == "1990", collection=DYNAMIC).filter == 'yaer == "1990"'
    assert sent(F("odd name").contains(1), collection=DYNAMIC).filter == 'array_contains($meta["odd name"], 1)'
    assert sent(F("$meta")["x"] > 1.5, collection=DYNAMIC).filter == '$meta["x"] > 1.5'
    for predicate in (F.yaer.text_match("a"), F.yaer.within("POINT(1 2)"), F.year == "1990"):
        with pytest.raises(ParamError):
            sent(predicate, collection=DYNAMIC)


def test_a_field_whose_name_is_a_word_is_refused_where_it_is_one() -> None:
    with pytest.raises(
        ParamError, match=r"Milvus 3\.0\.0 cannot be asked for the field 'threshold', as its name is a word"
    ):
        sent(F.threshold > 1)
    assert sent(F.threshold > 1, OLD).filter == "threshold > 1"
    assert sent(F.interval > 1, OLD, DYNAMIC).filter == "interval > 1"
    assert sent(F.interval > 1, NEW, DYNAMIC).filter == '$meta["interval"] > 1'


@pytest.mark.parametrize(
    ("predicate", "server", "text"),
    [
        (any_of(), NEW, "id in []"),
        (F("in") == 1, NEW, '$meta["in"] == 1'),
        (F.interval == 1, NEW, '$meta["interval"] == 1'),
        (F.pages.is_null(), OLD, "not (exists pages)"),
        (F("$meta")["l"].contains(1), LITE, "json_contains(l, 1)"),
        (F.title.endswith("%"), LITE, r'title like "%\\%"'),
    ],
)  # fmt: skip
def test_what_depends_on_the_collection_asks_for_it(predicate: Predicate, server: str, text: str) -> None:
    with pytest.raises(SchemaNeededError):
        sent(predicate, server, None)
    assert sent(predicate, server, DYNAMIC).filter == text


def test_a_pattern_that_milvus_lite_would_read_wrongly_is_refused() -> None:
    """It reads escapes in patterns only where all that a condition is about are columns."""
    for predicate in (F.pages.endswith("_"), F.title.endswith("_") & (F.pages == 1), F.meta["a"].includes("%")):
        with pytest.raises(ParamError, match="Milvus Lite takes %, _ and backslash literally"):
            sent(predicate, LITE, DYNAMIC)
    assert sent(F.title.endswith("_") & ~(F.year.in_([1]) | (F.year + 1 == 2)), LITE, DYNAMIC).filter.startswith(
        "title like"
    )


def test_a_field_that_is_a_dynamic_key_too_cannot_be_confused() -> None:
    with pytest.raises(ParamError, match="there is a field of that name"):
        sent(F("$meta")["tags"].contains("a"), LITE, DYNAMIC)


def test_fields_have_a_value_before_nulls_came() -> None:
    with pytest.raises(ServerVersionIncompatibleException, match=r"needs Milvus 2\.5 or newer"):
        sent(F.year.is_null(), OLD)


# --- placeholders -----------------------------------------------------------------------------------------------------
class Color(enum.Enum):
    RED = "red"


PARAMS: dict[str, tuple[object, object, str]] = {
    "int": (1, 1, "1"),
    "int of numpy": (np.int8(1), 1, "1"),
    "bool": (np.True_, True, "true"),
    "float": (np.float32(0.5), 0.5, "0.5"),
    "str": ('"', '"', r'"\""'),
    "enum": (Color.RED, "red", '"red"'),
    "set": ({3, 1, 2}, [1, 2, 3], "[1, 2, 3]"),
    "frozenset": (frozenset({"b", "a"}), ["a", "b"], '["a", "b"]'),
    "tuple": ((1, 2), [1, 2], "[1, 2]"),
    "range": (range(2), [0, 1], "[0, 1]"),
    "array": (np.array([1, 2], "u4"), [1, 2], "[1, 2]"),
    "array of texts": (np.array(["a", "b"]), ["a", "b"], '["a", "b"]'),
    "no dimension": (np.array(7), 7, "7"),
    "list of enums": ([Color.RED], ["red"], '["red"]'),
    "empty": ([], [], "[]"),
    "nested": ([[1], (2,)], [[1], [2]], "[[1], [2]]"),
    "mixed": ([1, 1.5], [1, 1.5], "[1, 1.5]"),
    "keys": ({"a": 1}.keys(), ["a"], '["a"]'),
}  # fmt: skip


@pytest.mark.parametrize("case", PARAMS)
def test_values_of_placeholders_on_every_server(case: str) -> None:
    given_value, plain, text = PARAMS[case]
    assert sent("x == {v}", NEW, params={"v": given_value}) == Compiled("x == {v}", {"v": plain})
    assert type(sent("x == {v}", NEW, params={"v": given_value}).filter_params["v"]) is type(plain)
    for server in (OLD, LITE, "2.4.9", "2.5.1-lite"):
        assert sent("x == {v}", server, params={"v": given_value}) == Compiled(f"x == {text}", {})


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("a == {x}", "a == 1"),
        ("a == { x } and b == {x}", "a == 1 and b == 1"),
        ("a == '{x}'", "a == '{x}'"),
        ('a == "{x}" and b == {x}', 'a == "{x}" and b == 1'),
        (r"a == '\'{x}' and b == {x}", r"a == '\'{x}' and b == 1"),
        (r'a == "\\" and b == {x}', r'a == "\\" and b == 1'),
        ('m["{x}"] == {x}', 'm["{x}"] == 1'),
        ("a == {1}", "a == {1}"),
        ("a == {}", "a == {}"),
        ("a == 1", "a == 1"),
        ("a=={x}", "a==1"),
        ("a in [{x},{x}]", "a in [1,1]"),
        ("a == {x}{x}", "a == 1  1"),
        ("a{x} == 2{x}", "a 1 == 2 1"),
        ("a == -{x}.5", "a == - 1 .5"),
    ],
)
def test_placeholders_are_found_outside_of_quotes_only(text: str, expanded: str) -> None:
    assert expand(text, {"x": 1, "unused": 2}, where="filter_params") == expanded


def test_a_value_is_not_looked_at_again() -> None:
    assert expand("{a} {b}", {"a": "{b}", "b": "{a}"}, where="filter_params") == '"{b}" "{a}"'


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_stays_one_value(first: str, second: str) -> None:
    text = expand("a == {x} and b in {y}", {"x": first, "y": [second, first]}, where="filter_params")
    assert text == f"a == {quoted(first)} and b in [{quoted(second)}, {quoted(first)}]"
    assert reads(text)({"a": first, "b": second}) is True
    assert reads(text)({"a": first + "x", "b": second}) is False


WRONG: list[tuple[Mapping[Any, object], str]] = [
    ({"y": 1}, r"there is no value for the placeholder \{x\}"),
    ({"xx": 1}, "did you mean 'xx'"),
    ({"x": None}, r"filter_params\['x'\] must be"),
    ({"x": object()}, r"filter_params\['x'\] must be"),
    ({"x": [1, None]}, r"filter_params\['x'\]\[1\] must be"),
    ({"x": float("nan")}, "finite"),
    ({"x": 1 << 63}, "64 bits"),
    ({"x": "\ud800"}, "surrogate"),
    ({"x": {"a": 1}}, r"filter_params\['x'\] must be"),
    ({1: 1}, "a placeholder's name must be a str"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "words"), WRONG, ids=range(len(WRONG)))
def test_values_that_cannot_be_are_refused(params: Mapping[Any, object], words: str) -> None:
    with pytest.raises(ParamError, match=words):
        sent("a == {x}", OLD, params=params)


def test_bytes_are_for_servers_that_fill_in_placeholders() -> None:
    assert sent("bloom_match(a, {x})", NEW, params={"x": b"12"}) == Compiled("bloom_match(a, {x})", {"x": b"12"})
    with pytest.raises(ParamError, match=r"Milvus 2\.5 or newer"):
        sent("bloom_match(a, {x})", OLD, params={"x": b"12"})


def test_a_str_is_sent_as_it_is() -> None:
    for server in (NEW, OLD, LITE):
        for text in ("", " year  >1 ", "{x}", "x == '", "not a filter"):
            assert sent(text, server, None) == Compiled(text, {})
        assert sent(None, server, None) == Compiled("", {})


def test_values_of_placeholders_are_for_a_str() -> None:
    with pytest.raises(ParamError, match="a condition has its values in it"):
        sent(F.year == 1, params={"x": 1})
    with pytest.raises(MilvusException):
        sent("a == {x}", params=[1])
