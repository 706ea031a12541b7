"""Modules that load when they are first used: whoever only lists collections does not wait for what encodes vectors."""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["LazyModule"]


class LazyModule(ModuleType):
    """Stands for a module of this package until something in it is asked for; then it has all that the module has."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        module = importlib.import_module(self.__name__)
        value: object = getattr(module, name)
        setattr(self, name, value)  # the next time this function is not asked
        return value
