"""What packages load on first use: the table for the interpreter and the imports for type checkers agree."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import milvusclient
from milvusclient._lazy import lazy_attributes

ROOT = Path(milvusclient.__file__).parent
LAZY_PACKAGES = sorted(
    path for path in ROOT.rglob("__init__.py") if "= lazy_attributes(" in path.read_text(encoding="utf-8")
)
PROGRAM = """
import sys
from milvusclient.operations import aliases
before = "milvusclient.operations.aliases" in sys.modules
aliases.build_drop_alias
print(before, "milvusclient.operations.aliases" in sys.modules)
"""


def guarded(path: Path) -> tuple[list[ast.stmt], ast.Call]:
    """The imports for type checkers and the call of lazy_attributes of a package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guard = next(node for node in tree.body if isinstance(node, ast.If))
    (assignment,) = guard.orelse
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.value, ast.Call)
    return guard.body, assignment.value


@pytest.mark.parametrize("path", LAZY_PACKAGES, ids=lambda path: path.parent.name)
def test_type_checkers_and_the_interpreter_are_told_the_same(path: Path) -> None:
    imports, call = guarded(path)
    seen = {alias.name for node in imports if isinstance(node, ast.ImportFrom) for alias in node.names}
    package = ".".join(path.parent.relative_to(ROOT.parent).parts)
    arguments = {keyword.arg: keyword.value for keyword in call.keywords}
    if "modules" in arguments:
        assert sorted(importlib.import_module(package).__all__) == sorted(seen)
    else:
        table = ast.literal_eval(arguments["names"])
        assert {name for names in table.values() for name in names} == seen
        for module, names in table.items():
            for name in names:
                assert getattr(importlib.import_module(package), name) is getattr(
                    importlib.import_module(f"{package}.{module}"), name
                )


def test_all_packages_use_the_one_mechanism() -> None:
    assert {path.parent.name for path in LAZY_PACKAGES} >= {"milvusclient", "schema", "operations", "models", "policy"}
    others = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("__init__.py")
        if "def __getattr__" in path.read_text(encoding="utf-8")
        and path.parent.name != "pymilvus"  # names that it does not have get an answer there that says where they are
    ]
    assert others == []


def test_a_module_loads_when_something_in_it_is_asked_for() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert result.stdout.split() == ["False", "True"]


def test_an_unknown_name_is_an_attribute_error_that_names_the_package() -> None:
    getattr_, dir_ = lazy_attributes("milvusclient.models", modules=("results",))
    with pytest.raises(AttributeError, match=r"module 'milvusclient\.models' has no attribute 'unknown'"):
        getattr_("unknown")
    assert "results" in dir_()
