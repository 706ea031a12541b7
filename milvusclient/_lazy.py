"""Laziness, in one place: a package lists once what it loads on first use.

In the ``__init__.py`` of a package::

    if TYPE_CHECKING:
        from milvusclient.schema.enums import DataType
    else:
        __getattr__, __dir__ = lazy_attributes(__name__, names={"enums": ("DataType",)}, modules=("rows",))

Type checkers read the imports, the interpreter reads the table (PEP 562). Imports in functions are for optional
packages and for rarely needed modules of the standard library.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

__all__ = ["lazy_attributes"]


def lazy_attributes(
    package: str, *, names: Mapping[str, Iterable[str]] | None = None, modules: Iterable[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and ``__dir__`` of a package that loads some of its attributes on first use.

    Args:
        package: name of the package, its ``__name__``.
        names: for each module that defines some of them, relative to the package, the names to take from it.
        modules: submodules for which an import gives a stand-in. It is loaded when something in it is asked for, so
            ``from package import module`` at the top of a file costs nothing until a function there is called.
    """
    home = {name: module for module, defined in (names or {}).items() for name in defined}
    submodules = frozenset(modules)

    def getattr_(name: str) -> object:
        value: object
        if name in home:
            value = getattr(importlib.import_module(f"{package}.{home[name]}"), name)
        elif name in submodules:
            value = _LazyModule(f"{package}.{name}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # Kept, so that this function is asked once. The import system replaces a stand-in by the module itself.
        setattr(sys.modules[package], name, value)
        return value

    def dir_() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home, *submodules})

    return getattr_, dir_


class _LazyModule(ModuleType):
    """Stands for a module until something in it is asked for; then it has all that the module has."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        value: object = getattr(importlib.import_module(self.__name__), name)
        if callable(value):  # found without this function from now on; data may be bound to another value later
            setattr(self, name, value)
        return value
