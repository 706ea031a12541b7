"""Hybrid search: several searches, and a ranker that merges their hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import given, require_name
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.highlighting import encode_highlighter
from milvusclient.operations.keys import require_filter
from milvusclient.operations.queries import filter_values
from milvusclient.operations.ranking import Ranker, encode_score, ranker_texts
from milvusclient.operations.search_params import SearchOptions, group_texts, require_count, search_texts
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.ranking import AnnSearchRequest, BaseRanker, WeightedRanker

if TYPE_CHECKING:
    from milvusclient.operations.searches import Reading
    from milvusclient.schema.highlight import Highlighter

__all__ = ["build_hybrid_search", "check_vector_counts", "refuse_unsupported"]

#: What a hybrid search groups by is said once for all; several fields only to the requests.
_SHARED_GROUP_KEYS = ("group_by_field", "group_size", "strict_group_size")


def build_hybrid_search(
    collection_name: str,
    reqs: Sequence[AnnSearchRequest],
    ranker: Ranker | None,
    limit: int,
    options: SearchOptions,
    reading: Reading,
    highlighter: Highlighter | None = None,
) -> milvus_pb2.HybridSearchRequest:
    """A hybrid search, all but the query vectors of its requests.

    Args:
        collection_name: name or alias of the collection.
        reqs: the searches.
        ranker: what merges their hits; None leaves it to the server.
        limit: how many hits for each query vector.
        options: what else is asked for, of every search.
        reading: where to look and what to bring back.
        highlighter: what marks passages in the hits.

    Raises:
        ParamError: an argument cannot be.
        DataTypeNotMatchException: a filter is not a text.
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
        request.requests.append(_build_part(request.collection_name, index, search, options, reading, highlighter))
    reading.apply(request)
    texts["round_decimal"] = str(options.round_decimal)
    texts["offset"] = str(options.offset or 0)
    texts.update({key: text for key, text in group_texts(options).items() if key in _SHARED_GROUP_KEYS})
    if options.cluster_id:
        texts["cluster_id"] = options.cluster_id
    request.rank_params.extend(key_value_pairs(texts))
    return request


def _build_part(
    collection_name: str,
    index: int,
    search: AnnSearchRequest,
    options: SearchOptions,
    reading: Reading,
    highlighter: Highlighter | None,
) -> milvus_pb2.SearchRequest:
    at = f"reqs[{index}]"
    limit = require_count(f"{at}.limit", search.limit)
    anns_field = require_name(f"{at}.anns_field", search.anns_field)
    part = milvus_pb2.SearchRequest(
        collection_name=collection_name,
        dsl=require_filter(f"{at}.expr", search.expr),
        dsl_type=common_pb2.DslType.BoolExprV1,
    )
    part.search_params.extend(key_value_pairs(search_texts(search.param, limit, anns_field, options, f"{at}.param")))
    for name, value in filter_values(search.expr_params).items():
        part.expr_template_values[name].CopyFrom(value)
    if highlighter is not None:
        part.highlighter.CopyFrom(encode_highlighter(highlighter))
    replace(reading, output_fields=None).apply(part)
    return part


def _checked(reqs: object) -> Sequence[AnnSearchRequest]:
    if not isinstance(reqs, list | tuple) or not reqs:
        raise ParamError(message=f"reqs must be a non-empty list of AnnSearchRequest, got {given(reqs)}")
    for index, search in enumerate(reqs):
        if not isinstance(search, AnnSearchRequest):
            raise ParamError(message=f"reqs[{index}] must be an AnnSearchRequest, got {given(search)}")
    return reqs


def _check_weights(ranker: BaseRanker, count: int) -> None:
    """The server would refuse it only after all searches are done."""
    if isinstance(ranker, WeightedRanker):
        weights = cast("dict[str, list[float]]", ranker.dict()["params"])["weights"]
        if len(weights) != count:
            raise ParamError(message=f"a WeightedRanker needs a weight for each of the {count} reqs, it has {weights}")


def refuse_unsupported(**values: object) -> None:
    """Refuse what searches can do and hybrid searches cannot.

    Raises:
        ParamError: one of them is given.
    """
    for name, value in values.items():
        if value is not None:
            raise ParamError(message=f"a hybrid search has no {name}: servers have it for search only")


def check_vector_counts(request: milvus_pb2.HybridSearchRequest) -> None:
    """Check that all requests have equally many query vectors.

    Raises:
        ParamError: they differ.
    """
    counts = [part.nq for part in request.requests]
    if len(set(counts)) > 1:
        raise ParamError(message=f"all reqs must have equally many query vectors, they have {counts}")
