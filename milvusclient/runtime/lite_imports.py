"""Milvus Lite's server without pymilvus: where its modules import ``pymilvus.grpc_gen``, they get messages of ours.

Its server part is written against the messages of the reference client, although its metadata does not say so.
Importing those would run the reference client's ``__init__``, which reads .env, replaces the handlers of the program's
loggers and imports pandas. So the modules of Milvus Lite alone see an import statement of their own.
``sys.modules`` stays as it is: a program that uses pymilvus as well has its own messages, in its own pool.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

__all__ = ["install"]

_ASKING = "milvus_lite."
_ASKED_FOR = "pymilvus.grpc_gen"


def install() -> None:
    """Let the modules of Milvus Lite that are imported from now on get our messages; twice is harmless."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)


def _messages(name: str) -> Any:
    """Return what stands for ``pymilvus.grpc_gen``, or for a module of it."""
    from milvusclient._proto.plain import FAMILIES, plain_module

    _, _, module = name.removeprefix(_ASKED_FOR).partition(".")
    if module == "milvus_pb2_grpc":
        return importlib.import_module("milvusclient.transport.lite_service")
    if module:
        return plain_module(module.removesuffix("_pb2"))
    modules = {f"{family}_pb2": plain_module(family) for family in FAMILIES}
    return SimpleNamespace(**modules, milvus_pb2_grpc=_messages(f"{_ASKED_FOR}.milvus_pb2_grpc"))


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,  # noqa: A002 - the names that the import statement has for them
    locals: Mapping[str, object] | None = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    if level == 0 and fromlist and (name == _ASKED_FOR or name.startswith(f"{_ASKED_FOR}.")):
        return _messages(name)
    return builtins.__import__(name, globals, locals, fromlist or (), level)


class _Loader(Loader):
    """Loads a module as another loader does, with an import statement of its own."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # What a module imports by is looked up in its builtins, also by functions that import when they are called.
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
        self._loader.exec_module(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source and the like, for tracebacks


class _Finder(MetaPathFinder):
    """Finds modules of Milvus Lite as the other finders do, and gives them the loader above."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_ASKING):
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader)
                return spec
        return None


_FINDER = _Finder()
