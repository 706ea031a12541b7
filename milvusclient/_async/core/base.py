"""The base of all families of operations: calls, waiting, and the schema cache."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient import checks, rpc
from milvusclient._async.core.pool import current_pool
from milvusclient.config.settings import DEFAULT_DATABASE
from milvusclient.exceptions import (
    CollectionNotExistException,
    DescribeCollectionException,
    MilvusException,
)
from milvusclient.filters import resolve
from milvusclient.operations import collections, describing
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions
from milvusclient.policy.polling import wait_timeout_error
from milvusclient.runtime import instrumentation, schema_cache
from milvusclient.runtime.concurrency import Abandoned, AsyncSharedResult
from milvusclient.runtime.schema_cache import CollectionKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message

    from milvusclient._async.core.caller import AsyncCaller
    from milvusclient.filters import FilterLike
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.rpc import Method, Readable, Request
    from milvusclient.schema.ranking import Condition

__all__ = ["AsyncFamily"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

#: A request for a description: the pool, the edition of the schema cache, and the collection. The pool, because waiters
#: of one event loop cannot be woken from another. The edition, because an answer to a request that was made before the
#: collection changed may be outdated, so later callers must not share it.
_FetchKey = tuple[int, int, CollectionKey]
#: Descriptions that are being fetched.
_fetching: dict[_FetchKey, AsyncSharedResult[CollectionInfo]] = {}


class AsyncFamily:
    """The base of the mixins: sends requests, waits, and knows the schemas of collections."""

    _caller: AsyncCaller

    @property
    def _database(self) -> str:
        return self._caller.database

    async def _call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        """Send one request and return its reply, which reports success.

        Raises:
            MilvusException: the server says that the call failed, or there is no answer.
        """
        caller = self._caller
        # Observing costs a few microseconds, so calls that are not observed do not pass by there.
        if not instrumentation.observers and caller.client_options.slow_call_threshold is None:
            return await caller.call(method, request, deadline, call_options)
        with caller.observe(method, request, call_options) as observed:
            return await caller.call(method, request, deadline, call_options, observed)

    def _deadline(self, timeout: float | None) -> Deadline:
        """Return one deadline for all calls of an operation; without a timeout, that of the client."""
        if timeout is None:
            timeout = self._caller.client_options.timeout
            if timeout is None:
                return UNBOUNDED
        return Deadline.start(timeout, time.monotonic())

    async def _pause(self, seconds: float, deadline: Deadline, waiting_for: str) -> None:
        """Wait between two polls.

        Args:
            seconds: how long, at most until the deadline.
            deadline: that of the operation.
            waiting_for: the work of the server, for the message.

        Raises:
            WaitTimeoutError: the time is up.
            ConnectionNotExistException: the alias was closed meanwhile.
        """
        now = time.monotonic()
        wait = deadline.clip(seconds, now)
        connection = await self._caller.binding.connection(deadline)
        await connection.closing.wait(wait)
        # A wait that was cut short by the deadline leaves no time for another poll. If the alias was closed, the next
        # poll raises the error for that.
        if wait < seconds and connection.closed is None:
            raise wait_timeout_error(waiting_for, deadline.timeout)

    def _key(self, collection_name: str) -> CollectionKey:
        caller = self._caller
        address = caller.binding.config.target.address
        return schema_cache.collection_key(address, caller.database or DEFAULT_DATABASE, collection_name)

    async def _collection(
        self, collection_name: str, deadline: Deadline = UNBOUNDED, *, refresh: bool = False
    ) -> CollectionInfo:
        """Return what is known of a collection. The server is asked once, however many tasks or threads ask for it.

        Args:
            collection_name: name or alias of the collection.
            deadline: that of the operation that needs it.
            refresh: ask the server although the schema cache has an entry.

        Raises:
            DescribeCollectionException: the collection does not exist.
        """
        key = self._key(collection_name)
        if refresh:
            schema_cache.forget(key)
        else:
            known = schema_cache.lookup(key)
            if known is not None:
                return known
        fetch_key = (current_pool().epoch, schema_cache.edition(), key)
        shared = _fetching.get(fetch_key)
        if shared is None:
            fresh: AsyncSharedResult[CollectionInfo] = AsyncSharedResult()
            shared = _fetching.setdefault(fetch_key, fresh)
            if shared is fresh:
                return await self._fetch_collection(collection_name, fetch_key, shared, deadline)
        try:
            return await shared.wait(deadline.remaining(time.monotonic()))
        except (Abandoned, TimeoutError, MilvusException):
            # The call that was fetching had a deadline and credentials of its own. Its failure is not that of this one.
            return await self._describe_collection(collection_name, key, deadline)

    async def _fetch_collection(
        self, collection_name: str, fetch_key: _FetchKey, shared: AsyncSharedResult[CollectionInfo], deadline: Deadline
    ) -> CollectionInfo:
        try:
            # Another call may have filled the cache since this one looked.
            info = schema_cache.lookup(fetch_key[2])
            if info is None:
                info = await self._describe_collection(collection_name, fetch_key[2], deadline)
        except BaseException as error:
            del _fetching[fetch_key]
            shared.set_error(error if isinstance(error, MilvusException) else Abandoned())
            raise
        del _fetching[fetch_key]
        shared.set_result(info)
        return info

    async def _describe_collection(
        self, collection_name: str, key: CollectionKey, deadline: Deadline
    ) -> CollectionInfo:
        asked_in = schema_cache.edition()
        request = collections.build_describe_collection(collection_name)
        try:
            reply = await self._call(rpc.DESCRIBE_COLLECTION, request, deadline)
        except CollectionNotExistException as error:
            raise as_describe_error(error) from error.__cause__
        info = describing.parse_collection_info(reply)
        schema_cache.remember(key, info, asked_in)
        return info

    async def _written(
        self,
        collection_name: str,
        filter_like: FilterLike | Condition | None,
        filter_params: Mapping[str, object] | None,
        deadline: Deadline,
        name: str = "filter",
    ) -> tuple[str, Mapping[str, object] | None]:
        """Return a filter, and the values of its placeholders, as the server at hand reads them.

        A str without placeholders need not come here. A condition is compared with what is known of the collection.
        The server is asked for that only where it makes a difference to how the filter is written.

        Raises:
            DataTypeNotMatchException: it is not a filter.
            ServerVersionIncompatibleException: the server is too old for a part of it.
            ParamError: it does not fit the collection, or the server cannot be asked for it.
        """
        prepared = resolve.prepare(name, filter_like, filter_params)
        known = schema_cache.lookup(self._key(checks.require_name("collection_name", collection_name)))
        connection = await self._caller.binding.connection(deadline)
        version = connection.server_info.build_tags
        try:
            text, params = resolve.write(prepared, version, known, strict=True)
        except resolve.SchemaNeededError:
            collection = await self._collection(collection_name, deadline)
            text, params = resolve.write(prepared, version, collection, strict=True)
        return text, params or None

    def _forget(self, collection_name: str) -> None:
        """Drop a collection from the schema cache, after something that may have changed it."""
        schema_cache.forget(self._key(collection_name))

    def _last_write(self, collection_name: str) -> int:
        """Return the timestamp of the last write of this process to the collection; 0 if there was none."""
        if not schema_cache.has_writes():
            return 0  # programs that only read are spared the key
        return schema_cache.last_write(self._key(checks.require_name("collection_name", collection_name)))

    def _note_write(self, collection_name: str, timestamp: int) -> None:
        """Remember the timestamp of a write."""
        schema_cache.note_write(self._key(collection_name), timestamp)


def as_describe_error(error: MilvusException) -> DescribeCollectionException:
    """Return the same error as the class that describing a collection raises."""
    described = DescribeCollectionException(
        error.code, error.message, error.compatible_code, error.is_input_error, error.retriable
    )
    described.__dict__.update(error.__dict__)
    return described
