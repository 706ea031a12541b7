"""Insert, upsert and delete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from milvusclient import checks, rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.exceptions import DataNotMatchException, MilvusException
from milvusclient.operations import keys, mutations
from milvusclient.policy import errors
from milvusclient.policy.options import CallOptions
from milvusclient.runtime import request_limits
from milvusclient.runtime.concurrency import async_give_way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.message import Message

    from milvusclient._proto import milvus_pb2
    from milvusclient.filters import FilterLike
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.models.mutations import DeletedKeys
    from milvusclient.operations.keys import Keys
    from milvusclient.operations.mutations import Data, FieldOps, InSteps
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Request
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = ["AsyncMutations"]

Req = TypeVar("Req", bound="Message")
#: Seconds of encoding after which others get a turn. It costs a tenth of a millisecond, and steps may be shorter.
_TURN = 1e-3
#: What an operation builds of rows.
Built: TypeAlias = "Request[Req] | InSteps[Req]"


class AsyncMutations(AsyncFamily):
    """Methods that write rows."""

    async def insert(
        self,
        collection_name: str,
        data: Data,
        timeout: float | None = None,
        partition_name: str | None = "",
        *,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> dict[str, Any]:
        """Add rows to a collection.

        A request whose reply is lost is not retried, because that might store the rows twice; the error then has
        ``ambiguous`` set. :meth:`upsert` can be retried.

        Args:
            collection_name: name or alias of the collection.
            data: a row or a list of rows, each a dict of field name to value; or a table with the Arrow C stream
                interface, such as those of pyarrow, polars, pandas and DuckDB, whose columns are sent from their
                buffers. A vector is a list of numbers, bytes, a numpy array or another buffer; a sparse vector is a
                dict of index to value. Leave out fields that the server fills in (automatic keys, outputs of functions,
                defaults). With dynamic fields enabled, other keys are stored too, as JSON.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_name: name of the partition to write to; empty lets the server choose.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            A dict with ``insert_count``, ``ids`` (the primary keys, in the order of the rows) and ``cost``.

        Raises:
            TypeError: ``data`` is not a dict, a list of dicts or a table. (It is a ParamError, too.)
            DataNotMatchException: a row does not fit the schema; nothing was sent.
            DescribeCollectionException: the collection does not exist.
            SchemaMismatchRetryableException: the schema changed twice during the call.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> rows = [{"id": 1, "vector": [0.1, 0.2]}, {"id": 2, "vector": [0.3, 0.4]}]
            >>> (await client.insert("books", rows))["insert_count"]
            2
        """
        rows = mutations.read_data(data)
        if not rows:
            return {"insert_count": 0, "ids": []}

        def build(collection: CollectionInfo) -> Built[milvus_pb2.InsertRequest]:
            return mutations.build_insert(
                collection_name, rows, collection, partition_name=partition_name, namespace=namespace
            )

        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return mutations.parse_insert(await self._write(rpc.INSERT, collection_name, build, timeout, call_options))

    async def upsert(
        self,
        collection_name: str,
        data: Data,
        timeout: float | None = None,
        partition_name: str | None = "",
        *,
        partial_update: bool = False,
        field_ops: FieldOps | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> dict[str, Any]:
        """Add rows, replacing existing rows with the same primary keys.

        Args:
            collection_name: name or alias of the collection.
            data: a row or a list of rows, or a table, as for :meth:`insert`; each row needs its primary key, even where
                the server generates the keys.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_name: name of the partition to write to; empty lets the server choose.
            partial_update: change only the fields in the rows; all rows must have the same fields.
            field_ops: how to change single ARRAY fields instead of replacing them, such as
                ``{"tags": FieldOp.array_append()}``; implies ``partial_update``.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            A dict with ``upsert_count``, ``ids`` (the primary keys, in the order of the rows) and ``cost``.

        Raises:
            TypeError: ``data`` is not a dict, a list of dicts or a table. (It is a ParamError, too.)
            DataNotMatchException: a row does not fit the schema; nothing was sent.
            DescribeCollectionException: the collection does not exist.
            SchemaMismatchRetryableException: the schema changed twice during the call.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> (await client.upsert("books", {"id": 1, "vector": [0.5, 0.6]}))["upsert_count"]
            1
        """
        rows = mutations.read_data(data)
        if not rows:
            return {"upsert_count": 0, "ids": []}

        def build(collection: CollectionInfo) -> Built[milvus_pb2.UpsertRequest]:
            return mutations.build_upsert(
                collection_name, rows, collection, partition_name=partition_name, namespace=namespace,
                partial_update=partial_update, field_ops=field_ops,
            )  # fmt: skip

        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        return mutations.parse_upsert(await self._write(rpc.UPSERT, collection_name, build, timeout, call_options))

    async def delete(
        self,
        collection_name: str,
        ids: Keys | None = None,
        timeout: float | None = None,
        filter: FilterLike | None = None,  # noqa: A002 - the name that programs use
        partition_name: str | None = None,
        *,
        filter_params: Mapping[str, object] | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        namespace: str | None = None,
        pks: Keys | None = None,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> dict[str, int] | DeletedKeys:
        """Delete rows by their primary keys or by a filter.

        Args:
            collection_name: name or alias of the collection.
            ids: a primary key or a list of them.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            filter: boolean expression that rows must satisfy, such as ``"year < 1990"``, instead of ``ids``; or a
                condition of :mod:`milvusclient.filters`, or a dict such as ``{"color": "red"}``.
            partition_name: name of the partition; empty or None means the whole collection.
            filter_params: values for the placeholders in the filter: ``{"years": [1989, 1990]}`` for
                ``"year in {years}"``.
            consistency_level: consistency level of the search for rows that match the filter; None lets the server
                choose.
            namespace: namespace of the rows, for collections with namespaces.
            pks: another name for ``ids``.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            A dict with ``delete_count`` and ``cost``. The server counts all keys, whether a row has them or not.
            From Milvus Lite, a list of the deleted keys, which also supports ``["delete_count"]``.

        Raises:
            TypeError: a key is neither an int nor a str. (It is a ParamError, too.)
            DataTypeNotMatchException: the filter is neither a str, a condition nor a dict, or neither ``ids`` nor
                ``filter`` is given.
            ParamError: both are given, or an argument is invalid.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> (await client.delete("books", [1, 2]))["delete_count"]
            2
        """
        listed = mutations.list_delete_keys(ids, pks)
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = await self._written(collection_name, text, params, deadline)
        request = mutations.build_delete(
            collection_name, text, params, partition_name=partition_name,
            consistency_level=consistency_level, namespace=namespace, by_keys=bool(listed),
        )  # fmt: skip
        if listed:
            collection = await self._collection(collection_name, deadline)
            request.expr = keys.in_expression(keys.primary_field(collection), listed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        reply = await self._call(rpc.DELETE, request, deadline, call_options)
        self._note_write(collection_name, reply.timestamp)
        return mutations.parse_delete(reply)

    async def _write(
        self,
        method: Method[Req, milvus_pb2.MutationResult],
        collection_name: str,
        build: Callable[[CollectionInfo], Built[Req]],
        timeout: float | None,
        call_options: CallOptions,
    ) -> milvus_pb2.MutationResult:
        """Send rows encoded for the cached schema, and once more if that proves to be out of date."""
        deadline = self._deadline(timeout)
        known = await self._collection(checks.require_name("collection_name", collection_name), deadline)
        try:
            request = await self._built(build(known), method, deadline, call_options)
        except DataNotMatchException:
            current = await self._collection(collection_name, deadline, refresh=True)
            if current == known:
                raise
            request = await self._built(build(current), method, deadline, call_options)
        address = self._key(collection_name).address
        size, limit = len(request.SerializeToString()), request_limits.largest_request(address)
        if limit is not None and size > limit:
            raise errors.request_too_large(method.name, address, size, limit)
        try:
            reply = await self._call(method, request, deadline, call_options)
        except MilvusException as error:
            request_limits.note_limit(address, errors.request_limit(error))
            if not mutations.is_schema_mismatch(error):
                raise
            current = await self._collection(collection_name, deadline, refresh=True)
            request = await self._built(build(current), method, deadline, call_options)
            reply = await self._write_again(method, request, deadline, call_options)
        self._note_write(collection_name, reply.timestamp)
        return reply

    async def _built(
        self,
        built: Built[Req],
        method: Method[Req, milvus_pb2.MutationResult],
        deadline: Deadline,
        call_options: CallOptions,
    ) -> Request[Req]:
        """Return the request; one that is built in steps gives way to others between them, and ends with its call.

        Raises:
            DeadlineExceededError: the time was up before all rows were encoded.
            ConnectionNotExistException: the alias was closed meanwhile.
        """
        if not isinstance(built, Iterator):
            return built
        connection = await self._caller.binding.connection(deadline)
        began = 0.0  # a turn is due: building the first columns was work, too
        while True:
            try:
                next(built)
            except StopIteration as done:
                request: Request[Req] = done.value
                return request
            now = time.monotonic()
            if deadline.expired(now):
                raise self._caller.late_error(method, deadline, call_options)
            if connection.closed is not None:
                connection = await self._caller.binding.connection(deadline)
            if now - began > _TURN:
                await async_give_way()
                began = time.monotonic()

    async def _write_again(
        self,
        method: Method[Req, milvus_pb2.MutationResult],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions,
    ) -> milvus_pb2.MutationResult:
        try:
            return await self._call(method, request, deadline, call_options)
        except MilvusException as error:
            if mutations.is_schema_mismatch(error):
                raise mutations.schema_changed_twice(error) from error
            raise
