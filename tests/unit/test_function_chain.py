"""Function chains: the steps that they are made of, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.pymilvus.function_chain import (
    ColumnRef,
    FunctionChain,
    FunctionChainExpr,
    FunctionChainOp,
    FunctionChainStage,
    col,
    fn,
)

A, B = col("a"), col("b")


def chain() -> FunctionChain:
    return FunctionChain(FunctionChainStage.L2_RERANK, "n")


def test_a_chain_keeps_its_steps_in_order() -> None:
    total = fn.num_combine(A, B, mode="weighted", weights=[1, 0.5])
    built = chain().map("total", total).sort("total", tie_break_col=col("id")).limit(5, 1)
    assert (built.stage, built.name) == (FunctionChainStage.L2_RERANK, "n")
    assert built.ops == (
        FunctionChainOp(
            "map",
            FunctionChainExpr("num_combine", (A, B), {"mode": "weighted", "weights": [1.0, 0.5]}),
            outputs=("total",),
        ),
        FunctionChainOp(
            "sort", inputs=("total", "id"), params={"column": "total", "desc": True, "tie_break_col": "id"}
        ),
        FunctionChainOp("limit", params={"limit": 5, "offset": 1}),
    )
    assert chain().sort(A, False).ops[0].params == {"column": "a", "desc": False}
    assert FunctionChain(5).stage is FunctionChainStage.L2_RERANK


def test_each_function_builds_its_expression() -> None:
    decay = {"function": "exp", "origin": 1, "scale": 2, "offset": 0, "decay": 0.5}
    assert fn.num_combine(A, B) == FunctionChainExpr("num_combine", (A, B), {"mode": "sum"})
    assert fn.decay(A, function="exp", origin=1, scale=2) == FunctionChainExpr("decay", (A,), decay)
    assert fn.round_decimal(A, decimal=6) == FunctionChainExpr("round_decimal", (A,), {"decimal": 6})
    model = {"model_resource": "m", "output": "raw"}
    assert fn.xgboost(A, B, model_resource="m", output="raw") == FunctionChainExpr("xgboost", (A, B), model)
    ranked = fn.rerank_model(A, queries=["q"], provider="p", model_name="m", params={"n": 4})
    assert ranked == FunctionChainExpr(
        "rerank_model", (A,), {"queries": ["q"], "n": 4, "provider": "p", "model_name": "m"}
    )
    assert repr(A) == "ColumnRef(name='a')"
    assert ColumnRef("a") == A


@pytest.mark.parametrize(
    "call",
    [
        lambda: FunctionChain(99),
        lambda: FunctionChain("L2_RERANK"),  # type: ignore[arg-type]  # the point of the test
        lambda: FunctionChain(5, 5),  # type: ignore[arg-type]  # the point of the test
        lambda: col(""),
        lambda: col(5),  # type: ignore[arg-type]  # the point of the test
        lambda: chain().map("o", "x"),  # type: ignore[arg-type]  # the point of the test
        lambda: chain().map("", fn.num_combine(A, B)),
        lambda: chain().sort(5),  # type: ignore[arg-type]  # the point of the test
        lambda: chain().sort("a", desc="x"),  # type: ignore[arg-type]  # the point of the test
        lambda: chain().limit(0),
        lambda: chain().limit(True),
        lambda: chain().limit(1, -1),
        lambda: fn.num_combine(A),
        lambda: fn.num_combine("a", "b"),  # type: ignore[arg-type]  # the point of the test
        lambda: fn.num_combine(A, B, mode="zz"),
        lambda: fn.num_combine(A, B, weights=[1, 2]),
        lambda: fn.num_combine(A, B, mode="weighted"),
        lambda: fn.num_combine(A, B, mode="weighted", weights=[1]),
        lambda: fn.num_combine(A, B, mode="weighted", weights=[True, 1]),
        lambda: fn.decay(A, function="zz", origin=1, scale=1),
        lambda: fn.decay(A, function="exp", origin=True, scale=1),
        lambda: fn.decay("a", function="exp", origin=1, scale=1),  # type: ignore[arg-type]  # the point of the test
        lambda: fn.round_decimal(A, decimal=7),
        lambda: fn.round_decimal(A, decimal=True),
        lambda: fn.xgboost(model_resource="m"),
        lambda: fn.xgboost(A, model_resource=""),
        lambda: fn.xgboost(A, model_resource="m", output="z"),
        lambda: fn.rerank_model(A, queries=[]),
        lambda: fn.rerank_model(A, queries="q"),  # type: ignore[arg-type]  # the point of the test
        lambda: FunctionChainExpr(""),
        lambda: FunctionChainExpr("n", (), "x"),  # type: ignore[arg-type]  # the point of the test
        lambda: FunctionChainOp(""),
        lambda: FunctionChainOp("x", "y"),  # type: ignore[arg-type]  # the point of the test
    ],
)
def test_an_invalid_argument_is_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ParamError):
        call()
