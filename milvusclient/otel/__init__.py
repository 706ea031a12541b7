"""OpenTelemetry: a span and a duration for every call of every client, with the extra ``otel``.

Names and attributes are those of the semantic conventions for database clients, which are stable since version 1.33:

- One span of kind CLIENT for each call, retries included, named ``{db.operation.name} {db.collection.name}``, or with
  ``db.namespace`` in place of the collection for a call that is about no single one. It is a child of what is current
  where the call is made, in threads as in tasks, and current itself while the call is under way, so that a span of
  gRPC's own instrumentation is its child; that of a stream is not, since other things are done between two replies.
- ``db.system.name`` (``milvus``), ``db.namespace`` (the database), ``db.collection.name``, ``db.operation.name`` (the
  call as Milvus names it, such as ``Search``), ``db.operation.batch.size`` (rows written or vectors searched for, if
  more than one), ``server.address`` and ``server.port``; ``network.peer.*`` is not known, as gRPC chooses the peer.
- Of a call that failed: ``db.response.status_code`` (the code with which Milvus refused it) and ``error.type`` (that
  code, or else the name of the gRPC status, or else the class of the exception).
- An event ``milvusclient.retry`` for each time that the request is sent again, with ``milvusclient.retry.cause``; and
  ``milvusclient.request_id`` and, if it is not 1, ``milvusclient.attempts``.
- The histogram ``db.client.operation.duration``, in seconds, with the same attributes; of a stream, until its end.
- The convention for the metrics of connections is not stable and means pools that lend connections. Those of the shared
  connections have names of our own: ``milvusclient.connection.count``, ``milvusclient.connection.io`` (bytes),
  ``milvusclient.request.active`` and ``milvusclient.request.retries``. They are of the connections that are open.

The context that is current, with the span, goes to the server along with the request, as the global propagator says
(W3C ``traceparent``, ``tracestate`` and ``baggage``). A call without a request id of its own gets the trace id, if the
span is recorded, so that the logs of Milvus, ``error.request_id`` and the traces agree.

Neither filters nor rows, vectors, passwords or tokens are told. What the server says about a request may quote its
filter, so it is left out of the description of a failed span unless ``error_messages`` asks for it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple, cast
from weakref import WeakKeyDictionary

from milvusclient._version import __version__
from milvusclient.config.settings import DEFAULT_DATABASE
from milvusclient.exceptions import MilvusException, ParamError, RpcError
from milvusclient.otel.connection_metrics import Switch, observe_connections
from milvusclient.runtime import instrumentation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.metrics import Histogram, MeterProvider
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from milvusclient.runtime.instrumentation import WatchedCall

__all__ = ["instrument", "uninstrument"]

_logger = logging.getLogger("milvusclient")

Attributes = dict[str, str | int]

_SCHEMA = "https://opentelemetry.io/schemas/1.33.0"
#: Seconds; the convention asks for these.
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
#: What gRPC carries as a header, and the headers that are not for a propagator to say.
_HEADER_NAME = re.compile(r"(?!grpc-)[a-z0-9_.-]+(?<!-bin)")
_HEADER_VALUE = re.compile(r"[ -~]*")
_OURS = frozenset({"authorization", "dbname", "identifier", "client-request-id", "client-request-unixmsec"})


class _Open(NamedTuple):
    """What is kept while a call is under way: its span, what is said of it, and the context that was there before."""

    span: Span
    attributes: Attributes
    before: Token[Context] | None


class _Watcher:
    """Tells OpenTelemetry of calls."""

    def __init__(self, tracer: Tracer, duration: Histogram, switch: Switch, *, error_messages: bool) -> None:
        self.switch = switch
        self._tracer = tracer
        self._duration = duration
        self._error_messages = error_messages

    def began(self, call: WatchedCall) -> _Open:
        """Start the span, and say what goes along to the server."""
        from opentelemetry import context, trace

        attributes = _attributes(call)
        target = attributes.get("db.collection.name", attributes["db.namespace"])
        span = self._tracer.start_span(
            f"{call.operation} {target}", kind=trace.SpanKind.CLIENT, attributes=attributes | _batch(call)
        )
        if span.is_recording():
            if not call.request_id:
                call.request_id = trace.format_trace_id(span.get_span_context().trace_id)
            span.set_attribute("milvusclient.request_id", call.request_id)
        inner = trace.set_span_in_context(span)
        call.headers += _context_headers(inner)
        return _Open(span, attributes, None if call.streams else context.attach(inner))

    def repeated(self, call: WatchedCall, token: object) -> None:
        """Note why the request is sent again."""
        cause = call.causes[-1]
        if not self._error_messages:
            cause = cause.partition(":")[0]  # the gRPC status or the code; the words after it are the server's
        cast("_Open", token).span.add_event("milvusclient.retry", {"milvusclient.retry.cause": cause})

    def ended(self, call: WatchedCall, token: object) -> None:
        """End the span, and count its time."""
        from opentelemetry import context, trace

        span, attributes, before = cast("_Open", token)
        # A coroutine that nobody waits for any more is ended elsewhere, where there is nothing to put back.
        if before is not None and trace.get_current_span() is span:
            context.detach(before)
        failure = _failure(call)
        if failure:
            span.set_attributes(failure)
            span.set_status(trace.StatusCode.ERROR, self._description(call))
        if call.attempts > 1:
            span.set_attribute("milvusclient.attempts", call.attempts)
        # The context is for exemplars: a bar of the histogram leads to a trace.
        self._duration.record(call.seconds, attributes | failure, context=trace.set_span_in_context(span))
        span.end()

    def _description(self, call: WatchedCall) -> str:
        """What went wrong, in words that quote nothing of the request."""
        error = call.error
        if not isinstance(error, MilvusException):
            return type(error).__name__
        if self._error_messages:
            return error.message
        if call.status:
            return f"Milvus refused the request with code {call.status}"
        if isinstance(error, RpcError):
            return error.message.partition(f" [{error.status}: ")[0]  # what follows may be the server's
        return error.message


def _attributes(call: WatchedCall) -> Attributes:
    """What spans and durations say of a call; the convention wants it known when the span starts."""
    attributes: Attributes = {
        "db.system.name": "milvus",
        "db.operation.name": call.operation,
        "db.namespace": call.database or DEFAULT_DATABASE,
        "server.address": call.host,
    }
    if call.port:
        attributes["server.port"] = call.port
    if call.collection:
        attributes["db.collection.name"] = call.collection
    return attributes


def _batch(call: WatchedCall) -> Attributes:
    """How much it is at once; the convention knows no batch of one."""
    return {"db.operation.batch.size": call.batch} if call.batch > 1 else {}


def _failure(call: WatchedCall) -> Attributes:
    """What is said of a call that failed; nothing of one that did not."""
    error = call.error
    if error is None:
        return {}
    if call.status:
        return {"db.response.status_code": str(call.status), "error.type": str(call.status)}
    if isinstance(error, RpcError) and error.status:
        return {"error.type": error.status}
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return {"error.type": f"{module}{kind.__qualname__}"}


def _context_headers(context: Context) -> tuple[tuple[str, str], ...]:
    """A context as headers, as the global propagator writes it."""
    from opentelemetry import propagate

    carrier: dict[str, str] = {}
    try:
        propagate.inject(carrier, context=context)
    except Exception:  # a propagator is the program's own; a broken one must not leave the span open
        _logger.warning("the propagator of OpenTelemetry failed", exc_info=True)
    return _carried(carrier)


def _carried(headers: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Those headers that gRPC can carry; it would refuse the whole request because of any other."""
    lower = ((name.lower(), value) for name, value in headers.items())
    return tuple(
        (name, value)
        for name, value in lower
        if _HEADER_NAME.fullmatch(name) and name not in _OURS
        if isinstance(value, str) and _HEADER_VALUE.fullmatch(value)
    )


