"""Import paths of the reference client: thin modules that can be deleted without the library noticing."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import milvusclient

ROOT = Path(milvusclient.__file__).parent
#: All of it: what to delete when these paths are no longer wanted.
PACKAGES = ("client", "function_chain", "milvus_client", "orm")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MODULES = [str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__") for path in FILES]
REFERENCE = json.loads((Path(__file__).parent.parent / "data" / "reference_names.json").read_text())

#: Public names of the reference package that are no names here, and why.
LEFT_OUT = {
    "its ORM": {
        "Collection",
        "Index",
        "Partition",
        "Role",
        "create_resource_group",
        "create_user",
        "db",
        "delete_user",
        "describe_resource_group",
        "drop_collection",
        "drop_resource_group",
        "has_collection",
        "has_partition",
        "index_building_progress",
        "list_collections",
        "list_resource_groups",
        "list_usernames",
        "loading_progress",
        "reset_password",
        "transfer_node",
        "transfer_replica",
        "update_password",
        "update_resource_groups",
        "utility",
        "wait_for_index_building_complete",
        "wait_for_loading_complete",
    },
    "what only its ORM returns or raises": {
        "BulkInsertState",
        "Group",
        "MutationFuture",
        "PyMilvusDeprecationWarning",
        "Replica",
        "SearchFuture",
    },
    "its machinery": {"DefaultConfig", "ExceptionsMessage", "Prepare", "Status"},
}


def test_every_public_name_is_here_or_left_out_on_purpose() -> None:
    left_out = set().union(*LEFT_OUT.values())
    missing = {name for name in REFERENCE["modules"][""] if not hasattr(milvusclient, name)}
    assert missing == left_out


def test_every_exception_is_here() -> None:
    from milvusclient import exceptions

    missing = [name for name in REFERENCE["modules"]["exceptions"] if not hasattr(exceptions, name)]
    assert missing == ["ExceptionsMessage"]  # texts, not an exception


@pytest.mark.parametrize("module", MODULES)
def test_each_path_has_names_of_the_reference_client_only(module: str) -> None:
    names = getattr(importlib.import_module(f"milvusclient.{module}"), "__all__", [])
    assert names == sorted(names, key=lambda name: (not name.isupper(), name))
    if module in REFERENCE["modules"]:
        assert names
        assert set(names) - set(REFERENCE["modules"][module]) == set()
    else:
        assert names == []


@pytest.mark.parametrize("module", sorted(set(REFERENCE["modules"]) - {"", "exceptions", "function_chain.fn"}))
def test_each_path_exists(module: str) -> None:
    assert module in MODULES


@pytest.mark.parametrize("module", MODULES)
def test_each_name_is_the_public_one(module: str) -> None:
    """One class has one identity, wherever it is imported from."""
    loaded = importlib.import_module(f"milvusclient.{module}")
    for name in getattr(loaded, "__all__", []):
        assert getattr(loaded, name) is not None
        if hasattr(milvusclient, name):
            assert getattr(loaded, name) is getattr(milvusclient, name)


def test_the_function_that_is_there_runs() -> None:
    from milvusclient.orm import types

    assert doctest.testmod(types).failed == 0


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (True, "BOOL"),
        (1, "INT64"),
        (1.5, "DOUBLE"),
        (b"ab", "BINARY_VECTOR"),
        ({"a": 1}, "JSON"),
        (None, "UNKNOWN"),
        ([], "UNKNOWN"),
        ([1, 2], "FLOAT_VECTOR"),
        ((1.0,), "FLOAT_VECTOR"),
        ([True], "ARRAY"),
        ([[1]], "UNKNOWN"),
    ],
)
def test_the_type_that_a_value_suggests(value: object, wanted: str) -> None:
    from milvusclient.orm.types import infer_dtype_bydata

    assert infer_dtype_bydata(value).name == wanted


def test_the_type_that_a_numpy_value_suggests() -> None:
    numpy = pytest.importorskip("numpy")
    from milvusclient.orm.types import infer_dtype_bydata

    suggested = [infer_dtype_bydata(value).name for value in (numpy.float32(1), numpy.int8(1), numpy.zeros(2))]
    assert suggested == ["FLOAT", "INT8", "FLOAT_VECTOR"]
    assert [infer_dtype_bydata(numpy.array(value)).name for value in ([True], ["a"])] == ["ARRAY", "ARRAY"]
    assert infer_dtype_bydata([numpy.float32(1)]).name == "FLOAT_VECTOR"


def test_nothing_in_the_library_needs_them() -> None:
    paths = tuple(f"milvusclient.{package}" for package in PACKAGES)
    for file in sorted(set(ROOT.rglob("*.py")) - set(FILES)):
        for node in ast.walk(ast.parse(file.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in modules if name in paths or name.startswith(tuple(f"{p}." for p in paths))]


def test_importing_the_library_does_not_import_them() -> None:
    code = (
        "import sys, milvusclient\n"
        f"print([name for name in sys.modules if name.startswith(tuple('milvusclient.' + p for p in {PACKAGES!r}))])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
