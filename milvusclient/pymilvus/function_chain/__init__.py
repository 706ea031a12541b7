"""Function chains, which rank the hits of a search step by step."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.function_chain import fn
from milvusclient.schema.function_chain import (
    ColumnRef,
    FunctionChain,
    FunctionChainExpr,
    FunctionChainOp,
    FunctionChainStage,
    col,
)

__all__ = ["ColumnRef", "FunctionChain", "FunctionChainExpr", "FunctionChainOp", "FunctionChainStage", "col", "fn"]

__getattr__, __dir__ = module_names(__name__)
