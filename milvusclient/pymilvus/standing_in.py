"""Standing in: ``import pymilvus`` means :mod:`milvusclient.pymilvus` in this process."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from threading import Lock
from typing import TYPE_CHECKING, cast

from milvusclient.pymilvus._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.abc import Loader
    from importlib.metadata import Distribution, DistributionFinder
    from types import ModuleType

__all__ = ["install"]

_NAME = "pymilvus"
_PACKAGE = __name__.rpartition(".")[0]
#: What comes from installed packages where there are any: it works without the rest of the reference client.
_MESSAGES, _MODEL = f"{_NAME}.grpc_gen", f"{_NAME}.model"

_lock = Lock()


def install() -> None:
    """Let ``import pymilvus`` mean :mod:`milvusclient.pymilvus`, for all code in this process; twice is harmless.

    ``pymilvus.model`` still comes from the package pymilvus-model, and ``pymilvus.grpc_gen`` from pymilvus, where they
    are installed; nothing else of pymilvus is loaded.

    Raises:
        ImportError: pymilvus is loaded already, so that some code has its classes.

    Example:
        >>> import milvusclient.pymilvus
        >>> milvusclient.pymilvus.install()
        >>> import pymilvus
        >>> pymilvus is milvusclient.pymilvus
        True
    """
    with _lock:
        if _FINDER in sys.meta_path:
            return
        loaded = sys.modules.get(_NAME)
        if loaded is not None and loaded is not sys.modules[_PACKAGE]:
            raise ImportError(
                f"pymilvus is loaded already, from {getattr(loaded, '__file__', None)!r}; call "
                f"{_PACKAGE}.install() before anything imports pymilvus, for example in the first lines of the "
                f"program, or start the program with: python -m {_PACKAGE} SCRIPT",
                name=_NAME,
            )
        sys.meta_path.insert(0, _FINDER)


class _Alias:
    """Loads a module under another name: both names mean one module."""

    def __init__(self, target: str) -> None:
        self._target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 - as its base has it
        return None

    def exec_module(self, module: ModuleType) -> None:
        # The import system takes what stands here after the loading; the module keeps the names that it was made with.
        sys.modules[module.__name__] = importlib.import_module(self._target)


class _Finder:
    """Finds the modules of the stand-in under the names of the reference client, and its version.

    Its classes have no bases: the modules that define them take longer to load than this package.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002 - as its base has it
    ) -> ModuleSpec | None:
        if fullname != _NAME and not fullname.startswith(f"{_NAME}."):
            return None
        if fullname in (_MESSAGES, _MODEL):
            installed = PathFinder.find_spec(fullname, list(_installed_folders()))
            if installed is not None:
                return installed
        elif fullname.startswith((f"{_MESSAGES}.", f"{_MODEL}.")) and not _is_ours(fullname):
            return PathFinder.find_spec(fullname, path)
        ours = _PACKAGE + fullname.removeprefix(_NAME)
        found = sys.modules[ours].__spec__ if ours in sys.modules else _find(ours)
        if found is None:
            raise ModuleNotFoundError(_missing(fullname), name=fullname)
        spec = ModuleSpec(
            fullname, cast("Loader", _Alias(ours)), is_package=found.submodule_search_locations is not None
        )
        spec.origin = found.origin
        return spec

    def find_distributions(self, context: DistributionFinder.Context) -> Iterator[Distribution]:
        if context.name is None or context.name.lower() == _NAME:
            from milvusclient.pymilvus._distribution import StandInDistribution

            yield StandInDistribution()

    def invalidate_caches(self) -> None:
        """Keep nothing, so that there is nothing to drop."""


def _installed_folders() -> Iterator[str]:
    """Yield the folders of the installed pymilvus, and of what other packages put beside it."""
    for entry in sys.path:
        folder = os.path.join(entry or os.getcwd(), _NAME)
        if os.path.isdir(folder):
            yield folder


def _find(name: str) -> ModuleSpec | None:
    """Find a module of this package; its parent is imported first, as an import statement would."""
    parent = importlib.import_module(name.rpartition(".")[0])
    return PathFinder.find_spec(name, parent.__path__)


def _is_ours(fullname: str) -> bool:
    """Return whether the parent of a module is one of the stand-in's."""
    parent = sys.modules.get(fullname.rpartition(".")[0])
    return parent is not None and parent.__name__.startswith(_PACKAGE)


def _missing(fullname: str) -> str:
    if fullname == _MODEL:
        return "no module named 'pymilvus.model': it is a package of its own; pip install pymilvus-model"
    return (
        f"no module named {fullname!r}: {_PACKAGE} stands in for pymilvus {__version__} and has no such module; if the "
        "program needs it, run it with pymilvus itself"
    )


_FINDER = _Finder()
