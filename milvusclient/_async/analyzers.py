"""The client method that runs an analyzer, which splits text into tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import analyzers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.models.analysis import AnalyzeResult

__all__ = ["AsyncAnalyzers"]


class AsyncAnalyzers(AsyncFamily):
    """Method that runs an analyzer."""

    @overload
    async def run_analyzer(
        self,
        texts: str,
        analyzer_params: str | Mapping[str, object] | None = None,
        with_hash: bool = False,
        with_detail: bool = False,
        collection_name: str | None = None,
        field_name: str | None = None,
        analyzer_names: str | Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> AnalyzeResult: ...

    @overload
    async def run_analyzer(
        self,
        texts: list[str] | tuple[str, ...],
        analyzer_params: str | Mapping[str, object] | None = None,
        with_hash: bool = False,
        with_detail: bool = False,
        collection_name: str | None = None,
        field_name: str | None = None,
        analyzer_names: str | Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> list[AnalyzeResult]: ...

    async def run_analyzer(
        self,
        texts: str | list[str] | tuple[str, ...],
        analyzer_params: str | Mapping[str, object] | None = None,
        with_hash: bool = False,
        with_detail: bool = False,
        collection_name: str | None = None,
        field_name: str | None = None,
        analyzer_names: str | Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> AnalyzeResult | list[AnalyzeResult]:
        """Split texts into tokens, as full-text search does: with an analyzer, or with that of a field.

        Args:
            texts: a str, or a list of str.
            analyzer_params: settings of the analyzer, such as ``{"type": "english"}``. None means the standard
                analyzer.
            with_hash: include the hash of each token.
            with_detail: include the position of each token.
            collection_name: name or alias of the collection. Give it with ``field_name`` to use the analyzer of that
                field.
            field_name: name of the field. Its analyzer is used.
            analyzer_names: names of analyzers of a field that has several: one for all texts, or one for each.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The tokens of a str; a list of them for a list of str.

        Raises:
            ParamError: an argument has the wrong type.
            MilvusException: the server refuses the request, for instance because the analyzer is invalid.

        Example:
            >>> tokens = (await client.run_analyzer("the lazy dogs", {"type": "english"})).tokens
        """
        request = analyzers.build_run_analyzer(
            texts,
            analyzer_params=analyzer_params,
            with_hash=with_hash,
            with_detail=with_detail,
            collection_name=collection_name,
            field_name=field_name,
            analyzer_names=analyzer_names,
        )
        reply = await self._call(rpc.RUN_ANALYZER, request, self._deadline(timeout))
        results = analyzers.parse_run_analyzer(reply, with_hash=with_hash, with_detail=with_detail)
        return analyzers.only_one(results) if isinstance(texts, str) else results
