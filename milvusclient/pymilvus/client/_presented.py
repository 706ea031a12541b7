"""Results of a client as this package presents them: the same objects, which print as the reference client's do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from milvusclient.models.mutations import DeletedKeys
from milvusclient.models.results import QueryResult as AnyQueryResult
from milvusclient.models.results import SearchResult as AnySearchResult
from milvusclient.pymilvus.client.search_result import HybridHits, SearchResult, print_whole
from milvusclient.pymilvus.client.types import HybridExtraList, OmitZeroDict
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.codec.read.reply import SearchReply

__all__ = ["present", "put_lazy_columns_last", "rows_with_nulls"]

#: Types of fields that the reference client decodes when hits are read, and so after all others.
_LAZY: frozenset[int] = frozenset(
    {
        DataType.JSON,
        DataType.BINARY_VECTOR,
        DataType.FLOAT_VECTOR,
        DataType.FLOAT16_VECTOR,
        DataType.BFLOAT16_VECTOR,
        DataType.SPARSE_FLOAT_VECTOR,
        DataType.INT8_VECTOR,
        DataType._ARRAY_OF_VECTOR,
        DataType._ARRAY_OF_STRUCT,
    }
)


def _present_query(rows: AnyQueryResult) -> AnyQueryResult:
    """Let the rows of a query print as the reference client's."""
    if type(rows) is AnyQueryResult:
        rows.__class__ = HybridExtraList  # the same list: nothing is copied
        rows.extra = OmitZeroDict(rows.extra)
    return rows


def _present_search(result: AnySearchResult) -> AnySearchResult:
    """Let the hits of a search print as the reference client's."""
    if type(result) is AnySearchResult:
        result.__class__ = SearchResult  # the same list: nothing is copied
        # The reference client tells no cost of searches for which the server tells none.
        result.extra = {name: value for name, value in result.extra.items() if value or name != "cost"}
        if not result.recalls:
            result.recalls = None  # type: ignore[assignment]  # as the reference client says it
        for hits in result:
            hits.__class__ = HybridHits
            print_whole(hits)
    return result


def _present_upsert(counts: dict[str, Any]) -> OmitZeroDict:
    ids = counts.pop("ids")
    return OmitZeroDict({**counts, "ids": ids})  # the order of the reference client


def _present_delete(deleted: dict[str, int] | DeletedKeys) -> OmitZeroDict | DeletedKeys:
    return deleted if isinstance(deleted, DeletedKeys) else OmitZeroDict(deleted)


_BY_METHOD: Mapping[str, Callable[[Any], Any]] = {
    "delete": _present_delete,
    "get": _present_query,
    "hybrid_search": _present_search,
    "insert": OmitZeroDict,
    "query": _present_query,
    "search": _present_search,
    "upsert": _present_upsert,
}


def put_lazy_columns_last(reply: SearchReply) -> None:
    """Order the columns of a search's reply as the output fields of the reference client's hits are ordered."""
    fields = reply.message.results.fields_data
    lazy = [int(field.type) in _LAZY for field in fields]
    order = sorted(range(len(lazy)), key=lazy.__getitem__)
    if order == list(range(len(lazy))):
        return
    ordered = [fields[index] for index in order]
    reply.message.results.ClearField("fields_data")
    reply.message.results.fields_data.extend(ordered)
    if reply.raw:
        reply.raw = [reply.raw[index] for index in order]


def present(method: str, result: Any) -> Any:
    """Return the result of a method as the reference client's method returns it."""
    return _BY_METHOD[method](result)


def rows_with_nulls(data: object, description: Mapping[str, Any]) -> list[object] | None:
    """Return rows whose JSON holds null where they have a NaN, which JSON has no form for.

    Args:
        data: one row, or rows.
        description: the collection, as ``describe_collection`` returns it.

    Returns:
        The rows, of which those with a NaN are new; None when there is none in JSON.
    """
    plain = {
        field["name"] for field in description["fields"] if field["type"] != DataType.JSON and field["name"] != "$meta"
    }
    rows = [data] if isinstance(data, Mapping) else data
    if not isinstance(rows, Sequence):
        return None
    cleaned = [_row_with_nulls(row, plain) for row in rows]
    return cleaned if any(new is not old for new, old in zip(cleaned, rows, strict=True)) else None


def _row_with_nulls(row: object, plain: set[str]) -> object:
    if not isinstance(row, Mapping):
        return row
    changed = {}
    for key, value in row.items():
        if key not in plain and (new := _with_nulls(value)) is not value:
            changed[key] = new
    return {**cast("Mapping[str, object]", row), **changed} if changed else row


def _with_nulls(value: object) -> object:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        cleaned = {key: _with_nulls(one) for key, one in value.items()}
        return cleaned if any(cleaned[key] is not value[key] for key in value) else value
    if isinstance(value, list | tuple):
        elements = [_with_nulls(one) for one in value]
        return elements if any(new is not old for new, old in zip(elements, value, strict=True)) else value
    return value
