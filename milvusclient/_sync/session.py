"""Sessions, whose reads are answered by one of several clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from milvusclient import checks
from milvusclient._sync.core.base import Family
from milvusclient._sync.iterators import Iterators
from milvusclient._sync.queries import Queries
from milvusclient._sync.searches import Searches
from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import MilvusException
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions

if TYPE_CHECKING:
    from types import TracebackType

    from google.protobuf.message import Message

    from milvusclient._sync.core.caller import Caller
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Readable, Request

__all__ = ["MilvusClientSession", "Sessions"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


@suggest_keywords
class MilvusClientSession(Queries, Searches, Iterators):
    """The reads of a client, answered by one cluster; created by :meth:`Sessions.session`.

    It has ``search``, ``hybrid_search``, ``query``, ``get``, ``search_iterator`` and ``query_iterator``, shares the
    connection of its client and keeps the database that the client had. It is a context manager.
    """

    def __init__(self, caller: Caller, cluster_id: str) -> None:
        self._caller = caller
        self._cluster_id = cluster_id
        self._is_closed = False

    def _call(
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
        return super()._call(method, request, deadline, call_options)

    def close(self) -> None:
        """Close the session; the client and its connection stay open. Closing it twice is harmless.

        Example:
            >>> session = client.session("cluster-1")
            >>> session.close()
        """
        self._is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Sessions(Family):
    """The method that creates sessions."""

    def session(self, cluster_id: str) -> MilvusClientSession:
        """Create a session, whose reads are answered by one of several clusters that replicate one another.

        Args:
            cluster_id: name of the cluster.

        Returns:
            The session, with the read methods of this client. Nothing is sent yet.

        Raises:
            ParamError: ``cluster_id`` is not a str.

        Example:
            >>> with client.session("cluster-1") as session:
            ...     rows = session.get("books", [1])
        """
        return MilvusClientSession(self._caller, checks.require_str("cluster_id", cluster_id))
