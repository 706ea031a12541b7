"""The import paths of the reference client below milvusclient.pymilvus, and what stands behind them."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import milvusclient
import milvusclient.pymilvus
from milvusclient.pymilvus import _names

PACKAGE = Path(milvusclient.pymilvus.__file__).parent
REFERENCE = json.loads((Path(__file__).parent.parent / "data" / "reference_names.json").read_text(encoding="utf-8"))

#: Modules of the reference client that are not here, and why.
LEFT_OUT_MODULES = {
    "bulk_writer": "writes files and uploads them; importing it says what to do instead",
}
#: Public names of modules that are not here, and why. What ``grpc_gen`` has is compared in test_proto_plain.py.
LEFT_OUT_NAMES: dict[tuple[str, str], str] = {}


def modules() -> list[str]:
    """Every module of milvusclient.pymilvus, as its name below that."""
    found = [info.name for info in pkgutil.walk_packages(milvusclient.pymilvus.__path__, "")]
    return [name for name in found if name != "bulk_writer" and not name.endswith("__main__")]


def test_every_public_name_of_the_top_level_is_here() -> None:
    assert sorted(milvusclient.pymilvus.__all__) == sorted(REFERENCE["modules"][""])
    for name in milvusclient.pymilvus.__all__:
        assert getattr(milvusclient.pymilvus, name) is not None


@pytest.mark.parametrize("module", sorted(set(REFERENCE["modules"]) - {""}))
def test_every_public_name_of_the_modules_that_programs_use_is_here(module: str) -> None:
    loaded = importlib.import_module(f"milvusclient.pymilvus.{module}")
    wanted = [name for name in REFERENCE["modules"][module] if name != "TYPE_CHECKING"]
    assert [name for name in wanted if not hasattr(loaded, name)] == []


def reference_modules() -> Iterator[tuple[str, ModuleType]]:
    """Every public module of the installed reference client that can be imported."""
    reference = pytest.importorskip("pymilvus")
    for info in pkgutil.walk_packages(reference.__path__, "pymilvus."):
        name = info.name.removeprefix("pymilvus.")
        if any(part.startswith("_") for part in name.split(".")) or name.split(".")[0] in {
            *LEFT_OUT_MODULES,
            "grpc_gen",
        }:
            continue
        yield name, importlib.import_module(info.name)


def own_names(module: ModuleType) -> Iterator[str]:
    """What a module of the reference client makes or hands on itself: no modules, nothing of other packages."""
    for name, value in vars(module).items():
        home = getattr(value, "__module__", None)
        if name.startswith("_") or isinstance(value, ModuleType) or name in ("annotations", "TYPE_CHECKING"):
            continue
        if home == "builtins" and isinstance(value, type):
            continue
        if home is None or str(home).partition(".")[0] in ("pymilvus", "builtins", "common_pb2"):
            yield name


@pytest.mark.filterwarnings("ignore")  # importing the reference client warns of many things
def test_every_public_name_of_the_installed_reference_client_is_here_or_left_out_on_purpose() -> None:
    missing = []
    for module, theirs in reference_modules():
        ours = importlib.import_module(f"milvusclient.pymilvus.{module}")
        missing += [(module, name) for name in own_names(theirs) if not hasattr(ours, name)]
    assert [each for each in missing if each not in LEFT_OUT_NAMES] == []


@pytest.mark.parametrize("module", modules())
def test_each_module_has_what_it_says(module: str) -> None:
    loaded = importlib.import_module(f"milvusclient.pymilvus.{module}")
    names = getattr(loaded, "__all__", [])
    assert names == sorted(names, key=lambda name: (not name.isupper(), name))
    assert [name for name in names if not hasattr(loaded, name)] == []
    assert set(names) <= set(dir(loaded))


@pytest.mark.parametrize("name", sorted(_names.HOMES))
def test_each_name_is_made_where_the_table_says(name: str) -> None:
    home = importlib.import_module(f"milvusclient.pymilvus.{_names.HOMES[name]}")
    assert name in getattr(home, "__all__", []) or name in vars(home)


@pytest.mark.parametrize("name", ["DataType", "FunctionType", "ConsistencyLevel", "MilvusException", "Hit", "FieldOp"])
def test_what_is_not_tolerant_is_the_same_in_both_packages(name: str) -> None:
    exceptions = importlib.import_module("milvusclient.exceptions")
    strict = getattr(milvusclient, name, None) or getattr(exceptions, name)
    home = importlib.import_module(f"milvusclient.pymilvus.{_names.HOMES[name]}")
    assert getattr(home, name) is strict


def test_a_strict_object_counts_as_one_of_the_tolerant_class() -> None:
    strict = milvusclient.FieldSchema("a", milvusclient.DataType.INT64)
    tolerant = milvusclient.pymilvus.FieldSchema("a", milvusclient.DataType.INT64)
    assert isinstance(strict, milvusclient.pymilvus.FieldSchema)
    assert isinstance(tolerant, milvusclient.FieldSchema)
    assert not isinstance("a", milvusclient.pymilvus.FieldSchema)
    assert strict == tolerant


@pytest.mark.parametrize(
    "use",
    [
        "Prepare()",
        "Prepare.insert_request",
        "ExceptionsMessage.PartitionAlreadyExist",
        "ExceptionsMessage['a']",
        "list(Prepare)",
        "GrpcHandler(uri='')",
        "check_schema(None)",
    ],
)
def test_an_internal_is_imported_and_refuses_to_be_used(use: str) -> None:
    from milvusclient.pymilvus.client.grpc_handler import GrpcHandler
    from milvusclient.pymilvus.client.prepare import Prepare
    from milvusclient.pymilvus.exceptions import ExceptionsMessage
    from milvusclient.pymilvus.orm.schema import check_schema

    names = {
        "Prepare": Prepare,
        "ExceptionsMessage": ExceptionsMessage,
        "GrpcHandler": GrpcHandler,
        "check_schema": check_schema,
    }
    with pytest.raises(NotImplementedError, match=r"is an internal of pymilvus .*; \w+"):
        eval(use, names)


def test_an_internal_can_be_named_in_annotations_and_asked_for() -> None:
    from milvusclient.pymilvus import Prepare

    assert not isinstance("a", Prepare)
    assert Prepare | None  # as annotations have it
    assert "Prepare" in repr(Prepare)


def test_a_module_that_is_left_out_says_what_to_do() -> None:
    with pytest.raises(
        ModuleNotFoundError, match=r"MilvusClient.insert_many\(\), .*write_parquet\(\) or write_json\(\)"
    ):
        importlib.import_module("milvusclient.pymilvus.bulk_writer")


def test_a_misspelt_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Colection'"):
        milvusclient.pymilvus.Colection  # type: ignore[attr-defined]  # noqa: B018 - that is the test


def test_a_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from milvusclient.pymilvus import *", names)
    assert set(REFERENCE["modules"][""]) <= names.keys()
    exec("from milvusclient.pymilvus.client.types import *", names)
    assert "LoadState" in names


def test_a_module_is_reached_as_an_attribute_as_there() -> None:
    code = "import milvusclient.pymilvus as p; print(p.client.types.LoadState.Loaded, p.orm.connections.__name__)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["Loaded", "milvusclient.pymilvus.orm.connections"]


@pytest.mark.parametrize("value", ["FieldSchema('a', 5, is_primary=True)", "RRFRanker(7)", "OmitZeroDict(a=0)"])
def test_what_is_built_is_pickled(value: str) -> None:
    from milvusclient.pymilvus import FieldSchema, RRFRanker
    from milvusclient.pymilvus.client.types import OmitZeroDict

    made = eval(value, {"FieldSchema": FieldSchema, "RRFRanker": RRFRanker, "OmitZeroDict": OmitZeroDict})
    copied = pickle.loads(pickle.dumps(made))
    assert type(copied) is type(made)
    assert copied == made


def test_the_function_that_suggests_types_runs() -> None:
    from milvusclient.pymilvus.orm import types

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
    from milvusclient.pymilvus.orm.types import infer_dtype_bydata

    assert infer_dtype_bydata(value).name == wanted


def test_the_type_that_a_numpy_value_suggests() -> None:
    numpy = pytest.importorskip("numpy")
    from milvusclient.pymilvus.orm.types import infer_dtype_bydata

    suggested = [infer_dtype_bydata(value).name for value in (numpy.float32(1), numpy.int8(1), numpy.zeros(2))]
    assert suggested == ["FLOAT", "INT8", "FLOAT_VECTOR"]
    assert [infer_dtype_bydata(numpy.array(value)).name for value in ([True], ["a"])] == ["ARRAY", "ARRAY"]
    assert infer_dtype_bydata([numpy.float32(1)]).name == "FLOAT_VECTOR"


def test_nothing_in_the_library_needs_this_room() -> None:
    package = "milvusclient.pymilvus"
    for file in sorted(set(PACKAGE.parent.rglob("*.py")) - set(PACKAGE.rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name == package or name.startswith(f"{package}.")], file


def test_importing_the_library_does_not_import_this_room() -> None:
    code = "import sys, milvusclient; print([name for name in sys.modules if name.startswith('milvusclient.pymilvus')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_standing_in_loads_no_more_than_the_library_and_the_table_of_names() -> None:
    code = (
        "import sys, milvusclient; before = set(sys.modules);"
        "import milvusclient.pymilvus; milvusclient.pymilvus.install(); import pymilvus;"
        # Older versions of gRPC and protobuf load less of the standard library.
        "print(sorted(name for name in set(sys.modules) - before if 'milvus' in name))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(result.stdout) == [
        "milvusclient.pymilvus",
        "milvusclient.pymilvus._names",
        "milvusclient.pymilvus._version",
        "milvusclient.pymilvus.standing_in",
        "pymilvus",
    ]


def test_importing_this_room_loads_no_more_than_the_library() -> None:
    code = (
        "import sys, milvusclient.pymilvus;"
        "print(sorted(name for name in sys.modules if name.startswith('milvusclient.pymilvus')))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(result.stdout) == [
        "milvusclient.pymilvus",
        "milvusclient.pymilvus._names",
        "milvusclient.pymilvus._version",
    ]
