"""Fetchers of the pages of a query iterator: one page at a time, or several side by side."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from milvusclient.exceptions import MilvusException
from milvusclient.models.results import QueryResult
from milvusclient.runtime.crew import AsyncCrew, AsyncLock

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient._async.core.reads import AsyncReads
    from milvusclient._proto import milvus_pb2
    from milvusclient.operations.common import VectorsAs
    from milvusclient.operations.iterators import QueryPages
    from milvusclient.operations.page_ranges import KeyRange
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions

__all__ = ["AsyncPageReader", "AsyncSeveralPages"]

Page = list[dict[str, Any]]


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
        #: The page that was taken and not handed out yet.
        self._page: Page | None = None

    def deadline(self, timeout: float | None) -> Deadline:
        """Return the deadline of a page that is requested now."""
        return self._reads._deadline(timeout)

    async def fetch(self, request: milvus_pb2.QueryRequest, deadline: Deadline) -> QueryResult:
        """Carry out one request."""
        return await self._reads._query(request, deadline, self._call_options, self._vectors_as)

    async def next_page(self, timeout: float | None, note: Callable[[Page], None]) -> Page:
        """Return the rows of the next page within ``timeout`` seconds; an empty list at the end.

        Args:
            timeout: the seconds; None means no limit.
            note: gets the page before it is returned; if it raises, the same page comes again.
        """
        if self._page is None:
            deadline = self.deadline(timeout)
            while self.pages.wants_more:
                self.pages.receive(await self.fetch(self.pages.next_request(), deadline))
            self._page = self.pages.take()
        note(self._page)
        page, self._page = self._page, None
        return page

    def leave(self) -> None:
        """Do nothing: no request is under way between two pages."""


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
        self._deadline = reader.deadline(None)
        self._crew: AsyncCrew[_Outcome] = AsyncCrew()
        self._lock = AsyncLock()
        self._is_left = False
        #: The page that was taken and not handed out yet.
        self._page: Page | None = None

    async def next_page(self, timeout: float | None, note: Callable[[Page], None]) -> Page:
        """Return the rows of the next page within ``timeout`` seconds; an empty list at the end.

        A call that is cancelled loses no page: the next call goes on from there. So it does after Ctrl-C, but a page
        that is on its way from here to the program cannot be called back.

        Args:
            timeout: the seconds; None means no limit.
            note: gets the page before it is returned; if it raises, the same page comes again.

        Raises:
            MilvusException: the request for the page failed; it is sent again at the next call.
        """
        async with self._lock:
            if self._page is None:
                await self._crew.undisturbed(functools.partial(self._begin, timeout))
            while self._page is None:
                await self._crew.wait(None)
                await self._crew.undisturbed(functools.partial(self._advance, timeout))
            note(self._page)
            page, self._page = self._page, None
            return page

    def _begin(self, timeout: float | None) -> None:
        self._deadline = self._reader.deadline(timeout)
        self.pages.begin()
        self._advance(timeout)

    def _advance(self, timeout: float | None) -> None:
        """Receive what has come, request what is missing, and take the next page if it is there."""
        if self._is_left:
            raise MilvusException(message="this query iterator is closed; create a new one")
        for outcome in self._crew.collect():
            self._settle(outcome)
        self._start(self._deadline)
        if self.pages.is_ready:
            self._page = self.pages.take()
            self._start(self._reader.deadline(timeout))
        elif self.pages.error is not None:
            raise self.pages.error

    def _start(self, deadline: Deadline) -> None:
        for part in self.pages.next_ranges():
            try:
                request = self.pages.request(part)
                self._crew.start(functools.partial(self._fetch, part, request, deadline))
            except Exception as error:  # noqa: BLE001 - it is raised where the page is asked for
                self.pages.failed(part, error)

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
        """Let the requests that are under way end; their pages are not wanted."""
        self._is_left = True
        self._crew.leave()
