"""OpenTelemetry: a span and a duration for every call of every client; needs the extra ``otel``.

Names and attributes are those of the semantic conventions for database clients, which are stable since version 1.33:

- One span of kind CLIENT for each call, retries included, named ``{db.operation.name} {db.collection.name}``, or with
  ``db.namespace`` in place of the collection for a call without a single one. It is a child of the span that is current
  where the call is made, in threads and in tasks, and current itself during the call, so that a span of gRPC's own
  instrumentation is its child. That of a stream is not, since the program does other things between two replies.
- ``db.system.name`` (``milvus``), ``db.namespace`` (the database), ``db.collection.name``, ``db.operation.name`` (the
  call as Milvus names it, such as ``Search``), ``db.operation.batch.size`` (rows written or vectors searched for, if
  more than one), ``server.address`` and ``server.port``; ``network.peer.*`` is unknown, as gRPC chooses the peer.
- For a call that failed: ``db.response.status_code`` (the code with which Milvus refused it) and ``error.type`` (that
  code, or else the name of the gRPC status, or else the class of the exception).
- An event ``milvusclient.retry`` for each time that the request is sent again, with ``milvusclient.retry.cause``; and
  ``milvusclient.request_id`` and, if it is not 1, ``milvusclient.attempts``.
- The histogram ``db.client.operation.duration``, in seconds, with the same attributes; of a stream, until its end.
- The convention for metrics of connections is not stable, and made for pools that lend connections. The metrics of the
  shared connections have their own names: ``milvusclient.connection.count``, ``milvusclient.connection.io`` (bytes),
  ``milvusclient.request.active`` and ``milvusclient.request.retries``. They cover the open connections.

The current context, with the span, is sent to the server with the request, in the format of the global propagator
(W3C ``traceparent``, ``tracestate`` and ``baggage``). A call without a request id of its own gets the trace id, if the
span is recorded, so that the logs of Milvus, ``error.request_id`` and the traces agree.

Filters, rows, vectors, passwords and tokens are never exported. The server's message about a request may quote its
filter, and is therefore not part of the description of a failed span unless ``error_messages`` asks for it.
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

    from milvusclient.runtime.instrumentation import ObservedCall

__all__ = ["instrument", "uninstrument"]

_logger = logging.getLogger("milvusclient")

Attributes = dict[str, str | int]

_SCHEMA = "https://opentelemetry.io/schemas/1.33.0"
#: Seconds; the convention asks for these.
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
#: Headers that gRPC accepts, and headers that a propagator must not set.
_HEADER_NAME = re.compile(r"(?!grpc-)[a-z0-9_.-]+(?<!-bin)")
_HEADER_VALUE = re.compile(r"[ -~]*")
_OURS = frozenset({"authorization", "dbname", "identifier", "client-request-id", "client-request-unixmsec"})


class _OpenSpan(NamedTuple):
    """The state during a call: its span, its attributes, and the token that restores the context from before."""

    span: Span
    attributes: Attributes
    before: Token[Context] | None


class _Observer:
    """Tells OpenTelemetry of calls."""

    def __init__(self, tracer: Tracer, duration: Histogram, switch: Switch, *, error_messages: bool) -> None:
        self.switch = switch
        self._tracer = tracer
        self._duration = duration
        self._error_messages = error_messages

    def call_started(self, call: ObservedCall) -> _OpenSpan:
        """Start the span, and add the headers that carry it to the server."""
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
        return _OpenSpan(span, attributes, None if call.streams else context.attach(inner))

    def call_retried(self, call: ObservedCall, token: object) -> None:
        """Add an event that says why the request is sent again."""
        cause = call.causes[-1]
        if not self._error_messages:
            cause = cause.partition(":")[0]  # the gRPC status or the code; the rest is the server's message
        cast("_OpenSpan", token).span.add_event("milvusclient.retry", {"milvusclient.retry.cause": cause})

    def call_ended(self, call: ObservedCall, token: object) -> None:
        """End the span and record its duration."""
        from opentelemetry import context, trace

        span, attributes, before = cast("_OpenSpan", token)
        # An abandoned coroutine ends in another context, where there is nothing to restore.
        if before is not None and trace.get_current_span() is span:
            context.detach(before)
        place = _place(call)
        if place.items() - attributes.items():  # which of several servers it was shows when the request is sent
            span.set_attributes(place)
            attributes |= place
        failure = _failure(call)
        if failure:
            span.set_attributes(failure)
            span.set_status(trace.StatusCode.ERROR, self._description(call))
        if call.attempts > 1:
            span.set_attribute("milvusclient.attempts", call.attempts)
        # The context is for exemplars: a bar of the histogram leads to a trace.
        self._duration.record(call.seconds, attributes | failure, context=trace.set_span_in_context(span))
        span.end()

    def _description(self, call: ObservedCall) -> str:
        """Return the error in words that do not quote the request."""
        error = call.error
        if not isinstance(error, MilvusException):
            return type(error).__name__
        if self._error_messages:
            return error.message
        if call.status:
            return f"Milvus refused the request with code {call.status}"
        if isinstance(error, RpcError):
            return error.message.partition(f" [{error.status}: ")[0]  # the rest may be the server's message
        return error.message


def _attributes(call: ObservedCall) -> Attributes:
    """Return the attributes of spans and durations; the convention wants them set when the span starts."""
    attributes: Attributes = {
        "db.system.name": "milvus",
        "db.operation.name": call.operation,
        "db.namespace": call.database or DEFAULT_DATABASE,
        **_place(call),
    }
    if call.collection:
        attributes["db.collection.name"] = call.collection
    return attributes


def _place(call: ObservedCall) -> Attributes:
    """Return the attributes of the server."""
    place: Attributes = {"server.address": call.host}
    if call.port:
        place["server.port"] = call.port
    return place


def _batch(call: ObservedCall) -> Attributes:
    """Return the batch size; the convention omits a batch of one."""
    return {"db.operation.batch.size": call.batch} if call.batch > 1 else {}


def _failure(call: ObservedCall) -> Attributes:
    """Return the attributes of a failed call; none for one that succeeded."""
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
    """Return a context as headers, in the format of the global propagator."""
    from opentelemetry import propagate

    carrier: dict[str, str] = {}
    try:
        propagate.inject(carrier, context=context)
    except Exception:  # a propagator of the program may be broken, which must not leave the span open
        _logger.warning("the propagator of OpenTelemetry failed", exc_info=True)
    return _carried(carrier)


def _carried(headers: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the headers that gRPC accepts; it refuses the whole request because of any other."""
    lower = ((name.lower(), value) for name, value in headers.items())
    return tuple(
        (name, value)
        for name, value in lower
        if _HEADER_NAME.fullmatch(name) and name not in _OURS
        if isinstance(value, str) and _HEADER_VALUE.fullmatch(value)
    )


