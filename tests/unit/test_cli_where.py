"""``--where NAME=VALUE``: the type of the field says what a value is."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from milvusclient import DataType, ParamError
from milvusclient.cli.data import where
from milvusclient.cli.data.where import filter_of, parse_where

FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": DataType.INT64},
    {"name": "title", "type": DataType.VARCHAR},
    {"name": "price", "type": DataType.DOUBLE},
    {"name": "flag", "type": DataType.BOOL},
    {"name": "vector", "type": DataType.FLOAT_VECTOR},
]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("title=1984", "title", "1984"),
        ("title=", "title", ""),
        ("title= a=b ", "title", " a=b "),
        ('title="x"', "title", '"x"'),
        ("id=-5", "id", -5),
        ("price=1", "price", 1),
        ("price=1e3", "price", 1000.0),
        ("flag=true", "flag", True),
        ("other=5", "other", 5),
        ("other=five", "other", "five"),
        ('other="5"', "other", "5"),
        ("other=[1]", "other", "[1]"),
        ("other=null", "other", "null"),
        (" id =5", "id", 5),
    ],
)
def test_values(text: str, name: str, value: object) -> None:
    parsed = parse_where([text], FIELDS)
    assert parsed == {name: [value]}
    assert type(parsed[name][0]) is type(value)


@pytest.mark.parametrize(
    "text", ["title", "=5", "id=five", "id=1.5", "id=true", "flag=1", "price=cheap", "vector=[1]", "id="]
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(ParamError, match="--where"):
        parse_where([text], FIELDS)


def test_expressions_and_conditions_are_joined() -> None:
    assert filter_of(" id > 1", [], []) == " id > 1"
    assert filter_of(None, [], []) == ""
    assert filter_of("", ["id=1", "id=2"], FIELDS) == {"id": [1, 2]}
    both = filter_of("id > 1 or id < 0", ["title=x' or 'a' == 'a"], FIELDS)
    assert str(both) == "(id > 1 or id < 0) and title in [\"x' or 'a' == 'a\"]"


def test_the_example_runs() -> None:
    assert doctest.testmod(where).failed == 0
