"""Encoding rankers, rerank functions and function scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from milvusclient._proto import schema_pb2
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import json_value_text, key_value_pairs, python_text
from milvusclient.operations.schemas import encode_function
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.ranking import BaseRanker

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2

__all__ = ["Ranker", "encode_score", "ranker_texts", "readable_text"]

#: What a hybrid search accepts as its ranker.
Ranker = BaseRanker | Function | FunctionScore


def readable_text(value: object) -> str:
    """Return the str of a parameter: dicts and lists as JSON, anything else as Python writes it."""
    return json_value_text(value) if isinstance(value, Mapping | list | tuple) else python_text(value)


def encode_score(ranker: Function | FunctionScore) -> schema_pb2.FunctionScore:
    """Encode the functions that reorder the hits of a search.

    Raises:
        ParamError: ``ranker`` is neither a Function nor a FunctionScore.
    """
    if isinstance(ranker, Function):
        return schema_pb2.FunctionScore(functions=[_encode_rerank(ranker)])
    if not isinstance(ranker, FunctionScore):
        raise ParamError(
            message=f"ranker must be a Function or a FunctionScore (RRFRanker and WeightedRanker merge the requests of "
            f"hybrid_search), got {given(ranker)}"
        )
    return schema_pb2.FunctionScore(
        functions=[_encode_rerank(function) for function in ranker.functions], params=_pairs(ranker.params or {})
    )


def _encode_rerank(function: Function) -> schema_pb2.FunctionSchema:
    message = encode_function(function)
    del message.params[:]
    message.params.extend(_pairs(function.params))
    return message


def _pairs(params: Mapping[str, object]) -> list[common_pb2.KeyValuePair]:
    return key_value_pairs({python_text(key): readable_text(value) for key, value in params.items()})


def ranker_texts(ranker: BaseRanker) -> dict[str, str]:
    """Return the strategy and the parameters of a ranker, for ``rank_params``."""
    described = ranker.dict()
    texts: dict[str, str] = {}
    if "strategy" in described:
        texts["strategy"] = str(described["strategy"])
    params = described.get("params", {})
    try:
        texts["params"] = json.dumps(params, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ParamError(
            message=f"ranker must have parameters that JSON can represent, got {ranker!r}: {error}"
        ) from error
    return texts
