"""Search: the nearest vectors of one field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import given, optional_str, require_name, require_str, require_str_list
from milvusclient.codec.ids import encode_ids
from milvusclient.codec.read.results import decode_search
from milvusclient.codec.read.table import search_columns
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.codec.write.query_vectors import encode_vectors, usual_vectors
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

if TYPE_CHECKING:
    from milvusclient.codec.read.reply import SearchReply
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.models.columns import SearchColumns
    from milvusclient.models.results import SearchResult
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.consistency import Freshness
    from milvusclient.operations.keys import Keys
    from milvusclient.schema.aggregation import SearchAggregation
    from milvusclient.schema.function_chain import FunctionChain
    from milvusclient.schema.functions import Function, FunctionScore
    from milvusclient.schema.highlight import Highlighter

__all__ = ["Reading", "Reranking", "add_vectors", "build_search", "build_usual_search", "parse_columns", "parse_search"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where a search looks and what it brings back.

    Args:
        fresh: how fresh the data must be.
        output_fields: which fields; None or an empty list means none.
        partition_names: where to look; None or an empty list means everywhere.
        namespace: the namespace of the rows.
    """

    fresh: Freshness
    output_fields: Sequence[str] | None = None
    partition_names: Sequence[str] | None = None
    namespace: str | None = None

    def apply(self, request: milvus_pb2.SearchRequest | milvus_pb2.HybridSearchRequest) -> None:
        """Write it into a request.

        Raises:
            ParamError: a name is not a text.
        """
        request.output_fields.extend(require_str_list("output_fields", self.output_fields or []))
        request.partition_names.extend(require_str_list("partition_names", self.partition_names or []))
        if self.namespace is not None:
            request.namespace = require_str("namespace", self.namespace)
        self.fresh.apply(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranking:
    """What is done to the hits of a search before they come back."""

    ranker: Function | FunctionScore | None = None
    function_chains: FunctionChain | Sequence[FunctionChain] | None = None
    highlighter: Highlighter | None = None
    aggregation: SearchAggregation | None = None

    def apply(self, request: milvus_pb2.SearchRequest, options: SearchOptions) -> None:
        """Write it into a request.

        Raises:
            ParamError: one of them has a wrong type, or two of them exclude each other.
        """
        if self.function_chains is not None:
            chains = encode_chains(self.function_chains)
            if chains and self.ranker is not None:
                raise ParamError(message="give either function_chains or ranker: both order the hits")
            request.function_chains.extend(chains)
        if self.ranker is not None:
            request.function_score.CopyFrom(encode_score(self.ranker))
        if self.highlighter is not None:
            request.highlighter.CopyFrom(encode_highlighter(self.highlighter))
        if self.aggregation is not None:
            for name in ("group_by_field", "group_by_fields"):
                if getattr(options, name):
                    raise ParamError(message=f"give either search_aggregation or {name}: both make groups of the hits")
            request.search_aggregation.CopyFrom(encode_aggregation(self.aggregation))


def build_search(
    collection_name: str,
    data: object,
    ids: Keys | None,
    filter_text: str | None,
    filter_params: Mapping[str, object] | None,
    limit: int,
    search_params: Mapping[str, object] | None,
    anns_field: str | None,
    options: SearchOptions,
    reading: Reading,
    reranking: Reranking = Reranking(),
) -> milvus_pb2.SearchRequest:
    """A search, all but its query vectors: :func:`add_vectors` adds them.

    Args:
        collection_name: name or alias of the collection.
        data: the query vectors; only looked at for whether they are given.
        ids: the rows whose vectors are searched for, in place of query vectors.
        filter_text: which rows.
        filter_params: values for the placeholders of the filter.
        limit: how many hits for each query vector.
        search_params: metric and parameters of the index.
        anns_field: the vector field; None or empty means the only one.
        options: what else is asked for.
        reading: where to look and what to bring back.
        reranking: what is done to the hits.

    Raises:
        ParamError: an argument cannot be.
        DataTypeNotMatchException: the filter is not a text.
    """
    if (data is None) == (ids is None):
        raise ParamError(message="give either data, the query vectors, or ids, the keys of rows that have the vectors")
    field_name = optional_str("anns_field", anns_field)
    request = milvus_pb2.SearchRequest(
        collection_name=require_name("collection_name", collection_name),
        dsl=require_filter("filter", filter_text),
        dsl_type=common_pb2.DslType.BoolExprV1,
    )
    texts = search_texts(search_params, require_count("limit", limit), field_name, options, "search_params")
    request.search_params.extend(key_value_pairs(texts))
    for name, value in filter_values(filter_params).items():
        request.expr_template_values[name].CopyFrom(value)
    reading.apply(request)
    reranking.apply(request, options)
    if ids is not None:
        request.ids.CopyFrom(encode_ids(ids))
        request.nq = len(request.ids.int_id.data) or len(request.ids.str_id.data)
    return request


def build_usual_search(
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
) -> Assembled[milvus_pb2.SearchRequest] | None:
    """A search as most programs write it, for lists of floats or float32 arrays, without any of the rarer options.

    It is the request of :func:`build_search` and :func:`add_vectors`, made in a few steps: all but the filter and the
    vectors is the same from search to search, and kept. A program waits for the reply of each search before it makes
    the next, so whatever runs here runs on cold caches, and the number of steps is what it costs.

    Args:
        collection_name: name or alias of the collection.
        data: the query vectors.
        filter_text: which rows.
        limit: how many hits for each query vector.
        output_fields: which fields the hits have.
        search_params: metric and parameters of the index.
        anns_field: the vector field; None or empty means the only one.
        round_decimal: how many decimals the distances keep, -1 for all.
        fresh: how fresh the data must be.
        cluster_id: the cluster that shall answer, for sessions.

    Returns:
        The request; None if something about it is not so usual.

    Raises:
        ParamError: an argument cannot be.
    """
    vectors = usual_vectors(data)
    frozen = frozen_params(search_params)
    if vectors is None or frozen is None or not isinstance(filter_text, str):
        return None
    group, count = vectors
    fields = tuple(output_fields) if isinstance(output_fields, list) else output_fields
    try:
        head = _usual_head(collection_name, count, limit, fields, frozen, anns_field, round_decimal, fresh, cluster_id)
    except TypeError:
        return None  # something that no cache can hold, and no search either
    if filter_text:
        head += milvus_pb2.SearchRequest(dsl=filter_text).SerializeToString()
    return Assembled.of(milvus_pb2.SearchRequest, head, _group_prefix(len(group)) + group)


@lru_cache(maxsize=256, typed=True)  # typed, since True would pass for 1
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
) -> bytes:
    """A serialized search without filter and vectors."""
    request = build_search(
        collection_name, (), None, "", None, limit, thawed_params(search_params), anns_field,
        SearchOptions(round_decimal=round_decimal, cluster_id=cluster_id),
        Reading(fresh=fresh, output_fields=output_fields),
    )  # fmt: skip
    request.nq = queries
    return request.SerializeToString()


