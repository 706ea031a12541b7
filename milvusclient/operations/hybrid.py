"""Hybrid search: several searches, and a ranker that merges their hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, require_name, require_str, require_str_list
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.ranking import Ranker, encode_score, ranker_texts
from milvusclient.operations.search_params import SearchOptions, group_texts, require_count
from milvusclient.operations.searches import Names, build_search
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.ranking import AnnSearchRequest, BaseRanker, WeightedRanker

if TYPE_CHECKING:
    from milvusclient.operations.consistency import Freshness
    from milvusclient.operations.search_params import OrderBy
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.highlight import Highlighter

__all__ = [
    "build_hybrid_search",
    "check_vector_counts",
    "has_unwritten_filters",
    "refuse_unsupported",
    "with_filters",
]


def build_hybrid_search(
    collection_name: str,
    reqs: Sequence[AnnSearchRequest],
    ranker: Ranker | None,
    limit: int,
    output_fields: Sequence[str] | None,
    round_decimal: int,
    fresh: Freshness,
    cluster_id: str,
    *,
    partition_names: Sequence[str] | None = None,
    namespace: str | None = None,
    highlighter: Highlighter | None = None,
    offset: int | None = None,
    group_by_field: str | None = None,
    group_by_fields: Sequence[str] | None = None,
    group_size: int | None = None,
    strict_group_size: bool | None = None,
    rank_group_scorer: str | None = None,
    order_by_fields: OrderBy | None = None,
    json_path: str | None = None,
    json_type: DataType | int | None = None,
    strict_cast: bool | None = None,
    ignore_growing: bool = False,
    page_retain_order: bool | None = None,
    timezone: str | None = None,
    time_fields: str | Sequence[str] | None = None,
) -> milvus_pb2.HybridSearchRequest:
    """Build a hybrid search.

    The arguments are those of :meth:`MilvusClient.hybrid_search`. Beside them, ``fresh`` says how fresh the data
    must be, and ``cluster_id`` which cluster answers (for sessions; empty otherwise).

    Returns:
        The request. A part lacks its query vectors if only the schema says what they are: see
        :func:`~milvusclient.operations.searches.lacks_vectors`.

    Raises:
        ParamError: an argument is invalid.
        DataTypeNotMatchException: a filter is not a str.
    """
    request = milvus_pb2.HybridSearchRequest(collection_name=require_name("collection_name", collection_name))
    searches = _checked(reqs)
    texts = {}
    if isinstance(ranker, BaseRanker):
        _check_weights(ranker, len(searches))
        texts.update(ranker_texts(ranker))
    elif isinstance(ranker, Function | FunctionScore):
        request.function_score.CopyFrom(encode_score(ranker))
    elif ranker is not None:
        raise ParamError(
            message=f"ranker must be an RRFRanker, a WeightedRanker, a Function or a FunctionScore, got {given(ranker)}"
        )
    texts["limit"] = str(require_count("limit", limit))
    for index, search in enumerate(searches):
        require_name(f"reqs[{index}].anns_field", search.anns_field)
        part = build_search(
            collection_name, search.data, cast("str | None", search.expr), search.limit, None, search.param,
            search.anns_field, round_decimal, fresh, cluster_id, filter_params=search.expr_params,
            partition_names=partition_names, namespace=namespace, highlighter=highlighter, offset=offset,
            group_by_field=group_by_field, group_by_fields=group_by_fields, group_size=group_size,
            strict_group_size=strict_group_size, order_by_fields=order_by_fields, json_path=json_path,
            json_type=json_type, strict_cast=strict_cast, ignore_growing=ignore_growing,
            page_retain_order=page_retain_order, timezone=timezone, time_fields=time_fields,
            names=Names(f"reqs[{index}].", "expr", "param"),
        )  # fmt: skip
        request.requests.add().MergeFromString(part.SerializeToString())
    request.output_fields.extend(require_str_list("output_fields", output_fields or []))
    request.partition_names.extend(partition_names or [])
    if namespace is not None:
        request.namespace = namespace
    fresh.apply(request)
    texts["round_decimal"] = str(round_decimal)
    texts["offset"] = str(offset or 0)
    groups = SearchOptions(group_by_field=group_by_field, group_size=group_size, strict_group_size=strict_group_size)
    texts.update(group_texts(groups))
    if rank_group_scorer is not None:
        texts["rank_group_scorer"] = require_str("rank_group_scorer", rank_group_scorer)
    if cluster_id:
        texts["cluster_id"] = cluster_id
    request.rank_params.extend(key_value_pairs(texts))
    return request


def has_unwritten_filters(reqs: object) -> bool:
    """Return whether a request has a filter that depends on the server: a condition, or one with placeholders."""
    if not isinstance(reqs, list | tuple) or not all(isinstance(search, AnnSearchRequest) for search in reqs):
        return False  # which the builder refuses
    return any(
        search.expr_params is not None or not (isinstance(search.expr, str) or search.expr is None) for search in reqs
    )


def with_filters(
    reqs: Sequence[AnnSearchRequest], filters: Sequence[tuple[str, Mapping[str, object] | None]]
) -> list[AnnSearchRequest]:
    """Return the requests with their filters as the server reads them."""
    return [
        AnnSearchRequest(search.data, search.anns_field, search.param, search.limit, text, params)
        for search, (text, params) in zip(reqs, filters, strict=True)
    ]


def _checked(reqs: object) -> Sequence[AnnSearchRequest]:
    if not isinstance(reqs, list | tuple) or not reqs:
        raise ParamError(message=f"reqs must be a non-empty list of AnnSearchRequest, got {given(reqs)}")
    for index, search in enumerate(reqs):
        if not isinstance(search, AnnSearchRequest):
            raise ParamError(message=f"reqs[{index}] must be an AnnSearchRequest, got {given(search)}")
    return reqs


def _check_weights(ranker: BaseRanker, count: int) -> None:
    # The server would refuse it too, but only after all searches are done.
    if isinstance(ranker, WeightedRanker):
        weights = cast("dict[str, list[float]]", ranker.dict()["params"])["weights"]
        if len(weights) != count:
            raise ParamError(
                message=f"ranker must have one weight for each of the {count} reqs, got the weights {weights}"
            )


def refuse_unsupported(**values: object) -> None:
    """Refuse options of searches that hybrid searches do not have.

    Raises:
        ParamError: one of them is given.
    """
    for name, value in values.items():
        if value is not None:
            raise ParamError(message=f"hybrid_search does not support {name}: servers support it in search only")


def check_vector_counts(request: milvus_pb2.HybridSearchRequest) -> None:
    """Check that all requests have the same number of query vectors.

    Raises:
        ParamError: they do not.
    """
    counts = [part.nq for part in request.requests]
    if len(set(counts)) > 1:
        raise ParamError(message=f"all reqs must have the same number of query vectors, got {counts}")
