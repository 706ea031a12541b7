"""Filters as clients take them, turned into what they send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from milvusclient.checks import given, require_mapping
from milvusclient.exceptions import DataTypeNotMatchException, ParamError
from milvusclient.filters.names import SchemaNeededError
from milvusclient.filters.predicates import Compiled, Predicate, from_mapping, node_of
from milvusclient.filters.render import compile_node
from milvusclient.filters.schema_check import check_schema
from milvusclient.filters.servers import server_of
from milvusclient.filters.templates import expand, plain_params
from milvusclient.filters.values import Value

if TYPE_CHECKING:
    from milvusclient.filters.nodes import PredicateNode
    from milvusclient.models.collection import CollectionInfo

__all__ = ["FilterLike", "Prepared", "SchemaNeededError", "prepare", "write"]

#: An expression, a condition, or a mapping of field names to the value, or the list of values, that they must have.
FilterLike: TypeAlias = str | Predicate | Mapping[str, object]


class Prepared(NamedTuple):
    """A filter that is one, before it is known who reads it.

    Attributes:
        text: an expression that the program wrote.
        params: the values of its placeholders, as plain Python.
        node: a condition, in place of an expression.
    """

    text: str = ""
    params: Mapping[str, object] = {}
    node: PredicateNode | None = None


def prepare(name: str, filter_like: object, filter_params: object = None) -> Prepared:
    """Check whether something is a filter.

    Args:
        name: what messages call it.
        filter_like: a str, a condition or a mapping; None stands for none.
        filter_params: values for the placeholders of a str; None stands for none.

    Raises:
        DataTypeNotMatchException: it is not a filter.
        ParamError: a filter cannot hold one of its values.
    """
    params = {} if filter_params is None else require_mapping("filter_params", filter_params)
    if filter_like is None or isinstance(filter_like, str):
        for placeholder in params:
            given_name: object = placeholder
            if not isinstance(given_name, str):
                raise ParamError(message=f"filter_params: a placeholder's name must be a str, got {given(given_name)}")
        return Prepared(filter_like or "", plain_params(params))
    predicate = from_mapping(filter_like) if isinstance(filter_like, Mapping) else filter_like
    if not isinstance(predicate, Predicate):
        hint = f"; write ({predicate!r} == True)" if isinstance(predicate, Value) else ""
        raise DataTypeNotMatchException(
            message=f'{name} must be a str such as "age > 20", a condition such as F.age > 20, or a dict such as '
            f"{{'age': 20}}, got {given(filter_like)}{hint}"
        )
    if params:
        raise ParamError(
            message=f"filter_params are the values of a {name} that is a str; a condition has its values in it, and "
            "raw() takes values of its own"
        )
    return Prepared(node=node_of(predicate))


def write(prepared: Prepared, server_version: str, collection: CollectionInfo | None, *, strict: bool) -> Compiled:
    """Return the expression of a filter and the values of its placeholders, as a server takes them.

    Args:
        prepared: the filter.
        server_version: as the server tells it in its handshake.
        collection: what is known of the collection, with which conditions are compared.
        strict: raise SchemaNeededError where the collection makes a difference and is not known.

    Raises:
        SchemaNeededError: the collection must be looked up.
        ServerVersionIncompatibleException: the server is too old for a part of it.
        ParamError: it does not fit the collection, or the server cannot be asked for it.
    """
    server = server_of(server_version)
    text, params, node = prepared
    if node is None:
        if server.templates or not params:
            return Compiled(text, dict(params))
        return Compiled(expand(text, params, where="filter_params", lite=server.lite), {})
    if collection is not None:
        check_schema(node, collection)
    return compile_node(node, server, collection, strict=strict)
