"""The functions of a :class:`FunctionChain`."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.chain_functions import decay, num_combine, rerank_model, round_decimal, xgboost

__all__ = ["decay", "num_combine", "rerank_model", "round_decimal", "xgboost"]

__getattr__, __dir__ = module_names(__name__)