@lru_cache(maxsize=256)
def _group_prefix(size: int) -> bytes:
    return prefix(field_number(milvus_pb2.SearchRequest, "placeholder_group"), size)


def add_vectors(
    request: milvus_pb2.SearchRequest, data: object, anns_field: str | None, collection: CollectionInfo | None
) -> None:
    """Add the query vectors.

    Args:
        request: the search.
        data: a list of query vectors, of texts, or of embedding lists.
        anns_field: the vector field; None or empty means the only one.
        collection: what is known of the collection; None if nothing is known, and nothing needs to be.

    Raises:
        ParamError: the data are no query vectors, or none for this field.
    """
    _check_queries(data)
    field = None
    if collection is not None:
        if anns_field:
            field = collection.anns_field(anns_field)
        elif len(collection.vector_fields) == 1 and not collection.struct_fields:
            field = collection.vector_fields[0]
    request.placeholder_group, request.nq = encode_vectors(data, field)


def _check_queries(data: object) -> None:
    """Refuse a single query: whether it is one or many must not depend on how deep a list is."""
    is_single = (
        isinstance(data, str | bytes | bytearray | memoryview | Mapping | EmbeddingList)
        or len(getattr(data, "shape", (0, 0))) == 1
        or (isinstance(data, list | tuple) and len(data) > 0 and isinstance(data[0], Real))
    )
    if is_single:
        raise ParamError(
            message=f"data must be a list of vectors or texts; for one of them write [data]; got {given(data)}"
        )


def parse_search(reply: SearchReply, round_decimal: int = -1, *, vectors_as: VectorsAs = "list") -> SearchResult:
    """The hits of each query vector.

    Args:
        reply: what the server found.
        round_decimal: how many decimals the distances keep, -1 for all.
        vectors_as: what dense vectors become.
    """
    return decode_search(reply.message, round_decimal, raw=reply.raw, as_numpy=vectors_as == "numpy")


def parse_columns(reply: SearchReply) -> SearchColumns:
    """The hits of all query vectors, as columns."""
    return search_columns(reply)
