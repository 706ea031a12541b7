"""The functions of a :class:`FunctionChain`; programs import them from ``milvusclient.pymilvus.function_chain``."""

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
    """A reference to a column of the hits: a field, or the result of an earlier step. :func:`col` makes it.

    Args:
        name: name of the column.

    Raises:
        ParamError: ``name`` is empty or not a str.
    """

    name: str

    def __post_init__(self) -> None:
        require_name("the name of a column", self.name)


FunctionChainArg: TypeAlias = ColumnRef | object


@dataclass(frozen=True)
class FunctionChainExpr:
    """An expression that a step computes: a function with its arguments and parameters.

    Args:
        name: name of the function.
        args: arguments: columns and constants.
        params: parameters of the function, by name.

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
    """Build a reference to a column of the hits.

    Args:
        name: name of a field, ``$score``, or the result of an earlier step.

    Returns:
        The reference, to be passed to the functions of ``fn`` and the steps of a chain.

    Raises:
        ParamError: ``name`` is empty or not a str.

    Example:
        >>> from milvusclient.pymilvus.function_chain import col
        >>> col("stars")
        ColumnRef(name='stars')
    """
    return ColumnRef(name)


def num_combine(*cols: ColumnRef, mode: str = "sum", weights: list[float] | None = None) -> FunctionChainExpr:
    """Build the expression that combines several numeric columns into one number.

    Args:
        *cols: at least two columns.
        mode: ``"avg"``, ``"max"``, ``"min"``, ``"multiply"``, ``"sum"`` or ``"weighted"``.
        weights: one number for each column; only for ``"weighted"``.

    Returns:
        The expression, for ``FunctionChain.map``.

    Raises:
        ParamError: there are fewer than two columns, ``mode`` is not known, or ``weights`` does not match the columns.

    Example:
        >>> from milvusclient.pymilvus.function_chain import col, fn
        >>> fn.num_combine(col("a"), col("b"), mode="weighted", weights=[1, 2]).params["weights"]
        [1.0, 2.0]
    """
    if len(cols) < 2:
        raise ParamError(message=f"num_combine: pass at least two columns, got {len(cols)}")
    for index, column in enumerate(cols):
        _column(column, f"num_combine: argument {index}")
    require_one_of("num_combine: mode", mode, _COMBINE_MODES)
    params: dict[str, object] = {"mode": mode}
    if mode == "weighted":
        params["weights"] = _weights(weights, len(cols))
    elif weights is not None:
        raise ParamError(message=f"num_combine: weights are only for mode='weighted', got mode={mode!r}")
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
    """Build the expression that scores a number by its distance to ``origin``: 1 there, and towards 0 farther away.

    Args:
        value: numeric column to score.
        function: shape of the curve: ``"exp"``, ``"gauss"`` or ``"linear"``.
        origin: number whose score is 1.
        scale: distance from the origin, beyond ``offset``, at which the score is ``decay``.
        offset: distance from the origin up to which the score is 1.
        decay: score at the distance ``scale``.

    Returns:
        The expression, for ``FunctionChain.map``.

    Raises:
        ParamError: ``value`` is not a column, ``function`` is not known, or another argument is not a number.

    Example:
        >>> from milvusclient.pymilvus.function_chain import col, fn
        >>> fn.decay(col("age"), function="gauss", origin=0, scale=7).params["offset"]
        0
    """
    _column(value, "decay: value")
    require_one_of("decay: function", function, _DECAY_FUNCTIONS)
    numbers = {"origin": origin, "scale": scale, "offset": offset, "decay": decay}
    params = {name: require_number(f"decay: {name}", one) for name, one in numbers.items()}
    return FunctionChainExpr("decay", (value,), {"function": function, **params})


def round_decimal(value: ColumnRef, *, decimal: int) -> FunctionChainExpr:
    """Build the expression that rounds a number.

    Args:
        value: numeric column to round.
        decimal: number of digits after the decimal point, 0 to 6.

    Returns:
        The expression, for ``FunctionChain.map``.

    Raises:
        ParamError: ``value`` is not a column, or ``decimal`` is out of range.
    """
    _column(value, "round_decimal: value")
    digits = require_int("round_decimal: decimal", decimal, least=0, most=6)
    return FunctionChainExpr("round_decimal", (value,), {"decimal": digits})


def xgboost(*features: ColumnRef, model_resource: str, output: str = "default") -> FunctionChainExpr:
    """Build the expression that computes the prediction of an XGBoost model.

    Args:
        *features: columns that the model reads, in its order.
        model_resource: name of the file resource with the model.
        output: ``"default"`` for the prediction, ``"raw"`` for the margin.

    Returns:
        The expression, for ``FunctionChain.map``.

    Raises:
        ParamError: there is no column, ``model_resource`` is not a non-empty str, or ``output`` is not known.
    """
    if not features:
        raise ParamError(message="xgboost: pass at least one column")
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
    """Build the expression that scores a document against the queries with the rerank model of a provider.

    Args:
        value: VARCHAR column with the documents.
        queries: the search queries, one str for each query vector.
        provider: who runs the model, such as ``"cohere"``, ``"voyageai"``, ``"siliconflow"``, ``"tei"`` or ``"vllm"``.
        model_name: name of the model.
        endpoint: address of a self-hosted model.
        credential: name of the credential in the server's configuration.
        max_client_batch_size: maximum number of documents that the server sends to the model at once.
        truncate: whether to cut documents that are too long.
        truncation: the same, under the name that some providers use.
        truncation_direction: end at which documents are cut.
        max_tokens_per_doc: maximum number of tokens that the model reads of a document.
        max_chunks_per_doc: maximum number of chunks into which a document is split.
        overlap_tokens: number of tokens that neighbouring chunks share.
        model_deployment_id: id of a deployed model.
        region: region in which the provider runs the model.
        url: address of the provider.
        params: further parameters of the provider, by name.

    Returns:
        The expression, for ``FunctionChain.map``.

    Raises:
        ParamError: ``value`` is not a column, ``queries`` is not a list of str, or ``params`` is not a dict.

    Example:
        >>> from milvusclient.pymilvus.function_chain import col, fn
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
        raise ParamError(message=f"{where} must be a column, built by col(name), got {given(value)}")


def _weights(value: object, count: int) -> list[float]:
    if not isinstance(value, list) or len(value) != count:
        raise ParamError(message=f"num_combine: weights must be a list of {count} numbers, got {given(value)}")
    return [float(require_number(f"num_combine: weights[{index}]", one)) for index, one in enumerate(value)]


def _queries(value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(query, str) for query in value):
        raise ParamError(message=f"rerank_model: queries must be a list of at least one str, got {given(value)}")
    return list(value)
