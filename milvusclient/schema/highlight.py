"""Highlighters: mark the passages of a text for which a search found it."""

from __future__ import annotations

from typing import TypeAlias

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.states import HighlightType

__all__ = ["Highlighter", "LexicalHighlighter", "SemanticHighlighter"]


@suggest_keywords
class LexicalHighlighter:
    """Marks the words of a full-text search.

    Args:
        highlight_query: what to mark beside the words searched for: dicts with ``type``, ``field`` and ``text``;
            :meth:`with_query` adds one.
        highlight_search_text: mark the words searched for.
        pre_tags: what to put before a marked word, such as ``["<em>"]``.
        post_tags: what to put after it.
        fragment_offset: how many characters of context come before the first marked word of a fragment.
        fragment_size: the longest fragment, in characters.
        num_of_fragments: how many fragments of one text at most.

    Raises:
        ParamError: a list is expected and something else given.

    Example:
        >>> from milvusclient import LexicalHighlighter
        >>> marker = LexicalHighlighter(pre_tags=["<b>"], post_tags=["</b>"])
        >>> marker.with_query("body", "vector", "TextMatch")
        >>> marker.params["highlight_query"]
        [{'type': 'TextMatch', 'field': 'body', 'text': 'vector'}]
    """

    def __init__(
        self,
        *,
        highlight_query: list[dict[str, object]] | None = None,
        highlight_search_text: bool | None = None,
        pre_tags: list[str] | None = None,
        post_tags: list[str] | None = None,
        fragment_offset: int | None = None,
        fragment_size: int | None = None,
        num_of_fragments: int | None = None,
    ) -> None:
        queries = _optional_list(highlight_query, "highlight_query")
        self._params: dict[str, object] = {
            "pre_tags": _optional_list(pre_tags, "pre_tags"),
            "post_tags": _optional_list(post_tags, "post_tags"),
            "fragment_offset": fragment_offset,
            "fragment_size": fragment_size,
            "num_of_fragments": num_of_fragments,
            "highlight_search_text": highlight_search_text,
        }
        self._queries: list[object] | None = queries

    def with_query(self, field: str, text: str, query_type: str) -> None:
        """Mark the words of a further text.

        Args:
            field: the field in which to mark them.
            text: the words.
            query_type: how they match, such as ``"TextMatch"``.
        """
        queries = [] if self._queries is None else self._queries
        queries.append({"type": query_type, "field": field, "text": text})
        self._queries = queries

    @property
    def type(self) -> HighlightType:
        """Always LEXICAL."""
        return HighlightType.LEXICAL

    @property
    def params(self) -> dict[str, object]:
        """What is set, by the server's names."""
        return _given({**self._params, "highlight_query": self._queries})


@suggest_keywords
class SemanticHighlighter:
    """Marks the passages whose meaning a model finds near to the queries.

    Args:
        queries: what is searched for, one text for each query vector.
        input_fields: the text fields in which to mark passages.
        pre_tags: what to put before a marked passage.
        post_tags: what to put after it.
        threshold: how near a passage must be, 0 to 1.
        highlight_only: return the marked passages only.
        model_deployment_id: which deployed model does it.
        max_client_batch_size: how many texts are sent to the model at once.

    Raises:
        ParamError: a list is expected and something else given.

    Example:
        >>> from milvusclient import SemanticHighlighter
        >>> SemanticHighlighter(["what is a vector?"], ["body"], threshold=0.5).params["threshold"]
        0.5
    """

    def __init__(
        self,
        queries: list[str],
        input_fields: list[str],
        *,
        pre_tags: list[str] | None = None,
        post_tags: list[str] | None = None,
        threshold: float | None = None,
        highlight_only: bool | None = None,
        model_deployment_id: str | None = None,
        max_client_batch_size: int | None = None,
    ) -> None:
        self._params: dict[str, object] = {
            "queries": _list(queries, "queries"),
            "input_fields": _list(input_fields, "input_fields"),
            "pre_tags": _optional_list(pre_tags, "pre_tags"),
            "post_tags": _optional_list(post_tags, "post_tags"),
            "threshold": threshold,
            "highlight_only": highlight_only,
            "model_deployment_id": model_deployment_id,
            "max_client_batch_size": max_client_batch_size,
        }

    @property
    def type(self) -> HighlightType:
        """Always SEMANTIC."""
        return HighlightType.SEMANTIC

    @property
    def params(self) -> dict[str, object]:
        """What is set, by the server's names."""
        return _given(self._params)


Highlighter: TypeAlias = LexicalHighlighter | SemanticHighlighter


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise ParamError(message=f"{where} of a highlighter must be a list, got {given(value)}")
    return list(value)


def _optional_list(value: object, where: str) -> list[object] | None:
    return None if value is None else _list(value, where)


def _given(params: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if value is not None}
