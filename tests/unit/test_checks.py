"""The checks of single arguments: what they take, what they return, and the one wording of each refusal."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pytest

from milvusclient import checks
from milvusclient.exceptions import ParamError, PrimaryKeyException


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3), np.array(3)], ids=repr)
def test_any_integer_is_an_int(value: object) -> None:
    result = checks.require_int("limit", value, least=1, most=3)
    assert (type(result), result) == (int, 3)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (lambda: checks.require_int("limit", True), "limit must be an int, got True (bool)"),
        (lambda: checks.require_int("limit", 1.0), "limit must be an int, got 1.0 (float)"),
        (lambda: checks.require_int("limit", np.array([1, 2])), "limit must be an int, got array([1, 2]) (ndarray)"),
        (lambda: checks.require_int("limit", "1"), "limit must be an int, got '1' (str)"),
        (lambda: checks.require_int("limit", 0, least=1), "limit must be at least 1, got 0"),
        (lambda: checks.require_int("limit", 11, most=10), "limit must be at most 10, got 11"),
        (lambda: checks.require_int("id", 1 << 63), "id must be at most 9223372036854775807, got 9223372036854775808"),
        (lambda: checks.require_positive_int("dim", "0"), "dim must be at least 1, got 0"),
        (lambda: checks.require_positive_int("dim", "\uff18"), "dim must be an int, got '\uff18' (str)"),
        (lambda: checks.require_bool("flag", 1), "flag must be True or False, got 1 (int)"),
        (lambda: checks.require_str("name", b"x"), "name must be a str, got b'x' (bytes)"),
        (lambda: checks.require_name("name", ""), "name must be a non-empty str, got '' (str)"),
        (lambda: checks.optional_str("name", 0), "name must be a str or None, got 0 (int)"),
        (
            lambda: checks.require_one_of("order", "up", ("asc", "desc")),
            "order must be one of 'asc', 'desc'; got 'up' (str)",
        ),
        (lambda: checks.require_number("p", True), "p must be a number, got True (bool)"),
        (lambda: checks.require_str_list("names", "a"), "names must be a list of str, got 'a' (str); write ['a']"),
        (lambda: checks.require_str_list("names", ["a", 1]), "names[1] must be a str, got 1 (int)"),
        (lambda: checks.require_keys("keys", "ab"), "keys must be a list of str, got 'ab' (str); write ['ab']"),
        (lambda: checks.require_field_names("fields", ["a", "a"]), "fields[1] repeats 'a'; name each field once"),
        (
            lambda: checks.require_mapping("p", {}, may_be_empty=False),
            "p must be a dict with at least one entry, got {} (dict)",
        ),
        (lambda: checks.optional_mapping("p", [1]), "p must be a dict, got [1] (list)"),
        (
            lambda: checks.require_json_text("p", {1: {2}}),
            "p cannot be written as JSON: Object of type set is not JSON serializable",
        ),
    ],
)
def test_a_refusal_names_the_argument_what_is_wanted_and_what_was_given(
    check: Callable[[], object], words: str
) -> None:
    with pytest.raises(ParamError) as caught:
        check()
    assert caught.value.message == words


def test_a_check_returns_what_it_checked() -> None:
    assert checks.require_positive_int("dim", "8") == 8
    assert checks.optional_str("name", None) == ""
    assert checks.optional_mapping("p", None) == {}
    assert checks.optional_mapping("p", OrderedDict(a=1)) == {"a": 1}
    assert checks.require_keys("keys", {"a": 1}) == ["a"]
    assert checks.require_field_names("fields", "a") == ["a"]
    assert checks.require_json_text("p", {"a": "é"}) == '{"a":"é"}'


@pytest.mark.parametrize(
    "check",
    [
        checks.require_str,
        checks.require_name,
        checks.optional_str,
        checks.require_json_text,
        checks.require_field_names,
    ],
)
def test_a_str_that_no_request_can_hold_is_refused(check: Callable[[str, object], object]) -> None:
    with pytest.raises(ParamError, match="name cannot be encoded in UTF-8: .* index 1, got 'a.ud800'"):
        check("name", "a\ud800")
    with pytest.raises(ParamError, match=r"names\[1\] cannot be encoded in UTF-8"):
        checks.require_str_list("names", ["a", "\ud800"])


def test_the_caller_chooses_the_error() -> None:
    with pytest.raises(PrimaryKeyException):
        checks.require_bool("is_primary", "yes", error=PrimaryKeyException)


def test_a_long_value_is_shown_cut_with_its_type() -> None:
    assert checks.given("x" * 100) == f"'{'x' * 56}... (str)"


def test_unset_is_false_and_says_its_name() -> None:
    assert not checks.UNSET
    assert repr(checks.UNSET) == "UNSET"
