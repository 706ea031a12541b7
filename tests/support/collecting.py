"""Collecting the tests takes each worker seconds; what is here takes away what they do more often than needed."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader
from pathlib import Path
from types import ModuleType

import pytest

__all__ = ["allow_bytecode", "rewrite_share", "without_garbage_collection"]


def allow_bytecode() -> None:
    """Let this run and its processes keep compiled modules, whatever the environment says.

    Without, each worker writes the asserts of each test module anew, which takes as long as all the rest of collecting.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@contextlib.contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Collect no garbage meanwhile, and look at none of what exists at the end ever after.

    Collected tests are a million objects, none of which is garbage.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Unexecuted(ModuleType):
    """A module that a loader compiles and cannot run, since it has no names."""

    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]  # a module's is an attribute
        raise _CompiledError


class _CompiledError(Exception):
    """A module is compiled, and would run now."""


def rewrite_share(config: pytest.Config, modules: Sequence[Path], share: int, shares: int) -> None:
    """Compile each nth test module, as pytest does when it imports one, so that all workers together compile each once.

    They need not wait for each other: a module that is not there yet when a worker wants it is compiled once more.

    Args:
        config: of this worker.
        modules: all test modules, in the same order in each worker.
        share: which of them, from 0 to ``shares`` - 1.
        shares: how many workers there are.
    """
    loader = config.pluginmanager.rewrite_hook
    if not isinstance(loader, Loader):  # with --assert=plain
        return
    for path in modules[share::shares]:
        spec = importlib.util.spec_from_file_location(path.stem, path, loader=loader)
        assert spec is not None
        module = _Unexecuted(path.stem)
        module.__spec__ = spec
        with contextlib.suppress(_CompiledError):
            loader.exec_module(module)
