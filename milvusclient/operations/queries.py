"""Query and get: rows by a filter or by their primary keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient._proto import milvus_pb2
from milvusclient.checks import require_bool, require_int, require_mapping, require_name, require_str, require_str_list
from milvusclient.codec.read.results import decode_query
from milvusclient.codec.read.table import query_columns
from milvusclient.codec.write.filter_params import encode_filter_params
from milvusclient.exceptions import ParamError
from milvusclient.models.results import QueryResult
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.keys import require_filter
from milvusclient.operations.search_params import OrderBy, order_text, time_texts

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2
    from milvusclient.codec.read.reply import QueryReply
    from milvusclient.exceptions import MilvusException
    from milvusclient.models.columns import Columns
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.consistency import Freshness

__all__ = ["build_query", "filter_values", "finds_nothing", "one_order", "parse_columns", "parse_query"]

#: Code with which servers before 2.3 say that a collection has no rows.
_EMPTY_COLLECTION = 26


def build_query(
    collection_name: str,
    filter_text: str | None,
    output_fields: Sequence[str] | None,
    partition_names: Sequence[str] | None,
    fresh: Freshness,
    cluster_id: str,
    *,
    filter_params: Mapping[str, object] | None = None,
    by_keys: bool = False,
    limit: int | str | None = None,
    offset: int | str | None = None,
    ignore_growing: bool = False,
    reduce_stop_for_best: bool = False,
    group_by_fields: Sequence[str] | None = None,
    order_by_fields: OrderBy | None = None,
    timezone: str | None = None,
    time_fields: str | Sequence[str] | None = None,
    namespace: str | None = None,
) -> milvus_pb2.QueryRequest:
    """Build a query.

    The arguments are those of :meth:`MilvusClient.query`. Beside them, ``fresh`` says how fresh the data must be,
    ``cluster_id`` which cluster answers (for sessions; empty otherwise), and ``by_keys`` that the rows are found by
    their keys, which are added once the name of the primary key is known.

    Raises:
        ParamError: an argument is invalid, or both keys and a filter are given.
        DataTypeNotMatchException: the filter is not a str.
    """
    request = milvus_pb2.QueryRequest(
        collection_name=require_name("collection_name", collection_name),
        expr=require_filter("filter", filter_text),
        output_fields=require_str_list("output_fields", output_fields) if output_fields else ["*"],
        partition_names=require_str_list("partition_names", partition_names or []),
    )
    if by_keys and request.expr:
        raise ParamError(message="give either ids or filter; for both, write the ids into the filter")
    texts: dict[str, str] = {}
    if limit is not None:
        texts["limit"] = str(_row_count("limit", limit))
    if offset is not None:
        texts["offset"] = str(_row_count("offset", offset))
    texts.update(time_texts(timezone, time_fields))
    texts["ignore_growing"] = str(require_bool("ignore_growing", ignore_growing))
    texts["reduce_stop_for_best"] = str(require_bool("reduce_stop_for_best", reduce_stop_for_best))
    if group_by_fields:
        texts["group_by_fields"] = ",".join(require_str_list("group_by_fields", group_by_fields))
    if order_by_fields:
        texts["order_by_fields"] = order_text("order_by_fields", order_by_fields)
    if cluster_id:
        texts["cluster_id"] = cluster_id
    request.query_params.extend(key_value_pairs(texts))
    fresh.apply(request)
    if namespace is not None:
        request.namespace = require_str("namespace", namespace)
    for name, value in filter_values(filter_params).items():
        request.expr_template_values[name].CopyFrom(value)
    return request


def filter_values(filter_params: Mapping[str, object] | None) -> Mapping[str, schema_pb2.TemplateValue]:
    """Encode the values for the placeholders in a filter.

    Raises:
        ParamError: ``filter_params`` is not a dict, or a value has an unsupported type.
    """
    return encode_filter_params(require_mapping("filter_params", filter_params)) if filter_params else {}


def parse_query(reply: QueryReply, *, vectors_as: VectorsAs = "list") -> QueryResult:
    """Parse the rows that were found."""
    return decode_query(reply.message, raw=reply.raw, as_numpy=vectors_as == "numpy")


def parse_columns(reply: QueryReply) -> Columns:
    """Parse the rows that were found, as columns."""
    return query_columns(reply)


def finds_nothing(error: MilvusException) -> bool:
    """Return whether a failed query only means that the collection has no rows."""
    return _EMPTY_COLLECTION in (error.code, error.compatible_code)


def one_order(order_by_fields: OrderBy | None, order_by: OrderBy | None) -> OrderBy | None:
    """Return the order of the rows, which may be given under either name.

    Raises:
        ParamError: it is given under both.
    """
    if order_by_fields and order_by:
        raise ParamError(message="order_by_fields and order_by are two names of one argument; give one of them")
    return order_by_fields or order_by


def _row_count(name: str, value: int | str) -> int:
    """Return a number of rows; decimal digits in a str count too, as servers accept them."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return require_int(name, value, least=0)
