"""Search and hybrid search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.reads import AsyncReads
from milvusclient.operations import common, hybrid, searches
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        filter: str | None = "",  # noqa: A002 - the name that programs use
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
        vectors_as: VectorsAs = "list",
    ) -> SearchResult:
        """Find the rows whose vectors are nearest to the given ones.

        Args:
            collection_name: name or alias of the collection.
            data: a list of query vectors, each a list of numbers, bytes, a numpy array or anything else with a buffer,
                or for sparse vectors a dict of index to value; a two-dimensional array; a list of texts for a field
                that a function fills from text; a list of EmbeddingList for a vector field in a struct array.
            filter: which rows come into question, such as ``"year > 1990"``.
            limit: how many hits for each query vector.
            output_fields: which fields the hits have; None means none, ``["*"]`` all.
            search_params: ``{"metric_type": "COSINE", "params": {"ef": 64}}`` and the like; ``params`` may also hold
                ``radius`` and ``range_filter``. The server knows the metric, so it may be left out.
            timeout: seconds for the whole operation; None means no limit.
            partition_names: the only partitions to look in; None means all.
            anns_field: the vector field; needed if there are several.
            ranker: a function of type RERANK, or a FunctionScore, that gives the hits their final order.
            function_chains: steps that compute, sort and cut the hits; excludes ``ranker``.
            highlighter: marks the passages of a text for which it was found.
            ids: primary keys of rows whose vectors are searched for, in place of ``data``.
            search_aggregation: puts hits into buckets, in ``agg_buckets`` of the result; excludes the group options.
            filter_params: values for the placeholders of the filter: ``{"years": [1989, 1990]}`` for
                ``"year in {years}"``.
            offset: how many hits to skip; it may be in ``search_params`` too, but not in both.
            round_decimal: how many decimals the distances keep, 0 to 6; -1 keeps all.
            group_by_field: return hits from ``limit`` groups of rows that have the same value in this field.
            group_by_fields: the same, for values in several fields.
            group_size: how many hits of each group.
            strict_group_size: whether each group must have that many, even if it takes longer.
            order_by_fields: order the hits by fields: ``"price:asc"``, or ``[{"field": "price", "order": "asc"}]``.
            json_path: where in a JSON field the value to group by is, such as ``"/a/b"``.
            json_type: the type that this value is read as, such as ``DataType.INT64``.
            strict_cast: whether rows whose value is not of this type are left out.
            ignore_growing: leave out rows that arrived so recently that their segment still grows: faster, less fresh.
            page_retain_order: whether the order of hits stays the same from page to page (``offset``).
            timezone: the time zone in which TIMESTAMPTZ values are written, such as ``"Asia/Shanghai"``.
            time_fields: which parts of TIMESTAMPTZ values to return: ``"year,month"``.
            consistency_level: how fresh the data must be; None means as the collection was created.
            guarantee_timestamp: the moment of which the data must be, for the levels Eventually and Customized.
            namespace: the namespace of the rows, for collections that have namespaces.
            retry_times: how often a failed call is repeated at most; None leaves it to the client's policy.
            retry_on_rate_limit: whether to wait and repeat when the server refuses because of its rate limit.
            client_request_id: a text that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for arrays over the memory of the reply, which costs next to nothing;
                they are read-only, and each keeps the whole reply alive.

        Returns:
            For each query vector a list of hits, best first: dicts with the primary key, ``distance`` and ``entity``
            (a dict of the output fields), which can be read by attribute too: ``hit.id``, ``hit.distance``.

        Raises:
            ParamError: an argument cannot be, contradicts another, or is given twice.
            DataTypeNotMatchException: the filter is not a str.
            InvalidConsistencyLevel: there is no such level.
            MilvusException: the server refuses, or cannot be reached.

        Example:
            >>> result = await client.search("books", [[0.1, 0.2]], limit=2, output_fields=["title"])
            >>> [(hit.id, hit.title) for hit in result[0]]
            [(1, 'Dune'), (2, 'Emma')]
        """
        if vectors_as != "list":
            common.require_vectors_as(vectors_as)
        request = searches.build_search(
            collection_name, data, filter, limit, output_fields, search_params, anns_field, round_decimal,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            ids=ids, filter_params=filter_params, partition_names=partition_names, namespace=namespace, ranker=ranker,
            function_chains=function_chains, highlighter=highlighter, search_aggregation=search_aggregation,
            offset=offset, group_by_field=group_by_field, group_by_fields=group_by_fields, group_size=group_size,
            strict_group_size=strict_group_size, order_by_fields=order_by_fields, json_path=json_path,
            json_type=json_type, strict_cast=strict_cast, ignore_growing=ignore_growing,
            page_retain_order=page_retain_order, timezone=timezone, time_fields=time_fields,
        )  # fmt: skip
        deadline = self._deadline(timeout)
        if searches.lacks_vectors(request):
            await self._add_vectors(request, data, anns_field, deadline)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return await self._search(request, deadline, call_options, round_decimal, vectors_as)

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
        vectors_as: VectorsAs = "list",
    ) -> SearchResult:
        """Search several vector fields, or one in several ways, and merge the hits.

        Args:
            collection_name: name or alias of the collection.
            reqs: the searches; each has its own vector field, query vectors, filter and limit. All have equally many
                query vectors.
            ranker: what merges their hits: an RRFRanker, a WeightedRanker, a Function of type RERANK or a
                FunctionScore; None leaves it to the server.
            limit: how many hits for each query vector, after merging.
            output_fields: which fields the hits have; None means none, ``["*"]`` all.
            timeout: seconds for the whole operation; None means no limit.
            partition_names: the only partitions to look in; None means all.
            offset: how many hits to skip.
            round_decimal: how many decimals the distances keep, 0 to 6; -1 keeps all.
            group_by_field: return hits from ``limit`` groups of rows that have the same value in this field.
            group_by_fields: the same, for values in several fields.
            group_size: how many hits of each group.
            strict_group_size: whether each group must have that many, even if it takes longer.
            order_by_fields: order the hits by fields: ``"price:asc"``, or ``[{"field": "price", "order": "asc"}]``.
            json_path: where in a JSON field the value to group by is, such as ``"/a/b"``.
            json_type: the type that this value is read as, such as ``DataType.INT64``.
            strict_cast: whether rows whose value is not of this type are left out.
            ignore_growing: leave out rows that arrived so recently that their segment still grows: faster, less fresh.
            page_retain_order: whether the order of hits stays the same from page to page (``offset``).
            timezone: the time zone in which TIMESTAMPTZ values are written, such as ``"Asia/Shanghai"``.
            time_fields: which parts of TIMESTAMPTZ values to return: ``"year,month"``.
            highlighter: marks the passages of a text for which it was found.
            function_chains: refused; servers have them for :meth:`search` only.
            search_aggregation: refused; servers have it for :meth:`search` only.
            consistency_level: how fresh the data must be; None means as the collection was created.
            guarantee_timestamp: the moment of which the data must be, for the levels Eventually and Customized.
            namespace: the namespace of the rows, for collections that have namespaces.
            retry_times: how often a failed call is repeated at most; None leaves it to the client's policy.
            retry_on_rate_limit: whether to wait and repeat when the server refuses because of its rate limit.
            client_request_id: a text that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for arrays over the memory of the reply, which costs next to nothing;
                they are read-only, and each keeps the whole reply alive.

        Returns:
            For each query vector a list of hits, best first, as :meth:`search` returns them.

        Raises:
            ParamError: an argument cannot be, contradicts another, or is given twice.
            InvalidConsistencyLevel: there is no such level.
            MilvusException: the server refuses, or cannot be reached.

        Example:
            >>> from milvusclient import AnnSearchRequest, RRFRanker
            >>> near = AnnSearchRequest([[0.1, 0.2]], "vector", {}, limit=10)
            >>> words = AnnSearchRequest(["desert planet"], "title_sparse", {}, limit=10)
            >>> result = await client.hybrid_search("books", [near, words], RRFRanker(), limit=1)
            >>> result[0].ids
            [1]
        """
        common.require_vectors_as(vectors_as)
        hybrid.refuse_unsupported(function_chains=function_chains, search_aggregation=search_aggregation)
        request = hybrid.build_hybrid_search(
            collection_name, reqs, ranker, limit, output_fields, round_decimal,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            partition_names=partition_names, namespace=namespace, highlighter=highlighter, offset=offset,
            group_by_field=group_by_field, group_by_fields=group_by_fields, group_size=group_size,
            strict_group_size=strict_group_size, order_by_fields=order_by_fields, json_path=json_path,
            json_type=json_type, strict_cast=strict_cast, ignore_growing=ignore_growing,
            page_retain_order=page_retain_order, timezone=timezone, time_fields=time_fields,
        )  # fmt: skip
        deadline = self._deadline(timeout)
        for part, search in zip(request.requests, reqs, strict=True):
            if searches.lacks_vectors(part):
                await self._add_vectors(part, search.data, search.anns_field, deadline)
        hybrid.check_vector_counts(request)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        reply = await self._call(rpc.HYBRID_SEARCH, request, deadline, call_options)
        return searches.parse_search(reply, round_decimal, vectors_as=vectors_as)
