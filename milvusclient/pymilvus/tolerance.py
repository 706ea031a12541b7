"""Tolerance of this package: keywords that a call does not know are dropped, with one warning for each.

Programs for the reference client hand keywords on that nothing reads. There they vanish, and in :mod:`milvusclient`
they are a TypeError. Here they are named once, so that a misspelt one is found, and the program runs.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, TypeVar

from milvusclient._keywords import keyword_hint, keyword_names, marked_as_coroutine_function, public_functions

__all__ = ["Tolerant", "UnknownKeywordWarning", "drop_unknown", "keeps_keywords", "tolerant"]

_Class = TypeVar("_Class", bound=type)
_Function = TypeVar("_Function", bound=Callable[..., Any])

#: Calls and keywords that were named already. A warning that a filter turned into an error is not, so it comes again.
_named: set[tuple[str, str]] = set()


class UnknownKeywordWarning(UserWarning):
    """A call was given a keyword that it does not know, and went on without it."""


class Tolerant(type):
    """The class of the tolerant classes: an object of the strict class that one extends counts as one of its own.

    Parts of a schema that the library makes itself, such as those of a collection that exists, are of the strict
    classes. A program that imports ``FieldSchema`` here and asks ``isinstance(field, FieldSchema)`` means them, too.
    """

    def __instancecheck__(cls, instance: object) -> bool:
        """Return whether the object is one of this class, or of the strict class that this one extends."""
        return super().__instancecheck__(instance) or isinstance(instance, cls.__dict__.get("_strict", ()))


def tolerant(cls: _Class, results: Mapping[str, Callable[[Any], Any]] | None = None) -> _Class:
    """Let the constructor and the public methods of a class drop keywords that they do not know.

    Args:
        cls: the class; what it inherits is wrapped on it, and stays as it is on its bases.
        results: for some methods, what makes of their result what the reference client returns.

    Returns:
        The class itself.
    """
    for name, value in public_functions(cls):
        kind = type(value) if isinstance(value, staticmethod | classmethod) else None
        function = value.__func__ if kind is not None else value
        names = _known_names(cls, name) if isinstance(function, FunctionType) else None
        if names is not None:
            wrapper = _dropping(function, f"{cls.__name__}.{name}", frozenset(names), (results or {}).get(name))
            setattr(cls, name, wrapper if kind is None else kind(wrapper))
    return cls


def _known_names(cls: type, name: str) -> list[str] | None:
    """Return the keywords of a method; where a class takes any and hands them on, those of the class it extends."""
    more: list[str] = []
    for base in cls.__mro__:
        function: Any = vars(base).get(name)
        function = function.__func__ if isinstance(function, staticmethod | classmethod) else function
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        if getattr(function, "_keeps_keywords", False):
            return None
        if not isinstance(function, FunctionType):
            continue
        names = keyword_names(function)
        if names is not None:
            return [*names, *more]
        code = function.__code__
        more += code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return None


def keeps_keywords(function: _Function) -> _Function:
    """Mark a function to which every keyword means something, so that none is dropped."""
    function._keeps_keywords = True  # type: ignore[attr-defined]  # read above
    return function


def _dropping(
    function: FunctionType, shown: str, known: frozenset[str], present: Callable[[Any], Any] | None
) -> Callable[..., Any]:
    is_coroutine_function = inspect.iscoroutinefunction(function)  # also a marked wrapper of one

    def call(*args: Any, **kwargs: Any) -> Any:
        if not known.issuperset(kwargs):
            kwargs = drop_unknown(shown, known, kwargs)
        return function(*args, **kwargs)

    def call_and_present(*args: Any, **kwargs: Any) -> Any:
        return present(call(*args, **kwargs))  # type: ignore[misc]  # chosen below, where there is one

    async def wait_and_present(*args: Any, **kwargs: Any) -> Any:
        return present(await call(*args, **kwargs))  # type: ignore[misc]  # chosen below, where there is one

    wrapper: Callable[..., Any] = call
    if present is not None:
        wrapper = wait_and_present if is_coroutine_function else call_and_present
    functools.update_wrapper(wrapper, function)
    return marked_as_coroutine_function(wrapper) if is_coroutine_function and present is None else wrapper


def drop_unknown(shown: str, known: Iterable[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords that a call knows, and name the others in a warning.

    Args:
        shown: the call, as the warning names it.
        known: the keywords that it knows.
        given: the keywords that it was given.
    """
    known = frozenset(known)
    for keyword in given:
        if keyword not in known and (shown, keyword) not in _named:
            hint = keyword_hint(shown, keyword, sorted(known))
            call = f"{shown.removesuffix('.__init__')}()"
            message = f"{call} does not know the keyword {keyword!r} and goes on without it. {hint}"
            warnings.warn(message, UnknownKeywordWarning, stacklevel=_depth())
            _named.add((shown, keyword))
    return {keyword: value for keyword, value in given.items() if keyword in known}


def _depth() -> int:
    """Return the stack level of the program's own line: the first frame that is not of this package."""
    package = __name__.partition(".")[0]
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level
