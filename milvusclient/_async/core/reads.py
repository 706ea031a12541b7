"""The base that queries, searches and iterators share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.exceptions import MilvusException
from milvusclient.models import results
from milvusclient.operations import consistency, keys, queries, searches
from milvusclient.runtime import schema_cache

if TYPE_CHECKING:
    from milvusclient._proto import milvus_pb2
    from milvusclient.models.collection import FieldInfo
    from milvusclient.models.results import QueryResult, SearchResult
    from milvusclient.operations.common import VectorsAs
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = ["AsyncReads"]


class AsyncReads(AsyncFamily):
    """The base of the families that read rows."""

    #: Name of the cluster that answers; set in sessions only.
    _cluster_id: str = ""

    def _freshness(
        self,
        collection_name: str,
        consistency_level: ConsistencyLevel | int | str | None,
        guarantee_timestamp: int | None,
    ) -> consistency.Freshness:
        """Return how fresh the data of a read from this collection must be."""
        return consistency.freshness(consistency_level, guarantee_timestamp, self._last_write(collection_name))

    async def _primary_field(self, collection_name: str, deadline: Deadline) -> FieldInfo:
        """Return the primary key of a collection, which filters by key name."""
        return keys.primary_field(await self._collection(collection_name, deadline))

    async def _query(
        self,
        request: milvus_pb2.QueryRequest,
        deadline: Deadline,
        call_options: CallOptions,
        vectors_as: VectorsAs = "list",
    ) -> QueryResult:
        try:
            reply = await self._call(rpc.QUERY, request, deadline, call_options)
        except MilvusException as error:
            if queries.finds_nothing(error):
                return results.QueryResult()
            raise
        return queries.parse_query(reply, vectors_as=vectors_as)

    async def _add_vectors(
        self, request: milvus_pb2.SearchRequest, data: object, anns_field: str | None, deadline: Deadline
    ) -> None:
        """Add query vectors that are raw bytes; the schema says what they are."""
        collection = await self._collection(request.collection_name, deadline)
        searches.add_vectors(request, data, anns_field, collection)

    async def _settle_vectors(
        self,
        request: searches.Request,
        collection_name: str,
        data: object,
        anns_field: str | None,
        deadline: Deadline,
        names: searches.Names | None = None,
    ) -> None:
        """Complete a search request with vectors whose type only the schema says, or check those that it has.

        Query vectors of another dimension than the field's are refused if the schema is known already.
        """
        if searches.lacks_vectors(request):
            await self._add_vectors(request, data, anns_field, deadline)
            return
        # A program that only searches knows no schema, and is spared the key.
        known = schema_cache.lookup(self._key(collection_name)) if schema_cache.has_schemas() else None
        if known is not None and data is not None and not searches.fits(data, anns_field, known):
            # What is known may be out of date, so the server is asked again before anything is refused.
            current = await self._collection(collection_name, deadline, refresh=True)
            searches.check_vectors(data, anns_field, current, names or searches.Names())

    async def _search(
        self,
        request: milvus_pb2.SearchRequest,
        deadline: Deadline,
        call_options: CallOptions,
        vectors_as: VectorsAs = "list",
    ) -> SearchResult:
        reply = await self._call(rpc.SEARCH, request, deadline, call_options)
        return searches.parse_search(reply, vectors_as=vectors_as)
