"""Query and get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._sync.core.reads import Reads
from milvusclient.models import results
from milvusclient.operations import common, keys, queries
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.filters import FilterLike
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
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
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
        vectors_as: VectorsAs | None = None,
    ) -> QueryResult:
        """Find rows by a filter or by their primary keys, or count and aggregate them.

        Args:
            collection_name: name or alias of the collection.
            filter: boolean expression that rows must satisfy, such as ``"year > 1990 and color in ['red', 'blue']"``;
                or a condition of :mod:`milvusclient.filters`, or a dict such as ``{"color": "red"}``.
                Without a filter, give a ``limit`` or ``output_fields=["count(*)"]``.
            output_fields: names of the fields to return; None means all. ``["count(*)"]`` returns the number of rows;
                with ``group_by_fields``, ``"sum(price)"``, ``"max(price)"`` and the like are possible too.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            ids: a primary key or a list of them, instead of ``filter``.
            partition_names: names of the partitions to look in; None means the whole collection.
            filter_params: values for the placeholders in the filter: ``{"years": [1989, 1990]}`` for
                ``"year in {years}"``.
            limit: maximum number of rows.
            offset: number of rows to skip.
            group_by_fields: names of fields; rows with the same values in them become one row.
            order_by_fields: fields that order the rows, such as ``"year:desc,title:asc"`` or
                ``[{"field": "year", "order": "desc"}]``.
            order_by: another name for ``order_by_fields``.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            reduce_stop_for_best: let the server stop as soon as it has found enough rows.
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
            A list of dicts of field name to value, dynamic fields included. Its attribute ``extra`` is a dict of what
            the server reports about the call, such as ``cost``.

        Raises:
            ParamError: an argument is invalid, or both ``ids`` and ``filter`` are given.
            DataTypeNotMatchException: the filter is neither a str, a condition nor a dict.
            InvalidConsistencyLevel: the consistency level does not exist.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.query("books", "id < 3", ["id"])
            [{'id': 1}, {'id': 2}]
        """
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        listed = [] if ids is None else keys.list_keys("ids", ids)
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = self._written(collection_name, text, params, deadline)
        request = queries.build_query(
            collection_name, text, output_fields, partition_names,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            filter_params=params, by_keys=bool(listed), limit=limit, offset=offset,
            ignore_growing=ignore_growing, reduce_stop_for_best=reduce_stop_for_best, group_by_fields=group_by_fields,
            order_by_fields=queries.one_order(order_by_fields, order_by), timezone=timezone, time_fields=time_fields,
            namespace=namespace,
        )  # fmt: skip
        if listed:
            request.expr = keys.in_expression(self._primary_field(collection_name, deadline), listed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return self._query(request, deadline, call_options, form)

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
        vectors_as: VectorsAs | None = None,
    ) -> QueryResult:
        """Get rows by their primary keys, in any order; keys without a row are skipped.

        Args:
            collection_name: name or alias of the collection.
            ids: a primary key or a list of them; for an empty list nothing is sent.
            output_fields: names of the fields to return; None means all.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
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
            A list of dicts of field name to value, as from :meth:`query`.

        Raises:
            ParamError: an argument is invalid.
            TypeError: a key is neither an int nor a str. (It is a ParamError, too.)
            InvalidConsistencyLevel: the consistency level does not exist.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.get("books", [1, 2], ["title"])
            [{'id': 1, 'title': 'Dune'}, {'id': 2, 'title': 'Emma'}]
        """
        listed = keys.list_keys("ids", ids)
        if not listed:
            return results.QueryResult()
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        request = queries.build_query(
            collection_name, "", output_fields, partition_names,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            by_keys=True, ignore_growing=ignore_growing, timezone=timezone, time_fields=time_fields,
            namespace=namespace,
        )  # fmt: skip
        deadline = self._deadline(timeout)
        request.expr = keys.in_expression(self._primary_field(collection_name, deadline), listed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return self._query(request, deadline, call_options, form)
