"""Highlighters: mark the passages of the found documents that match the search."""

from __future__ import annotations

from typing import TypeAlias

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.states import HighlightType

__all__ = ["Highlighter", "LexicalHighlighter", "SemanticHighlighter"]


@suggest_keywords
class LexicalHighlighter:
    """Marks the words of a full-text search in the documents that it found.

    Args:
        highlight_query: what to mark beside the words of the search: dicts with ``type``, ``field`` and ``text``;
            :meth:`with_query` adds one.
        highlight_search_text: whether to mark the words of the search.
        pre_tags: what to insert before a marked word, such as ``["<em>"]``.
        post_tags: what to insert after a marked word, such as ``["</em>"]``.
        fragment_offset: number of characters of context before the first marked word of a fragment.
        fragment_size: maximum length of a fragment, in characters.
        num_of_fragments: maximum number of fragments of one document.

    Raises:
        ParamError: an argument that must be a list is not one.

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
        """Add words to mark.

        Args:
            field: name of the field in which to mark them.
            text: the words.
            query_type: how the words match, such as ``"TextMatch"``.
        """
        queries = [] if self._queries is None else self._queries
        queries.append({"type": query_type, "field": field, "text": text})
        self._queries = queries

    @property
    def type(self) -> HighlightType:
        """The kind of highlighter, which is always LEXICAL."""
        return HighlightType.LEXICAL

    @property
    def params(self) -> dict[str, object]:
        """The settings that are given, under the server's names."""
        return _given({**self._params, "highlight_query": self._queries})


@suggest_keywords
class SemanticHighlighter:
    """Marks the passages that a model finds similar in meaning to the queries.

    Args:
        queries: the search queries, one str for each query vector.
        input_fields: names of the VARCHAR fields in which to mark passages.
        pre_tags: what to insert before a marked passage, such as ``["<em>"]``.
        post_tags: what to insert after a marked passage, such as ``["</em>"]``.
        threshold: minimum similarity of a marked passage, 0 to 1.
        highlight_only: whether to return the marked passages only.
        model_deployment_id: id of a deployed model.
        max_client_batch_size: maximum number of documents that the server sends to the model at once.

    Raises:
        ParamError: an argument that must be a list is not one.

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
        """The kind of highlighter, which is always SEMANTIC."""
        return HighlightType.SEMANTIC

    @property
    def params(self) -> dict[str, object]:
        """The settings that are given, under the server's names."""
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
