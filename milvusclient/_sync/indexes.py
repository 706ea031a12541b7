"""Client methods that create, describe, alter and drop indexes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.waiting import Waiting
from milvusclient.exceptions import IndexNotExistException, UnimplementedError
from milvusclient.operations import indexes
from milvusclient.policy.options import OPTIONAL_CALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient._proto import milvus_pb2
    from milvusclient.models.descriptions import IndexDescription
    from milvusclient.operations.indexes import AwaitedIndex
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.index import IndexParams

__all__ = ["Indexes"]


class Indexes(Waiting):
    """Methods for indexes."""

    def create_index(
        self,
        collection_name: str,
        index_params: IndexParams,
        timeout: float | None = None,
        *,
        sync: bool = True,
    ) -> None:
        """Build indexes, one after the other, and wait until they contain the rows that exist now.

        Args:
            collection_name: name or alias of the collection.
            index_params: indexes to build, from ``prepare_index_params()``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            sync: wait until the indexes are built. With False, the server builds them in the background.

        Raises:
            ParamError: the name is not a str, or ``index_params`` is not IndexParams, is empty or is invalid.
            WaitTimeoutError: the timeout ended before they were built; the server continues.
            MilvusException: the server refuses the request, or a build failed.

        Example:
            >>> index_params = client.prepare_index_params("vector", "HNSW", metric_type="COSINE")
            >>> client.create_index("books", index_params, timeout=60)
        """
        requests = indexes.build_create_indexes(collection_name, index_params)
        self._build_indexes(requests, self._deadline(timeout), sync)

    def _build_indexes(
        self, requests: list[milvus_pb2.CreateIndexRequest], deadline: Deadline, wait: bool
    ) -> None:
        for request in requests:
            self._call(rpc.CREATE_INDEX, request, deadline)
            if wait:
                self._wait_for_index(indexes.index_of(request), deadline)

    def _wait_for_index(self, index: AwaitedIndex, deadline: Deadline) -> None:
        """Wait until the index contains the rows that exist now; rows that come later do not prolong it."""
        progress = indexes.build_index_progress(index, self._server_timestamp(deadline))
        for polls in itertools.count():
            reply = self._poll(rpc.DESCRIBE_INDEX, progress, deadline, polls=polls, waiting_for=str(index))
            if indexes.index_is_built(reply, index):
                return

    def _server_timestamp(self, deadline: Deadline) -> int:
        """Return the server's timestamp; 0, which means none in particular, if the server does not offer it."""
        try:
            request = indexes.build_alloc_timestamp()
            return (self._call(rpc.ALLOC_TIMESTAMP, request, deadline, OPTIONAL_CALL)).timestamp
        except UnimplementedError:
            return 0

    def describe_index(
        self,
        collection_name: str,
        index_name: str | None,
        timeout: float | None = None,
        *,
        timestamp: int | None = None,
    ) -> IndexDescription | None:
        """Return the description of an index, and how many rows it contains.

        Args:
            collection_name: name or alias of the collection.
            index_name: name of the index. Empty or None will do if the collection has only one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            timestamp: count the rows that existed at this timestamp of the server; None means now.

        Returns:
            A dict with ``field_name``, ``index_name``, ``state``, the row counts ``total_rows``, ``indexed_rows`` and
            ``pending_index_rows``, and the build parameters by name, as str. None if the index does not exist.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            AmbiguousIndexName: no name is given, and the collection has several indexes.
            MilvusException: the server refuses the request.

        Example:
            >>> description = client.describe_index("books", "vector")
        """
        request = indexes.build_describe_index(collection_name, index_name, timestamp)
        reply = self._describe_indexes(request, self._deadline(timeout))
        return None if reply is None else indexes.parse_describe_index(reply)

    def _describe_indexes(
        self, request: milvus_pb2.DescribeIndexRequest, deadline: Deadline
    ) -> milvus_pb2.DescribeIndexResponse | None:
        """Return the reply, or None if there is no such index."""
        try:
            return self._call(rpc.DESCRIBE_INDEX, request, deadline)
        except IndexNotExistException:
            return None

    def list_indexes(
        self, collection_name: str, field_name: str | None = "", *, timeout: float | None = None
    ) -> list[str]:
        """Return the names of the indexes of a collection.

        Args:
            collection_name: name or alias of the collection.
            field_name: name of the field; empty or None means all fields.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names; an empty list if there is no index.

        Raises:
            ParamError: the collection's name is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> names = client.list_indexes("books")
        """
        request = indexes.build_describe_index(collection_name)
        reply = self._describe_indexes(request, self._deadline(timeout))
        return [] if reply is None else indexes.parse_list_indexes(reply, field_name)

    def drop_index(self, collection_name: str, index_name: str, timeout: float | None = None) -> None:
        """Drop an index; the collection must be released before.

        Args:
            collection_name: name or alias of the collection.
            index_name: name of the index.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the server refuses the request, for instance because the collection is loaded.

        Example:
            >>> client.drop_index("books", "vector")
        """
        request = indexes.build_drop_index(collection_name, index_name)
        self._call(rpc.DROP_INDEX, request, self._deadline(timeout))

    def alter_index_properties(
        self,
        collection_name: str,
        index_name: str,
        properties: Mapping[str, object],
        timeout: float | None = None,
    ) -> None:
        """Set properties of an index.

        Args:
            collection_name: name or alias of the collection.
            index_name: name of the index.
            properties: property values by name. An example is ``{"mmap.enabled": True}``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str, or the properties are not a dict.
            MilvusException: the server refuses the request.

        Example:
            >>> client.alter_index_properties("books", "vector", {"mmap.enabled": True})
        """
        request = indexes.build_alter_index(collection_name, index_name, properties)
        self._call(rpc.ALTER_INDEX, request, self._deadline(timeout))

    def drop_index_properties(
        self, collection_name: str, index_name: str, property_keys: list[str], timeout: float | None = None
    ) -> None:
        """Reset properties of an index to the server's defaults.

        Args:
            collection_name: name or alias of the collection.
            index_name: name of the index.
            property_keys: names of the properties.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str, or the keys are not a list of str.
            MilvusException: the server refuses the request.

        Example:
            >>> client.drop_index_properties("books", "vector", ["mmap.enabled"])
        """
        request = indexes.build_drop_index_properties(collection_name, index_name, property_keys)
        self._call(rpc.ALTER_INDEX, request, self._deadline(timeout))
