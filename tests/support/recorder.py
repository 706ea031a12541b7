"""A stand-in Milvus that stores every request and gives canned, deterministic answers.

It listens on all of 127.0.0.0/8, so each scenario can use an address of its own and no connection is shared between
two of them.

Example:
    >>> with Recorder() as recorder:
    ...     recorder.reset({})
    ...     # a client talks to http://127.1.2.3:<recorder.port>
    ...     recorder.drain()
    []
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from types import TracebackType
from typing import Any, Self, TypedDict

import grpc

from tests.support import canned_replies, facts, readable
from tests.support.canned_state import AbortError, Config, State
from tests.support.facts import Dynamic, Method

SERVER_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
    # A server of gRPC in Python turns calls away once 1,000 to 3,000 wait to be picked up; Milvus's does not.
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
)


class Recorded(TypedDict, total=False):
    """One request, in the form of the recordings."""

    rpc: str
    headers: dict[str, str]
    body: dict[str, Any]
    decoded: dict[str, Any]
    timeout_s: int


class Recorder:
    """The recording server; ``port`` is where it listens on every loopback address."""

    def __init__(self, workers: int = 4) -> None:
        self._lock = threading.Lock()
        self._log: list[Recorded] = []
        self._state = State()
        self._threads = futures.ThreadPoolExecutor(max_workers=workers, thread_name_prefix="tests-recorder")
        self._server = grpc.server(self._threads, options=SERVER_OPTIONS)
        self._server.add_generic_rpc_handlers((Handlers(self._unary, self._stream),))
        self.port = self._server.add_insecure_port("0.0.0.0:0")
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Cancel what is under way and end the server's threads."""
        self._server.stop(0).wait()
        self._threads.shutdown()

    def reset(self, collections: Mapping[str, Config]) -> None:
        """Forget all requests and what they created; from now on answer for these canned collections."""
        with self._lock:
            self._log = []
            self._state = State(collections)

    def drain(self) -> list[Recorded]:
        """The requests since the last call, in order of arrival."""
        with self._lock:
            log, self._log = self._log, []
        return log

    def _record(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> None:
        entry: Recorded = {
            "rpc": method.path,
            "headers": readable.headers(context.invocation_metadata()),
            "body": readable.body(request),
        }
        remaining: float | None = context.time_remaining()
        if remaining is not None and remaining < 1e8:  # gRPC gives a huge number where there is no deadline
            entry["timeout_s"] = int(remaining + 0.5)
        if decoded := readable.decoded(request):
            entry["decoded"] = decoded
        with self._lock:
            self._log.append(entry)

    def _unary(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> Dynamic:
        self._record(method, request, context)
        try:
            return canned_replies.answer(self._state, method, request)
        except AbortError as abort:
            context.abort(abort.code, abort.details)

    def _stream(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> Iterator[Dynamic]:
        self._record(method, request, context)
        yield from canned_replies.dump_messages(request)


Unary = Callable[[Method, Dynamic, grpc.ServicerContext], Dynamic]
Stream = Callable[[Method, Dynamic, grpc.ServicerContext], Iterator[Dynamic]]


class Handlers(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic in the type stubs only
    """Serves every RPC of the facts by one function for unary calls and one for streamed replies."""

    def __init__(self, unary: Unary, stream: Stream) -> None:
        self._answer_unary, self._answer_stream = unary, stream

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """The handler of the called path, None for a path that the facts do not know."""
        method = facts.methods().get(handler_call_details.method)
        if method is None or method.streams_request:
            return None
        request_type = facts.message(method.request)

        def unary(data: bytes, context: grpc.ServicerContext) -> bytes:
            reply = self._answer_unary(method, request_type.FromString(data), context)
            return bytes(reply.SerializeToString())

        def stream(data: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
            for reply in self._answer_stream(method, request_type.FromString(data), context):
                yield bytes(reply.SerializeToString())

        if method.streams_response:
            return grpc.unary_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(unary)
