"""Where programs written for the reference client import the parts of function chains from, too."""

from __future__ import annotations

from milvusclient.schema.chain_functions import ColumnRef, FunctionChainExpr, col
from milvusclient.schema.function_chain import FunctionChain, FunctionChainOp, FunctionChainStage

__all__ = ["ColumnRef", "FunctionChain", "FunctionChainExpr", "FunctionChainOp", "FunctionChainStage", "col"]
