"""Whatever a condition is: what is written for newer servers means the same as the condition does in Python.

No such server can run here; a reader of the tests, made from the facts of the grammar, stands for it. It reads as two
kinds of servers: to one a JSON key that is not there is no value, to the other it differs from every value.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milvusclient.exceptions import ParamError
from milvusclient.filters import F, Predicate, sample
from milvusclient.filters.literals import literal, literal_text, quoted
from tests.support.filter_grammar import NotInGrammar, reads, unquoted
from tests.support.filter_trees import META, NUMBERS, TEXTS, found, leaves, trees

NEWER = ["2.5.0", "2.6.4", "3.0.0"]

VALUES = {
    "int": [F.n, F.m["n"], META["n n"], F.n + 1, F.n * 2, F.m["n"] + 1, F.ints[0]],
    "str": [F.s, F.m["s"], F.m["deep"]["é \" ' \\ \n ]["[:5]]],
    "bool": [F.b],
    "strs": [F.strs, F.m["strs"]],
    "ints": [F.ints, META["ints"]],
}
LEAVES = leaves(VALUES, nulls=[F.n, F.s, F.m["n"], META["n n"]], any_affix=True, any_length=True, extra=[F.n == F.id])

optional_numbers = st.none() | NUMBERS
optional_texts = st.none() | TEXTS
JSON = st.fixed_dictionaries(
    {},
    optional={
        "n": NUMBERS,
        "s": TEXTS,
        "strs": st.lists(TEXTS, max_size=3),
        "deep": st.dictionaries(st.sampled_from(["é \" '", "x"]), TEXTS, max_size=2),
    },
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "n": optional_numbers,
            "s": optional_texts,
            "b": st.none() | st.booleans(),
            "strs": st.none() | st.lists(TEXTS, max_size=3),
            "ints": st.none() | st.lists(NUMBERS, max_size=3),
            "m": JSON,
        },
        optional={"n n": NUMBERS},
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [{"id": number, **row} for number, row in enumerate(rows)])


@settings(max_examples=200, deadline=None)
@given(predicate=trees(LEAVES), rows=ROWS, version=st.sampled_from(NEWER), missing_differs=st.booleans())
def test_the_text_means_what_the_condition_means(
    predicate: Predicate, rows: list[dict[str, Any]], version: str, missing_differs: bool
) -> None:
    text, params = predicate.compile(server_version=version, primary_field="id")
    meaning = reads(text, params, missing_differs=missing_differs) if text else lambda _: True
    assert sorted(row["id"] for row in rows if meaning(row) is True) == found(predicate, rows), text


@settings(max_examples=100, deadline=None)
@given(predicate=trees(LEAVES), text=st.text(max_size=20))
def test_any_two_conditions_can_stand_side_by_side(predicate: Predicate, text: str) -> None:
    """A value cannot end where it should not: what follows it is read, too."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "x"
    both = predicate & (F.s == text) & (F.n == 7)
    written = both.compile(server_version="2.6.4", primary_field="id").filter
    if not written.endswith("id in []"):
        assert written.endswith(f"s == {quoted(text)} and n == 7")
    assert callable(reads(written))


@given(st.one_of(TEXTS, st.text(), st.integers(-(1 << 63), (1 << 63) - 1), st.booleans()))
def test_any_value_comes_back_as_one_literal(value: Any) -> None:
    try:
        written = literal_text(literal("value", value), lite=False)
    except ParamError:
        assert isinstance(value, str)
        with pytest.raises(UnicodeEncodeError):
            value.encode()
        return
    if isinstance(value, str):
        assert unquoted(written) == value
    assert reads(f"x == {written}")({"x": value}) is True


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_comes_back_exactly(value: float) -> None:
    assert reads(f"x == {literal_text(literal('value', value), lite=False)}")({"x": value}) is True


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_key_is_the_text_that_json_has_for_it(key: str) -> None:
    """Milvus compares the text of a key with the text of the stored JSON."""
    if "][" in key:
        return
    written = str(F.m[key] == 1)
    assert written == f"m[{json.dumps(key, ensure_ascii=False)}] == 1"


@pytest.mark.parametrize(
    "text",
    [
        "a == 1 or", "a = 1", "a and b", "not a == 1", "1 == 1 == 1", "a == \"\\u00e9\"", "a AND b == 1", "a in [b]",
        "a == 9223372036854775808", "a is  null", "exists a", "a == 'x", "in == 1", "a == 1)", "a + 1 in [2]",
        "$meta == 1",
    ],
)  # fmt: skip
def test_the_reader_refuses_what_servers_refuse(text: str) -> None:
    with pytest.raises(NotInGrammar):
        reads(text)({"a": 1, "b": 2})


@pytest.mark.parametrize("predicate", [
    F.body.text_match("a b", minimum_should_match=2), ~F.body.phrase_match('"', slop=1), F.place.near("POINT(1 2)", 5),
    ~F.place.is_valid_shape(), F.c.at_least(2, lambda c: c.x.like("%\\%") & (c.y != 1)), (F.a == 1) & sample(0.5),
    ~F.c.any(lambda c: c.x.in_([1, "a"])) | (F.a % 2 == 0), F.code.matches('"\\d'), (F.a & 4 | 2) == F.b,
    F.c.elements(lambda c: c.x > 1) & (F.a == 1), F.a - 1 >= -5,
], ids=repr)  # fmt: skip
def test_all_other_constructs_are_read(predicate: Predicate) -> None:
    assert callable(reads(predicate.compile(server_version="3.0.0").filter))