class _GlobalProvider:
    """Stands for the provider of metrics that is global, also before the program has set one."""


_GLOBAL = _GlobalProvider()
#: Instruments cannot be taken back: for each provider that has them, what makes them silent.
_switches: WeakKeyDictionary[MeterProvider | _GlobalProvider, Switch] = WeakKeyDictionary()
#: The watcher, if there is one. Setting and taking it is one step each, so it needs no lock that a fork might break.
_installed: dict[str, _Watcher] = {}


def instrument(
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    error_messages: bool = False,
) -> None:
    """From now on tell OpenTelemetry of every call of every client of this process: spans, durations, connections.

    Args:
        tracer_provider: where spans go; None means the global provider, which may be set later.
        meter_provider: where metrics go; None means the global provider, which may be set later.
        error_messages: whether failed spans say what the server said, which may quote the filter of the request.

    Raises:
        ParamError: OpenTelemetry is not installed, or the clients are instrumented already.

    Example:
        >>> from milvusclient import otel
        >>> otel.instrument()
        >>> otel.uninstrument()
    """
    try:
        from opentelemetry import metrics, trace
    except ImportError as error:
        raise ParamError(
            message=f"traces and metrics need OpenTelemetry: pip install 'milvusclient[otel]' ({error})"
        ) from error
    if _installed:
        raise _instrumented_already()
    meter = metrics.get_meter("milvusclient", __version__, meter_provider, _SCHEMA)
    duration = meter.create_histogram(
        "db.client.operation.duration",
        "s",
        "Duration of database client operations.",
        explicit_bucket_boundaries_advisory=_BUCKETS,
    )
    switch = Switch()
    watcher = _Watcher(
        trace.get_tracer("milvusclient", __version__, tracer_provider, _SCHEMA),
        duration,
        _switches.setdefault(_GLOBAL if meter_provider is None else meter_provider, switch),
        error_messages=error_messages,
    )
    if _installed.setdefault("watcher", watcher) is not watcher:
        raise _instrumented_already()
    if watcher.switch is switch:
        observe_connections(meter, switch)
    watcher.switch.is_on = True
    instrumentation.add_watcher(watcher)


def uninstrument() -> None:
    """Tell OpenTelemetry of no further call; spans of calls under way still end. Does nothing if nothing is told.

    Example:
        >>> from milvusclient import otel
        >>> otel.uninstrument()
    """
    watcher = _installed.pop("watcher", None)
    if watcher is not None:
        instrumentation.remove_watcher(watcher)
        watcher.switch.is_on = False


def _instrumented_already() -> ParamError:
    return ParamError(
        message="the clients of this process are instrumented already; call uninstrument() first, to change how"
    )
