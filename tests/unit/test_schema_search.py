"""What users build for searches and indexes: index parameters, rankers, highlighters, aggregations; and all enums."""

from __future__ import annotations

import builtins
import inspect
from typing import Any

import numpy as np
import pytest

from milvusclient import exceptions
from milvusclient.exceptions import DataTypeNotMatchException, ParamError
from milvusclient.filters import F
from milvusclient.schema import states
from milvusclient.schema.aggregation import SearchAggregation, TopHits
from milvusclient.schema.enums import DataType
from milvusclient.schema.field_ops import FieldOp, FieldOpType, normalize_field_ops
from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter
from milvusclient.schema.index import IndexParam, IndexParams
from milvusclient.schema.ranking import AnnSearchRequest, BaseRanker, RRFRanker, WeightedRanker
from milvusclient.schema.states import HighlightType, IndexType


# --- enums -----------------------------------------------------------------------------------------------------------
def test_enumerations_have_the_numbers_of_the_protocol() -> None:
    numbers = {"BOOL": 1, "INT64": 5, "FLOAT": 10, "DOUBLE": 11, "VARCHAR": 21, "ARRAY": 22, "JSON": 23, "GEOMETRY": 24}
    numbers |= {"TEXT": 25, "TIMESTAMPTZ": 26, "BINARY_VECTOR": 100, "FLOAT_VECTOR": 101, "FLOAT16_VECTOR": 102}
    numbers |= {"BFLOAT16_VECTOR": 103, "SPARSE_FLOAT_VECTOR": 104, "INT8_VECTOR": 105, "STRUCT": 201, "UNKNOWN": 999}
    assert {name: DataType[name].value for name in numbers} == numbers
    assert [dtype for dtype in DataType if dtype.is_vector and not dtype.needs_dim] == [DataType.SPARSE_FLOAT_VECTOR]
    assert repr(DataType.INT64) == "<DataType.INT64: 5>"


def test_states_print_as_their_names() -> None:
    assert (str(states.LoadState.Loaded), repr(states.LoadState.Loaded)) == ("Loaded", "<LoadState: Loaded>")
    assert f"{states.IndexType.HNSW}" == "HNSW"
    assert str(DataType.INT64) == "5"


def test_a_state_of_a_newer_server_is_the_unknown_one() -> None:
    assert states.SegmentState(99) is states.SegmentState.SegmentStateNone
    assert states.CompactionType(1) is states.CompactionType.UndefinedCompaction
    with pytest.raises(ValueError, match="Sealed"):
        states.SegmentState("Sealed")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(ValueError, match="777"):
        DataType(777)


# --- indexes ---------------------------------------------------------------------------------------------------------
def test_index_options_by_keyword_win_over_params() -> None:
    indexes = IndexParams()
    assert indexes == []
    indexes.add_index("v", "HNSW", "n", metric_type="L2", params={"M": 8, "x": 1}, M=9, efConstruction=4)
    (index,) = indexes
    assert index.to_dict() == {
        "field_name": "v",
        "index_type": "HNSW",
        "index_name": "n",
        "M": 9,
        "x": 1,
        "metric_type": "L2",
        "efConstruction": 4,
    }
    assert index.get_index_configs() == {"M": 9, "x": 1, "metric_type": "L2", "efConstruction": 4, "index_type": "HNSW"}
    assert repr(indexes) == f"[{index.to_dict()}]"


def test_an_index_may_have_only_a_field() -> None:
    index = IndexParam("v", "", "")
    assert index.to_dict() == {"field_name": "v", "index_type": "", "index_name": ""}
    assert index.get_index_configs() == {}
    assert index == IndexParam("v", "", "", {})
    assert index != IndexParam("w", "", "")
    assert index != 5
    assert IndexParam("v", IndexType.HNSW, "").index_type == "HNSW"


