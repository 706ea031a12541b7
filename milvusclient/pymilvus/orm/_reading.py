"""The searches and queries of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import DataTypeNotMatchException
from milvusclient.pymilvus.client.asynch import SearchFuture
from milvusclient.pymilvus.client.iterator.search_iterator import OrmSearchIterator
from milvusclient.pymilvus.client.search_result import SearchResult
from milvusclient.pymilvus.orm._calls import called, rename

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike
    from milvusclient.pymilvus.orm.connections import OrmClient

__all__ = ["CollectionReads"]


class CollectionReads:
    """Methods of Collection that find rows."""

    _name: str

    if TYPE_CHECKING:

        @property
        def _client(self) -> OrmClient: ...

    def search(
        self,
        data: Any,
        anns_field: str,
        param: Mapping[str, Any] | None,
        limit: int,
        expr: FilterLike | None = None,
        partition_names: Sequence[str] | None = None,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        round_decimal: int = -1,
        ranker: Any = None,
        function_chains: Any = None,
        highlighter: Any = None,
        search_aggregation: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Find the rows that are nearest to query vectors.

        Args:
            data: query vectors; none of them finds nothing.
            anns_field: the vector field; empty for the only one.
            param: search parameters: ``metric_type``, ``offset``, ``params``.
            limit: how many hits for each query vector.
            expr: boolean expression that rows must satisfy, or a condition of :mod:`milvusclient.filters`, or a dict.
            partition_names: the only partitions to look in; None means all.
            output_fields: which fields the hits have.
            timeout: seconds for the call; None means no limit.
            round_decimal: how many decimals the distances keep; -1 keeps all.
            ranker: what ranks the hits again.
            function_chains: steps that rank the hits again.
            highlighter: what marks passages in the hits.
            search_aggregation: how hits are put into buckets.
            **kwargs: options of ``MilvusClient.search``; ``_async=True`` returns a SearchFuture.

        Returns:
            A SearchResult.

        Raises:
            DataTypeNotMatchException: ``expr`` is neither a str, a condition nor a dict.
            MilvusException: the server refuses, or cannot be reached.
        """
        _check_expr(expr)
        rename(kwargs, "expr_params", "filter_params")

        def call() -> Any:
            if _is_empty(data):
                return SearchResult()
            return self._client.search(
                self._name, data, expr, limit, output_fields, param, timeout, partition_names, anns_field or None,
                ranker, function_chains, highlighter, search_aggregation=search_aggregation,
                round_decimal=round_decimal, **kwargs,
            )  # fmt: skip

        return called(SearchFuture, kwargs, call)

    def hybrid_search(
        self,
        reqs: Sequence[Any],
        rerank: Any,
        limit: int,
        partition_names: Sequence[str] | None = None,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        round_decimal: int = -1,
        ranker: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Merge the hits of several searches.

        Args:
            reqs: the searches, each an AnnSearchRequest; none of them finds nothing.
            rerank: what merges their hits: an RRFRanker or a WeightedRanker.
            limit: how many hits.
            partition_names: the only partitions to look in; None means all.
            output_fields: which fields the hits have.
            timeout: seconds for the call; None means no limit.
            round_decimal: how many decimals the scores keep; -1 keeps all.
            ranker: a Function that merges their hits, in place of ``rerank``.
            **kwargs: options of ``MilvusClient.hybrid_search``; ``_async=True`` returns a SearchFuture.

        Returns:
            A SearchResult.
        """

        def call() -> Any:
            if isinstance(reqs, list) and not reqs:
                return SearchResult()
            return self._client.hybrid_search(
                self._name, reqs, rerank if ranker is None else ranker, limit, output_fields, timeout, partition_names,
                round_decimal=round_decimal, **kwargs,
            )  # fmt: skip

        return called(SearchFuture, kwargs, call)

    def search_iterator(
        self,
        data: Any,
        anns_field: str,
        param: Mapping[str, Any],
        batch_size: int | None = 1000,
        limit: int | None = -1,
        expr: FilterLike | None = None,
        partition_names: Sequence[str] | None = None,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        round_decimal: int = -1,
        **kwargs: Any,
    ) -> Any:
        """Find more rows than one search can return, page by page.

        Args:
            data: one query vector.
            anns_field: the vector field.
            param: search parameters.
            batch_size: how many hits a page has.
            limit: maximum number of hits in total; -1 means no limit.
            expr: boolean expression that rows must satisfy, or a condition of :mod:`milvusclient.filters`, or a dict.
            partition_names: the only partitions to look in; None means all.
            output_fields: which fields the hits have.
            timeout: seconds for each page; None means no limit.
            round_decimal: how many decimals the distances keep; -1 keeps all.
            **kwargs: options of ``MilvusClient.search_iterator``.
        """
        _check_expr(expr)
        rename(kwargs, "expr_params", "filter_params")
        pages = self._client.search_iterator(
            self._name, data, batch_size, expr, limit, output_fields, param, timeout, partition_names,
            anns_field or None, round_decimal, **kwargs,
        )  # fmt: skip
        return OrmSearchIterator(pages)

    def query(
        self,
        expr: FilterLike,
        output_fields: Sequence[str] | None = None,
        partition_names: Sequence[str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Find rows by a filter.

        Args:
            expr: boolean expression that rows must satisfy, or a condition of :mod:`milvusclient.filters`, or a dict.
            output_fields: which fields; None means the primary key.
            partition_names: the only partitions to look in; None means all.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.query``, such as ``limit`` and ``offset``.

        Returns:
            A list of dicts.

        Raises:
            DataTypeNotMatchException: ``expr`` is neither a str, a condition nor a dict.
        """
        if expr is None:
            raise DataTypeNotMatchException(message="expr must be a str, got None")
        _check_expr(expr)
        rename(kwargs, "expr_params", "filter_params")
        # Without fields the server is to say which there are, as the ORM leaves it to it.
        return self._client.query(self._name, expr, output_fields, timeout, None, partition_names, **kwargs)

    def query_iterator(
        self,
        batch_size: int | None = 1000,
        limit: int | None = -1,
        expr: FilterLike | None = None,
        output_fields: Sequence[str] | None = None,
        partition_names: Sequence[str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Find more rows than one query can return, page by page.

        Args:
            batch_size: how many rows a page has.
            limit: maximum number of rows in total; -1 means no limit.
            expr: boolean expression that rows must satisfy, or a condition of :mod:`milvusclient.filters`, or a dict.
            output_fields: which fields.
            partition_names: the only partitions to look in; None means all.
            timeout: seconds for each page; None means no limit.
            **kwargs: options of ``MilvusClient.query_iterator``.
        """
        _check_expr(expr)
        rename(kwargs, "expr_params", "filter_params")
        return self._client.query_iterator(
            self._name, batch_size, limit, expr, output_fields, partition_names, timeout, **kwargs
        )


def _check_expr(expr: object) -> None:
    # What has compile() is a condition of milvusclient.filters, which is not loaded for programs that have none.
    if not (expr is None or isinstance(expr, str | Mapping) or callable(getattr(expr, "compile", None))):
        raise DataTypeNotMatchException(message=f"expr must be a str, got {expr!r}")


def _is_empty(data: Any) -> bool:
    if isinstance(data, list):
        return not data
    return hasattr(data, "getrow") and data.shape[0] == 0
