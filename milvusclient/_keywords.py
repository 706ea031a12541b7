"""Calls with wrong arguments: a TypeError that names the call as users write it, and the keyword that was meant.

Python names the class in which a method is defined, which users do not know: ``Searches.search()``. It suggests
keywords from 3.13 on only, and knows neither other names of an argument nor where else it can be given.
:func:`suggest_keywords` wraps the public functions of a class, where the class is defined and nowhere else. A wrapper
does nothing but call; only a call that fails is looked at again: one whose arguments cannot be bound, and one that ran
out of file descriptors or memory, which any line may, so that this is the one place for it. It costs 0.1 to 0.4
microseconds a call, and leaves signature, documentation and types as they are.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import FunctionType
from typing import Any, TypeVar

from milvusclient.exceptions import out_of_resources

__all__ = [
    "keyword_hint",
    "keyword_names",
    "marked_as_coroutine_function",
    "own_inherited",
    "public_functions",
    "suggest_keywords",
]

_Class = TypeVar("_Class", bound=type)

#: What other libraries and versions call an argument. The first name that the call has is suggested.
_SYNONYMS = {
    "alias_name": ("alias",),
    "api_key": ("token",),
    "api_token": ("token",),
    "apikey": ("token",),
    "collection": ("collection_name",),
    "data_type": ("datatype", "dtype"),
    "database": ("db_name",),
    "database_name": ("db_name",),
    "db": ("db_name",),
    "dim": ("dimension",),
    "dtype": ("datatype", "data_type"),
    "entities": ("data",),
    "expr": ("filter",),
    "expression": ("filter", "expr"),
    "field": ("field_name", "anns_field"),
    "fields": ("output_fields",),
    "k": ("limit",),
    "num_results": ("limit",),
    "param": ("search_params", "params"),
    "pk": ("ids",),
    "pks": ("ids",),
    "rows": ("data",),
    "top_k": ("limit",),
    "topk": ("limit",),
    "type": ("datatype", "dtype", "data_type", "index_type", "function_type"),
    "username": ("user",),
    "using": ("alias",),
    "vector_field": ("anns_field", "vector_field_name"),
    "vectors": ("data",),
    "where": ("filter",),
}
#: What to do instead, where a call has no such argument: by method and keyword.
_INSTEAD = {
    ("__init__", "host"): "Give host and port in the uri: MilvusClient('http://HOST:PORT')",
    ("__init__", "port"): "Give host and port in the uri: MilvusClient('http://HOST:PORT')",
    ("create_collection", "overwrite"): "Drop the collection first: client.drop_collection(collection_name)",
    ("create_collection", "drop_old"): "Drop the collection first: client.drop_collection(collection_name)",
    ("create_collection", "if_not_exists"): "Ask first: client.has_collection(collection_name)",
    ("hybrid_search", "expr"): "Each request has its own filter: AnnSearchRequest(..., filter=...)",
    ("hybrid_search", "filter"): "Each request has its own filter: AnnSearchRequest(..., filter=...)",
    ("hybrid_search", "filter_params"): "Each request has its own values: AnnSearchRequest(..., expr_params=...)",
    ("hybrid_search", "search_params"): "Each request has its own parameters: AnnSearchRequest(..., param=...)",
    ("hybrid_search", "anns_field"): "Each request has its own field: AnnSearchRequest(data, anns_field, ...)",
    ("hybrid_search", "data"): "Each request has its own query vectors: AnnSearchRequest(data, anns_field, ...)",
}
#: The least similarity of a suggestion. With less, 'highlighter' would be suggested for 'filter'.
_SIMILARITY = 0.6


def suggest_keywords(cls: _Class) -> _Class:
    """Let the constructor and the public methods of a class explain a call with wrong arguments.

    Args:
        cls: the class. What it inherits is wrapped on it, once, and stays as it is on its bases.

    Returns:
        The class itself.

    Example:
        >>> from milvusclient import FieldSchema
        >>> FieldSchema("age", 5, nulable=True)
        Traceback (most recent call last):
        TypeError: FieldSchema.__init__() got an unexpected keyword argument 'nulable'. Did you mean 'nullable'?
    """
    for name, value in public_functions(cls):
        kind = type(value) if isinstance(value, staticmethod | classmethod) else None
        function = value.__func__ if kind is not None else value
        if isinstance(function, FunctionType) and keyword_names(function) is not None:
            suggesting = _suggesting_async if inspect.iscoroutinefunction(function) else _suggesting
            wrapper = suggesting(function, f"{cls.__name__}.{name}")
            setattr(cls, name, wrapper if kind is None else kind(wrapper))
    return cls


def own_inherited(cls: _Class) -> _Class:
    """Let Python name the methods that a class has from its private bases as methods of the class.

    It costs a call nothing, and suits bases that no other class has.

    Args:
        cls: the class.

    Returns:
        The class itself.
    """
    for base in cls.__mro__[1:-1]:
        for name, value in vars(base).items():
            if isinstance(value, FunctionType):
                value.__qualname__ = f"{cls.__name__}.{name}"
    return cls


def public_functions(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the constructor and the public members of a class, inherited ones included, with their names."""
    members = {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items()}
    return ((name, value) for name, value in members.items() if name == "__init__" or not name.startswith("_"))


