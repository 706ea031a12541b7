"""A Milvus server that does what a test tells it: good replies by default, faults on request.

A TCP proxy stands in front of the gRPC server, so that a test counts the TCP connections that were really accepted,
and can cut, stall or refuse them.

Example:
    >>> with ScriptedServer() as server:
    ...     server.on("Search").fail(grpc.StatusCode.UNAVAILABLE).then(delay=0.2)
    ...     # a client talks to server.uri; its first search fails, the second is slow, the third is good
    ...     server.calls("Search"), server.proxy.accepted
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self, TypeAlias

import grpc

from tests.support import canned_replies, facts, readable
from tests.support.canned_state import AbortError, State, status, with_status
from tests.support.facts import Dynamic, Method
from tests.support.patience import HANG
from tests.support.proxy import Proxy
from tests.support.recorder import SERVER_OPTIONS, Handlers

Answer: TypeAlias = Dynamic | dict[str, Any] | Callable[[Dynamic], Dynamic]
"""A reply: the message, its fields, or a function from the request to the message."""

_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Received:
    """One request that reached the server.

    Attributes:
        rpc: short name, such as ``Search``.
        message: the request, of the facts' classes.
        headers: those that the client set.
        deadline: seconds that were left when it arrived, None without a deadline.
        peer: the client's end of the TCP connection; behind the proxy that is the proxy's.
        at: ``time.monotonic()`` of its arrival.
        sent_at: the milliseconds since the epoch that the client says it was sent at, as it says them.
    """

    rpc: str
    message: Dynamic
    headers: dict[str, str]
    deadline: float | None
    peer: str
    at: float
    sent_at: str = ""


@dataclass(slots=True)
class _Step:
    """What one call of an RPC gets."""

    answer: Answer | None = None
    code: grpc.StatusCode | None = None
    details: str = ""
    failed: Dynamic | None = None
    delay: float = 0.0
    arrivals: int = 0
    of_request: Callable[[Received], dict[str, Any]] | None = None


@dataclass(slots=True)
class Script:
    """The answers to the next calls of one RPC, in order; after the last one calls get the default reply.

    Each method adds one step and returns the script, so they can be chained.
    """

    steps: list[_Step] = field(default_factory=list)
    _repeats_last: bool = False
    _used: int = 0

    def then(self, answer: Answer | None = None, *, delay: float = 0.0) -> Self:
        """A good reply: the given one, else the default; after ``delay`` seconds."""
        return self._add(_Step(answer=answer, delay=delay))

    reply = then

    def reply_to(self, answer: Callable[[Received], dict[str, Any]]) -> Self:
        """A good reply, whose fields follow from the request and its headers."""
        return self._add(_Step(of_request=answer))

    def fail(
        self, code: grpc.StatusCode, details: str = "scripted failure", *, delay: float = 0.0, arrivals: int = 0
    ) -> Self:
        """A gRPC error, ``delay`` seconds after so many calls of the RPC have arrived."""
        return self._add(_Step(code=code, details=details, delay=delay, arrivals=arrivals))

    def status(self, code: int = 65535, reason: str = "scripted status", *, delay: float = 0.0, **fields: Any) -> Self:
        """A Milvus error in the reply's status; ``fields`` are ``error_code`` (name), ``retriable``, ``detail`` ..."""
        return self._add(_Step(failed=status(code, reason, **fields), delay=delay))

    def rate_limit(self, *, legacy: bool = False) -> Self:
        """Code 8, the rate limit; an old server says only the older error code."""
        return self.status(0 if legacy else 8, "request is rejected by the rate limiter", error_code="RateLimit")

    def never_answer(self) -> Self:
        """No answer at all, until the client gives up or the server stops."""
        return self._add(_Step(delay=_NEVER))

    def times(self, count: int) -> Self:
        """The last step happens that many times in all."""
        self.steps.extend([self.steps[-1]] * (count - 1))
        return self

    def forever(self) -> Self:
        """The last step answers all further calls."""
        self._repeats_last = True
        return self

    def _add(self, step: _Step) -> Self:
        self.steps.append(step)
        return self

    def next_step(self) -> _Step | None:
        """The step of the next call, None when the script is at its end."""
        if self._used >= len(self.steps):
            return self.steps[-1] if self._repeats_last and self.steps else None
        self._used += 1
        return self.steps[self._used - 1]


