"""Encoding highlighters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from milvusclient._proto import common_pb2
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.ranking import readable_text
from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter

if TYPE_CHECKING:
    from milvusclient.schema.highlight import Highlighter

__all__ = ["encode_highlighter"]


def encode_highlighter(highlighter: Highlighter) -> common_pb2.Highlighter:
    """Encode a highlighter.

    Raises:
        ParamError: ``highlighter`` is of another type.
    """
    if not isinstance(highlighter, LexicalHighlighter | SemanticHighlighter):
        raise ParamError(
            message=f"highlighter must be a LexicalHighlighter or a SemanticHighlighter, got {given(highlighter)}"
        )
    return common_pb2.Highlighter(
        type=cast("common_pb2.HighlightType.ValueType", int(highlighter.type)),
        params=key_value_pairs({name: readable_text(value) for name, value in highlighter.params.items()}),
    )
