"""Waiting until the server has done something: look, pause, look again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from milvusclient._async.core.base import AsyncFamily
from milvusclient.exceptions import DeadlineExceededError
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions
from milvusclient.policy.polling import PACE, not_done

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method

__all__ = ["AsyncWaiting"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Message")


class AsyncWaiting(AsyncFamily):
    """The base of families that wait for the server."""

    async def _look(
        self,
        method: Method[Req, Rep],
        request: Req,
        deadline: Deadline,
        *,
        before: int,
        waiting_for: str,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        """Ask how far something is; after a pause, if it was asked ``before``.

        Raises:
            WaitTimeoutError: the time is up, and the server was not done when it was asked last.
            DeadlineExceededError: the time is up, and the server has told nothing.
        """
        try:
            if before:
                await self._pause(PACE.wait(before), deadline, waiting_for)
            return await self._call(method, request, deadline, call_options)
        except DeadlineExceededError as error:
            if not before:
                raise
            raise not_done(waiting_for, deadline.timeout) from error