class ScriptedServer:
    """A gRPC server with scripted answers behind a TCP proxy; both keep their ports over ``stop`` and ``start``.

    Args:
        collections: canned collections for DescribeCollection and the replies built on it, as in the recordings.
        credentials: for TLS; ``uri`` is then https.
        workers: how many calls it handles at a time.
        host: address that clients connect to.
        options: further settings of the gRPC server.

    Attributes:
        state: what the default replies know: created collections, canned ones.
        proxy: the TCP proxy that clients talk to.
    """

    def __init__(
        self,
        collections: dict[str, dict[str, Any]] | None = None,
        *,
        credentials: grpc.ServerCredentials | None = None,
        workers: int = 64,
        host: str = "127.0.0.1",
        options: tuple[tuple[str, int], ...] = (),
    ) -> None:
        self.state = State(collections)
        self._credentials = credentials
        self._workers = workers
        self._options = options
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._requests: list[Received] = []
        self._abandoned: list[str] = []
        self._scripts: dict[str, Script] = {}
        self._stopping = threading.Event()
        self._server: grpc.Server | None = None
        self._threads: futures.ThreadPoolExecutor | None = None
        self._port = 0
        self._start_grpc()
        self.proxy = Proxy(("127.0.0.1", self._port), host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # --- addresses and life ------------------------------------------------------------------------------------------
    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return self.proxy.address

    @property
    def uri(self) -> str:
        """The address with its scheme."""
        return f"{'https' if self._credentials else 'http'}://{self.address}"

    @property
    def direct_uri(self) -> str:
        """The gRPC server itself, past the proxy: for tests with very many connections. Nobody counts those."""
        return f"{'https' if self._credentials else 'http'}://127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """How many TCP connections were accepted so far."""
        return self.proxy.accepted

    def stop(self) -> None:
        """Refuse connections, cancel calls under way, end all threads; ``start`` brings it back on the same port."""
        self._stopping.set()
        with self._lock:
            self._arrived.notify_all()
        self.proxy.stop()
        if self._server is not None and self._threads is not None:
            self._server.stop(0).wait()
            self._threads.shutdown()
        self._server = self._threads = None

    def start(self) -> None:
        """Start again after ``stop``; requests, scripts and counts are kept."""
        if self._server is None:
            self._start_grpc()
            self.proxy.listen()

    def _start_grpc(self) -> None:
        self._stopping.clear()
        self._threads = futures.ThreadPoolExecutor(self._workers, thread_name_prefix="tests-scripted")
        self._server = grpc.server(self._threads, options=(*SERVER_OPTIONS, *self._options))
        self._server.add_generic_rpc_handlers((Handlers(self._unary, self._stream),))
        address = f"127.0.0.1:{self._port}"
        if self._credentials is None:
            self._port = self._server.add_insecure_port(address)
        else:
            self._port = self._server.add_secure_port(address, self._credentials)
        self._server.start()

    # --- scripting ---------------------------------------------------------------------------------------------------
    def on(self, rpc: str) -> Script:
        """The script of an RPC (``Search``), or of all that have none of their own (``*``); an earlier one is dropped.

        Raises:
            KeyError: the protocol has no such RPC.
        """
        if rpc != "*":
            facts.method(rpc)
        script = Script()
        with self._lock:
            self._scripts[rpc] = script
        return script

    def forget_scripts(self) -> None:
        """Every RPC gets its default reply again."""
        with self._lock:
            self._scripts.clear()

    # --- what arrived ------------------------------------------------------------------------------------------------
    @property
    def requests(self) -> list[Received]:
        """All requests so far, in order of arrival."""
        with self._lock:
            return list(self._requests)

    def calls(self, rpc: str) -> list[Received]:
        """The requests of one RPC."""
        return [request for request in self.requests if request.rpc == rpc]

    def forget_requests(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._requests.clear()

    def wait_for(self, rpc: str, count: int = 1, timeout: float = HANG) -> list[Received]:
        """Wait until that many requests of an RPC have arrived, and return them.

        Raises:
            TimeoutError: they did not arrive in time.
        """

        def arrived() -> bool:
            return sum(request.rpc == rpc for request in self._requests) >= count

        with self._arrived:
            if not self._arrived.wait_for(arrived, timeout):
                raise TimeoutError(f"fewer than {count} calls of {rpc} within {timeout} s")
        return self.calls(rpc)

    def wait_for_cancelled(self, rpc: str, timeout: float = 30.0) -> None:
        """Wait until a client has given up a call of an RPC before its delay was over.

        Raises:
            TimeoutError: none was given up in time.
        """
        with self._arrived:
            if not self._arrived.wait_for(lambda: rpc in self._abandoned, timeout):
                raise TimeoutError(f"no call of {rpc} was cancelled within {timeout} s")

    # --- handling ----------------------------------------------------------------------------------------------------
    def _unary(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> Dynamic:
        step = self._take(method, request, context)
        if step.arrivals:
            self.wait_for(method.name, step.arrivals)
        self._wait(step.delay, context)
        if not context.is_active() and context.time_remaining() != 0:  # it was not the deadline that ended it
            with self._arrived:
                self._abandoned.append(method.name)
                self._arrived.notify_all()
        if step.code is not None:
            context.abort(step.code, step.details)
        if step.failed is not None:
            return with_status(method.response, step.failed)
        if step.answer is None:
            try:
                return canned_replies.answer(self.state, method, request)
            except AbortError as abort:
                context.abort(abort.code, abort.details)
        if isinstance(step.answer, dict):
            return facts.message(method.response)(**step.answer)
        is_message = isinstance(step.answer, facts.message(method.response))
        return step.answer if is_message else step.answer(request)

    def _stream(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> Iterator[Dynamic]:
        step = self._take(method, request, context)
        self._wait(step.delay, context)
        if step.code is not None:
            context.abort(step.code, step.details)
        if step.failed is not None:
            yield with_status(method.response, step.failed)
            return
        yield from canned_replies.dump_messages(request)

    def _take(self, method: Method, request: Dynamic, context: grpc.ServicerContext) -> _Step:
        """Record a request and take the step that answers it."""
        remaining: float | None = context.time_remaining()
        received = Received(
            rpc=method.name,
            message=request,
            headers=readable.headers(context.invocation_metadata()),
            deadline=remaining if remaining is not None and remaining < 1e8 else None,
            peer=context.peer(),
            at=time.monotonic(),
            sent_at=str(dict(context.invocation_metadata()).get("client-request-unixmsec", "")),
        )
        with self._lock:
            self._requests.append(received)
            self._arrived.notify_all()
            script = self._scripts.get(method.name) or self._scripts.get("*")
            step = (script.next_step() if script is not None else None) or _Step()
        return step if step.of_request is None else replace(step, answer=step.of_request(received))

    def _wait(self, seconds: float, context: grpc.ServicerContext) -> None:
        """Wait, but no longer than the client does and the server lives."""
        if not seconds:
            return
        over = time.monotonic() + seconds
        while time.monotonic() < over and context.is_active():
            if self._stopping.wait(min(0.02, max(0.0, over - time.monotonic()))):
                context.abort(grpc.StatusCode.UNAVAILABLE, "the scripted server stops")
