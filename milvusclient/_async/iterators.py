"""Iterators over all rows of a search or a query, page by page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from milvusclient import checks, rpc
from milvusclient._async.core.reads import AsyncReads
from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import MilvusException
from milvusclient.operations import (
    common,
    consistency,
    indexes,
    iterator_checkpoint,
    iterators,
    keys,
    queries,
    searches,
)
from milvusclient.policy import paging
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from milvusclient._async.core.page_reader import AsyncPageReader, AsyncSeveralPages
    from milvusclient._proto import milvus_pb2
    from milvusclient.filters import FilterLike
    from milvusclient.models.results import Hits
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.iterators import PageFilter, SearchPages
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = ["AsyncIterators", "AsyncQueryIterator", "AsyncSearchIterator"]


class AsyncIterators(AsyncReads):
    """Methods that create iterators."""

    async def search_iterator(
        self,
        collection_name: str,
        data: object,
        batch_size: int | None = 1000,
        filter: FilterLike | None = None,  # noqa: A002 - the name that programs use
        limit: int | None = -1,
        output_fields: Sequence[str] | None = None,
        search_params: Mapping[str, object] | None = None,
        timeout: float | None = None,
        partition_names: Sequence[str] | None = None,
        anns_field: str | None = None,
        round_decimal: int = -1,
        *,
        external_filter_func: PageFilter | None = None,
        filter_params: Mapping[str, object] | None = None,
        group_by_field: str | None = None,
        group_size: int | None = None,
        strict_group_size: bool | None = None,
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
    ) -> AsyncSearchIterator:
        """Find more rows than one search can return, nearest first, page by page.

        All pages show the collection as it was when the iterator was created; pages of a local file may show rows that
        were written later. Servers without search iterators are asked for one range of distances after another.

        Args:
            collection_name: name or alias of the collection.
            data: a list with one query vector, as for :meth:`search`.
            batch_size: number of hits in each page, at most 16,384.
            filter: boolean expression that rows must satisfy, such as ``"year > 1990"``; or a condition of
                :mod:`milvusclient.filters`, or a dict such as ``{"color": "red"}``.
            limit: maximum number of hits in total; -1 or None means no limit.
            output_fields: names of the fields to return with each hit; None means none, ``["*"]`` means all.
            search_params: metric and parameters of the index, as for :meth:`search`, but without ``offset``.
            timeout: seconds for each page; None means no limit.
            partition_names: names of the partitions to look in; None means the whole collection.
            anns_field: name of the vector field; needed if the collection has several.
            round_decimal: number of decimals of the distances, 0 to 6; -1 means all.
            external_filter_func: function that gets the hits of a page and returns the ones to keep; short pages are
                filled up from the next ones.
            filter_params: values for the placeholders in the filter.
            group_by_field: name of a field; hits with the same value in it form a group, and ``limit`` counts groups.
            group_size: number of hits to return from each group.
            strict_group_size: whether each group must have that many hits, even if the search takes longer.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            timezone: time zone of returned TIMESTAMPTZ values, such as ``"Asia/Shanghai"``.
            time_fields: parts of TIMESTAMPTZ values to return, such as ``"year,month"``.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp of the data to read, instead of the moment when the iterator is created.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for read-only arrays over the memory of the reply, which cost next to
                nothing; each array keeps the whole reply alive. None means the client's setting.

        Returns:
            An iterator over pages; ``next()`` returns the next one.

        Raises:
            ParamError: an argument is invalid.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> async with await client.search_iterator("books", [[0.1, 0.2]], batch_size=2) as pages:
            ...     async for page in pages:
            ...         print(page.ids)
            [1, 2]
            [3]
        """
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        iterators.check_page_filter(external_filter_func)
        iterators.check_single(data)
        allowance = paging.Allowance(iterators.require_batch_size(batch_size), iterators.require_limit(limit))
        last_write = self._last_write(checks.require_name("collection_name", collection_name))
        fresh = consistency.snapshot_freshness(consistency_level, guarantee_timestamp, last_write)
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = await self._written(collection_name, text, params, deadline)
        request = searches.build_search(
            collection_name, data, text, 1, output_fields, search_params, anns_field, round_decimal, fresh,
            self._cluster_id, filter_params=params, partition_names=partition_names, namespace=namespace,
            group_by_field=group_by_field, group_size=group_size, strict_group_size=strict_group_size,
            ignore_growing=ignore_growing, timezone=timezone, time_fields=time_fields,
        )  # fmt: skip
        base = searches.as_message(request)
        iterators.check_no_offset(base)
        collection = await self._collection(collection_name, deadline)
        base.search_params.extend(iterators.iterator_pairs(collection))
        await self._settle_vectors(base, collection_name, data, anns_field, deadline)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        probed = await self._search(iterators.build_probe(base), deadline, call_options)
        pages: SearchPages
        if probed.iterator_token:
            pages = iterators.TokenPages(base, allowance, external_filter_func, round_decimal, probed)
        else:
            field_name = iterators.search_field(collection, anns_field)
            metric = await self._metric(base, field_name, deadline)
            pages = iterators.BandPages(
                base, allowance, external_filter_func, round_decimal, keys.primary_field(collection), field_name, metric
            )
        return AsyncSearchIterator(self, pages, timeout, call_options, form)

    async def query_iterator(
        self,
        collection_name: str,
        batch_size: int | None = 1000,
        limit: int | None = -1,
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
        output_fields: Sequence[str] | None = None,
        partition_names: Sequence[str] | None = None,
        timeout: float | None = None,
        *,
        offset: int | None = None,
        filter_params: Mapping[str, object] | None = None,
        ignore_growing: bool = False,
        reduce_stop_for_best: bool = True,
        timezone: str | None = None,
        time_fields: str | Sequence[str] | None = None,
        consistency_level: ConsistencyLevel | int | str | None = None,
        guarantee_timestamp: int | None = None,
        namespace: str | None = None,
        iterator_cp_file: str | None = None,
        in_flight: int = 1,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
        vectors_as: VectorsAs | None = None,
    ) -> AsyncQueryIterator:
        """Find more rows than one query can return, in the order of their primary keys, page by page.

        All pages show the collection as it was when the iterator was created. A local file keeps no earlier states, so
        its pages may show rows that were written later.

        Args:
            collection_name: name or alias of the collection.
            batch_size: number of rows in each page, at most 16,384.
            limit: maximum number of rows in total; -1 or None means no limit.
            filter: boolean expression that rows must satisfy; empty means all rows.
            output_fields: names of the fields to return, in addition to the primary key; None lets the server choose.
            partition_names: names of the partitions to look in; None means the whole collection.
            timeout: seconds for each page; None means no limit.
            offset: number of rows to skip.
            filter_params: values for the placeholders in the filter.
            ignore_growing: leave out growing segments: faster, but the newest rows are missing.
            reduce_stop_for_best: let the server stop as soon as it has found enough rows.
            timezone: time zone of returned TIMESTAMPTZ values, such as ``"Asia/Shanghai"``.
            time_fields: parts of TIMESTAMPTZ values to return, such as ``"year,month"``.
            consistency_level: consistency level of the read; None means the collection's.
            guarantee_timestamp: timestamp of the data to read, instead of the moment when the iterator is created.
            namespace: namespace of the rows, for collections with namespaces.
            iterator_cp_file: path of a file that stores the position of the iterator. An iterator that is created with
                the same file later, even in another process, continues after the last page that this one returned.
            in_flight: maximum number of pages that are requested at the same time, and kept in memory. With more than
                1, keys are read ahead to know where pages begin; rows come in the same order.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.
            vectors_as: ``"list"``, or ``"numpy"`` for read-only arrays over the memory of the reply, which cost next to
                nothing; each array keeps the whole reply alive. None means the client's setting.

        Returns:
            An iterator over pages; ``next()`` returns the next one.

        Raises:
            ParamError: an argument is invalid.
            DataTypeNotMatchException: the filter is neither a str, a condition nor a dict.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> async with await client.query_iterator("books", batch_size=2, output_fields=["id"]) as pages:
            ...     async for page in pages:
            ...         print(page)
            [{'id': 1}, {'id': 2}]
            [{'id': 3}]
        """
        form = self._caller.client_options.vectors_as if vectors_as is None else common.require_vectors_as(vectors_as)
        allowance = paging.Allowance(iterators.require_batch_size(batch_size), iterators.require_limit(limit))
        skip = None if offset is None else checks.require_int("offset", offset, least=0)
        last_write = self._last_write(checks.require_name("collection_name", collection_name))
        deadline = self._deadline(timeout)
        text, params = filter, filter_params
        if params is not None or not (isinstance(text, str) or text is None):
            text, params = await self._written(collection_name, text, params, deadline)
        base = queries.build_query(
            collection_name, text, output_fields, partition_names,
            consistency.snapshot_freshness(consistency_level, guarantee_timestamp, last_write), self._cluster_id,
            filter_params=params, offset=None if skip is None else 0, ignore_growing=ignore_growing,
            reduce_stop_for_best=reduce_stop_for_best, timezone=timezone, time_fields=time_fields,
            namespace=namespace,
        )  # fmt: skip
        if not output_fields:
            del base.output_fields[:]
        in_flight = iterators.require_in_flight(in_flight)
        path = None if iterator_cp_file is None else checks.require_str("iterator_cp_file", iterator_cp_file)
        checkpoint = None if path is None else Path(path)
        collection = await self._collection(collection_name, deadline)
        base.query_params.extend(iterators.iterator_pairs(collection))
        primary = keys.primary_field(collection)
        resumed = None
        if checkpoint is not None and checkpoint.exists():
            resumed = iterator_checkpoint.parse_checkpoint(
                checkpoint.read_text(encoding="utf-8"), primary, str(checkpoint)
            )
        pages = iterators.QueryPages(base, primary, allowance, skip, resumed)
        call_options = CallOptions.of(client_request_id, retry_times, retry_on_rate_limit)
        while pages.prepares:
            pages.receive(await self._query(pages.next_request(), deadline, call_options))
        from milvusclient._async.core.page_reader import AsyncPageReader, AsyncSeveralPages  # loaded when used

        reader = AsyncPageReader(self, pages, call_options, form)
        fetcher = AsyncSeveralPages(reader, in_flight) if in_flight > 1 else reader
        return AsyncQueryIterator(fetcher, timeout, checkpoint)

    async def _metric(self, base: milvus_pb2.SearchRequest, field_name: str, deadline: Deadline) -> str:
        """Return the metric of the search; the server knows it if the program does not name it."""
        named = iterators.named_metric(base)
        if named:
            return named
        request = indexes.build_describe_index(base.collection_name)
        return iterators.metric_of(await self._call(rpc.DESCRIBE_INDEX, request, deadline), field_name)


@suggest_keywords
class AsyncSearchIterator:
    """Iterator over the pages of a search, created by :meth:`AsyncIterators.search_iterator`.

    It is a context manager, too.
    """

    __slots__ = ("_call_options", "_is_closed", "_pages", "_reads", "_timeout", "_vectors_as")

    def __init__(
        self,
        reads: AsyncReads,
        pages: SearchPages,
        timeout: float | None,
        call_options: CallOptions,
        vectors_as: VectorsAs,
    ) -> None:
        self._reads = reads
        self._pages = pages
        self._timeout = timeout
        self._call_options = call_options
        self._vectors_as = vectors_as
        self._is_closed = False

    async def next(self) -> Hits:
        """Return the next page.

        Returns:
            The hits of the page, nearest first; an empty list at the end.

        Raises:
            MilvusException: the server refuses the request or cannot be reached, and the same page can be requested
                again; or the iterator is closed.

        Example:
            >>> pages = await client.search_iterator("books", [[0.1, 0.2]], limit=3)
            >>> (await pages.next()).ids
            [1, 2, 3]
        """
        if self._is_closed:
            raise MilvusException(message="this search iterator is closed; create a new one")
        deadline = self._reads._deadline(self._timeout)
        while self._pages.wants_more:
            request = self._pages.next_request()
            found = await self._reads._search(request, deadline, self._call_options, self._vectors_as)
            self._pages.receive(found)
        return self._pages.take()

    async def close(self) -> None:
        """Close the iterator. Closing it twice is harmless."""
        self._is_closed = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Hits:
        page = await self.next()
        if not page:
            raise StopAsyncIteration
        return page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


@suggest_keywords
class AsyncQueryIterator:
    """Iterator over the pages of a query, created by :meth:`AsyncIterators.query_iterator`.

    It is a context manager, too.
    """

    __slots__ = ("_checkpoint", "_is_closed", "_reader", "_timeout")

    def __init__(
        self, reader: AsyncPageReader | AsyncSeveralPages, timeout: float | None, checkpoint: Path | None
    ) -> None:
        self._reader = reader
        self._timeout = timeout
        self._checkpoint = checkpoint
        self._is_closed = False

    async def next(self) -> list[dict[str, Any]]:
        """Return the next page.

        Returns:
            The rows of the page, in the order of their primary keys; an empty list at the end.

        Raises:
            MilvusException: the server refuses the request or cannot be reached, and the same page can be requested
                again; or the iterator is closed.

        Example:
            >>> pages = await client.query_iterator("books", output_fields=["id"], limit=2)
            >>> await pages.next()
            [{'id': 1}, {'id': 2}]
        """
        if self._is_closed:
            raise MilvusException(message="this query iterator is closed; create a new one")
        return await self._reader.next_page(self._timeout, self._note)

    def _note(self, page: list[dict[str, Any]]) -> None:
        """Store the position behind a page."""
        pages = self._reader.pages
        last_key = pages.last_taken
        if page and self._checkpoint is not None and last_key is not None:
            # Replaced as a whole: another process that reads the file meanwhile must not find half of it.
            fresh = self._checkpoint.with_name(f"{self._checkpoint.name}.new")
            fresh.write_text(iterator_checkpoint.write_checkpoint(pages.timestamp, last_key), encoding="utf-8")
            fresh.replace(self._checkpoint)

    async def close(self) -> None:
        """Close the iterator. Closing it twice is harmless."""
        self._is_closed = True
        self._reader.leave()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[dict[str, Any]]:
        page = await self.next()
        if not page:
            raise StopAsyncIteration
        return page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
