"""Search: what is built, what is refused; rankers, highlighters, aggregations and chains as messages."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.codec.write.embedding_list import EmbeddingList
from milvusclient.exceptions import DataTypeNotMatchException, MilvusException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations.consistency import freshness
from milvusclient.operations.function_chains import encode_chains
from milvusclient.operations.ranking import encode_score, ranker_texts
from milvusclient.operations.searches import add_vectors, as_message, build_search, lacks_vectors
from milvusclient.schema.aggregation import SearchAggregation, TopHits
from milvusclient.schema.chain_functions import FunctionChainExpr, col
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.function_chain import FunctionChain, FunctionChainStage
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter
from milvusclient.schema.ranking import BaseRanker, RRFRanker

BOOST = Function("boost", FunctionType.RERANK, [], params={"reranker": "boost", "random": {"seed": 1}, "on": True})


def build(
    collection_name: Any = "books",
    data: Any = ...,
    ids: Any = None,
    filter_text: Any = "",
    filter_params: Any = None,
    limit: Any = 10,
    search_params: Any = None,
    anns_field: Any = None,
    output_fields: Any = None,
    **others: Any,
) -> milvus_pb2.SearchRequest:
    if data is ...:
        data = [[0.5, 1.5]] if ids is None else None
    request = build_search(
        collection_name, data, filter_text, limit, output_fields, search_params, anns_field, -1,
        freshness(None, None, 0), "", ids=ids, filter_params=filter_params, **others,
    )  # fmt: skip
    return as_message(request)


def texts(request: milvus_pb2.SearchRequest) -> dict[str, str]:
    return {pair.key: pair.value for pair in request.search_params}


def placeholder(request: milvus_pb2.SearchRequest) -> common_pb2.PlaceholderValue:
    (value,) = common_pb2.PlaceholderGroup.FromString(request.placeholder_group).placeholders
    return value


def test_a_plain_search() -> None:
    request = build()
    assert (request.collection_name, request.dsl, request.dsl_type, request.nq) == ("books", "", 1, 1)
    assert texts(request) == {"topk": "10", "round_decimal": "-1", "ignore_growing": "False", "params": "{}"}
    assert (placeholder(request).tag, int(placeholder(request).type)) == ("$0", 101)
    assert not request.output_fields
    assert not request.HasField("namespace")
    assert not request.HasField("function_score")
    assert (request.guarantee_timestamp, request.use_default_consistency) == (1, True)


def test_filter_partitions_and_output_fields() -> None:
    request = build(
        filter_text="a in {x}", filter_params={"x": [1]}, anns_field="v",
        output_fields=["a"], partition_names=["p"], namespace="",
    )  # fmt: skip
    assert (request.dsl, list(request.output_fields), list(request.partition_names)) == ("a in {x}", ["a"], ["p"])
    assert request.HasField("namespace")
    assert texts(request)["anns_field"] == "v"
    assert list(request.expr_template_values["x"].array_val.long_data.data) == [1]


@pytest.mark.parametrize(("ids", "count"), [(5, 1), ([5, 6], 2), ((5, 6), 2)])
def test_a_search_for_the_vectors_of_rows(ids: Any, count: int) -> None:
    request = build(ids=ids)
    assert (request.nq, len(request.ids.int_id.data)) == (count, count)
    assert request.WhichOneof("search_input") == "ids"


def test_a_search_for_the_vectors_of_rows_with_str_keys() -> None:
    assert list(build(ids=["a", "b"]).ids.str_id.data) == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"collection_name": ""}, ParamError, "collection_name must be a non-empty str"),
        ({"data": None}, ParamError, "give either data, the query vectors, or ids"),
        ({"data": [[1.0]], "ids": [1]}, ParamError, "give either data, the query vectors, or ids"),
        ({"ids": []}, ParamError, "ids"),
        ({"ids": [1, "b"]}, ParamError, "ids"),
        ({"ids": 1.5}, ParamError, "ids"),
        ({"ids": [True]}, ParamError, "ids"),
        ({"filter_text": 5}, DataTypeNotMatchException, "filter must be a str"),
        ({"limit": 0}, ParamError, "limit must be at least 1"),
        ({"limit": "3"}, ParamError, "limit must be an int"),
        ({"limit": True}, ParamError, "limit must be an int"),
        ({"limit": None}, ParamError, "limit must be an int"),
        ({"anns_field": 5}, ParamError, "anns_field must be a str or None"),
        ({"output_fields": "s"}, ParamError, "output_fields must be a list of str"),
        ({"partition_names": "s"}, ParamError, "partition_names must be a list of str"),
        ({"namespace": 5}, ParamError, "namespace must be a str"),
    ],
)
def test_invalid_arguments_are_refused(arguments: dict[str, Any], error: type[MilvusException], message: str) -> None:
    with pytest.raises(error, match=message):
        build(**arguments)


# --- query vectors ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data", ["text", b"\0\1", bytearray(2), memoryview(b"ab"), {1: 0.5}, [0.1, 0.2], (1, 2), EmbeddingList([[1.0]])]
)
def test_a_single_query_is_not_a_list_of_queries(data: object) -> None:
    with pytest.raises(ParamError, match=r"for a single one write \[data\]"):
        build(data=data)


def test_an_array_has_a_row_for_each_query() -> None:
    numpy = pytest.importorskip("numpy")
    assert build(data=numpy.zeros((2, 3), "f4")).nq == 2
    with pytest.raises(ParamError, match="for a single one write"):
        build(data=numpy.zeros(3, "f4"))


HALVES = CollectionInfo("h", fields=(FieldInfo("v", data_type=DataType.FLOAT16_VECTOR, dim=2),))
TWO = CollectionInfo(
    "t",
    fields=(
        FieldInfo("v", data_type=DataType.FLOAT16_VECTOR, dim=2),
        FieldInfo("w", data_type=DataType.BFLOAT16_VECTOR, dim=2),
    ),
)


@pytest.mark.parametrize(
    ("collection", "anns_field", "expected"),
    [
        (HALVES, "v", DataType.FLOAT16_VECTOR),
        (HALVES, None, DataType.FLOAT16_VECTOR),
        (TWO, "w", DataType.BFLOAT16_VECTOR),
        (TWO, None, DataType.BINARY_VECTOR),
        (TWO, "missing", DataType.BINARY_VECTOR),
        (None, "v", DataType.BINARY_VECTOR),
    ],
)
def test_raw_bytes_are_what_the_field_holds(
    collection: CollectionInfo | None, anns_field: str | None, expected: DataType
) -> None:
    request = build(data=[bytes(4)], anns_field=anns_field)
    assert lacks_vectors(request)
    add_vectors(request, [bytes(4)], anns_field, collection)
    assert not lacks_vectors(request)
    assert int(placeholder(request).type) == expected


@pytest.mark.parametrize(
    "data", [[], [[0.1, float("nan")]], [[0.1], "x"], [[0.1, 0.2], [0.1]], [["a"]], [None], 5, None]
)
def test_invalid_query_vectors_are_refused(data: Any) -> None:
    with pytest.raises(ParamError, match="data"):
        build(data=data)


# --- what is done to the hits ----------------------------------------------------------------------------------------
def test_a_rerank_function_has_parameters_that_people_can_read() -> None:
    (function,) = encode_score(BOOST).functions
    assert (function.name, int(function.type)) == ("boost", FunctionType.RERANK)
    assert {pair.key: pair.value for pair in function.params} == {
        "reranker": "boost", "random": '{"seed":1}', "on": "True",
    }  # fmt: skip


def test_a_score_combines_functions() -> None:
    score = encode_score(FunctionScore([BOOST, BOOST], {"boost_mode": "sum"}))
    assert len(score.functions) == 2
    assert [(pair.key, pair.value) for pair in score.params] == [("boost_mode", "sum")]


def test_rankers_of_hybrid_searches_are_refused_by_search() -> None:
    with pytest.raises(ParamError, match="ranker must be a Function or a FunctionScore"):
        build(ranker=RRFRanker())


def test_a_ranker_becomes_str_parameters() -> None:
    assert ranker_texts(RRFRanker(10)) == {"strategy": "rrf", "params": '{"k":10}'}
    assert ranker_texts(BaseRanker()) == {"params": "{}"}


@pytest.mark.parametrize(
    ("highlighter", "kind", "expected"),
    [
        (LexicalHighlighter(pre_tags=["<b>"], highlight_search_text=True, fragment_size=10), 0,
         {"pre_tags": '["<b>"]', "highlight_search_text": "True", "fragment_size": "10"}),
        (SemanticHighlighter(["q"], ["body"], threshold=0.5), 1,
         {"queries": '["q"]', "input_fields": '["body"]', "threshold": "0.5"}),
    ],
)  # fmt: skip
def test_a_highlighter(highlighter: Any, kind: int, expected: dict[str, str]) -> None:
    message = build(highlighter=highlighter).highlighter
    assert message.type == kind
    assert {pair.key: pair.value for pair in message.params} == expected


def test_an_aggregation_with_all_its_parts() -> None:
    inner = SearchAggregation(["b"], 2)
    outer = SearchAggregation(["s"], 5, {"n": {"count": "*"}}, [{"n": "desc"}], TopHits(2, [{"_score": "asc"}]), inner)
    spec = build(search_aggregation=outer).search_aggregation
    assert (list(spec.fields), spec.size) == (["s"], 5)
    assert (spec.metrics["n"].op, spec.metrics["n"].field_name) == ("count", "*")
    assert [(order.key, order.direction) for order in spec.order] == [("n", "desc")]
    assert (spec.top_hits.size, spec.top_hits.sort[0].field_name, spec.top_hits.sort[0].direction) == (
        2, "_score", "asc",
    )  # fmt: skip
    assert (list(spec.sub_aggregation.fields), spec.sub_aggregation.size) == (["b"], 2)
    assert not spec.sub_aggregation.HasField("top_hits")


@pytest.mark.parametrize("options", [{"group_by_field": "s"}, {"group_by_fields": ["s"]}])
def test_an_aggregation_excludes_groups(options: dict[str, Any]) -> None:
    with pytest.raises(ParamError, match="give either search_aggregation or group_by_field"):
        build(search_aggregation=SearchAggregation(["s"], 5), **options)


def chain(**params: object) -> FunctionChain:
    return FunctionChain(FunctionChainStage.L2_RERANK, "c").map(
        "x", FunctionChainExpr("f", (col("a"), 2), params)
    )  # fmt: skip


def test_a_chain_with_values_of_every_type() -> None:
    numpy = pytest.importorskip("numpy")
    (message,) = encode_chains(
        chain(b=True, i=-1, f=0.5, s="t", y=b"z", l=[1, 2.5], d={"k": []}, n=numpy.float32(0.5)).sort("x").limit(3)
    )
    assert (message.name, message.stage, [op.op for op in message.ops]) == ("c", 5, ["map", "sort", "limit"])
    expr = message.ops[0].expr
    assert (expr.args[0].column.name, expr.args[1].literal.int64_value) == ("a", 2)
    kinds = {name: value.WhichOneof("value") for name, value in expr.params.items()}
    assert kinds == {
        "b": "bool_value", "i": "int64_value", "f": "double_value", "s": "string_value", "y": "bytes_value",
        "l": "array_value", "d": "object_value", "n": "double_value",
    }  # fmt: skip
    assert expr.params["l"].array_value.values[1].double_value == 2.5


@pytest.mark.parametrize("value", [None, 1 << 63, float("inf"), object(), {1: 2}, [None]])
def test_a_chain_refuses_values_of_other_types(value: object) -> None:
    with pytest.raises(ParamError, match=r"step 0 \(map\) of the chain: f: bad"):
        encode_chains(chain(bad=value))


@pytest.mark.parametrize("chains", ["x", ["x"], 5, [chain(), None]])
def test_other_types_than_chains_are_refused(chains: Any) -> None:
    with pytest.raises(ParamError, match="function_chains must be a FunctionChain or a list of them"):
        build(function_chains=chains)


def test_a_chain_without_a_stage_is_refused() -> None:
    without = FunctionChain(FunctionChainStage.UNSPECIFIED).limit(3)
    with pytest.raises(ParamError, match=r"^function_chains\[1\] has the stage UNSPECIFIED; make it with .*L2_RERANK"):
        build(function_chains=[chain(), without])


def test_an_empty_list_of_chains_leaves_the_ranker() -> None:
    request = build(function_chains=[], ranker=BOOST)
    assert not request.function_chains
    assert request.HasField("function_score")


def test_a_chain_and_a_ranker_exclude_each_other() -> None:
    with pytest.raises(ParamError, match="give either function_chains or ranker"):
        build(function_chains=chain(), ranker=BOOST)


@pytest.mark.parametrize("name", ["highlighter", "search_aggregation"])
def test_other_types_than_highlighters_and_aggregations_are_refused(name: str) -> None:
    with pytest.raises(ParamError, match=f"{name} must be a"):
        build(**{name: "x"})
