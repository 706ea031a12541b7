"""What clients take as a filter, turned into what they send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

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
    from milvusclient.models.collection import CollectionInfo

__all__ = ["FilterLike", "SchemaNeededError", "resolve"]

#: An expression, a condition, or a mapping of field names to the value, or the list of values, that they must have.
FilterLike: TypeAlias = "str | Predicate | Mapping[str, object]"


def resolve(
    name: str,
    filter_like: object,
    filter_params: Mapping[str, object] | None,
    server_version: str,
    collection: CollectionInfo | None,
    *,
    strict: bool,
) -> Compiled:
    """Return the expression of a filter and the values of its placeholders, as a server takes them.

    Args:
        name: what messages call the filter.
        filter_like: a str, which is sent as it is, a condition or a mapping; None is no filter.
        filter_params: values for the placeholders of a str.
        server_version: as the server tells it in its handshake.
        collection: what is known of the collection, with which conditions are compared.
        strict: raise SchemaNeededError where the collection makes a difference and is not known.

    Raises:
        SchemaNeededError: the collection must be looked up.
        DataTypeNotMatchException: it is no filter.
        ServerVersionIncompatibleException: the server is too old for a part of it.
        ParamError: it does not fit the collection, or a filter cannot hold one of its values.
    """
    server = server_of(server_version)
    params = require_mapping("filter_params", filter_params) if filter_params else {}
    if filter_like is None or isinstance(filter_like, str):
        text = filter_like or ""
        if not params:
            return Compiled(text, {})
        for placeholder in params:
            if not isinstance(placeholder, str):
                raise ParamError(message=f"filter_params: a placeholder's name must be a str, got {given(placeholder)}")
        if server.templates:
            return Compiled(text, plain_params(params))
        return Compiled(expand(text, params, where="filter_params", lite=server.lite), {})
    if isinstance(filter_like, Mapping):
        filter_like = from_mapping(filter_like)
    if not isinstance(filter_like, Predicate):
        hint = f"; write ({filter_like!r} == True)" if isinstance(filter_like, Value) else ""
        raise DataTypeNotMatchException(
            message=f'{name} must be a str such as "age > 20", a condition such as F.age > 20, or a dict such as '
            f"{{'age': 20}}, got {given(filter_like)}{hint}"
        )
    if params:
        raise ParamError(
            message=f"filter_params are the values of a {name} that is a str; a condition has its values in it, and "
            "raw() takes values of its own"
        )
    node = node_of(filter_like)
    if collection is not None:
        check_schema(node, collection)
    return compile_node(node, server, collection, strict=strict)
