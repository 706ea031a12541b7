"""Calls with many replies."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from milvusclient._sync.core.pool import closed_error
from milvusclient.policy.errors import rpc_error, status_error
from milvusclient.policy.failure import RpcFailure
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS
from milvusclient.runtime.instrumentation import observers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from milvusclient._sync.core.caller import Caller
    from milvusclient._proto import common_pb2
    from milvusclient.exceptions import MilvusException
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.errors import CallContext
    from milvusclient.rpc import Method, Readable
    from milvusclient.runtime.instrumentation import ObservedCall

__all__ = ["stream"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


def stream(caller: Caller, method: Method[Req, Rep], request: Req, deadline: Deadline) -> Iterator[Rep]:
    """Send one request and yield its replies. It is not retried, as that would repeat replies that were read already.

    Raises:
        MilvusException: the server says that the call failed, or the stream broke.
    """
    with (
        caller.observe(method, request, DEFAULT_CALL_OPTIONS, streams=True) if observers else nullcontext() as observed
    ):
        context = caller.context(
            method.name, caller.client_options.request_id if observed is None else observed.request_id
        )
        connection = caller.binding.connection(deadline)
        payload = request.SerializeToString()
        received = 0
        while True:
            channel = connection.pick()
            target = channel.config.target
            context.address = target.address
            handshake = 0
            try:
                handshake = channel.ensure_handshake(deadline)
                timeout = deadline.remaining(time.monotonic())
                headers = (
                    ("dbname", caller.database),
                    ("client-request-id", context.request_id),
                    ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
                    *(channel.metadata or channel.fresh_metadata()),
                    *(observed.request_sent(len(payload), target) if observed is not None else ()),
                )
                for data in channel.stream(method, payload, headers, timeout):
                    received += len(data)
                    if observed is not None:
                        observed.reply_received(received)
                    reply = method.decode(data)
                    status = method.status_of(reply)
                    if status.code or status.error_code:
                        raise _refused(status, context, observed)
                    yield reply
                return
            except RpcFailure as failed:
                if connection.closed is not None:
                    raise context.add_to(closed_error(connection.alias, connection.closed, ""), 1) from failed.__cause__
                if channel.is_retired and not failed.failure.sent:
                    continue  # another channel took its place, just before this one was to send the request
                connection.note_failure(channel, handshake, failed.failure.status)
                error = rpc_error(failed.failure, method.name, context.address, timeout=deadline.timeout)
                raise context.add_to(error, 1) from failed.__cause__


def _refused(status: common_pb2.Status, context: CallContext, observed: ObservedCall | None) -> MilvusException:
    """Build the error for a reply in which the server says that the call failed."""
    if observed is not None:
        observed.status = status.code or status.error_code
    return context.add_to(status_error(status.code, status.error_code, status.reason, False, False), 1)