class _GlobalProvider:
    """Stands for the global provider of metrics, even before the program has set one."""


_GLOBAL = _GlobalProvider()
#: The switch that silences the instruments of each provider, because they cannot be removed.
_switches: WeakKeyDictionary[MeterProvider | _GlobalProvider, Switch] = WeakKeyDictionary()
#: The observer, if there is one. Setting and removing it is one step each, so it needs no lock that a fork could break.
_installed: dict[str, _Observer] = {}


def instrument(
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    error_messages: bool = False,
) -> None:
    """Report every call of every client of this process to OpenTelemetry: spans, durations, connections.

    Args:
        tracer_provider: provider for spans; None means the global one, which may be set later.
        meter_provider: provider for metrics; None means the global one, which may be set later.
        error_messages: whether failed spans contain the server's message, which may quote the filter of the request.

    Raises:
        ParamError: OpenTelemetry is not installed, or the clients are already instrumented.

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
    observer = _Observer(
        trace.get_tracer("milvusclient", __version__, tracer_provider, _SCHEMA),
        duration,
        _switches.setdefault(_GLOBAL if meter_provider is None else meter_provider, switch),
        error_messages=error_messages,
    )
    if _installed.setdefault("observer", observer) is not observer:
        raise _instrumented_already()
    if observer.switch is switch:
        observe_connections(meter, switch)
    observer.switch.is_on = True
    instrumentation.add_observer(observer)


def uninstrument() -> None:
    """Stop reporting calls to OpenTelemetry; spans of calls in flight still end. Harmless when nothing is reported.

    Example:
        >>> from milvusclient import otel
        >>> otel.uninstrument()
    """
    observer = _installed.pop("observer", None)
    if observer is not None:
        instrumentation.remove_observer(observer)
        observer.switch.is_on = False


def _instrumented_already() -> ParamError:
    return ParamError(
        message="the clients of this process are already instrumented; call uninstrument() first to change how"
    )
