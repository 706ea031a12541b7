"""The examples in the docstrings of the schema package run; and all its names load, and load lazily."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

from milvusclient import schema

MODULES = [module.name for module in pkgutil.iter_modules(schema.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(f"milvusclient.schema.{module}"))
    assert failed == 0


def test_every_name_loads() -> None:
    assert schema.__all__ == sorted(schema.__all__)
    for name in schema.__all__:
        assert getattr(schema, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = schema.nothing  # type: ignore[attr-defined]  # it is not there


def test_building_needs_no_message_and_no_numpy() -> None:
    code = (
        "import sys, types\n"
        "package = types.ModuleType('milvusclient')\n"
        f"package.__path__ = [{schema.__path__[0].rsplit('/', 1)[0]!r}]\n"
        "sys.modules['milvusclient'] = package\n"
        "import milvusclient.schema as schema\n"
        "[getattr(schema, name) for name in schema.__all__]\n"
        "print([name for name in ('google.protobuf', 'grpc', 'numpy', 'asyncio') if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
