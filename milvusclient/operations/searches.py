"""Search: the rows whose vectors in one field are nearest to the query vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeGuard

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import given, optional_str, require_name, require_str, require_str_list
from milvusclient.codec.ids import encode_ids
from milvusclient.codec.read.results import decode_search
from milvusclient.codec.read.table import search_columns
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.codec.write.query_vectors import encode_vectors, needs_field, usual_vectors
from milvusclient.codec.write.request import Assembled
from milvusclient.exceptions import ParamError
from milvusclient.operations.aggregation import encode_aggregation
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.function_chains import encode_chains
from milvusclient.operations.highlighting import encode_highlighter
from milvusclient.operations.keys import require_filter
from milvusclient.operations.queries import filter_values
from milvusclient.operations.ranking import encode_score
from milvusclient.operations.search_params import (
    Frozen,
    SearchOptions,
    frozen_params,
    require_count,
    search_texts,
    thawed_params,
)
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.codec.read.reply import SearchReply
    from milvusclient.models.collection import CollectionInfo, FieldInfo
    from milvusclient.models.columns import SearchColumns
    from milvusclient.models.results import SearchResult
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.consistency import Freshness
    from milvusclient.operations.keys import Keys
    from milvusclient.operations.search_params import OrderBy
    from milvusclient.schema.aggregation import SearchAggregation
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.function_chain import FunctionChain
    from milvusclient.schema.functions import Function, FunctionScore
    from milvusclient.schema.highlight import Highlighter

__all__ = [
    "Names",
    "Request",
    "add_vectors",
    "as_message",
    "build_search",
    "check_vectors",
    "fits",
    "lacks_vectors",
    "parse_columns",
    "parse_search",
]

#: A search as a message, or as the bytes of one.
Request: TypeAlias = "milvus_pb2.SearchRequest | Assembled[milvus_pb2.SearchRequest]"


class Names(NamedTuple):
    """The names of a search's arguments in error messages.

    Args:
        at: the place of the search among others, such as ``"reqs[0]."``; empty for a search of its own.
        filter: the name of the filter.
        search_params: the name of the search parameters.
    """

    at: str = ""
    filter: str = "filter"
    search_params: str = "search_params"


_OWN_NAMES = Names()


def build_search(
    collection_name: str,
    data: object,
    filter_text: str | None,
    limit: int,
    output_fields: Sequence[str] | None,
    search_params: Mapping[str, object] | None,
    anns_field: str | None,
    round_decimal: int,
    fresh: Freshness,
    cluster_id: str,
    ids: Keys | None = None,
    filter_params: Mapping[str, object] | None = None,
    partition_names: Sequence[str] | None = None,
    namespace: str | None = None,
    ranker: Function | FunctionScore | None = None,
    function_chains: FunctionChain | Sequence[FunctionChain] | None = None,
    highlighter: Highlighter | None = None,
    search_aggregation: SearchAggregation | None = None,
    offset: int | None = None,
    group_by_field: str | None = None,
    group_by_fields: Sequence[str] | None = None,
    group_size: int | None = None,
    strict_group_size: bool | None = None,
    order_by_fields: OrderBy | None = None,
    json_path: str | None = None,
    json_type: DataType | int | None = None,
    strict_cast: bool | None = None,
    ignore_growing: bool = False,
    page_retain_order: bool | None = None,
    timezone: str | None = None,
    time_fields: str | Sequence[str] | None = None,
    names: Names = _OWN_NAMES,
) -> Request:
    """Build a search: the one way to a SearchRequest for ``search``, its iterator, hybrid and columnar searches.

    The arguments are those of :meth:`MilvusClient.search`. Beside them, ``fresh`` says how fresh the data must be,
    ``cluster_id`` which cluster answers (for sessions; empty otherwise), and ``names`` how error messages name the
    arguments.

    Returns:
        The request. Its query vectors are missing if only the schema says what they are: see :func:`lacks_vectors`.

    Raises:
        ParamError: an argument is invalid, contradicts another, or is given twice.
        DataTypeNotMatchException: the filter is not a str.
    """
    # Compared by identity, because an array of keys compares with None element by element.
    is_usual = ignore_growing is False and (
        ids is filter_params is partition_names is namespace is ranker  # type: ignore[comparison-overlap]  # in None
        is function_chains is highlighter
        is search_aggregation is offset is group_by_field is group_by_fields is group_size is strict_group_size
        is order_by_fields is json_path is json_type is strict_cast is page_retain_order is timezone is time_fields
        is None
    )  # fmt: skip
    if is_usual:
        usual = _build_usual(
            collection_name, data, filter_text, limit, output_fields, search_params, anns_field, round_decimal, fresh,
            cluster_id, names,
        )  # fmt: skip
        if usual is not None:
            return usual
    search_options = SearchOptions(
        round_decimal=round_decimal, offset=offset, ignore_growing=ignore_growing,
        page_retain_order=page_retain_order, group_by_field=group_by_field, group_by_fields=group_by_fields,
        group_size=group_size, strict_group_size=strict_group_size, order_by_fields=order_by_fields,
        json_path=json_path, json_type=json_type, strict_cast=strict_cast, timezone=timezone, time_fields=time_fields,
        cluster_id=cluster_id,
    )  # fmt: skip
    if (data is None) == (ids is None):
        raise ParamError(
            message="give either data, the query vectors, or ids, the primary keys of rows with the query vectors"
        )
    request = _build_message(
        collection_name, filter_text, limit, output_fields, search_params, anns_field, search_options, fresh, names
    )
    for name, value in filter_values(filter_params).items():
        request.expr_template_values[name].CopyFrom(value)
    request.partition_names.extend(require_str_list("partition_names", partition_names or []))
    if namespace is not None:
        request.namespace = require_str("namespace", namespace)
    _add_reranking(request, ranker, function_chains, highlighter)
    if search_aggregation is not None:
        _add_aggregation(request, search_aggregation, search_options)
    if ids is not None:
        request.ids.CopyFrom(encode_ids(ids))
        request.nq = len(request.ids.int_id.data) or len(request.ids.str_id.data)
    else:
        _check_queries(data, names)
        if not needs_field(data):
            add_vectors(request, data, anns_field, None, names)
    return request


def _build_message(
    collection_name: str,
    filter_text: str | None,
    limit: int,
    output_fields: Sequence[str] | None,
    search_params: Mapping[str, object] | None,
    anns_field: str | None,
    search_options: SearchOptions,
    fresh: Freshness,
    names: Names,
) -> milvus_pb2.SearchRequest:
    """Build the part of the request that every search has, all but its query vectors."""
    field_name = optional_str(f"{names.at}anns_field", anns_field)
    request = milvus_pb2.SearchRequest(
        collection_name=require_name("collection_name", collection_name),
        dsl=require_filter(f"{names.at}{names.filter}", filter_text),
        dsl_type=common_pb2.DslType.BoolExprV1,
    )
    count = require_count(f"{names.at}limit", limit)
    texts = search_texts(search_params, count, field_name, search_options, f"{names.at}{names.search_params}")
    request.search_params.extend(key_value_pairs(texts))
    request.output_fields.extend(require_str_list("output_fields", output_fields or []))
    fresh.apply(request)
    return request


def _add_reranking(
    request: milvus_pb2.SearchRequest,
    ranker: Function | FunctionScore | None,
    function_chains: FunctionChain | Sequence[FunctionChain] | None,
    highlighter: Highlighter | None,
) -> None:
    if function_chains is not None:
        chains = encode_chains(function_chains)
        if chains and ranker is not None:
            raise ParamError(message="give either function_chains or ranker: both order the hits")
        request.function_chains.extend(chains)
    if ranker is not None:
        request.function_score.CopyFrom(encode_score(ranker))
    if highlighter is not None:
        request.highlighter.CopyFrom(encode_highlighter(highlighter))


def _add_aggregation(
    request: milvus_pb2.SearchRequest, aggregation: SearchAggregation, search_options: SearchOptions
) -> None:
    for name in ("group_by_field", "group_by_fields"):
        if getattr(search_options, name):
            raise ParamError(message=f"give either search_aggregation or {name}: both group the hits")
    request.search_aggregation.CopyFrom(encode_aggregation(aggregation))


def lacks_vectors(request: Request) -> TypeGuard[milvus_pb2.SearchRequest]:
    """Return whether :func:`add_vectors` must be called, with the schema: the query vectors are raw bytes."""
    # Not whether it is a message: the classes of protobuf take longer to answer that.
    return not isinstance(request, Assembled) and not request.nq


def as_message(request: Request) -> milvus_pb2.SearchRequest:
    """Return a request as a message that can be changed."""
    return request.message() if isinstance(request, Assembled) else request


def _build_usual(
    collection_name: str,
    data: object,
    filter_text: object,
    limit: int,
    output_fields: Sequence[str] | None,
    search_params: Mapping[str, object] | None,
    anns_field: str | None,
    round_decimal: int,
    fresh: Freshness,
    cluster_id: str,
    names: Names,
) -> Assembled[milvus_pb2.SearchRequest] | None:
    """Build a search as most programs write it, for lists of floats or float32 arrays, in a few steps.

    All but the filter and the vectors repeats from search to search; it is serialized once and kept. A program
    waits for the reply of each search before it makes the next one; what runs here finds the caches of the processor
    cold, and the number of steps is what it costs.

    Returns:
        The request; None if the long way is needed.

    Raises:
        ParamError: an argument is invalid.
    """
    vectors = usual_vectors(data)
    frozen = frozen_params(search_params)
    if vectors is None or frozen is None or not isinstance(filter_text, str):
        return None
    if type(limit) is not int or type(round_decimal) is not int:
        return None  # to a cache, True and 1.0 are 1
    group, count = vectors
    fields = tuple(output_fields) if isinstance(output_fields, list) else output_fields
    try:
        head = _usual_head(
            collection_name, count, limit, fields, frozen, anns_field, round_decimal, fresh, cluster_id, names
        )
    except TypeError:
        return None  # something unhashable: the long way says what is wrong with it
    if filter_text:
        head += milvus_pb2.SearchRequest(dsl=filter_text).SerializeToString()
    return Assembled.of(milvus_pb2.SearchRequest, head, _group_prefix(len(group)) + group)


@lru_cache(maxsize=256)
def _usual_head(
    collection_name: str,
    queries: int,
    limit: int,
    output_fields: Sequence[str] | None,
    search_params: Frozen,
    anns_field: str | None,
    round_decimal: int,
    fresh: Freshness,
    cluster_id: str,
    names: Names,
) -> bytes:
    """Serialize a search without filter and vectors."""
    search_options = SearchOptions(round_decimal=round_decimal, cluster_id=cluster_id)
    request = _build_message(
        collection_name,
        "",
        limit,
        output_fields,
        thawed_params(search_params),
        anns_field,
        search_options,
        fresh,
        names,
    )
    request.nq = queries
    return request.SerializeToString()


@lru_cache(maxsize=256)
def _group_prefix(size: int) -> bytes:
    return prefix(field_number(milvus_pb2.SearchRequest, "placeholder_group"), size)


def add_vectors(
    request: milvus_pb2.SearchRequest,
    data: object,
    anns_field: str | None,
    collection: CollectionInfo | None,
    names: Names = _OWN_NAMES,
) -> None:
    """Add the query vectors to a search.

    Args:
        request: the search.
        data: the query vectors: a list of vectors, of str, or of embedding lists.
        anns_field: the vector field; None or empty means the only one.
        collection: the schema, which says what raw bytes are; None where the vectors themselves say it.
        names: names of the arguments in error messages.

    Raises:
        ParamError: the data are not query vectors, or do not fit the field.
    """
    field = None if collection is None else _searched_field(collection, anns_field)
    try:
        request.placeholder_group, request.nq = encode_vectors(data, field)
    except ParamError as error:
        if not names.at:
            raise
        raise ParamError(message=f"{names.at}{error.message}") from error


def _searched_field(collection: CollectionInfo, anns_field: str | None) -> FieldInfo | None:
    if anns_field:
        return collection.anns_field(anns_field)
    one = len(collection.vector_fields) == 1 and not collection.struct_fields
    return collection.vector_fields[0] if one else None


def fits(data: Any, anns_field: str | None, collection: CollectionInfo) -> bool:
    """Return whether the first query vector has the dimension of the field, as far as that can be told.

    Args:
        data: the query vectors, of which each has the dimension of the first.
        anns_field: the vector field; None or empty means the only one.
        collection: the schema.
    """
    try:
        length = collection.query_lengths[anns_field]
    except KeyError:
        length = collection.query_lengths[anns_field] = _query_length(_searched_field(collection, anns_field))
    if length is None:
        return True
    if type(data) is list and data and type(data[0]) is list:
        return len(data[0]) == length  # as most programs write it, in few steps
    if isinstance(data, list | tuple) and data:
        first = data[0]
        is_vector = isinstance(first, list | tuple) or len(getattr(first, "shape", ())) == 1
        return not is_vector or len(first) == length
    shape: Sequence[int] = getattr(data, "shape", ())
    return len(shape) != 2 or shape[1] == length


def _query_length(field: FieldInfo | None) -> int | None:
    """Return the length of query vectors for a field; None if it can be any."""
    if field is None or not field.dim or FACTS[field.data_type].family != "dense":
        return None
    return FACTS[field.data_type].length(field.dim)


def check_vectors(data: object, anns_field: str | None, collection: CollectionInfo, names: Names = _OWN_NAMES) -> None:
    """Check the query vectors against the schema; the arguments are those of :func:`add_vectors`.

    Raises:
        ParamError: a query vector does not fit the field.
    """
    add_vectors(milvus_pb2.SearchRequest(), data, anns_field, collection, names)


def _check_queries(data: object, names: Names) -> None:
    """Refuse a single query: whether it is one or many must not depend on how deeply lists are nested."""
    is_single = (
        (
            isinstance(data, str | bytes | bytearray | memoryview | Mapping | EmbeddingList)
            and not hasattr(data, "tocsr")
        )
        or len(getattr(data, "shape", (0, 0))) == 1
        or (isinstance(data, list | tuple) and len(data) > 0 and isinstance(data[0], Real))
    )
    if is_single:
        raise ParamError(
            message=f"{names.at}data must be a list of vectors or of str; for a single one write [data]; "
            f"got {given(data)}"
        )


def parse_search(
    reply: SearchReply,
    round_decimal: int = -1,
    *,
    vectors_as: VectorsAs = "list",
    search_params: Mapping[str, object] | None = None,
) -> SearchResult:
    """Parse the hits of each query vector.

    Args:
        reply: the reply of the server.
        round_decimal: number of decimals of the distances, 0 to 6; -1 means all.
        vectors_as: ``"list"`` or ``"numpy"``, the form of dense vectors.
        search_params: those of the search, of which tables of hits show the metric.
    """
    result = decode_search(reply.message, round_decimal, raw=reply.raw, as_numpy=vectors_as == "numpy")
    if search_params is not None:  # a reply does not say the metric
        result.metric_type = str(search_params.get("metric_type") or "")
    return result


def parse_columns(reply: SearchReply) -> SearchColumns:
    """Parse the hits of all query vectors, as columns."""
    return search_columns(reply)
