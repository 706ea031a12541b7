"""Wait until the server has finished something, by polling."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from milvusclient._async.core.base import AsyncFamily
from milvusclient.exceptions import DeadlineExceededError
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions
from milvusclient.policy.polling import PACE, wait_timeout_error

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method

__all__ = ["AsyncWaiting"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Message")


class AsyncWaiting(AsyncFamily):
    """The base of families that wait for the server."""

    async def _poll(
        self,
        method: Method[Req, Rep],
        request: Req,
        deadline: Deadline,
        *,
        polls: int,
        waiting_for: str,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> Rep:
        """Ask for progress; after a pause, unless it is the first time.

        Args:
            method: the call.
            request: the message.
            deadline: that of the operation.
            polls: number of polls so far.
            waiting_for: the work of the server, for the message.
            call_options: settings of the call.

        Raises:
            WaitTimeoutError: the time is up, and the server had not finished at the last poll.
            DeadlineExceededError: the time is up before the first poll was answered.
        """
        try:
            if polls:
                await self._pause(PACE.wait(polls), deadline, waiting_for)
            return await self._call(method, request, deadline, call_options)
        except DeadlineExceededError as error:
            if not polls:
                raise
            raise wait_timeout_error(waiting_for, deadline.timeout) from error
