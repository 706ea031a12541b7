"""Search and hybrid search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.reads import AsyncReads
from milvusclient.operations import common, hybrid, searches
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.filters import FilterLike
    from milvusclient.models.results import SearchResult
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.keys import Keys
    from milvusclient.operations.ranking import Ranker
    from milvusclient.operations.search_params import OrderBy
    from milvusclient.schema.aggregation import SearchAggregation
    from milvusclient.schema.enums import ConsistencyLevel, DataType
    from milvusclient.schema.function_chain import FunctionChain
    from milvusclient.schema.functions import Function, FunctionScore
    from milvusclient.schema.highlight import Highlighter
    from milvusclient.schema.ranking import AnnSearchRequest

__all__ = ["AsyncSearches"]


class AsyncSearches(AsyncReads):
    """Methods that find rows by vectors."""

    async def search(
        self,
        collection_name: str,
        data: object = None,
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
        limit: int = 10,
        output_fields: Sequence[str] | None = None,
        search_params: Mapping[str, object] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        anns_field: str | None = None,
        ranker: Function | FunctionScore | None = None,
        function_chains: FunctionChain | Sequence[FunctionChain] | None = None,
        highlighter: Highlighter | None = None,
        ids: Keys | None = None,
        search_aggregation: SearchAggregation | None = None,
        *,
        filter_params: Mapping[str, object] | None = None,
        offset: int | None = None,
        round_decimal: int = -1,
        group_by_field: str | None = None,
        group_by_fields: Sequence[str] | None = None,
        group_size: int | None = None,
        strict_group_size: bool | None = None,
        order_by_fields: OrderBy | None = None,
        json_path: str | None = None,
        json_type: DataType | int | None = None,
        strict_cast: bool | None = None,
        ignore_growing: bool = False,
        page_retain_order: bool | None = None,
        timezone: str | None = None,
        time_fields: str | Sequence[str] | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
        vectors_as: VectorsAs | None = None,
    ) -> SearchResult:
        """Find the rows whose vectors are nearest to the query vectors.

        Args:
            collection_name: name or alias of the collection.
            data: a list of query vectors: lists of numbers, bytes, numpy arrays or other buffers, and dicts of index to
                value for sparse vectors; a two-dimensional array; a list of str for a field that a function computes
                from them; a list of EmbeddingList for a vector field in a struct array.
            filter: boolean expression that rows must satisfy, such as ``"year > 1990"``; or a condition of
                :mod:`milvusclient.filters`, or a dict such as ``{"color": "red"}``.
            limit: maximum number of hits for each query vector.
            output_fields: names of the fields to return with each hit; None means none, ``["*"]`` means all.
            search_params: metric and parameters of the index, such as
                ``{"metric_type": "COSINE", "params": {"ef": 64}}``; ``params`` may also hold ``radius`` and
                ``range_filter``. The server knows the metric, so it may be left out.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            anns_field: name of the vector field; needed if the collection has several.
            ranker: how the hits are reordered: a Function of type RERANK, or a FunctionScore.
            function_chains: steps that compute, sort and cut the hits; cannot be combined with ``ranker``.
            highlighter: marks the passages of a str field that match the query.
            ids: primary keys of rows whose vectors are the query vectors, instead of ``data``.
            search_aggregation: how hits are put into buckets, in ``agg_buckets`` of the result; cannot be combined with
                ``group_by_field``.
            filter_params: values for the placeholders in the filter: ``{"years": [1989, 1990]}`` for
                ``"year in {years}"``.
            offset: number of hits to skip. May be in ``search_params`` instead.
            round_decimal: number of decimals of the distances, 0 to 6; -1 means all.
            group_by_field: name of a field; hits with the same value in it form a group, and ``limit`` counts groups.
            group_by_fields: as ``group_by_field``, for the values of several fields.
            group_size: number of hits to return from each group.
            strict_group_size: whether each group must have that many hits, even if the search takes longer.
            order_by_fields: fields that order the hits, such as ``"price:asc"`` or
                ``[{"field": "price", "order": "asc"}]``.
            json_path: path of the value to group by in a JSON field, such as ``"/a/b"``.
            json_type: type of the value at ``json_path``, such as ``DataType.INT64``.
            strict_cast: whether to leave out rows whose value at ``json_path`` has another type.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            page_retain_order: whether the order of hits is the same from page to page (``offset``).
            timezone: time zone of returned TIMESTAMPTZ values, such as ``"Asia/Shanghai"``.
            time_fields: parts of TIMESTAMPTZ values to return, such as ``"year,month"``.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp up to which the data must be visible, for the levels Eventually and
                Customized.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for read-only arrays over the memory of the reply, which cost next to
                nothing; each array keeps the whole reply alive. None means the client's setting.

        Returns:
            For each query vector a list of hits, best first. A hit is a dict of the primary key, ``distance`` and
            ``entity`` (a dict of the output fields); its values are attributes too: ``hit.id``, ``hit.distance``.

        Raises:
            ParamError: an argument is invalid, contradicts another one, or is given twice.
            DataTypeNotMatchException: the filter is neither a str, a condition nor a dict.
            InvalidConsistencyLevel: the consistency level does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> result = await client.search("books", [[0.1, 0.2]], limit=2, output_fields=["title"])
            >>> [(hit.id, hit.title) for hit in result[0]]
            [(1, 'Dune'), (2, 'Emma')]
        """
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = await self._written(collection_name, text, params, deadline)
        # By position, in the order of build_search, which takes half the time that keywords take.
        request = searches.build_search(
            collection_name, data, text, limit, output_fields, search_params, anns_field, round_decimal,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            ids, params, partition_names, namespace, ranker, function_chains, highlighter, search_aggregation,
            offset, group_by_field, group_by_fields, group_size, strict_group_size, order_by_fields, json_path,
            json_type, strict_cast, ignore_growing, page_retain_order, timezone, time_fields,
        )  # fmt: skip
        await self._settle_vectors(request, collection_name, data, anns_field, deadline)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        reply = await self._call(rpc.SEARCH, request, deadline, call_options)
        return searches.parse_search(reply, round_decimal, vectors_as=form, search_params=search_params)

    async def hybrid_search(
        self,
        collection_name: str,
        reqs: Sequence[AnnSearchRequest],
        ranker: Ranker | None,
        limit: int = 10,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        *,
        offset: int | None = None,
        round_decimal: int = -1,
        group_by_field: str | None = None,
        group_by_fields: Sequence[str] | None = None,
        group_size: int | None = None,
        strict_group_size: bool | None = None,
        rank_group_scorer: str | None = None,
        order_by_fields: OrderBy | None = None,
        json_path: str | None = None,
        json_type: DataType | int | None = None,
        strict_cast: bool | None = None,
        ignore_growing: bool = False,
        page_retain_order: bool | None = None,
        timezone: str | None = None,
        time_fields: str | Sequence[str] | None = None,
        highlighter: Highlighter | None = None,
        function_chains: FunctionChain | Sequence[FunctionChain] | None = None,
        search_aggregation: SearchAggregation | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
        vectors_as: VectorsAs | None = None,
    ) -> SearchResult:
        """Search several vector fields, or one in several ways, and merge the hits.

        Args:
            collection_name: name or alias of the collection.
            reqs: the searches to merge; each has its own vector field, query vectors, filter and limit, and all have
                the same number of query vectors.
            ranker: how the hits of the searches are merged: an RRFRanker, a WeightedRanker, a Function of type RERANK
                or a FunctionScore; None lets the server choose.
            limit: maximum number of hits for each query vector. They are counted after merging.
            output_fields: names of the fields to return with each hit; None means none, ``["*"]`` means all.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            offset: number of hits to skip.
            round_decimal: number of decimals of the distances, 0 to 6; -1 means all.
            group_by_field: name of a field; hits with the same value in it form a group, and ``limit`` counts groups.
            group_by_fields: as ``group_by_field``, for the values of several fields.
            group_size: number of hits to return from each group.
            strict_group_size: whether each group must have that many hits, even if the search takes longer.
            rank_group_scorer: how the score of a group is made of those of its hits: ``"max"``, ``"sum"`` or ``"avg"``.
            order_by_fields: fields that order the hits, such as ``"price:asc"`` or
                ``[{"field": "price", "order": "asc"}]``.
            json_path: path of the value to group by in a JSON field, such as ``"/a/b"``.
            json_type: type of the value at ``json_path``, such as ``DataType.INT64``.
            strict_cast: whether to leave out rows whose value at ``json_path`` has another type.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            page_retain_order: whether the order of hits is the same from page to page (``offset``).
            timezone: time zone of returned TIMESTAMPTZ values, such as ``"Asia/Shanghai"``.
            time_fields: parts of TIMESTAMPTZ values to return, such as ``"year,month"``.
            highlighter: marks the passages of a str field that match the query.
            function_chains: not supported here; servers support it for :meth:`search` only.
            search_aggregation: not supported here; servers support it for :meth:`search` only.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp up to which the data must be visible, for the levels Eventually and
                Customized.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for read-only arrays over the memory of the reply, which cost next to
                nothing; each array keeps the whole reply alive. None means the client's setting.

        Returns:
            For each query vector a list of hits, best first, as from :meth:`search`.

        Raises:
            ParamError: an argument is invalid, contradicts another one, or is given twice.
            InvalidConsistencyLevel: the consistency level does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> from milvusclient import AnnSearchRequest, RRFRanker
            >>> near = AnnSearchRequest([[0.1, 0.2]], "vector", {}, limit=10)
            >>> words = AnnSearchRequest(["desert planet"], "title_sparse", {}, limit=10)
            >>> result = await client.hybrid_search("books", [near, words], RRFRanker(), limit=1)
            >>> result[0].ids
            [1]
        """
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        hybrid.refuse_unsupported(function_chains=function_chains, search_aggregation=search_aggregation)
        deadline = self._deadline(timeout)
        parts = reqs
        if hybrid.has_unwritten_filters(reqs):
            filters = [
                await self._written(collection_name, search.expr, search.expr_params, deadline, f"reqs[{index}].expr")
                for index, search in enumerate(reqs)
            ]
            parts = hybrid.with_filters(reqs, filters)
        request = hybrid.build_hybrid_search(
            collection_name, parts, ranker, limit, output_fields, round_decimal,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            partition_names=partition_names, namespace=namespace, highlighter=highlighter, offset=offset,
            group_by_field=group_by_field, group_by_fields=group_by_fields, group_size=group_size,
            strict_group_size=strict_group_size, rank_group_scorer=rank_group_scorer,
            order_by_fields=order_by_fields, json_path=json_path,
            json_type=json_type, strict_cast=strict_cast, ignore_growing=ignore_growing,
            page_retain_order=page_retain_order, timezone=timezone, time_fields=time_fields,
        )  # fmt: skip
        for index, (part, search) in enumerate(zip(request.requests, reqs, strict=True)):
            names = searches.Names(f"reqs[{index}].")
            await self._settle_vectors(part, collection_name, search.data, search.anns_field, deadline, names)
        hybrid.check_vector_counts(request)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        reply = await self._call(rpc.HYBRID_SEARCH, request, deadline, call_options)
        return searches.parse_search(reply, round_decimal, vectors_as=form)
