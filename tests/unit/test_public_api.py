"""The public names, and that importing them changes nothing in the process."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient, MilvusException

#: What a user of the reference client's MilvusClient imports.
NAMES_OF_THE_REFERENCE = (
    "AnnSearchRequest", "AsyncMilvusClient", "CollectionSchema", "DataType", "FieldSchema", "Function", "FunctionType",
    "MilvusClient", "MilvusException", "RRFRanker", "WeightedRanker", "connections",
)  # fmt: skip
PROGRAM = """
import json, logging, os, sys, threading, warnings
before = dict(os.environ), logging.root.handlers[:], logging.root.level, threading.active_count(), warnings.filters[:]
import milvusclient
after = dict(os.environ), logging.root.handlers[:], logging.root.level, threading.active_count(), warnings.filters[:]
print(json.dumps({
    "same": [one == other for one, other in zip(before, after)],
    "handlers": [type(handler).__name__ for handler in logging.getLogger("milvusclient").handlers],
    "level": logging.getLogger("milvusclient").level,
    "propagate": logging.getLogger("milvusclient").propagate,
    "async": "milvusclient._async.client" in sys.modules,
}))
"""


def test_the_names_are_sorted_and_there() -> None:
    assert milvusclient.__all__ == sorted(milvusclient.__all__)
    assert len(set(milvusclient.__all__)) == len(milvusclient.__all__)
    for name in milvusclient.__all__:
        assert getattr(milvusclient, name) is not None
    assert set(milvusclient.__all__) <= set(dir(milvusclient))


@pytest.mark.parametrize("name", NAMES_OF_THE_REFERENCE)
def test_names_that_programs_import(name: str) -> None:
    assert name in milvusclient.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Milvus_Client"):
        _ = milvusclient.Milvus_Client  # type: ignore[attr-defined]  # it is not there


def test_the_package_is_typed() -> None:
    assert (Path(milvusclient.__file__).parent / "py.typed").exists()


def test_importing_has_no_side_effect() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "same": [True] * 5, "handlers": ["NullHandler"], "level": 0, "propagate": True, "async": False,
    }  # fmt: skip


def methods(client: type) -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(member)
        for name, member in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_")
    }


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    sync, asynchronous = methods(MilvusClient), methods(AsyncMilvusClient)
    assert sync.keys() == asynchronous.keys()
    for name, signature in sync.items():
        ours = [(each.name, each.kind, repr(each.default)) for each in signature.parameters.values()]
        theirs = [(each.name, each.kind, repr(each.default)) for each in asynchronous[name].parameters.values()]
        assert ours == theirs, name


@pytest.mark.parametrize("client", [MilvusClient, AsyncMilvusClient])
def test_no_public_method_takes_what_it_does_not_name(client: type) -> None:
    loose = [
        name
        for name, signature in {**methods(client), "__init__": inspect.signature(client)}.items()
        if any(each.kind is each.VAR_KEYWORD for each in signature.parameters.values())
    ]
    assert loose == []


@pytest.mark.parametrize("client", [MilvusClient, AsyncMilvusClient])
def test_every_public_method_is_documented_and_typed(client: type) -> None:
    for name, signature in methods(client).items():
        assert inspect.getdoc(getattr(client, name)), name
        assert signature.return_annotation is not signature.empty, name


def test_a_misspelt_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="pasword"):
        MilvusClient("http://localhost", pasword="x")  # type: ignore[call-arg]  # that is the point


def test_errors_of_the_package_are_one_tree() -> None:
    for name in milvusclient.__all__:
        value = getattr(milvusclient, name)
        if inspect.isclass(value) and issubclass(value, Exception):
            assert issubclass(value, MilvusException)
