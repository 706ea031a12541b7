"""Hybrid search: what is built, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations.consistency import freshness
from milvusclient.operations.hybrid import build_hybrid_search, check_vector_counts, refuse_unsupported
from milvusclient.operations.searches import lacks_vectors
from milvusclient.schema.enums import FunctionType
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.highlight import LexicalHighlighter
from milvusclient.schema.ranking import AnnSearchRequest, RRFRanker, WeightedRanker

DENSE = AnnSearchRequest([[0.5]], "dense", {"metric_type": "L2", "params": {"nprobe": 3}}, 5, "a in {x}", {"x": [1]})
SPARSE = AnnSearchRequest([{1: 0.5}], "sparse", {}, 4)
RRF = RRFRanker()
RERANK = Function("w", FunctionType.RERANK, [], params={"reranker": "rrf"})


def build(
    reqs: Any = (DENSE, SPARSE), ranker: Any = RRF, limit: Any = 10, highlighter: Any = None, **given: Any
) -> milvus_pb2.HybridSearchRequest:
    return build_hybrid_search(
        "books", reqs, ranker, limit, given.pop("output_fields", None), given.pop("round_decimal", -1),
        freshness("Bounded", None, 0), given.pop("cluster_id", ""), highlighter=highlighter, **given,
    )  # fmt: skip


def texts(pairs: Any) -> dict[str, str]:
    return {pair.key: pair.value for pair in pairs}


def test_each_part_is_a_search_of_its_own() -> None:
    request = build(output_fields=["a"], partition_names=["p"], namespace="n")
    first, second = request.requests
    assert (first.collection_name, first.dsl, first.dsl_type) == ("books", "a in {x}", 1)
    assert list(first.expr_template_values["x"].array_val.long_data.data) == [1]
    assert texts(first.search_params)["params"] == '{"nprobe":3,"metric_type":"L2"}'
    assert (texts(first.search_params)["topk"], texts(second.search_params)["topk"]) == ("5", "4")
    assert texts(second.search_params)["anns_field"] == "sparse"
    for part in (first, second):
        assert (list(part.partition_names), part.namespace, list(part.output_fields)) == (["p"], "n", [])
        assert (part.guarantee_timestamp, part.consistency_level) == (2, 2)
    assert (list(request.output_fields), list(request.partition_names), request.namespace) == (["a"], ["p"], "n")
    assert (request.guarantee_timestamp, request.consistency_level) == (2, 2)


def test_rankers_become_rank_params() -> None:
    assert texts(build(ranker=RRFRanker(7), limit=3).rank_params) == {
        "strategy": "rrf", "params": '{"k":7}', "limit": "3", "round_decimal": "-1", "offset": "0",
    }  # fmt: skip
    weighted = texts(build(ranker=WeightedRanker(0.5, 1)).rank_params)
    assert weighted["params"] == '{"weights":[0.5,1],"norm_score":true}'


@pytest.mark.parametrize("ranker", [RERANK, FunctionScore(RERANK)])
def test_a_function_ranker_becomes_a_function_score(ranker: Function | FunctionScore) -> None:
    request = build(ranker=ranker)
    assert request.function_score.functions[0].name == "w"
    assert texts(request.rank_params) == {"limit": "10", "round_decimal": "-1", "offset": "0"}


def test_without_a_ranker_the_server_has_its_own() -> None:
    assert texts(build(ranker=None).rank_params) == {"limit": "10", "round_decimal": "-1", "offset": "0"}


def test_options_of_search_alone_are_refused() -> None:
    refuse_unsupported(function_chains=None)
    with pytest.raises(ParamError, match="hybrid_search does not support function_chains"):
        refuse_unsupported(function_chains=[])


def test_options_go_to_every_part_and_group_options_also_to_the_whole() -> None:
    request = build(
        offset=2, round_decimal=3, group_by_field="g", group_size=2, strict_group_size=True, cluster_id="c",
        group_by_fields=["g", "h"], ignore_growing=True,
    )  # fmt: skip
    whole = texts(request.rank_params)
    shared = {
        "offset": "2", "round_decimal": "3", "group_by_field": "g", "group_size": "2", "strict_group_size": "True",
        "cluster_id": "c",
    }  # fmt: skip
    assert whole == {"strategy": "rrf", "params": '{"k":60}', "limit": "10", **shared}
    for part in request.requests:
        assert texts(part.search_params).items() >= shared.items()
        assert texts(part.search_params)["group_by_fields"] == "g,h"
        assert texts(part.search_params)["ignore_growing"] == "True"


def test_a_highlighter_goes_to_every_part() -> None:
    request = build(highlighter=LexicalHighlighter(fragment_size=5))
    assert all(part.highlighter.params[0].value == "5" for part in request.requests)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reqs": []}, "reqs must be a non-empty list"),
        ({"reqs": DENSE}, "reqs must be a non-empty list"),
        ({"reqs": ["x"]}, r"reqs\[0\] must be an AnnSearchRequest, got 'x'"),
        ({"reqs": [DENSE, AnnSearchRequest([[1.0]], "v", {}, 0)]}, r"reqs\[1\].limit must be at least 1"),
        ({"reqs": [AnnSearchRequest([[1.0]], "", {}, 5)]}, r"reqs\[0\].anns_field must be a non-empty str"),
        ({"reqs": [AnnSearchRequest([[1.0]], "v", {"params": 5}, 5)]}, r"reqs\[0\].param\['params'\] must be a dict"),
        ({"reqs": [AnnSearchRequest([[1.0]], "v", {"offset": 1}, 5)], "offset": 1}, "offset is given twice"),
        ({"ranker": "rrf"}, "ranker must be an RRFRanker"),
        ({"ranker": WeightedRanker(0.5)}, "ranker must have one weight for each of the 2 reqs"),
        ({"limit": 0}, "limit must be at least 1"),
        ({"limit": "3"}, "limit must be an int"),
        ({"offset": -2}, "offset must be at least 0"),
        ({"output_fields": "x"}, "output_fields must be a list of str"),
        ({"highlighter": "x"}, "highlighter must be a"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=message):
        build(**given)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([0.5], r"reqs\[1\].data must be a list of vectors"),
        ([], r"reqs\[1\].data must have at least one vector"),
        ([[0.5, "x"]], r"reqs\[1\].data\[0\]"),
    ],
)
def test_query_vectors_that_are_refused_are_named_by_their_request(data: Any, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        build(reqs=[DENSE, AnnSearchRequest(data, "v", {}, 5)])


def test_a_part_lacks_its_vectors_only_if_the_schema_is_needed_to_encode_them() -> None:
    request = build(reqs=[DENSE, SPARSE, AnnSearchRequest([bytes(8)], "v", {}, 5)])
    assert [lacks_vectors(part) for part in request.requests] == [False, False, True]


def test_all_parts_have_the_same_number_of_query_vectors() -> None:
    request = build()
    request.requests[0].nq = request.requests[1].nq = 2
    check_vector_counts(request)
    request.requests[1].nq = 1
    with pytest.raises(ParamError, match=r"the same number of query vectors, got \[2, 1\]"):
        check_vector_counts(request)


def test_the_scorer_of_groups_goes_to_the_whole() -> None:
    request = build(group_by_field="a", rank_group_scorer="sum")
    assert texts(request.rank_params)["rank_group_scorer"] == "sum"
    with pytest.raises(ParamError, match="rank_group_scorer must be a str, got 1"):
        build(rank_group_scorer=1)
