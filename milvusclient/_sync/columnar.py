"""Queries and searches whose results are columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.reads import Reads
from milvusclient.operations import queries, searches
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.filters import FilterLike
    from milvusclient.models.columns import Columns, SearchColumns
    from milvusclient.operations.search_params import OrderBy
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = ["Columnar"]


class Columnar(Reads):
    """Methods that find rows and return columns."""

    def query_columns(
        self,
        collection_name: str,
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
        output_fields: Sequence[str] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        *,
        filter_params: Mapping[str, object] | None = None,
        limit: int | str | None = None,
        offset: int | str | None = None,
        order_by_fields: OrderBy | None = None,
        ignore_growing: bool = False,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> Columns:
        """Find rows by a filter and return columns: the fast way to arrays, Arrow tables and data frames.

        Args:
            collection_name: name or alias of the collection.
            filter: boolean expression that rows must satisfy, as for :meth:`query`.
            output_fields: names of the fields to return; None means all. Dynamic fields are one column, ``$meta``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            filter_params: values for the placeholders in the filter.
            limit: maximum number of rows.
            offset: number of rows to skip.
            order_by_fields: fields that order the rows, as for :meth:`query`.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp up to which the data must be visible, for the levels Eventually and
                Customized.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            The columns by name. ``to_numpy(name)``, ``to_arrow()`` and ``to_pandas()`` convert them.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> columns = client.query_columns("books", "id < 3", ["id"])
            >>> columns["id"]
            [1, 2]
        """
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = self._written(collection_name, text, params, deadline)
        request = queries.build_query(
            collection_name, text, output_fields, partition_names,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            filter_params=params, limit=limit, offset=offset, ignore_growing=ignore_growing,
            order_by_fields=order_by_fields, namespace=namespace,
        )  # fmt: skip
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return queries.parse_columns(self._call(rpc.QUERY, request, deadline, call_options))

    def search_columns(
        self,
        collection_name: str,
        data: object,
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
        limit: int = 10,
        output_fields: Sequence[str] | None = None,
        search_params: Mapping[str, object] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        anns_field: str | None = None,
        *,
        filter_params: Mapping[str, object] | None = None,
        offset: int | None = None,
        ignore_growing: bool = False,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> SearchColumns:
        """Find the rows whose vectors are nearest to the query vectors, and return columns.

        Args:
            collection_name: name or alias of the collection.
            data: a list of query vectors, as for :meth:`search`.
            filter: boolean expression that rows must satisfy, such as ``"year > 1990"``; or a condition of
                :mod:`milvusclient.filters`, or a dict such as ``{"color": "red"}``.
            limit: maximum number of hits for each query vector.
            output_fields: names of the fields to return with each hit; None means none, ``["*"]`` means all.
            search_params: metric and parameters of the index, as for :meth:`search`.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            anns_field: name of the vector field; needed if the collection has several.
            filter_params: values for the placeholders in the filter.
            offset: number of hits to skip.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp up to which the data must be visible, for the levels Eventually and
                Customized.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            The hits of all query vectors, one after the other; ``counts`` has the number of hits of each query vector.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> columns = client.search_columns("books", [[0.1, 0.2]], limit=2)
            >>> columns["id"]
            [1, 2]
        """
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = self._written(collection_name, text, params, deadline)
        request = searches.build_search(
            collection_name, data, text, limit, output_fields, search_params, anns_field, -1,
            self._freshness(collection_name, consistency_level, guarantee_timestamp), self._cluster_id,
            filter_params=params, partition_names=partition_names, namespace=namespace, offset=offset,
            ignore_growing=ignore_growing,
        )  # fmt: skip
        self._settle_vectors(request, collection_name, data, anns_field, deadline)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return searches.parse_columns(self._call(rpc.SEARCH, request, deadline, call_options))
