"""The functions of a :class:`FunctionChain`: ``from milvusclient.function_chain import fn`` is this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from milvusclient.checks import given, optional_mapping, require_int, require_name, require_number, require_one_of
from milvusclient.exceptions import ParamError

__all__ = [
    "ColumnRef",
    "FunctionChainArg",
    "FunctionChainExpr",
    "col",
    "decay",
    "num_combine",
    "rerank_model",
    "round_decimal",
    "xgboost",
]

_COMBINE_MODES = ("avg", "max", "min", "multiply", "sum", "weighted")
_DECAY_FUNCTIONS = ("exp", "gauss", "linear")
_XGBOOST_OUTPUTS = ("default", "raw")


@dataclass(frozen=True)
class ColumnRef:
    """A column of the hits: a field, or what an earlier step computed; made by :func:`col`.

    Args:
        name: its name.

    Raises:
        ParamError: ``name`` is empty or not a str.
    """

    name: str

    def __post_init__(self) -> None:
        require_name("the name of a column", self.name)


FunctionChainArg: TypeAlias = ColumnRef | object


@dataclass(frozen=True)
class FunctionChainExpr:
    """What a step computes: a function, its arguments and its parameters.

    Args:
        name: the name of the function.
        args: columns and constants.
        params: parameters, by name.

    Raises:
        ParamError: ``name`` is empty or not a str, or ``params`` is not a dict.
    """

    name: str
    args: tuple[FunctionChainArg, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_name("the name of a function", self.name)
        optional_mapping(f"function {self.name!r}: params", self.params)


def col(name: str) -> ColumnRef:
    """The column of this name.

    Args:
        name: a field, ``$score``, or what an earlier step computed.

    Raises:
        ParamError: ``name`` is empty or not a str.

    Example:
        >>> from milvusclient.function_chain import col
        >>> col("stars")
        ColumnRef(name='stars')
    """
    return ColumnRef(name)


def num_combine(*cols: ColumnRef, mode: str = "sum", weights: list[float] | None = None) -> FunctionChainExpr:
    """Several numbers as one.

    Args:
        *cols: at least two columns.
        mode: ``"avg"``, ``"max"``, ``"min"``, ``"multiply"``, ``"sum"`` or ``"weighted"``.
        weights: for ``"weighted"``, one number for each column.

    Raises:
        ParamError: fewer than two columns, an unknown mode, or weights that do not fit.

    Example:
        >>> from milvusclient.function_chain import col, fn
        >>> fn.num_combine(col("a"), col("b"), mode="weighted", weights=[1, 2]).params["weights"]
        [1.0, 2.0]
    """
    if len(cols) < 2:
        raise ParamError(message=f"num_combine: needs at least two columns, got {len(cols)}")
    for index, column in enumerate(cols):
        _column(column, f"num_combine: argument {index}")
    require_one_of("num_combine: mode", mode, _COMBINE_MODES)
    params: dict[str, object] = {"mode": mode}
    if mode == "weighted":
        params["weights"] = _weights(weights, len(cols))
    elif weights is not None:
        raise ParamError(message=f"num_combine: weights need mode='weighted', mode is {mode!r}")
    return FunctionChainExpr("num_combine", cols, params)


def decay(
    value: ColumnRef,
    *,
    function: str,
    origin: float,
    scale: float,
    offset: float = 0,
    decay: float = 0.5,
) -> FunctionChainExpr:
    """How near a number is to another, from 1 down to 0.

    Args:
        value: the column.
        function: the curve: ``"exp"``, ``"gauss"`` or ``"linear"``.
        origin: where the result is 1.
        scale: at which distance from the origin, beyond the offset, the result is ``decay``.
        offset: up to which distance the result stays 1.
        decay: the result at ``scale``.

    Raises:
        ParamError: ``value`` is not a column, an unknown function, or something that is not a number.

    Example:
        >>> from milvusclient.function_chain import col, fn
        >>> fn.decay(col("age"), function="gauss", origin=0, scale=7).params["offset"]
        0
    """
    _column(value, "decay: value")
    require_one_of("decay: function", function, _DECAY_FUNCTIONS)
    numbers = {"origin": origin, "scale": scale, "offset": offset, "decay": decay}
    params = {name: require_number(f"decay: {name}", one) for name, one in numbers.items()}
    return FunctionChainExpr("decay", (value,), {"function": function, **params})


def round_decimal(value: ColumnRef, *, decimal: int) -> FunctionChainExpr:
    """A number, rounded.

    Args:
        value: the column.
        decimal: how many digits after the point, 0 to 6.

    Raises:
        ParamError: ``value`` is not a column, or ``decimal`` is out of range.
    """
    _column(value, "round_decimal: value")
    digits = require_int("round_decimal: decimal", decimal, least=0, most=6)
    return FunctionChainExpr("round_decimal", (value,), {"decimal": digits})


def xgboost(*features: ColumnRef, model_resource: str, output: str = "default") -> FunctionChainExpr:
    """The prediction of an XGBoost model.

    Args:
        *features: the columns that the model reads, in its order.
        model_resource: the file resource with the model.
        output: ``"default"``, or ``"raw"`` for the margin.

    Raises:
        ParamError: no column, no resource, or an unknown output.
    """
    if not features:
        raise ParamError(message="xgboost: needs at least one column")
    for index, column in enumerate(features):
        _column(column, f"xgboost: argument {index}")
    require_name("xgboost: model_resource", model_resource)
    require_one_of("xgboost: output", output, _XGBOOST_OUTPUTS)
    return FunctionChainExpr("xgboost", features, {"model_resource": model_resource, "output": output})


def rerank_model(
    value: ColumnRef,
    *,
    queries: list[str],
    provider: str | None = None,
    model_name: str | None = None,
    endpoint: str | None = None,
    credential: str | None = None,
    max_client_batch_size: int | None = None,
    truncate: bool | None = None,
    truncation: bool | None = None,
    truncation_direction: str | None = None,
    max_tokens_per_doc: int | None = None,
    max_chunks_per_doc: int | None = None,
    overlap_tokens: int | None = None,
    model_deployment_id: str | None = None,
    region: str | None = None,
    url: str | None = None,
    params: Mapping[str, object] | None = None,
) -> FunctionChainExpr:
    """How well a text answers the queries, as a model of a provider finds.

    Args:
        value: the column with the text.
        queries: what is searched for, one text for each query vector.
        provider: who runs the model, such as ``"cohere"``, ``"voyageai"``, ``"siliconflow"``, ``"tei"`` or ``"vllm"``.
        model_name: which model.
        endpoint: where a self-hosted model is reached.
        credential: the name of the credential in the server's configuration.
        max_client_batch_size: how many texts are sent to the model at once.
        truncate: cut texts that are too long.
        truncation: the same, under the name that some providers use.
        truncation_direction: at which end they are cut.
        max_tokens_per_doc: up to which length a text is read.
        max_chunks_per_doc: into how many pieces a text is cut.
        overlap_tokens: how much the pieces overlap.
        model_deployment_id: which deployment of a model.
        region: where the provider runs the model.
        url: where the provider is reached.
        params: further parameters of the provider, by name.

    Raises:
        ParamError: ``value`` is not a column, ``queries`` is not a list of texts, or ``params`` is not a dict.

    Example:
        >>> from milvusclient.function_chain import col, fn
        >>> fn.rerank_model(col("body"), queries=["what is a vector?"], provider="tei").params["provider"]
        'tei'
    """
    named = dict(locals())  # first, while it holds the arguments and nothing else
    _column(value, "rerank_model: value")
    merged: dict[str, object] = {"queries": _queries(queries), **optional_mapping("rerank_model: params", params)}
    for name in ("value", "queries", "params"):
        del named[name]
    merged.update((name, one) for name, one in named.items() if one is not None)
    return FunctionChainExpr("rerank_model", (value,), merged)


def _column(value: object, where: str) -> None:
    if not isinstance(value, ColumnRef):
        raise ParamError(message=f"{where} must be a column, made by col(name), got {given(value)}")


def _weights(value: object, count: int) -> list[float]:
    if not isinstance(value, list) or len(value) != count:
        raise ParamError(message=f"num_combine: weights must be a list of {count} numbers, got {given(value)}")
    return [float(require_number(f"num_combine: weights[{index}]", one)) for index, one in enumerate(value)]


def _queries(value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(query, str) for query in value):
        raise ParamError(message=f"rerank_model: queries must be a list with at least one str, got {given(value)}")
    return list(value)
