"""Fetchers of the pages of a query iterator: one page at a time, or several side by side."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from milvusclient.models.results import QueryResult
from milvusclient.runtime.crew import AsyncCrew, AsyncLock

if TYPE_CHECKING:
    from milvusclient._async.core.reads import AsyncReads
    from milvusclient._proto import milvus_pb2
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.iterators import QueryPages
    from milvusclient.operations.page_ranges import KeyRange
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions

__all__ = ["AsyncPageReader", "AsyncSeveralPages"]


class AsyncPageReader:
    """Fetches one page after the other.

    Args:
        reads: whose queries they are.
        pages: what to request.
        call_options: options of each request.
        vectors_as: the form of vectors.
    """

    def __init__(
        self,
        reads: AsyncReads,
        pages: QueryPages,
        call_options: CallOptions,
        vectors_as: VectorsAs,
    ) -> None:
        self.pages = pages
        self._reads = reads
        self._call_options = call_options
        self._vectors_as = vectors_as

    def deadline(self, timeout: float | None) -> Deadline:
        """Return the deadline of a page that is requested now."""
        return self._reads._deadline(timeout)

    async def fetch(self, request: milvus_pb2.QueryRequest, deadline: Deadline) -> QueryResult:
        """Carry out one request."""
        return await self._reads._query(request, deadline, self._call_options, self._vectors_as)

    async def next_page(self, timeout: float | None) -> list[dict[str, Any]]:
        """Return the rows of the next page within ``timeout`` seconds; an empty list at the end."""
        deadline = self.deadline(timeout)
        while self.pages.wants_more:
            self.pages.receive(await self.fetch(self.pages.next_request(), deadline))
        return self.pages.take()

    def leave(self) -> None:
        """End the work that goes on beside; there is none."""


class _Outcome(NamedTuple):
    """The end of a request: its rows or its error."""

    part: KeyRange
    rows: QueryResult
    error: Exception | None


class AsyncSeveralPages:
    """Fetches several pages at a time, also while the program works with those before.

    Args:
        reader: what carries out a request.
        in_flight: maximum number of requests at the same time.
    """

    def __init__(self, reader: AsyncPageReader, in_flight: int) -> None:
        self.pages = reader.pages.several(in_flight)
        self._reader = reader
        self._crew: AsyncCrew[_Outcome] = AsyncCrew()
        self._lock = AsyncLock()

    async def next_page(self, timeout: float | None) -> list[dict[str, Any]]:
        """Return the rows of the next page within ``timeout`` seconds; an empty list at the end.

        Raises:
            MilvusException: the request for the page failed; it is sent again at the next call.
        """
        pages = self.pages
        async with self._lock:
            pages.begin()
            deadline = self._reader.deadline(timeout)
            while True:
                await self._start(deadline)
                if pages.is_ready:
                    break
                if pages.error is not None:
                    raise pages.error
                for outcome in await self._crew.finished(None):
                    self._settle(outcome)
            page = pages.take()
            await self._start(self._reader.deadline(timeout))
            return page

    async def _start(self, deadline: Deadline) -> None:
        for part in self.pages.next_ranges():
            await self._crew.start(functools.partial(self._fetch, part, self.pages.request(part), deadline))

    async def _fetch(self, part: KeyRange, request: milvus_pb2.QueryRequest, deadline: Deadline) -> _Outcome:
        try:
            return _Outcome(part, await self._reader.fetch(request, deadline), None)
        except Exception as error:  # noqa: BLE001 - it is raised where the page is asked for
            return _Outcome(part, QueryResult(), error)

    def _settle(self, outcome: _Outcome) -> None:
        if outcome.error is None:
            self.pages.receive(outcome.part, outcome.rows)
        else:
            self.pages.failed(outcome.part, outcome.error)

    def leave(self) -> None:
        """End the work that goes on beside."""
        self._crew.leave()
