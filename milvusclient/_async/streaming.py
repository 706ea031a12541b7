"""A request with many replies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from milvusclient._async.pool import closed_error
from milvusclient.policy.errors import Place, rpc_error, status_error
from milvusclient.policy.failure import RpcFailure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from google.protobuf.message import Message

    from milvusclient._async.caller import AsyncCaller
    from milvusclient.policy.deadline import Deadline
    from milvusclient.rpc import Method, Readable

__all__ = ["stream"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")


async def stream(caller: AsyncCaller, method: Method[Req, Rep], request: Req, deadline: Deadline) -> AsyncIterator[Rep]:
    """Send one request and yield its replies. It is sent once: what was read already is not read again.

    Raises:
        MilvusException: the server says that it failed, or the replies end before their end.
    """
    target = caller.binding.config.target
    place = Place(
        operation=method.name,
        address=target.address,
        alias=caller.binding.alias,
        database=caller.database,
        request_id="",
    )
    connection = await caller.binding.connection(deadline)
    headers = (
        ("dbname", caller.database),
        ("client-request-id", ""),
        ("client-request-unixmsec", str(time.time_ns() // 1_000_000)),
    )
    try:
        await connection.ready(deadline)
        timeout = deadline.remaining(time.monotonic())
        payload = request.SerializeToString()
        async for data in connection.stream(method.path, payload, (*headers, *connection.metadata), timeout):
            reply = method.decode(data)
            status = method.status_of(reply)
            if status.code or status.error_code:
                raise place.sign(status_error(status.code, status.error_code, status.reason, False, False), 1)
            yield reply
    except RpcFailure as failed:
        if connection.closed is not None:
            raise place.sign(closed_error(connection.alias, connection.closed, ""), 1) from failed.__cause__
        error = rpc_error(failed.failure, method.name, place.address, timeout=deadline.timeout)
        raise place.sign(error, 1) from failed.__cause__
