"""Every public call and every public class says what it does, takes, returns and raises, and shows an example.

That the examples run is seen in tests/wire/test_docstring_examples.py, and in doctests of the modules without calls.
"""

from __future__ import annotations

import inspect
import re
from enum import Enum
from typing import TypedDict

import pytest

import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Example")

#: Calls that cannot fail.
CANNOT_FAIL = {"close", "get_server_type"}

#: Classes that users get and do not make: their attributes are described, not their arguments.
RECEIVED = {
    "AggregationBucket",
    "AggregationHit",
    "ConnectionInfo",
    "Connections",
    "Hit",
    "Hits",
    "OperationStats",
    "QueryResult",
    "ResourceGroupInfo",
    "SearchResult",
    "Shard",
}


class Doc(TypedDict):
    summary: str
    sections: dict[str, str]


def parsed(value: object) -> Doc:
    """The first paragraph and the sections of a docstring in Google style."""
    text = inspect.getdoc(value) or ""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):\n", text, flags=re.MULTILINE)
    return {"summary": parts[0].split("\n\n")[0], "sections": dict(zip(parts[1::2], parts[2::2], strict=True))}


def described(section: str) -> list[str]:
    """The names that a section describes, in order."""
    return [
        name.strip().lstrip("*")
        for line in section.splitlines()
        if (found := re.match(r"    (\S[^:]*):(?: |$)", line))
        for name in found[1].split(",")
    ]


def arguments(function: object) -> list[str]:
    assert callable(function)
    return [name for name in inspect.signature(function).parameters if name != "self"]


def public_calls(cls: type) -> list[str]:
    return [name for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name))]


CALLS = [(cls, name) for cls in (MilvusClient, AsyncMilvusClient) for name in public_calls(cls)]
CLASSES = [
    value
    for value in (getattr(milvusclient, name) for name in milvusclient.__all__)
    if inspect.isclass(value) and not issubclass(value, Enum | BaseException)
]
FUNCTIONS = [
    value for value in (getattr(milvusclient, name) for name in milvusclient.__all__) if inspect.isfunction(value)
]


@pytest.mark.parametrize(("cls", "name"), CALLS, ids=[f"{cls.__name__}.{name}" for cls, name in CALLS])
def test_calls_of_the_client(cls: type, name: str) -> None:
    call = getattr(cls, name)
    doc = parsed(call)
    assert doc["summary"].endswith("."), doc["summary"]
    assert described(doc["sections"].get("Args", "")) == arguments(call)
    returns = inspect.signature(call).return_annotation
    assert ("Returns" in doc["sections"]) == (returns != "None"), returns
    assert "Raises" in doc["sections"] or name in CANNOT_FAIL
    assert ">>> " in doc["sections"].get("Example", "")
    assert list(doc["sections"]) == [section for section in SECTIONS if section in doc["sections"]], "order"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_classes(cls: type) -> None:
    doc = parsed(cls)
    assert doc["summary"].endswith((".", ":")), doc["summary"]
    if cls.__name__ not in RECEIVED:
        wanted = [] if issubclass(cls, list) else arguments(cls)  # made of what any list is made of
        assert described(doc["sections"].get("Args", "")) == wanted
        assert ">>> " in doc["sections"].get("Example", "")


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls.__name__ not in RECEIVED], ids=lambda cls: cls.__name__)
def test_methods_of_classes_name_their_arguments(cls: type) -> None:
    for name, method in inspect.getmembers(cls, inspect.isroutine):
        if name.startswith("_") or not inspect.isfunction(inspect.unwrap(getattr(method, "__func__", method))):
            continue
        doc = parsed(method)
        assert doc["summary"].endswith((".", ":", "``.")), f"{name}: {doc['summary']}"
        assert described(doc["sections"].get("Args", "")) == arguments(method), name


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions(function: object) -> None:
    doc = parsed(function)
    assert doc["summary"].endswith(".")
    assert described(doc["sections"].get("Args", "")) == arguments(function)
    assert "Returns" in doc["sections"]
    assert ">>> " in doc["sections"].get("Example", "")
