"""Every public call and every public class says what it does, takes, returns and raises, and shows an example.

That the examples run is seen in tests/wire/test_docstring_examples.py, and in doctests of the modules without calls.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from typing import TypedDict

import pytest

import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient
from tests.unit.parameter_sentences import SENTENCES

pytestmark = pytest.mark.static

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Example")

#: Calls that cannot fail.
CANNOT_FAIL = {"close", "get_server_type"}

#: Classes that users get and do not make: their attributes are described, not their arguments.
RECEIVED = {
    "AggregationBucket",
    "AggregationHit",
    "BulkProgress",
    "BulkReport",
    "ConnectionInfo",
    "Connections",
    "CopyReport",
    "Hit",
    "Hits",
    "AsyncImportJob",
    "ImportJob",
    "ImportState",
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


def descriptions(section: str) -> dict[str, str]:
    """The description of each parameter in a section, on one line."""
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if match := re.match(r"    (\S[^:]*): ?(.*)$", line):
            name = match[1].lstrip("*")
            found[name] = match[2]
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return found


def public_documented() -> Iterator[tuple[str, dict[str, str]]]:
    """Name and described parameters of each public call, class, method and function."""
    for cls, name in CALLS:
        call = inspect.unwrap(getattr(cls, name))
        yield f"{cls.__name__}.{name}", descriptions(parsed(call)["sections"].get("Args", ""))
    for made in CLASSES:
        yield made.__name__, descriptions(parsed(made)["sections"].get("Args", ""))
        if made.__name__ not in ("MilvusClient", "AsyncMilvusClient"):
            for name, method in inspect.getmembers(made, inspect.isroutine):
                if not name.startswith("_"):
                    described_here = descriptions(parsed(method)["sections"].get("Args", ""))
                    yield f"{made.__name__}.{name}", described_here
    for function in FUNCTIONS:
        yield function.__name__, descriptions(parsed(function)["sections"].get("Args", ""))


def test_parameters_have_the_same_sentence_everywhere() -> None:
    faults = [
        f"{where}({name}): {text!r} begins with none of {list(SENTENCES[name].values())}"
        for where, parameters in public_documented()
        for name, text in parameters.items()
        if name in SENTENCES and not any(text.startswith(sentence) for sentence in SENTENCES[name].values())
    ]
    assert not faults, "\n".join(["see tests/unit/parameter_sentences.py", *faults])


def test_a_parameter_that_calls_share_is_in_the_table_or_has_one_description() -> None:
    wordings: dict[str, set[str]] = defaultdict(set)
    for where, parameters in public_documented():
        if "Client." in where:
            for name, text in parameters.items():
                wordings[name].add(text)
    several = {name: texts for name, texts in wordings.items() if len(texts) > 1 and name not in SENTENCES}
    assert not several, "put these into tests/unit/parameter_sentences.py, with one sentence for each meaning"


def test_the_table_has_no_sentence_that_nobody_uses() -> None:
    used: dict[str, list[str]] = defaultdict(list)
    for _, parameters in public_documented():
        for name, text in parameters.items():
            used[name].append(text)
    unused = [
        f"{name}, {meaning}: {sentence!r}"
        for name, meanings in SENTENCES.items()
        for meaning, sentence in meanings.items()
        if not any(text.startswith(sentence) for text in used[name])
    ]
    assert not unused, "\n".join(unused)
