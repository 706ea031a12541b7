"""Query and get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._sync.core.reads import Reads
from milvusclient.models import results
from milvusclient.operations import common, keys, queries
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.models.results import QueryResult
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.keys import Keys
    from milvusclient.operations.search_params import OrderBy
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = ["Queries"]


class Queries(Reads):
    """Methods that find rows without vectors."""

    def query(
        self,
        collection_name: str,
        filter: str | None = "",  # noqa: A002 - the name that programs use
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        ids: Keys | None = None,
        partition_names: Sequence[str] | None = None,
        *,
        filter_params: Mapping[str, object] | None = None,
        limit: int | str | None = None,
        offset: int | str | None = None,
        group_by_fields: Sequence[str] | None = None,
        order_by_fields: OrderBy | None = None,
        order_by: OrderBy | None = None,
        ignore_growing: bool = False,
        reduce_stop_for_best: bool = False,
        timezone: str | None = None,
        time_fields: str | Sequence[str] | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
        vectors_as: VectorsAs = "list",
    ) -> QueryResult:
        """Find rows by a filter, or by their primary keys; or count and sum them up.

        Args:
            collection_name: name or alias of the collection.
            filter: which rows, such as ``"year > 1990 and color in ['red', 'blue']"``. Without a filter a ``limit`` is
                needed, or ``output_fields=["count(*)"]``.
            output_fields: which fields; None means all. ``["*"]`` is all, ``["count(*)"]`` the number of rows; with
                ``group_by_fields`` also ``"sum(price)"``, ``"max(price)"`` and the like.
            timeout: seconds for the whole operation; None means no limit.
            ids: a primary key or a list of them, in place of ``filter``.
            partition_names: the only partitions to look in; None means all.
            filter_params: values for the placeholders of the filter: ``{"years": [1989, 1990]}`` for
                ``"year in {years}"``.
            limit: how many rows at most.
            offset: how many rows to skip before those.
            group_by_fields: make one row of all rows that have the same values in these fields.
            order_by_fields: ``"year:desc,title:asc"``, or ``[{"field": "year", "order": "desc"}, ...]``.
            order_by: another name of ``order_by_fields``.
            ignore_growing: leave out rows that arrived so recently that their segment still grows: faster, less fresh.
            reduce_stop_for_best: let the server stop as soon as it has enough rows.
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
            A list of dicts, field name to value, with the keys of dynamic fields among them. Its ``extra`` is a dict
            of what the server says of the call, such as ``cost``.

        Raises:
            ParamError: an argument cannot be, or both ``ids`` and ``filter`` are given.
            DataTypeNotMatchException: the filter is not a str.
            InvalidConsistencyLevel: there is no such level.
            DescribeCollectionException: there is no such collection.
            MilvusException: the server refuses, or cannot be reached.

        Example:
            >>> client.query("books", "id < 3", ["id"])
            [{'id': 1}, {'id': 2}]
        """
        common.require_vectors_as(vectors_as)
        listed = [] if ids is None else keys.list_keys("ids", ids)
        request = queries.build_query(
            collection_name, filter, output_fields, partition_names,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            filter_params=filter_params, by_keys=bool(listed), limit=limit, offset=offset,
            ignore_growing=ignore_growing, reduce_stop_for_best=reduce_stop_for_best, group_by_fields=group_by_fields,
            order_by_fields=queries.one_order(order_by_fields, order_by), timezone=timezone, time_fields=time_fields,
            namespace=namespace,
        )  # fmt: skip
        deadline = self._deadline(timeout)
        if listed:
            request.expr = keys.in_expression(self._primary_field(collection_name, deadline), listed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return self._query(request, deadline, call_options, vectors_as)

    def get(
        self,
        collection_name: str,
        ids: Keys,
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        *,
        ignore_growing: bool = False,
        timezone: str | None = None,
        time_fields: str | Sequence[str] | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
        vectors_as: VectorsAs = "list",
    ) -> QueryResult:
        """Get rows by their primary keys. They come in any order, and those that do not exist are left out.

        Args:
            collection_name: name or alias of the collection.
            ids: a primary key or a list of them; for an empty list nothing is sent.
            output_fields: which fields; None means all.
            timeout: seconds for the whole operation; None means no limit.
            partition_names: the only partitions to look in; None means all.
            ignore_growing: leave out rows that arrived so recently that their segment still grows: faster, less fresh.
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
            A list of dicts, field name to value; its ``extra`` is what the server says of the call.

        Raises:
            ParamError: an argument cannot be.
            InvalidConsistencyLevel: there is no such level.
            DescribeCollectionException: there is no such collection.
            MilvusException: the server refuses, or cannot be reached.

        Example:
            >>> client.get("books", [1, 2], ["title"])
            [{'id': 1, 'title': 'Dune'}, {'id': 2, 'title': 'Emma'}]
        """
        listed = keys.list_keys("ids", ids)
        if not listed:
            return results.QueryResult()
        common.require_vectors_as(vectors_as)
        request = queries.build_query(
            collection_name, "", output_fields, partition_names,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            by_keys=True, ignore_growing=ignore_growing, timezone=timezone, time_fields=time_fields,
            namespace=namespace,
        )  # fmt: skip
        deadline = self._deadline(timeout)
        request.expr = keys.in_expression(self._primary_field(collection_name, deadline), listed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return self._query(request, deadline, call_options, vectors_as)
