"""Primary keys in filters."""

from __future__ import annotations

import array

import pytest

from milvusclient import exceptions
from milvusclient.exceptions import DataTypeNotMatchException, ParamError, ReplyError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations.keys import in_expression, list_keys, primary_field, quoted, require_filter
from milvusclient.schema.enums import DataType

NUMBER = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
TEXT = FieldInfo("pk", data_type=DataType.VARCHAR, is_primary=True)


@pytest.mark.parametrize(
    ("keys", "listed"),
    [
        (5, [5]),
        ("a", ["a"]),
        ([1, 2], [1, 2]),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        ({7}, [7]),
        ((key for key in "ab"), ["a", "b"]),
        (array.array("q", [1, 2]), [1, 2]),
        ([], []),
    ],
)
def test_one_key_or_many(keys: object, listed: list[int | str]) -> None:
    assert list_keys("ids", keys) == listed  # type: ignore[arg-type]


def test_keys_of_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    assert list_keys("ids", numpy.array([1, 2])) == [1, 2]
    assert list_keys("ids", [numpy.int64(3), 4]) == [3, 4]
    assert list(map(type, list_keys("ids", [numpy.str_("a")]))) == [str]


def test_the_given_list_is_not_the_returned_one() -> None:
    given = [1, 2]
    list_keys("ids", given).append(3)
    assert given == [1, 2]


@pytest.mark.parametrize("keys", [1.5, None, b"ab", {"a": 1}, object()])
def test_values_of_other_types_are_not_keys(keys: object) -> None:
    with pytest.raises(exceptions.TypeError, match="ids must be an int, a str, or a list of them"):
        list_keys("ids", keys)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [1.5, None, True, b"a", (1,)])
def test_the_error_names_the_index_of_an_invalid_key(key: object) -> None:
    with pytest.raises(exceptions.TypeError, match=r"ids\[1\] must be an int or a str"):
        list_keys("ids", [1, key])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("primary", "keys", "expression"),
    [
        (NUMBER, [1, 2], "id in [1,2]"),
        (NUMBER, ["3"], "id in [3]"),
        (NUMBER, [-(1 << 63)], "(id < -9223372036854775807)"),
        (NUMBER, [5, "-9223372036854775808", 7], "(id in [5,7] or id < -9223372036854775807)"),
        (TEXT, ["-9223372036854775808"], "pk in ['-9223372036854775808']"),
        (TEXT, ["a", "b"], "pk in ['a','b']"),
        (TEXT, [1], "pk in ['1']"),
        (TEXT, ["it's", 'say "hi"', "back\\slash", "two\nlines"],
         r"""pk in ['it\'s','say "hi"','back\\slash','two\nlines']"""),
    ],
)  # fmt: skip
def test_keys_become_a_filter(primary: FieldInfo, keys: list[int | str], expression: str) -> None:
    assert in_expression(primary, keys) == expression


def test_a_negated_filter_excludes_the_keys() -> None:
    assert in_expression(NUMBER, [1], negated=True) == "id not in [1]"
    least = -(1 << 63)
    assert in_expression(NUMBER, [least], negated=True) == "(id >= -9223372036854775807)"
    assert in_expression(NUMBER, [least, 1], negated=True) == "(id not in [1] and id >= -9223372036854775807)"


@pytest.mark.parametrize("key", ["x", "1.5", 1 << 63, ""])
def test_a_key_fits_the_type_of_the_primary_key(key: int | str) -> None:
    with pytest.raises(ParamError, match=r"ids\[1\] must be INT64, the type of the primary key 'id'"):
        in_expression(NUMBER, [1, key])


def test_any_str_can_be_quoted() -> None:
    assert quoted("""a'b"c\\""", '"') == r'''"a'b\"c\\"'''


def test_a_description_without_a_primary_key_is_an_invalid_reply() -> None:
    with pytest.raises(ReplyError, match="collection 'x' has no primary key"):
        primary_field(CollectionInfo("x"))


def test_a_filter_is_a_str_or_none() -> None:
    assert require_filter("filter", None) == ""
    assert require_filter("filter", "a > 1") == "a > 1"
    with pytest.raises(DataTypeNotMatchException, match="filter must be a str"):
        require_filter("filter", 5)


def test_a_key_that_no_request_can_hold_is_refused() -> None:
    with pytest.raises(ParamError, match="the filter for the keys cannot be encoded in UTF-8"):
        in_expression(TEXT, ["a", "\ud800"])
