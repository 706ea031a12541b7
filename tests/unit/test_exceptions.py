"""One tree of errors; each error survives a process boundary with its evidence."""

from __future__ import annotations

import builtins
import copy
import inspect
import pickle
import re

import pytest

from milvusclient import exceptions
from milvusclient.exceptions import ErrorCode, MilvusException

CLASSES = [value for value in vars(exceptions).values() if inspect.isclass(value) and issubclass(value, Exception)]


def drawn_tree() -> dict[str, str]:
    """Class -> parent, read from the drawing in the module's docstring."""
    lines = (exceptions.__doc__ or "").partition("::\n\n")[2].partition("\n\nNo gRPC")[0].splitlines()
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in lines:
        marked = re.match(r"^    ([| ]*)[|`]- (.*)$", line)
        continued = re.match(r"^    \|  ([A-Z]\w+(?:, [A-Z]\w+)*)(,| {2,}|$)", line)
        if marked:
            depth, text = len(marked.group(1)) // 3 + 1, marked.group(2)
        elif continued:
            depth, text = len(path) - 1, continued.group(0).strip(" |")
        else:
            depth, text = 0, line.strip()
        names = re.split(r"\s{2,}", text.strip())[0].rstrip(",").split(", ")
        path = path[:depth]
        for name in names:
            if path:
                parents[name] = path[-1]
        path.append(names[-1])
    return parents


def test_the_drawing_is_the_tree() -> None:
    real = {cls.__name__: cls.__mro__[1].__name__ for cls in CLASSES if cls is not MilvusException}
    assert drawn_tree() == real


def test_all_is_complete_and_sorted() -> None:
    assert exceptions.__all__ == sorted(exceptions.__all__)
    assert set(exceptions.__all__) == {cls.__name__ for cls in CLASSES} | {"ErrorCode"}


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("carry", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_is_carried_with_its_evidence(kind: type[MilvusException], carry: object) -> None:
    assert callable(carry)
    error = kind(1100, "what went wrong", 5, True, True)
    error.operation, error.address, error.attempts, error.ambiguous = "Search", "x:1", 3, True

    carried = carry(error)

    assert type(carried) is kind
    assert str(carried) == str(error)
    assert vars(carried) == vars(error)


def test_what_an_error_says() -> None:
    error = MilvusException(1100, "field 'age' does not exist")
    assert str(error) == "field 'age' does not exist (code=1100)"
    assert repr(error) == "MilvusException(code=1100, message=\"field 'age' does not exist\")"
    assert error.args == ("field 'age' does not exist",)
    error.operation, error.address, error.database, error.request_id, error.attempts = "Query", "x:1", "b", "r", 2
    assert str(error).endswith("(code=1100, operation=Query, address=x:1, database=b, request_id=r, attempts=2)")


def test_the_defaults_are_those_of_an_unexpected_error() -> None:
    error = MilvusException()
    assert (error.code, error.message, error.compatible_code, error.is_input_error, error.retriable) == (
        1, "", 1, False, False,
    )  # fmt: skip


def test_codes_are_plain_numbers() -> None:
    assert type(MilvusException(ErrorCode.RATE_LIMIT).code) is int


def test_the_type_error_is_the_builtin_too() -> None:
    assert issubclass(exceptions.TypeError, builtins.TypeError)
    assert issubclass(exceptions.TypeError, exceptions.ParamError)


def test_codes_of_failed_calls_never_coincide_with_those_of_milvus() -> None:
    assert all(code > 10_000 for code in ErrorCode if code.name.startswith("RPC_"))
