"""Function and FunctionScore."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function, FunctionScore

FIELDS = {
    field.name: field
    for field in (
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("t", DataType.VARCHAR, max_length=9),
        FieldSchema("text", DataType.TEXT),
        FieldSchema("i", DataType.INT64),
        FieldSchema("s", DataType.SPARSE_FLOAT_VECTOR),
        FieldSchema("f", DataType.FLOAT_VECTOR, dim=4),
        FieldSchema("i8", DataType.INT8_VECTOR, dim=4),
        FieldSchema("b", DataType.BINARY_VECTOR, dim=32),
    )
}


def test_a_single_field_name_becomes_a_list() -> None:
    function = Function("b", FunctionType.BM25, "t", "s", "d", {"k": 1})
    assert function == Function("b", 1, ["t"], ["s"], "d", {"k": 1})
    assert function.to_dict() == {
        "name": "b",
        "description": "d",
        "type": FunctionType.BM25,
        "input_field_names": ["t"],
        "output_field_names": ["s"],
        "params": {"k": 1},
    }
    assert Function.construct_from_dict({**function.to_dict(), "id": 4}) == function
    assert Function("b", FunctionType.RERANK, []).output_field_names == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"function_type": 99}, "FunctionType"),
        ({"function_type": "BM25"}, "'BM25' (str)"),
        ({"input_field_names": None}, "input_field_names"),
        ({"input_field_names": [5]}, "input_field_names[0]"),
        ({"input_field_names": ["t", "t"]}, "repeats 't'"),
        ({"output_field_names": ["s", "s"]}, "output_field_names[1] repeats 's'"),
        ({"output_field_names": "t"}, "both input and output"),
        ({"params": "x"}, "params must be a dict"),
        ({"name": 5}, "5 (int)"),
        ({"description": 5}, "description"),
    ],
)
def test_an_invalid_argument_is_refused(options: dict[str, Any], words: str) -> None:
    defaults = {"name": "b", "function_type": FunctionType.BM25, "input_field_names": "t", "output_field_names": "s"}
    with pytest.raises(ParamError) as caught:
        Function(**{**defaults, **options})
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs"),
    [
        (FunctionType.BM25, "t", "s"),
        (FunctionType.BM25, "text", "s"),
        (FunctionType.TEXTEMBEDDING, "t", "f"),
        (FunctionType.TEXTEMBEDDING, "t", "i8"),
        (FunctionType.MINHASH, "t", "b"),
        (FunctionType.RERANK, "i", []),
    ],
)
def test_functions_that_match_their_fields(kind: FunctionType, inputs: Any, outputs: Any) -> None:
    function = Function("x", kind, inputs, outputs)
    function.verify(FIELDS)
    assert function.output_field_names == ([outputs] if outputs else [])


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs", "words"),
    [
        (FunctionType.BM25, "zz", "s", "input field 'zz' is not in the schema"),
        (FunctionType.BM25, "t", "zz", "output field 'zz' is not in the schema"),
        (FunctionType.BM25, "i", "s", "'i' must be VARCHAR or TEXT, got INT64"),
        (FunctionType.BM25, "t", "f", "'f' must be SPARSE_FLOAT_VECTOR, got FLOAT_VECTOR"),
        (FunctionType.BM25, "t", ["s", "f"], "one input and one output field, got 1 and 2"),
        (FunctionType.BM25, "t", [], "got 1 and 0"),
        (FunctionType.TEXTEMBEDDING, ["t", "text"], "f", "got 2 and 1"),
        (FunctionType.TEXTEMBEDDING, "t", "s", "FLOAT_VECTOR or INT8_VECTOR"),
        (FunctionType.RERANK, "zz", [], "'zz'"),
        (FunctionType.UNKNOWN, "t", "s", "function_type"),
        (FunctionType.MINHASH, "t", "id", "primary"),
    ],
)
def test_functions_that_do_not_match_their_fields_are_refused(
    kind: FunctionType, inputs: Any, outputs: Any, words: str
) -> None:
    with pytest.raises(ParamError) as caught:
        Function("x", kind, inputs, outputs).verify(FIELDS)
    assert words in caught.value.message


def test_function_score_takes_one_or_several() -> None:
    boost = Function("x", FunctionType.RERANK, [])
    assert FunctionScore(boost).functions == [boost]
    assert FunctionScore(boost).params is None
    assert FunctionScore([boost, boost], {"boost_mode": "sum"}).params == {"boost_mode": "sum"}


@pytest.mark.parametrize("arguments", [("x",), (["x"],), ([], "x")])
def test_function_score_refuses_anything_else(arguments: Any) -> None:
    with pytest.raises(ParamError):
        FunctionScore(*arguments)
