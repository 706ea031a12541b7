"""Sessions, whose reads are answered by one of several clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from milvusclient import checks
from milvusclient._async.core.base import AsyncFamily
from milvusclient._async.iterators import AsyncIterators
from milvusclient._async.queries import AsyncQueries
from milvusclient._async.searches import AsyncSearches
from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import MilvusException
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions

if TYPE_CHECKING:
    from types import TracebackType

    from google.protobuf.message import Message

    from milvusclient._async.core.caller import AsyncCaller
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Readable, Request

__all__ = ["AsyncMilvusClientSession", "AsyncSessions"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


@suggest_keywords
class AsyncMilvusClientSession(AsyncQueries, AsyncSearches, AsyncIterators):
    """The reads of a client, answered by one cluster; created by :meth:`AsyncSessions.session`.

    It has ``search``, ``hybrid_search``, ``query``, ``get``, ``search_iterator`` and ``query_iterator``, shares the
    connection of its client and keeps the database that the client had. It is a context manager.
    """

    def __init__(self, caller: AsyncCaller, cluster_id: str) -> None:
        self._caller = caller
        self._cluster_id = cluster_id
        self._is_closed = False

    async def _call(
        self,
        method: Method[Req, Rep],
        request: Request[Req],
        deadline: Deadline,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        if self._is_closed:
            raise MilvusException(
                message=f"this session with cluster {self._cluster_id!r} is closed; create a new one: client.session()"
            )
        return await super()._call(method, request, deadline, call_options)

    async def close(self) -> None:
        """Close the session; the client and its connection stay open. Closing it twice is harmless.

        Example:
            >>> session = client.session("cluster-1")
            >>> await session.close()
        """
        self._is_closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class AsyncSessions(AsyncFamily):
    """The method that creates sessions."""

    def session(self, cluster_id: str) -> AsyncMilvusClientSession:
        """Create a session, whose reads are answered by one of several clusters that replicate one another.

        Args:
            cluster_id: name of the cluster.

        Returns:
            The session, with the read methods of this client. Nothing is sent yet.

        Raises:
            ParamError: ``cluster_id`` is not a str.

        Example:
            >>> async with client.session("cluster-1") as session:
            ...     rows = await session.get("books", [1])
        """
        return AsyncMilvusClientSession(self._caller, checks.require_str("cluster_id", cluster_id))