def keyword_names(function: FunctionType) -> list[str] | None:
    """Return the names by which arguments can be given; None if every name is accepted."""
    code = function.__code__
    if code.co_flags & inspect.CO_VARKEYWORDS:
        return None
    named = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
    return [name for name in named if name not in ("self", "cls")]


def _suggesting(function: FunctionType, shown: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            # With a second frame it was raised inside of the function, not by calling it.
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise
            message = _unknown_keyword(shown, keyword_names(function) or [], kwargs) or str(error).replace(
                f"{function.__qualname__}()", f"{shown}()", 1
            )
        except Exception as error:
            _raise_if_exhausted(error, shown)
            raise
        raise TypeError(message)

    functools.update_wrapper(call, function)
    call.__qualname__ = shown
    return call


def _suggesting_async(function: FunctionType, shown: str) -> Callable[..., Any]:
    start = _suggesting(function, shown)

    async def finish(started: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await started
        except Exception as error:
            _raise_if_exhausted(error, shown)
            raise

    # Python warns of a coroutine that is not awaited by this name.
    finish.__name__, finish.__qualname__ = function.__name__, shown

    def call(*args: Any, **kwargs: Any) -> Any:
        return finish(start(*args, **kwargs))

    functools.update_wrapper(call, function)
    call.__qualname__ = shown
    return marked_as_coroutine_function(call)


def _raise_if_exhausted(error: Exception, shown: str) -> None:
    """Raise an error of ours in place of one that Python raised because something ran out."""
    exhausted = out_of_resources(error, shown)
    if exhausted is not None:
        raise exhausted from error


def marked_as_coroutine_function(call: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the wrapper of a coroutine function as one: it returns what that returns, a coroutine."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(call)
    # Before there was a way to say so, the flag of the code object was all that inspect looks at; nothing else does.
    call.__code__ = call.__code__.replace(co_flags=call.__code__.co_flags | inspect.CO_COROUTINE)
    return call


def _unknown_keyword(shown: str, known: list[str], given: dict[str, object]) -> str | None:
    """Build the message for the first keyword that the call does not have; None if it has all of them."""
    unknown = next((name for name in given if name not in known), None)
    if unknown is None:
        return None
    return f"{shown}() got an unexpected keyword argument {unknown!r}. {keyword_hint(shown, unknown, known)}"


def keyword_hint(shown: str, unknown: str, known: list[str]) -> str:
    """Say what was probably meant by a keyword that a call does not have.

    Args:
        shown: the call, such as ``"MilvusClient.search"``.
        unknown: the keyword.
        known: the keywords that the call has.
    """
    instead = _INSTEAD.get((shown.rpartition(".")[2], unknown))
    if instead is not None and (not shown.endswith(".__init__") or "uri" in known):
        return instead
    import difflib  # seldom needed

    synonyms = [name for name in _SYNONYMS.get(unknown, ()) if name in known]
    nearest = synonyms or difflib.get_close_matches(unknown, known, n=1, cutoff=_SIMILARITY)
    if nearest:
        return f"Did you mean {nearest[0]!r}?"
    return f"It takes {', '.join(map(repr, known))}" if known else "It takes no arguments"