def test_every_index_option_reaches_the_index() -> None:
    options = [
        name
        for name, parameter in inspect.signature(IndexParams.add_index).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != "params"
    ]
    values: dict[str, Any] = {name: number for number, name in enumerate(options)}
    indexes = IndexParams()
    indexes.add_index("v", **values)
    assert indexes[0].params == values
    assert "self" not in indexes[0].params


@pytest.mark.parametrize(("arguments", "options"), [((5,), {}), (("v",), {"params": "x"})])
def test_invalid_index_arguments_are_refused(arguments: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ParamError):
        IndexParams().add_index(*arguments, **options)
    with pytest.raises(TypeError, match="nlst"):
        IndexParams().add_index("v", nlst=3)  # type: ignore[call-arg]  # the point of the test


# --- rankers ---------------------------------------------------------------------------------------------------------
def test_rankers_are_dicts() -> None:
    assert BaseRanker().dict() == {}
    assert RRFRanker().dict() == {"strategy": "rrf", "params": {"k": 60}}
    assert WeightedRanker(0.5, 1, norm_score=False).dict() == {
        "strategy": "weighted",
        "params": {"weights": [0.5, 1], "norm_score": False},
    }
    half: Any = np.float32(0.5)
    assert WeightedRanker(half).dict()["params"] == {"weights": [0.5], "norm_score": True}
    assert str(RRFRanker(1)) == "{'strategy': 'rrf', 'params': {'k': 1}}"


@pytest.mark.parametrize("weight", ["x", True, [0.5], None])
def test_a_weight_that_is_not_a_number_is_a_type_error(weight: Any) -> None:
    with pytest.raises(exceptions.TypeError, match="weight 1") as caught:
        WeightedRanker(0.5, weight)
    assert isinstance(caught.value, builtins.TypeError)


@pytest.mark.parametrize("k", ["x", None, True])
def test_k_is_a_number(k: Any) -> None:
    with pytest.raises(ParamError, match="k of an RRFRanker"):
        RRFRanker(k)


def test_a_request_keeps_what_it_is_given() -> None:
    data, param = [[1.0]], {"metric_type": "L2"}
    request = AnnSearchRequest(data, "v", param, 5, "x > {a}", {"a": 1})
    assert (request.data, request.anns_field, request.param, request.limit) == (data, "v", param, 5)
    assert (request.expr, request.filter, request.expr_params) == ("x > {a}", "x > {a}", {"a": 1})
    assert AnnSearchRequest(data, "v", param, 5, filter="y").expr == "y"
    assert str(request) == "{'anns_field': 'v', 'param': {'metric_type': 'L2'}, 'limit': 5, 'expr': 'x > {a}'}"


def test_a_request_takes_one_filter_which_is_a_str_a_condition_or_a_dict() -> None:
    with pytest.raises(ParamError, match="pass only one of them"):
        AnnSearchRequest([[1.0]], "v", {}, 5, expr="", filter="y")
    with pytest.raises(DataTypeNotMatchException, match=r"'v' must be a str, a condition .*, got 5 \(int\)"):
        AnnSearchRequest([[1.0]], "v", {}, 5, expr=5)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(DataTypeNotMatchException, match=r"'v' must be a str, a condition"):
        AnnSearchRequest([[1.0]], "v", {}, 5, filter=F.flag)  # type: ignore[arg-type]  # a value is not a condition
    for filter_like in ("a == 1", F.a == 1, {"a": 1}):
        assert AnnSearchRequest([[1.0]], "v", {}, 5, filter=filter_like).expr is filter_like


