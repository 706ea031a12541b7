"""The plain service, in which calls take turns: Milvus Lite's server imports it as ``milvus_pb2_grpc``.

Milvus Lite answers calls in ten threads, and its collections are not made for that: acknowledged rows got lost, and
no error said so. Two inserts that arrive together both open a new write-ahead log, and the second one empties the file
of the first. Rows that are written while a flush begins go into the table that the flush puts away.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

import grpc

from milvusclient.transport import plain_service
from milvusclient.transport.plain_service import MilvusServiceServicer, MilvusServiceStub

__all__ = ["MilvusServiceServicer", "MilvusServiceStub", "add_MilvusServiceServicer_to_server"]

#: Calls that touch no collection. They are answered at once, so that a long insert delays neither a new connection nor
#: a health check.
_AT_ONCE = frozenset({"CheckHealth", "Connect", "GetVersion"})


class _InTurn:
    """The calls of a servicer, of which one runs at a time.

    Args:
        servicer: has a method for each call.
    """

    def __init__(self, servicer: object) -> None:
        self._servicer = servicer
        self._turn = threading.Lock()

    def __getattr__(self, name: str) -> Callable[[Any, grpc.ServicerContext], Any]:
        answer: Callable[[Any, grpc.ServicerContext], Any] = getattr(self._servicer, name)
        if name in _AT_ONCE:
            return answer

        @functools.wraps(answer)
        def answer_in_turn(request: Any, context: grpc.ServicerContext) -> Any:
            with self._turn:
                if _is_given_up(context):
                    # The caller's timeout has passed: what it gave up while it waited for its turn is not done.
                    context.abort(grpc.StatusCode.CANCELLED, f"{name} was given up before its turn")
                return answer(request, context)

        return answer_in_turn


def _is_given_up(context: grpc.ServicerContext) -> bool:
    # gRPC hears of a deadline or a cancellation a moment later than the clock.
    return not context.is_active() or context.time_remaining() <= 0


def add_MilvusServiceServicer_to_server(servicer: object, server: grpc.Server) -> None:  # noqa: N802 - protoc's name
    """Let a server answer the calls of the service, one at a time.

    Args:
        servicer: has a method for each call.
        server: the server.
    """
    plain_service.add_MilvusServiceServicer_to_server(_InTurn(servicer), server)
