"""A request with many replies."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from milvusclient._sync.core.pool import closed_error
from milvusclient.policy.errors import rpc_error, status_error
from milvusclient.policy.failure import RpcFailure
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS
from milvusclient.runtime.instrumentation import active

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from milvusclient._sync.core.caller import Caller
    from milvusclient._proto import common_pb2
    from milvusclient.exceptions import MilvusException
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.errors import Place
    from milvusclient.rpc import Method, Readable
    from milvusclient.runtime.instrumentation import WatchedCall

__all__ = ["stream"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


def stream(caller: Caller, method: Method[Req, Rep], request: Req, deadline: Deadline) -> Iterator[Rep]:
    """Send one request and yield its replies. It is sent once: what was read already is not read again.

    Raises:
        MilvusException: the server says that it failed, or the replies end before their end.
    """
    with caller.watch(method, request, DEFAULT_CALL_OPTIONS, streams=True) if active else nullcontext() as watch:
        place = caller.place(method.name, caller.client_options.request_id if watch is None else watch.request_id)
        connection = caller.binding.connection(deadline)
        try:
            connection.ready(deadline)
            timeout = deadline.remaining(time.monotonic())
            payload = request.SerializeToString()
            headers = (
                ("dbname", caller.database),
                ("client-request-id", place.request_id),
                ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
                *(connection.metadata or connection.asked_metadata()),
                *(watch.sends(len(payload)) if watch is not None else ()),
            )
            received = 0
            for data in connection.stream(method, payload, headers, timeout):
                received += len(data)
                if watch is not None:
                    watch.received(received)
                reply = method.decode(data)
                status = method.status_of(reply)
                if status.code or status.error_code:
                    raise _refused(status, place, watch)
                yield reply
        except RpcFailure as failed:
            if connection.closed is not None:
                raise place.sign(closed_error(connection.alias, connection.closed, ""), 1) from failed.__cause__
            error = rpc_error(failed.failure, method.name, place.address, timeout=deadline.timeout)
            raise place.sign(error, 1) from failed.__cause__


def _refused(status: common_pb2.Status, place: Place, watch: WatchedCall | None) -> MilvusException:
    """What a reply means that says that the request failed."""
    if watch is not None:
        watch.status = status.code or status.error_code
    return place.sign(status_error(status.code, status.error_code, status.reason, False, False), 1)
