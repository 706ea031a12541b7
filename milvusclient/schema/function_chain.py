"""FunctionChain: steps with which the server re-ranks the hits of a search: compute, sort, limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, optional_mapping, require_bool, require_int, require_name, require_str
from milvusclient.exceptions import ParamError
from milvusclient.schema import chain_functions as fn
from milvusclient.schema.chain_functions import ColumnRef, FunctionChainArg, FunctionChainExpr, col

__all__ = [
    "ColumnRef",
    "FunctionChain",
    "FunctionChainArg",
    "FunctionChainExpr",
    "FunctionChainOp",
    "FunctionChainStage",
    "col",
    "fn",
]

_Column: TypeAlias = str | ColumnRef


class FunctionChainStage(IntEnum):
    """The stage in which the server runs a chain. Searches take chains of the stage L2_RERANK."""

    UNSPECIFIED = 0
    INGESTION = 1
    PRE_PROCESS = 2
    L0_RERANK = 3
    L1_RERANK = 4
    L2_RERANK = 5
    POST_PROCESS = 6


@dataclass(frozen=True)
class FunctionChainOp:
    """One step of a chain.

    Args:
        op: name of the step: ``map``, ``sort`` or ``limit``.
        expr: expression that the step computes.
        inputs: names of the columns that it reads.
        outputs: names of the columns that it writes.
        params: parameters of the step, by name.

    Raises:
        ParamError: ``op`` is not a non-empty str, ``expr`` is not an expression, or ``params`` is not a dict.
    """

    op: str
    expr: FunctionChainExpr | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_name("the name of a step", self.op)
        if self.expr is not None:
            _expression(self.expr, f"step {self.op!r}: expr")
        optional_mapping(f"step {self.op!r}: params", self.params)


@suggest_keywords
class FunctionChain:
    """Steps that the server applies to the hits of a search, in order.

    Args:
        stage: stage in which the server runs the chain.
        name: name of the chain; the server shows it in messages.

    Raises:
        ParamError: ``stage`` is not a FunctionChainStage, or ``name`` is not a str.

    Example:
        >>> from milvusclient.pymilvus.function_chain import FunctionChain, FunctionChainStage, col, fn
        >>> chain = FunctionChain(FunctionChainStage.L2_RERANK)
        >>> chain = chain.map("total", fn.num_combine(col("$score"), col("stars"), mode="sum")).sort("total").limit(5)
        >>> [step.op for step in chain.ops]
        ['map', 'sort', 'limit']
    """

    def __init__(self, stage: FunctionChainStage | int, name: str = "") -> None:
        self._stage = _stage(stage)
        self._name = require_str("the name of a function chain", name)
        self._ops: list[FunctionChainOp] = []

    @property
    def stage(self) -> FunctionChainStage:
        """Stage in which the server runs the chain."""
        return self._stage

    @property
    def name(self) -> str:
        """Name of the chain; the server shows it in messages."""
        return self._name

    @property
    def ops(self) -> tuple[FunctionChainOp, ...]:
        """The steps, in order."""
        return tuple(self._ops)

    def map(self, output: str, expr: FunctionChainExpr) -> FunctionChain:
        """Add a step that computes a column.

        Args:
            output: name of the column to write.
            expr: expression to compute, built by a function of ``fn``.

        Returns:
            The chain itself, for chaining.

        Raises:
            ParamError: ``output`` is not a non-empty str, or ``expr`` is not an expression.
        """
        name = require_name("map: output", output)
        self._ops.append(FunctionChainOp("map", _expression(expr, "map: expr"), outputs=(name,)))
        return self

    def sort(self, by: _Column, desc: bool = True, tie_break_col: _Column | None = None) -> FunctionChain:
        """Add a step that sorts the hits.

        Args:
            by: column to sort by.
            desc: whether the largest values come first.
            tie_break_col: column that orders hits with equal values in ``by``.

        Returns:
            The chain itself, for chaining.

        Raises:
            ParamError: a column is not a non-empty str or ``col(name)``, or ``desc`` is not a bool.
        """
        columns = [_column(by, "sort: by")]
        params: dict[str, object] = {"column": columns[0], "desc": require_bool("sort: desc", desc)}
        if tie_break_col is not None:
            columns.append(_column(tie_break_col, "sort: tie_break_col"))
            params["tie_break_col"] = columns[1]
        self._ops.append(FunctionChainOp("sort", inputs=tuple(columns), params=params))
        return self

    def limit(self, limit: int, offset: int = 0) -> FunctionChain:
        """Add a step that keeps only some of the hits.

        Args:
            limit: maximum number of hits to keep.
            offset: number of hits to skip.

        Returns:
            The chain itself, for chaining.

        Raises:
            ParamError: ``limit`` is not a positive int, or ``offset`` is not an int of at least 0.
        """
        params = {
            "limit": require_int("limit: limit", limit, least=1),
            "offset": require_int("limit: offset", offset, least=0),
        }
        self._ops.append(FunctionChainOp("limit", params=params))
        return self

    def __repr__(self) -> str:
        return f"FunctionChain(stage={self._stage!r}, name={self._name!r}, ops={self._ops!r})"


def _stage(value: object) -> FunctionChainStage:
    if isinstance(value, int) and value in FunctionChainStage.__members__.values():
        return FunctionChainStage(value)
    raise ParamError(
        message=f"stage must be a FunctionChainStage such as FunctionChainStage.L2_RERANK, got {given(value)}"
    )


def _expression(value: object, where: str) -> FunctionChainExpr:
    if isinstance(value, FunctionChainExpr):
        return value
    raise ParamError(message=f"{where} must be a FunctionChainExpr, built by a function of fn, got {given(value)}")


def _column(value: object, where: str) -> str:
    return value.name if isinstance(value, ColumnRef) else require_name(where, value)
