"""The parts of function chains."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.chain_functions import ColumnRef, FunctionChainExpr, col
from milvusclient.schema.function_chain import FunctionChain, FunctionChainOp, FunctionChainStage

__all__ = ["ColumnRef", "FunctionChain", "FunctionChainExpr", "FunctionChainOp", "FunctionChainStage", "col"]

__getattr__, __dir__ = module_names(__name__)
