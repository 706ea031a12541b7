"""What every family of operations is built on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient import checks, rpc
from milvusclient._sync.core.pool import current_pool
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
from milvusclient.policy.polling import not_done
from milvusclient.runtime import instrumentation, schema_cache
from milvusclient.runtime.concurrency import Abandoned, Flight
from milvusclient.runtime.schema_cache import CollectionKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message

    from milvusclient._sync.core.caller import Caller
    from milvusclient.filters import FilterLike
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.rpc import Method, Readable, Request

__all__ = ["Family"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

#: A pool (an event loop's waiters belong to it), the cache's edition when the server was asked, and what it was asked.
_Question = tuple[int, int, CollectionKey]
#: Descriptions that somebody is fetching. Nobody joins a question that was asked before something changed.
_fetching: dict[_Question, Flight[CollectionInfo]] = {}


class Family:
    """The base of the mixins: sending a request, waiting, and what is known of a collection."""

    _caller: Caller

    @property
    def _database(self) -> str:
        return self._caller.database

    def _call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        """Send one request and return its reply, which is a good one.

        Raises:
            MilvusException: the server says that it failed, or there is no answer.
        """
        caller = self._caller
        if not instrumentation.active and caller.client_options.slow_call_threshold is None:
            return caller.call(method, request, deadline, call_options)
        with caller.watch(method, request, call_options) as watch:
            return caller.call(method, request, deadline, call_options, watch)

    def _deadline(self, timeout: float | None) -> Deadline:
        """One deadline for all calls of an operation; without a timeout, the client's own."""
        if timeout is None:
            timeout = self._caller.client_options.timeout
            if timeout is None:
                return UNBOUNDED
        return Deadline.start(timeout, time.monotonic())

    def _pause(self, seconds: float, deadline: Deadline, waiting_for: str) -> None:
        """Wait a little while the server is busy with something.

        Raises:
            WaitTimeoutError: the deadline is over.
            ConnectionNotExistException: the alias was closed meanwhile.
        """
        now = time.monotonic()
        wait = deadline.clip(seconds, now)
        connection = self._caller.binding.connection(deadline)
        connection.closing.wait(wait)
        # A wait that was cut ends with the deadline: no time is left for another look.
        if wait < seconds and connection.closed is None:
            raise not_done(waiting_for, deadline.timeout)

    def _key(self, collection_name: str) -> CollectionKey:
        config = self._caller.binding.config
        return CollectionKey(config.target.address, self._database or DEFAULT_DATABASE, collection_name)

    def _collection(
        self, collection_name: str, deadline: Deadline = UNBOUNDED, *, refresh: bool = False
    ) -> CollectionInfo:
        """What is known of a collection; the server is asked once, however many ask here.

        Args:
            collection_name: name or alias of the collection.
            deadline: that of the operation that needs it.
            refresh: ask the server although something is known.

        Raises:
            DescribeCollectionException: the server does not know it.
        """
        key = self._key(collection_name)
        if refresh:
            schema_cache.forget(key)
        else:
            known = schema_cache.lookup(key)
            if known is not None:
                return known
        question = (current_pool().epoch, schema_cache.edition(), key)
        flight = _fetching.get(question)
        if flight is None:
            fresh: Flight[CollectionInfo] = Flight()
            flight = _fetching.setdefault(question, fresh)
            if flight is fresh:
                return self._fetch_collection(collection_name, question, flight, deadline)
        try:
            return flight.wait(deadline.remaining(time.monotonic()))
        except (Abandoned, TimeoutError, MilvusException):
            # The one who asked had a deadline and credentials of its own; what ended it need not end this call.
            return self._describe_collection(collection_name, key, deadline)

    def _fetch_collection(
        self, collection_name: str, question: _Question, flight: Flight[CollectionInfo], deadline: Deadline
    ) -> CollectionInfo:
        try:
            # Somebody may have landed between the look into the cache and now.
            info = schema_cache.lookup(question[2])
            if info is None:
                info = self._describe_collection(collection_name, question[2], deadline)
        except BaseException as error:
            del _fetching[question]
            flight.fail(error if isinstance(error, MilvusException) else Abandoned())
            raise
        del _fetching[question]
        flight.land(info)
        return info

    def _describe_collection(
        self, collection_name: str, key: CollectionKey, deadline: Deadline
    ) -> CollectionInfo:
        asked_in = schema_cache.edition()
        request = collections.build_describe_collection(collection_name)
        try:
            reply = self._call(rpc.DESCRIBE_COLLECTION, request, deadline)
        except CollectionNotExistException as error:
            raise as_describe_error(error) from error.__cause__
        info = describing.parse_collection_info(reply)
        schema_cache.remember(key, info, asked_in)
        return info

    def _written(
        self,
        collection_name: str,
        filter_like: FilterLike | None,
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
        connection = self._caller.binding.connection(deadline)
        version = connection.server_info.build_tags
        try:
            text, params = resolve.write(prepared, version, known, strict=True)
        except resolve.SchemaNeededError:
            collection = self._collection(collection_name, deadline)
            text, params = resolve.write(prepared, version, collection, strict=True)
        return text, params or None

    def _forget(self, collection_name: str) -> None:
        """Something was done that may have changed the collection."""
        schema_cache.forget(self._key(collection_name))

    def _last_write(self, collection_name: str) -> int:
        """The timestamp of the last write of this process to the collection, 0 if there was none."""
        # Programs that only read are spared the key.
        return schema_cache.last_write(self._key(collection_name)) if schema_cache.has_writes() else 0

    def _note_write(self, collection_name: str, timestamp: int) -> None:
        """Remember the timestamp of a write."""
        schema_cache.note_write(self._key(collection_name), timestamp)


def as_describe_error(error: MilvusException) -> DescribeCollectionException:
    """The same failure, as what asking for a description raises."""
    described = DescribeCollectionException(
        error.code, error.message, error.compatible_code, error.is_input_error, error.retriable
    )
    described.__dict__.update(error.__dict__)
    return described
