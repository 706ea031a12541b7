"""Encoding function chains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from milvusclient._proto import schema_pb2
from milvusclient.checks import INT64_BOUNDS, given
from milvusclient.exceptions import ParamError
from milvusclient.schema.chain_functions import ColumnRef
from milvusclient.schema.function_chain import FunctionChain, FunctionChainStage

if TYPE_CHECKING:
    from milvusclient.schema.chain_functions import FunctionChainArg, FunctionChainExpr
    from milvusclient.schema.function_chain import FunctionChainOp

__all__ = ["encode_chains"]


def encode_chains(chains: FunctionChain | Sequence[FunctionChain]) -> list[schema_pb2.FunctionChain]:
    """Encode function chains: the steps that the server applies to the hits.

    Args:
        chains: a chain, or a list of chains.

    Raises:
        ParamError: ``chains`` is neither, a chain has no stage, or a parameter of a step has an unsupported type.
    """
    listed = [chains] if isinstance(chains, FunctionChain) else chains
    if not isinstance(listed, list | tuple) or not all(isinstance(chain, FunctionChain) for chain in listed):
        raise ParamError(message=f"function_chains must be a FunctionChain or a list of them, got {given(chains)}")
    for index, chain in enumerate(listed):
        if chain.stage is FunctionChainStage.UNSPECIFIED:
            raise ParamError(
                message=f"function_chains[{index}] has the stage UNSPECIFIED; make it with FunctionChainStage.L2_RERANK"
            )
    return [_encode_chain(chain) for chain in listed]


def _encode_chain(chain: FunctionChain) -> schema_pb2.FunctionChain:
    return schema_pb2.FunctionChain(
        name=chain.name,
        stage=cast("schema_pb2.FunctionChainStage.ValueType", int(chain.stage)),
        ops=[_encode_op(op, f"step {index} ({op.op}) of the chain") for index, op in enumerate(chain.ops)],
    )


def _encode_op(op: FunctionChainOp, where: str) -> schema_pb2.FunctionChainOp:
    message = schema_pb2.FunctionChainOp(op=op.op, inputs=op.inputs, outputs=op.outputs)
    if op.expr is not None:
        message.expr.CopyFrom(_encode_expr(op.expr, where))
    for name, value in op.params.items():
        message.params[name].CopyFrom(_encode_value(value, f"{where}: {name}"))
    return message


def _encode_expr(expr: FunctionChainExpr, where: str) -> schema_pb2.FunctionChainExpr:
    where = f"{where}: {expr.name}"
    message = schema_pb2.FunctionChainExpr(
        name=expr.name, args=[_encode_arg(arg, f"{where}: argument {index}") for index, arg in enumerate(expr.args)]
    )
    for name, value in expr.params.items():
        message.params[name].CopyFrom(_encode_value(value, f"{where}: {name}"))
    return message


def _encode_arg(arg: FunctionChainArg, where: str) -> schema_pb2.FunctionChainExprArg:
    if isinstance(arg, ColumnRef):
        return schema_pb2.FunctionChainExprArg(column=schema_pb2.FunctionChainColumnArg(name=arg.name))
    return schema_pb2.FunctionChainExprArg(literal=_encode_value(arg, where))


def _encode_value(value: object, where: str) -> schema_pb2.FunctionParamValue:
    as_list = getattr(value, "tolist", None)
    if callable(as_list):
        value = as_list()
    if isinstance(value, bool):
        return schema_pb2.FunctionParamValue(bool_value=value)
    if isinstance(value, int) and INT64_BOUNDS[0] <= value <= INT64_BOUNDS[1]:
        return schema_pb2.FunctionParamValue(int64_value=value)
    if isinstance(value, float) and math.isfinite(value):
        return schema_pb2.FunctionParamValue(double_value=value)
    if isinstance(value, str):
        return schema_pb2.FunctionParamValue(string_value=value)
    if isinstance(value, bytes):
        return schema_pb2.FunctionParamValue(bytes_value=value)
    if isinstance(value, list | tuple):
        values = [_encode_value(item, f"{where}[{index}]") for index, item in enumerate(value)]
        return schema_pb2.FunctionParamValue(array_value=schema_pb2.FunctionParamArray(values=values))
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        fields = {key: _encode_value(item, f"{where}[{key!r}]") for key, item in value.items()}
        return schema_pb2.FunctionParamValue(object_value=schema_pb2.FunctionParamObject(fields=fields))
    raise ParamError(
        message=f"{where} must be a bool, a 64-bit int, a finite float, a str, bytes, or a list or dict of them, "
        f"got {given(value)}"
    )