# --- highlighters ----------------------------------------------------------------------------------------------------
def test_highlighters_hold_only_settings_that_are_set() -> None:
    assert LexicalHighlighter().params == {}
    assert LexicalHighlighter().type is HighlightType.LEXICAL
    marker = LexicalHighlighter(pre_tags=["<b>"], fragment_offset=0, highlight_search_text=False)
    assert marker.params == {"pre_tags": ["<b>"], "fragment_offset": 0, "highlight_search_text": False}
    marker.with_query("t", "x", "TextMatch")
    assert marker.params["highlight_query"] == [{"type": "TextMatch", "field": "t", "text": "x"}]
    semantic = SemanticHighlighter(["q"], ["f"], threshold=0.5, highlight_only=True)
    assert semantic.type is HighlightType.SEMANTIC
    assert semantic.params == {"queries": ["q"], "input_fields": ["f"], "threshold": 0.5, "highlight_only": True}


def test_tags_and_queries_are_lists() -> None:
    with pytest.raises(ParamError, match="pre_tags"):
        LexicalHighlighter(pre_tags="<b>")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(ParamError, match="queries"):
        SemanticHighlighter("q", ["f"])  # type: ignore[arg-type]  # the point of the test


# --- aggregations ----------------------------------------------------------------------------------------------------
def test_an_aggregation_keeps_its_parts() -> None:
    inner = SearchAggregation(["b"], 2)
    outer = SearchAggregation(["a"], 5, {"n": {"count": "*"}}, [{"n": "desc"}, {"_key": "asc"}], TopHits(3), inner)
    assert (outer.fields, outer.size, outer.metrics) == (["a"], 5, {"n": {"count": "*"}})
    assert outer.order == [{"n": "desc"}, {"_key": "asc"}]
    assert outer.top_hits is not None
    assert (outer.top_hits.size, outer.top_hits.sort, outer.sub_aggregation) == (3, [], inner)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([], 5), "at least one field name"),
        (("a", 5), "fields must be a list"),
        (([""], 5), "fields[0]"),
        ((["a"], 0), "size"),
        ((["a"], True), "size"),
        ((["a"], 5, "x"), "metrics must be a dict"),
        ((["a"], 5, {"n": {"median": "x"}}), "'avg', 'count', 'max', 'min', 'sum'; got 'median'"),
        ((["a"], 5, {"n": {"avg": "*"}}), "'avg' needs a field name"),
        ((["a"], 5, {"n": {"avg": "x", "sum": "x"}}), "a dict with one entry, from a str to a str"),
        ((["a"], 5, {"": {"avg": "x"}}), "name of a metric"),
        ((["a"], 5, None, [{"n": "asc"}]), "cannot order by 'n', which is not a metric"),
        ((["a"], 5, None, [{"_key": "up"}]), "'asc', 'desc'; got 'up'"),
        ((["a"], 5, None, "x"), "order must be a list"),
        ((["a"], 5, None, None, "x"), "top_hits must be a TopHits"),
        ((["a"], 5, None, None, None, "x"), "sub_aggregation must be a SearchAggregation"),
    ],
)
def test_invalid_aggregations_are_refused(arguments: Any, words: str) -> None:
    with pytest.raises(ParamError) as caught:
        SearchAggregation(*arguments)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "arguments", [(0,), ("x",), (True,), (1, "x"), (1, [{}]), (1, [{"a": "ASC"}]), (1, [{5: "asc"}])]
)
def test_invalid_top_hits_are_refused(arguments: Any) -> None:
    with pytest.raises(ParamError, match="TopHits"):
        TopHits(*arguments)


# --- field operations ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("op", [FieldOp.array_append(), FieldOpType.ARRAY_APPEND, 1, "array_append", "ARRAY_APPEND"])
def test_an_operation_is_read_in_each_form(op: Any) -> None:
    assert normalize_field_ops({"a": op, "b": None, "c": "replace"}) == {"a": FieldOpType.ARRAY_APPEND}
    assert normalize_field_ops(None) == {}


@pytest.mark.parametrize("op", ["zz", 9, 1.5, True])
def test_unknown_operations_are_refused(op: Any) -> None:
    with pytest.raises(ParamError, match=r"field_ops\['a'\]"):
        normalize_field_ops({"a": op})
