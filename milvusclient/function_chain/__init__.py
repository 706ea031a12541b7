"""Where programs written for the reference client import function chains from."""

from __future__ import annotations

from milvusclient.schema.function_chain import (
    ColumnRef,
    FunctionChain,
    FunctionChainExpr,
    FunctionChainOp,
    FunctionChainStage,
    col,
    fn,
)

__all__ = ["ColumnRef", "FunctionChain", "FunctionChainExpr", "FunctionChainOp", "FunctionChainStage", "col", "fn"]
