"""The asyncio client of this package: it drops unknown keywords, and its results print as pymilvus's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from milvusclient._async.client import AsyncMilvusClient as StrictAsyncClient
from milvusclient._async.session import AsyncMilvusClientSession
from milvusclient.exceptions import DataNotMatchException, ParamError
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.milvus_client._builders import FINDS_HITS, RESULTS, Builders
from milvusclient.pymilvus.tolerance import Tolerant, tolerant

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient.codec.read.reply import SearchReply
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Readable, Request

__all__ = ["AsyncMilvusClient", "AsyncMilvusClientSession"]

__getattr__, __dir__ = module_names(__name__)


Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


class AsyncMilvusClient(Builders, StrictAsyncClient, metaclass=Tolerant):
    """A client of a Milvus server, of a cluster, or of a local file; see :class:`milvusclient.AsyncMilvusClient`."""

    _strict: ClassVar[type] = StrictAsyncClient

    async def _call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        reply = await super()._call(method, request, deadline, call_options)
        if method.name in FINDS_HITS:
            from milvusclient.pymilvus.client._presented import put_lazy_columns_last

            put_lazy_columns_last(cast("SearchReply", reply))
        return reply

    async def insert(
        self,
        collection_name: str,
        data: Any,
        timeout: float | None = None,
        partition_name: str | None = "",
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Insert rows; a NaN in JSON becomes null.

        Args:
            collection_name: name or alias of the collection.
            data: one row, or rows.
            timeout: seconds for the whole operation; None means no limit.
            partition_name: the partition; empty leaves it to the server.
            **kwargs: as for the strict client.
        """
        try:
            return await super().insert(collection_name, data, timeout, partition_name, **kwargs)
        except DataNotMatchException:
            rows = await self._rows_with_nulls(collection_name, data)
            if rows is None:
                raise
        return await super().insert(collection_name, rows, timeout, partition_name, **kwargs)

    async def upsert(
        self,
        collection_name: str,
        data: Any,
        timeout: float | None = None,
        partition_name: str | None = "",
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Insert rows or replace them; a NaN in JSON becomes null.

        Args:
            collection_name: name or alias of the collection.
            data: one row, or rows.
            timeout: seconds for the whole operation; None means no limit.
            partition_name: the partition; empty leaves it to the server.
            **kwargs: as for the strict client.
        """
        try:
            return await super().upsert(collection_name, data, timeout, partition_name, **kwargs)
        except DataNotMatchException:
            rows = await self._rows_with_nulls(collection_name, data)
            if rows is None:
                raise
        return await super().upsert(collection_name, rows, timeout, partition_name, **kwargs)

    async def search_iterator(
        self, collection_name: str, data: Any, *args: Any, offset: int | None = None, **kwargs: Any
    ) -> Any:
        """Find more rows than one search can return; see :meth:`milvusclient.AsyncMilvusClient.search_iterator`.

        Args:
            collection_name: name or alias of the collection.
            data: a list with one query vector.
            *args: as for the strict client.
            offset: refused, as by the reference client.
            **kwargs: as for the strict client.

        Raises:
            ParamError: ``offset`` is given.
        """
        if offset:
            raise ParamError(message="a search iterator has no offset; skip hits of its first pages in the program")
        return await super().search_iterator(collection_name, data, *args, **kwargs)

    async def _rows_with_nulls(self, collection_name: str, data: object) -> Any:
        from milvusclient.pymilvus.client._presented import rows_with_nulls

        return rows_with_nulls(data, await self.describe_collection(collection_name))

    def _get_connection(self) -> Any:
        from milvusclient.pymilvus.client._handler import Handler

        return Handler(self)


tolerant(AsyncMilvusClient, RESULTS)
